"""The processes of ``--workers``: one that ends is replaced, and soon if it lasted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace

import pytest

from ringback_mock.edges import workers as module
from ringback_mock.edges.workers import FIRST_PAUSE, LONGEST_PAUSE, Workers


class System:
    """A system in which workers live as long as is said, one after the other, and then no longer."""

    def __init__(self, lives: list[float], *, before_ready: int = 0) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self._lives = iter(lives)
        self._ids: Iterator[int] = count(1)
        self._last = 0
        self._before_ready = before_ready

    def select(self, ends: list[int], *_: object) -> tuple[list[int], ...]:
        return ([] if self._before_ready else ends), [], []

    def waitpid(self, which: int, _: int) -> tuple[int, int]:
        if which != -1:
            return which, 0
        self._before_ready -= 1
        return self.wait()

    def fork(self) -> int:
        self._last = next(self._ids)
        return self._last

    def wait(self) -> tuple[int, int]:
        life = next(self._lives, None)
        if life is None:
            raise SystemExit(0)
        self.now += life
        return self._last, 256

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def pauses(monkeypatch: pytest.MonkeyPatch, lives: list[float], *, before_ready: int = 0) -> list[float]:
    """How long is waited before each worker that is begun in place of one that ended."""
    system = System(lives, before_ready=before_ready)
    ends: Iterator[int] = count()
    monkeypatch.setattr(
        module,
        "os",
        SimpleNamespace(
            fork=system.fork,
            wait=system.wait,
            pipe=lambda: (next(ends), next(ends)),
            read=lambda _, most: b"." * most,
            kill=lambda *_: None,
            waitpid=system.waitpid,
            WNOHANG=1,
        ),
    )
    monkeypatch.setattr(module, "select", system)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: system.now, sleep=system.sleep))
    monkeypatch.setattr(module, "signal", SimpleNamespace(SIGTERM=15, SIGINT=2, signal=lambda *_: None))
    with pytest.raises(SystemExit):
        Workers(1, lambda _: None).run(lambda: None)
    return system.pauses


def test_workers_that_do_not_last_are_begun_later_and_later_and_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "ringback"):
        waited = pauses(monkeypatch, [60.0, *[0.01] * 20])
    assert waited[:3] == [0.0, FIRST_PAUSE, 2 * FIRST_PAUSE]
    assert waited == sorted(waited)
    assert waited[-1] == LONGEST_PAUSE
    assert len(caplog.records) == 1


def test_a_worker_that_lasted_is_replaced_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "ringback"):
        assert pauses(monkeypatch, [60.0, 0.01, 60.0]) == [0.0, FIRST_PAUSE, 0.0]
    assert len(caplog.records) == 2


def test_a_worker_that_ends_before_it_is_ready_is_replaced_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses(monkeypatch, [0.01, 0.01], before_ready=2) == [0.0, FIRST_PAUSE]
