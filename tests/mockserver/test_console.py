"""What the console's page asks for, and who gets it."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_mock.app import create_app
from ringback_mock.engine.store import Store
from ringback_mock.resources.call_list import PAGE
from ringback_mock.resources.console import FILES, LONGEST_TEXT, MOST_LISTENERS
from ringback_mock.site import Site
from tests.serving import mock_server

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CALLS = "/api/v2/conversations/calls"
ALICE = {"Authorization": "Bearer alice"}
HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
FAR = "+442079460100"


@pytest.fixture
def client() -> FlaskClient:
    client = create_app().test_client()
    client.post("/__ringback/clock", json={"freeze": True})
    return client


def placed(client: FlaskClient, number: str = FAR) -> str:
    answer = client.post(CALLS, json={"phoneNumber": number}, headers=ALICE)
    call_id: str = answer.get_json()["id"]
    return call_id


def advance(client: FlaskClient, seconds: float) -> None:
    client.post("/__ringback/clock", json={"advance": seconds})


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(f"/__ringback/{path}")
    assert answer.status_code == 200, answer.data
    return answer.get_json()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/__ringback/"),
        ("/__ringback", "/__ringback/"),
        ("/__ringback/exchanges", "/__ringback/#/exchanges"),
        ("/__ringback/exchanges?before=9", "/__ringback/#/exchanges?before=9"),
        ("/__ringback/exchanges/abc", "/__ringback/#/exchanges/abc"),
        ("/__ringback/exchanges/abc?org=0f", "/__ringback/?org=0f#/exchanges/abc"),
        ("/__ringback/exchanges?org=0f&status=4", "/__ringback/?org=0f#/exchanges?status=4"),
        ("/__ringback/exchanges/a%0D%0Ab%3F", "/__ringback/#/exchanges/a%0D%0Ab%3F"),
        ("/__ringback/rules", "/__ringback/#/rules"),
        ("/__ringback/faults", "/__ringback/#/faults"),
        ("/__ringback/calls", "/__ringback/#/calls"),
        ("/openapi.json", "/__ringback/#/api"),
    ],
)
def test_a_browser_is_led_to_the_page_and_a_program_is_not(
    client: FlaskClient, path: str, place: str
) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    assert answer.headers["Vary"] == "Accept"
    assert client.head(path, headers=HTML).headers["Location"] == place
    program = client.get(path)
    assert (program.status_code != 303, program.headers["Vary"]) == (True, "Accept")
    assert client.post(path, headers=HTML).status_code != 303


@pytest.mark.parametrize(
    ("accept", "is_browser"),
    [
        ("text/html", True),
        ("application/json;q=0.5, TEXT/HTML;level=1;q=0.6", True),
        ("application/*;q=0.2, text/html;q=0.3, */*", True),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("application/json, text/plain, */*", False),
        ("application/json, text/html;q=0.9", False),
        ("text/html, application/json", False),
        ("text/html, */*", False),
        ("text/html;q=0, */*;q=0", False),
    ],
)
def test_a_page_is_for_whoever_wants_html_rather_than_json(
    client: FlaskClient, accept: str, is_browser: bool
) -> None:
    answer = client.get("/__ringback/rules", headers={"Accept": accept})
    assert answer.status_code == (303 if is_browser else 200)


@pytest.mark.parametrize("path", ["/__ringback/openapi.json", "/__ringback/exchanges/a/b", "/healthz", CALLS])
def test_what_has_no_view_is_what_it_is_to_a_browser_too(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={**HTML, **ALICE}).status_code != 303


def test_the_page_and_its_files_are_served_under_a_strict_policy(client: FlaskClient) -> None:
    page = client.get("/__ringback/")
    assert "text/html" in page.headers["Content-Type"]
    for path in ("/__ringback/", *(f"/__ringback/console/{name}" for name in FILES)):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("name", ["nothing.js", "..%2f__init__.py", "index.html", "%2e%2e"])
def test_nothing_else_is_a_file_of_the_page(client: FlaskClient, name: str) -> None:
    assert client.get(f"/__ringback/console/{name}").status_code == 404


def test_the_page_asks_for_the_token_and_what_it_shows_needs_it() -> None:
    client = create_app(admin_token="s3cret").test_client()
    assert client.get("/__ringback/").status_code == 200
    assert client.get("/__ringback/console/console.js").status_code == 200
    for path in ("calls", "org", "feed", "exchanges"):
        assert client.get(f"/__ringback/{path}").status_code == 401
        assert client.get(f"/__ringback/{path}", headers={"Ringback-Admin-Token": "s3cret"}).status_code in {
            200,
            501,
        }


def test_no_page_of_another_origin_gets_any_of_it(client: FlaskClient) -> None:
    for path in ("", "calls", "org", "feed", "console/console.js"):
        assert client.get(f"/__ringback/{path}", headers={"Origin": "http://evil.example"}).status_code == 403


def test_calls_are_listed_the_newest_first_by_what_may_be_shown(client: FlaskClient) -> None:
    assert get(client, "calls")["calls"] == []
    first, second = placed(client), placed(client, "+13172222222")
    advance(client, 2)
    listed = get(client, "calls")
    assert [call["id"] for call in listed["calls"]] == [second, first]
    assert listed["calls"][1]["parties"][0]["name"] == "Alice"
    assert "3172222222" not in str(listed)
    assert listed["calls"][1]["nextTurnAt"] is not None


def test_a_call_is_drawn_as_it_went(client: FlaskClient) -> None:
    call_id = placed(client)
    advance(client, 10)
    [alice, far] = get(client, f"calls/{call_id}")["parties"]
    client.post(f"/__ringback/calls/{call_id}/parties/{far['id']}", json={"act": "hangs_up"})
    advance(client, 5)
    picture = get(client, f"calls/{call_id}/lanes")
    own = picture["lanes"][alice["id"]]
    assert [bar["state"] for bar in own] == [
        "contacting",
        "dialing",
        "connected",
        "disconnected",
        "terminated",
    ]
    for bar, after in pairwise(own):
        assert bar["ends"] == after["begins"]
    assert own[-1]["ends"] is None
    assert [mark["what"] for mark in picture["marks"]] == ["place", "hangs up"]
    assert picture["marks"][1]["participantId"] == far["id"]
    assert picture["active"] is False


def test_a_call_that_is_unknown_has_no_picture(client: FlaskClient) -> None:
    assert client.get("/__ringback/calls/nothing/lanes").status_code == 404


def test_the_org_is_shown_with_what_a_person_tries_it_with(client: FlaskClient) -> None:
    org = get(client, "org")
    assert "alice" in [token["value"] for token in org["tokens"]]
    assert {number["first"]: number["outcome"] for number in org["testNumbers"]}[FAR] == "answer"
    assert "demo-secret" not in str(org)


def test_a_text_is_explained_as_the_command_does(client: FlaskClient) -> None:
    answer = client.post("/__ringback/explain", data='{"to": "+442079460100"}').get_json()
    [told] = answer["explanations"]
    assert told["verdict"] == "rejected"
    assert told["request"] == {"method": "POST", "path": CALLS}
    [error] = client.post("/__ringback/explain", data="HTTP 400 malformed participant address").get_json()[
        "explanations"
    ]
    assert error["findings"]


@pytest.mark.parametrize(("text", "status"), [("", 400), ("hello", 400), ("x" * (LONGEST_TEXT + 1), 413)])
def test_a_text_that_says_nothing_is_told_so(client: FlaskClient, text: str, status: int) -> None:
    answer = client.post("/__ringback/explain", data=text)
    assert answer.status_code == status
    assert answer.get_json()["message"]


def test_a_request_is_sent_again_as_it_came(client: FlaskClient) -> None:
    placed(client)
    [kept] = get(client, "exchanges")["exchanges"]
    again = client.post(f"/__ringback/exchanges/{kept['id']}/again").get_json()
    assert again["status"] == 202
    assert [each["id"] for each in get(client, "exchanges")["exchanges"]] == [kept["id"], again["id"]]
    assert get(client, "calls")["total"] == 2
    assert client.post("/__ringback/exchanges/nothing/again").status_code == 404


def test_what_was_too_long_to_be_kept_is_not_sent_again(client: FlaskClient) -> None:
    client.post(CALLS, data="x" * 70_000, headers={**ALICE, "Content-Type": "application/json"})
    [kept] = get(client, "exchanges")["exchanges"]
    assert client.post(f"/__ringback/exchanges/{kept['id']}/again").status_code == 409


def test_an_application_in_another_server_says_that_it_has_no_feed(client: FlaskClient) -> None:
    assert client.get("/__ringback/feed").status_code == 501


def test_whoever_listens_is_told_of_each_change_and_of_nothing_else() -> None:
    with mock_server() as url, requests.get(f"{url}/__ringback/feed", stream=True, timeout=10) as feed:
        assert feed.headers["Content-Type"] == "text/event-stream"
        assert "Content-Length" not in feed.headers
        told = feed.iter_lines(chunk_size=1)
        requests.get(f"{url}/__ringback/exchanges", timeout=10)
        requests.post(url + CALLS, json={"phoneNumber": FAR}, headers=ALICE, timeout=10)
        assert next(told) == b"data: changed"
        requests.post(f"{url}/__ringback/reset", timeout=10)
        assert [next(told), next(told)] == [b"", b"data: changed"]


def test_only_so_many_listen_and_a_server_that_is_stopped_waits_for_none() -> None:
    with mock_server() as url, ExitStack() as open_feeds:
        for _ in range(MOST_LISTENERS):
            open_feeds.enter_context(requests.get(f"{url}/__ringback/feed", stream=True, timeout=10))
        refused = requests.get(f"{url}/__ringback/feed", timeout=10)
        assert (refused.status_code, refused.json()["error"]) == (503, "service_unavailable")
    # mock_server has sent SIGTERM, and the process has ended


def test_a_list_of_the_newest_calls_does_not_work_out_the_others() -> None:
    site = Site(Store(default_org()))
    headers = {"host": "127.0.0.1", "authorization": "Bearer alice", "content-type": "application/json"}
    body = b'{"phoneNumber": "%b"}' % FAR.encode()
    for _ in range(PAGE + 1):
        assert site.answer(Request("POST", CALLS, headers, body)).status == 202
    assert site.answer(Request("GET", "/__ringback/calls", headers)).whole().status == 200
    assert [call.is_begun for call in site.store.default.calls] == [False, *[True] * PAGE]
