"""What is kept of an exchange, and what is shown of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import BY_ID, TABLE, judge
from ringback_contracts.core.credentials import token_mark
from ringback_contracts.core.model import (
    Accepted,
    Caller,
    Finding,
    Rejected,
    Request,
    TokenState,
    Verdict,
    Violation,
)
from ringback_contracts.life.commands import Instruction, SetAttributes
from ringback_contracts.org import default_org
from ringback_mock.engine.bounded import Room
from ringback_mock.engine.journal import (
    JOURNAL_BYTES,
    KEPT_BODY_BYTES,
    REFUSALS_BYTES,
    REFUSALS_KEPT,
    Journal,
)
from ringback_mock.engine.shown import shown_exchange, shown_refusal
from ringback_mock.http import Response, json_response
from ringback_mock.resources.explained import explanation

CALLS = "/api/v2/conversations/calls"
PERSON = "+13172222222"
TOKEN = "a-token-that-nobody-may-see"
HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json", "host": "127.0.0.1"}
ALICE = Caller(
    TokenState.VALID,
    user=default_org().user_by_id["a11ce000-0000-4000-8000-000000000001"],
    scopes=frozenset({"conversations"}),
)


def dial(body: Any, path: str = CALLS) -> Request:
    return Request("POST", path, HEADERS, orjson.dumps(body))


def verdict_on(request: Request) -> Verdict:
    return judge(request, ALICE, default_org())


def kept(request: Request, response: Response, verdict: Verdict | None = None) -> dict[str, Any]:
    journal = Journal("the-org", 10)
    journal.record("the-id", 1_700_000_000.5, request, response, verdict, "the-call")
    (exchange,) = journal
    return shown_exchange(exchange, journal.org_id)


DIALLED = dial({"phoneNumber": "+442079460100"})
PLACED = json_response(202, {"id": "the-call"}, (("ININ-Correlation-Id", "the-id"),))


def test_an_accepted_request_is_shown_with_its_operation_and_its_call() -> None:
    verdict = verdict_on(DIALLED)
    assert isinstance(verdict, Accepted)
    assert kept(DIALLED, PLACED, verdict) == {
        "id": "the-id",
        "time": "2023-11-14T22:13:20.500Z",
        "org": "the-org",
        "request": {
            "method": "POST",
            "path": CALLS,
            "query": "",
            "headers": {
                "authorization": "Bearer ***",
                "content-type": "application/json",
                "host": "127.0.0.1",
            },
            "body": '{"phoneNumber":"+442079460100"}',
        },
        "response": {
            "status": 202,
            "headers": {"Content-Type": "application/json", "ININ-Correlation-Id": "the-id"},
            "body": '{"id":"the-call"}',
        },
        "truncated": False,
        "verdict": {"operation": "postConversationsCalls", "rule": None, "notes": []},
        "conversationId": "the-call",
        "caller": {"token": token_mark(TOKEN), "user": None, "client": None},
    }
    assert TOKEN not in token_mark(TOKEN)
    assert token_mark(TOKEN) != token_mark(TOKEN + "x")


def test_a_rejected_request_is_shown_with_its_rule_and_place() -> None:
    request = dial({"to": "nonsense", "from": f"tel:{PERSON}"})
    verdict = verdict_on(request)
    assert isinstance(verdict, Rejected)
    shown = kept(request, Response(400), verdict)["verdict"]
    assert shown["operation"] == "postConversationsCalls"
    assert shown["rule"] == verdict.finding.rule.id
    assert shown["pointer"] == verdict.finding.pointer
    assert shown["detail"]


def test_an_exchange_outside_the_api_has_no_verdict() -> None:
    assert kept(Request("GET", "/healthz"), Response(200))["verdict"] is None


def test_a_note_about_a_dead_number_is_shown() -> None:
    request = dial({"phoneNumber": "+15551234567"})
    verdict = verdict_on(request)
    (note,) = kept(request, PLACED, verdict)["verdict"]["notes"]
    assert "accepted" in note
    assert "5551234567" not in note


SECRETS = [PERSON, PERSON[1:], TOKEN, "demo-secret", "the-code", "the-refresh-token", "the-access-token"]


@pytest.mark.parametrize(
    "request_",
    [
        dial({"phoneNumber": PERSON}),
        dial({"to": f"tel:{PERSON}", "from": "tel:+13173333333"}),
        dial({"participants": [{"address": PERSON, "name": "x"}]}),
        dial({"to": PERSON}),
        dial({"phoneNumber": PERSON}, path=f"{CALLS}/{PERSON}"),
        Request("GET", CALLS, HEADERS, query=f"number={PERSON}&access_token=the-access-token"),
        Request("POST", CALLS, HEADERS, b'{"phoneNumber": "' + PERSON.encode()),
        Request(
            "POST",
            "/oauth/token",
            {
                "content-type": "application/x-www-form-urlencoded",
                "authorization": "Basic ZGVtbzpkZW1vLXNlY3JldA==",
            },
            b"grant_type=refresh_token&client_secret=demo-secret&refresh_token=the-refresh-token&code=the-code",
        ),
    ],
)
def test_no_number_of_a_person_and_no_secret_is_shown(request_: Request) -> None:
    response = json_response(
        200,
        {"access_token": "the-access-token", "refresh_token": "the-refresh-token", "dnis": f"tel:{PERSON}"},
        (("Location", "http://localhost:8000/callback?code=the-code&state=1"),),
    )
    text = orjson.dumps(kept(request_, response, verdict_on(request_))).decode()
    assert [secret for secret in SECRETS if secret in text] == []
    assert "ZGVtbzpkZW1vLXNlY3JldA" not in text


def rejected(detail: str, pointer: str = "") -> Rejected:
    verdict = verdict_on(dial({}))
    assert isinstance(verdict, Rejected)
    return Rejected(Finding(verdict.finding.rule, Violation(detail, pointer)), verdict.operation)


def test_what_a_verdict_quotes_is_hidden_too() -> None:
    detail = kept(DIALLED, Response(400), rejected(f"nobody has {PERSON}"))["verdict"]["detail"]
    assert detail.startswith("nobody has +1317")
    assert PERSON not in detail
    note = Accepted(BY_ID["postConversationsCalls"], {}, notes=(f"{PERSON} is dead",))
    assert PERSON not in kept(DIALLED, PLACED, note)["verdict"]["notes"][0]


def test_a_form_is_read_as_one() -> None:
    hidden = "".join(f"%{ord(letter):02X}" for letter in PERSON)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    shown = kept(Request("POST", "/oauth/token", headers, f"x={hidden}".encode()), Response(400))
    assert hidden not in shown["request"]["body"]


@pytest.mark.parametrize("why", [rejected("x" * 60_000), rejected("", "/" + "x" * 60_000)])
def test_a_long_reason_counts_as_well(why: Rejected) -> None:
    journal = Journal("o", 2_000)
    for number in range(1_000):
        journal.record(str(number), 0.0, DIALLED, PLACED, why)
    assert len(journal) <= JOURNAL_BYTES / 60_000


def test_the_raw_request_stays_in_reach() -> None:
    journal = Journal("o", 1)
    request = dial({"phoneNumber": PERSON})
    journal.record("1", 0.0, request, PLACED)
    kept = journal.kept("1")
    assert kept is not None
    assert kept.request is request
    assert journal.kept("2") is None


def test_the_ring_keeps_the_newest_in_their_order() -> None:
    journal = Journal("o", 3)
    for number in range(5):
        journal.record(str(number), number, DIALLED, PLACED)
    assert [one.id for one in journal] == ["2", "3", "4"]
    assert len(journal) == 3
    journal.clear()
    assert list(journal) == []


@given(size=st.integers(0, 12), count=st.integers(0, 20), limit=st.integers(1, 7))
def test_pages_lead_from_the_newest_exchange_to_the_oldest(size: int, count: int, limit: int) -> None:
    journal = Journal("o", size)
    for number in range(count):
        journal.record(str(number), number, DIALLED, PLACED)
    page = journal.page(limit)
    found = [one.id for one in page.exchanges]
    while page.older is not None:
        assert len(page.exchanges) == limit
        journal.record("later", 0.0, DIALLED, PLACED)  # what comes meanwhile moves nothing, but takes room
        page = journal.page(limit, page.older)
        found[:0] = [one.id for one in page.exchanges]
    assert found == [str(number) for number in range(count)][count - len(found) :]
    assert {one.id for one in journal} - {"later"} <= set(found)


@pytest.mark.parametrize(("limit", "before"), [(0, 9), (0, 3), (5, 0), (5, 2), (1, 1)])
def test_a_page_of_nothing_leads_nowhere(limit: int, before: int) -> None:
    journal = Journal("o", 3)
    for number in range(5):
        journal.record(str(number), number, DIALLED, PLACED)
    assert journal.page(limit, before) == ([], None)
    assert [one.id for one in journal.page(9, 99).exchanges] == ["2", "3", "4"]


@pytest.mark.parametrize("extra", [0, 1])
def test_a_body_beyond_the_bound_is_cut_and_said_to_be(extra: int) -> None:
    long = b"x" * (KEPT_BODY_BYTES + extra)
    for request, response in (
        (Request("POST", CALLS, HEADERS, long), PLACED),
        (DIALLED, Response(200, (), long)),
    ):
        journal = Journal("o", 1)
        journal.record("1", 0.0, request, response)
        (exchange,) = journal
        shown = shown_exchange(exchange, "o")
        assert shown["truncated"] is bool(extra)
        assert max(len(shown["request"]["body"]), len(shown["response"]["body"])) == KEPT_BODY_BYTES
        raw = exchange.request
        assert len(raw.body) <= KEPT_BODY_BYTES
        assert (raw.method, raw.headers) == ("POST", HEADERS)


def test_a_secret_in_a_body_that_was_cut_stays_hidden() -> None:
    body = (
        b'{"client_secret": "demo-secret", "phoneNumber": "' + PERSON.encode() + b'", "x": "' + b"x" * 99_999
    )
    shown = kept(Request("POST", CALLS, HEADERS, body), Response(400))
    assert shown["truncated"]
    assert "demo-secret" not in shown["request"]["body"]
    assert PERSON not in shown["request"]["body"]


def test_a_verdict_keeps_nothing_of_a_body_that_was_cut() -> None:
    request = dial({"phoneNumber": "+442079460100", "attributes": {"note": "x" * 400_000}})
    verdict = verdict_on(request)
    assert isinstance(verdict, Accepted)
    journal = Journal("o", 1)
    said = replace(verdict, instructions=(Instruction("c", SetAttributes("p", {"note": "x" * 400_000})),))
    journal.record("1", 0.0, request, PLACED, said, "c")
    (exchange,) = journal._ring.values()
    assert exchange.verdict == replace(verdict, intent=None, instructions=())
    assert exchange.call_id == "c"


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", CALLS, HEADERS, b"x" * 512_000),
        Request("GET", CALLS, {"x": "h" * 60_000}),
        Request("GET", "/" + "p" * 60_000),
        Request("GET", CALLS, query="q" * 60_000),
    ],
)
def test_the_journal_is_bounded_by_weight_too(request_: Request) -> None:
    journal = Journal("o", 2_000)
    for number in range(1_000):
        journal.record(str(number), 0.0, request_, PLACED)
    assert len(journal) <= JOURNAL_BYTES / 60_000
    assert journal.kept("999") is not None


def test_a_long_reply_weighs_as_much_as_a_long_request() -> None:
    journal = Journal("o", 2_000)
    reply = json_response(200, {"text": "r" * 60_000})
    for number in range(1_000):
        journal.record(str(number), 0.0, Request("GET", CALLS), reply)
    assert 0 < len(journal) <= JOURNAL_BYTES / 60_000


def test_no_repr_shows_what_was_sent() -> None:
    journal = Journal("o", 5)
    journal.record(
        "1", 0.0, dial({"phoneNumber": PERSON}), json_response(200, {"access_token": "the-access-token"})
    )
    text = repr((journal, list(journal._ring.values())))
    assert [secret for secret in SECRETS if secret in text] == []


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(max_size=20))
def test_any_exchange_can_be_shown(sent: bytes, received: bytes, content_type: str) -> None:
    request = Request("POST", CALLS, {"content-type": content_type}, sent)
    orjson.dumps(kept(request, Response(200, (("Content-Type", content_type),), received)))


def test_headers_weigh_even_where_they_are_empty() -> None:
    journal = Journal("o", 2_000)
    headers = {f"x-{number}": "" for number in range(1_000)}
    for number in range(200):
        journal.record(str(number), 0.0, Request("GET", "/", headers), PLACED)
    assert len(journal) <= JOURNAL_BYTES / 100_000


@given(statuses=st.lists(st.sampled_from([200, 202, 404, 429]), max_size=20), size=st.integers(0, 8))
def test_what_had_to_go_is_counted_and_refusals_are_known_by_a_line(statuses: list[int], size: int) -> None:
    journal = Journal("o", size)
    for number, status in enumerate(statuses):
        journal.record(str(number), 0.0, DIALLED, Response(status, (("Ringback-Rule", f"r{number}"),)))
    gone = statuses[: max(0, len(statuses) - size)]
    refused = [number for number, status in enumerate(gone) if status >= 400]
    forgotten = journal.forgotten
    assert (forgotten.exchanges, forgotten.refusals) == (len(gone), len(refused))
    lines = [shown_refusal(line) for line in forgotten.newest_refusals()]
    assert [line["rule"] for line in lines] == [f"r{number}" for number in refused]
    journal.clear()
    assert (forgotten.exchanges, forgotten.refusals, forgotten.newest_refusals()) == (0, 0, [])


def test_the_lines_of_refusals_that_had_to_go_are_redacted_and_bounded() -> None:
    journal = Journal("o", 0)
    for number in range(3_000):
        request = Request("GET", f"/api/v2/{PERSON}/{number}" + "x" * 600)
        journal.record(str(number), 0.0, request, Response(404))
    lines = [shown_refusal(line) for line in journal.forgotten.newest_refusals()]
    assert journal.forgotten.refusals == 3_000
    assert 0 < len(lines) <= REFUSALS_KEPT
    assert PERSON not in orjson.dumps(lines).decode()
    assert lines[-1]["id"] == "2999"


def test_the_lines_of_refusals_weigh_what_their_methods_and_paths_do() -> None:
    journal = Journal("o", 0)
    for number in range(REFUSALS_KEPT):
        journal.record(str(number), 0.0, Request("x" * 990, "/" + "x" * 990), Response(404))
    assert len(journal.forgotten.newest_refusals()) == REFUSALS_BYTES // (990 + 991)


def test_a_journal_that_is_closed_gives_its_room_back_and_keeps_nothing_more() -> None:
    room = Room()
    journal = Journal("o", 1, room)
    for number in range(3):
        journal.record(str(number), 0.0, DIALLED, Response(400))
    journal.changes.record("change", 0.0, Request("POST", "/__ringback/reset"), 204)
    assert (journal.forgotten.refusals, len(journal.changes.shown())) == (2, 1)
    journal.close()
    assert room.weight == 0
    journal.record("late", 0.0, DIALLED, Response(400))
    journal.changes.record("late", 0.0, Request("POST", "/__ringback/reset"), 204)
    assert (len(journal), journal.forgotten.newest_refusals(), journal.changes.shown()) == (0, [], [])


def test_of_a_refusal_that_had_to_go_no_text_is_cut() -> None:
    journal = Journal("o", 0)
    journal.record("1", 0.0, Request("GET", "/" + "x" * 2_000), Response(404))
    (line,) = journal.forgotten.newest_refusals()
    assert shown_refusal(line)["path"] == "(too long to be kept)"


def test_an_explanation_quotes_no_secret_that_only_the_request_names() -> None:
    journal = Journal("o", 1)
    body = b'{"to": "tel:+442079460100", "from": {"id": 1}, "password": "Quoted-Secret99'
    finding = Finding(TABLE["json.malformed"], Violation("it ends near 'Quoted-Secret99'"))
    journal.record("1", 0.0, Request("POST", CALLS, HEADERS, body), Response(400), Rejected(finding))
    kept = journal.kept("1")
    assert kept
    told = explanation(kept._replace(cut=True), default_org())
    assert told["findings"][0]["message"] == "it ends near '***'"
    assert "Secret99" not in repr(explanation(kept, default_org()))
