"""What commands have to ask before they act: each gives the objection, or nothing."""

from __future__ import annotations

from ringback_contracts.life import objections as why
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.values import Conversation


def unknown(call: Conversation, participant_id: str) -> Objection | None:
    """Nobody on the call has the id."""
    if call.find(participant_id):
        return None
    known = ", ".join(one.id for one in call.participants)
    return Objection(
        why.NO_SUCH_PARTICIPANT, f"the call has no such participant; its participants are {known}"
    )


def stranger(call: Conversation, by: str | None) -> Objection | None:
    """Whoever acts is a user without a leg on the call."""
    if by is None or call.own_leg(by):
        return None
    return Objection(why.NOT_ACTIVE, f"user {by} has no leg on the call that is not over")


def gone(call: Conversation, participant_id: str) -> Objection | None:
    """The leg is over already."""
    one = call.find(participant_id)
    if one is None or not one.call.over:
        return None
    return Objection(why.DISCONNECTED, f"the participant's leg is {one.call.state}")


def quiet(call: Conversation) -> Objection | None:
    """Everybody has left the call."""
    return None if call.active else Objection(why.DISCONNECTED, "every leg of the call is over")


def unfit(call: Conversation, participant_id: str, by: str | None) -> Objection | None:
    """What stands against anything that a user does to a leg that has to be there.

    Of their own leg that is over they are told that; that they are on the call no more, of another's.
    """
    one = call.find(participant_id)
    if one is None:
        return unknown(call, participant_id)
    if not one.call.over:
        return stranger(call, by)
    own = by is not None and one.user_id == by
    return (None if own else stranger(call, by)) or gone(call, participant_id)
