"""The console finds any of the calls that are kept, by what may be shown of it or by a number as a whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from ringback_contracts.core.declare import ALICE, BOB, SUPPORT
from ringback_mock.resources.call_list import FEWEST_DIGITS, PAGE
from tests.mockserver.listening import World

SOMEBODY = "+13172222222"


def sought(world: World, text: str = "", before: str = "") -> Any:
    query = urlencode({"text": text, **({"before": before} if before else {})})
    reply, told = world.send("GET", f"/__ringback/calls?{query}")
    assert reply.status == 200, told
    return told


def found(world: World, text: str) -> list[str]:
    return [one["id"] for one in sought(world, text)["calls"]]


def rung(world: World, **whom: str) -> str:
    _, call = world.send("POST", "/__ringback/calls", whom)
    return str(call["id"])


def test_any_call_is_found_however_many_came_after_it() -> None:
    world = World(calls_size=2 * PAGE)
    oldest = world.place(SOMEBODY)
    for _ in range(PAGE + 5):
        world.place()
    assert oldest not in found(world, "")
    for text in (SOMEBODY, "tel:+1 (317) 222-2222", "3172222222", oldest, oldest[:13].upper()):
        assert found(world, text) == [oldest], text
    assert found(world, "nobody is called so") == []


def test_all_calls_are_there_page_by_page() -> None:
    world = World()
    placed = [world.place() for _ in range(2 * PAGE + 1)]
    seen: list[str] = []
    before = ""
    while True:
        page = sought(world, before=before)
        assert page["total"] == len(placed)
        seen += [one["id"] for one in page["calls"]]
        if page["older"] is None:
            break
        before = page["older"]
    assert seen == placed[::-1]
    assert sought(world, before="forgotten")["calls"] == []


def test_a_call_is_found_by_who_is_on_it_how_it_stands_and_its_queue() -> None:
    world = World()
    out, inside, waiting = world.place(), rung(world, user=BOB), rung(world, queue=SUPPORT)
    world.advance(5)
    assert found(world, "bob") == found(world, BOB) == [inside]
    assert found(world, "support") == found(world, SUPPORT.upper()) == [waiting]
    assert out in found(world, "alice connected")
    assert found(world, "alice ended") == []
    assert sought(world, ALICE)["calls"][-1]["state"] == "connected"
    world.send("POST", f"/api/v2/conversations/{out}/disconnect")
    world.advance(5)
    assert found(world, "ended") == [out]
    assert found(world, "alice connected") == [one for one in found(world, "alice") if one != out]


def test_a_search_tells_when_a_call_may_come_to_fit() -> None:
    world = World()
    world.place()
    world.admin("POST", "/clock", {"freeze": False})
    told = sought(world, "connected")
    assert told["calls"] == []
    assert told["wakeIn"] is not None


@pytest.mark.parametrize("digits", [FEWEST_DIGITS - 2, FEWEST_DIGITS - 1])
def test_no_number_can_be_guessed_digit_by_digit(digits: int) -> None:
    world = World()
    world.place(SOMEBODY)
    world.advance(5)
    assert found(world, SOMEBODY[-digits:]) == found(world, SOMEBODY[4 : 4 + digits]) == []


def test_what_means_nothing_is_refused() -> None:
    reply, told = World().send("GET", "/__ringback/calls?state=ended")
    assert (reply.status, "known: org, text, before" in told["message"]) == (400, True)
