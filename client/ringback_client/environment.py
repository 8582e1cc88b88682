"""The target and the credentials that environment variables name."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ringback_client.credentials import AccessToken, ClientCredentials, Credentials
from ringback_client.errors import ConfigurationError
from ringback_client.target import DEFAULT_MOCK, Target
from ringback_contracts import evidence

TARGETS = ("RINGBACK_URL", "GENESYSCLOUD_REGION", "GENESYS_BASE_URL")
TOKEN = "RINGBACK_ACCESS_TOKEN"
CLIENTS = (
    ("GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"),
    ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"),
)
CA = "RINGBACK_CA"


def target_from(environment: Mapping[str, str]) -> Target:
    """The first target named; raises ``ConfigurationError`` where there is none."""
    for name in TARGETS:
        if value := environment.get(name):
            return Target.parse(value)
    raise ConfigurationError(
        f"no target: set RINGBACK_URL to a mock's URL, such as {DEFAULT_MOCK}, "
        "or GENESYSCLOUD_REGION to a region"
    )


def credentials_from(environment: Mapping[str, str]) -> Credentials:
    """A ready token before a client; raises ``ConfigurationError`` for neither, or half a client."""
    if token := environment.get(TOKEN):
        return AccessToken(token)
    for id_name, secret_name in CLIENTS:
        client_id, secret = environment.get(id_name), environment.get(secret_name)
        if client_id and secret:
            return ClientCredentials(client_id, secret)
        if client_id or secret:
            absent = secret_name if client_id else id_name
            raise ConfigurationError(f"{id_name} and {secret_name} belong together; {absent} is not set")
    names = ", or ".join(f"{id_name} and {secret_name}" for id_name, secret_name in CLIENTS)
    raise ConfigurationError(f"no credentials: set {TOKEN}, or {names}")


def verify_from(environment: Mapping[str, str]) -> bool | str:
    """The absolute path of the CA bundle to verify the target with; ``True`` for the usual ones.

    Raises ``ConfigurationError`` for one that cannot be used.
    """
    if not (named := environment.get(CA)):
        return True
    bundle = Path(named).absolute()
    where = {"capath": str(bundle)} if bundle.is_dir() else {"cafile": str(bundle)}
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(**where)
    except OSError as error:
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(
            f"{CA} names {named}, which cannot be used: {why}; it has to be a file of certificates in PEM"
        ) from error
    return str(bundle)


def observe_from(environment: Mapping[str, str]) -> None:
    """Take the rules that a file of evidence confirms for observed ones, if the environment names a file.

    ``ringback rules --confirm`` writes it. Raises ``ConfigurationError``.
    """
    if path := environment.get(evidence.VARIABLE):
        _observe(path)


@cache
def _observe(path: str) -> None:
    """Read a file once, however many clients there are."""
    try:
        evidence.take_in(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{evidence.VARIABLE} names {path}, which is no file of evidence: {error}"
        ) from error
