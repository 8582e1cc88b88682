"""The bodies that are sent: their schemas in each contract, and examples that the default org accepts."""

from __future__ import annotations

from typing import get_args

from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED
from ringback_contracts.openapi.parts import Json, as_json, example, having, ref
from ringback_contracts.org import ContractChoice
from ringback_contracts.org.people import USUAL_PRESENCES, RoutingStatus
from ringback_contracts.resources.calls.forms import PARTICIPANT_KEYS, PUBLISHED_KEYS

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
FREE_PHONE = "57a70000-0000-4000-8000-000000000009"
TEST_NUMBER = "+442079460100"
HANG_UP: Json = {"state": "disconnected"}

_END = r"(?![\s\S])"
_TEST_NUMBERS = r"\+4420794601[015-9][0-9]" + _END


def _certain(title: str, **properties: Json) -> Json:
    """Bodies that the default org is sure to accept; they save a reader, or a generator, the guess."""
    return {
        "title": title,
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


SURE: dict[str, Json] = {
    PUBLISHED: _certain(
        "A call to a test number of the default org",
        phoneNumber={"type": "string", "pattern": "^" + _TEST_NUMBERS},
    ),
    PARTICIPANTS: _certain(
        "A call from alice to a test number of the default org",
        to={"type": "string", "pattern": "^tel:" + _TEST_NUMBERS},
        **{"from": {"const": f"user:{ALICE}"}},
    ),
}
FORMS: dict[str, Json] = {PUBLISHED: ref("CreateCallRequest"), PARTICIPANTS: ref("ParticipantsCallRequest")}
OTHERS: dict[str, frozenset[str]] = {PUBLISHED: PARTICIPANT_KEYS, PARTICIPANTS: PUBLISHED_KEYS}
"""The keys by which a body is known to be of the other form."""

EXAMPLES: dict[str, Json] = {
    PUBLISHED: {
        "number": example("Dial a number", {"phoneNumber": TEST_NUMBER}),
        "shown": example(
            "Show a number of the org", {"phoneNumber": TEST_NUMBER, "callerId": "+442079460001"}
        ),
        "sip": example("Dial a SIP address", {"phoneNumber": "sip:agent@example.com"}),
        "colleague": example("Dial a user", {"callUserId": BOB}),
        "queue": example("Dial a queue", {"callQueueId": SUPPORT}),
        "conference": example("Ring several", {"participants": [{"address": TEST_NUMBER}, {"userId": BOB}]}),
    },
    PARTICIPANTS: {
        "texts": example("Addresses as texts", {"to": f"tel:{TEST_NUMBER}", "from": f"user:{ALICE}"}),
        "wrapped": example(
            "Addresses in objects", {"to": {"to": f"tel:{TEST_NUMBER}"}, "from": {"from": f"user:{ALICE}"}}
        ),
        "typed": example(
            "Objects with a type",
            {
                "to": {"type": "sip", "address": "sip:agent@example.com", "name": "Agent"},
                "from": {"type": "user", "id": ALICE},
                "type": "call",
            },
        ),
    },
}


def place_call(contract: ContractChoice) -> Json:
    """The body that places a call, in the forms that the org takes."""
    forms = [PUBLISHED, PARTICIPANTS] if contract == "any" else [contract]
    choices = [SURE[form] for form in forms]
    choices += [_apart(form) if contract == "any" else FORMS[form] for form in forms]
    examples = {name: shown for form in forms for name, shown in EXAMPLES[form].items()}
    return {"required": True, "content": as_json({"anyOf": choices}, examples=examples)}


def _apart(form: str) -> Json:
    """A form whose bodies have no key of the other one: mixed, they are refused."""
    return {"allOf": [FORMS[form], {"propertyNames": {"not": {"enum": sorted(OTHERS[form])}}}]}


def hang_up() -> Json:
    """The body that ends a call."""
    return {
        "required": True,
        "content": as_json(ref("CallUpdate"), examples={"hangUp": example("Hang up", HANG_UP)}),
    }


def set_presence() -> Json:
    """The body that puts a user into another presence: of the model, what is heeded."""
    presence_id: Json = {"type": "string", "enum": [one.id for one in USUAL_PRESENCES]}
    definition = _with("id", presence_id)
    shown = {"presenceDefinition": {"id": USUAL_PRESENCES[0].id}}
    return {
        "required": True,
        "content": as_json(
            _with("presenceDefinition", definition), examples={"set": example("Be available", shown)}
        ),
    }


def set_routing_status() -> Json:
    """The body that says whether routing may offer work: of the model, what is heeded."""
    status: Json = {"type": "string", "enum": [*get_args(RoutingStatus)]}
    shown = {"status": "IDLE"}
    return {
        "required": True,
        "content": as_json(_with("status", status), examples={"set": example("Take work", shown)}),
    }


def set_forwarding() -> Json:
    """The body that says where a user's calls are to go: of what types its fields are."""
    calls = [{"targets": [{"type": "PHONENUMBER", "value": TEST_NUMBER}]}]
    types = {"enabled": "boolean", "calls": "array", "voicemail": "string"}
    said: Json = {name: {"type": [kind, "null"]} for name, kind in types.items()}
    return {
        "required": True,
        "content": as_json(
            {"type": "object", "properties": said},
            examples={"forward": example("Forward calls", {"enabled": True, "calls": calls})},
        ),
    }


def subscribe() -> Json:
    """The body that subscribes a channel: a list of topics, of which these are sure to be accepted."""
    topic: Json = {"enum": [f"v2.users.{ALICE}.{name}" for name in ("presence", "routingStatus", "station")]}
    shown = [{"id": f"v2.users.{ALICE}.conversations.calls"}, {"id": f"v2.users.{ALICE}.presence"}]
    return {
        "required": True,
        "content": as_json(
            {"type": "array", "items": _with("id", topic)},
            examples={"subscribe": example("Be told of alice's calls and presence", shown)},
        ),
    }


def search_users() -> Json:
    """The body that searches users: of the criteria those that stand alone, since groups nest without end."""
    criterion: Json = {
        "type": "object",
        "required": ["type", "fields", "value"],
        "properties": {
            "type": {"enum": ["EXACT", "STARTS_WITH", "CONTAINS"]},
            "fields": {"type": "array", "minItems": 1, "items": {"enum": ["name", "email"]}},
            "value": {"type": "string"},
        },
    }
    shown = {"query": [{"type": "EXACT", "fields": ["email"], "value": "alice@example.com"}]}
    return {
        "required": True,
        "content": as_json(
            {"type": "object", "properties": {"query": {"type": "array", "items": criterion}}},
            examples={"search": example("Find alice by her address", shown)},
        ),
    }


def join() -> Json:
    """The body that says whether a member takes calls: all else of its models is there to be read."""
    joined: Json = {"type": "boolean"}
    return {
        "required": True,
        "content": as_json(
            _with("joined", joined), examples={"join": example("Take calls", {"joined": True})}
        ),
    }


def join_several(one_id: str) -> Json:
    """The same for several, each with its id, of which this one is sure to be accepted."""
    member = {"id": {"enum": [one_id]}, "joined": {"type": "boolean"}}
    listed: Json = {"type": "object", "required": ["id", "joined"], "properties": member}
    return {
        "required": True,
        "content": as_json(
            {"type": "array", "minItems": 1, "maxItems": 100, "items": listed},
            examples={"join": example("Take calls", [{"id": one_id, "joined": True}])},
        ),
    }


def of_members() -> Json:
    """The body that names members of a queue: a list of users, of whom these are sure to be accepted."""
    member = _with("id", {"enum": [ALICE]})
    return {
        "required": True,
        "content": as_json(
            {"type": "array", "minItems": 1, "maxItems": 100, "items": member},
            examples={"members": example("Name alice", [{"id": ALICE}])},
        ),
    }


def _with(name: str, part: Json) -> Json:
    """An object of which one field counts."""
    return {"type": "object", "required": [name], "properties": {name: part}}


def placed(contract: ContractChoice) -> Json:
    """The answer to a placed call."""
    published = having("CreateCallResponse", "id", "selfUri")
    if contract == "any":
        return {"anyOf": [ref("ParticipantsCallResponse"), published]}
    return published if contract == PUBLISHED else ref("ParticipantsCallResponse")
