"""Tell how code sends the object that is its body: as JSON, or as what a client makes of a bare object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ringback_explain.read.assigned import assembled
from ringback_explain.read.found import FORM_TYPE, FoundRequest
from ringback_explain.read.literal import values_after

MULTIPART_TYPE = "multipart/form-data"
_LONGEST_CALL = 3_000
"""Characters before a body in which the call around it is looked for."""
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_ASSIGNED = re.compile(r"(?<![\w.$])(\$?[A-Za-z_]\w{0,60})\s*:?=\s*(?=[{\[]|array\()")
_MADE_JSON = r"\s*=\s*(?:json\.dumps|JSON\.stringify|json_encode)"
_TYPE_GIVEN = re.compile(
    r"[\"']content-type[\"']?\s*\]?\s*(?:=>|[:=,])\s*[\"']?([\w.+-]+/[\w.+-]+(?:\s*;\s*charset=[\w-]+)?)",
    re.IGNORECASE,
)
_POSTS = re.compile(r"\.(?:post|put|patch|request)\s*$")
_FETCHES = re.compile(r"(?<![\w$.])(?:(?:window|globalThis|self)\.)?fetch\($")
_NAMED_BEFORE = re.compile(r"(?<![\w.$])([A-Za-z_$]\w{0,60})(?:\s*:\s*\w+)?\s*=\s*$")


@dataclass(frozen=True, slots=True)
class _Way:
    """What stands before a body that is sent so, where that counts, and what is made of the body."""

    before: str
    made: Callable[[dict[str, Any]], str]
    media: str = FORM_TYPE
    counts: Callable[[str, int], bool] | None = None


def as_sent(reading: FoundRequest, written: Any, body: Any, text: str) -> FoundRequest:
    """The reading with the body and the media type that really go out.

    ``written`` is the body as the code has it, and ``body`` the same with its variables filled in.
    """
    way = next((way for way in _WAYS if _is_used(way, written, text)), None)
    if way is None:
        return reading
    given = _TYPE_GIVEN.search(text)
    media = given[1] if given else way.media
    request = replace(
        reading.request,
        headers={**reading.request.headers, "content-type": media},
        body=way.made(body).encode("utf-8", "replace"),
    )
    return replace(reading, request=request)


def _is_used(way: _Way, body: Any, text: str) -> bool:
    places = re.compile(rf"(?:{way.before})(?=[{{\[]|array\()")
    uses = [at.end() for at, value in values_after(text, places) if value == body]
    uses += [
        use.start("name")
        for name in _names(body, text)
        for use in re.finditer(rf"(?:{way.before})(?P<name>{re.escape(name)})(?![\w.(\[]|\s*=)", text)
    ]
    return any(way.counts is None or way.counts(text, at) for at in uses)


def _names(body: Any, text: str) -> set[str]:
    """The variables that hold the body, and no text that was made of it."""
    names = {at[1] for at, value in values_after(text, _ASSIGNED) if value == body}
    names |= {name for name, value in assembled(text).items() if value == body}
    return {name for name in names if not re.search(rf"(?<![\w$]){re.escape(name)}{_MADE_JSON}", text)}


def _openings(text: str, at: int) -> Iterator[int]:
    """Where the brackets begin that are open at a place, the innermost first."""
    closed: list[str] = []
    for here in range(at - 1, max(0, at - _LONGEST_CALL) - 1, -1):
        if text[here] in ")]}":
            closed.append(text[here])
        elif text[here] in _CLOSED_BY:
            if not closed:
                yield here
            elif closed[-1] == _CLOSED_BY[text[here]]:
                closed.pop()


def _in_post(text: str, at: int) -> bool:
    """Whether the argument is one of a call such as ``requests.post(...)``."""
    around = next(_openings(text, at), None)
    return around is not None and text[around] == "(" and bool(_POSTS.search(text[:around]))


def _in_fetch(text: str, at: int) -> bool:
    """Whether the entry is one of the options of ``fetch``, which stand in its call or have a name."""
    around = _openings(text, at)
    options, call = next(around, None), next(around, None)
    if options is None or text[options] != "{":
        return False
    if call is not None and _FETCHES.search(text[: call + 1]):
        return True
    named = _NAMED_BEFORE.search(text[max(0, options - 200) : options])
    return bool(named and re.search(rf"(?<![\w$.])fetch\([^;]{{0,300}},\s*{re.escape(named[1])}\s*\)", text))


def _python_form(body: dict[str, Any]) -> str:
    return urlencode({key: value for key, value in body.items() if value is not None}, doseq=True)


def _script_form(body: dict[str, Any]) -> str:
    return urlencode({key: _script_text(value) for key, value in body.items()})


def _script_text(value: Any) -> str:
    """The text that JavaScript makes of a value."""
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join(map(_script_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _php_form(body: dict[str, Any]) -> str:
    return urlencode({key: _php_text(value) for key, value in body.items()})


def _php_text(value: Any) -> str:
    if isinstance(value, dict | list):
        return "Array"
    return ("1" if value else "") if value is None or isinstance(value, bool) else str(value)


_WAYS = (
    _Way(r"(?<!\$\{)(?<!\+ )\bnew\s+URLSearchParams\(\s*", _script_form),
    _Way(r"\bdata\s*=\s*", _python_form, counts=_in_post),
    _Way(r"\brequests\.(?:post|put|patch)\([^,()]{1,300},\s*", _python_form),
    _Way(r"\bCURLOPT_POSTFIELDS\s*(?:,|=>)\s*", _php_form, MULTIPART_TYPE),
    _Way(r"\bbody\s*:\s*|[{,]\s*(?=body\s*[,}])", _script_text, "text/plain;charset=UTF-8", _in_fetch),
)
