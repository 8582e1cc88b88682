"""Users and tokens as the API shows them (models User, UserMe and TokenInfo of the SDKs)."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.model import Caller
from ringback_contracts.org import Org, User


def user_profile(user: User) -> dict[str, Any]:
    """A user, with the fields that Ringback knows."""
    profile: dict[str, Any] = {
        "id": user.id,
        "name": user.name,
        "state": "active" if user.enabled else "inactive",
        "version": 1,
        "selfUri": f"/api/v2/users/{user.id}",
    }
    if user.email:
        profile |= {"email": user.email, "username": user.email}
    return profile


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
