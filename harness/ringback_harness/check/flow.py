"""What holds between requests: a call placed is there, is read, ends; a token dies; a limit counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ringback_client.calls import OVER, Call, Participant
from ringback_client.errors import TransportError
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.declare import ALICE, BOB, SUPPORT, TEST_NUMBER
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    LIST_CALLS,
    PATCH_CALL,
    PLACE_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_contracts.resources.tokens.operations import DELETE_TOKEN, GET_TOKEN
from ringback_contracts.resources.users.operations import GET_ME, GET_USER
from ringback_harness.check.expectation import Expected, refused_by, unpublished
from ringback_harness.check.legs import ONE_ID, lacking
from ringback_harness.check.reasons import of_transport
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip, Step
from ringback_harness.check.rules import Worlds
from ringback_harness.check.trail import Trail
from ringback_harness.check.walk import BODY, Stopped, Walk
from ringback_harness.targets import OutOfReach, World

SUITE = "flow"
FOR_QUEUE = {**BODY, "callFromQueueId": SUPPORT}
NOBODY_ON_IT = "the call has nobody on it as soon as it is placed"
"""What makes all other promises about calls that go on break, too."""
WITHOUT_SCHEME = "the numbers of a leg come without tel:"
LIMIT = 2
LEG = ("id", "purpose", "state", "direction", "address", "startTime")
"""What a leg of a call is told apart and followed by (model CallMediaParticipant of the SDKs)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One promise about several requests; ``walk`` gives in words how it is broken."""

    id: str
    operation: str
    walk: Callable[[Walk], Iterator[str]] = field(repr=False)
    switches: Mapping[str, Any] = field(default_factory=dict)
    uses_up: bool = False
    """Whether the world is of no use afterwards, so that the target must be able to make another."""
    ends: bool = False
    """Whether its call may be over as soon as it is placed, as it is on a real org."""


FLOWS: list[Flow] = []


def flow(
    flow_id: str,
    operation: str,
    *,
    uses_up: bool = False,
    ends: bool = False,
    among: list[Flow] = FLOWS,
    **switches: Any,
) -> Callable[[Callable[[Walk], Iterator[str]]], Callable[[Walk], Iterator[str]]]:
    """Register a promise ``among`` others; raises ``ValueError`` for an id that is there already."""

    def register(walk: Callable[[Walk], Iterator[str]]) -> Callable[[Walk], Iterator[str]]:
        if any(known.id == flow_id for known in among):
            raise ValueError(f"two flows have the id {flow_id!r}")
        among.append(Flow(flow_id, operation, walk, switches, uses_up, ends))
        return walk

    return register


def check_flow(worlds: Worlds, flows: Iterable[Flow] = FLOWS) -> Iterator[Result]:
    """Walk every flow."""
    for each in flows:
        yield _walked(worlds, each)


def _walked(worlds: Worlds, each: Flow) -> Result:
    result = Result(SUITE, each.id, each.operation, CheckOutcome.NOT_REACHED, switches=each.switches)
    trail = Trail()
    try:
        walk = Walk(trail.followed(_world(worlds, each)))
        with walk.open:
            found = _broken(walk, each, trail)
    except OutOfReach as reason:
        return replace(result, reasons=(str(reason),))
    if not found:
        return replace(result, outcome=CheckOutcome.HELD, exchange=walk.last)
    steps = list(found.values())[-1]
    shown = RoundTrip(steps[-1].request, steps[-1].reply) if steps else None
    return replace(result, outcome=CheckOutcome.FAILED, reasons=tuple(found), exchange=shown, steps=steps)


def _broken(walk: Walk, each: Flow, trail: Trail) -> dict[str, tuple[Step, ...]]:
    """Each thing that is wrong, once, with all that was sent until it was seen."""
    found: dict[str, tuple[Step, ...]] = {}
    try:
        for fault in each.walk(walk):
            found.setdefault(fault, trail.steps)
    except Stopped as refused:
        found |= dict.fromkeys(refused.args, trail.steps)
    except TransportError as error:
        found.setdefault(of_transport(error), trail.steps)
    return found


def _world(worlds: Worlds, each: Flow) -> World:
    if worlds.target.traits.real and not each.ends:
        raise OutOfReach(
            "it needs calls that go on, which are ended there at once, or the default org's users"
        )
    if each.uses_up and not worlds.target.traits.makes_orgs:
        raise OutOfReach("it needs an org of its own, and the target makes none")
    return worlds.get(each.switches, fresh=each.uses_up)


def _own_id(walk: Walk) -> str:
    return str(walk.get("/api/v2/users/me", GET_ME).document.get("id"))


def _lacking(call: Call, names: tuple[str, ...] = LEG) -> Iterator[str]:
    """What the legs of a call do not say."""
    for name in names:
        if not all(leg.document.get(name) for leg in call.participants):
            yield lacking(name)


def _unlike(leg: Participant, whose: str, **expected: str) -> Iterator[str]:
    """In what a leg is not the one that it should be."""
    for name, value in expected.items():
        if leg.document.get(name) != value:
            yield _wrong_text(leg, name, value) or f"{name} of {whose} is not {value}"


def _wrong_text(leg: Participant, name: str, value: str) -> str | None:
    """What is wrong with a text of a leg, whatever it should be."""
    found = leg.document.get(name)
    if not found:
        return lacking(name)
    return WITHOUT_SCHEME if f"tel:{found}" == value else None


# --- calls --------------------------------------------------------------------------------------------


@flow("a placed call can be read", GET_CALL)
def _read_back(walk: Walk) -> Iterator[str]:
    call_id = walk.place()
    call = walk.read(call_id)
    if call.id != call_id or call.document.get("selfUri") != f"{CALLS_PATH}/{call_id}":
        yield "the conversation that was read is not the call that was placed"
    if not call.participants or call.over:
        yield NOBODY_ON_IT
    else:
        yield from _unlike(call.participants[0], "the caller", dnis=f"tel:{TEST_NUMBER}")


@flow("a call is the token's user's", GET_CALL)
def _own_call(walk: Walk) -> Iterator[str]:
    call = walk.read(walk.place())
    if [leg.user_id for leg in call.participants][:1] != [_own_id(walk)]:
        yield "the first participant is not the user whose token placed the call"


@flow("a call on behalf is that user's", PLACE_CALL_FOR_USER)
def _on_behalf(walk: Walk) -> Iterator[str]:
    call = walk.read(walk.place(token="service", path=f"{CALLS_PATH}/user/{ALICE}"))
    if [leg.user_id for leg in call.participants][:1] != [ALICE]:
        yield "the first participant is not the user in the path"


@flow("a call reads as it is published", GET_CALL)
def _as_published(walk: Walk) -> Iterator[str]:
    call = walk.read(walk.place())
    yield from unpublished(call.document, "CallConversation")
    yield from _lacking(call)


@flow("a call tells its legs apart", GET_CALL)
def _legs(walk: Walk) -> Iterator[str]:
    """Whose each leg is, and which way it goes, as people report it who watched real orgs."""
    yield from _two_legs(walk, BODY, "user", "external")


@flow("a call for a queue tells its legs apart", GET_CALL)
def _legs_for_queue(walk: Walk) -> Iterator[str]:
    yield from _two_legs(walk, FOR_QUEUE, "agent", "customer")


def _two_legs(walk: Walk, body: Any, caller: str, called: str) -> Iterator[str]:
    call = walk.dialled(walk.place(body))
    if len(call.participants) != 2:
        yield "the call does not dial whom it was placed to"
        return
    own, far = call.participants
    if own.id == far.id:
        yield ONE_ID
    yield from _unlike(own, "the caller", purpose=caller, direction="outbound")
    yield from _unlike(
        far, "who is called", purpose=called, direction="outbound", address=f"tel:{TEST_NUMBER}"
    )


@flow("every call is a call of its own", PLACE_CALL)
def _two_calls(walk: Walk) -> Iterator[str]:
    one, other = walk.place(), walk.place()
    if one == other:
        yield "two placed calls have one id"
    walk.end(one)
    if walk.read(other).over:
        yield "the end of one call ended another"


@flow("the list shows the calls that go on", LIST_CALLS)
def _listing(walk: Walk) -> Iterator[str]:
    call_id = walk.place()
    if call_id not in walk.listed():
        yield "a call that goes on is not in its user's list"
    yield from unpublished(walk.answer, "CallConversationEntityListing")
    if walk.answer.get("total", 0) < len(walk.answer.get("entities", ())):
        yield "the list counts fewer calls than it shows"
    walk.end(call_id)
    if call_id in walk.listed():
        yield "a call that is over is still in its user's list"


@flow("the list shows the calls of its user alone", LIST_CALLS)
def _own_listing(walk: Walk) -> Iterator[str]:
    if walk.place() in walk.listed("bob"):
        yield "a call is in the list of a user who is not on it"


@flow("a disconnected call is over", DISCONNECT)
def _disconnected(walk: Walk) -> Iterator[str]:
    call_id = walk.place()
    before = walk.read(call_id)
    ended = walk.end(call_id)
    after = walk.read(call_id)
    yield from walk.missing(Expected(202, operation=DISCONNECT), ended)
    if before.over or not after.over:
        yield "the call reads the same before and after it was disconnected"
    else:
        yield from _lacking(after, ("endTime", "disconnectType"))
    yield from walk.missing(Expected(202, operation=DISCONNECT), walk.end(call_id))


@flow("a call that was hung up is over", PATCH_CALL)
def _hung_up(walk: Walk) -> Iterator[str]:
    call_id = walk.place()
    answer = walk.ask("PATCH", f"{CALLS_PATH}/{call_id}", {"state": "disconnected"})
    yield from walk.missing(Expected(200, operation=PATCH_CALL), answer)
    if answer.document.get("id") != call_id:
        yield "the reply to a hang-up is not about the call"
    yield from unpublished(answer.document, "Conversation")
    if {leg.state for leg in walk.read(call_id).participants} - OVER:
        yield "the call goes on after it was hung up"


@flow("a call shows the number asked for", GET_CALL)
def _shown_number(walk: Walk) -> Iterator[str]:
    call = walk.read(walk.place({**BODY, "callerId": "+442079460001"}))
    for leg in call.participants[:1]:
        yield from _unlike(leg, "the caller, who asked for it,", ani="tel:+442079460001")


@flow("a call that was ended reads as over", GET_CALL, ends=True)
def _ended(walk: Walk) -> Iterator[str]:
    call_id = walk.place()
    walk.end(call_id)
    call = walk.read(call_id)
    if call.id != call_id or not call.over:
        yield "the call goes on after it was ended, or is another"
    if call.document.get("selfUri") != f"{CALLS_PATH}/{call_id}":
        yield "selfUri does not lead to the call"
    yield from unpublished(call.document, "CallConversation")
    yield from _lacking(call, (*LEG, "endTime", "disconnectType"))
    for leg in call.participants[:1]:
        yield from _unlike(leg, "the caller", purpose="user", direction="outbound")


# --- users and tokens ---------------------------------------------------------------------------------


@flow("a token's user is shown", GET_ME)
def _me(walk: Walk) -> Iterator[str]:
    for token, user_id in (("alice", ALICE), ("bob", BOB)):
        if walk.get("/api/v2/users/me", GET_ME, token).document.get("id") != user_id:
            yield f"users/me is not {token}, whose token asks"


@flow("the user asked for is shown", GET_USER)
def _user(walk: Walk) -> Iterator[str]:
    if walk.get(f"/api/v2/users/{BOB}", GET_USER).document.get("id") != BOB:
        yield "the user that was read is not the one in the path"


ALICES_SCOPES = sorted(default_org().token_by_value["alice"].scopes)


@flow("a token says what it is good for", GET_TOKEN)
def _token(walk: Walk) -> Iterator[str]:
    scopes = walk.get("/api/v2/tokens/me", GET_TOKEN).document.get("authorizedScope")
    known = walk.world.org is not None
    if not isinstance(scopes, list) or (known and scopes != ALICES_SCOPES):
        yield "the scopes of the token are not shown"


@flow("a revoked token is worth nothing", DELETE_TOKEN, uses_up=True)
def _revoked(walk: Walk) -> Iterator[str]:
    revoked = walk.ask("DELETE", "/api/v2/tokens/me")
    yield from walk.missing(Expected(200, operation=DELETE_TOKEN), revoked)
    yield from walk.missing(refused_by(TABLE["token.unknown"]), walk.ask("GET", "/api/v2/users/me"))
    if walk.ask("GET", "/api/v2/users/me", token="bob").status != 200:
        yield "the end of one token ended another"


@flow("a rate limit counts each token", GET_TOKEN, uses_up=True, limits={"rate_per_minute": LIMIT})
def _limited(walk: Walk) -> Iterator[str]:
    for count in range(1, LIMIT + 1):
        headers = walk.get("/api/v2/tokens/me", GET_TOKEN).headers
        shown = (headers.get("inin-ratelimit-count"), headers.get("inin-ratelimit-allowed"))
        if shown != (str(count), str(LIMIT)):
            yield f"request {count} of {LIMIT} is counted as {shown[0]} of {shown[1]}"
    refused = walk.ask("GET", "/api/v2/tokens/me")
    yield from walk.missing(refused_by(TABLE["rate.exceeded"]), refused)
    if refused.headers.get("Retry-After") != refused.headers.get("inin-ratelimit-reset"):
        yield "Retry-After is not when the count starts anew"
    if walk.ask("GET", "/api/v2/tokens/me", token="bob").status != 200:
        yield "the limit of one token stops another"


@flow("orgs never meet", GET_CALL, uses_up=True)
def _isolated(walk: Walk) -> Iterator[str]:
    other = Walk(walk.world.neighbour())
    call_id = other.place()
    unknown = refused_by(TABLE["call.unknown"])
    yield from walk.missing(unknown, walk.ask("GET", f"{CALLS_PATH}/{call_id}"))
    if other.read(call_id).id != call_id:
        yield "a call is not there for its own org"
