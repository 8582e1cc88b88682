"""A platform that takes every request in the most willing way, and rings whomever it can make out.

It decodes content codings, charsets, escapes and the digits of every script, reads SIP as loosely as it can,
heeds each header that might say something else, and dials whatever it finds in any text. It shares no code
with the gate.
"""

from __future__ import annotations

import bz2
import gzip
import html
import json
import lzma
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import phonenumbers

from ringback_contracts.core.model import Request
from ringback_contracts.domain.numbers import is_emergency, reserved_range
from ringback_contracts.org import default_org

MADE_UP = frozenset(
    {
        "00000000-0000-4000-8000-00000000dead",
        "ca110000-0000-4000-8000-0000000000ca",
        *(each.id for kind in (default_org().users, default_org().queues) for each in kind),
        *(each.id for each in default_org().campaigns),
    }
)
NOBODYS = re.compile(r"(?:.*\.)?(?:example|invalid|example\.(?:com|net|org))\Z")
CODINGS: tuple[Callable[[bytes], bytes], ...] = (
    gzip.decompress,
    zlib.decompress,
    lambda body: zlib.decompress(body, -15),
    bz2.decompress,
    lzma.decompress,
)
CHARSETS = ("utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "latin-1")
STANDARD = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)
Text = tuple[str, tuple[str, ...]]
"""What somebody wrote, and the keys that lead to it."""
CALLING = ("from", "fromAddress")
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = dict(zip(NAMES, "0123456789", strict=True))
KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
DIALLED = frozenset({"address", "phoneNumber", "to", "toAddress"})
_ID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_SEPARATORS = re.compile(r"[\s().,·~/_\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]+")


def rung(request: Request, own: str) -> list[str]:
    """Whom the request rings, one entry for each time; ``own`` is the user whose station calls.

    Of the ways to read its body it takes the one that rings most, and whomever another one would ring.
    """
    if request.method == "GET" and not _overridden(request):
        return []
    ways = [_rung_by(way, own) for way in _ways(request)]
    most = max(ways, key=len)
    return most + sorted({each for way in ways for each in way} - {*most})


def _rung_by(texts: Iterable[Text], own: str) -> list[str]:
    found: list[str] = []
    for text, keys in texts:
        calls = bool(keys) and (keys[0] in CALLING or keys[0] == "path")
        found += [each for each in dialled(text, keys) if not (calls and each == own)]
    return found


def rings_emergency(request: Request) -> bool:
    """Whether any text of it, decoded as far as it goes, is an emergency number, and it dials."""
    if request.method == "GET" and not _overridden(request):
        return False
    return any(
        len(re.sub("[^0-9]", "", plain)) <= 12 and re.search("[0-9]", plain) and is_emergency(plain)
        for way in _ways(request)
        for text, _ in way
        for plain in _readings(text)
    )


def dialled(text: str, keys: tuple[str, ...] = ()) -> list[str]:
    """Whom one text rings."""
    for plain in _readings(text):
        if found := _ids(plain) or _sip(plain) or _numbers(plain, keys):
            return found
    return []


def _overridden(request: Request) -> bool:
    names = {name.lower().replace("_", "-") for name in request.headers}
    return bool(names - STANDARD) or "method" in unquote(unquote(request.query)).lower()


# --- decoding -----------------------------------------------------------------------------------------


def _ways(request: Request) -> list[list[Text]]:
    """Every text of the request, with the keys that lead to it, in each way to read the body."""
    head = list(_head(request))
    bodies = _characters(request.body, request.headers)
    return [[*head, *_members(text)] for text in bodies] or [head]


def _head(request: Request) -> Iterator[Text]:
    _, user, path = request.path.partition("/calls/user/")
    if user:
        yield path, ("path",)
    elif not request.path.endswith("/calls"):
        yield request.path.rpartition("/calls")[2], ()
    if request.query:
        yield request.query, ()
    for name, value in request.headers.items():
        if name.lower() not in STANDARD:
            yield value, ()


def _decoded(body: bytes, headers: Mapping[str, str]) -> Iterable[bytes]:
    """The body, and what it is once each coding is undone, again and again.

    Bare text is only undone where a header says so: much of it happens to be raw deflate of something.
    """
    known = [body]
    if body.isascii() and not any("encoding" in name.lower() for name in headers.keys() - STANDARD):
        return known
    for each in known:
        for undo in CODINGS:
            with suppress(Exception):
                known += {undo(each)}.difference(known)
    return known


