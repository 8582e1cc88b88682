"""What an accepted request asks for, in one form for both contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED, Destination, DestinationKind, Intent
from ringback_contracts.domain.addresses import CampaignAddress, SipAddress, TelAddress, UserAddress
from ringback_contracts.domain.numbers import Dialled, assess
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.facts import CallFacts, read_number
from ringback_contracts.resources.calls.rules.number import dead

Kind = DestinationKind


def call_to_place(case: CallFacts) -> tuple[Intent, tuple[str, ...]]:
    """The call that a request places which has passed the rules, and why it cannot work."""
    intent = _of_participants(case) if case.contract == PARTICIPANTS else _of_published(case)
    return intent, _notes_on(intent, case.org)


def _of_participants(case: CallFacts) -> Intent:
    user = case.acting_user
    return Intent(
        contract=PARTICIPANTS,
        destinations=tuple(_participants_destinations(case)),
        user_id=user.id if user else None,
        campaign_id=case.from_.id if isinstance(case.from_, CampaignAddress) else None,
        caller_id=case.from_.number if isinstance(case.from_, TelAddress) else None,
    )


def _participants_destinations(case: CallFacts) -> Iterator[Destination]:
    endpoint = case.endpoint("to")
    name = endpoint.name if endpoint else None
    if isinstance(case.to, UserAddress):
        yield Destination(Kind.USER, case.to.id, name)
    elif isinstance(case.to, SipAddress):
        yield Destination(Kind.SIP, case.to.text, name)
    elif isinstance(case.to, TelAddress):
        yield Destination(Kind.PHONE, case.to.number, name)


def _of_published(case: CallFacts) -> Intent:
    body: Mapping[str, Any] = case.published or {}
    user = case.acting_user
    attributes = body.get("attributes")
    return Intent(
        contract=PUBLISHED,
        destinations=tuple(_published_destinations(case, body)),
        user_id=user.id if user else None,
        caller_id=_caller_id(case),
        caller_id_name=case.text("callerIdName"),
        from_queue_id=case.text("callFromQueueId"),
        attributes=attributes if isinstance(attributes, dict) else {},
        uui_data=case.text("uuiData"),
        contact_id=case.text("externalContactId"),
    )


def _caller_id(case: CallFacts) -> str | None:
    text = case.text("callerId")
    number = read_number(text) if text else None
    return _e164(number, case.org) if isinstance(number, Dialled) else text


def _published_destinations(case: CallFacts, body: Mapping[str, Any]) -> Iterator[Destination]:
    if (text := case.text("phoneNumber")) is not None:
        yield dialled_destination(text, case.org)
    elif (user_id := case.text("callUserId")) is not None:
        yield Destination(Kind.USER, user_id.lower())
    elif (queue_id := case.text("callQueueId")) is not None:
        yield Destination(Kind.QUEUE, queue_id.lower())
    for call_id in body.get("conversationIds") or ():
        yield Destination(Kind.CONVERSATIONS, call_id)
    for party in case.parties:
        yield from _party_destinations(party, case.org)


def _party_destinations(party: Mapping[str, Any], org: Org) -> Iterator[Destination]:
    name = party.get("name")
    if address := party.get("address"):
        yield replace(dialled_destination(address, org), name=name)
    elif user_id := party.get("userId"):
        yield Destination(Kind.USER, user_id.lower(), name)
    elif queue_id := party.get("queueId"):
        yield Destination(Kind.QUEUE, queue_id.lower(), name)


def dialled_destination(text: str, org: Org) -> Destination:
    """Whom a number or a SIP address leads to."""
    number = read_number(text)
    if not isinstance(number, Dialled):
        return Destination(Kind.SIP, text.strip())
    if number.kind == "extension":
        return Destination(Kind.EXTENSION, number.number)
    return Destination(Kind.PHONE, _e164(number, org))


def _e164(number: Dialled, org: Org) -> str:
    return assess(number.number, org.region).e164 or number.number


def _notes_on(intent: Intent, org: Org) -> tuple[str, ...]:
    """Why a call that is accepted cannot work, or not by itself or as it says, one sentence each."""
    notes = [hopeless(one, org) for one in intent.destinations]
    notes += (_waiting_station(intent, org), _foreign_number(intent, org))
    return tuple(filter(None, notes))


def _waiting_station(intent: Intent, org: Org) -> str | None:
    user = org.user_by_id.get(intent.user_id or "")
    if user is None or org.picks_up(user):
        return None
    return "accepted, but nobody is dialled until somebody answers the caller's station, which has a minute"


NOT_OWNED = "callerId is no number of the org: Ringback shows it, and an org may refuse it or show another"
"""People who sent a number that their org had not got were answered 400, 403 or nothing at all."""


def _foreign_number(intent: Intent, org: Org) -> str | None:
    shown = intent.caller_id
    is_own = intent.contract == PARTICIPANTS or shown is None or shown in org.numbers
    return None if is_own else NOT_OWNED


def hopeless(destination: Destination, org: Org) -> str | None:
    """Why nobody will be reached there, though to ask for it is accepted."""
    if destination.kind is Kind.PHONE:
        known = dead(destination.value, org)
        return f"accepted, but the call will end in an error: {known.detail}" if known else None
    if destination.kind is Kind.USER:
        return _unreachable(destination.value, org)
    return None


def _unreachable(user_id: str, org: Org) -> str | None:
    user = org.user_by_id.get(user_id)
    if user is None or (user.enabled and user.station is not None) or user.call_forwarding.is_on:
        return None
    reason = "has no station" if user.enabled else "is disabled"
    return f"accepted, but nobody will answer: the user {user_id} {reason}"
