"""Why a command cannot be applied: each ground has its code, and a call on which it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringback_contracts.core.model import Evidence
from ringback_contracts.life import Conversation, apply, commands, opened
from ringback_contracts.life.engine import HEAVIEST_HISTORY, LONGEST_HISTORY
from ringback_contracts.life.joining import joining
from ringback_contracts.life.objections import GROUNDS
from ringback_contracts.life.parties import Takes, WrapRules
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CALL_ID,
    CUSTOMER,
    OTHER,
    START,
    SUPERVISOR,
    done,
    later,
    leg,
    placed,
    queue,
    refused,
    rung,
    talking,
    user,
)

WAITS = Takes("waits")
Command = Callable[[Conversation], commands.Command]


def ringing() -> Conversation:
    return later(placed(user(BOB, WAITS)), 3)


def over() -> Conversation:
    return later(done(talking(), commands.End(ALICE)), 60)


def agents() -> Conversation:
    return later(rung(queue(user(ALICE))), 10)


def mandatory() -> Conversation:
    return later(rung(queue(user(ALICE), rules=WrapRules("mandatory"))), 10)


def consulting() -> Conversation:
    return done(talking(), commands.StartConsult(leg(talking(), "external").id, user(BOB, WAITS), ALICE))


def watched() -> Conversation:
    call = talking()
    return later(done(call, commands.Supervise("monitor", own(call), SUPERVISOR)), 10)


def conference() -> Conversation:
    return talking(CUSTOMER, OTHER)


def own(call: Conversation) -> str:
    return leg(call, ALICE).id


def far(call: Conversation) -> str:
    return leg(call, "external").id


CASES: list[tuple[str, int, str, Callable[[], Conversation], Command]] = [
    (
        "life.hold-alerting",
        400,
        "conversation.error.hold.alerting",
        ringing,
        lambda call: commands.Hold(leg(call, BOB).id, held=True, by=BOB),
    ),
    (
        "life.disconnected",
        400,
        "conversation.error.call.disconnected",
        over,
        lambda call: commands.Disconnect(own(call)),
    ),
    (
        "life.cannot-confine",
        400,
        "conversation.error.cannot.confine.party",
        talking,
        lambda call: commands.Confine(own(call), confined=True, by=ALICE),
    ),
    (
        "life.no-such-participant",
        404,
        "conversation.error.not.conversation.participant",
        talking,
        lambda _: commands.Mute("nobody", muted=True),
    ),
    (
        "life.not-active",
        403,
        "conversation.error.forbidden.not.active.participant",
        talking,
        lambda call: commands.Mute(own(call), muted=True, by=BOB),
    ),
    (
        "life.secure-attributes-version",
        409,
        "general.conflict",
        talking,
        lambda _: commands.SetSecureAttributes({"order": "7"}, version=1),
    ),
    (
        "life.wrapup-code-required",
        400,
        "conversation.error.wrapup.code.required",
        agents,
        lambda call: commands.GiveWrapUp(own(call), notes="no code"),
    ),
    (
        "life.wrapup-cannot-skip",
        400,
        "conversation.error.wrapup.cannot.skip",
        mandatory,
        lambda call: commands.SkipWrapUp(own(call)),
    ),
    (
        "life.park-unanswered",
        400,
        "conversation.error.hold.alerting",
        ringing,
        lambda call: commands.Park(leg(call, BOB).id),
    ),
    (
        "life.transfer-without-destination",
        400,
        "conversations.error.transfer.destination.required",
        talking,
        lambda call: commands.BlindTransfer(own(call), None, ALICE),
    ),
    (
        "life.transfer-same-party",
        400,
        "conversations.error.transfer.same.party",
        talking,
        lambda call: commands.BlindTransfer(own(call), user(ALICE), ALICE),
    ),
    (
        "life.transfer-not-connected",
        400,
        "conversations.error.transfer.not.connected",
        ringing,
        lambda call: commands.BlindTransfer(own(call), OTHER, ALICE),
    ),
    (
        "life.transfer-acd-unattended",
        400,
        "conversations.error.transfer.acd.call.unattended",
        agents,
        lambda call: commands.BlindTransfer(own(call), user(BOB), ALICE, "Unattended"),
    ),
    (
        "life.transfer-acd-voicemail",
        400,
        "conversations.error.transfer.userCall.voicemail",
        agents,
        lambda call: commands.BlindTransfer(own(call), user(BOB), ALICE, voicemail=True),
    ),
    (
        "life.consult-not-a-participant",
        400,
        "not.a.participant",
        talking,
        lambda call: commands.StartConsult(own(call), user(BOB), ALICE),
    ),
    (
        "life.consult-object-required",
        400,
        "object.participant.id.required",
        agents,
        lambda call: commands.StartConsult(leg(call, "acd").id, user(BOB), ALICE),
    ),
    (
        "life.consult-without-destination",
        400,
        "conversation.error.consult.transfer.no.destination",
        talking,
        lambda call: commands.StartConsult(far(call), None, ALICE),
    ),
    (
        "life.consult-without-initiator",
        400,
        "conversation.error.consult.transfer.no.initiator",
        talking,
        lambda call: commands.StartConsult(far(call), user(BOB), None),
    ),
    (
        "life.consult-to-self",
        400,
        "conversation.error.cannot.transfer.to.self",
        talking,
        lambda call: commands.StartConsult(far(call), user(ALICE), ALICE),
    ),
    (
        "life.consult-in-conference",
        400,
        "conversation.error.cannot.transfer.conference",
        conference,
        lambda call: commands.StartConsult(far(call), user(BOB), ALICE),
    ),
    (
        "life.consult-runs",
        400,
        "conversation.error.cannot.transfer.conference",
        consulting,
        lambda call: commands.StartConsult(far(call), OTHER, ALICE),
    ),
    (
        "life.consult-not-started",
        400,
        "conversation.error.consult.transfer.not.started",
        talking,
        lambda call: commands.CancelConsult(far(call), ALICE),
    ),
    (
        "life.consult-not-pending",
        404,
        "conversation.error.consult.transfer.pending.not.found",
        consulting,
        lambda call: commands.SetSpeakTo(own(call), "BOTH", ALICE),
    ),
    (
        "life.merge-nothing",
        400,
        "conversation.error.empty.conversation.list",
        talking,
        lambda _: commands.Merge((), by=ALICE),
    ),
    (
        "life.merge-self",
        400,
        "conversation.error.cannot.conference.self",
        talking,
        lambda call: commands.Merge((call.id,), by=ALICE),
    ),
    (
        "life.merge-alerting",
        400,
        "conversation.error.cannot.merge.alerting.conference",
        talking,
        lambda _: commands.Merge(("other",), joining(ringing(), ALICE), ALICE),
    ),
    (
        "life.watch-own",
        400,
        "conversation.error.monitor.own.conversation",
        talking,
        lambda call: commands.Supervise("monitor", far(call), user(ALICE)),
    ),
    (
        "life.watch-unanswered",
        400,
        "conversation.error.call.disconnected",
        ringing,
        lambda call: commands.Supervise("coach", leg(call, BOB).id, SUPERVISOR),
    ),
    (
        "life.call-back-acd",
        400,
        "conversation.error.cannot.callback.acd",
        agents,
        lambda call: commands.AskCallBack(leg(call, "acd").id, ("+442079460100",)),
    ),
    (
        "life.call-back-queue",
        400,
        "conversation.error.queue.required",
        talking,
        lambda call: commands.AskCallBack(far(call), ("+442079460100",)),
    ),
    (
        "life.call-back-none",
        400,
        "conversation.error.callback.call.cannot.be.placed",
        talking,
        lambda _: commands.CallBack(user(ALICE), CUSTOMER),
    ),
    (
        "life.history-full",
        400,
        "bad.request",
        talking,
        lambda call: commands.SetUuiData(far(call), "x" * HEAVIEST_HISTORY),
    ),
    (
        "life.placed-twice",
        400,
        "bad.request",
        talking,
        lambda _: commands.Place(user(ALICE), (CUSTOMER,)),
    ),
]


@pytest.mark.parametrize(
    ("ground", "status", "code", "call", "command"), CASES, ids=[case[0] for case in CASES]
)
def test_each_ground_stands_on_its_call(
    ground: str, status: int, code: str, call: Callable[[], Conversation], command: Command
) -> None:
    before = call()
    assert refused(apply(before, command(before), before.now)) == ground
    assert (GROUNDS[ground].status, GROUNDS[ground].code) == (status, code)


def test_every_ground_has_its_case_and_its_source() -> None:
    assert {case[0] for case in CASES} == set(GROUNDS)
    for ground in GROUNDS.values():
        assert ground.source
        assert ground.evidence in {Evidence.PUBLISHED, Evidence.REPORTED, Evidence.ASSUMED}


MORE: list[tuple[str, Callable[[], Conversation], Command]] = [
    ("life.disconnected", over, lambda call: commands.Hold(own(call), held=True)),
    ("life.disconnected", over, lambda call: commands.Answer(own(call))),
    ("life.disconnected", over, lambda _: commands.SetRecording("paused")),
    ("life.disconnected", over, lambda _: commands.MoveAway("other")),
    ("life.disconnected", over, lambda call: commands.FarEnd(far(call), "answers")),
    ("life.not-active", over, lambda call: commands.Mute(far(call), muted=True, by=ALICE)),
    ("life.disconnected", over, lambda call: commands.Hold(own(call), held=True, by=ALICE)),
    ("life.transfer-not-connected", ringing, lambda call: commands.BlindTransfer(leg(call, BOB).id, OTHER)),
    (
        "life.transfer-not-connected",
        over,
        lambda call: commands.BlindTransfer(own(call), None, voicemail=True),
    ),
    (
        "life.consult-not-a-participant",
        watched,
        lambda call: commands.StartConsult(far(call), user(BOB), SUPERVISOR.id),
    ),
    ("life.not-active", talking, lambda _: commands.SetRecording("paused", BOB)),
    ("life.not-active", ringing, lambda call: commands.Park(leg(call, BOB).id, by="carol")),
    ("life.not-active", ringing, lambda call: commands.Hold(leg(call, BOB).id, held=True, by="carol")),
    ("life.not-active", talking, lambda _: commands.End(BOB)),
    ("life.not-active", talking, lambda _: commands.Merge(("other",), by=BOB)),
    ("life.not-active", talking, lambda _: commands.Invite((OTHER,), BOB)),
    ("life.not-active", ringing, lambda _: commands.Invite((OTHER,), ALICE)),
    ("life.transfer-without-destination", talking, lambda _: commands.Invite((), ALICE)),
    ("life.cannot-confine", ringing, lambda call: commands.Confine(leg(call, BOB).id, confined=True)),
    ("life.consult-not-a-participant", ringing, lambda call: commands.StartConsult(own(call), OTHER, ALICE)),
    ("life.consult-not-a-participant", talking, lambda call: commands.StartConsult(far(call), OTHER, BOB)),
    ("life.consult-object-required", talking, lambda _: commands.StartConsult("nobody", OTHER, ALICE)),
    ("life.transfer-same-party", talking, lambda call: commands.BlindTransfer(far(call), CUSTOMER, ALICE)),
    ("life.transfer-same-party", talking, lambda call: commands.BlindTransfer(far(call), user(ALICE), ALICE)),
    ("life.transfer-not-connected", over, lambda call: commands.BlindTransfer(own(call), OTHER)),
    ("life.merge-alerting", ringing, lambda _: commands.Merge(("other",), by=ALICE)),
    ("life.merge-alerting", ringing, lambda _: commands.MoveAway("other")),
    ("life.watch-unanswered", over, lambda call: commands.Supervise("barge", own(call), SUPERVISOR)),
    ("life.no-such-participant", talking, lambda _: commands.SetAttributes("nobody", {})),
    ("life.no-such-participant", talking, lambda _: commands.BlindTransfer("nobody", OTHER, ALICE)),
]


@pytest.mark.parametrize(("ground", "call", "command"), MORE)
def test_a_ground_stands_wherever_it_must(
    ground: str, call: Callable[[], Conversation], command: Command
) -> None:
    before = call()
    assert refused(apply(before, command(before), before.now)) == ground


def test_a_consult_that_is_over_is_no_longer_pending() -> None:
    call = consulting()
    call = done(call, commands.CancelConsult(far(call), ALICE))
    found = apply(call, commands.CancelConsult(far(call), ALICE), call.now)
    assert refused(found) == "life.consult-not-pending"


def test_a_history_takes_so_many_commands_and_no_more() -> None:
    call = talking()
    for _ in range(LONGEST_HISTORY - 1):
        call = done(call, commands.Mute(own(call), muted=True))
    assert refused(apply(call, commands.Mute(own(call), muted=True), call.now)) == "life.history-full"


def test_a_call_that_nobody_placed_knows_no_participant() -> None:
    found = apply(opened(CALL_ID, START), commands.Answer("nobody"), START)
    assert refused(found) == "life.no-such-participant"


def test_what_stands_against_a_command_is_said_with_what_would_do() -> None:
    call = ringing()
    found = apply(call, commands.Hold(leg(call, BOB).id, held=True, by=BOB), call.now)
    assert "alerting; wait until it is connected" in str(found)
