"""In what two answers to the same request differ, ids and times excepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ringback_client.transport import Reply
from ringback_harness.check.expectation import CORRELATION, ENVELOPE
from ringback_harness.check.reasons import ERRORS

HEADERS = (CORRELATION, "Allow", "Retry-After", "WWW-Authenticate")
"""Headers of the contract, whose presence is compared; what servers and gateways add is theirs."""
QUOTA = ("inin-ratelimit-allowed", "inin-ratelimit-count", "inin-ratelimit-reset")
"""Headers of an org with a rate limit, which it may have or not."""
RULE = "Ringback-Rule"
"""The header by which a Ringback names the rule that refuses."""
ENVELOPE_KEYS = frozenset(name for name, _ in ENVELOPE)
KINDS = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


class Aspect(StrEnum):
    """What of an answer is compared."""

    ANSWER = "status and code"
    ENVELOPE = "envelope"
    HEADERS = "headers"
    SHAPE = "body shape"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One aspect in which two answers differ, with what each says."""

    aspect: Aspect
    mock: str
    target: str


def differences(mock: Reply, target: Reply, *, moment: bool = False) -> list[Deviation]:
    """Every aspect in which the answers differ; where status or code do, nothing else is compared.

    The same status and code by two rules, where both sides name theirs, are two answers. A ``moment`` is an
    answer that depends on when it was asked, or of whom: its body is not compared.
    """
    said = answer(mock), answer(target)
    rules = mock.headers.get(RULE), target.headers.get(RULE)
    if said[0] == said[1] and all(rules) and rules[0] != rules[1]:
        said = f"{said[0]} by {rules[0]}", f"{said[1]} by {rules[1]}"
    if said[0] != said[1]:
        return [Deviation(Aspect.ANSWER, *said)]
    found = _finer(mock, target)
    return [deviation for deviation in found if not (moment and deviation.aspect is Aspect.SHAPE)]


def answer(reply: Reply) -> str:
    """The status, and the code of a refusal."""
    code = reply.document.get("code") if reply.status >= ERRORS else None
    return f"{reply.status} {code}" if isinstance(code, str) else str(reply.status)


def _finer(mock: Reply, target: Reply) -> Iterator[Deviation]:
    pairs = (
        (Aspect.ENVELOPE, _envelope(mock), _envelope(target)),
        (Aspect.HEADERS, _headers(mock, target), _headers(target, mock)),
        (Aspect.SHAPE, _rest(mock), _rest(target)),
    )
    for aspect, ours, theirs in pairs:
        if ours != theirs:
            yield Deviation(aspect, _only(ours, theirs), _only(theirs, ours))


def _headers(reply: Reply, other: Reply) -> Mapping[str, str]:
    """The headers of the contract that are there, and the media type.

    What only some orgs send counts where the ``other`` reply has it, too.
    """
    names = HEADERS + QUOTA if any(name in other.headers for name in QUOTA) else HEADERS
    found = {name: "there" for name in names if name in reply.headers}
    media_type = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return found | {"Content-Type": media_type} if media_type else found


def _envelope(reply: Reply) -> Mapping[str, str]:
    """The fields of an error's body, with their types, or as what they repeat of the reply's head."""
    if reply.status < ERRORS:
        return {}
    fields = {name: value for name, value in reply.document.items() if name in ENVELOPE_KEYS}
    found = {name: kind(value) for name, value in fields.items()}
    if "status" in fields:
        found["status"] = _status(fields["status"], reply.status)
    if "contextId" in fields:
        repeats = fields["contextId"] == reply.headers.get(CORRELATION, fields["contextId"])
        found["contextId"] = f"the {CORRELATION}" if repeats else f"not the {CORRELATION}"
    return found


def _status(said: Any, status: int) -> str:
    return "the HTTP status" if said == status else f"{said!r} under HTTP {status}"


def _rest(reply: Reply) -> Mapping[str, str]:
    """Every place in the body with its type; of an error, what its details name."""
    if reply.status < ERRORS:
        return dict(_places("", _value(reply)))
    return dict(_places("details", reply.document.get("details"), values=True)) | {
        name: kind(value) for name, value in reply.document.items() if name not in ENVELOPE_KEYS
    }


def _value(reply: Reply) -> Any:
    try:
        return reply.json()
    except (ValueError, RecursionError):
        return "(no JSON)" if reply.body else None


def _places(path: str, value: Any, *, values: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(f"{path}.{name}" if path else name, member, values=values)
    elif isinstance(value, list):
        for item in value:
            yield from _places(f"{path}[]", item, values=values)
    else:
        yield path, str(value) if values else kind(value)


def kind(value: Any) -> str:
    """The JSON type of a value."""
    return KINDS.get(type(value), "number")


def _only(these: Mapping[str, str], others: Mapping[str, str]) -> str:
    """What these have that the others have not, or have otherwise."""
    found = [f"{name}: {value}" for name, value in these.items() if others.get(name) != value]
    return ", ".join(sorted(found)) or "(nothing)"
