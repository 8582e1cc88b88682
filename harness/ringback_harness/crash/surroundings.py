"""The environment in which the program runs: everything by which it may find the mock."""

from __future__ import annotations

import re
import site
from collections.abc import Mapping
from pathlib import Path

from ringback_contracts.org import Client, Org, PreIssuedToken
from ringback_harness.crash.mock import Mock
from ringback_harness.in_thread import HOST
from ringback_mock.engine.sessions import Code, new_code
from ringback_mock.engine.writes import HoldCode

LEADS_AWAY = re.compile(r"(?:RINGBACK|GENESYSCLOUD|GENESYS)_.*|.*_proxy", re.IGNORECASE)
"""Variables that would lead the program past the mock."""
CA_VARIABLES = (
    "RINGBACK_CA",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
)
SDK_FOLDERS = (".genesyscloudpython", ".genesyscloudjavascript")
SDK_CONFIG = """\
[general]
live_reload_config = false

[gateway]
host = {host}
protocol = {scheme}
port = {port}
"""


def environment(mock: Mock, inherited: Mapping[str, str], home: Path | None) -> dict[str, str]:
    """The variables for a run; ``home`` is the temporary one, if the program is to have one."""
    kept = {name: value for name, value in inherited.items() if not LEADS_AWAY.fullmatch(name)}
    kept |= {
        "RINGBACK_URL": mock.url,
        "GENESYS_BASE_URL": mock.url,
        # No region leads to a mock; a program that looks this one up fails, and rings nobody.
        "GENESYSCLOUD_REGION": mock.url,
        "NO_PROXY": "*",
    }
    kept |= _credentials(mock.org) | _login_of_a_user(mock)
    if mock.authority is not None:
        kept |= dict.fromkeys(CA_VARIABLES, str(mock.authority))
    return kept if home is None else kept | _home(home, inherited)


def _credentials(org: Org) -> dict[str, str]:
    """A client that logs in as itself and a ready token of a user, as far as the org has them."""
    found: dict[str, str] = {}
    if (client := _service(org)) is not None:
        for prefix in ("GENESYSCLOUD_OAUTHCLIENT", "GENESYS_CLIENT"):
            found |= {f"{prefix}_ID": client.id, f"{prefix}_SECRET": client.secret}
    if (token := _user_token(org)) is not None:
        found |= {"RINGBACK_ACCESS_TOKEN": token.value, "RINGBACK_USER_ID": str(token.user)}
    return found


def _login_of_a_user(mock: Mock) -> dict[str, str]:
    """An authorization code that waits to be redeemed, for a program that logs in as a person."""
    client = next((one for one in mock.org.clients if "authorization_code" in one.grants), None)
    token = _user_token(mock.org)
    if client is None or token is None or not client.redirect_uris:
        return {}
    redirect_uri = client.redirect_uris[0]
    user = mock.org.user_by_id[str(token.user)]
    code = new_code()
    mock.write(HoldCode(code, Code.fresh(client, user, redirect_uri, None, mock.now())))
    return {
        "RINGBACK_CODE": code,
        "RINGBACK_CODE_CLIENT_ID": client.id,
        "RINGBACK_CODE_CLIENT_SECRET": client.secret,
        "RINGBACK_REDIRECT_URI": redirect_uri,
    }


def _service(org: Org) -> Client | None:
    return next((client for client in org.clients if "client_credentials" in client.grants), None)


def _user_token(org: Org) -> PreIssuedToken | None:
    """The first token of a user with a telephone, which in the default org is alice's."""
    able = {user.id for user in org.users if user.enabled and user.outbound and user.station}
    return next((token for token in org.tokens if token.user in able and not token.expired), None)


def _home(home: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    # Packages of `pip install --user` are found through the home folder.
    python = {} if "PYTHONUSERBASE" in inherited else {"PYTHONUSERBASE": site.getuserbase()}
    return {"HOME": str(home), "USERPROFILE": str(home), **python}


def furnish(home: Path, mock: Mock) -> None:
    """Write the configuration files by which the official SDKs find the mock."""
    text = SDK_CONFIG.format(host=HOST, scheme=mock.scheme, port=mock.port)
    for name in SDK_FOLDERS:
        folder = home / name
        folder.mkdir(parents=True)
        (folder / "config").write_text(text, encoding="utf-8")
