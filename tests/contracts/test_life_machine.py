"""Whatever is done to calls, in any order, at any time: what always holds."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ringback_contracts.life import (
    Conversation,
    Objection,
    advance,
    apply,
    decode,
    encode,
    next_turn,
    objection,
    opened,
    replay,
    snapshots,
)
from ringback_contracts.life import commands as do
from ringback_contracts.life.idle import idle
from ringback_contracts.life.joining import joining
from ringback_contracts.life.objections import GROUNDS
from ringback_contracts.life.parties import Forwarding, Party, Takes, WrapRules
from ringback_contracts.life.values import NOBODY, CallParticipant
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.flat import call_conversation
from ringback_contracts.life.views.nested import conversation
from ringback_contracts.schemas import schema, validator
from tests.contracts.life_calls import ALICE, BOB, CALL_ID, CAROL, SAM, START, SUPPORT

RANK = {
    "contacting": 0,
    "offering": 0,
    "alerting": 0,
    "dialing": 1,
    "connected": 2,
    "parked": 2,
    "disconnected": 3,
    "terminated": 4,
}
HOWS = (
    "answers",
    "busy",
    "no_answer",
    "declines",
    "do_not_disturb",
    "no_route",
    "invalid",
    "voicemail",
    "waits",
    "dead",
)
TAKES = st.just(Takes("answers", 0.3)) | st.builds(
    Takes,
    st.sampled_from(HOWS),
    st.none() | st.sampled_from([0.0, 0.3, 2.0, 12.0]),
    st.none() | st.sampled_from([0.0, 5.0]),
)
TEXTS = st.text(max_size=3)
USER_IDS = st.sampled_from([ALICE, BOB, CAROL, SAM])
RULES = st.none() | st.builds(
    WrapRules,
    st.sampled_from(["mandatory", "optional", "agentRequested", "timeout", "forcedTimeout"]),
    st.none() | st.just(10_000),
    st.booleans(),
    st.booleans(),
)
AT_A_PHONE = st.builds(
    lambda user_id, takes: Party("user", user_id, f"sip:{user_id}@ringback.invalid", user_id.title(), takes),
    USER_IDS,
    TAKES,
)
ADDRESSES = st.builds(
    lambda number, takes, contact: Party("address", address=number, takes=takes, contact_id=contact),
    st.sampled_from(["tel:+442079460100", "tel:+442079460101", "sip:a@example.com"]),
    TAKES,
    st.none() | st.just("contact"),
)
ROUTES = st.lists(
    st.lists(AT_A_PHONE | ADDRESSES, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3
).map(tuple)
USERS = AT_A_PHONE | st.builds(
    lambda user, routes, voicemail: user._replace(forwarding=Forwarding(routes, voicemail)),
    AT_A_PHONE,
    ROUTES,
    st.booleans(),
)
QUEUES = st.builds(
    lambda agents, wrap, patience: Party(
        "queue", SUPPORT, "sip:support@ringback.invalid", "support", wrap=wrap, alerting_seconds=patience,
        agents=tuple(agents),
    ),
    st.lists(USERS, max_size=3),
    RULES,
    st.none() | st.just(4.0),
)  # fmt: skip
PARTIES = USERS | ADDRESSES | QUEUES
SECONDS = st.sampled_from([0.0, 0.001, 0.5, 2.0, 10.0, 65.0])
ATTRIBUTES = st.dictionaries(TEXTS, TEXTS, max_size=2)
SPEAK_TO = st.sampled_from(["DESTINATION", "OBJECT", "BOTH", "CONFERENCE"])


class Life(RuleBasedStateMachine):
    """One call, and the clock."""

    call: Conversation

    def __init__(self) -> None:
        super().__init__()
        self.call = opened(CALL_ID, START)
        self.now = START
        self.seen = self.call

    @initialize(
        parties=st.lists(PARTIES, min_size=1, max_size=2),
        rings=st.booleans(),
        rules=RULES,
        seconds=st.sampled_from([5.0, 0.0, 1.5]),
    )
    def begin(self, parties: list[Party], rings: bool, rules: WrapRules | None, seconds: float) -> None:
        """Mostly a call on which people talk, since most that can be done asks for one."""
        outside = Party("address", address="tel:+442079460100", takes=Takes("answers", 0.3))
        alice = Party("user", ALICE, "sip:alice@ringback.invalid", "Alice", Takes("answers", 0.3), wrap=rules)
        if rings:
            self.give(do.Ring(outside, Party("queue", SUPPORT, wrap=rules, agents=(alice, *_users(parties)))))
        else:
            self.give(do.Place(alice, (outside, *parties[1:]), queue_id=SUPPORT if rules else None))
        self.time_passes(seconds)

    def give(self, command: do.Command) -> None:
        """Give the command, and look whether it does what was said of it."""
        before = advance(self.call, self.now)
        expected = objection(before, command)
        after = apply(self.call, command, self.now)
        if isinstance(after, Objection):
            assert after == expected
            assert after.ground is GROUNDS[after.id]
            return
        assert expected is None
        if isinstance(command, do.End) and after == before:
            assert not before.active
            return
        assert after.history[:-1] == before.history
        assert (after.history[-1].at, after.history[-1].command) == (before.now, command)
        if idle(before, command):
            assert call_conversation(after) == call_conversation(before), "it was said to change nothing"
        self.notice(before, after)
        self.call = after

    def notice(self, before: Conversation, after: Conversation) -> None:
        """What may never happen from one moment to the next."""
        assert after.now >= before.now
        assert len(after.participants) >= len(before.participants)
        for was, now in zip(before.participants, after.participants, strict=False):
            assert (was.id, was.call.id, was.purpose) == (now.id, now.call.id, now.purpose)
            assert RANK[now.call.state] >= RANK[was.call.state], "no leg goes back"
            assert was.call.state != "terminated" or now.call.state == "terminated"
            for name in ("connected_at", "ended_at"):
                first = getattr(was.call, name)
                assert first in (None, getattr(now.call, name)), "what has happened stays as it was"

    # --- the clock ------------------------------------------------------------------------------------

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        call = self.call
        for after in snapshots(call, self.now):
            self.notice(call, after)
            call = after
        assert advance(call, self.now) == advance(self.call, self.now), "turn by turn or at once"
        self.call = advance(self.call, self.now)

    @rule()
    def the_next_turn_comes(self) -> None:
        due = next_turn(self.call)
        if due is not None:
            self.now = max(self.now, due)
            after = advance(self.call, self.now)
            assert (next_turn(after) or self.now + 1) > self.now
            self.notice(self.call, after)
            self.call = after

    @rule()
    def the_clock_is_set_back(self) -> None:
        assert advance(self.call, self.now - 1_000) == self.call

    # --- commands -------------------------------------------------------------------------------------

    def participant(self, data: st.DataObject) -> str:
        """The id of a participant, mostly of one whose leg is not over, now and then of none."""
        everybody = [one.id for one in self.call.participants]
        live = [one.id for one in self.call.participants if not one.call.over]
        return data.draw(st.sampled_from([*live, *live, *live, *everybody, "nobody"]))

    def subject(self, data: st.DataObject) -> str:
        """The participant whom a consult is about, if one runs."""
        running = self.call.consult
        return self.call.participants[running.subject].id if running else self.participant(data)

    def acting(self, data: st.DataObject) -> str | None:
        """Who acts: mostly somebody who is on the call."""
        users = [one.user_id for one in self.call.participants if one.user_id and not one.call.over]
        return data.draw(st.sampled_from([*users, *users, *users, None, BOB]))

    @rule(customer=ADDRESSES, to=USERS | QUEUES, ivr=st.booleans())
    def ring(self, customer: Party, to: Party, ivr: bool) -> None:
        self.give(do.Ring(customer, to, ivr=ivr))

    @rule(data=st.data(), kind=st.sampled_from([do.Answer, do.Disconnect, do.CancelConsult]))
    def of_a_leg(self, data: st.DataObject, kind: type) -> None:
        self.give(kind(self.participant(data), self.acting(data)))

    @rule(
        data=st.data(), value=st.booleans(), kind=st.sampled_from([do.Hold, do.Mute, do.Confine, do.Record])
    )
    def switch(self, data: st.DataObject, value: bool, kind: type) -> None:
        self.give(kind(self.participant(data), value, self.acting(data)))

    @rule(data=st.data(), until=st.none() | SECONDS)
    def park(self, data: st.DataObject, until: float | None) -> None:
        end = None if until is None else self.now + until
        self.give(do.Park(self.participant(data), end, self.acting(data)))

    @rule(data=st.data(), state=st.sampled_from(["none", "active", "paused"]))
    def set_recording(self, data: st.DataObject, state: str) -> None:
        self.give(do.SetRecording(state, self.acting(data)))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(data=st.data(), attributes=ATTRIBUTES, text=TEXTS, flagged=st.booleans())
    def write(self, data: st.DataObject, attributes: dict[str, str], text: str, flagged: bool) -> None:
        one = self.participant(data)
        several: list[do.Command] = [
            do.SetAttributes(one, attributes),
            do.SetUuiData(one, text),
            do.SendDigits(one, "1#"),
            do.SetTag(text),
            do.Flag(one, flagged),
            do.SetMediaRoles(one),
        ]
        self.give(data.draw(st.sampled_from(several)))

    @rule(data=st.data(), code=st.none() | st.just("sale"), provisional=st.booleans(), skip=st.booleans())
    def wrap_up(self, data: st.DataObject, code: str | None, provisional: bool, skip: bool) -> None:
        one = self.participant(data)
        self.give(do.SkipWrapUp(one) if skip else do.GiveWrapUp(one, code, provisional=provisional))

    @rule(
        data=st.data(),
        to=PARTIES | st.none(),
        transfer_type=st.sampled_from([None, "Attended", "Unattended"]),
        voicemail=st.sampled_from([False, False, True]),
    )
    def transfer(
        self, data: st.DataObject, to: Party | None, transfer_type: str | None, voicemail: bool
    ) -> None:
        one, by = self.participant(data), self.acting(data)
        self.give(do.BlindTransfer(one, to, by, transfer_type, voicemail))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(data=st.data(), to=PARTIES | st.none(), speak_to=SPEAK_TO)
    def consult(self, data: st.DataObject, to: Party | None, speak_to: str) -> None:
        self.give(do.StartConsult(self.participant(data), to, self.acting(data), speak_to))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(to=USERS | QUEUES | ADDRESSES, speak_to=SPEAK_TO, seconds=SECONDS)
    def consult_and_wait(self, to: Party, speak_to: str, seconds: float) -> None:
        """A consult as people make them, since chance seldom names the right two."""
        here = [one for one in self.call.participants if one.call.state == "connected"]
        users = [one for one in here if one.user_id]
        others = [one for one in here if one.number != (users[0].number if users else NOBODY)]
        if users and others:
            self.give(do.StartConsult(others[0].id, to, users[0].user_id, speak_to))  # type: ignore[arg-type]  # hypothesis knows no literals
            self.time_passes(seconds)

    @rule(data=st.data(), speak_to=SPEAK_TO)
    def speak_to(self, data: st.DataObject, speak_to: str) -> None:
        self.give(do.SetSpeakTo(self.subject(data), speak_to, self.acting(data)))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.give(do.CancelConsult(self.subject(data), self.acting(data)))

    @rule(data=st.data(), parties=st.lists(PARTIES, max_size=2))
    def invite(self, data: st.DataObject, parties: list[Party]) -> None:
        self.give(do.Invite(tuple(parties), self.acting(data)))

    @rule(
        data=st.data(),
        other=st.sampled_from(["other", "other", CALL_ID]),
        answers=st.sampled_from([2.0, 30.0]),
    )
    def merge(self, data: st.DataObject, other: str, answers: float) -> None:
        customer, by = Party("address", address="tel:+442079460120"), self.acting(data)
        ring = do.Ring(customer, Party("user", ALICE, takes=Takes("answers", answers)))
        second = apply(opened("other", self.now - 20), ring, self.now - 20)
        assert isinstance(second, Conversation)
        self.give(do.Merge((other,), joining(advance(second, self.now), by), by))

    @rule(data=st.data(), system=st.booleans(), what=st.sampled_from(["", "", "", "ends", "moves"]))
    def end(self, data: st.DataObject, system: bool, what: str) -> None:
        """Now and then, since little can be done after it."""
        if what:
            self.give(do.MoveAway("other") if what == "moves" else do.End(self.acting(data), system))

    @rule(data=st.data(), kind=st.sampled_from(["monitor", "coach", "barge"]), supervisor=USERS)
    def supervise(self, data: st.DataObject, kind: str, supervisor: Party) -> None:
        self.give(do.Supervise(kind, self.participant(data), supervisor))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(
        data=st.data(), queue_id=st.none() | st.just(SUPPORT), dial=st.booleans(), to=ADDRESSES, caller=USERS
    )
    def call_back(
        self, data: st.DataObject, queue_id: str | None, dial: bool, to: Party, caller: Party
    ) -> None:
        one = self.participant(data)
        self.give(do.CallBack(caller, to) if dial else do.AskCallBack(one, ("+442079460100",), queue_id))

    @rule(
        data=st.data(),
        act=st.sampled_from(
            ["answers", "declines", "busy", "no_answer", "hangs_up", "holds", "retrieves", "digits"]
        ),
    )
    def far_end(self, data: st.DataObject, act: str) -> None:
        self.give(do.FarEnd(self.participant(data), act))  # type: ignore[arg-type]  # hypothesis knows no literals

    @rule(agents=st.lists(USERS, max_size=2))
    def staff(self, agents: list[Party]) -> None:
        self.give(do.Staff(SUPPORT, tuple(agents)))

    @rule(data=st.data(), seconds=SECONDS)
    def delayed(self, data: st.DataObject, seconds: float) -> None:
        one = self.participant(data)
        several: list[do.Command] = [do.Hold(one, held=True), do.Disconnect(one), do.End()]
        later = data.draw(st.sampled_from(several))
        self.give(do.Delayed(seconds, later))

    # --- what always holds ----------------------------------------------------------------------------

    @invariant()
    def nobody_is_confined_without_a_holder(self) -> None:
        for one in self.call.participants:
            if one.call.confined:
                assert one.call.state == "connected"
                assert self.call.participants[one.call.confined_by].call.state == "connected"
                assert one.call.confined_by != one.number

    @invariant()
    def times_are_in_order(self) -> None:
        for one in self.call.participants:
            leg = one.call
            assert START <= leg.begins <= (leg.connected_at or leg.begins) <= self.call.now
            assert (leg.ended_at is not None) == leg.over == (leg.disconnect is not None)
            assert leg.ended_at is None or (leg.connected_at or leg.begins) <= leg.ended_at <= self.call.now
            assert leg.held_at is None or leg.state == "connected"
            assert [part.ends for part in leg.segments[:-1]] == [part.begins for part in leg.segments[1:]]
            assert (leg.segments[-1].ends is not None) == leg.over

    @invariant()
    def what_is_due_is_due_later_and_to_somebody(self) -> None:
        assert [turn.at for turn in self.call.turns] == sorted(turn.at for turn in self.call.turns)
        assert all(turn.at >= self.call.now for turn in self.call.turns)
        assert all(NOBODY <= turn.number < len(self.call.participants) for turn in self.call.turns)

    @invariant()
    def a_consult_has_its_parties(self) -> None:
        consult = self.call.consult
        legs = [one.call for one in self.call.participants]
        if consult:
            assert not legs[consult.initiator].over
            assert not legs[consult.subject].over
            assert not legs[max(consult.via, consult.target)].over
        marked = [one.number for one in self.call.participants if "consultInitiator" in one.attributes]
        assert marked == ([consult.initiator] if consult else [])

    @invariant()
    def nobody_is_left_alone_when_all_has_happened(self) -> None:
        settled = advance(self.call, self.call.now)
        people = [one for one in settled.participants if not one.call.over]
        if len(people) == 1:
            assert people[0].call.state in {"contacting", "dialing", "parked", "connected", "offering"}
            assert people[0].call.state != "connected" or _alone_on_purpose(settled, people[0])

    @invariant()
    def the_history_tells_it_all(self) -> None:
        if self.call.history:
            again = replay(self.call.id, self.call.history)
            assert advance(again, self.now) == advance(self.call, self.now)
            assert advance(decode(encode(self.call)), self.now) == advance(self.call, self.now)

    @invariant()
    def every_view_has_the_published_shape(self) -> None:
        flat, nested = call_conversation(self.call), conversation(self.call)
        validator("CallConversation").validate(flat)
        validator("Conversation").validate(nested)
        assert not set(flat) - set(schema("CallConversation")["properties"])
        for one, other in zip(flat["participants"], nested["participants"], strict=True):
            assert not set(one) - set(schema("CallMediaParticipant")["properties"])
            assert not set(other) - set(schema("Participant")["properties"])
            assert not set(other["calls"][0]) - set(schema("Call")["properties"])
            for name in ("id", "purpose", "startTime", "connectedTime", "endTime", "attributes"):
                assert one.get(name) == other.get(name)
        for event, rest in zip(event_body(self.call)["participants"], flat["participants"], strict=True):
            assert None not in event.values()
            for name in (
                "id",
                "state",
                "held",
                "confined",
                "muted",
                "consultParticipantId",
                "wrapupRequired",
            ):
                assert event.get(name) == rest.get(name)


def _users(parties: list[Party]) -> list[Party]:
    return [party for party in parties if party.kind == "user"]


def _alone_on_purpose(call: Conversation, one: CallParticipant) -> bool:
    """A caller who has called nobody yet, or whom a turn of this moment joins or ends."""
    first = call.history[0].command
    return one.number == 0 and isinstance(first, do.Place) and not first.parties


TestLife = Life.TestCase
TestLife.settings = settings(stateful_step_count=30)
