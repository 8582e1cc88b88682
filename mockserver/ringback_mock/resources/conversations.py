"""Conversations, whatever they are held by: listed, read, and told what to do."""

from __future__ import annotations

from ringback_contracts.life import Conversation
from ringback_contracts.life.views import flat, nested
from ringback_contracts.resources.conversations.operations import (
    DISCONNECT,
    GET_CONVERSATION,
    LIST_CONVERSATIONS,
    PATCH_CALL_PARTICIPANT,
    PATCH_PARTICIPANT,
    SET_ATTRIBUTES,
    SET_CALL_ATTRIBUTES,
)
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.writes import GiveCommand


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


@handles(DISCONNECT, PATCH_PARTICIPANT, PATCH_CALL_PARTICIPANT, SET_ATTRIBUTES)
def obeyed(ask: Ask) -> Applied:
    """What is asked of the call happens, and there is nothing to tell."""
    return ask.verdict.operation.success, None, *writes(ask)


@handles(SET_CALL_ATTRIBUTES)
def kept(ask: Ask) -> Applied:
    """Keep the texts, and show all that the participant has (published since 2023-09)."""
    participant = required(asked(ask).find(ask.verdict.params["participantId"].lower()))
    texts = {**participant.attributes, **ask.body["attributes"]}
    return ask.verdict.operation.success, {"attributes": texts}, *writes(ask)
