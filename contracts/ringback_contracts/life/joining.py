"""Conferences out of several calls, and supervisors who listen, help or join."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import Joining, Merge, MoveAway, Supervise
from ringback_contracts.life.draft import Draft, begin, connect
from ringback_contracts.life.leaving import clear_consult, end
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.ringing import ring
from ringback_contracts.life.values import Conversation, Watch

CONFERENCE_INITIATOR = "conferenceInitiator"
"""The attribute that tells the participant who merged calls (reported)."""


def joining(call: Conversation, by: str | None) -> tuple[Joining, ...]:
    """The parties of a call that go over to another when the user ``by`` merges the two."""
    return tuple(
        Joining(
            one.party, one.purpose, one.call.direction, one.queue_id, one.attributes, alerting=not one.call.up
        )
        for one in call.participants
        if not one.call.over and (by is None or one.user_id != by)
    )


def cannot_merge(call: Conversation, command: Merge) -> Objection | None:
    """Other calls are named, and nobody rings on any of them."""
    if not command.conversation_ids:
        return Objection(why.MERGE_NOTHING, "name at least one other call to take in")
    if call.id in command.conversation_ids:
        return Objection(why.MERGE_SELF, "the call is among those to be taken in; name others alone")
    found = checks.stranger(call, command.by) or checks.quiet(call)
    if found is None and any(one.alerting for one in command.parties):
        return Objection(why.MERGE_ALERTING, "somebody on a call to be taken in was not answered yet")
    return found or _rings(call)


def _rings(call: Conversation) -> Objection | None:
    if all(one.call.over or one.call.up for one in call.participants):
        return None
    return Objection(why.MERGE_ALERTING, "somebody on the call was not answered yet")


def merge(draft: Draft, command: Merge) -> None:
    """The parties of the others come in; the one who asked for it is marked (reported)."""
    own = draft.own_leg(command.by)
    if own:
        attributes = {**own.attributes, CONFERENCE_INITIATOR: "true"}
        draft.put(draft.participants[own.number]._replace(attributes=attributes))
    for comes in command.parties:
        one = begin(draft, comes.party, comes.purpose, "connected", comes.direction)
        draft.put(one._replace(queue_id=comes.queue_id, attributes=comes.attributes))
        connect(draft, one.number)


def cannot_move(call: Conversation, _: MoveAway) -> Objection | None:
    """Somebody is on the call, and nobody rings."""
    return checks.quiet(call) or _rings(call)


def move_away(draft: Draft, _: MoveAway) -> None:
    """Everybody is on the other call now."""
    clear_consult(draft)
    for one in list(draft.live()):
        end(draft, one.number, "transfer.conference", at_once=True)


def cannot_supervise(call: Conversation, command: Supervise) -> Objection | None:
    """Somebody else's leg is watched, and it is connected."""
    found = checks.unknown(call, command.participant)
    one = call.find(command.participant)
    if found or one is None:
        return found
    if call.own_leg(command.supervisor.id):
        return Objection(why.WATCH_OWN, "the supervisor is on the call already")
    if one.call.state != "connected":
        return Objection(why.WATCH_NOBODY, f"the participant's leg is {one.call.state}, not connected")
    return None


def supervise(draft: Draft, command: Supervise) -> None:
    """The supervisor's own phone rings (reported)."""
    watched = draft.get(command.participant)
    one = begin(draft, command.supervisor, command.supervisor.purpose or "user", "alerting", "inbound")
    roles = ("full",) if command.kind == "barge" else (command.kind,)
    watch = Watch(command.kind, watched.number, draft.now)
    one = one._replace(watch=watch, media_roles=roles)
    draft.put(one)
    ring(draft, one)
