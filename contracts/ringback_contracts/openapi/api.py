"""The operations under /api/v2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ringback_contracts import operations as ops
from ringback_contracts.openapi import bodies
from ringback_contracts.openapi.errors import error_responses
from ringback_contracts.openapi.parts import RATE, Json, as_json, having, link, reply
from ringback_contracts.operations import OPERATIONS, Operation
from ringback_contracts.org import ContractChoice

DESCRIPTION = """\
The Calls operations of the Genesys Cloud Platform API as Ringback, a mock, serves them.
Not affiliated with Genesys.

Every error has the platform's envelope. `Ringback-Rule` names the rule that decided, and each documented
error lists the rules that can. Another method at a path is 405, with `Allow`; a path of the platform that
is not served is 501, an unknown one 404. Examples use the ids, tokens and numbers of the default org."""

SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token; the default org has alice, bob, carol, noscope, service, expired.",
    },
    "oauth": {
        "type": "oauth2",
        "description": "Scopes hold for users' tokens; for client credentials the client's roles decide.",
        "flows": {
            "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}},
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize",
                "tokenUrl": "/oauth/token",
                "refreshUrl": "/oauth/token",
                "scopes": {
                    "conversations": "Place, read and end calls.",
                    "conversations:readonly": "Read calls.",
                    "conversation:call:write": "The same, by the name that tutorials give it.",
                    "call:write": "The same, by another of their names.",
                },
            },
        },
    },
}


@dataclass(frozen=True)
class Told:
    """What the document says of an operation beside its method, path and rights."""

    summary: str
    success: Callable[[ContractChoice], Json]
    body: Callable[[ContractChoice], Json] | None = None
    links: Json = field(default_factory=dict)


def _to_call(conversation_id: str) -> Json:
    """Where one can go from a call."""
    return {
        "ReadCall": link(ops.GET_CALL, "See how the call goes.", conversationId=conversation_id),
        "HangUp": link(ops.PATCH_CALL, "End the call.", bodies.HANG_UP, conversationId=conversation_id),
        "Disconnect": link(ops.DISCONNECT, "End the conversation.", conversationId=conversation_id),
    }


def _model(name: str, *required: str) -> Callable[[ContractChoice], Json]:
    return lambda _: {"200": reply("What was asked for.", as_json(having(name, *required)), *RATE)}


def _placed(contract: ContractChoice) -> Json:
    """Both statuses that the vendor documents: an org answers with one of them."""
    description = "The call is placed. Its legs appear in the conversation as the phones answer."
    content = as_json(bodies.placed(contract))
    response = reply(description, content, "Ringback-Note", "Ringback-Contract", *RATE)
    return {
        "202": response,
        "200": {**response, "description": f"{description} Set by success_status of the org."},
    }


def _empty(status: str, description: str) -> Callable[[ContractChoice], Json]:
    return lambda _: {status: reply(description, None, *RATE)}


_THE_CALL = "$response.body#/id"
_CALL = ("id", "participants", "selfUri")
_USER = {
    "ReadUser": link(ops.GET_USER, "Read the user.", userId=_THE_CALL),
    "CallForUser": link(ops.PLACE_CALL_FOR_USER, "Place a call for the user.", userId=_THE_CALL),
}

TOLD: dict[str, Told] = {
    ops.PLACE_CALL: Told("Place a call", _placed, bodies.place_call, _to_call(_THE_CALL)),
    ops.PLACE_CALL_FOR_USER: Told(
        "Place a call on behalf of a user", _placed, bodies.place_call, _to_call(_THE_CALL)
    ),
    ops.LIST_CALLS: Told(
        "List the calls that the token's user is on",
        _model("CallConversationEntityListing", "entities", "total", "pageSize", "pageNumber"),
        links=_to_call("$response.body#/entities/0/id"),
    ),
    ops.GET_CALL: Told("Read a call", _model("CallConversation", *_CALL), links=_to_call(_THE_CALL)),
    ops.PATCH_CALL: Told(
        "Hang up a call", _model("Conversation", *_CALL), lambda _: bodies.hang_up(), _to_call(_THE_CALL)
    ),
    ops.DISCONNECT: Told(
        "End a conversation",
        _empty("202", "The conversation ends."),
        links=_to_call("$request.path.conversationId"),
    ),
    ops.GET_ME: Told("Read the token's user", _model("UserMe", "id", "name", "selfUri"), links=_USER),
    ops.GET_USER: Told("Read a user", _model("User", "id", "name", "selfUri"), links=_USER),
    ops.GET_TOKEN: Told(
        "Read what the token stands for", _model("TokenInfo", "organization", "authorizedScope")
    ),
    ops.DELETE_TOKEN: Told("Revoke the token", _empty("200", "The token is worth nothing any more.")),
}
PARAMETERS = {
    "conversationId": ("Id of the conversation.", None),
    "userId": ("Id of the user.", bodies.ALICE),
}


def paths(contract: ContractChoice) -> Json:
    """Every served path, with its operations."""
    served: Json = {}
    for operation in OPERATIONS:
        served.setdefault(operation.template, {})[operation.method.lower()] = _described(operation, contract)
    return served


def _described(operation: Operation, contract: ContractChoice) -> Json:
    told = TOLD[operation.id]
    success = {status: _linked(response, told.links) for status, response in told.success(contract).items()}
    described: Json = {
        "operationId": operation.id,
        "summary": told.summary,
        "tags": [operation.template.split("/")[3]],
        "parameters": [_parameter(name) for name in PARAMETERS if f"{{{name}}}" in operation.template],
        "security": [{"oauth": [scope]} for scope in operation.scopes] + [{"bearer": []}],
        "responses": {**success, **error_responses(operation, contract)},
    }
    if told.body is not None:
        described["requestBody"] = told.body(contract)
    if operation.any_of:
        rights = {"type": "ANY", "permissions": list(operation.any_of)}
        described["x-inin-requires-permissions"] = rights
    return described


def _linked(response: Json, links: Json) -> Json:
    return {**response, "links": links} if links else response


def _parameter(name: str) -> Json:
    description, known = PARAMETERS[name]
    parameter: Json = {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "format": "uuid"},
    }
    return parameter if known is None else {**parameter, "example": known}
