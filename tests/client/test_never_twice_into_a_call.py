"""Whoever is to be rung into a call that goes on is rung once, whatever happens on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback_client import (
    CallAttempt,
    CallHandle,
    CallOutcomeUnknown,
    CallsClient,
    InvalidRequest,
    MalformedAddress,
    ReplyLost,
    RingbackError,
    SafetyRefusal,
    StatusError,
)
from ringback_client.client import rings_nobody
from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.model import Request
from tests.client.happenings import AMBIGUOUS, FAULTS, Fault
from tests.client.scripted import CALL_ID, MOCK, Answer, Clock, ScriptedAdapter, Step, reset

CALLS = f"/api/v2/conversations/calls/{CALL_ID}"
OWN, FAR, NEW = (f"5eed0000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
ALICE = "a11ce000-0000-4000-8000-000000000001"
QUEUE = "90e0e000-0000-4000-8000-000000000010"
TALKING: list[dict[str, Any]] = [
    {"id": OWN, "purpose": "user", "state": "connected", "user": {"id": ALICE}},
    {"id": FAR, "purpose": "external", "state": "connected", "address": "tel:+442079460100"},
]


def shown(*more: Mapping[str, Any]) -> Answer:
    return Answer(200, {"id": CALL_ID, "participants": [*TALKING, *more]})


BROUGHT = Answer(
    200,
    {
        "destinationParticipantId": NEW,
        "id": CALL_ID,
        "participants": [*TALKING, {"id": NEW, "state": "alerting"}],
    },
)
"""What a consult is answered with, and what an invitation is."""
AT = datetime(2027, 1, 15, 8, tzinfo=UTC)
Bring = Callable[[CallHandle], object]
WAYS: dict[str, tuple[Bring, str, dict[str, object]]] = {
    "consult a user": (
        lambda call: call.consult(f"user:{ALICE}"),
        f"{CALLS}/participants/{FAR}/consult/agent",
        {"userId": ALICE, "speakTo": "DESTINATION"},
    ),
    "consult a queue": (
        lambda call: call.consult(f"queue:{QUEUE}", speak_to="BOTH"),
        f"{CALLS}/participants/{FAR}/consult/queue",
        {"queueId": QUEUE, "speakTo": "BOTH"},
    ),
    "consult a number": (
        lambda call: call.consult("tel:+442079460101", participant=OWN),
        f"{CALLS}/participants/{OWN}/voice/consult",
        {"address": "+442079460101", "speakTo": "DESTINATION"},
    ),
    "transfer to a user": (
        lambda call: call.transfer(f"user:{ALICE}"),
        f"{CALLS}/participants/{OWN}/replace",
        {"userId": ALICE},
    ),
    "invite a number and a user": (
        lambda call: call.invite("tel:+442079460101", f"user:{ALICE}"),
        f"{CALLS}/participants",
        {"participants": [{"address": "+442079460101"}, {"userId": ALICE}]},
    ),
    "ask for a call back": (
        lambda call: call.ask_call_back("tel:+442079460101", queue_id=QUEUE, name="Zoe", at=AT),
        f"/api/v2/conversations/{CALL_ID}/participants/{FAR}/callbacks",
        {
            "callbackNumbers": ["+442079460101"],
            "queueId": QUEUE,
            "callbackUserName": "Zoe",
            "callbackScheduledTime": "2027-01-15T08:00:00+00:00",
        },
    ),
    "call back": (
        lambda call: call.call_back("tel:+442079460101"),
        CALLS,
        {"callNumber": "+442079460101"},
    ),
    "transfer to a SIP address": (
        lambda call: call.transfer("sip:agent@example.com", participant=FAR),
        f"{CALLS}/participants/{FAR}/replace",
        {"address": "sip:agent@example.com"},
    ),
}
NO_BODY_NEEDED = {"204", "202 without JSON", "202 without an id"}
"""Answers that grant a transfer, which is answered without a body."""
LOST = [fault for fault in AMBIGUOUS if fault.name not in NO_BODY_NEEDED]
OTHERS = [fault for fault in FAULTS if fault.name not in {*NO_BODY_NEEDED, "placed"}]


def handle(
    *steps: Step, target: str = MOCK, participants: Sequence[Mapping[str, Any]] = TALKING, **settings: Any
) -> tuple[CallHandle, ScriptedAdapter]:
    """A call of which the client reads first, and what is sent for it."""
    adapter = ScriptedAdapter([Answer(200, {"id": CALL_ID, "participants": list(participants)}), *steps])
    client = CallsClient(target, "alice", adapter=adapter, retry=Clock().policy(), **settings)
    return client.call(CALL_ID), adapter


@pytest.mark.parametrize("way", WAYS)
def test_it_is_one_request_to_the_participant_that_the_platform_wants(way: str) -> None:
    bring, path, body = WAYS[way]
    call, adapter = handle(BROUGHT)
    bring(call)
    (sent,) = adapter.sent("POST")
    assert (sent.path_url, Answer(200, sent.body).response(sent).json()) == (path, body)
    assert len(adapter.requests) == 2


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(WAYS)),
    st.lists(st.tuples(st.sampled_from(OTHERS), st.integers(1, 5)), max_size=5),
)
def test_one_intent_rings_once_and_the_outcome_is_unknown_exactly_when_nobody_can_know(
    way: str, runs: list[tuple[Fault, int]]
) -> None:
    faults = [fault for fault, times in runs for _ in range(times)]
    call, adapter = handle(*(fault.make() for fault in faults), *[BROUGHT] * 9)
    outcome: RingbackError | None = None
    try:
        WAYS[way][0](call)
    except RingbackError as error:
        outcome = error
    sent = len(adapter.sent("POST"))
    met = [fault.acted for fault in faults[:sent]] + [True] * max(0, sent - len(faults))
    assert all(acted is False for acted in met[:-1]), "it sent again what may have been acted on"
    assert (outcome is None) == (met[-1] is True)
    assert isinstance(outcome, CallOutcomeUnknown) == (met[-1] is None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
def test_a_lost_reply_says_how_to_look(way: str, fault: Fault) -> None:
    new = {"id": NEW, "purpose": "external", "state": "dialing"}
    call, adapter = handle(fault.make(), shown(new), shown())
    with pytest.raises(CallOutcomeUnknown, match="find_legs") as caught:
        WAYS[way][0](call)
    attempt = caught.value.attempt
    assert (attempt.call_id, attempt.known) == (CALL_ID, frozenset({OWN, FAR}))
    with CallsClient(MOCK, "alice", adapter=adapter) as client:
        assert [leg.id for leg in client.find_legs(attempt)] == [NEW]
        assert client.find_legs(attempt) == ()
    assert "7946" not in f"{caught.value} {attempt!r}"


def test_a_consult_that_tells_of_no_participant_has_an_unknown_outcome() -> None:
    call, _ = handle(Answer(200, {}))
    with pytest.raises(CallOutcomeUnknown, match="without the id of a participant"):
        call.consult(f"user:{ALICE}")


def test_an_invitation_gives_the_ids_of_those_who_came() -> None:
    call, _ = handle(BROUGHT)
    assert call.invite(f"user:{ALICE}") == (NEW,)
    call, _ = handle(Answer(200, {"participants": []}))
    with pytest.raises(CallOutcomeUnknown, match="without the call"):
        call.invite(f"user:{ALICE}")


def test_an_invitation_on_behalf_of_a_user_goes_by_that_user_s_path() -> None:
    adapter = ScriptedAdapter([Answer(200, {"id": CALL_ID, "participants": TALKING}), BROUGHT])
    client = CallsClient(MOCK, "service", adapter=adapter, retry=Clock().policy())
    client.call(CALL_ID, user_id=ALICE).invite(f"queue:{QUEUE}")
    (sent,) = adapter.sent("POST")
    assert sent.path_url == f"{CALLS}/participants/user/{ALICE}"


@pytest.mark.parametrize(
    ("bring", "why"),
    [
        (lambda call: call.invite(), "at least one party"),
        (lambda call: call.call_back(f"user:{ALICE}"), "goes to a number"),
        (lambda call: call.ask_call_back("tel:+442079460101", at=datetime(2027, 1, 15)), "no zone"),  # noqa: DTZ001 - what is refused
    ],
)
def test_what_names_nobody_or_no_moment_is_not_sent(bring: Bring, why: str) -> None:
    call, adapter = handle(BROUGHT)
    with pytest.raises(InvalidRequest, match=why):
        bring(call)
    assert adapter.sent("POST") == []


def test_an_attempt_to_place_a_call_is_looked_up_among_the_calls() -> None:
    client = CallsClient(MOCK, "alice", adapter=ScriptedAdapter([reset()]), retry=Clock().policy())
    with pytest.raises(CallOutcomeUnknown) as caught:
        client.place_call("tel:+442079460100")
    with pytest.raises(InvalidRequest, match="find_calls"):
        client.find_legs(caught.value.attempt)


def test_what_was_not_looked_at_before_is_told_by_its_time() -> None:
    late = {"id": NEW, "startTime": "2027-01-15T08:00:00.000Z"}
    early = {"id": OWN, "startTime": "2027-01-15T07:00:00.000Z"}
    adapter = ScriptedAdapter([Answer(200, {"id": CALL_ID, "participants": [early, late]})])
    began = Clock().time
    attempt = CallAttempt(f"{CALLS}/participants", (), None, began, began, call_id=CALL_ID)
    with CallsClient(MOCK, "alice", adapter=adapter) as client:
        assert [leg.id for leg in client.find_legs(attempt)] == [NEW]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_whether_a_lost_request_is_asked_for_again_follows_from_whether_it_rings(operation: Any) -> None:
    request = Request(operation.method, operation.template.format_map(Ids()), {}, b"{}")
    assert rings_nobody(request) is not operation.dials
    adapter = ScriptedAdapter([reset(), Answer(200, {}), Answer(200, {})])
    client = CallsClient(MOCK, "alice", adapter=adapter, retry=Clock().policy(), preflight=False)
    if operation.dials:
        with pytest.raises(CallOutcomeUnknown):
            client.tell(request, repeatable=True)
    else:
        client.tell(request, repeatable=True)
    assert len(adapter.requests) == (1 if operation.dials else 2)


class Ids(dict[str, str]):
    """An id for every parameter of a path."""

    def __missing__(self, key: str) -> str:
        return CALL_ID


def test_what_ringback_does_not_know_may_ring_anybody() -> None:
    adapter = ScriptedAdapter([reset()])
    client = CallsClient(MOCK, "alice", adapter=adapter, retry=Clock().policy(), preflight=False)
    with pytest.raises(CallOutcomeUnknown):
        client.tell(Request("POST", f"{CALLS}/levitate", {}, b"{}"), repeatable=True)
    assert len(adapter.requests) == 1


PRESSES: dict[str, Bring] = {
    "complete": lambda call: call.complete(),
    "digits": lambda call: call.digits("12#"),
    "cancel": lambda call: call.cancel_consult(),
    "leave": lambda call: call.leave(),
}


@pytest.mark.parametrize("what", PRESSES)
@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
def test_what_must_not_be_done_twice_is_not_asked_for_again(what: str, fault: Fault) -> None:
    own, far = ({**leg, "consultParticipantId": FAR} for leg in TALKING)
    call, adapter = handle(fault.make(), participants=[own, far])
    with pytest.raises(ReplyLost):
        PRESSES[what](call)
    assert len(adapter.requests) == 2


def test_what_does_no_harm_twice_is_asked_for_again() -> None:
    call, adapter = handle(reset(), Answer(502, b""), Answer(202, b""))
    call.hold()
    assert len(adapter.sent("PATCH")) == 3


REAL = "mypurecloud.ie"
BRINGS: tuple[Callable[[CallHandle, str], object], ...] = (
    CallHandle.consult,
    CallHandle.transfer,
    CallHandle.invite,
    CallHandle.ask_call_back,
    CallHandle.call_back,
)


@pytest.mark.parametrize("to", ["tel:112", "911", "sip:sos@example.com", "tel:999"])
def test_nobody_brings_an_emergency_number_to_a_call(to: str) -> None:
    for bring in BRINGS:
        call, adapter = handle(BROUGHT, target=REAL, allow_calls=True)
        with pytest.raises(SafetyRefusal, match="emergency"):
            bring(call, to)
        assert adapter.sent("POST") == []


def test_a_region_takes_nobody_into_a_call_unless_the_program_allows_it() -> None:
    for bring in BRINGS:
        call, adapter = handle(BROUGHT, target=REAL)
        with pytest.raises(SafetyRefusal, match="allow_calls"):
            bring(call, "tel:+442079460100")
        assert adapter.sent("POST") == []
    call, adapter = handle(Answer(202, b""), target=REAL)
    call.hold()
    assert len(adapter.sent("PATCH")) == 1, "to hold rings nobody"


@pytest.mark.parametrize("to", [f"campaign:{QUEUE}", None, 112])
def test_who_is_nobody_is_not_brought_to_a_call(to: Any) -> None:
    call, adapter = handle(BROUGHT)
    with pytest.raises(MalformedAddress):
        call.transfer(to)
    assert adapter.sent("POST") == []


def test_of_several_others_one_has_to_be_named() -> None:
    third = {"id": NEW, "purpose": "external", "state": "connected"}
    adapter = ScriptedAdapter([shown(third)])
    call = CallsClient(MOCK, "alice", adapter=adapter).call(CALL_ID)
    with pytest.raises(InvalidRequest, match=f"participant=.*{FAR}.*{NEW}") as caught:
        call.digits("1")
    assert isinstance(caught.value, StatusError)
    assert adapter.sent("POST") == []
