"""Secrets that the place where they stand tells: in code, protocols, files of programs, and addresses."""

from __future__ import annotations

import re

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.privacy.names import names_secret, words_of
from ringback_contracts.privacy.shapes import HIDDEN, Hide, looks_random

# Every repetition is bounded or possessive, so that a pattern takes time in proportion to the text.

_STRING = r"""[bru]?\\{0,4}["'`](?P<value>[^"'`\\\n]{1,256})"""
_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # code
    ("securestring", re.compile(rf"securestring[ (]{{1,3}}(?:-string )?{_STRING}", re.IGNORECASE)),
    (
        "auth",
        re.compile(
            rf"auth(?:entication|orization)?(?:[ ]?[=:][ ]?\[?\(?|\()[ ]?"
            rf"[bru]?[\"'][^\"'\n]{{1,128}}[\"'],\s*{_STRING}",
            re.IGNORECASE,
        ),
    ),
    (
        "(",
        re.compile(
            r"(?:btoa|b64encode|base64\w{0,10})\([bru]?[\"'`][^\"'`:\n]{1,128}:(?P<value>[^\"'`\n]{1,256})",
            re.IGNORECASE,
        ),
    ),
    # protocols
    ("auth", re.compile(r"\bAUTH(?:ENTICATE)? (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER) (?P<value>[\w+/=-]{4,})")),
    ("login", re.compile(r"^\w{1,8} LOGIN \S{1,128} \"?(?P<value>[^\s\"]{1,128})\"?\s*$", re.MULTILINE)),
    (
        ",",
        re.compile(
            r"(?<![\w-])(?:bearer|(?:access|id|auth)[_-]?token)\"?, ?\"?"
            r"(?P<value>(?=[\w.~+/=-]{0,64}?[0-9])[\w.~+/=-]{8,})",
            re.IGNORECASE,
        ),
    ),
    # files of programs
    ("wifi:", re.compile(r"\bWIFI:[^\n]{0,128}?P:(?P<value>(?:\\.|[^;\\\n]){1,128})", re.IGNORECASE)),
    (
        "\t",
        re.compile(
            r"^\S{1,256}\t(?:TRUE|FALSE)\t\S{1,256}\t(?:TRUE|FALSE)\t[0-9]{1,20}\t\S{1,256}\t(?P<value>\S++)",
            re.MULTILINE,
        ),
    ),
    # sentences
    (
        "code",
        re.compile(
            r"(?<![\w-])(?P<value>(?:[A-Z]{1,3}-)?[0-9]{4,8}) is your (?!order|error|area|postal)"
            r"(?:[\w-]{1,40} ){0,4}"
            r"(?:code|passcode|pin|otp)\b",
            re.IGNORECASE,
        ),
    ),
)
"""Each with what stands in every text that it finds something in."""
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("(", re.compile(rf"\b(?:set|with|put|add)(?P<name>[A-Z_]\w{{1,64}}+)\(\s{{0,20}}{_STRING}")),
    (
        "{",
        re.compile(
            r"\"(?P<name>[\w.-]{2,80})\"\s{0,4}\{[^{}]{0,400}?\b(?:default|value)\s{0,8}=\s{0,8}\"(?P<value>[^\"\n]{1,256})"
        ),
    ),
    (
        '""',
        re.compile(
            r"(?<![\w.-])(?P<name>[\w.-]{2,80}+)(?:\"\")?\s?[:=]\s?\"\"(?P<value>[^\"\n]{1,256}+)\"\""
        ),
    ),
    (
        "|",
        re.compile(r"\|[ ]?(?P<name>[\w.-]{2,80}+)[ ]?\|[ ]?(?P<value>(?=[^|\s]{0,64}?[0-9])[^|\s]{4,256}+)"),
    ),
)
"""The same, of what a telling name is needed for as well."""
_SEGMENT = re.compile(r"/(?P<name>[A-Za-z][\w-]{2,40})/(?P<value>[\w-]{16,256}+)(?![\w.])")
_OPAQUE = re.compile(r"(?=[A-Za-z]{0,64}[0-9][A-Za-z]{0,64}[0-9])[A-Za-z0-9]+")
"""A word without a break, and with more than one digit: no title of a page."""
_LEADING = frozenset(
    [
        "reset",
        "verify",
        "verification",
        "confirm",
        "confirmation",
        "magic",
        "unlock",
        "activate",
        "activation",
        "invite",
        "invitation",
        "webhook",
        "incomingwebhook",
        "hook",
        "hooks",
        "unsubscribe",
    ]
)
"""Words of an address before what only its reader may know."""


def without_placed(text: str, hide: Hide) -> str:
    """The text without what its place tells to be secret; what is hidden already stays as it is."""
    lowered = text.lower()
    for hint, pattern in _PLACES:
        if hint in lowered:
            text = pattern.sub(lambda found: _hidden(found, hide), text)
    for hint, pattern in _NAMES:
        if hint in lowered:
            text = pattern.sub(lambda found: _named(found, hide), text)
    return _SEGMENT.sub(lambda found: _segment(found, hide), text) if "/" in text else text


def _named(found: re.Match[str], hide: Hide) -> str:
    return _hidden(found, hide) if names_secret(found["name"]) else found[0]


def _segment(found: re.Match[str], hide: Hide) -> str:
    """A part of a path, which is an id as a rule."""
    words = words_of(found["name"])
    leads = not _LEADING.isdisjoint([*words, "".join(words)]) or names_secret(found["name"])
    opaque = _OPAQUE.fullmatch(found["value"]) or looks_random(found["value"])
    return _hidden(found, hide) if leads and opaque and not is_uuid(found["value"]) else found[0]


def _hidden(found: re.Match[str], hide: Hide) -> str:
    value = found["value"]
    if not value.replace(HIDDEN, "").strip():
        return found[0]
    start, end = found.start("value") - found.start(), found.end("value") - found.start()
    return f"{found[0][:start]}{hide(value)}{found[0][end:]}"
