"""Conversations, whatever they are held by: listed, read, and told what to do."""

from __future__ import annotations

from ringback_contracts.life import Conversation, apply
from ringback_contracts.life.transferring import consulted_id
from ringback_contracts.life.values import CallParticipant
from ringback_contracts.life.views import flat, nested, parts
from ringback_contracts.resources.calls.operations import PATCH_CALL
from ringback_contracts.resources.conversations.joining_operations import (
    BARGE,
    CALL_BACK,
    COACH,
    INVITE,
    INVITE_FOR_USER,
    MERGE,
    MONITOR,
    SET_ANY_RECORDING,
    SET_RECORDING,
)
from ringback_contracts.resources.conversations.leg_operations import (
    ASK_CALL_BACK,
    FLAG,
    GET_CALL_WRAP_UP,
    GET_LEG_WRAP_UP,
    GET_WRAP_UP,
    GIVE_LEG_WRAP_UP,
    LIST_CALL_CODES,
    LIST_CODES,
    PATCH_FOR_USER,
    PATCH_LEG,
    SET_UUI_DATA,
    UNFLAG,
)
from ringback_contracts.resources.conversations.operations import (
    DELETE_CONVERSATION,
    DISCONNECT,
    GET_CONVERSATION,
    LIST_CONVERSATIONS,
    PATCH_CALL_PARTICIPANT,
    PATCH_PARTICIPANT,
    SEND_DIGITS,
    SET_ATTRIBUTES,
    SET_CALL_ATTRIBUTES,
    SET_TAG,
)
from ringback_contracts.resources.conversations.transfer_operations import (
    CANCEL_CONSULT,
    CONSULT,
    CONSULT_ADDRESS,
    CONSULT_AGENT,
    CONSULT_CONTACT,
    CONSULT_EXTERNAL,
    CONSULT_QUEUE,
    REPLACE,
    REPLACE_AGENT,
    REPLACE_CALL,
    REPLACE_CONTACT,
    REPLACE_EXTERNAL,
    REPLACE_QUEUE,
    SET_SPEAK_TO,
    TRANSFER,
)
from ringback_mock.engine.commands import when_in_effect
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.writes import GiveCommand
from ringback_mock.resources.wrapup_codes import codes_of


def writes(ask: Ask) -> list[GiveCommand]:
    """The commands of the request, which the rules have found to be possible."""
    return [
        GiveCommand(required(ask.tenant.calls.get(call_id)), command, ask.now)
        for call_id, command in ask.verdict.instructions
    ]


def asked(ask: Ask) -> Conversation:
    """The call in the path as it is now."""
    return required(ask.tenant.calls.get(ask.verdict.params["conversationId"])).at(ask.now)


@handles(LIST_CONVERSATIONS)
def listed(ask: Ask) -> Applied:
    """The conversations that the token's user is in; those of other media there are none."""
    kind = (ask.query.text("communicationType") or "call").lower()
    calls = ask.tenant.calls.of_user(required(ask.caller.user).id, ask.now) if kind == "call" else ()
    shown = [nested.conversation(call.at(ask.now)) for call in calls if call.active(ask.now)]
    return 200, flat.listing(shown, nested.CONVERSATIONS)


@handles(GET_CONVERSATION)
def shown(ask: Ask) -> Applied:
    """One conversation as it is now."""
    return 200, nested.conversation(asked(ask))


@handles(
    DELETE_CONVERSATION,
    DISCONNECT,
    PATCH_CALL_PARTICIPANT,
    PATCH_PARTICIPANT,
    SEND_DIGITS,
    SET_ATTRIBUTES,
    SET_TAG,
    CANCEL_CONSULT,
    REPLACE,
    REPLACE_AGENT,
    REPLACE_CALL,
    REPLACE_CONTACT,
    REPLACE_EXTERNAL,
    REPLACE_QUEUE,
    TRANSFER,
    ASK_CALL_BACK,
    BARGE,
    COACH,
    FLAG,
    GIVE_LEG_WRAP_UP,
    MERGE,
    MONITOR,
    PATCH_FOR_USER,
    SET_ANY_RECORDING,
    SET_RECORDING,
    UNFLAG,
)
def obeyed(ask: Ask) -> Applied:
    """What is asked of the call happens, and there is nothing to tell."""
    return ask.verdict.operation.success, None, *writes(ask)


@handles(SET_CALL_ATTRIBUTES)
def kept(ask: Ask) -> Applied:
    """Keep the texts, and show all that the participant has (published since 2023-09)."""
    texts = {**participant(ask).attributes, **ask.body["attributes"]}
    return ask.verdict.operation.success, {"attributes": texts}, *writes(ask)


@handles(
    CONSULT,
    CONSULT_ADDRESS,
    CONSULT_AGENT,
    CONSULT_CONTACT,
    CONSULT_EXTERNAL,
    CONSULT_QUEUE,
    SET_SPEAK_TO,
)
def consulted(ask: Ask) -> Applied:
    """The consult happens, and whom it has brought is told."""
    return 200, {"destinationParticipantId": consulted_id(after(ask))}, *writes(ask)


@handles(CALL_BACK, INVITE, INVITE_FOR_USER, PATCH_CALL)
def changed(ask: Ask) -> Applied:
    """What is asked of the call happens, and the conversation is shown with it."""
    return 200, nested.conversation(after(ask)), *writes(ask)


@handles(PATCH_LEG, SET_UUI_DATA)
def done(ask: Ask) -> Applied:
    """What is asked of a leg happens, and an empty object says so (published)."""
    return 200, {}, *writes(ask)


@handles(GET_CALL_WRAP_UP, GET_LEG_WRAP_UP, GET_WRAP_UP)
def wrap_up_given(ask: Ask) -> Applied:
    """The wrap-up of a participant; one that was not given, or is provisional only, is empty."""
    given = participant(ask).wrap_up
    if given is None or (given.provisional and not ask.query.flag("provisional")):
        return 200, {}
    told = parts.wrap_up(given) or {}
    return 200, {name: value for name, value in told.items() if name not in ("name", "provisional")}


@handles(LIST_CALL_CODES, LIST_CODES)
def codes(ask: Ask) -> Applied:
    """The wrap-up codes of the participant's queue."""
    queue = ask.tenant.org.queue_by_id.get((participant(ask).queue_id or "").lower())
    return 200, codes_of(queue, ask.tenant.org)


def participant(ask: Ask) -> CallParticipant:
    """The participant in the path as it is now."""
    return required(asked(ask).find(ask.verdict.params["participantId"].lower()))


def after(ask: Ask) -> Conversation:
    """The call in the path as the request makes it."""
    call = asked(ask)
    for call_id, command in ask.verdict.instructions:
        timely = when_in_effect(command, ask.tenant.org)
        made = apply(call, timely, ask.now) if call_id == call.id else call
        call = made if isinstance(made, Conversation) else call
    return call
