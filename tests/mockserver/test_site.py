"""The site: what is long is made in pieces, and kept as what is short."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from ringback_contracts.core.model import PUBLISHED, Destination, DestinationKind, Intent, Request
from ringback_contracts.http.faults import parse_fault
from ringback_contracts.org import Outcome, default_org
from ringback_mock.engine.conversation import A_FEW
from ringback_mock.engine.plans import plan
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site
from tests.mockserver.wire import CALL, CALLS, NOW

BOB = "b0b00000-0000-4000-8000-000000000002"


def ask(site: Site, method: str, path: str, body: bytes = b"") -> Response:
    headers = {"authorization": "Bearer alice", "content-type": "application/json"}
    return site.answer(Request(method, path, headers, body))


def with_calls(number: int) -> Site:
    """A mock where alice has so many calls, of which every third is over, and bob has one."""
    site = Site(Store(clock=lambda: NOW))
    for count in range(number):
        call_id = json.loads(ask(site, "POST", CALLS, CALL).body)["id"]
        if count % 3 == 2:
            ask(site, "POST", f"/api/v2/conversations/{call_id}/disconnect")
    bobs = Intent(PUBLISHED, (Destination(DestinationKind.PHONE, "+442079460100"),), user_id=BOB)
    site.store.default.calls.place(plan(bobs, default_org(), Outcome.ANSWER), NOW)
    return site


def listed(response: Response) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(response.whole().body)
    return value


@pytest.mark.parametrize("number", [0, 1, A_FEW - 1, A_FEW, 2 * A_FEW + 9])
def test_a_listing_says_the_same_whether_or_not_it_comes_in_pieces(number: int) -> None:
    site = with_calls(number)
    response = ask(site, "GET", CALLS)
    assert (response.pieces is not None) is (number >= A_FEW)
    listing = listed(response)
    going_on = number - number // 3
    assert (len(listing["entities"]), listing["total"]) == (going_on, going_on)
    assert listing["pageSize"] == max(25, going_on)
    for shown in listing["entities"][:2]:
        assert json.loads(ask(site, "GET", shown["selfUri"]).body) == shown


def test_others_calls_change_nothing_while_a_listing_is_made() -> None:
    site = with_calls(3 * A_FEW)
    response = ask(site, "GET", CALLS)
    assert response.pieces is not None
    assert next(response.pieces) == b""
    site.store.reset()
    assert listed(response)["total"] == 2 * A_FEW


def test_what_was_made_in_pieces_is_in_the_journal_whole() -> None:
    site = with_calls(A_FEW)
    before = len(site.store.default.journal)
    response = ask(site, "GET", CALLS)
    assert len(site.store.default.journal) == before, "it is not made yet"
    body = response.whole().body
    *_, kept = site.store.default.journal
    assert (len(site.store.default.journal), kept.id) == (
        before + 1,
        dict(response.headers)["ININ-Correlation-Id"],
    )
    assert kept.response.body == body[: len(kept.response.body)]
    assert kept.verdict is not None


def test_what_is_made_in_pieces_has_one_line_in_the_access_log(caplog: pytest.LogCaptureFixture) -> None:
    site = with_calls(2 * A_FEW)
    with caplog.at_level(logging.INFO, "ringback.access"):
        ask(site, "GET", CALLS).whole()
        ask(site, "GET", "/__ringback/exchanges").whole()
    assert [record.getMessage() for record in caplog.records] == [
        f"GET {CALLS} 200",
        "GET /__ringback/exchanges 200",
    ]


def test_a_client_that_leaves_meanwhile_is_in_the_journal_too() -> None:
    site = with_calls(2 * A_FEW)
    before = len(site.store.default.journal)
    pieces: Any = ask(site, "GET", CALLS).pieces
    next(pieces)
    pieces.close()
    *_, kept = site.store.default.journal
    assert (len(site.store.default.journal), kept.response.body) == (before + 1, b"")


def test_a_fault_gets_a_long_listing_whole() -> None:
    site = with_calls(A_FEW)
    site.store.default.faults.set(parse_fault("unknown-field:operation=any"))
    assert "ringbackUnknownField" in listed(ask(site, "GET", CALLS))


@pytest.mark.parametrize("path", ["/openapi.json", "/__ringback/openapi.json"])
def test_a_description_names_the_server_by_the_url_that_was_asked_for(path: str) -> None:
    here, behind = {"host": "localhost:8443"}, {"host": "localhost", "x-forwarded-proto": "https"}
    for url, headers, said in (
        ("http://0.0.0.0:8010", here, "http://localhost:8443"),
        ("https://0.0.0.0:8010", here, "https://localhost:8443"),
        ("http://0.0.0.0:8010", behind, "https://localhost"),
        ("http://127.0.0.1:8010", {}, "http://127.0.0.1:8010"),
        ("", {}, "/"),
    ):
        site = Site(Store(), url=url)
        answer = site.answer(site.request("GET", path, headers, b"", http_version="1.0"))
        assert json.loads(answer.body)["servers"] == [{"url": said}]
