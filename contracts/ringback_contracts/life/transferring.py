"""Transfers: blind, and after a consult."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import BlindTransfer, CancelConsult, SetSpeakTo, StartConsult
from ringback_contracts.life.draft import SERVICES, Draft, talks
from ringback_contracts.life.leaving import CONSULT_INITIATOR, give_up_beside, leave, note_transfer
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.parties import Party
from ringback_contracts.life.ringing import Errand, dial
from ringback_contracts.life.values import NOBODY, AfterCall, CallParticipant, Consult, Conversation


def cannot_transfer(call: Conversation, command: BlindTransfer) -> Objection | None:
    """There must be somebody to be replaced, and somebody else to replace them."""
    found = checks.unknown(call, command.participant) or checks.stranger(call, command.by)
    one = call.find(command.participant)
    if found or one is None:
        return found
    if command.to is None and not command.voicemail:
        return Objection(why.DESTINATION_REQUIRED, "name a user, an address or a queue to transfer to")
    return _not_ready(one, command) or _against_queue(one, command) or _same(call, one, command)


def _not_ready(one: CallParticipant, command: BlindTransfer) -> Objection | None:
    rejected = command.voicemail and one.call.state == "alerting"
    if one.call.state == "connected" or rejected:
        return None
    return Objection(why.NOT_CONNECTED, f"the participant's leg is {one.call.state}, not connected")


def _against_queue(one: CallParticipant, command: BlindTransfer) -> Objection | None:
    if one.queue_id and command.voicemail:
        return Objection(why.ACD_VOICEMAIL, "a call of a queue cannot go to a user's voicemail")
    if one.queue_id and command.transfer_type == "Unattended":
        return Objection(why.ACD_UNATTENDED, "a call of a queue takes no transfer that is Unattended")
    return None


def _same(call: Conversation, one: CallParticipant, command: BlindTransfer) -> Objection | None:
    to = command.to
    if to is None or command.voicemail:
        return None
    replaced = {one.number, _leaver(list(call.participants), one, command.by)}
    for number in replaced - {NOBODY}:
        party = call.participants[number].party
        if alike(party, to):
            return Objection(why.SAME_PARTY, "the destination is the party that is to be replaced")
    return None


def alike(party: Party, to: Party) -> bool:
    """Whether the one who is to be rung is the party that there is."""
    if to.kind in {"user", "queue"}:
        return (party.kind, party.id) == (to.kind, to.id)
    return to.address is not None and party.address == to.address


def _leaver(participants: list[CallParticipant], one: CallParticipant, by: str | None) -> int:
    """Who goes: an agent or a queue named in the path, else the one who talks to whom it names."""
    if one.user_id or one.purpose in SERVICES:
        return one.number
    users = [other for other in participants if other.user_id and talks(other)]
    mine = [other for other in users if other.user_id == by]
    waits = [other for other in participants if other.purpose in SERVICES and other.call.up]
    return next((other.number for other in [*mine, *users, *waits]), NOBODY)


def transfer(draft: Draft, command: BlindTransfer) -> None:
    """The new party is rung, and the old one is gone at once (reported)."""
    one = draft.get(command.participant)
    number = _leaver(draft.participants, one, command.by)
    old = draft.participants[number] if number != NOBODY else one
    to = command.to or old.party
    if command.voicemail:
        to = to._replace(kind="voicemail", purpose=None)
    new = dial(draft, to, Errand(old.origin, old.queue_id, transferred=True))
    if to.kind == "user" and old.after_call:
        draft.put(new._replace(after_call=AfterCall(old.after_call.rules)))
    note_transfer(draft, old, new, attended=False)
    if number != NOBODY:
        give_up_beside(draft, old)
        leave(draft, number, "transfer", at_once=True)


def cannot_consult(call: Conversation, command: StartConsult) -> Objection | None:
    """A user who is connected asks about another party who is connected, and both are alone."""
    if command.to is None:
        return Objection(why.CONSULT_NO_DESTINATION, "name a user, an address or a queue to consult")
    if command.by is None:
        return Objection(why.CONSULT_NO_INITIATOR, "nobody on the call starts the consult; a user has to")
    own = call.own_leg(command.by)
    if own is None or not talks(own):
        return Objection(why.NOT_A_PARTICIPANT, f"user {command.by} is nobody who is connected and talks")
    return _wrong_subject(call, own, command) or _not_alone(call, own, command.to)


def _wrong_subject(call: Conversation, own: CallParticipant, command: StartConsult) -> Objection | None:
    right = next((one.id for one in call.participants if talks(one) and one.number != own.number), None)
    hint = f"; take {right}" if right else ""
    if command.participant == own.id:
        return Objection(why.NOT_A_PARTICIPANT, f"the participant is your own leg{hint}")
    one = call.find(command.participant)
    if one is None or not talks(one):
        return Objection(why.OBJECT_REQUIRED, f"the participant is nobody who is connected and talks{hint}")
    return None


def _not_alone(call: Conversation, own: CallParticipant, to: Party) -> Objection | None:
    if alike(own.party, to):
        return Objection(why.TRANSFER_TO_SELF, "the destination is whoever asks")
    if call.consult:
        return Objection(why.CONSULT_RUNS, "a consult runs already; cancel it, or complete it")
    if sum(talks(one) for one in call.participants) > 2:
        return Objection(why.TRANSFER_CONFERENCE, "the call is a conference, which cannot be transferred")
    return None


def consult(draft: Draft, command: StartConsult) -> None:
    """The subject hears nothing while the initiator asks somebody else (reported)."""
    own = draft.own_leg(command.by)
    if own is None or command.to is None:
        return
    subject = draft.get(command.participant)
    attributes = {**own.attributes, CONSULT_INITIATOR: "true"}
    draft.put(own._replace(attributes=attributes, call=own.call._replace(held_at=None)))
    errand = Errand(own.number, own.queue_id, transferred=True, peer=own.call.id)
    asked = dial(draft, command.to, errand)
    found = NOBODY if command.to.kind == "queue" else asked.number
    running = Consult(own.number, subject.number, asked.number, found, command.speak_to)
    draft.head = draft.head._replace(consult=running, consulted=True)
    draft.regroup = True


def consulted_id(call: Conversation) -> str | None:
    """The id of the participant that the running consult created."""
    return call.participants[call.consult.via].id if call.consult else None


def cannot_set_speak_to(call: Conversation, command: SetSpeakTo) -> Objection | None:
    """A consult about that participant runs."""
    return checks.stranger(call, command.by) or _not_pending(call, command.participant)


def set_speak_to(draft: Draft, command: SetSpeakTo) -> None:
    """Say anew who hears whom."""
    running = draft.head.consult
    if running:
        draft.head = draft.head._replace(consult=running._replace(speak_to=command.speak_to))
        draft.regroup = True


def cannot_cancel(call: Conversation, command: CancelConsult) -> Objection | None:
    """A consult about that participant runs."""
    if call.consult is None and not call.consulted:
        return Objection(why.CONSULT_NOT_STARTED, "no consult was ever started on this call")
    return checks.stranger(call, command.by) or _not_pending(call, command.participant)


def _not_pending(call: Conversation, participant_id: str) -> Objection | None:
    if call.consult is None:
        return Objection(why.CONSULT_NOT_PENDING, "no consult runs on this call")
    subject = call.participants[call.consult.subject].id
    if participant_id != subject:
        return Objection(why.CONSULT_NOT_PENDING, f"the consult is about another participant; take {subject}")
    return None


def cancel(draft: Draft, _: CancelConsult) -> None:
    """Whoever was asked is gone, and the two talk again (reported)."""
    running = draft.head.consult
    if running:
        asked = running.via if running.target == NOBODY else running.target
        give_up_beside(draft, draft.participants[asked])
        leave(draft, asked, "client")
