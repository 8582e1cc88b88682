"""The user in a path must be one of the org."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOBODY,
    NOT_FOUND,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import with_unknown_id

CALL = {"phoneNumber": TEST_NUMBER}


@rule(
    id="path.user-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user in the path is not in this org",
    fix="Use the id of a user of the token's org; GET /api/v2/users/me gives your own.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    operations=with_unknown_id("path.user-unknown"),
    rejects=[
        Example(CALL, path=f"/api/v2/conversations/calls/user/{NOBODY}"),
        Example(method="GET", path=f"/api/v2/users/{NOBODY}"),
    ],
    accepts=[
        Example(CALL, path=f"/api/v2/conversations/calls/user/{ALICE}"),
        Example(method="GET", path=f"/api/v2/users/{BOB}"),
    ],
)
def path_user_unknown(case: Case) -> Sequence[Violation]:
    user_id = case.route.params.get("userId", "")
    if user_id.lower() in case.org.user_by_id:
        return FINE
    return found(f"no user of this org has the id {user_id!r}", "path")
