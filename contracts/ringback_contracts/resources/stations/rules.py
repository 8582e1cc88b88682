"""The station in a path must be one of the org, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    ALICE_PHONE,
    BOB,
    CAROL_PHONE,
    FINE,
    NOBODY,
    NOT_FOUND,
    STATUSES_2025,
    SWAGGER_2018,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import Operation, with_unknown_id

STATIONS = "/api/v2/stations"
USERS = "/api/v2/users"


def associating(operation: Operation) -> bool:
    """The operations that give a user the station in their path."""
    return operation.method == "PUT" and operation.template.endswith("associatedstation/{stationId}")


@rule(
    id="path.station-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The station in the path is not in this org",
    fix="Use the id of a station of the org; GET /api/v2/stations lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{STATUSES_2025}: 404",
    operations=with_unknown_id("path.station-unknown"),
    rejects=[
        Example(method="GET", path=f"{STATIONS}/{NOBODY}"),
        Example(method="PUT", path=f"{USERS}/{ALICE}/station/associatedstation/{NOBODY}"),
    ],
    accepts=[Example(method="GET", path=f"{STATIONS}/{ALICE_PHONE}")],
)
def path_station_unknown(case: Case) -> Sequence[Violation]:
    station_id = case.route.params.get("stationId", "")
    if station_id.lower() in case.org.station_by_id:
        return FINE
    return found(f"no station of this org has the id {station_id!r}", "path")


@rule(
    id="station.associated",
    stage=Stage.STATION,
    status=409,
    code="userservice.stationalreadyassociated",
    message="The station is associated with another user",
    title="Another user has the station",
    fix="Take a station whose status is AVAILABLE, or free this one first: DELETE its associateduser.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: userservice.stationalreadyassociated",
    operations=associating,
    rejects=[
        Example(method="PUT", path=f"{USERS}/{BOB}/station/associatedstation/{ALICE_PHONE}"),
        Example(method="PUT", path=f"{USERS}/stations/me/associatedstation/{CAROL_PHONE}"),
    ],
    accepts=[
        Example(method="PUT", path=f"{USERS}/{ALICE}/station/associatedstation/{ALICE_PHONE}"),
        Example(method="PUT", path=f"{USERS}/stations/me/associatedstation/{ALICE_PHONE}"),
    ],
)
def station_associated(case: Case) -> Sequence[Violation]:
    params, caller = case.route.params, case.caller.user
    station = case.org.station_by_id.get(params["stationId"].lower())
    holder = case.org.holder_of(station) if station else None
    asked_for = params.get("userId", caller.id if caller else "").lower()
    if holder is None or holder.id == asked_for:
        return FINE
    return found(f"it is associated with {holder.name}", "path")
