"""The operations under /api/v2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import starmap

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.operation import Operation, Parameter
from ringback_contracts.openapi import bodies
from ringback_contracts.openapi.errors import error_responses
from ringback_contracts.openapi.parts import RATE, Json, as_json, having, link, ref, reply
from ringback_contracts.org import ContractChoice
from ringback_contracts.org.people import USUAL_PRESENCES
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    PATCH_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_contracts.resources.users.operations import GET_USER

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
            "clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": {}},
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize",
                "tokenUrl": TOKEN_PATH,
                "refreshUrl": TOKEN_PATH,
                "scopes": {
                    "conversations": "Place, read and end calls.",
                    "conversations:readonly": "Read calls.",
                    "notifications": "Open channels, and be told of calls and users.",
                    "oauth": "Read OAuth clients.",
                    "oauth:readonly": "The same.",
                    "presence": "Read and set presences.",
                    "presence:readonly": "Read presences.",
                    "organization": "Read the org.",
                    "organization:readonly": "Read the org.",
                    "routing": "Read queues, their members and wrap-up codes.",
                    "routing:readonly": "The same.",
                    "stations": "Read and free stations.",
                    "stations:readonly": "Read stations.",
                    "users": "Read users, and set their stations and routing statuses.",
                    "users:readonly": "Read users.",
                    "voicemail": "Read what was left on voicemail.",
                    "voicemail:readonly": "The same.",
                    "conversation:call:write": "Place, read and end calls, as tutorials name it.",
                    "call:write": "The same, by another of their names.",
                },
            },
        },
    },
}


def _to_call(conversation_id: str) -> Json:
    """Where one can go from a call."""
    return {
        "ReadCall": link(GET_CALL, "See how the call goes.", conversationId=conversation_id),
        "HangUp": link(PATCH_CALL, "End the call.", bodies.HANG_UP, conversationId=conversation_id),
        "Disconnect": link(DISCONNECT, "End the conversation.", conversationId=conversation_id),
    }


def _to_user(user_id: str) -> Json:
    """Where one can go from a user."""
    return {
        "ReadUser": link(GET_USER, "Read the user.", userId=user_id),
        "CallForUser": link(PLACE_CALL_FOR_USER, "Place a call for the user.", userId=user_id),
    }


_ITS_ID = "$response.body#/id"
LINKS: Mapping[str | None, Json] = {
    "CreateCallResponse": _to_call(_ITS_ID),
    "CallConversation": _to_call(_ITS_ID),
    "Conversation": _to_call(_ITS_ID),
    "CallConversationEntityListing": _to_call("$response.body#/entities/0/id"),
    "User": _to_user(_ITS_ID),
    "UserMe": _to_user(_ITS_ID),
}
"""Where an answer leads, by its model."""
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "CallConversation": ("id", "participants", "selfUri"),
    "Conversation": ("id", "participants", "selfUri"),
    "CallConversationEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "ConversationEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "ParticipantAttributes": ("attributes",),
    "User": ("id", "name", "selfUri"),
    "UserMe": ("id", "name", "selfUri"),
    "TokenInfo": ("organization", "authorizedScope"),
    "Organization": ("id", "name", "selfUri"),
    "OrganizationPresence": ("id", "systemPresence"),
    "OrganizationPresenceDefinition": ("id", "systemPresence"),
    "OrganizationPresenceDefinitionEntityListing": ("entities", "total"),
    "OrganizationPresenceEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "Queue": ("id", "name", "memberCount"),
    "QueueEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "QueueMemberEntityListing": ("entities", "pageSize", "pageNumber"),
    "UserQueueEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "ConsultTransferResponse": ("destinationParticipantId",),
    "WrapupCode": ("id", "name", "selfUri"),
    "WrapupCodeEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "RoutingStatus": ("userId", "status", "startTime"),
    "Station": ("id", "name", "status", "selfUri"),
    "StationEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "UserEntityListing": ("entities", "total", "pageSize", "pageNumber"),
    "UserPresence": ("source", "presenceDefinition", "modifiedDate"),
}
"""The fields of a model that an answer always has."""
BODIES: Mapping[str, Callable[[ContractChoice], Json]] = {
    "CreateCallRequest": bodies.place_call,
    "ChannelTopic": lambda _: bodies.subscribe(),
    "UserSearchRequest": lambda _: bodies.search_users(),
    "QueueMember": lambda _: bodies.join(),
    "UserQueue": lambda _: bodies.join(),
    "patchRoutingQueueMembers": lambda _: bodies.join_several(bodies.ALICE),
    "patchUserQueues": lambda _: bodies.join_several(bodies.SUPPORT),
    "WritableEntity": lambda _: bodies.of_members(),
    "CallUpdate": lambda _: bodies.hang_up(),
    "CallForwarding": lambda _: bodies.set_forwarding(),
    "RoutingStatus": lambda _: bodies.set_routing_status(),
    "UserPresence": lambda _: bodies.set_presence(),
}
"""The bodies, by model or operation, of which more can be told than their schema."""
EXAMPLES = {
    "userId": bodies.ALICE,
    "queueId": bodies.SUPPORT,
    "memberId": bodies.ALICE,
    "stationId": bodies.FREE_PHONE,
    "presenceId": USUAL_PRESENCES[0].id,
    "definitionId": USUAL_PRESENCES[0].id,
    "sourceId": "PURECLOUD",
}
"""Ids of the default org for path parameters."""


def paths(contract: ContractChoice) -> Json:
    """Every served path, with its operations."""
    served: Json = {}
    for operation in OPERATIONS:
        served.setdefault(operation.template, {})[operation.method.lower()] = _described(operation, contract)
    return served


def _described(operation: Operation, contract: ContractChoice) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.template.split("/")[3]],
        "parameters": [*map(_parameter, operation.parameters), *starmap(_asked, operation.query.items())],
        "security": [{"oauth": [scope]} for scope in operation.scopes] + [{"bearer": []}],
        "responses": {**_success(operation, contract), **error_responses(operation, contract)},
    }
    if operation.reads is not None:
        described["requestBody"] = _body(operation, contract)
    if operation.any_of or operation.all_of:
        kind = "ANY" if operation.any_of else "ALL"
        rights = {"type": kind, "permissions": [*operation.any_of, *operation.all_of]}
        described["x-inin-requires-permissions"] = rights
    return described


def _body(operation: Operation, contract: ContractChoice) -> Json:
    told = BODIES.get(operation.id) or BODIES.get(operation.reads or "")
    if told:
        return told(contract)
    one = ref(operation.reads or "")
    return {
        "required": not operation.body_optional,
        "content": as_json({"type": "array", "items": one} if operation.reads_list else one),
    }


def _success(operation: Operation, contract: ContractChoice) -> Json:
    if operation.answers == "CreateCallResponse":
        return _placed(contract)
    if operation.answers is None:
        response = reply(f"{operation.summary}: done, and there is nothing to tell.", None, *RATE)
        if operation.of_one_call:
            response["links"] = _to_call("$request.path.conversationId")
    else:
        always = ALWAYS.get(operation.answers, ())
        content = as_json(having(operation.answers, *always) if always else ref(operation.answers))
        response = _linked(reply("What was asked for.", content, *RATE), operation.answers)
    return {str(operation.success): response}


def _placed(contract: ContractChoice) -> Json:
    """Both statuses that the vendor documents: an org answers with one of them."""
    description = "The call is placed. Its legs appear in the conversation as the phones answer."
    content = as_json(bodies.placed(contract))
    response = reply(description, content, "Ringback-Note", "Ringback-Contract", *RATE)
    response = _linked(response, "CreateCallResponse")
    return {
        "202": response,
        "200": {**response, "description": f"{description} Set by success_status of the org."},
    }


def _linked(response: Json, model: str) -> Json:
    return {**response, "links": LINKS[model]} if model in LINKS else response


def _parameter(name: str) -> Json:
    parameter: Json = {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"Id of the {name.removesuffix('Id')}.",
        "schema": {"type": "string", "format": "uuid"},
    }
    return parameter | ({"example": EXAMPLES[name]} if name in EXAMPLES else {})


def _asked(name: str, parameter: Parameter) -> Json:
    """A query parameter; what has no effect is said."""
    kind: Json = {"type": parameter.kind}
    if parameter.kind == "integer":
        kind["minimum"] = 1
    if parameter.kind == "array":
        kind["items"] = {"type": "string"}
    described: Json = {"name": name, "in": "query", "schema": kind}
    if parameter.heeded is not None:
        values = ", ".join(parameter.heeded)
        described["description"] = f"Has an effect as {values}." if values else "Has no effect in Ringback."
    return described
