"""What requests begin, and whom they ring: commands of a call's life, with all that the org knows of them."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from ringback_contracts.core.model import Destination, DestinationKind, Intent
from ringback_contracts.life.commands import Place
from ringback_contracts.life.parties import Forwarding, How, Party, Takes
from ringback_contracts.org import ExternalContact, Org, Outcome, Queue, User
from ringback_contracts.org.people import CallTarget
from ringback_contracts.resources.calls.intents import dialled_destination
from ringback_contracts.resources.calls.outcomes import outcome

SIP_HOST = "ringback.invalid"
"""Host of the addresses of users and queues; RFC 6761 keeps the name from ever resolving."""
TAKES: dict[Outcome, How] = {
    Outcome.ANSWER: "answers",
    Outcome.BUSY: "busy",
    Outcome.NO_ANSWER: "no_answer",
    Outcome.DECLINED: "declines",
    Outcome.VOICEMAIL: "voicemail",
    Outcome.NO_ROUTE: "no_route",
    Outcome.INVALID: "invalid",
    Outcome.STATION_TIMEOUT: "waits",
}
"""How a far end takes the call; of a station that times out it never hears."""
MISSES: frozenset[How] = frozenset({"no_answer", "voicemail", "declines", "busy"})
"""What a voicemail takes that belongs to a number."""


def placement(intent: Intent, org: Org, outcomes: tuple[Outcome, ...]) -> Place:
    """The call that the intent asks for; ``outcomes`` says for each destination how it takes it."""
    destinations = intent.destinations
    ani = _shown(intent, org)
    queue = org.queue_by_id.get((intent.from_queue_id or "").lower())
    return Place(
        _caller(intent, org, ani, reached=Outcome.STATION_TIMEOUT not in outcomes),
        tuple(_party(*dialled, intent, org) for dialled in zip(destinations, outcomes, strict=True)),
        ani=ani,
        ani_name=intent.caller_id_name,
        dnis=_address(intent.destinations[0]) if intent.destinations else None,
        queue_id=intent.from_queue_id,
        attributes=intent.attributes,
        uui_data=intent.uui_data,
        queue_name=queue.name if queue else None,
    )


def _caller(intent: Intent, org: Org, ani: str | None, *, reached: bool) -> Party:
    if intent.campaign_id is not None:
        campaign = org.campaign_by_id.get(intent.campaign_id)
        dialler = Takes("answers" if reached else "dead")
        return Party("campaign", intent.campaign_id, ani, campaign.name if campaign else None, dialler)
    user = org.user_by_id.get(intent.user_id or "")
    address = inside(intent.user_id) if intent.user_id else ani
    station = Takes("dead" if not reached else "answers" if org.picks_up(user) else "waits")
    queue = org.queue_by_id.get((intent.from_queue_id or "").lower())
    wrap = queue.wrap_rules if queue else None
    return Party("user", intent.user_id, address, user.name if user else None, station, wrap=wrap)


def calling(user: User, org: Org) -> Party:
    """The user as one who calls: the station that is to be answered first."""
    takes = Takes("answers" if user.station and org.picks_up(user) else "waits" if user.station else "dead")
    return Party("user", user.id, inside(user.id), user.name, takes)


def _party(destination: Destination, how: Outcome, intent: Intent, org: Org) -> Party:
    """``outside`` is the purpose of one who is no part of the org."""
    outside = "customer" if intent.from_queue_id or intent.campaign_id else "external"
    contact = org.contact_by_id.get((intent.contact_id or "").lower())
    return _rung(destination, how, org, outside, contact)


def rung(destination: Destination, org: Org) -> Party:
    """The party as it is rung into a call."""
    return _rung(destination, outcome(destination, org), org)


def as_contact(party: Party, org: Org, known: ExternalContact | None = None) -> Party:
    """Somebody outside as the external contact whose number it is, or whom a request names.

    Such a one is a customer, whoever is called or calls (reported, for a call that a user placed).
    """
    contact = known or org.contact_by_number.get((party.address or "").removeprefix("tel:"))
    if contact is None:
        return party
    return party._replace(name=party.name or contact.name, contact_id=contact.id, purpose="customer")


def _rung(
    destination: Destination,
    how: Outcome,
    org: Org,
    outside: str | None = None,
    contact: ExternalContact | None = None,
) -> Party:
    takes, address = _takes(destination, how, org), _address(destination)
    match destination.kind:
        case DestinationKind.USER:
            user = org.user_by_id.get(destination.value)
            name = destination.name or (user.name if user else None)
            if takes.how == "answers" and not org.picks_up(user):
                takes = Takes("waits")
            party = Party("user", destination.value, address, name, takes)
            return party._replace(forwarding=forwarding(user, party, org)) if user else party
        case DestinationKind.QUEUE:
            queue = org.queue_by_id.get(destination.value)
            if queue is not None:
                return at_queue(queue, destination.name)
            return Party("queue", destination.value, address, destination.name, takes)
        case DestinationKind.CONVERSATIONS:
            takes = Takes("answers", 0.0)  # calls that are merged are up already
    return as_contact(Party("address", None, address, destination.name, takes, outside), org, contact)


def forwarding(user: User, own: Party, org: Org) -> Forwarding | None:
    """Where the user's calls go, if not to ``own``, the user at the phone.

    Nobody forwards them any further: that is assumed, and keeps calls from going round.
    """
    said = user.call_forwarding
    if not said.is_on:
        return None
    routes = [tuple(_target(target, user, own, org) for target in call.targets) for call in said.calls]
    if said.voicemail == "LASTCALL":
        routes[-1] = tuple(map(_with_voicemail, routes[-1]))
    return Forwarding(tuple(routes), said.voicemail == "PURECLOUD")


def _target(target: CallTarget, user: User, own: Party, org: Org) -> Party:
    if target.type == "PHONENUMBER":
        return rung(dialled_destination(target.value, org), org)
    station = org.station_by_id.get(target.value.lower())
    if station is None or station == org.station_of(user):
        return own
    return own._replace(takes=Takes("answers" if station.answers else "waits"))


def _with_voicemail(party: Party) -> Party:
    """The party at whose number a voicemail answers what nobody else does: a call that is answered."""
    takes = party.takes
    return party._replace(takes=Takes("answers", takes.seconds)) if takes.how in MISSES else party


def at_queue(queue: Queue, name: str | None = None) -> Party:
    """The queue as it is rung."""
    return Party("queue", queue.id, inside(queue.id), name or queue.name, wrap=queue.wrap_rules)


def phone(user: User) -> Party:
    """The user's phone, which rings until somebody answers; one who has none to ring never does."""
    reachable = user.enabled and user.station
    return Party("user", user.id, inside(user.id), user.name, Takes("waits" if reachable else "dead"))


def _takes(destination: Destination, outcome: Outcome, org: Org) -> Takes:
    """How the party takes the call, with the times that the org sets for a test number."""
    test = org.test_number(destination.value) if destination.kind is DestinationKind.PHONE else None
    return Takes(TAKES[outcome], test.after, test.hangs_up_after) if test else Takes(TAKES[outcome])


def _address(destination: Destination) -> str | None:
    match destination.kind:
        case DestinationKind.USER | DestinationKind.QUEUE:
            return inside(destination.value)
        case DestinationKind.CONVERSATIONS:
            return None
        case DestinationKind.SIP:
            return destination.value
    return f"tel:{destination.value}"


@lru_cache(maxsize=1024)
def inside(entity_id: str) -> str:
    """The address of a user or a queue."""
    return f"sip:{quote(entity_id, safe='')}@{SIP_HOST}"


def _shown(intent: Intent, org: Org) -> str | None:
    """The number that the call shows: the one asked for, else one of the user's, else one of the org's."""
    user = org.user_by_id.get(intent.user_id or "")
    own = (*(user.numbers if user else ()), *org.numbers)
    shown = intent.caller_id or (own[0] if own else None)
    return f"tel:{shown}" if shown and ":" not in shown else shown
