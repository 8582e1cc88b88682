"""Secrets in text, by what stands before them."""

from __future__ import annotations

import re

from ringback_contracts.privacy.names import is_error_code

HIDDEN = "***"

# Every pattern takes time in proportion to the text, whatever that is: where one could be tried again from
# many places, it takes the whole stretch (and a function decides), or is bounded or possessive.

_JOINT = r"(?:[-_]|%5F)?"
_TELLING = (
    rf"(?:client|access|refresh|id|api|auth|private|session|csrf|security){_JOINT}(?:secret|token|key)"
    rf"|code{_JOINT}verifier|client{_JOINT}assertion"
)
_ORDINARY = r"authorization|assertion|code|cookie|password|passwd|pwd|secret|token"
_QUOTE = r"""\\{0,8}["']"""
_VALUE = rf"""(?:(?P<quote>{_QUOTE})(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\]))*)|(?P<bare>[^\s&"<>]+))"""
_HARMLESS = re.compile(r"(?:null|none|true|false|[0-9]{1,3})[,;)}\]]*", re.IGNORECASE)
_ASSIGNED = tuple(
    re.compile(pattern + _VALUE, re.IGNORECASE | re.DOTALL)
    for pattern in (
        # A name that can only mean a secret counts anywhere; an ordinary word as a quoted key, or before "=".
        rf"""(?P<name>{_TELLING})(?P<gap>(?:{_QUOTE})?\s*[:=]\s*)""",
        rf"""(?<=["'])(?P<name>{_ORDINARY})(?P<gap>{_QUOTE}\s*[:=]\s*)""",
        rf"""(?<![\w.-])(?P<name>{_ORDINARY})(?P<gap>=)""",
    )
)
_SPACE = r"(?:[ \t]|%20|\+)++"
_WORD = r"""[^\s"'\\<>]+"""
_SPEAKS = r"""(?:\w+=["']|tokens?(?:'s)?[.,:;'"]*(?=\s|\Z))"""
"""What stands behind "bearer" in a challenge, or in a sentence about a bearer token: no secret."""
_BEARER = re.compile(rf"(bearer{_SPACE})(?!{_SPEAKS}){_WORD}", re.IGNORECASE)
_BASIC = re.compile(rf"(basic{_SPACE})({_WORD})", re.IGNORECASE)
_PROSE = re.compile(r"[A-Za-z]?[a-z]*[.,;:]?")
_URL_PASSWORD = re.compile(r"""(://)[^\s/@"']+(@?)""")
_SIP_PASSWORD = re.compile(r"""(sips?:[^\s:@"']*:)[^\s@"']+(@?)""", re.IGNORECASE)
_CURL_PASSWORD = re.compile(r"""((?:^|\s)(?:-u|--user|--proxy-user)[\s=]*+["']?[^\s:"']+:)[^\s"']+""")
_OPTION = re.compile(
    r"""(?<![\w-])(?P<name>--?[a-z-]{0,24}?(?:token|secret|password|api-?key))(?P<gap>[ \t]++)"""
    r"""(?P<quote>["']?)(?P<value>[^\s"']+)""",
    re.IGNORECASE,
)
"""An option of a command line, whose value stands behind a space."""

_SUSPECT = re.compile(rf"bearer|basic|://|sips?:|-u|key|{_ORDINARY}", re.IGNORECASE)
"""What stands somewhere in every text with a secret: most texts have none of it, and are done with."""


def without_secrets(text: str) -> str:
    """The text without secrets; what is hidden already stays as it is."""
    if not _SUSPECT.search(text):
        return text
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _BASIC.sub(_without_credentials, text)
    text = _URL_PASSWORD.sub(_without_password, text)
    text = _SIP_PASSWORD.sub(_without_password, text)
    text = _CURL_PASSWORD.sub(rf"\1{HIDDEN}", text)
    text = _OPTION.sub(rf"\g<name>\g<gap>\g<quote>{HIDDEN}", text)
    for assigned in _ASSIGNED:
        text = assigned.sub(_without_value, text)
    return text


def _without_credentials(found: re.Match[str]) -> str:
    """Credentials hidden, prose such as "basic auth" left alone."""
    return found[0] if _PROSE.fullmatch(found[2]) and not _is_credentials(found[2]) else found[1] + HIDDEN


def _is_credentials(word: str) -> bool:
    from base64 import b64decode

    try:
        return b":" in b64decode(word, validate=True)
    except ValueError:
        return False


def _without_password(found: re.Match[str]) -> str:
    return found[1] + HIDDEN + found[2] if found[2] else found[0]


def _without_value(found: re.Match[str]) -> str:
    value = found["quoted"] if found["quote"] else found["bare"]
    if not value or _HARMLESS.fullmatch(value):
        return found[0]
    if ":" in found["gap"] and is_error_code(found["name"], value):
        return found[0]
    return found["name"] + found["gap"] + (found["quote"] or "") + HIDDEN
