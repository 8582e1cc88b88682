"""The org itself, and its one division (models Organization and Division of the SDKs)."""

from __future__ import annotations

from typing import Any

from ringback_contracts.org import Org
from ringback_contracts.resources.organizations.operations import GET_ORGANIZATION
from ringback_mock.engine.handling import Applied, Ask, handles

Json = dict[str, Any]


@handles(GET_ORGANIZATION)
def shown(ask: Ask) -> Applied:
    """The org of the token."""
    return 200, organization(ask.tenant.org)


def organization(org: Org) -> Json:
    """An org as the API shows it."""
    return {
        "id": org.id,
        "name": org.name,
        "defaultCountryCode": org.region,
        "version": 1,
        "state": "active",
        "selfUri": "/api/v2/organizations/me",
    }


def division(org: Org) -> Json:
    """The division that everything of the org counts to."""
    selfuri = f"/api/v2/authorization/divisions/{org.division_id}"
    return {"id": org.division_id, "name": "Home", "selfUri": selfuri}
