"""Which bodies are judged alike: a dialler's, which differ in the number and in attributes alone.

As long as the number can ring no rule asks which it is, and of attributes none asks more than that they are
texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from ringback_contracts.core import payload
from ringback_contracts.core.model import Accepted, Destination, DestinationKind, Intent, Verdict
from ringback_contracts.domain.numbers import assess
from ringback_contracts.org import Org

_NUMBER = re.compile(r"\+[0-9]+")
"""As most numbers are written."""

Form = tuple[tuple[str, ...], bytes]
"""The keys of a body, and what it holds beside a number and attributes."""


class Likeness(NamedTuple):
    """A body in two parts: the ``form`` of all that are judged alike, and what is its own."""

    form: Form
    number: str
    attributes: Mapping[str, str]

    def is_told_by(self, verdict: Verdict) -> bool:
        """Whether the verdict on the body tells that on all of its form: a call is placed to the number."""
        intent = verdict.intent if isinstance(verdict, Accepted) else None
        dialled = [(one.kind, one.value) for one in intent.destinations] if intent else []
        return dialled == [(DestinationKind.PHONE, self.number)]

    def of(self, verdict: Accepted) -> Accepted:
        """The verdict on this body, by that on another of its form."""
        like = verdict.intent
        if like is None:
            raise AssertionError("such a verdict places a call")
        intent = Intent(
            like.contract,
            (Destination(DestinationKind.PHONE, self.number, like.destinations[0].name),),
            like.user_id,
            like.campaign_id,
            like.caller_id,
            like.caller_id_name,
            like.from_queue_id,
            self.attributes if like.attributes else like.attributes,
            like.uui_data,
            like.contact_id,
        )
        return Accepted(verdict.operation, verdict.params, intent, verdict.notes)


def likeness(body: bytes, org: Org) -> Likeness | None:
    """How a body that places a call is like others in that org; ``None`` for one that is judged by itself."""
    value = payload.read(body).value
    if not isinstance(value, dict):
        return None
    place = "phoneNumber" if value.get("to") is None else "to"
    number = _number(place, value)
    if number is None or assess(number, org.region)[:2] != (number, None):
        return None
    keys = tuple(value)
    del value[place]
    attributes: Mapping[str, str] = value.pop("attributes") if _are_texts(value.get("attributes")) else {}
    return Likeness((keys, orjson.dumps(value)), number, attributes)


def _number(place: str, body: Mapping[str, Any]) -> str | None:
    """The number at that place, if it is the only one and written as most are."""
    text = body.get(place)
    if not isinstance(text, str):
        return None
    if place == "to":
        if "phoneNumber" in body or not text.startswith("tel:"):
            return None
        text = text[4:]
    return text if _NUMBER.fullmatch(text) else None


def _are_texts(attributes: object) -> bool:
    """Whether there are any attributes, and each is a text."""
    return isinstance(attributes, dict) and {*map(type, attributes.values())} == {str}
