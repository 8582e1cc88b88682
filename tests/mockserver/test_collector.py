"""What a start makes is not looked through for garbage, then or later; what comes afterwards is."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

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
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.001)
    yield
    gc.unfreeze()
    gc.enable()


async def goes(made: list[Loop], others: int) -> None:
    """Wait until the one thing is gone that refers to itself, among so many that are kept."""
    gone = asyncio.Event()
    collecting = asyncio.create_task(module.collect_when_quiet())
    await asyncio.sleep(0)
    made.append(Loop())
    weakref.finalize(made[0], gone.set)
    kept = [Loop() for _ in range(others)]
    made.clear()
    await asyncio.wait_for(gone.wait(), 20)
    assert not gc.isenabled(), "nothing is looked through while requests come"
    assert len(kept) == others
    collecting.cancel()


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("quiet", "longest", "many"), [(True, 1e9, 10**9), (False, 0.005, 10**9), (False, 1e9, 1_000)]
)
def test_garbage_goes_when_it_is_quiet_or_at_last(
    monkeypatch: pytest.MonkeyPatch, quiet: bool, longest: float, many: int
) -> None:
    monkeypatch.setattr(module, "FEW", 10**9 if quiet else -1)
    monkeypatch.setattr(module, "LONGEST_SECONDS", longest)
    monkeypatch.setattr(module, "MANY", many)
    asyncio.run(goes([], others=2_000))