def _characters(body: bytes, headers: Mapping[str, str]) -> list[str]:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    named = re.findall(r"charset\s*=\s*[\"']?([\w-]+)", kind, re.IGNORECASE)
    found: dict[str, None] = {}
    for plain in _decoded(body, headers):
        plainly = plain.isascii() and b"\0" not in plain
        for charset in (*named, *(("utf-8", "utf-7") if plainly else CHARSETS)):
            with suppress(UnicodeError, LookupError):
                found.setdefault(plain.decode(charset))
    return list(found)


def _members(text: str) -> Iterator[Text]:
    plain = re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", text.lstrip("\ufeff"), flags=re.DOTALL)
    try:
        value = json.loads(plain, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError):
        for word in re.split(r"""["'{}\[\]&=\n\u2018-\u201f]+""", text):
            yield word.strip(" ,:"), ()
    else:
        yield from _leaves(value, ())


class _Pairs(list[tuple[str, Any]]):
    """An object with all its members."""


def _leaves(value: Any, keys: tuple[str, ...]) -> Iterator[Text]:
    if isinstance(value, _Pairs):
        for name, member in value:
            yield name, ()
            yield from _leaves(member, (*keys, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, keys)
    elif isinstance(value, str):
        yield value, keys


def _readings(text: str) -> Iterator[str]:
    """The text, and what it says once its escapes are undone; digits of every script in ASCII."""
    for _ in range(3):
        yield _ascii(text)
        undone = html.unescape(
            unquote(re.sub(r"\\u([0-9a-fA-F]{4})", lambda hit: chr(int(hit[1], 16)), text))
        )
        if undone == text:
            break
        text = undone
    spelled = re.findall(r"[a-z]+", text.lower())
    if spelled and all(word in WORDS for word in spelled):
        yield "".join(WORDS[word] for word in spelled)


def _ascii(text: str) -> str:
    return "".join(map(_digit, unicodedata.normalize("NFKC", "".join(map(_digit, text))))).lower().strip()


def _digit(character: str) -> str:
    value = unicodedata.numeric(character, -1)
    return str(int(value)) if value == int(value) and 0 <= value < 10 else character


# --- ringing ------------------------------------------------------------------------------------------


def _ids(plain: str) -> list[str]:
    """Every id that stands anywhere; one that is made up rings nobody, and leaves the rest as it is."""
    return [found for found in _ID.findall(plain) if found not in MADE_UP]


def _sip(plain: str) -> list[str]:
    plain = _ID.sub("", plain)
    if "@" not in plain and not re.search(r"sips?:|(?:maddr|route|rn|host)\s*=", plain):
        return []
    parts = re.split(r"[@;?&,<>\s]|sips?:", plain)
    hosts = [part.partition("=")[2] or part for part in parts if "." in part or "=" in part]
    hosts += [part for part in plain.split("@")[1:] if not NOBODYS.match(re.split(r"[:;?&,<>\s/]", part)[0])]
    if strangers := [host for host in hosts if not NOBODYS.match(host)]:
        return [f"sip:{strangers[0]}"]
    user = plain.removeprefix("sips:").removeprefix("sip:").partition("@")[0]
    return _numbers(user, ())


def _numbers(plain: str, keys: tuple[str, ...]) -> list[str]:
    named = _ID.search(plain)
    plain = _ID.sub("", plain)
    together = _SEPARATORS.sub("", plain)
    whole = [run for run in re.findall(r"\+?[0-9]+", together) if not _nobodys(run)]
    if whole:
        return whole
    pieces = [run for run in re.findall(r"\+?[0-9]+", plain) if run not in together and not _nobodys(run)]
    if pieces:
        return pieces
    letters = re.sub("[^a-z]", "", plain)
    if keys and keys[-1] in DIALLED and len(letters) >= 7 and "@" not in plain and not named:
        return [letters.translate(KEYS)]
    return []


def _nobodys(run: str) -> bool:
    """Whether a whole number is kept for fiction or assigned to nobody."""
    if not run.startswith("+"):
        return False
    if reserved_range(run):
        return True
    try:
        number = phonenumbers.parse(run)
    except phonenumbers.NumberParseException:
        return True
    return not phonenumbers.is_valid_number(number)
