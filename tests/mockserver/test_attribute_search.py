"""What was kept with participants is searched by when and by id, and codes of participants are taken away."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ringback_contracts.resources.conversations.searching import ROWS
from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, Json, Live

SEARCH = f"{CONVERSATIONS}/participants/attributes/search"
NEVER = "00000000-0000-4000-8000-000000000000"


def keep(live: Live, **texts: str) -> None:
    live.does("PATCH", f"{CALLS}/{{call}}/participants/{{1}}/attributes", {"attributes": texts})


def found(live: Live, *criteria: Json, **more: Any) -> list[str]:
    """The conversations that the search gives."""
    rows = live.does("POST", SEARCH, {"query": list(criteria), **more})["results"]
    return [row["conversationId"] for row in rows]


def during(begins: str, ends: str, field: str = "startTime", **more: Any) -> Json:
    return {"type": "DATE_RANGE", "fields": [field], "startValue": begins, "endValue": ends, **more}


def test_a_row_tells_what_was_kept_with_whom() -> None:
    live = Live().place()
    assert found(live) == [], "nothing was kept with anybody"
    keep(live, order="7")
    (row,) = live.does("POST", SEARCH, {})["results"]
    own = live.parties()[0]["id"]
    (told,) = row.pop("participantData")
    assert (told["participantId"], told["participantPurpose"]) == (own, "user")
    assert told["participantAttributes"] == {"order": "7"}
    assert row == {
        "conversationId": live.call,
        "startTime": "2023-11-14T22:13:20.000Z",
        "divisionIds": ["d1510000-0000-4000-8000-000000000030"],
        "truncatedData": False,
        "_type": "participant_attributes",
    }
    live.patch(1, state="disconnected").wait(3)
    (row,) = live.does("POST", SEARCH, {})["results"]
    assert row["endTime"] == "2023-11-14T22:13:25.000Z"


@pytest.mark.parametrize(
    ("criterion", "is_found"),
    [
        (during("2023-11-14T22:00:00Z", "2023-11-14T22:20:00Z"), True),
        (during("2023-11-14T22:20:00Z", "2023-11-14T22:30:00Z"), False),
        (during("2023-11-14T22:00:00Z", "2023-11-14T22:20:00Z", "endTime"), False),
        (during("2023-11-14T22:00:00Z", "2023-11-14T22:20:00Z", operator="NOT"), False),
        ({"type": "EXACT", "fields": ["conversationId"], "value": NEVER}, False),
        (
            {
                "type": "exact",
                "operator": "or",
                "fields": ["divisionId"],
                "values": ["D1510000-0000-4000-8000-000000000030"],
            },
            True,
        ),
        ({"type": "EXACT", "group": [during("2023-11-14T22:00:00Z", "2023-11-14T22:20:00Z")]}, True),
    ],
)
def test_a_criterion_picks(criterion: Json, is_found: bool) -> None:
    live = Live().place()
    keep(live, order="7")
    assert found(live, criterion) == ([live.call] if is_found else [])


def test_a_cursor_leads_through_all_pages_though_calls_change_meanwhile() -> None:
    live = Live()
    placed = [live.place(2, phoneNumber=ANSWERS, attributes={"a": "b"}).call for _ in range(2 * ROWS + 1)]
    seen: list[str] = []
    cursor = None
    while True:
        page = live.does("POST", SEARCH, {"cursor": cursor} if cursor else {})
        seen += [row["conversationId"] for row in page["results"]]
        cursor = page.get("cursor")
        if cursor is None:
            break
        live.call = placed[ROWS - 1]
        keep(live, a="c")
    assert seen == placed


def test_who_lacks_the_permission_finds_nothing() -> None:
    assert Live().refusal("POST", SEARCH, {}, "frank") == "permission.missing"
    assert Live().refusal("POST", SEARCH, {"cursor": NEVER}) == "attribute-search.without-values"


def test_a_code_is_taken_away_that_nobody_has_and_a_note_says_so() -> None:
    live = Live().place()
    reply = live.ask("DELETE", f"{CONVERSATIONS}/{{call}}/participants/{{1}}/codes/k7")
    assert (reply.status, reply.body) == (204, b"")
    assert "none to take away" in dict(reply.headers)["Ringback-Note"]
    gone = live.ask("DELETE", f"{CONVERSATIONS}/{{call}}/participants/{NEVER}/codes/k7")
    assert (gone.status, orjson.loads(gone.body)["code"]) == (
        404,
        "conversation.error.not.conversation.participant",
    )
