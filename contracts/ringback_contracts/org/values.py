"""What the values of an org may be: each check gives its value back, or says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from ringback_contracts.core.decode import shown
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.http.sdk_operations import permissions

USUAL_REGION = "US"
LARGEST_RANGE = 10_000
"""Test numbers in one range: all that share everything but their last four digits."""
LARGEST_COUNT = 2**31 - 1
"""What every client can hold that reads a number of seconds or requests."""
LONGEST_SECONDS = 86_400
"""A day; no phone rings longer, and nobody talks longer to a test."""

MEANT_SCOPES = SCOPES | {"conversation:call:write", "call:write"}
"""Those of the platform, and two that tutorials name and operations take all the same."""

_E164 = re.compile(r"\+[1-9][0-9]{2,14}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_VISIBLE = re.compile(r"[!-~]+")
_URI = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]+(?:[/?]|$)")
_LABEL = r"[A-Za-z0-9_-]{1,63}"
_AUTHORITY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_EXECUTED = frozenset({"javascript", "data", "vbscript"})


def uuid(text: str) -> str:
    """An id of the platform, in small letters, since ids are compared without regard to case.

    Raises ``ValueError``.
    """
    if not is_uuid(text):
        raise ValueError(
            f"{shown(text)} is no UUID; write 8-4-4-4-12 hexadecimal digits, as in "
            "a11ce000-0000-4000-8000-000000000001"
        )
    return text.lower()


def visible(text: str) -> str:
    """An id that may be any visible ASCII, as OAuth clients have; raises ``ValueError``."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError(f"{shown(text)} must be visible ASCII characters, without white space")
    return text


def org_id(text: str) -> str:
    """The id of an org, in small letters like all its ids; a short name will do. Raises ``ValueError``."""
    return visible(text).lower()


def one_line(text: str) -> str:
    """A text that stands on one line wherever it is shown; raises ``ValueError``."""
    if _CONTROL.search(text):
        raise ValueError(f"{shown(text)} has a line break or control character; write it on one line")
    return text


def secret(text: str) -> str:
    """The secret of a client, which no message repeats; raises ``ValueError``."""
    if not text or _CONTROL.search(text):
        raise ValueError("the secret must be one character or more, without line breaks")
    return text


def token_value(text: str) -> str:
    """A bearer token, which no message repeats; raises ``ValueError``."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError("the token must be one or more visible ASCII characters, without white space")
    return text


def count(number: int) -> int:
    """So many seconds, or requests; raises ``ValueError``."""
    if not 1 <= number <= LARGEST_COUNT:
        raise ValueError(f"{shown(number)} must be 1 to {LARGEST_COUNT}")
    return number


def seconds(number: float) -> float:
    """So many seconds in a call's life; raises ``ValueError``."""
    if not 0 <= number <= LONGEST_SECONDS:
        raise ValueError(f"{shown(number)} must be 0 to {LONGEST_SECONDS} seconds")
    return number


def e164(text: str) -> str:
    """A number as ITU-T E.164 writes it in full; raises ``ValueError``."""
    if not _E164.fullmatch(text):
        raise ValueError(
            f"{shown(text)} is not E.164; write + and country code and digits alone, as in +442079460100"
        )
    return text


def check_range(first: str, last: str) -> None:
    """Raise ``ValueError`` unless two E.164 numbers can be the ends of a range of test numbers."""
    if len(first) != len(last) or first > last:
        raise ValueError(f"last ({last}) must be as long as first ({first}), and not before it")
    if int(last) - int(first) >= LARGEST_RANGE:
        raise ValueError(
            f"{first} to {last} are more than {LARGEST_RANGE} numbers; split the range if all are for tests"
        )


def permission(text: str) -> str:
    """A permission of a role; raises ``ValueError`` for a slip in one that an operation asks for."""
    return _without_slip(text, permissions())


def scope(text: str) -> str:
    """An OAuth scope; raises ``ValueError`` for a slip in one that an operation asks for."""
    return _without_slip(text, MEANT_SCOPES)


def _without_slip(text: str, meant: Iterable[str]) -> str:
    """The name, unless it is one of those meant but for case, separators and one more letter.

    The platform has hundreds of names, and gets new ones; but none lies so near to another.
    """
    if text not in meant:
        near = next((name for name in sorted(meant) if _one_slip_apart(_letters(text), _letters(name))), None)
        if near:
            raise ValueError(f"{shown(text)} would grant nothing; it must be {near!r}, letter by letter")
    return text


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _one_slip_apart(text: str, name: str) -> bool:
    """Whether the two are equal, or a letter is added, left out, put for another or swapped with the next."""
    pairs = enumerate(zip(text, name, strict=False))
    same = next((position for position, (one, other) in pairs if one != other), min(len(text), len(name)))
    long, short = sorted((text[same:], name[same:]), key=len, reverse=True)
    swapped = long[1::-1] + long[2:]
    return short in (long[1:], swapped) or (len(long) == len(short) and long[1:] == short[1:])


def region(text: str) -> str:
    """A region of libphonenumber, which is imported for any but the usual one; raises ``ValueError``."""
    if text == USUAL_REGION:
        return text
    from phonenumbers import SUPPORTED_REGIONS

    if text.upper() in SUPPORTED_REGIONS and text != text.upper():
        raise ValueError(f"{shown(text)} must be written in capitals: {text.upper()}")
    if text not in SUPPORTED_REGIONS:
        raise ValueError(
            f"libphonenumber knows no region {shown(text)}; write the two letters of ISO 3166-1, "
            "such as US, DE or GB (which is not UK)"
        )
    return text


def redirect_uri(text: str) -> str:
    """Where a login may send the browser back to: an absolute URI without fragment (RFC 6749 section 3.1.2).

    Apps may have schemes of their own (RFC 8252 section 7.1). Raises ``ValueError``.
    """
    if not _URI.fullmatch(text):
        raise ValueError(f"{shown(text)} holds what no URI does; percent-encode it, or take it out")
    if "#" in text:
        raise ValueError(f"{shown(text)} has a fragment, which no redirect URI may; end it before the #")
    scheme = _SCHEME.match(text)
    if not scheme or _HOST_AND_PORT.match(text):
        raise ValueError(f"{shown(text)} has no scheme; write it whole, as in http://localhost:8000/callback")
    if scheme[0][:-1].lower() in _EXECUTED:
        raise ValueError(f"{shown(text)}: browsers run {scheme[0]} instead of going there; give a place")
    _check_authority(text)
    return text


_LOOPBACK_WITHOUT_PORT = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?=/|\Z)")


def matches_redirect(uri: str, registered: str) -> bool:
    """Whether the URI is the registered one: letter by letter, as is ``assumed`` of the platform.

    A loopback URI that is registered without a port stands for every port of that host, since an app on a
    developer's machine has whatever port is free (RFC 8252 section 7.3); without a path too, for every path.
    """
    if uri == registered:
        return True
    host = _LOOPBACK_WITHOUT_PORT.match(registered)
    if host is None:
        return False
    path = re.escape(registered[host.end() :]) or "(?:/[^#]*)?"
    return re.fullmatch(f"{re.escape(host[0])}(?::[0-9]{{1,5}})?{path}", uri) is not None


def _check_authority(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{shown(uri)} cannot be read as a URI: {error}") from error
    if (parts.netloc or parts.scheme in ("http", "https")) and not _AUTHORITY.fullmatch(parts.netloc):
        raise ValueError(f"{shown(uri)} must have a host behind {parts.scheme}://, at most with a port")


Uuid = Annotated[str, uuid]
Line = Annotated[str, one_line]
