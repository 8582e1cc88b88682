"""How a slow reply is paced."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_mock.edges.delivery import trickle


class Pace:
    """A clock that each pause moves on, by a little more or less than was asked for."""

    def __init__(self, off: list[float]) -> None:
        self.now = 100.0
        self._off = off
        self.sent: list[tuple[float, bytes]] = []

    async def pause(self, seconds: float) -> None:
        off = self._off.pop() if self._off else 0.0
        self.now += max(0.0, seconds + off)

    def write(self, piece: bytes) -> None:
        self.sent.append((self.now, piece))


@given(
    body=st.binary(min_size=1, max_size=200),
    seconds=st.floats(0, 10),
    off=st.lists(st.floats(-0.001, 0.001), max_size=200),
)
def test_a_trickle_takes_its_time_however_inexact_the_pauses_are(
    body: bytes, seconds: float, off: list[float]
) -> None:
    pace = Pace(off)
    asyncio.run(trickle(body, seconds, pace.write, lambda: pace.now, pace.pause))
    assert b"".join(piece for _, piece in pace.sent) == body
    assert [len(piece) for _, piece in pace.sent] == [1] * len(body)
    for count, (at, _) in enumerate(pace.sent, 1):
        assert at - 100 == pytest.approx(seconds * count / len(body), abs=0.0011)
