"""How each dialled party of an accepted request will take the call."""

from __future__ import annotations

from ringback_contracts.core.model import DestinationKind, Intent, Target
from ringback_contracts.org import Org, Outcome
from ringback_contracts.resources.calls.rules.number import dead


def outcomes(intent: Intent, org: Org) -> tuple[Outcome, ...]:
    """One outcome for each target.

    Test numbers have fixed ones; a number that rings nobody fails; a user who is deactivated or has no
    station never answers. Everybody else answers.
    """
    return tuple(_outcome(target, org) for target in intent.targets)


def _outcome(target: Target, org: Org) -> Outcome:
    if target.kind is DestinationKind.PHONE:
        test = org.test_number(target.value)
        if test:
            return test.outcome
        return Outcome.INVALID if dead(target.value, org) else Outcome.ANSWER
    if target.kind is DestinationKind.USER:
        user = org.user_by_id.get(target.value)
        return Outcome.ANSWER if user and user.enabled and user.station else Outcome.NO_ANSWER
    return Outcome.ANSWER
