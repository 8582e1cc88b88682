"""Whether every server reads a request as it is meant: its method, its target, where its body ends, its text.

A header field that is not known here may change any of that, so it is an objection.
"""

from __future__ import annotations

import re

from ringback_client.urls import astray
from ringback_contracts.core.model import Request
from ringback_harness.sandbox.effects import Effect, effect

HARMLESS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "host",
        "pragma",
        "user-agent",
    }
)
"""Fields that change neither the method nor the target nor what the body says.

Not among them: Content-Encoding, whatever it names, and Transfer-Encoding, which is never needed, since every
body is sent with its length (RFC 9112, 6.1, on request smuggling).
"""
KEEPING = frozenset({"close", "keep-alive"})
"""What Connection may say; a name of a field there would have it dropped on the way (RFC 9110, 7.6.1)."""
_VALUE = re.compile(r"[ -~]*")
"""Visible ASCII and spaces: no line break, which would begin another field."""
_MEDIA_TYPE = re.compile(
    r"""[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(?:;[ ]?charset=(?:utf-8|"utf-8"))?""", re.ASCII | re.IGNORECASE
)
"""A media type, with no other parameter than the charset that JSON always has (RFC 8259, 8.1)."""
_OVERRIDE = re.compile("method", re.IGNORECASE)
"""In the name of each parameter that frameworks heed in place of the method, such as ``_method``."""


def objection(request: Request) -> str | None:
    """Why a server may read the request otherwise; ``None`` where none can."""
    if why := astray(request.path):
        return f"its path {why}"
    return _in_fields(request) or _in_query(request) or _in_body(request)


def _in_fields(request: Request) -> str | None:
    names = [name.lower() for name in request.headers]
    for name, value in request.headers.items():
        if name.lower() not in HARMLESS or names.count(name.lower()) > 1 or not _VALUE.fullmatch(value):
            return f"a server may take it for another request, for its {ascii(name)[1:-1]}"
    fields = {name.lower(): value.strip() for name, value in request.headers.items()}
    if fields.get("connection", "close").lower() not in KEEPING:
        return "a server may take it for another request, for the fields that its connection names"
    if fields.get("content-length", str(len(request.body))) != str(len(request.body)):
        return "a server may take it for another request, for its content-length"
    kind = fields.get("content-type", "")
    if kind and not _MEDIA_TYPE.fullmatch(kind):
        return "a server may read its body otherwise, for the parameters of its content-type"
    return None


def _in_query(request: Request) -> str | None:
    if _OVERRIDE.search(request.query):
        return "a server may take it for another request, for its query names a method"
    if effect(request) is not Effect.READS:
        return "its query could say whom to ring, so send it without one" if request.query else None
    if "%" in request.query or not request.query.isascii():
        return "its query holds what some servers decode twice, so it could say anything"
    return None


def _in_body(request: Request) -> str | None:
    if effect(request) is Effect.READS and request.body:
        return "a server may take it for another request, for it reads and has a body"
    return None
