"""The operations of presences."""

from __future__ import annotations

from ringback_contracts.core.operation import FLAGS, Change, Parameter
from ringback_contracts.http.body import ModelledCase
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served

LIST_PRESENCES = "getPresencedefinitions"
GET_PRESENCE = "getPresencedefinition"
LIST_DEFINITIONS = "getPresenceDefinitions"
LIST_SYSTEM_PRESENCES = "getSystempresences"
GET_DEFINITION = "getPresenceDefinition"
READ_PRESENCE = "getUserPresencesPurecloud"
SET_PRESENCE = "patchUserPresencesPurecloud"
READ_PRESENCE_OF_SOURCE = "getUserPresence"
SET_PRESENCE_OF_SOURCE = "patchUserPresence"

READING = ("presence", "presence:readonly")
WRITING = ("presence",)
LOCALE = Parameter(heeded=())
THE_USER = {"userId": "path.user-unknown"}
THE_USERS_SOURCE = {**THE_USER, "sourceId": "path.source-unknown"}

OPERATIONS = (
    served(
        LIST_PRESENCES,
        summary="List the presences of the org, the old way",
        scopes=READING,
        answers="OrganizationPresenceEntityListing",
        changes=Change.NOTHING,
        query={**PAGED, "deleted": Parameter(heeded=FLAGS), "localeCode": LOCALE},
    ),
    served(
        GET_PRESENCE,
        summary="Read a presence, the old way",
        scopes=READING,
        answers="OrganizationPresence",
        changes=Change.NOTHING,
        unknown={"presenceId": "path.presence-unknown"},
        query={"localeCode": LOCALE},
    ),
    served(
        LIST_DEFINITIONS,
        summary="List the presences of the org",
        scopes=READING,
        answers="OrganizationPresenceDefinitionEntityListing",
        changes=Change.NOTHING,
        query={
            "deactivated": Parameter(heeded=FLAGS),
            "divisionId": Parameter("array"),
            "localeCode": LOCALE,
        },
    ),
    served(
        GET_DEFINITION,
        summary="Read a presence",
        scopes=READING,
        answers="OrganizationPresenceDefinition",
        changes=Change.NOTHING,
        unknown={"definitionId": "path.presence-unknown"},
        query={"localeCode": LOCALE},
    ),
    served(
        LIST_SYSTEM_PRESENCES,
        summary="List the platform's own presences",
        scopes=READING,
        answers="SystemPresences",
        changes=Change.NOTHING,
    ),
    served(
        READ_PRESENCE,
        summary="Read the presence that a user is in",
        scopes=READING,
        answers="UserPresence",
        changes=Change.NOTHING,
        unknown=THE_USER,
    ),
    served(
        SET_PRESENCE,
        summary="Set the presence of a user",
        scopes=WRITING,
        reads="UserPresence",
        heeded=("presenceDefinition", "message"),
        facts=ModelledCase,
        answers="UserPresence",
        changes=Change.ORG,
        unknown=THE_USER,
    ),
    served(
        READ_PRESENCE_OF_SOURCE,
        summary="Read the presence that a user is in by one source",
        scopes=READING,
        answers="UserPresence",
        changes=Change.NOTHING,
        unknown=THE_USERS_SOURCE,
        words=("sourceId",),
    ),
    served(
        SET_PRESENCE_OF_SOURCE,
        summary="Set the presence of a user by one source",
        scopes=WRITING,
        reads="UserPresence",
        heeded=("presenceDefinition", "message"),
        facts=ModelledCase,
        answers="UserPresence",
        changes=Change.ORG,
        unknown=THE_USERS_SOURCE,
        words=("sourceId",),
    ),
)
