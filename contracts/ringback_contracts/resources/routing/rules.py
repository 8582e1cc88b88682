"""The queue in a path must be one of the org."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, NOBODY, NOT_FOUND, SUPPORT, SWAGGER_2018, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import with_unknown_id

QUEUES = "/api/v2/routing/queues"


@rule(
    id="path.queue-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="resource.not.found",
    message=NOT_FOUND,
    title="The queue in the path is not in this org",
    fix="Use the id of a queue of the org; GET /api/v2/routing/queues lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: resource.not.found",
    operations=with_unknown_id("path.queue-unknown"),
    rejects=[
        Example(method="GET", path=f"{QUEUES}/{NOBODY}"),
        Example(method="GET", path=f"{QUEUES}/{NOBODY}/members"),
    ],
    accepts=[
        Example(method="GET", path=f"{QUEUES}/{SUPPORT}"),
        Example(method="GET", path=f"{QUEUES}/{SUPPORT}/members"),
    ],
)
def path_queue_unknown(case: Case) -> Sequence[Violation]:
    queue_id = case.route.params.get("queueId", "")
    if queue_id.lower() in case.org.queue_by_id:
        return FINE
    return found(f"no queue of this org has the id {queue_id!r}", "path")
