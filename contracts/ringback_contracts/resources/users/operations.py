"""The operations of users."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.served import served

GET_ME = "getUsersMe"
GET_USER = "getUser"

OPERATIONS = (
    served(
        GET_ME,
        summary="Read the token's user",
        answers="UserMe",
        needs_user=True,
        changes=Change.NOTHING,
    ),
    served(
        GET_USER,
        summary="Read a user",
        answers="User",
        changes=Change.NOTHING,
        unknown={"userId": "path.user-unknown"},
    ),
)
