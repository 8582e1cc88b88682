"""The operations of users."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.core.case import Case
from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served

GET_ME = "getUsersMe"
GET_USER = "getUser"
LIST_USERS = "getUsers"
STATION = "getUserStation"
OWN_STATION = "getUsersStationsMe"
ASSOCIATE = "putUserStationAssociatedstationStationId"
ASSOCIATE_OWN = "putUsersStationsMeAssociatedstationStationId"
DISSOCIATE = "deleteUserStationAssociatedstation"
DISSOCIATE_OWN = "deleteUsersStationsMeAssociatedstation"
SET_DEFAULT_STATION = "putUserStationDefaultstationStationId"
CLEAR_DEFAULT_STATION = "deleteUserStationDefaultstation"
ROUTING_STATUS = "getUserRoutingstatus"
SET_ROUTING_STATUS = "putUserRoutingstatus"

READING = ("users", "users:readonly")
WRITING = ("users",)
THE_USER = {"userId": "path.user-unknown"}
THE_STATION = {"stationId": "path.station-unknown"}
OF_ROUTING_ALONE = ("INTERACTING", "COMMUNICATING")
"""What routing makes of who works on something; the SDKs have it among the values of a body all the same."""
EXPANDED = ("authorization", "presence", "routingStatus", "station")
"""What can be shown with every user."""
OF_ME = ("date", "organization", "presenceDefinitions", "token")
"""What can be shown with the token's user besides."""
SHOWN = {
    "integrationPresenceSource": Parameter(heeded=()),
    "userCustomAttributeSchemaIds": Parameter("array", heeded=()),
}


class RoutingFacts(Case):
    """A request that says whether routing may offer a user work."""

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        status = (self.body or {}).get("status")
        if status in OF_ROUTING_ALONE:
            yield f"routing itself says {status} of who works: that a request may say it is assumed"


OPERATIONS = (
    served(
        GET_ME,
        summary="Read the token's user",
        answers="UserMe",
        needs_user=True,
        changes=Change.NOTHING,
        query={"expand": Parameter("array", heeded=(*EXPANDED, *OF_ME)), **SHOWN},
    ),
    served(
        GET_USER,
        summary="Read a user",
        scopes=READING,
        answers="User",
        changes=Change.NOTHING,
        unknown=THE_USER,
        query={
            "expand": Parameter("array", heeded=EXPANDED),
            **SHOWN,
            "state": Parameter(heeded=()),
        },
    ),
    served(
        LIST_USERS,
        summary="List the users of the org",
        success=200,
        scopes=READING,
        answers="UserEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "id": Parameter("array"),
            "jabberId": Parameter("array", heeded=()),
            "sortOrder": Parameter(heeded=("ascending", "descending", "ASC", "DESC", "asc", "desc")),
            "expand": Parameter("array", heeded=EXPANDED),
            **SHOWN,
            "state": Parameter(heeded=("active", "inactive", "deleted", "any")),
        },
    ),
    served(
        STATION,
        summary="Read the stations of a user",
        scopes=READING,
        answers="UserStations",
        changes=Change.NOTHING,
        unknown=THE_USER,
    ),
    served(
        OWN_STATION,
        summary="Read the stations of the token's user",
        success=200,
        scopes=READING,
        answers="UserStations",
        needs_user=True,
        changes=Change.NOTHING,
    ),
    served(
        ASSOCIATE,
        summary="Give a user a station",
        scopes=WRITING,
        answers=None,
        changes=Change.ORG,
        unknown={**THE_USER, **THE_STATION},
    ),
    served(
        ASSOCIATE_OWN,
        summary="Give the token's user a station",
        success=202,
        scopes=WRITING,
        answers=None,
        needs_user=True,
        changes=Change.ORG,
        unknown=THE_STATION,
    ),
    served(
        DISSOCIATE,
        summary="Take a user's station away",
        scopes=WRITING,
        answers=None,
        changes=Change.ORG,
        unknown=THE_USER,
    ),
    served(
        SET_DEFAULT_STATION,
        summary="Give a user a station by default",
        success=202,
        scopes=WRITING,
        answers=None,
        changes=Change.ORG,
        unknown={**THE_USER, **THE_STATION},
    ),
    served(
        CLEAR_DEFAULT_STATION,
        summary="Take a user's default station away",
        success=202,
        scopes=WRITING,
        answers=None,
        changes=Change.ORG,
        unknown=THE_USER,
    ),
    served(
        DISSOCIATE_OWN,
        summary="Take the station of the token's user away",
        success=202,
        scopes=WRITING,
        answers=None,
        needs_user=True,
        changes=Change.ORG,
    ),
    served(
        ROUTING_STATUS,
        summary="Read whether routing offers a user work",
        scopes=READING,
        answers="RoutingStatus",
        changes=Change.NOTHING,
        unknown=THE_USER,
    ),
    served(
        SET_ROUTING_STATUS,
        summary="Say whether routing may offer a user work",
        scopes=WRITING,
        reads="RoutingStatus",
        heeded=("status",),
        answers="RoutingStatus",
        changes=Change.ORG,
        unknown=THE_USER,
        facts=RoutingFacts,
    ),
)
