"""Users as the API shows them (models User and UserMe of the SDKs)."""

from __future__ import annotations

from typing import Any

from ringback_contracts.org import User
from ringback_contracts.resources.users.operations import GET_ME, GET_USER
from ringback_mock.engine.handling import Applied, Ask, handles, required


@handles(GET_ME)
def me(ask: Ask) -> Applied:
    """The token's user."""
    return 200, user_profile(required(ask.caller.user))


@handles(GET_USER)
def user(ask: Ask) -> Applied:
    """The user in the path."""
    return 200, user_profile(ask.tenant.org.user_by_id[ask.verdict.params["userId"].lower()])


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
