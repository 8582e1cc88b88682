"""How else a secret may be written: whoever repeats one may encode it, or cut it."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from urllib.parse import quote, quote_plus

_GROUP = 3
"""Octets that four characters of base64 stand for."""


@lru_cache(maxsize=1024)
def spellings(secret: str) -> tuple[str, ...]:
    """The secret itself, and in URLs, JSON, HTML, hexadecimal, and base64 however it is aligned."""
    return tuple(dict.fromkeys(_spellings(secret)))


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    octets = secret.encode("utf-8", "surrogatepass")
    for once in (
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    ):
        for encoded in (
            once,
            once.replace("*", "%2A")
            .replace("~", "%7E")
            .replace("-", "%2D")
            .replace(".", "%2E")
            .replace("_", "%5F"),
        ):
            yield from _both_cases(encoded)
            yield from _both_cases(quote(encoded, safe=""))
    yield from _both_cases("".join(f"%{octet:02X}" for octet in octets))
    yield octets.hex()
    yield octets.hex().upper()
    for quotes in (True, False):
        html = escape(secret, quote=quotes)
        yield html
        yield html.replace("&#x27;", "&#39;")
        yield html.replace("&#x27;", "&apos;").replace("/", "&#x2F;").replace("=", "&#x3D;")
    inside = json.dumps(secret)[1:-1]
    yield inside
    yield inside.replace("/", r"\/")
    yield json.dumps(inside)[1:-1]
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    yield "".join(f"\\u{ord(character):04X}" for character in secret)
    yield from _in_base64(octets)


def _both_cases(encoded: str) -> Iterator[str]:
    """Hexadecimal digits in capitals, as recommended (RFC 3986, 2.1), and not."""
    yield encoded
    pieces = encoded.split("%")
    yield "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])
    yield "%".join([pieces[0], *(_lower_after_25(piece) for piece in pieces[1:])])


def _lower_after_25(piece: str) -> str:
    return (
        piece[:2] + piece[2:4].lower() + piece[4:]
        if piece.startswith("25")
        else piece[:2].lower() + piece[2:]
    )


def _in_base64(octets: bytes) -> Iterator[str]:
    """What of its base64 does not hang on what stands before and behind, for each alignment."""
    for before in range(_GROUP):
        whole = bytes(before) + octets
        first = -(-before * 8 // 6)
        last = len(whole) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(whole).decode()[first:last]
