"""Hide secrets and people's phone numbers in what is logged, kept or shown.

Secrets are bearer tokens, Basic credentials, passwords in URIs, cookies, and the values of names that say so
(``_SECRET_NAME``), as JSON, as a form or as text. A phone number is a run of seven digits or more, separators
between them included; what stays is its plus, up to four digits in front and the last two. UUIDs and times
of ISO 8601 stay, and so do international numbers of a reserved range, which are nobody's. When in doubt
something is hidden: seconds since 1970 look like a number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ringback_contracts.numbers.reserved import reserved_range
from ringback_contracts.written import Members

HIDDEN = "***"

_SECRET_NAME = re.compile(
    r"code|codeverifier|(?:.*(?:apikey|assertion|authorization|cookie|credentials?|passwd|password|passphrase"
    r"|privatekey|pwd|secret|secretkey|token))"
)
"""A whole name in lower case without its hyphens and underscores, such as ``clientsecret``."""
_ERROR_CODE = re.compile(r"[a-z]+(?:\.[a-z]+)+|[0-9]{1,3}")
"""What ``code`` is in an error: such as ``bad.request``, or a status. It is no authorization code."""

# --- secrets in text ------------------------------------------------------------------------------

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

# --- numbers in text ------------------------------------------------------------------------------

# \d on purpose: full-width and other digits are digits to whoever reads them.
_GAP = (
    r"(?:[ \-_.()/\x00-\x09\x0b\x0c\x0e-\x1f\u00a0\u00ad\u2000-\u2015\u2060\u2212\ufeff]"
    r"|%2[089DdEe]|(?<=\d)\+(?=\d))"
)
_GAPS = re.compile(_GAP)
_NUMBER = re.compile(rf"[+\uff0b]?\(?\d(?:{_GAP}{{0,3}}\d){{6,}}")
_DIGIT_GROUP = re.compile(rf"{_GAP}*([0-9]+)")
_LONGEST_E164 = 15
_FEWEST_HIDDEN = 5
_FIRST_SHOWN = 4
_LAST_SHOWN = 2

_UUID = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
_DATE = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
# A date alone stays only where no other digits stand beside it, with which it could be one number.
_ALONE = rf"(?<![0-9+])(?<![0-9][-. ()/]){_DATE}(?![0-9])(?![-. ()/]{{1,3}}[0-9])"
_KEPT = re.compile(rf"({_UUID}|(?<![0-9+]){_DATE}[T ]{_TIME}(?![0-9])|{_ALONE})")


_SUSPECT = re.compile(rf"bearer|basic|://|sips?:|-u|key|{_ORDINARY}", re.IGNORECASE)
"""What stands somewhere in every text with a secret: most texts have none of it, and are done with."""
_FEWEST_DIGITS = re.compile(r"(?:\d\D*){7}")


def redact_text(text: str) -> str:
    """The text without secrets and people's numbers; what is hidden already stays as it is."""
    if _SUSPECT.search(text):
        text = _without_secrets(text)
    return with_numbers(text, _masked) if _FEWEST_DIGITS.search(text) else text


def _without_secrets(text: str) -> str:
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _BASIC.sub(_without_credentials, text)
    text = _URL_PASSWORD.sub(_without_password, text)
    text = _SIP_PASSWORD.sub(_without_password, text)
    text = _CURL_PASSWORD.sub(rf"\1{HIDDEN}", text)
    text = _OPTION.sub(rf"\g<name>\g<gap>\g<quote>{HIDDEN}", text)
    for assigned in _ASSIGNED:
        text = assigned.sub(_without_value, text)
    return text


def with_numbers(text: str, change: Callable[[str], str]) -> str:
    """The text with each run of digits that may be a phone number changed."""
    return "".join(
        part if position % 2 else _NUMBER.sub(lambda found: change(found[0]), part)
        for position, part in enumerate(_KEPT.split(text))
    )


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
    if ":" in found["gap"] and _is_error_code(found["name"], value):
        return found[0]
    return found["name"] + found["gap"] + (found["quote"] or "") + HIDDEN


def _is_error_code(name: str, value: object) -> bool:
    return name.lower() == "code" and _ERROR_CODE.fullmatch(str(value)) is not None


