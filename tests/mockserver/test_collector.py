"""What a start makes is not looked through for garbage, then or later; what comes afterwards is."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence

import pytest

from ringback_mock import collector as module
from ringback_mock.collector import nothing_collected


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


def test_nothing_is_collected_meanwhile() -> None:
    with nothing_collected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_let_go_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError), nothing_collected():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_where_somebody_has_stopped_it_it_stays_so() -> None:
    gc.disable()
    with nothing_collected():
        pass
    assert not gc.isenabled()


class Loop:
    def __init__(self) -> None:
        self.own = self


def test_without_an_import_garbage_is_found_afterwards() -> None:
    with nothing_collected():
        loop = weakref.ref(Loop())
    gc.collect()
    assert loop() is None


def test_what_a_command_imports_is_out_of_the_collectors_sight() -> None:
    code = (
        "import gc\n"
        "from ringback_harness.cli import main\n"
        "before = gc.get_freeze_count()\n"
        "main.get_command(None, 'serve')\n"
        "assert gc.get_freeze_count() > before + 10_000 and gc.isenabled()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "TURN_SECONDS", 0.001)
    yield
    gc.unfreeze()
    gc.enable()


async def turns(asked: Iterator[int], others: int) -> bool:
    """Whether a thing goes that refers to itself, among so many that are kept, once that was asked."""
    over = asyncio.Event()

    def ask() -> int:
        number = next(asked, None)
        if number is None:
            over.set()
        return number or 0

    collecting = asyncio.create_task(module.collect_when_quiet(ask))
    await asyncio.sleep(0)
    lost = weakref.ref(Loop())
    kept = [Loop() for _ in range(others)]
    await asyncio.wait_for(over.wait(), 20)
    assert not gc.isenabled(), "nothing is looked through while requests come"
    assert len(kept) == others
    collecting.cancel()
    return lost() is None


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("many", "asked", "goes"),
    [
        pytest.param(10**9, [1] * 10, True, id="nobody asks any more"),
        pytest.param(10**9, range(10), False, id="somebody asks"),
        pytest.param(1_000, range(10), True, id="it must not wait"),
    ],
)
def test_garbage_goes_when_it_is_quiet_or_at_last(
    monkeypatch: pytest.MonkeyPatch, many: int, asked: Sequence[int], goes: bool
) -> None:
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.004)
    monkeypatch.setattr(module, "MANY", many)
    assert asyncio.run(turns(iter(asked), others=2_000)) is goes
