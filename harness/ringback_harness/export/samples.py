"""Requests that anybody can send to a fresh mock of the default org, and what comes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ringback_contracts.catalogue import OPERATIONS, TABLE, judge
from ringback_contracts.core.model import Accepted, Example, Request
from ringback_contracts.core.operation import Change, Operation
from ringback_contracts.examples import CHANNEL_PLACEHOLDER, before, situation

LONGEST = 4_000
"""A longer body is no example to read."""
LEFT_TO_THE_TOOL = {"host", "content-length", "transfer-encoding", "content-encoding", "connection", "accept"}
"""Headers that a tool sends as it wishes."""


@dataclass(frozen=True)
class Sample:
    """A request, its name, and the rule that refuses it; ``None`` where it is accepted."""

    name: str
    request: Request
    rule: str | None = None
    status: int = 0

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        query = f"?{self.request.query}" if self.request.query else ""
        return quote(self.request.path, safe="/:@!$&'()*+,;=~-._") + query

    @property
    def body(self) -> str:
        return self.request.body.decode()

    @property
    def headers(self) -> dict[str, str]:
        """Those to set: the token and the media type, and what the example is about."""
        unsent = {"host", *(() if self.request.body else ("content-type",))}
        return {name: value for name, value in self.request.headers.items() if name not in unsent}


def accepted() -> Iterator[Sample]:
    """One request for each operation that has an example without a past."""
    waiting = {operation for operation in OPERATIONS if operation.changes is not Change.TOKEN}
    for rule in TABLE:
        for example in rule.accepts:
            operation = _accepting(example)
            if operation in waiting:
                waiting.remove(operation)
                name = operation.summary or operation.id
                yield Sample(name, situation(example).request, status=operation.success)


def refused() -> Iterator[Sample]:
    """The first request of each rule that it refuses without a past."""
    for rule in TABLE:
        example = next(filter(_is_plain, rule.rejects), None)
        if example is not None:
            yield Sample(f"{rule.id}: {rule.title}", situation(example).request, rule.id, rule.status)


def _accepting(example: Example) -> Operation | None:
    """The operation that grants the request."""
    if not _is_plain(example):
        return None
    about = situation(example)
    verdict = judge(about.request, about.caller, about.org)
    return verdict.operation if isinstance(verdict, Accepted) else None


def _is_plain(example: Example) -> bool:
    """Whether a tool can send the request to a fresh mock, and meets the same answer."""
    settled = not (example.org or example.used or before(example) or CHANNEL_PLACEHOLDER in example.path)
    plain = example.host_allowed and example.well_formed and example.method != "HEAD"
    return settled and plain and _is_text(situation(example).request, example)


def _is_text(request: Request, example: Example) -> bool:
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return False
    written = {name.lower() for name in example.headers}
    readable = text.isprintable() and "###" not in text and "{{" not in text
    return readable and len(text) <= LONGEST and not written & LEFT_TO_THE_TOOL
