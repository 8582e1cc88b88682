"""The requests that tell a call what to do, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringback_client.bodies import Address, encoded, segment, split, text_of
from ringback_client.errors import InvalidRequest, MalformedAddress
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.paths import CALLS_PATH

ANY_PATH = "/api/v2/conversations"
"""Where conversations lie, whatever the media."""
JSON = {"accept": "application/json"}
BODY = {**JSON, "content-type": "application/json"}

Fields = Mapping[str, object]


def told(call_id: str, participant_id: str, fields: Fields) -> Request:
    """Tell a participant to become what the fields say: by the path that takes services too."""
    return Request("PATCH", _of_any_media(call_id, participant_id), BODY, encoded(fields))


def kept(call_id: str, participant_id: str, texts: Mapping[str, str]) -> Request:
    """Keep texts with a participant."""
    path = f"{_of_any_media(call_id, participant_id)}/attributes"
    return Request("PATCH", path, BODY, encoded({"attributes": dict(texts)}))


def pressed(call_id: str, participant_id: str, digits: str) -> Request:
    """Press keys for a participant."""
    path = f"{_of_any_media(call_id, participant_id)}/digits"
    return Request("POST", path, BODY, encoded({"digits": digits}))


def hung_up(call_id: str) -> Request:
    """End a call for everybody; agents may still write down its outcome. It takes a user's token."""
    return Request("PATCH", f"{CALLS_PATH}/{segment(call_id)}", BODY, encoded({"state": "disconnected"}))


def ended(call_id: str) -> Request:
    """End a call for everybody, what is to be written down of it included. It takes any token."""
    return Request("POST", f"{ANY_PATH}/{segment(call_id)}/disconnect", JSON)


def replaced(call_id: str, participant_id: str, to: Address, fields: Fields) -> Request:
    """Put somebody in the place of a participant."""
    _, names = destination(to)
    path = f"{_participant(call_id, participant_id)}/replace"
    return Request("POST", path, BODY, encoded({**names, **fields}))


CONSULTS = {"userId": "consult/agent", "queueId": "consult/queue", "address": "voice/consult"}
"""Where a consult is asked for, by what names whom: the one path for all three is deprecated."""


def consulted(call_id: str, participant_id: str, to: Address, fields: Fields) -> Request:
    """Ask somebody about a participant."""
    key, names = destination(to)
    path = f"{_participant(call_id, participant_id)}/{CONSULTS[key]}"
    return Request("POST", path, BODY, encoded({**names, **fields}))


def invited(call_id: str, to: Sequence[Address], user_id: str | None) -> Request:
    """Ring more parties into a call, for the token's user or on behalf of another."""
    if not to:
        raise InvalidRequest("name at least one party to ring into the call. Nothing was sent")
    named = [destination(one)[1] for one in to]
    on_behalf = "" if user_id is None else f"/user/{segment(user_id)}"
    path = f"{CALLS_PATH}/{segment(call_id)}/participants{on_behalf}"
    return Request("POST", path, BODY, encoded({"participants": named}))


def call_back_asked(call_id: str, participant_id: str, numbers: Sequence[Address], fields: Fields) -> Request:
    """Ask that a participant be called back, at one of the numbers."""
    path = f"{_of_any_media(call_id, participant_id)}/callbacks"
    dialled = [_number(one) for one in numbers]
    return Request("POST", path, BODY, encoded({"callbackNumbers": dialled, **fields}))


def called_back(call_id: str, to: Address) -> Request:
    """Dial the call back that was asked for."""
    path = f"{CALLS_PATH}/{segment(call_id)}"
    return Request("POST", path, BODY, encoded({"callNumber": _number(to)}))


def _number(to: Address) -> object:
    key, named = destination(to)
    if key != "address":
        raise MalformedAddress("a call back goes to a number, as in tel:+442079460100. Nothing was sent")
    return named[key]


def consult_changed(call_id: str, participant_id: str, fields: Fields) -> Request:
    """Say who hears whom while a consult about a participant runs."""
    return Request("PATCH", f"{_participant(call_id, participant_id)}/consult", BODY, encoded(fields))


def consult_called_off(call_id: str, participant_id: str) -> Request:
    """Call the consult about a participant off."""
    return Request("DELETE", f"{_participant(call_id, participant_id)}/consult", JSON)


def destination(to: Address) -> tuple[str, Fields]:
    """The field by which a body names whom to bring to a call, and that field with its value.

    Raises ``MalformedAddress`` for what is no address, and for a campaign, which nobody can be brought from.
    """
    text = text_of("to", to)
    scheme, rest = split(text)
    match scheme:
        case "user":
            return "userId", {"userId": rest}
        case "queue":
            return "queueId", {"queueId": rest}
        case "campaign":
            raise MalformedAddress("a campaign is nobody whom a call could be given to. Nothing was sent")
    return "address", {"address": rest if scheme == "tel" else text}


def _of_any_media(call_id: str, participant_id: str) -> str:
    return f"{ANY_PATH}/{segment(call_id)}/participants/{segment(participant_id)}"


def _participant(call_id: str, participant_id: str) -> str:
    return f"{CALLS_PATH}/{segment(call_id)}/participants/{segment(participant_id)}"
