"""What a start makes is not looked through for garbage, then or later; what comes afterwards is."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

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
