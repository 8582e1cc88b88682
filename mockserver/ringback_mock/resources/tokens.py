"""Tokens: what one stands for (model TokenInfo of the SDKs), and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import Caller
from ringback_contracts.org import Grant, Org
from ringback_contracts.resources.tokens.operations import DELETE_TOKEN, GET_CLIENT, GET_TOKEN
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.writes import RevokeToken

GRANT_TYPES: Mapping[Grant, str] = {
    "client_credentials": "CLIENT-CREDENTIALS",
    "authorization_code": "CODE",
    "implicit": "TOKEN",
}


@handles(GET_TOKEN)
def token(ask: Ask) -> Applied:
    """What the token stands for."""
    return 200, token_info(ask.caller, ask.tenant.org)


@handles(DELETE_TOKEN)
def revoke(ask: Ask) -> Applied:
    """End the token."""
    return 200, None, RevokeToken(required(bearer(ask.authorization)))


@handles(GET_CLIENT)
def client(ask: Ask) -> Applied:
    """The client in the path; its secret is shown to nobody."""
    found = ask.tenant.org.client_by_id[ask.verdict.params["clientId"]]
    return 200, {
        "id": found.id,
        "name": found.name,
        "accessTokenValiditySeconds": found.token_seconds,
        "registeredRedirectUri": list(found.redirect_uris),
        "authorizedGrantType": GRANT_TYPES[found.grants[0]] if found.grants else "CODE",
        "scope": list(found.scopes),
        "state": "active",
        "selfUri": ask.request.path,
    }


def token_info(caller: Caller, org: Org) -> dict[str, Any]:
    """What a bearer token is good for."""
    organization = {"id": org.id, "name": org.name}
    info: dict[str, Any] = {
        "organization": organization,
        "homeOrganization": organization,
        "authorizedScope": sorted(caller.scopes or ()),
    }
    if caller.client is not None:
        info["OAuthClient"] = {
            "id": caller.client.id,
            "name": caller.client.name,
            "organization": organization,
        }
    return info
