"""What stands against a command on a call as it is, told by a rule for each ground of the life."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import FINE, found, rule
from ringback_contracts.core.model import Example, Rule, Stage, Violation
from ringback_contracts.core.operation import Operation, Selection, giving
from ringback_contracts.life.objections import Ground
from ringback_contracts.resources.conversations.facts import CallTold


def _any(_: Operation) -> bool:
    return True


def told(  # noqa: PLR0913 - a rule is all of this
    ground: Ground,
    *commands: type,
    operations: Selection = _any,
    told_as: Ground | None = None,
    message: str,
    title: str,
    fix: str,
    rejects: Sequence[Example],
    accepts: Sequence[Example],
) -> Rule:
    """The rule that refuses one of the commands on this ground, by these of the operations that can give it;
    ``told_as`` is what they call it, if they have another word for it.
    """
    known = told_as or ground
    given = giving(*commands)

    def check(case: CallTold) -> Sequence[Violation]:
        objection = case.objection
        return found(objection.detail, "path") if objection and objection.ground is ground else FINE

    return rule(
        id=known.id,
        stage=Stage.STATE,
        status=known.status,
        code=known.code,
        message=message,
        title=title,
        fix=fix,
        evidence=known.evidence,
        source=known.source,
        operations=lambda operation: given(operation) and operations(operation),
        only=(ground.id,),
        rejects=rejects,
        accepts=accepts,
    )(check)
