"""Oddly spelled secrets and ordinary values, written without a look at what finds them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.security.planted import FORM, HTML, JSON, MULTIPART, TEXT, XML, YAML, Planted

MEDIA = {
    "json": JSON,
    "form": FORM,
    "text": TEXT,
    "xml": XML,
    "html": HTML,
    "yaml": YAML,
    "multipart": MULTIPART,
}
_READ = tomllib.loads((Path(__file__).parent / "planted_fresh.toml").read_text("utf-8"))


def _planted(part: str) -> list[Planted]:
    return [Planted(row["text"][:60], row["text"], row["value"], MEDIA[row["media"]]) for row in _READ[part]]


SECRETS = _planted("secrets")
LEAKING = _planted("leaking")
ADDRESSES = _planted("addresses")
NUMBERS: list[str] = _READ["numbers"]
ORDINARY: list[str] = _READ["ordinary"]
