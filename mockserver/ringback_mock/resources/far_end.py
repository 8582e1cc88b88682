"""What happens at the other end of the line, as tests command it: somebody rings, and phones are used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import orjson

from ringback_contracts.core.decode import DecodeError, decode
from ringback_contracts.core.model import Request
from ringback_contracts.life import Objection, possible
from ringback_contracts.life.commands import KEYS, MOST_KEYS, FarAct, FarEnd
from ringback_contracts.life.values import CallParticipant, Conversation
from ringback_contracts.life.views import flat
from ringback_contracts.resources.calls.inbound import InboundError, ring_from
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.guard import ADMIN
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.plans import RungIn
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.tenant import Tenant
from ringback_mock.engine.writes import GiveCommand, KeepCall
from ringback_mock.http import HttpProblem, Response, bad_request, json_response
from ringback_mock.resources.admin import tenant_of
from ringback_mock.views import Decided, ViewRoute

if TYPE_CHECKING:
    from ringback_mock.site import Site

PATH = f"{ADMIN}/calls"


def _tones(text: str) -> str:
    if not re.fullmatch(KEYS, text):
        raise ValueError(
            f"a phone has the keys 0 to 9, *, # and A to D, of which 1 to {MOST_KEYS} are pressed"
        )
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody does with a phone; ``digits`` are the keys that are pressed."""

    act: FarAct
    digits: Annotated[str, _tones] | None = None

    def __post_init__(self) -> None:
        if (self.act == "digits") != (self.digits is not None):
            raise ValueError('"digits" goes with the act "digits", which are those of the keys, such as 12#')


def _ring(site: Site, request: Request) -> Decided:
    """Let somebody outside ring a user or a queue."""
    tenant = settled(site, request)
    try:
        command = ring_from(_object(request, '{"queue": "support"}'), tenant.org)
    except InboundError as error:
        raise bad_request(str(error)) from error
    call = CallRecord(new_id(), RungIn(command), now := tenant.clock())
    return Decided(json_response(201, _shown(call.at(now))), tenant, (KeepCall(call),))


def _show(site: Site, request: Request, call_id: str) -> Response:
    """Who is on the call, and what each phone can do."""
    tenant = settled(site, request)
    return json_response(200, _shown(call_of(tenant, call_id).at(tenant.clock())))


def _use(site: Site, request: Request, call_id: str, participant_id: str) -> Decided:
    """Let somebody do something with a party's phone."""
    tenant = settled(site, request)
    call, now = call_of(tenant, call_id), tenant.clock()
    try:
        use = decode(Use, _object(request, '{"act": "answers"}'))
    except DecodeError as error:
        raise bad_request(str(error)) from error
    life = call.at(now)
    one = life.find(participant_id)
    if one is not None and not one.call.over and use.act not in possible(one):
        raise HttpProblem(HTTPStatus.CONFLICT, _impossible(life, one, use.act))
    command = FarEnd(participant_id, use.act, use.digits or "")
    after = call.after(command, now)
    if isinstance(after, Objection):
        raise _refused(life, after)
    return Decided(json_response(200, _shown(after)), tenant, (GiveCommand(call, command, now),))


def settled(site: Site, request: Request, *others: str) -> Tenant:
    """The org that is meant, with its queues as they are now; ``others`` are known parameters."""
    tenant = tenant_of(site, request, *others)
    settle(tenant, tenant.clock())
    return tenant


def _object(request: Request, such: str) -> Any:
    try:
        value = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"the body is no JSON: {error}; send an object such as {such}") from error
    if not isinstance(value, dict):
        raise bad_request(f"the body is no JSON object, such as {such}")
    return value


def call_of(tenant: Tenant, call_id: str) -> CallRecord:
    """The org's call. Raises ``HttpProblem`` where it has none of that id."""
    call = tenant.calls.get(call_id)
    if call is None:
        raise HttpProblem(
            HTTPStatus.NOT_FOUND,
            f"org {tenant.org.id} has no call {call_id}: the id is the one that placing it answered with, "
            "?org= names the copy that it was placed in, and the oldest calls are forgotten",
        )
    return call


def _impossible(life: Conversation, one: CallParticipant, act: FarAct) -> str:
    acts = possible(one)
    if acts:
        return f"{act} is nothing that the phone can do: the leg is {one.call.state}, so it {_either(acts)}"
    return f"nobody has the phone of a participant whose purpose is {one.purpose}; {_phones(life)}"


def _refused(life: Conversation, found: Objection) -> HttpProblem:
    if found.ground.status == HTTPStatus.NOT_FOUND:
        return HttpProblem(HTTPStatus.NOT_FOUND, found.detail)
    return HttpProblem(HTTPStatus.CONFLICT, f"{found.detail}; {_phones(life)}")


def _phones(life: Conversation) -> str:
    """Who could be told to do something, and what."""
    phones = [
        f"{one.id} ({one.purpose}) {_either(acts)}" for one in life.participants if (acts := possible(one))
    ]
    return f"on this call {', '.join(phones)}" if phones else "nobody is on the call any more: place another"


def _either(acts: tuple[FarAct, ...]) -> str:
    return " or ".join(acts)


def _shown(life: Conversation) -> dict[str, Any]:
    return {
        "id": life.id,
        "selfUri": flat.self_uri(life.id),
        "parties": [party_shown(one) for one in life.participants],
    }


def party_shown(one: CallParticipant) -> dict[str, Any]:
    """The party without its address, which may be a person's."""
    return {
        "id": one.id,
        "purpose": one.purpose,
        "userId": one.user_id,
        "outside": one.party.kind == "address",
        "state": one.call.state,
        "disconnectType": one.call.disconnect,
        "held": one.call.held,
        "can": list(possible(one)),
    }


ROUTES = (
    ViewRoute("POST", PATH, _ring),
    ViewRoute("GET", PATH + "/{call_id}", _show),
    ViewRoute("POST", PATH + "/{call_id}/parties/{participant_id}", _use),
)
"""The paths under ``/__ringback/calls``."""
