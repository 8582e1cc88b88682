"""Any exchange of the journal is found, by what may be shown of it, and all of them can be leafed through."""

from __future__ import annotations

from typing import Any

import pytest

from ringback_contracts.openapi.admin import FILTERS
from tests.mockserver.listening import ALICE, World

SOMEBODY = "+13172222222"


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.send("POST", "/api/v2/conversations/calls", {"phoneNumber": "nonsense"})
    world.place(SOMEBODY)
    world.send("GET", "/api/v2/users/me", token="bob")
    world.send("GET", "/api/v2/users/me", token="nobody's")
    world.send("GET", f"/api/v2/users/{ALICE}")
    world.send("GET", "/api/v2/users/me", authorization="")
    for _ in range(200):
        world.send("GET", "/api/v2/tokens/me")
    return world


def listing(world: World, path: str) -> Any:
    return world.admin("GET", path)


def found(world: World, query: str) -> list[tuple[str, str, int]]:
    listed = listing(world, f"/exchanges?{query}&limit=9")["exchanges"]
    return [(one["request"]["method"], one["request"]["path"], one["response"]["status"]) for one in listed]


CALL = "/api/v2/conversations/calls"
ME = "/api/v2/users/me"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rule=unreadable", [("POST", CALL, 400)]),
        ("status=4&path=CALLS", [("POST", CALL, 400)]),
        ("operation=postconversationscalls", [("POST", CALL, 400), ("POST", CALL, 202)]),
        ("token=bob", [("GET", ME, 200)]),
        ("token=none", [("GET", ME, 401)]),
        (f"path=/users/{ALICE}", [("GET", f"/api/v2/users/{ALICE}", 200)]),
        ("text=nonsense", [("POST", CALL, 400)]),
        ("text=nothing-has-this", []),
        (f"text={SOMEBODY[1:]}", []),
        ("rule=unreadable&token=bob", []),
    ],
)
def test_an_exchange_is_found_however_many_came_after_it(
    world: World, query: str, expected: list[tuple[str, str, int]]
) -> None:
    assert found(world, query) == expected


def test_what_is_found_comes_page_by_page_and_the_address_of_the_next_keeps_the_filters(world: World) -> None:
    path: str | None = "/exchanges?operation=getTokensMe&limit=70"
    counts, ids = [], set()
    while path is not None:
        page = listing(world, path)
        counts.append(len(page["exchanges"]))
        ids |= {one["id"] for one in page["exchanges"]}
        assert page["total"] == 206
        path = page["next"] and page["next"].removeprefix("/__ringback")
    assert (counts, len(ids)) == ([70, 70, 60], 200)


def test_each_filter_is_described(world: World) -> None:
    document = listing(world, "/openapi.json")
    listed = document["paths"]["/__ringback/exchanges"]["get"]["parameters"]
    assert {one["name"] for one in listed} >= FILTERS.keys()
