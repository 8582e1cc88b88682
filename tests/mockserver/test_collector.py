"""What a start makes is not looked through for garbage, then or later; what comes afterwards is."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.examples import request_of
from ringback_mock import collector as module
from ringback_mock.collector import nothing_collected
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.live import CALLS


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
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.001)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.001)
    yield
    gc.unfreeze()
    gc.enable()


async def turns(asked: Sequence[int], others: int) -> tuple[bool, bool]:
    """Whether a thing goes that refers to itself, among so many that are kept, while so often was asked for
    anything; and whether those that are kept are out of sight then."""
    over, numbers = asyncio.Event(), iter(asked)

    def ask() -> int:
        number = next(numbers, None)
        if number is None:
            over.set()
        return asked[-1] if number is None else number

    collecting = asyncio.create_task(module.collect_what_is_new(ask))
    await asyncio.sleep(0)
    lost, before = weakref.ref(Loop()), gc.get_freeze_count()
    kept = [Loop() for _ in range(others)]
    await asyncio.wait_for(over.wait(), 20)
    assert not gc.isenabled(), "it is looked when it is thought of, and at no other time"
    collecting.cancel()
    return lost() is None, gc.get_freeze_count() >= before + len(kept)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("asked", "others", "goes"),
    [
        pytest.param([0, 1, 2, 3], 10, True, id="somebody asks"),
        pytest.param([0, 0, 0, 0], 2_000, True, id="nobody asks, and much is new"),
        pytest.param([0, 10_000, 10_001, 10_002], 10, False, id="too many have asked at once"),
        pytest.param([0, 1, 2, 3], 30_000, False, id="too much is new"),
    ],
)
def test_garbage_goes_unless_to_find_it_would_take_long(
    asked: Sequence[int], others: int, goes: bool
) -> None:
    assert asyncio.run(turns(asked, others)) == (goes, True)


def test_what_was_looked_through_once_is_not_looked_through_again() -> None:
    kept = [Loop() for _ in range(1_000)]
    module.look()
    seen = gc.get_objects()
    assert not {id(one) for one in kept} & {id(one) for one in seen}
    gc.unfreeze()


@pytest.fixture
def no_collector() -> None:
    gc.collect()
    gc.disable()


@pytest.mark.usefixtures("no_collector")
def test_an_org_that_is_dropped_needs_no_collector() -> None:
    store = Store()
    site = Site(store)
    fresh = store.add_org()
    headers = {"authorization": f"Bearer {fresh.tokens['alice']}", "content-type": "application/json"}
    site.answer(Request("POST", CALLS, headers, b'{"phoneNumber": "+442079460100"}'))
    made = site.answer(Request("POST", "/api/v2/notifications/channels", headers))
    assert made.status == 200
    tenant = store.tenant(fresh.id)
    assert tenant is not None
    gone = weakref.ref(tenant)
    store.drop_org(tenant)
    del tenant
    assert gone() is None


@pytest.mark.usefixtures("no_collector")
def test_requests_of_every_rule_leave_nothing_to_the_collector() -> None:
    site = Site(Store())
    requests = [request_of(example) for rule in TABLE for example in (*rule.rejects, *rule.accepts)]
    for request in requests:
        site.answer(request)
    gc.collect()
    for request in requests:
        site.answer(request)
    assert gc.collect() == 0
