"""Whom the texts of a body name that bring somebody to a call: by id, by name, or by address."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.core.model import Destination, DestinationKind
from ringback_contracts.domain.addresses import AddressError, parse_sip
from ringback_contracts.domain.numbers import Dialled
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.facts import read_number
from ringback_contracts.resources.calls.forms import has_sip_scheme
from ringback_contracts.resources.calls.intents import dialled_destination
from ringback_contracts.resources.calls.placement import SIP_HOST


def named(key: str, text: str, org: Org) -> Destination | None:
    """Whom a field of a body names."""
    match key:
        case "userId":
            return _user(text, org)
        case "queueId":
            return _queue(text, org)
        case "userName" | "userDisplayName":
            return _only(_users_called(text, org))
        case "queueName":
            return _only(_queues_called(text, org))
    return addressed(text, org)


def addressed(text: str, org: Org) -> Destination | None:
    """Whom an address leads to: somebody of the org, else whoever is dialled by it; ``None`` for none.

    An address may be the id or the name of a user or a queue (published), or one that the API shows of them.
    """
    inside = _inside(text.strip(), org)
    if inside is not None:
        return inside
    if has_sip_scheme(text):
        return dialled_destination(text, org) if _is_sip(text.strip()) else None
    if not isinstance(read_number(text), Dialled):
        return _only([*_users_called(text, org), *_queues_called(text, org)])
    found = dialled_destination(text, org)
    holders = (user.id for user in org.users if found.value in user.numbers)
    return next((Destination(DestinationKind.USER, user_id) for user_id in holders), found)


def _inside(text: str, org: Org) -> Destination | None:
    """A user or a queue by its id, or by the address that a participant of it has."""
    name, _, host = text.partition("@")
    if has_sip_scheme(text):
        name = name.partition(":")[2] if host.lower() == SIP_HOST else ""
    return _user(name, org) or _queue(name, org) or _mailed(text, org)


def _mailed(text: str, org: Org) -> Destination | None:
    users = [user.id for user in org.users if "@" in text and user.email.lower() == text.lower()]
    return _only([Destination(DestinationKind.USER, user_id) for user_id in users])


def _is_sip(text: str) -> bool:
    try:
        parse_sip(text)
    except AddressError:
        return False
    return True


def _user(text: str, org: Org) -> Destination | None:
    known = org.user_by_id.get(text.lower())
    return Destination(DestinationKind.USER, known.id) if known else None


def _queue(text: str, org: Org) -> Destination | None:
    known = org.queue_by_id.get(text.lower())
    return Destination(DestinationKind.QUEUE, known.id) if known else None


def _users_called(text: str, org: Org) -> Iterator[Destination]:
    return (Destination(DestinationKind.USER, one.id) for one in org.users if one.name == text)


def _queues_called(text: str, org: Org) -> Iterator[Destination]:
    return (Destination(DestinationKind.QUEUE, one.id) for one in org.queues if one.name == text)


def _only(found: Iterator[Destination] | list[Destination]) -> Destination | None:
    several = list(found)
    return several[0] if len(several) == 1 else None


def of_contact(text: str, phone_type: str, org: Org) -> Destination | None:
    """An external contact at one of its phones."""
    contact = org.contact_by_id.get(text.lower())
    number = contact.number(phone_type) if contact else None
    return Destination(DestinationKind.PHONE, number, contact.name) if contact and number else None
