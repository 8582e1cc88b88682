"""A placed call is told what to do, on the mock: what each method does, and what it raises."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest

from ringback_client import (
    CallHandle,
    CallNeverReached,
    CallOutcomeUnknown,
    CallsClient,
    ClientCredentials,
    ConfigurationError,
    InvalidRequest,
    MalformedAddress,
    NotAuthorized,
    NotFound,
    PlacedCall,
    StatusError,
    WaitedTooLong,
)
from ringback_client.waiting import LONGEST_PAUSE
from ringback_contracts.http.faults import BEFORE, Fault, FaultKind, FaultOperation
from ringback_contracts.org import default_org
from tests.client.conftest import MakeClient
from tests.client.scripted import Clock

ALICE = "a11ce000-0000-4000-8000-000000000001"
FRANK = "user:f4a2c000-0000-4000-8000-000000000006"
SUPPORT = "queue:90e0e000-0000-4000-8000-000000000010"
ANSWERS = "tel:+442079460100"
BUSY = "tel:+442079460101"
RINGS_LONG = "tel:+442079460112"
CODE = "c0de0000-0000-4000-8000-000000000040"
SERVICE = ClientCredentials("demo-service", "demo-secret")


@pytest.fixture
def client(make_client: MakeClient) -> CallsClient:
    return make_client()


@pytest.fixture
def call(client: CallsClient, clock: Clock) -> PlacedCall:
    """Alice called somebody, who has answered."""
    placed = client.place_call(ANSWERS)
    clock.time += 10
    return placed


def legs(call: PlacedCall | CallHandle, *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(leg, name) for name in names) for leg in call.look().participants]


def test_a_call_is_held_muted_and_gone_back_to(call: PlacedCall) -> None:
    call.hold()
    assert legs(call, "held", "confined") == [(True, False), (False, True)]
    call.unhold()
    assert legs(call, "held", "confined") == [(False, False), (False, False)]
    call.mute()
    assert legs(call, "muted") == [(True,), (False,)]
    call.unmute()
    call.hold(held=False)
    assert legs(call, "muted", "held") == [(False, False), (False, False)]


def test_texts_are_kept_with_the_own_leg_or_with_another(call: PlacedCall) -> None:
    call.attributes({"case": "7"})
    _, far = call.look().participants
    call.attributes({"name": "Ms Example"}, participant=far.id)
    call.attributes({"outcome": "sold"})
    assert legs(call, "attributes") == [({"case": "7", "outcome": "sold"},), ({"name": "Ms Example"},)]


def test_a_call_is_hung_up_for_everybody_and_wrapped_up_afterwards(call: PlacedCall, clock: Clock) -> None:
    call.hang_up()
    call.hang_up()
    clock.time += 5
    call.hang_up()
    call.wrap_up(CODE, notes="sold")
    own, _ = call.look().participants
    assert call.look().over
    assert (own.document["wrapup"]["code"], own.document["wrapup"]["notes"]) == (CODE, "sold")


def test_a_call_that_rings_is_answered_from_a_program(make_client: MakeClient, clock: Clock) -> None:
    placed = make_client().place_call(FRANK)
    clock.time += 1.5
    frank = make_client("frank").call(placed.id)
    frank.answer()
    clock.time += 1
    assert [leg.state for leg in placed.look().participants] == ["connected", "connected"]


def test_each_user_acts_on_their_own_leg(make_client: MakeClient, clock: Clock) -> None:
    placed = make_client().place_call(FRANK)
    clock.time += 10
    make_client("frank").call(placed.id).mute()
    assert legs(placed, "muted") == [(False,), (True,)]
    placed.hold()
    assert legs(placed, "held", "confined") == [(True, False), (False, True)]


def test_a_service_acts_for_the_user_for_whom_it_placed_the_call(
    make_client: MakeClient, clock: Clock
) -> None:
    placed = make_client(SERVICE).place_call(FRANK, f"user:{ALICE}")
    clock.time += 10
    placed.mute()
    assert legs(placed, "muted") == [(True,), (False,)]
    with pytest.raises(InvalidRequest, match=r"not\.a\.user"):
        make_client(SERVICE).call(placed.id).mute()
    make_client(SERVICE).call(placed.id, user_id=FRANK.removeprefix("user:")).mute()
    assert legs(placed, "muted") == [(True,), (True,)]
    placed.hang_up()
    assert placed.look().over


def test_more_are_rung_into_a_call(call: PlacedCall, clock: Clock) -> None:
    came = call.invite("tel:+442079460106", FRANK)
    clock.time += 10
    own, far, *new = call.look().participants
    assert [leg.id for leg in new] == list(came)
    assert [leg.state for leg in (own, far, *new)] == ["connected"] * 4
    with pytest.raises(NotFound, match="invite"):
        call.invite("user:00000000-0000-4000-8000-00000000dead")


def test_a_call_back_is_asked_for_and_dialled(
    make_client: MakeClient, call: PlacedCall, clock: Clock
) -> None:
    with pytest.raises(InvalidRequest, match=r"queue\.required"):
        call.ask_call_back("tel:+442079460106")
    call.ask_call_back("tel:+442079460106", queue_id=SUPPORT.removeprefix("queue:"), name="Zoe")
    call.hang_up()
    clock.time += 60
    with pytest.raises(InvalidRequest, match=r"no\.user\.station"):
        make_client("bob").call(call.id).call_back("tel:+442079460106")
    call.call_back("tel:+442079460106")
    clock.time += 10
    assert [leg.state for leg in call.look().participants] == ["terminated"] * 2 + ["connected"] * 2
    with pytest.raises(InvalidRequest, match=r"cannot\.be\.placed"):
        call.call_back("tel:+442079460106")


def test_who_leaves_lets_the_other_go(call: PlacedCall) -> None:
    call.leave()
    assert legs(call, "state", "disconnect_type") == [("disconnected", "client"), ("disconnected", "peer")]


REFUSALS: dict[str, tuple[Callable[[PlacedCall], object], type[StatusError], str]] = {
    "texts": (lambda call: call.attributes({"case": 7}), InvalidRequest, "attributes.not-texts"),  # type: ignore[dict-item]  # what is not typed sends this
    "no code": (lambda call: call.wrap_up(notes="sold"), InvalidRequest, "life.wrapup-code-required"),
    "nobody": (
        lambda call: call.wrap_up(CODE, participant="00000000-0000-4000-8000-00000000dead"),
        NotFound,
        "life.no-such-participant",
    ),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refusal_is_typed_and_explains_itself(why: str, call: PlacedCall) -> None:
    tell, kind, rule = REFUSALS[why]
    with pytest.raises(kind) as caught:
        tell(call)
    assert (type(caught.value), caught.value.rule) == (kind, rule)
    assert caught.value.request is not None
    assert caught.value.explain() is not None


def test_what_the_rules_foresee_is_not_sent(call: PlacedCall) -> None:
    with pytest.raises(InvalidRequest, match="not sent"):
        call.attributes({"case": None})  # type: ignore[dict-item]  # what is not typed sends this


def test_who_is_not_on_the_call_has_no_leg_to_act_with(make_client: MakeClient, call: PlacedCall) -> None:
    with pytest.raises(NotFound, match="no leg"):
        make_client("frank").call(call.id, user_id=FRANK.removeprefix("user:")).hold()
    with pytest.raises(NotAuthorized, match=r"missing\.any\.permissions"):
        make_client("carol").call(call.id).hang_up()


def test_a_leg_that_is_over_is_told_all_the_same_and_the_target_says_why_not(
    call: PlacedCall, clock: Clock
) -> None:
    call.hang_up()
    clock.time += 5
    with pytest.raises(InvalidRequest) as caught:
        call.hold()
    assert caught.value.code == "conversation.error.participant.no.active.conversations"


def test_a_consult_is_completed_and_the_customer_talks_to_who_was_asked(
    call: PlacedCall, clock: Clock
) -> None:
    asked = call.consult(FRANK)
    clock.time += 10
    assert call.wait_for("connected", participant=asked).participants[2].id == asked
    call.speak_to("BOTH")
    call.speak_to("DESTINATION")
    assert legs(call, "confined") == [(False,), (True,), (False,)]
    call.complete()
    clock.time += 5
    states = [("terminated", "peer"), ("connected", None), ("connected", None)]
    assert legs(call, "state", "disconnect_type") == states


def test_a_consult_is_called_off_and_the_two_talk_again(call: PlacedCall, clock: Clock) -> None:
    call.consult("tel:+442079460106")
    clock.time += 10
    call.cancel_consult()
    clock.time += 5
    assert legs(call, "state", "confined") == [
        ("connected", False),
        ("connected", False),
        ("terminated", False),
    ]
    with pytest.raises(InvalidRequest, match="no consult"):
        call.complete()


@pytest.mark.parametrize("to", [FRANK, "tel:+442079460106", SUPPORT])
def test_a_call_is_given_away_blindly(to: str, call: PlacedCall, clock: Clock) -> None:
    call.transfer(to)
    clock.time += 1
    own, far, new = call.look().participants[:3]
    assert (own.state, own.disconnect_type, far.over, new.over) == ("terminated", "transfer", False, False)


def test_keys_are_pressed_for_the_other_end(call: PlacedCall) -> None:
    call.digits("12#")
    with pytest.raises(InvalidRequest) as caught:
        call.digits("call me")
    assert caught.value.rule == "digits.not-keys"


def test_a_service_asks_for_the_user_for_whom_it_placed_the_call(
    make_client: MakeClient, clock: Clock
) -> None:
    placed = make_client(SERVICE).place_call(ANSWERS, f"user:{ALICE}")
    clock.time += 10
    assert placed.consult(FRANK) == placed.look().participants[2].id
    clock.time += 10
    placed.complete()
    assert placed.look().participants[0].disconnect_type == "transfer"


@pytest.mark.parametrize(
    ("to", "kind", "rule"),
    [
        (f"user:{ALICE}", InvalidRequest, "life.consult-to-self"),
        ("user:00000000-0000-4000-8000-00000000dead", NotFound, "transfer.user-unknown"),
        ("hello", MalformedAddress, "transfer.address-malformed"),
    ],
)
def test_a_consult_that_is_refused_says_why(
    to: str, kind: type[StatusError], rule: str, call: PlacedCall
) -> None:
    with pytest.raises(kind) as caught:
        call.consult(to)
    assert (type(caught.value), caught.value.rule) == (kind, rule)


def test_nothing_is_completed_where_no_consult_runs(call: PlacedCall) -> None:
    for method in (call.complete, call.cancel_consult, lambda: call.speak_to("BOTH")):
        with pytest.raises(InvalidRequest, match="no consult"):
            method()
    assert not call.look().over, "it would have hung up on the customer"


def test_waiting_ends_when_the_call_is_connected(client: CallsClient, clock: Clock) -> None:
    began = clock.time
    call = client.place_call(RINGS_LONG).wait_for("connected")
    assert [leg.state for leg in call.participants] == ["connected", "connected"]
    assert 20 <= clock.time - began <= 25 + LONGEST_PAUSE
    assert max(clock.slept) == LONGEST_PAUSE


def test_the_own_leg_comes_through_states_that_others_have_not(client: CallsClient) -> None:
    assert client.place_call(RINGS_LONG).wait_for("dialing").participants[0].state == "dialing"


def test_waiting_for_the_end_takes_legs_that_are_gone_altogether(call: PlacedCall, clock: Clock) -> None:
    call.hang_up()
    assert {leg.state for leg in call.wait_for("terminated").participants} == {"terminated"}
    clock.time += 60
    assert call.wait_for("disconnected").over


def test_waiting_for_a_call_that_ends_says_how_it_ended(client: CallsClient) -> None:
    with pytest.raises(CallNeverReached, match=r"user terminated \(peer\); external terminated \(endpoint\)"):
        client.place_call(BUSY).wait_for("connected")


def test_waiting_has_an_end(client: CallsClient, clock: Clock) -> None:
    placed, began = client.place_call(RINGS_LONG), clock.time
    with pytest.raises(WaitedTooLong, match="within 3 seconds: user"):
        placed.wait_for("connected", timeout=3)
    assert clock.time <= began + 3


def test_what_is_no_state_is_not_waited_for(call: PlacedCall, clock: Clock) -> None:
    clock.slept.clear()
    with pytest.raises(ConfigurationError, match="'answered' is no state"):
        call.wait_for("answered")
    assert clock.slept == []


def test_another_leg_can_be_waited_for(client: CallsClient, clock: Clock) -> None:
    placed = client.place_call(RINGS_LONG)
    clock.time += 2
    _, far = placed.look().participants
    assert placed.wait_for("connected", participant=far.id).participants[1].state == "connected"


def test_a_copy_is_equal_and_has_no_client(call: PlacedCall) -> None:
    for twin in (copy.copy(call), copy.deepcopy(call), pickle.loads(pickle.dumps(call))):
        assert twin == call
        with pytest.raises(ConfigurationError, match=r"client\.call\(id\)"):
            twin.hold()


@pytest.mark.parametrize("call_id", ["", "..", "a/b", None, 7])
def test_what_is_no_id_is_no_call(client: CallsClient, call_id: object) -> None:
    with pytest.raises(InvalidRequest):
        client.call(call_id)  # type: ignore[arg-type]  # what is not typed gives anything


@pytest.mark.parametrize(
    ("word", "bring"),
    [
        ("consult", lambda call: call.consult("tel:+442079460106")),
        ("transfer", lambda call: call.transfer("tel:+442079460106")),
    ],
)
@pytest.mark.parametrize("kind", [FaultKind.GATEWAY_TIMEOUT, FaultKind.BAD_GATEWAY])
def test_a_mock_that_loses_the_reply_is_looked_at_and_not_asked_again(
    word: FaultOperation,
    bring: Callable[[PlacedCall], object],
    kind: FaultKind,
    make_client: MakeClient,
    clock: Clock,
) -> None:
    org = replace(default_org(), faults=(Fault(kind=kind, operation=word),))
    client = make_client(org=org)
    call = client.place_call(ANSWERS)
    clock.time += 10
    with pytest.raises(CallOutcomeUnknown) as caught:
        bring(call)
    acted = kind not in BEFORE
    assert len(client.find_legs(caught.value.attempt)) == acted
    assert len(call.look().participants) == 2 + acted
