"""Calls of the tests of a call's life: who takes part, and what became of it."""

from __future__ import annotations

from typing import NamedTuple

from ringback_contracts.life import Conversation, Objection, advance, apply, opened, snapshots
from ringback_contracts.life.commands import Command, Place, Ring
from ringback_contracts.life.parties import Party, Takes, WrapRules
from ringback_contracts.life.values import CallParticipant

CALL_ID = "ca110000-0000-4000-8000-000000000001"
START = 1_700_000_000.0
ALICE, BOB, CAROL, SAM = "alice", "bob", "carol", "sam"
SUPPORT = "support"

RULES = WrapRules()
CUSTOMER = Party("address", address="tel:+442079460100", name="Outside")
OTHER = Party("address", address="tel:+442079460110")
SUPERVISOR = Party("user", SAM, "sip:sam@ringback.invalid", "Sam")


def user(user_id: str, how: Takes | None = None, **more: object) -> Party:
    """A user's phone; it answers by itself after two seconds unless ``how`` says otherwise."""
    party = Party("user", user_id, f"sip:{user_id}@ringback.invalid", user_id.title(), how or Takes())
    return party._replace(**more)  # type: ignore[arg-type]  # any field of a party


def queue(*agents: Party, rules: WrapRules | None = RULES, patience: float | None = 8.0) -> Party:
    """The queue, and whom it alerts."""
    return Party(
        "queue",
        SUPPORT,
        "sip:support@ringback.invalid",
        "support",
        wrap=rules,
        alerting_seconds=patience,
        agents=agents,
    )


def must(result: Conversation | Objection) -> Conversation:
    """The call, which no objection stood against."""
    assert isinstance(result, Conversation), result
    return result


def refused(result: Conversation | Objection) -> str:
    """The id of the objection."""
    assert isinstance(result, Objection), "the command was applied"
    return result.id


def placed(*parties: Party, caller: Party | None = None, **more: object) -> Conversation:
    """Alice has just called the parties, the customer if none is named."""
    command = Place(caller or user(ALICE, Takes("answers")), parties or (CUSTOMER,), "tel:+442079460002")
    return do(opened(CALL_ID, START), command._replace(**more), 0)  # type: ignore[arg-type]  # any field


def talking(*parties: Party, **more: object) -> Conversation:
    """The same five seconds later, when everybody has picked up."""
    return later(placed(*parties, **more), 5)  # type: ignore[arg-type]  # any field


def rung(to: Party, **more: object) -> Conversation:
    """The customer has just called in."""
    command = Ring(CUSTOMER, to, ani="tel:+442079460100", dnis="tel:+442079460001")
    return do(opened(CALL_ID, START), command._replace(**more), 0)  # type: ignore[arg-type]  # any field


def do(call: Conversation, command: Command, after: float | None = None) -> Conversation:
    """The call after the command, so many seconds after the start; at the call's own moment if not said."""
    return must(apply(call, command, call.now if after is None else START + after))


def done(call: Conversation, command: Command, after: float | None = None) -> Conversation:
    """The same, with all that is due at that very moment."""
    result = do(call, command, after)
    return advance(result, result.now)


def later(call: Conversation, after: float) -> Conversation:
    """The call so many seconds after the start."""
    return advance(call, START + after)


def leg(call: Conversation, who: str) -> CallParticipant:
    """The newest participant of that purpose, user id or name."""
    found = [one for one in call.participants if who in {one.purpose, one.user_id, one.party.name}]
    return found[-1]


class Seen(NamedTuple):
    """What is seen of a leg: ``confined`` and ``held`` where it is so."""

    who: str
    state: str
    ended: str | None = None


def seen(call: Conversation) -> list[Seen]:
    """Every leg of the call."""
    return [Seen(one.purpose, one.call.state, one.call.disconnect) for one in call.participants]


def story(call: Conversation, until: float) -> list[tuple[float, list[Seen]]]:
    """The call now and after each turn, in seconds after the start."""
    told = [(0.0, seen(call))] if call.now == START else []
    turns = snapshots(call, START + until)
    return told + [(round(at_turn.now - START, 3), seen(at_turn)) for at_turn in turns]
