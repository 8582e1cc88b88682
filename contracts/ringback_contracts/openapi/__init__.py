"""The OpenAPI 3.1 documents, made of the operations, the schemas and the rule table.

They describe what the mock answers, no more: whatever breaks a documented request schema is refused,
and each documented error names the rules that give it.
"""

from __future__ import annotations

from functools import cache

from ringback_contracts.openapi import admin, api, console, faults, login
from ringback_contracts.openapi.parts import Json, document
from ringback_contracts.org import ContractChoice

__all__ = ["admin_openapi_document", "openapi_document"]


@cache
def openapi_document(contract: ContractChoice = "any") -> Json:
    """The API and the login endpoints, as an org that takes the given contract serves them.

    The dictionary is shared: do not change it.
    """
    return document(
        "Ringback",
        api.DESCRIPTION,
        {**api.paths(contract), **login.paths()},
        securitySchemes=api.SECURITY_SCHEMES,
    )


@cache
def admin_openapi_document() -> Json:
    """The paths under ``/__ringback/``, which are Ringback's own. The dictionary is shared."""
    paths = admin.paths()
    for path, item in (*console.paths().items(), *faults.paths().items()):
        paths[path] = {**item, **paths.get(path, {})}
    return document(
        "Ringback administration",
        admin.DESCRIPTION,
        paths,
        securitySchemes={"adminToken": admin.TOKEN},
    )
