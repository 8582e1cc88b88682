"""How each dialled party of an accepted request will take the call."""

from __future__ import annotations

from ringback_contracts.core.model import Destination, DestinationKind, Intent
from ringback_contracts.org import Org, Outcome
from ringback_contracts.resources.calls.rules.number import dead


def outcomes(intent: Intent, org: Org) -> tuple[Outcome, ...]:
    """One outcome for each destination.

    Test numbers have fixed ones; a number that rings nobody fails; a user who is deactivated or has no
    station never answers. Everybody else answers.
    """
    return tuple(outcome(destination, org) for destination in intent.destinations)


def outcome(destination: Destination, org: Org) -> Outcome:
    """The outcome for one destination, by itself."""
    if destination.kind is DestinationKind.PHONE:
        test = org.test_number(destination.value)
        if test:
            return test.outcome
        return Outcome.INVALID if dead(destination.value, org) else Outcome.ANSWER
    if destination.kind is DestinationKind.USER:
        user = org.user_by_id.get(destination.value)
        return Outcome.ANSWER if user and user.enabled and user.station else Outcome.NO_ANSWER
    return Outcome.ANSWER
