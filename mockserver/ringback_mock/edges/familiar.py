"""What is read once of all requests with the same header fields: clients send them again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ringback_contracts.core.model import Request

LONGEST = 8_192
"""Bytes of a request up to which its fields are known again."""
MOST = 256
"""Clients, and lengths of their bodies, that are known at a time."""
LINE = re.compile(
    rb"(GET|POST|PUT|PATCH|DELETE) (/[0-9A-Za-z/._~-]*)(?:\?([0-9A-Za-z/._~=&%,:+*-]*))? HTTP/1\.1"
)
"""A request's line as most are; whatever else there is, the parser reads."""


class Head(NamedTuple):
    """What header fields mean, whatever the line before them, and how long a body they frame."""

    headers: Mapping[str, str]
    length: int
    host_allowed: bool
    well_formed: bool


class Familiar:
    """The header fields that came last, over whatever connection, and what the parser made of them."""

    def __init__(self) -> None:
        self._heads: dict[bytes, Head] = {}

    def read(self, data: bytes) -> Request | None:
        """The request that the data is, if it is a plain one with fields that are known, and nothing else."""
        begin, end = data.find(b"\r\n"), data.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._heads.get(data[begin:end])
        if head is None or len(data) - end - 4 != head.length:
            return None
        line = LINE.fullmatch(data, 0, begin)
        if line is None:
            return None
        method, path, query = line.groups(b"")
        headers, _, host_allowed, well_formed = head
        return Request(
            method.decode(),
            path.decode(),
            headers,
            data[end + 4 :],
            query.decode(),
            host_allowed,
            well_formed,
        )

    def learn(self, data: bytes, request: Request) -> None:
        """Know the fields again, if the data was this request, which the parser read, and nothing else.

        What offers another protocol is left to the parser: what becomes of that hangs on the line, too.
        """
        begin, (head, _, body) = data.find(b"\r\n"), data.partition(b"\r\n\r\n")
        fields = head[begin:]
        plain = body == request.body and LINE.fullmatch(data, 0, begin) and b"upgrade" not in fields.lower()
        if plain and len(data) <= LONGEST:
            if len(self._heads) >= MOST:
                self._heads.clear()
            self._heads[fields] = Head(request.headers, len(body), request.host_allowed, request.well_formed)
