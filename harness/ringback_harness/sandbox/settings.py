"""Where the sandbox is and who logs in, by the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ringback_client.credentials import Credentials
from ringback_client.environment import credentials_from, verify_from
from ringback_client.errors import ConfigurationError
from ringback_client.target import Target
from ringback_harness.exits import SetupError

REGION = "GENESYSCLOUD_REGION"
API_URL = "RINGBACK_API_URL"
LOGIN_URL = "RINGBACK_LOGIN_URL"


class NoSandbox(SetupError):
    """The environment names no sandbox, or only half of one."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The addresses of a region, or of the gateway in front of it; ``verify`` is as in ``requests``."""

    target: Target
    credentials: Credentials
    verify: bool | str = True


def settings_from(environment: Mapping[str, str]) -> SandboxSettings:
    """What the environment says.

    Raises ``NoSandbox``, which names all that is missing, and ``SetupError`` for what is wrong.
    """
    if missing := tuple(_missing(environment)):
        raise NoSandbox(f"no sandbox: {'; '.join(missing)}")
    try:
        target = _through_gateway(Target.of_region(environment[REGION]), environment)
        return SandboxSettings(target, credentials_from(environment), verify_from(environment))
    except ConfigurationError as error:
        raise SetupError(str(error)) from error


def _missing(environment: Mapping[str, str]) -> Iterator[str]:
    """What to set for there to be a sandbox."""
    if not environment.get(REGION):
        yield f"set {REGION} to its region"
    try:
        credentials_from(environment)
    except ConfigurationError as error:
        yield str(error)


def _through_gateway(target: Target, environment: Mapping[str, str]) -> Target:
    api = _base(environment, API_URL, target.api)
    return replace(target, api=api, login=_base(environment, LOGIN_URL, target.login))


def _base(environment: Mapping[str, str], name: str, usual: str) -> str:
    """An overridden base URL. Raises ``ConfigurationError`` for one in clear: a token goes there."""
    url = environment.get(name)
    if not url:
        return usual
    Target.parse(url)
    if not url.startswith("https://"):
        raise ConfigurationError(f"{name} does not begin with https://, and a token would go there in clear")
    return url.rstrip("/")
