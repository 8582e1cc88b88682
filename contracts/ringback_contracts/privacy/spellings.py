"""How else a secret may be written: whoever repeats one may encode it, or cut it."""

from __future__ import annotations

import json
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

_GROUP = 3
"""Octets that four characters of base64 stand for."""


@lru_cache(maxsize=1024)
def spellings(secret: str) -> tuple[str, ...]:
    """The secret itself, in hexadecimal, decimal and base32, and in base64 however it is aligned."""
    return tuple(dict.fromkeys(_spellings(secret)))


def _spellings(secret: str) -> Iterator[str]:
    """Escapes of URLs, HTML and JSON are decoded before anybody looks for a secret (``decoded``)."""
    yield secret
    yield quote_plus(secret, errors="replace")
    yield quote(secret, errors="replace")
    yield json.dumps(secret)[1:-1]
    octets = secret.encode("utf-8", "surrogatepass")
    for hexadecimal in (octets.hex(), octets.hex(":"), octets.hex(" ")):
        yield hexadecimal
        yield hexadecimal.upper()
    yield ",".join(map(str, octets))
    yield ", ".join(map(str, octets))
    base32 = b32encode(octets).decode().rstrip("=")
    yield base32
    yield base32.lower()
    yield from _in_base64(octets)
    wide = secret.encode("utf-16-le", "surrogatepass")
    yield wide.hex()
    yield from _in_base64(wide)
    yield from _in_base64(b64encode(octets).rstrip(b"="))


def _in_base64(octets: bytes) -> Iterator[str]:
    """What of its base64 does not hang on what stands before and behind, for each alignment."""
    for before in range(_GROUP):
        whole = bytes(before) + octets
        first = -(-before * 8 // 6)
        last = len(whole) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(whole).decode()[first:last]
