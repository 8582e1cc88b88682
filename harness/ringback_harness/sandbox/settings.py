"""Where the sandbox is and who logs in, by the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ringback_client.credentials import Credentials
from ringback_client.environment import credentials_from, verify_from
from ringback_client.errors import ConfigurationError
from ringback_client.target import Target
from ringback_harness.exits import SetupError

REGION = "GENESYSCLOUD_REGION"
API_URL = "RINGBACK_API_URL"
LOGIN_URL = "RINGBACK_LOGIN_URL"


@dataclass(frozen=True, slots=True)
class Settings:
    """The addresses of a region, or of the gateway in front of it; ``verify`` is as in ``requests``."""

    target: Target
    credentials: Credentials
    verify: bool | str = True


def settings_from(environment: Mapping[str, str]) -> Settings:
    """What the environment says; raises ``SetupError`` that names what is missing."""
    region = environment.get(REGION)
    if not region:
        raise SetupError(
            f"no sandbox: set {REGION} to its region, and RINGBACK_ACCESS_TOKEN to a user's token "
            "(or GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET)"
        )
    try:
        target = _through_gateway(Target.of_region(region), environment)
        return Settings(target, credentials_from(environment), verify_from(environment))
    except ConfigurationError as error:
        raise SetupError(str(error)) from error


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
