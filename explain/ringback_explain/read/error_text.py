"""Read an error that was reported: an exception's text, a log line, or the words of somebody who saw it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ringback_contracts.catalogue import TABLE
from ringback_explain.codes import error_codes
from ringback_explain.explanation import PlatformAnswer
from ringback_explain.read import mention
from ringback_explain.read.found import FoundError

_STATUS = re.compile(
    r"\bHTTP(?:/[\d.]+)?[ :=]+([45]\d\d)\b"
    r"|\bstatus(?:[ _-]?code)?\W{1,4}([45]\d\d)\b"
    r"|\((4\d\d|5\d\d)\)"
    r"|\b([45]\d\d)\b(?=[ :,-]+(?:[A-Z][a-z]|[a-z]+\.[a-z]))"
    r"|^[^\w\n]*+([45]\d\d)\b",
    re.IGNORECASE | re.MULTILINE,
)
_CODE_FIELD = re.compile(r"['\"]?(?:error_?)?code['\"]?\s*[:=]\s*['\"]?([A-Za-z_][\w.]+)", re.IGNORECASE)
_RULE = re.compile(r"(?:Ringback-Rule\W+|\brule )([a-z0-9.-]+)", re.IGNORECASE)
_OAUTH_CODES = "invalid_client invalid_grant invalid_request unauthorized_client unsupported_grant_type"
_CODES = sorted({rule.code for rule in TABLE} | error_codes().keys(), key=len, reverse=True)
_CODES += _OAUTH_CODES.split()
_MESSAGE_FIELD = re.compile(r"['\"]message['\"]\s*:\s*\"((?:\\\\.|[^\"\\\\\n]){1,300})\"")
_MESSAGES = sorted({rule.message for rule in TABLE if "{" not in rule.message}, key=len, reverse=True)
_MEANT = {"requires a user context": "not.a.user"}
"""What the platform says in words that are no rule's, and the code that goes with it."""


def reported(text: str) -> FoundError | None:
    """The error that the text tells of; none where it names no status, no code and no message."""
    lower = text.lower()
    found = _STATUS.search(text)
    status = int(next(group for group in found.groups() if group)) if found else None
    code = _first(_CODES, lower) or _field(_CODE_FIELD, text) or _MEANT.get(_first(_MEANT, lower) or "")
    message = _first(_MESSAGES, lower) or _field(_MESSAGE_FIELD, text)
    named = (_field(_RULE, text) or "").rstrip(".")
    rule = named if named in TABLE.by_id else None
    if status is None and code is None and message is None and rule is None:
        return None
    answer = PlatformAnswer(status, code, message, rule, operation=mention.operation(text))
    return FoundError("the report of an error", answer, text)


def _first(known: Iterable[str], lower: str) -> str | None:
    return next((text for text in known if text.lower() in lower), None)


def _field(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
