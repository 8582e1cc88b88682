"""What stands against a command on a call as it is, told by a rule for each ground of the life."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import FINE, found, rule
from ringback_contracts.core.model import Example, Rule, Stage, Violation
from ringback_contracts.core.operation import giving
from ringback_contracts.life.objections import Ground
from ringback_contracts.resources.conversations.facts import CallTold


def told(
    ground: Ground,
    *commands: type,
    message: str,
    title: str,
    fix: str,
    rejects: Sequence[Example],
    accepts: Sequence[Example],
) -> Rule:
    """The rule that refuses one of the commands on this ground."""

    def check(case: CallTold) -> Sequence[Violation]:
        objection = case.objection
        return found(objection.detail, "path") if objection and objection.ground is ground else FINE

    return rule(
        id=ground.id,
        stage=Stage.STATE,
        status=ground.status,
        code=ground.code,
        message=message,
        title=title,
        fix=fix,
        evidence=ground.evidence,
        source=ground.source,
        operations=giving(*commands),
        rejects=rejects,
        accepts=accepts,
    )(check)
