"""The OAuth client in a path must be one of the org."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, NOBODY, NOT_FOUND, STATUSES_2025, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import with_unknown_id

CLIENTS = "/api/v2/oauth/clients"


@rule(
    id="path.client-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The OAuth client in the path is not in this org",
    fix="Use the id of one of [[clients]] of the org's file.",
    evidence=Evidence.PUBLISHED,
    source=f"{STATUSES_2025}: 404",
    operations=with_unknown_id("path.client-unknown"),
    rejects=[Example(method="GET", path=f"{CLIENTS}/{NOBODY}")],
    accepts=[Example(method="GET", path=f"{CLIENTS}/demo-app")],
)
def path_client_unknown(case: Case) -> Sequence[Violation]:
    if case.route.params.get("clientId", "") in case.org.client_by_id:
        return FINE
    return found("no client of this org has the id", "path")
