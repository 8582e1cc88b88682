"""The operations of the org itself."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.served import served

GET_ORGANIZATION = "getOrganizationsMe"

OPERATIONS = (
    served(
        GET_ORGANIZATION,
        summary="Read the org of the token",
        success=200,
        answers="Organization",
        changes=Change.NOTHING,
    ),
)
