"""Read cassettes back: what was asked, by whom, and what came."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from requests.structures import CaseInsensitiveDict

from ringback_client.retry import GATEWAY_FAILURES
from ringback_client.transport import Reply
from ringback_contracts.core.model import Request
from ringback_harness.cassettes.recorder import MARK, Har, Recorder
from ringback_harness.exits import SetupError
from ringback_harness.targets import ELSEWHERE, TWO_HOSTS

PASSING = GATEWAY_FAILURES | {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.TOO_MANY_REQUESTS}
"""Answers about the moment: they say nothing of the request, nor of a rule."""


@dataclass(frozen=True, slots=True)
class Cassette:
    """One recorded exchange; ``region`` is set where a real org answered.

    ``org`` tells the orgs of a run apart, numbered from 1 in the order in which a mock made them.
    """

    name: str
    request: Request
    reply: Reply
    when: datetime
    region: str | None = None
    org: int | None = None


@dataclass
class Tape(Recorder):
    """A recorder whose exchanges can be replayed at once, as they would be from the disk."""

    cassettes: list[Cassette] = field(default_factory=list)

    def take(self, name: str, har: Har) -> None:
        super().take(name, har)
        self.cassettes += _cassettes(name, har)


def read_cassettes(folder: Path) -> list[Cassette]:
    """Every exchange in a folder, or in one HAR file, as they were made.

    Raises ``SetupError`` for a file that is no HAR, or a folder without any.
    """
    paths = sorted(folder.glob("*.har")) if folder.is_dir() else [folder]
    found = [cassette for path in paths for cassette in _read(path)]
    if not found:
        raise SetupError(f"there are no cassettes in {folder}; record some with --record {folder}")
    return sorted(found, key=lambda cassette: cassette.when)


def answers(cassettes: Sequence[Cassette]) -> Iterator[tuple[Cassette, bool]]:
    """Each exchange, and whether its answer stood: who is told to come back asks the same again."""
    for cassette, following in zip_longest(cassettes, cassettes[1:]):
        repeated = following is not None and following.request == cassette.request
        yield cassette, not (repeated and cassette.reply.status in PASSING)


def _read(path: Path) -> Iterator[Cassette]:
    try:
        yield from _cassettes(path.name, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{path} is no HAR file that can be replayed: {error!r}") from error


def _cassettes(name: str, har: Har) -> list[Cassette]:
    return [_cassette(name, entry) for entry in har["log"]["entries"]]


def _cassette(name: str, entry: Mapping[str, Any]) -> Cassette:
    mark = entry.get(MARK) or {}
    asked, came = entry["request"], entry["response"]
    headers = {field["name"].lower(): field["value"] for field in asked["headers"]}
    if token := mark.get("token"):
        headers["authorization"] = f"Bearer {token}"
    parts = urlsplit(asked["url"])
    request = Request(
        asked["method"],
        unquote(parts.path),
        headers,
        _body(asked.get("postData")),
        parts.query,
        host_allowed=headers.get("host") != ELSEWHERE,
        well_formed=headers.get("host") != TWO_HOSTS,
    )
    answered = CaseInsensitiveDict({field["name"]: field["value"] for field in came["headers"]})
    reply = Reply(came["status"], answered, _body(came["content"]))
    when = datetime.fromisoformat(entry["startedDateTime"])
    return Cassette(name, request, reply, when, mark.get("region"), mark.get("org"))


def _body(content: Mapping[str, Any] | None) -> bytes:
    if content is None:
        return b""
    text: str = content.get("text") or ""
    return base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
