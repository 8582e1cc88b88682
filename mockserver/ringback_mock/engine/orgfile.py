"""Read an org from its file."""

from __future__ import annotations

import os
from pathlib import Path

from ringback_contracts.org import Org, OrgError, changed, default_org, load_org


def read_org(path: str | os.PathLike[str] | None = None, contract: str | None = None) -> Org:
    """The org of a TOML file, or the default one; ``contract`` overrules what it says of request bodies.

    Raises ``OrgError``, which names the file, for one that cannot be read or is no org.
    """
    org = default_org() if path is None else _load(Path(path))
    return changed(org, {"contract": contract} if contract else {})


def _load(path: Path) -> Org:
    try:
        return load_org(path.read_text("utf-8-sig"))  # editors on Windows put a byte order mark in front
    except (OSError, UnicodeDecodeError) as error:
        raise OrgError(f"{path}: cannot be read: {error}") from error
    except OrgError as error:
        raise OrgError(f"{path}: {error}") from error