def _masked(run: str) -> str:
    kept = _reserved_length(run)
    if kept:
        return run[:kept] + _NUMBER.sub(lambda found: _masked(found[0]), run[kept:])
    plus, digits = run[: run[0] in "+\uff0b"], _GAPS.sub("", run).lstrip("+\uff0b")
    shown = min(_FIRST_SHOWN, len(digits) - _FEWEST_HIDDEN - _LAST_SHOWN)
    return plus + digits[:shown] + "*" * (len(digits) - shown - _LAST_SHOWN) + digits[-_LAST_SHOWN:]


def _reserved_length(run: str) -> int:
    """How much of the run is an international number of a reserved range, which ends where digits pause."""
    number, end = "+", int(run.startswith("+"))
    while end and len(number) <= _LONGEST_E164 and (group := _DIGIT_GROUP.match(run, end)):
        number, end = number + group[1], group.end()
        if reserved_range(number):
            return end
    return 0


# --- headers and bodies ---------------------------------------------------------------------------

# The escapes that JSON allows for visible characters, but for those that have a meaning of their own in it.
_ESCAPE = re.compile(r"\\u(?!0022|005[cC]|00[01]|007[fF]|00[89]|[dD][89a-fA-F])([0-9a-fA-F]{4})")


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without secrets and people's numbers; of credentials the scheme stays."""
    return {redact_text(name): _header(name, value) for name, value in headers.items()}


def _header(name: str, value: str) -> str:
    if not names_secret(name):
        return redact_text(value)
    scheme = value.partition(" ")[0]
    return f"{scheme} {HIDDEN}" if scheme.lower() in ("bearer", "basic") and scheme != value else HIDDEN


def names_secret(name: str) -> bool:
    """Whether what has this name, such as a header or a member of JSON, is a secret."""
    return _SECRET_NAME.fullmatch(name.lower().replace("-", "").replace("_", "")) is not None


def redact_body(body: bytes, content_type: str = "") -> str:
    """The body as text without secrets and people's numbers.

    JSON is read as such whatever its media type says, so that no escape hides anything; it is written anew
    only if something in it had to be hidden.
    """
    shown = _json(body)
    if shown is not None:
        return shown
    # Without its NULs, damaged UTF-16 is as readable as people would make it.
    text = body.replace(b"\0", b"").decode("utf-8", "replace")
    return _form(text) if "x-www-form-urlencoded" in content_type.lower() else _broken(text)


def _json(body: bytes) -> str | None:
    try:
        text = body.decode(json.detect_encoding(body))
        value = json.loads(text, object_pairs_hook=Members)
        shown = _redacted(value)
        # A lone surrogate, which no encoding takes, is escaped again.
        return text if shown == value else _written(shown).encode("utf-8", "backslashreplace").decode()
    except (ValueError, RecursionError):
        return None


def _broken(text: str) -> str:
    """Text that may be damaged JSON, in which escapes still stand for characters."""
    return redact_text(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))


def _redacted(value: Any) -> Any:
    if isinstance(value, Members):
        return Members((redact_text(name), _member(name, member, value)) for name, member in value)
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, str):
        return redact_text(value)
    return _number(value)


def _member(name: str, value: Any, siblings: Iterable[tuple[str, Any]]) -> Any:
    """The value of one member; a HAR file writes the name of a secret beside it, not in front."""
    names = [other for key, other in siblings if key == "name"] if name == "value" else [name]
    if value in (None, "", []) or not any(names_secret(str(other)) for other in names):
        return _redacted(value)
    return value if _is_error_code(name, value) else HIDDEN


def _number(value: Any) -> Any:
    """A JSON number that may be somebody's phone number becomes a text; null and booleans stay."""
    if not value or (isinstance(value, float) and not math.isfinite(value)) or abs(value) < 10**6:
        return value
    return redact_text(format(value, ".0f") if isinstance(value, float) else str(value))


def _written(value: Any) -> str:
    if isinstance(value, Members):
        return "{" + ", ".join(f"{_written(name)}: {_written(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _form(text: str) -> str:
    return "&".join(map(_field, text.split("&")))


def _field(field: str) -> str:
    from urllib.parse import quote_plus, unquote_plus

    name, equals, value = field.partition("=")
    if names_secret(unquote_plus(name)) and value:
        return f"{name}={HIDDEN}"
    parts = [(part, redact_text(unquote_plus(part))) for part in (name, value)]
    return equals.join(
        part if shown == unquote_plus(part) else quote_plus(shown, safe="*") for part, shown in parts
    )
