"""What is accepted and changes nothing says why; whatever changes something says nothing of the kind."""

from __future__ import annotations

import pytest

from ringback_contracts.life import Conversation, commands
from ringback_contracts.life.idle import idle
from ringback_contracts.life.parties import Takes
from ringback_contracts.life.views.flat import call_conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    SUPERVISOR,
    SUPPORT,
    do,
    done,
    later,
    leg,
    placed,
    queue,
    rung,
    talking,
    user,
)

WAITS, DEAD = Takes("waits"), Takes("dead")
TALKING, RINGING = talking(), later(placed(user(BOB, WAITS)), 3)
OWN, FAR = leg(TALKING, ALICE).id, leg(TALKING, "external").id
RUNG = leg(RINGING, BOB).id
NO_PHONE = placed(caller=user(ALICE, DEAD))
CONSULTING = done(TALKING, commands.StartConsult(FAR, user(BOB, WAITS), ALICE))
PARKED = done(TALKING, commands.Park(FAR))
AGENT = later(rung(queue(user(ALICE))), 10)
QUEUED = later(rung(queue(user(BOB, WAITS))), 4)
WATCHED = later(done(TALKING, commands.Supervise("monitor", OWN, SUPERVISOR)), 10)

IDLE: list[tuple[Conversation, commands.Command, str]] = [
    (TALKING, commands.Answer(OWN, ALICE), "connected"),
    (RINGING, commands.Answer(leg(RINGING, ALICE).id, ALICE), "dialing"),
    (NO_PHONE, commands.Answer(leg(NO_PHONE, ALICE).id, ALICE), "cannot be answered"),
    (CONSULTING, commands.Hold(OWN, held=True, by=ALICE), "consult"),
    (PARKED, commands.Hold(FAR, held=True), "parked"),
    (RINGING, commands.SendDigits(RUNG, "1"), "alerting"),
    (TALKING, commands.SkipWrapUp(OWN), "no queue"),
    (TALKING, commands.SetMediaRoles(OWN), "no supervisor"),
    (QUEUED, commands.Staff(SUPPORT, (user(BOB, WAITS),)), "already"),
]
BUSY: list[tuple[Conversation, commands.Command]] = [
    (RINGING, commands.Answer(RUNG, BOB)),
    (PARKED, commands.Answer(FAR)),
    (TALKING, commands.Hold(OWN, held=True, by=ALICE)),
    (TALKING, commands.SendDigits(FAR, "1")),
    (TALKING, commands.Mute(OWN, muted=True)),
    (AGENT, commands.SkipWrapUp(leg(AGENT, ALICE).id)),
    (WATCHED, commands.SetMediaRoles(leg(WATCHED, "Sam").id)),
    (TALKING, commands.SetMediaRoles(OWN, ("coach",))),
    (QUEUED, commands.Staff(SUPPORT, (user("carol"),))),
    (TALKING, commands.Hold(OWN, held=False, by=ALICE)),
    (RINGING, commands.Hold(RUNG, held=False)),
]


@pytest.mark.parametrize(("call", "command", "why"), IDLE)
def test_what_changes_nothing_says_why(call: Conversation, command: commands.Command, why: str) -> None:
    assert why in (idle(call, command) or "")
    assert call_conversation(done(call, command)) == call_conversation(call)


@pytest.mark.parametrize(("call", "command"), BUSY)
def test_what_changes_something_or_is_so_already_says_nothing(
    call: Conversation, command: commands.Command
) -> None:
    assert idle(call, command) is None
    assert do(call, command).history[-1].command == command
