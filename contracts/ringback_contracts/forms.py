"""The two bodies that place a call: which contract one is written in, and what it names as an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from ringback_contracts import addresses
from ringback_contracts.addresses import Address, AddressError, TelAddress
from ringback_contracts.model import PARTICIPANTS, PUBLISHED, Contract

Side = Literal["to", "from", "phoneNumber"]

PARTICIPANT_KEYS = frozenset({"to", "from"})
MISNAMED_KEYS = frozenset({"toAddress", "fromAddress"})
DESTINATION_KEYS = ("phoneNumber", "callUserId", "callQueueId", "conversationIds", "participants")
PUBLISHED_KEYS = frozenset(DESTINATION_KEYS) | {
    "callerId",
    "callerIdName",
    "callFromQueueId",
    "priority",
    "attributes",
    "languageId",
    "routingSkillsIds",
    "routingSkillExpression",
    "uuiData",
    "externalContactId",
    "label",
}
ADDRESS_TYPES = {"tel": "address", "sip": "address", "user": "id", "campaign": "id"}


def destinations(body: Mapping[str, Any]) -> list[str]:
    """The destination kinds that a published body gives; null and an empty list give none."""
    return [key for key in DESTINATION_KEYS if (value := body.get(key)) is not None and value != []]


def recognise(body: Mapping[str, Any]) -> Contract:
    """The contract a body is written in, told by its keys."""
    keys = body.keys()
    if not PARTICIPANT_KEYS.isdisjoint(keys):
        return PARTICIPANTS
    return PARTICIPANTS if not MISNAMED_KEYS.isdisjoint(keys) and not destinations(body) else PUBLISHED


class Shape(StrEnum):
    """How ``to`` or ``from`` is written."""

    ADDRESS = "address"
    UNTYPED = "untyped"
    UNKNOWN_TYPE = "unknown_type"
    NO_VALUE = "no_value"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One written address: its place, its shape, its text and what the text means.

    Exactly one of ``address`` and ``error`` is set where the shape is ``ADDRESS``.
    """

    side: Side
    pointer: str
    value: Any
    shape: Shape
    text: str | None = None
    declared: str | None = None
    name: str | None = None
    address: Address | None = None
    error: AddressError | None = None

    @property
    def meant_as_sip(self) -> bool:
        """Whether the writer had a SIP address in mind, right or wrong."""
        return self.declared == "sip" or any(addresses.meant_as_sip(text) for text in _texts(self.value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for text in value.values() if isinstance(text, str))


def read_endpoint(side: Side, value: Any) -> Endpoint:
    """Read the value of ``to`` or ``from``, whatever it is."""
    pointer = f"/{side}"
    if isinstance(value, str):
        return _parsed(side, pointer, value, value) if value else _other(side, value)
    if not isinstance(value, dict):
        return _other(side, value)
    if "type" in value:
        return _typed(side, value)
    if isinstance(value.get(side), str):
        return _parsed(side, f"{pointer}/{side}", value, value[side])
    if isinstance(value.get("address"), str) or isinstance(value.get("id"), str):
        return Endpoint(side, pointer, value, Shape.UNTYPED)
    return _other(side, value)


def _other(side: Side, value: Any) -> Endpoint:
    return Endpoint(side, f"/{side}", value, Shape.OTHER)


def _typed(side: Side, value: Mapping[str, Any]) -> Endpoint:
    declared = value["type"]
    pointer = f"/{side}"
    if not isinstance(declared, str) or declared not in ADDRESS_TYPES:
        return Endpoint(side, f"{pointer}/type", value, Shape.UNKNOWN_TYPE, declared=str(declared))
    key = ADDRESS_TYPES[declared]
    text = value.get(key)
    if key == "id" and text is None:
        key, text = "address", value.get("address")
    elif key == "id" and isinstance(text, str):
        text = f"{declared}:{text}"
    if not isinstance(text, str):
        return Endpoint(side, pointer, value, Shape.NO_VALUE, declared=declared)
    name = value.get("name")
    return _parsed(side, f"{pointer}/{key}", value, text, declared, name if isinstance(name, str) else None)


def _parsed(
    side: Side, pointer: str, value: Any, text: str, declared: str | None = None, name: str | None = None
) -> Endpoint:
    try:
        address = _meaning(text)
    except AddressError as error:
        return Endpoint(side, pointer, value, Shape.ADDRESS, text, declared, name, error=error)
    return Endpoint(side, pointer, value, Shape.ADDRESS, text, declared, name, address=address)


def _meaning(text: str) -> Address:
    if text[:4].lower() == "tel:":
        return TelAddress(number=addresses.strict_e164(text), is_global=True, parameters=(), text=text)
    return addresses.parse(text)


def read_sip_number(value: Any) -> Endpoint | None:
    """The published ``phoneNumber`` as an endpoint, where it carries a SIP URI."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text[:4].lower() != "sip:" and text[:5].lower() != "sips:":
        return None
    return _parsed("phoneNumber", "/phoneNumber", value, text, "sip")
