"""A user's own org, from its file, for the tests that ask for it."""

from __future__ import annotations

import os
from pathlib import Path

from ringback_contracts.openapi.admin import OWN_ORG
from ringback_contracts.org import Org, OrgError
from ringback_harness.exits import SetupError
from ringback_mock.engine.orgfile import read_org


def own_org(file: str | os.PathLike[str]) -> Org:
    """The org of a file. Raises ``SetupError``, which names it."""
    try:
        return read_org(file)
    except OrgError as error:
        raise SetupError(str(error)) from error


def to_copy(file: str | os.PathLike[str]) -> dict[str, str]:
    """What asks a mock for a copy of the file's org. Raises ``SetupError``."""
    own_org(file)
    return {OWN_ORG: Path(file).read_text("utf-8-sig")}
