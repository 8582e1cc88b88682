"""Find what a text speaks of: the method and the URL beside a body, a grant, or an error that was met."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ringback_contracts.catalogue import TABLE, route
from ringback_contracts.http.sdk_operations import operation_named
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.codes import error_codes
from ringback_explain.explanation import PlatformAnswer
from ringback_explain.meant.placeholders import stand_in
from ringback_explain.read.found import Address, FoundError
from ringback_explain.table import pattern, table

_LETTER = r"(?:<[\w -]+>|[^\s'\"`<>,()\[\]])"
_PIECE = rf"{_LETTER}{{0,300}}"
_LEADS_THERE = re.compile(rf"/(?:[a-z]*api)/|{TOKEN_PATH}", re.IGNORECASE)
_URL = re.compile(rf"{_PIECE}(?:{_LEADS_THERE.pattern}){_PIECE}", re.IGNORECASE)
_RUN = re.compile(rf"{_LETTER}++")
"""What a URL can be a part of: most have none in them, which is seen at a glance."""
_METHOD_AROUND = re.compile(r"\bmethod['\"]?\s*[:=]\s*['\"](get|post|put|patch|delete)['\"]", re.IGNORECASE)
_GLUED = re.compile(rf"(?<={CALLS_PATH})[a-z]+$")
"""A word that stands right behind the path, as pages do that lose their blanks when they are copied."""
_PAGES = re.compile(r"//(?:developer|docs?|forum|community|help|github|www)\.", re.IGNORECASE)
_CALLS = re.compile(r"/calls?\b", re.IGNORECASE)
_SDK_FOR_USER = re.compile(r"post_?conversations_?calls_?user_?user_?id", re.IGNORECASE)
LONGEST_ERROR = 20_000
"""Characters of a text in which the operation of an error is looked for."""
_OAUTH_CODES = "invalid_client invalid_grant invalid_request unauthorized_client unsupported_grant_type"
_MEANT = {"requires a user context": "not.a.user"}
"""What the platform says in words that are no rule's, and the code that goes with it."""


def address(text: str, *, token: bool = False) -> Address:
    """Where the request of a text goes; where it does not say, a call is placed, or a token asked for."""
    if found := _addresses(text):
        return min(found, key=lambda each: _rank(each.url, token=token))
    if token:
        return Address("POST", TOKEN_PATH)
    for_user = f"{CALLS_PATH}/user/{stand_in('userId')}"
    return Address("POST", for_user if _SDK_FOR_USER.search(text) else CALLS_PATH)


def is_api_url(url: str) -> bool:
    """Whether a URL or path leads to an API, and not to a page about one."""
    return bool(_URL.fullmatch(url)) and not _PAGES.search(url)


def operation(text: str) -> str | None:
    """The id of the SDK's operation that a text names, as an error of the SDK does, or a line of a log."""
    told = text[:LONGEST_ERROR]
    names = (name.replace("_", "") for name in pattern("operation").findall(told))
    if (named := next((known.id for name in names if (known := operation_named(name))), None)) is not None:
        return named
    routes = (route(method, path) for method, path in pattern("request-line").findall(told))
    return next(
        (found.operation.id if found.operation else found.unserved for found in routes if found.known), None
    )


def grant(text: str) -> str | None:
    """The grant of the token that the text speaks of, where it says so plainly."""
    said = table("read/keys")["client-credentials"]
    return "client_credentials" if re.search(said, text) else None


def _addresses(text: str) -> list[Address]:
    around = _METHOD_AROUND.search(text)
    found = []
    for run in _RUN.finditer(text):
        for url in _URL.finditer(text, *run.span()) if _LEADS_THERE.search(run[0]) else ():
            before = pattern("method-before").search(text[max(0, url.start() - 20) : url.start()])
            method = next((each for each in (before, around) if each), None)
            named = next(filter(None, method.groups()), "POST") if method else "POST"
            if not _PAGES.search(url[0]):
                found.append(Address(named.upper(), _GLUED.sub("", url[0].rstrip(".,;:"))))
    return found


def _rank(url: str, *, token: bool) -> int:
    """0 for what the body is meant for; the order of the text decides among equals."""
    if TOKEN_PATH in url:
        return 0 if token else 3
    return 1 if _CALLS.search(url) else 2


def reported(text: str) -> FoundError | None:
    """The error that the text tells of; none where it names no status, no code and no message."""
    lower = text.lower()
    found = pattern("status").search(text)
    status = int(next(group for group in found.groups() if group)) if found else None
    codes = sorted({rule.code for rule in TABLE} | error_codes().keys(), key=len, reverse=True)
    messages = sorted({rule.message for rule in TABLE if "{" not in rule.message}, key=len, reverse=True)
    said = _MEANT.get(_first(_MEANT, lower) or "")
    code = _first(codes + _OAUTH_CODES.split(), lower) or _field(pattern("code-field"), text) or said
    message = _first(messages, lower) or _field(pattern("message-field"), text)
    named = (_field(pattern("rule"), text) or "").rstrip(".")
    words = (named, *pattern("dotted").findall(text))
    rule = next((word for word in words if word in TABLE.by_id and word not in error_codes()), None)
    if status is None and code is None and message is None and rule is None:
        return None
    answer = PlatformAnswer(status, code, message, rule, operation=operation(text))
    return FoundError("the report of an error", answer, text)


def _first(known: Iterable[str], lower: str) -> str | None:
    return next((text for text in known if text.lower() in lower), None)


def _field(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
