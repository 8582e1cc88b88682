"""What a mock refused during a test: as values, and in lines that say why and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.catalogue import TABLE

Json = dict[str, Any]
LONGEST = 120
"""Characters of a value that are shown."""
MEANT = (
    "if it was meant, say so: with pytest.raises(...) around the call, or by ringback.refusals(), which "
    "looks at all of them"
)


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """One request that was answered with an error.

    ``rule`` refused it, if one did; ``pointer`` says where (a JSON pointer, the name of a header, ``path``),
    ``value`` what stood there, as far as the journal still holds it, ``detail`` what is wrong with it.
    ``exchange`` is all that the journal holds, redacted.
    """

    id: str
    method: str
    path: str
    status: int
    rule: str | None = None
    fault: str | None = None
    pointer: str = ""
    detail: str = ""
    value: Any = None
    exchange: Json = field(default_factory=dict, repr=False, hash=False)

    @property
    def fix(self) -> str:
        """What to do about it; empty where no rule refused it."""
        found = TABLE.by_id.get(self.rule or "")
        return found.fix if found else ""

    @classmethod
    def read(cls, exchange: Json) -> RefusedRequest:
        """A refusal as an exchange of the journal shows it."""
        request, response, verdict = exchange["request"], exchange["response"], exchange.get("verdict") or {}
        pointer = verdict.get("pointer") or ""
        return cls(
            exchange["id"],
            request["method"],
            request["path"],
            response["status"],
            response["headers"].get("Ringback-Rule"),
            response["headers"].get("Ringback-Fault"),
            pointer,
            verdict.get("detail") or "",
            _value(request, pointer),
            exchange,
        )

    def lines(self) -> Iterator[str]:
        """The request in a line, and below it what was wrong, what to do and where more is told."""
        yield f"  {self.method} {self.path} -> {self.status} {self.rule or 'no rule'}"
        if self.pointer:
            yield f"    at    {self.pointer}" + ("" if self.value is None else f": {_short(self.value)}")
        if self.detail:
            yield f"    what  {self.detail}"
        if self.fix:
            yield f"    fix   {self.fix}"
            yield f"    more  ringback rules {self.rule}"


def told(lines: Iterable[str]) -> str:
    """What a test is told that overlooked refusals."""
    return "\n".join(("the mock refused what this test never looked at:", *lines, MEANT))


def _value(request: Mapping[str, Any], pointer: str) -> Any:
    """What stands at the place in the request, or nothing."""
    if not pointer.startswith("/"):
        return next((value for name, value in request["headers"].items() if name == pointer.lower()), None)
    try:
        value = json.loads(request["body"])
        for step in pointer[1:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            value = value[int(name)] if isinstance(value, list) else value[name]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
