"""What in a request could make a telephone ring, if a target took it in the most willing way.

To err is to see a telephone: what cannot be read counts as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from ringback_contracts.core.declare import NOBODY
from ringback_contracts.core.examples import KNOWN_CALL
from ringback_contracts.core.model import Request
from ringback_contracts.domain.addresses.scan import unescaped
from ringback_contracts.domain.numbers import Problem, assess, is_emergency
from ringback_contracts.http.written import Members, as_written
from ringback_contracts.operations import CALLS_PATH
from ringback_contracts.org import default_org

SILENT_KEYS = frozenset(
    {
        "attributes",
        "callerId",
        "callerIdName",
        "externalContactId",
        "label",
        "languageId",
        "name",
        "priority",
        "routingSkillExpression",
        "routingSkillsIds",
        "type",
        "uuiData",
    }
)
"""Fields of the two bodies that ring nobody, whatever they say."""
DIALLED_KEYS = frozenset({"address", "phoneNumber", "to", "toAddress"})
"""Fields whose letters may be read as the keys of a telephone."""
NOBODYS_HOSTS = (
    ".test",
    ".example",
    ".invalid",
    ".localhost",
    ".example.com",
    ".example.net",
    ".example.org",
)
"""Names that lead to nobody (RFC 6761, RFC 2606)."""
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
"""In which a body that is no JSON is looked through."""
LONGEST_E164 = 15
SHORTEST = 7
"""Digits of a number that can be dialled from abroad, at least."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOST = re.compile(r"[a-z0-9.-]*")
_PIECE = re.compile(r"\+?[0-9a-z().\-\s*#]+")
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_MARKS = re.compile(r"""["'{}\[\],&=\u0080-\u00bf\u2018-\u201f\ufffd]+""")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def _ours() -> frozenset[str]:
    org = default_org()
    users = {user.id for user in org.users}
    queues = {queue.id for queue in org.queues}
    return frozenset({NOBODY, KNOWN_CALL}).union(users, queues, (campaign.id for campaign in org.campaigns))


OURS = _ours()
"""Ids that Ringback made up, which no real org has."""


def texts(request: Request) -> Iterator[tuple[str, str]]:
    """Every text that may say whom to ring, with its key: also the path's user, and what a query says."""
    _, on_behalf, user = request.path.partition(f"{CALLS_PATH}/user/")
    if on_behalf:
        yield "userId", user
    yield from parse_qsl(request.query)
    yield from _texts_of_body(request.body)


def could_ring(request: Request) -> tuple[str, ...]:
    """The texts of a request that could ring somebody, were it accepted."""
    return tuple(dict.fromkeys(text for key, text in texts(request) if may_ring(text, key)))


def names_emergency(request: Request) -> bool:
    """Whether any text of the request reads like an emergency number."""
    return any(is_emergency(text) for _, text in texts(request))


def _texts_of_body(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        value = as_written(body)
    except (ValueError, RecursionError):
        yield from _texts_of_wreck(body)
    else:
        yield from _leaves("", value)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Members):
        for name, member in value:
            if name not in SILENT_KEYS:
                yield from _leaves(name, member)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(key, item)
    elif isinstance(value, str):
        yield key, value


def _texts_of_wreck(body: bytes) -> Iterator[tuple[str, str]]:
    """What a lenient reader could find in bytes that are no JSON, in whatever encoding."""
    for encoding in ENCODINGS:
        text = body.decode(encoding, "replace").replace("\0", "")
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        for word in _MARKS.split(text):
            yield "", word.strip().removeprefix("phoneNumber:")


def may_ring(text: str, key: str = "") -> bool:
    """Whether a telephone system could ring somebody for this text."""
    plain = unicodedata.normalize("NFKC", unescaped(text)).strip().lower()
    ids = _UUID.findall(plain)
    if ids:
        return not OURS.issuperset(ids)
    if "@" in plain:
        return _sip_may_ring(plain)
    dialled = plain.startswith("tel:") or key in DIALLED_KEYS
    return _words_may_ring(plain.removeprefix("tel:"), dialled=dialled)


def _sip_may_ring(plain: str) -> bool:
    user, _, rest = plain.rpartition("@")
    host = _HOST.match(rest)
    name = host[0].strip(".") if host else ""
    if not f".{name}".endswith(NOBODYS_HOSTS):
        return True
    return _words_may_ring(user.rpartition("sip:")[2].rpartition("sips:")[2], dialled=False)


def _words_may_ring(plain: str, *, dialled: bool) -> bool:
    """Each piece that could be a number by itself; what has no digit is one only where numbers belong."""
    for piece in _PIECE.findall(plain):
        if any(character.isdigit() for character in piece):
            if any(_number_may_ring(reading) for reading in _readings(piece)):
                return True
        elif dialled and sum(character.isalpha() for character in piece) >= SHORTEST:
            return True
    return False


def _readings(piece: str) -> set[str]:
    """The digits of a piece with its letters left out, and with its letters as keys."""
    return {_digits(piece), _digits(piece.translate(_KEYPAD))}


def _digits(piece: str) -> str:
    digits = "".join(character for character in piece if character.isdigit())
    return f"+{digits}" if piece.startswith("+") else digits


def _number_may_ring(number: str) -> bool:
    """Whether a number can ring; without its country code any digits may."""
    if not number.startswith("+"):
        return True
    problem = assess(number).problem
    if problem is Problem.TOO_LONG:  # networks leave out what they do not need
        return any(assess(number[:end]).problem is None for end in range(SHORTEST + 1, LONGEST_E164 + 2))
    return problem in (None, Problem.TOO_SHORT)
