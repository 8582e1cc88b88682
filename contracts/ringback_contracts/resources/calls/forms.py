"""The two bodies that place a call: which contract one is written in, and what it names as an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Literal

from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED, Contract
from ringback_contracts.core.plain import plain
from ringback_contracts.domain import addresses
from ringback_contracts.domain.addresses import Address, AddressError, TelAddress

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
ADDRESS_KEYS = ("address", "uri", "sip", "to", "from", "phoneNumber", "number", "id", "value")
"""Where people put an address in an object."""
ADDRESS_TYPES = {"tel": "address", "sip": "address", "user": "id", "campaign": "id"}


def destinations(body: Mapping[str, Any]) -> list[str]:
    """The destination kinds that a published body gives; null, an empty list and an empty id give none."""
    return [key for key in DESTINATION_KEYS if key in body and not _gives_nobody(key, body[key])]


def _gives_nobody(key: str, value: object) -> bool:
    """An empty number is a mistake of its own; an empty id or list names nobody."""
    return value is None or value == [] or (value == "" and key != "phoneNumber")


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


@plain()
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
        """Whether the writer had a SIP address in mind, right or wrong.

        Where another type is declared an ``@`` does not mean SIP, but the scheme still does.
        """
        if self.declared == "sip":
            return True
        if self.declared in ADDRESS_TYPES:
            return self.text is not None and has_sip_scheme(self.text)
        return any(addresses.meant_as_sip(text) for text in _address_texts(self.value))


def has_sip_scheme(text: str) -> bool:
    """Whether the text, trimmed, begins with ``sip:`` or ``sips:``."""
    return text.strip()[:5].lower().startswith(("sip:", "sips:"))


def _address_texts(value: Any) -> Iterator[str]:
    """The texts that stand where an address is written; a name or an e-mail address is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (value[key] for key in ADDRESS_KEYS if isinstance(value.get(key), str))


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
        bare = error.with_traceback(None)  # which would keep all that the request has made
        return Endpoint(side, pointer, value, Shape.ADDRESS, text, declared, name, error=bare)
    return Endpoint(side, pointer, value, Shape.ADDRESS, text, declared, name, address=address)


def _meaning(text: str) -> Address:
    if text[:4].lower() == "tel:":
        return TelAddress(number=addresses.strict_e164(text), is_global=True, parameters=(), text=text)
    return addresses.parse(text)


def read_sip_number(value: Any, pointer: str = "/phoneNumber") -> Endpoint | None:
    """A published ``phoneNumber``, or a participant's address, as an endpoint where it is a SIP URI."""
    if not isinstance(value, str) or not has_sip_scheme(value):
        return None
    return _parsed("phoneNumber", pointer, value, value.strip(), "sip")
