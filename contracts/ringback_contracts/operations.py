"""The operations of the API: method, path, permissions, and which of them the mock serves."""

from __future__ import annotations

from dataclasses import dataclass

PLACE_CALL = "postConversationsCalls"
PLACE_CALL_FOR_USER = "postConversationsCallsUserUserId"
LIST_CALLS = "getConversationsCalls"
GET_CALL = "getConversationsCall"
PATCH_CALL = "patchConversationsCall"
DISCONNECT = "postConversationDisconnect"
GET_ME = "getUsersMe"
GET_USER = "getUser"
GET_TOKEN = "getTokensMe"
DELETE_TOKEN = "deleteTokensMe"

PLACING = frozenset({PLACE_CALL, PLACE_CALL_FOR_USER})
"""The two operations that dial."""
WITH_BODY = PLACING | {PATCH_CALL}
OF_ONE_CALL = frozenset({GET_CALL, PATCH_CALL, DISCONNECT})

CALLS_PATH = "/api/v2/conversations/calls"


@dataclass(frozen=True, slots=True)
class Operation:
    """One served operation.

    ``template`` writes path parameters in braces. ``any_of`` lists the role permissions of which the
    caller needs one, ``scopes`` the OAuth scopes of which a user's token needs one; empty means none.
    """

    id: str
    method: str
    template: str
    success: int
    any_of: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


_CALLING = ("conversations", "conversation:call:write", "call:write")
_READING = ("conversations", "conversations:readonly", "conversation:call:write", "call:write")
_HANG_UP = ("conversation:communication:disconnect",)

OPERATIONS: tuple[Operation, ...] = (
    Operation(PLACE_CALL, "POST", CALLS_PATH, 202, ("conversation:conference:add",), _CALLING),
    Operation(LIST_CALLS, "GET", CALLS_PATH, 200, (), _READING),
    Operation(
        PLACE_CALL_FOR_USER,
        "POST",
        CALLS_PATH + "/user/{userId}",
        202,
        ("conversation:agentlessCall:add", "conversation:call:add"),
        _CALLING,
    ),
    Operation(GET_CALL, "GET", CALLS_PATH + "/{conversationId}", 200, (), _READING),
    Operation(PATCH_CALL, "PATCH", CALLS_PATH + "/{conversationId}", 200, _HANG_UP, _CALLING),
    Operation(
        DISCONNECT, "POST", "/api/v2/conversations/{conversationId}/disconnect", 202, _HANG_UP, _CALLING
    ),
    Operation(GET_ME, "GET", "/api/v2/users/me", 200),
    Operation(GET_USER, "GET", "/api/v2/users/{userId}", 200),
    Operation(GET_TOKEN, "GET", "/api/v2/tokens/me", 200),
    Operation(DELETE_TOKEN, "DELETE", "/api/v2/tokens/me", 200),
)

BY_ID = {operation.id: operation for operation in OPERATIONS}
