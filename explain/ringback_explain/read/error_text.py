"""Read an error that was reported: an exception's text, a log line, or the words of somebody who saw it."""

from __future__ import annotations

import re

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
_CODES = sorted({rule.code for rule in TABLE} | error_codes().keys(), key=len, reverse=True)
_MESSAGE_FIELD = re.compile(r"['\"]message['\"]\s*:\s*\"((?:\\\\.|[^\"\\\\\n]){1,300})\"")
_MESSAGES = sorted({rule.message for rule in TABLE if "{" not in rule.message}, key=len, reverse=True)
_MEANT = (("requires a user context", "not.a.user"),)
"""What the platform says in words that are no rule's, and the code that goes with it."""
_OAUTH_CODES = (
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "unauthorized_client",
    "unsupported_grant_type",
)


def reported(text: str) -> FoundError | None:
    """The error that the text tells of; none where it names no status, no code and no message."""
    status, code, message, rule = _status(text), _code(text), _message(text), _rule(text)
    if status is None and code is None and message is None and rule is None:
        return None
    answer = PlatformAnswer(status, code, message, rule, operation=mention.operation(text))
    return FoundError("the report of an error", answer, text)


def _status(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


def _code(text: str) -> str | None:
    lower = text.lower()
    known = next((code for code in (*_CODES, *_OAUTH_CODES) if code in lower), None)
    field = _CODE_FIELD.search(text)
    meant = next((code for words, code in _MEANT if words in lower), None)
    return known or (field[1] if field else meant)


def _message(text: str) -> str | None:
    lower = text.lower()
    known = next((message for message in _MESSAGES if message.lower() in lower), None)
    field = _MESSAGE_FIELD.search(text)
    return known or (field[1] if field else None)


def _rule(text: str) -> str | None:
    found = _RULE.search(text)
    named = found[1].rstrip(".") if found else ""
    return named if named in TABLE.by_id else None
