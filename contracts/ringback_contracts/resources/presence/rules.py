"""What a presence in a path or a body must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    FINE,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SDK,
    STATUSES_2025,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import reading, with_unknown_id

PRESENCE = f"/api/v2/users/{ALICE}/presences/purecloud"
BUSY = "31fe3bac-dea6-44b7-bed7-47f91660a1a0"
SOURCE = "purecloud"
"""The source of presences that Ringback keeps: the platform itself."""


@rule(
    id="path.presence-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The presence in the path is not in this org",
    fix="Use the id of a presence of the org; GET /api/v2/presencedefinitions lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{STATUSES_2025}: 404",
    operations=with_unknown_id("path.presence-unknown"),
    rejects=[
        Example(method="GET", path=f"/api/v2/presence/definitions/{NOBODY}"),
        Example(method="GET", path=f"/api/v2/presencedefinitions/{NOBODY}"),
    ],
    accepts=[Example(method="GET", path=f"/api/v2/presence/definitions/{BUSY}")],
)
def path_presence_unknown(case: Case) -> Sequence[Violation]:
    params = case.route.params
    presence_id = params.get("presenceId") or params.get("definitionId", "")
    if presence_id.lower() in case.org.presence_by_id:
        return FINE
    return found(f"no presence of this org has the id {presence_id!r}", "path")


@rule(
    id="path.source-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The source of presences in the path is not the platform itself",
    fix="Use PURECLOUD as the source: presences of other programs are not kept here.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=with_unknown_id("path.source-unknown"),
    rejects=[
        Example(method="GET", path=f"/api/v2/users/{ALICE}/presences/MICROSOFTTEAMS"),
        Example(
            {"presenceDefinition": {"id": BUSY}},
            method="PATCH",
            path=f"/api/v2/users/{ALICE}/presences/zoom",
        ),
    ],
    accepts=[Example(method="GET", path=f"/api/v2/users/{ALICE}/presences/PURECLOUD")],
)
def path_source_unknown(case: Case) -> Sequence[Violation]:
    source = case.route.params.get("sourceId", "")
    return FINE if source.lower() == SOURCE else found(f"{source!r} is not {SOURCE.upper()!r}", "path")


@rule(
    id="presence.unknown",
    stage=Stage.SCHEMA,
    status=400,
    message="The presence definition is not one of the org",
    title="The body names no presence of the org",
    fix='Send {"presenceDefinition": {"id": "..."}} with an id that GET /api/v2/presencedefinitions lists.',
    evidence=Evidence.ASSUMED,
    source=f"model UserPresence of the {SDK}; what is refused of it is Ringback's choice",
    operations=reading("UserPresence"),
    rejects=[
        Example({}, method="PATCH", path=PRESENCE),
        Example({"presenceDefinition": {"id": NOBODY}}, method="PATCH", path=PRESENCE),
        Example({"presenceDefinition": {"systemPresence": "Busy"}}, method="PATCH", path=PRESENCE),
    ],
    accepts=[
        Example({"presenceDefinition": {"id": BUSY}}, method="PATCH", path=PRESENCE),
        Example({"presenceDefinition": {"id": BUSY}, "message": "back soon"}, method="PATCH", path=PRESENCE),
    ],
)
def presence_unknown(case: Case) -> Sequence[Violation]:
    definition = (case.body or {}).get("presenceDefinition") or {}
    if case.body is None or not isinstance(definition, Mapping):
        return FINE
    presence_id = definition.get("id")
    if isinstance(presence_id, str) and presence_id.lower() in case.org.presence_by_id:
        return FINE
    return found("presenceDefinition.id is the id of no presence of the org", "/presenceDefinition/id")
