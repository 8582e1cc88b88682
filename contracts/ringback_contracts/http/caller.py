"""Whose token it is: some operations are for users alone."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import ALICE, FINE, OK, SWAGGER_2017, TEST_NUMBER, found, rule
from ringback_contracts.core.model import PUBLISHED, Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import needing_user

CALL = {"phoneNumber": TEST_NUMBER}
SERVICE = "service"
NO_USER = "The token belongs to no user, and this request needs one"


@rule(
    id="caller.not-a-user",
    stage=Stage.CALLER,
    status=400,
    code="not.a.user",
    message=NO_USER,
    title="A client-credentials token asks for what only a user can do",
    fix="Use a user's token (authorization code), or POST to /api/v2/conversations/calls/user/{userId}.",
    evidence=Evidence.REPORTED,
    source=f"a click-to-dial hand-off of August 2026 on a real org; {SWAGGER_2017}: not.a.user",
    contracts=(PUBLISHED,),
    operations=needing_user,
    rejects=[Example(CALL, token=SERVICE), Example(method="GET", path="/api/v2/users/me", token=SERVICE)],
    accepts=[OK, Example(CALL, token=SERVICE, path=f"/api/v2/conversations/calls/user/{ALICE}")],
)
def caller_not_a_user(case: Case) -> Sequence[Violation]:
    if case.caller.client is None or case.caller.user is not None:
        return FINE
    return found("the token was issued by the client-credentials grant", "Authorization")
