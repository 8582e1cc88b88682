"""The operations of wrap-up codes."""

from __future__ import annotations

from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served
from ringback_contracts.resources.routing.operations import READING, THE_QUEUE

LIST_CODES_OF_QUEUE = "getRoutingQueueWrapupcodes"
LIST_ALL_CODES = "getRoutingWrapupcodes"
GET_CODE = "getRoutingWrapupcode"
LIST_CODES_BY_DIVISION = "getRoutingWrapupcodesDivisionviews"
ADD_CODES = "postRoutingQueueWrapupcodes"
REMOVE_CODE = "deleteRoutingQueueWrapupcode"

OPERATIONS = (
    served(
        LIST_CODES_OF_QUEUE,
        summary="List the wrap-up codes of a queue",
        scopes=READING,
        answers="WrapupCodeEntityListing",
        changes=Change.NOTHING,
        unknown=THE_QUEUE,
        query={**PAGED, "name": Parameter()},
    ),
    served(
        LIST_ALL_CODES,
        summary="List the wrap-up codes of the org",
        scopes=READING,
        answers="WrapupCodeEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "sortBy": Parameter(heeded=("name", "id")),
            "sortOrder": Parameter(heeded=("ascending", "descending")),
            "name": Parameter(),
            "id": Parameter("array"),
            "divisionId": Parameter("array", heeded=()),
        },
    ),
    served(
        LIST_CODES_BY_DIVISION,
        summary="List the wrap-up codes of the org's divisions",
        scopes=READING,
        answers="WrapupCodeEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "name": Parameter(),
            "id": Parameter("array"),
            "divisionId": Parameter("array"),
            "includeState": Parameter(heeded=("Active", "Deleted", "ActiveAndDeleted")),
        },
    ),
    served(
        ADD_CODES,
        summary="Let the agents of a queue give more wrap-up codes",
        scopes=("routing",),
        reads="WrapUpCodeReference",
        reads_list=True,
        heeded=("id",),
        answers="WrapupCodes",
        changes=Change.ORG,
        unknown=THE_QUEUE,
    ),
    served(
        REMOVE_CODE,
        summary="Let the agents of a queue no longer give a wrap-up code",
        scopes=("routing",),
        answers=None,
        changes=Change.ORG,
        unknown={**THE_QUEUE, "codeId": "path.code-unknown"},
    ),
    served(
        GET_CODE,
        summary="Read a wrap-up code",
        scopes=READING,
        answers="WrapupCode",
        changes=Change.NOTHING,
        unknown={"codeId": "path.code-unknown"},
    ),
)
