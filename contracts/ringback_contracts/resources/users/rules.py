"""The user in a path must be one of the org, and a routing status one that there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOBODY,
    NOT_FOUND,
    SDK,
    SWAGGER_2017,
    SWAGGER_2018,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import reading, with_unknown_id
from ringback_contracts.org.people import RoutingStatus

STATUSES: tuple[str, ...] = get_args(RoutingStatus)
ROUTING_STATUS = f"/api/v2/users/{ALICE}/routingstatus"
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


@rule(
    id="routing-status.unknown",
    stage=Stage.SCHEMA,
    status=400,
    code="general.bad.request",
    message="The routing status is none that there is",
    title="The body sets no routing status that there is",
    fix=f'Send {{"status": "IDLE"}}, or another of {", ".join(STATUSES)}.',
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: general.bad.request; values of RoutingStatus in the {SDK}",
    operations=reading("RoutingStatus"),
    rejects=[
        Example({}, method="PUT", path=ROUTING_STATUS),
        Example({"status": "READY"}, method="PUT", path=ROUTING_STATUS),
        Example({"status": 1}, method="PUT", path=ROUTING_STATUS),
    ],
    accepts=[Example({"status": status}, method="PUT", path=ROUTING_STATUS) for status in STATUSES],
)
def routing_status_unknown(case: Case) -> Sequence[Violation]:
    if case.body is None or case.body.get("status") in STATUSES:
        return FINE
    return found(f"the status is none of {', '.join(STATUSES)}", "/status")
