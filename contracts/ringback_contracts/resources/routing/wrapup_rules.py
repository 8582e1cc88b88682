"""The wrap-up code in a path must be one of the org."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, NOBODY, NOT_FOUND, SOLVED, SWAGGER_2018, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import with_unknown_id

CODES = "/api/v2/routing/wrapupcodes"


@rule(
    id="path.code-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="resource.not.found",
    message=NOT_FOUND,
    title="The wrap-up code in the path is not in this org",
    fix="Use the id of a wrap-up code of the org; GET /api/v2/routing/wrapupcodes lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: resource.not.found",
    operations=with_unknown_id("path.code-unknown"),
    rejects=[Example(method="GET", path=f"{CODES}/{NOBODY}")],
    accepts=[Example(method="GET", path=f"{CODES}/{SOLVED}")],
)
def path_code_unknown(case: Case) -> Sequence[Violation]:
    code_id = case.route.params.get("codeId", "")
    if code_id.lower() in case.org.wrap_up_code_by_id:
        return FINE
    return found(f"no wrap-up code of this org has the id {code_id!r}", "path")
