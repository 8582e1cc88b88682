"""The request that a connection brought last: clients send the same head again and again."""

from __future__ import annotations

from typing import NamedTuple

from ringback_contracts.core.model import Request

LONGEST = 8_192
"""Bytes of a request up to which the next one is compared with it."""


class Familiar(NamedTuple):
    """The last hot request of a connection.

    The same bytes where a message begins are the same head, and frame a body of the same length.
    """

    data: bytes
    head: bytes
    request: Request

    def again(self, data: bytes) -> Request | None:
        """The request that the data is, if it is one more of the kind and nothing else."""
        old = self.request
        if data == self.data:
            return old
        if len(data) != len(self.data) or not data.startswith(self.head):
            return None
        body = data[len(self.head) :]
        return Request(old.method, old.path, old.headers, body, old.query, old.host_allowed, old.well_formed)


def recognise(data: bytes, request: Request) -> Familiar | None:
    """What to know the next one by, if the data was this request and nothing else."""
    if len(data) > LONGEST:
        return None
    head, end, body = data.partition(b"\r\n\r\n")
    return Familiar(data, head + end, request) if body == request.body else None
