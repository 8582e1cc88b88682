"""The operations of stations."""

from __future__ import annotations

from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served

LIST_STATIONS = "getStations"
GET_STATION = "getStation"
FREE_STATION = "deleteStationAssociateduser"

READING = ("stations", "stations:readonly")
SORTED = ("id", "name", "status", "type")
"""The fields of a station by which lists can be sorted."""

OPERATIONS = (
    served(
        LIST_STATIONS,
        summary="List the stations of the org",
        scopes=READING,
        answers="StationEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "sortBy": Parameter(heeded=SORTED),
            "name": Parameter(),
            "userSelectable": Parameter(heeded=()),
            "webRtcUserId": Parameter(),
            "id": Parameter("array"),
            "lineAppearanceId": Parameter(heeded=()),
        },
    ),
    served(
        GET_STATION,
        summary="Read a station",
        scopes=READING,
        answers="Station",
        changes=Change.NOTHING,
        unknown={"stationId": "path.station-unknown"},
    ),
    served(
        FREE_STATION,
        summary="Take a station from the user who has it",
        scopes=("stations",),
        answers=None,
        changes=Change.ORG,
        unknown={"stationId": "path.station-unknown"},
    ),
)
