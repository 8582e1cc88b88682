"""What a reader hands on: a request as it was sent, or an error that was reported."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import unquote

from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.explanation import Context, PlatformAnswer
from ringback_explain.meant.body import is_token_request, token_fields
from ringback_explain.table import table

_WORD = r"[a-z][\w-]{0,40}"
_SCOPE_NAME = rf"(?:['\"`*]{{0,2}}{_WORD}(?::{_WORD}){{1,3}}['\"`*]{{0,2}}|['\"`]{_WORD}['\"`])"
_BETWEEN_NAMES = r"(?:[ \t]*,\s*(?:and[ \t]+)?|[ \t]*\s(?:and|or|[-*\u2022+/|&])[ \t]+|[ \t]+)"
_BEFORE = {"scope": r"\b", "permission": r"(?<![A-Za-z])(?:\w{1,20}_)?"}
JSON_TYPE = "application/json"
Headers = Mapping[str, str]
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.DOTALL)
"""The parts of a URL (RFC 3986, appendix B); unlike a URL library it has no objection to anything."""
_TEMPLATE = re.compile(r"^(?:[A-Za-z]+://)?(?:\{\{.*?\}\}|\$\{.*?\}|\$\w+|\{\w*\}|<.*?>|%\w+%)$")
_FORM = re.compile(r"[\w.\[\]-]+=[^&\n]*(?:&[\w.\[\]-]+=[^&\n]*)*")


@lru_cache(maxsize=2)
def names_called(word: Literal["scope", "permission"], text: str) -> tuple[str, ...]:
    """The names in the order of the text, written like scopes and called so: ``Scopes: a:b, c:d``.

    Remembered for the last text, since many requests may stand in one.
    """
    if word not in text.lower():
        return ()
    called = rf"{_BEFORE[word]}{word}s?\b"
    behind = (
        rf"(?i:{called}[\"'`*]{{0,4}}[\s:=|\[(*\u2022-]{{0,8}}"
        r"(?:(?:is|are|of|like|e\.g\.|including|named|called)[ \t:]+)?"
        rf"[\s\[(*\u2022-]{{0,8}}({_SCOPE_NAME}(?:{_BETWEEN_NAMES}{_SCOPE_NAME})*))"
    )
    runs = [*re.findall(behind, text), *re.findall(rf"({_SCOPE_NAME})[ \t]+{called}", text)]
    names = (name for run in runs for name in re.findall(r"[A-Za-z][\w-]*(?::[A-Za-z][\w-]*)+", run))
    return tuple(dict.fromkeys(names))


def said(name: str, **facts: object) -> str:
    """A text of the table with its facts filled in."""
    texts = table("read/texts")
    return str(texts[name]).format(looked_for=texts["looked-for"], **facts)


class ReadError(ValueError):
    """The text holds nothing that can be explained: what was looked for, and what is amiss."""

    def __init__(self, name: str, **facts: object) -> None:
        super().__init__(said(name, **facts))


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """One request that was found in a text; ``what`` says what it was read as.

    ``answer`` is the refusal that stands beside it.
    """

    request: Request
    what: str
    context: Context = field(default_factory=Context)
    answer: PlatformAnswer | None = None


@dataclass(frozen=True, slots=True)
class FoundError:
    """An answer of the platform that was found in a text, without the request that it answers."""

    what: str
    answer: PlatformAnswer
    text: str = field(default="", repr=False)


Found = FoundRequest | FoundError


def encoded(value: Any) -> bytes:
    """A value as the JSON that a library would send."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Address:
    """A method and a URL as they stand in a text."""

    method: str = "POST"
    url: str = CALLS_PATH

    @property
    def parts(self) -> tuple[str, str, str]:
        """The authority, the decoded path and the query."""
        found = _URL.match(self.url.strip())
        authority, path, query = found.groups() if found else ("", "", "")
        is_template = bool(_TEMPLATE.match(authority))
        is_host = is_template or "." in authority or ":" in authority or authority == "localhost"
        if not is_host and (not path.startswith("/") or authority in ("api", "oauth")):
            authority, path = "", f"/{authority}{path}"
        path = unquote(path)
        # A template in place of the host may stand for the beginning of the path too.
        if is_template and route("POST", f"/api/v2{path}").known:
            path = f"/api/v2{path}"
        return authority, path or "/", query or ""

    def request(self, headers: Headers, body: bytes) -> Request:
        """The request that goes there; header names are in any case."""
        _, path, query = self.parts
        lower = {name.strip().lower(): value.strip() for name, value in headers.items()}
        return Request(self.method.upper(), path, lower, body, query)


def usual_type(body: str) -> str:
    """The media type of a body that is shown without one: people leave this header out most of all."""
    return FORM_TYPE if _FORM.fullmatch(body.strip()) else JSON_TYPE


def context_of(address: Address, request: Request, text: str, **hints: Any) -> Context:
    """What is known beside the request: its URL, the text around it, and the grant where it names one."""
    asked = token_fields(request.body) if is_token_request(request.path, request.body) else {}
    asked_scopes = asked.get("scope", "").split()
    return Context(
        url=address.url if address.parts[0] else None,
        grant=hints.get("grant") or asked.get("grant_type"),
        scopes=tuple(hints.get("scopes") or asked_scopes or names_called("scope", text)),
        permissions=names_called("permission", text),
        text=text,
        unread=tuple(hints.get("unread") or ()),
    )
