"""What becomes of a user who goes into another presence."""

from __future__ import annotations

from dataclasses import replace

from ringback_contracts.org import Org, User
from ringback_contracts.org.people import ON_QUEUE, PresenceDefinition


def moved(user: User, presence: PresenceDefinition, org: Org) -> User:
    """The user in the presence: on queue, routing may offer work, and otherwise it may not.

    Who goes on queue forwards no calls from then on, not after it either (published, in the vendor's help on
    call forwarding).
    """
    before, now = (one.system_presence == ON_QUEUE for one in (org.presence_of(user), presence))
    after = replace(user, presence=presence.id)
    if before != now:
        after = replace(after, routing_status="OFF_QUEUE" if before else "IDLE")
    return replace(after, call_forwarding=replace(user.call_forwarding, enabled=False)) if now else after
