"""What hardly anybody asks of conversations: recorded parts, summaries, and what is kept beside them."""

from __future__ import annotations

from ringback_contracts.life.views.nested import CONVERSATIONS
from ringback_contracts.resources.conversations.further_operations import (
    ASK_SUMMARY,
    ASSIGN,
    BARGE_IN,
    CLEAR_POST_FLOW,
    DELETE_CODE,
    GET_SECURE,
    GET_SUMMARIES,
    PATCH_SECURE,
    PUT_SECURE,
    RECORD_SNIPPET,
    SET_LABEL,
    SET_POST_FLOW,
)
from ringback_mock.engine.handling import Applied, Ask, handles
from ringback_mock.engine.ids import new_id
from ringback_mock.resources.conversations import asked, obeyed, writes

handles(ASSIGN, BARGE_IN, PATCH_SECURE, PUT_SECURE, SET_LABEL)(obeyed)


@handles(RECORD_SNIPPET)
def recorded(ask: Ask) -> Applied:
    """The part is recorded, or no longer, and a word says so."""
    return 200, "NONE" if ask.body.get("record") is False else "ACTIVE", *writes(ask)


@handles(SET_POST_FLOW, CLEAR_POST_FLOW, DELETE_CODE)
def granted(ask: Ask) -> Applied:
    """No flow runs here and no participant has a code, so that nothing comes of it."""
    return ask.verdict.operation.success, None


@handles(ASK_SUMMARY)
def summary_asked(ask: Ask) -> Applied:
    """The summary is asked for, and nobody writes it."""
    return ask.verdict.operation.success, {"id": new_id(), "status": "Pending"}


@handles(GET_SUMMARIES)
def summaries(ask: Ask) -> Applied:
    """The summaries that there are: none."""
    call_id = asked(ask).id
    conversation = {"id": call_id, "selfUri": f"{CONVERSATIONS}/{call_id}"}
    return 200, {"conversation": conversation, "sessionSummaries": []}


@handles(GET_SECURE)
def secured(ask: Ask) -> Applied:
    """The texts that are kept beside the conversation."""
    call = asked(ask)
    return 200, {"attributes": dict(call.secure_attributes), "version": call.secure_version}
