"""What a web page can make a real browser send: nothing that changes the mock, nothing that tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.browsing import chromium, pages_of
from tests.serving import mock_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CALLS = "/api/v2/conversations/calls"
FAULT = '{"kind": "server-error"}'

ATTACKS = {
    "fetch without CORS": "m => fetch(m + '/__ringback/reset', {method: 'POST', mode: 'no-cors'})",
    "a fault as plain text": f"""m => fetch(m + '/__ringback/faults', {{
        method: 'POST', mode: 'no-cors', headers: {{'Content-Type': 'text/plain'}}, body: '{FAULT}'}})""",
    "a fault as JSON": f"""m => fetch(m + '/__ringback/faults', {{
        method: 'POST', headers: {{'Content-Type': 'application/json'}}, body: '{FAULT}'}}).catch(() => 0)""",
    "clearing faults": "m => fetch(m + '/__ringback/faults', {method: 'DELETE'}).catch(() => 0)",
    "with cookies": """m => fetch(m + '/__ringback/reset', {
        method: 'POST', mode: 'no-cors', credentials: 'include'})""",
    "without a referrer": """m => fetch(m + '/__ringback/reset', {
        method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer'})""",
    "a beacon": f"m => navigator.sendBeacon(m + '/__ringback/faults', '{FAULT}')",
    "keepalive": "m => fetch(m + '/__ringback/reset', {method: 'POST', mode: 'no-cors', keepalive: true})",
    "XMLHttpRequest": """m => new Promise(done => {
        const request = new XMLHttpRequest();
        request.onloadend = done;
        request.open('POST', m + '/__ringback/reset');
        request.send('x');
    })""",
    "a sandboxed frame": """m => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        addEventListener('message', done);
        frame.srcdoc = `<script>fetch('${m}/__ringback/reset', {method: 'POST', mode: 'no-cors'})
            .finally(() => parent.postMessage('done', '*'))<` + '/script>';
        document.body.append(frame);
    })""",
    "a worker": """m => new Promise(done => {
        const code = `fetch('${m}/__ringback/reset', {method: 'POST', mode: 'no-cors'})
            .finally(() => postMessage('done'))`;
        const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
        worker.onmessage = done;
    })""",
}
"""Ways to send without leaving the page; each is over when its promise is."""
READS = {
    "fetch without CORS": "m => fetch(m + '/__ringback/exchanges', {mode: 'no-cors'}).then(r => r.type)",
    "a frame": """m => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = frame.onerror = done;
        frame.src = m + '/__ringback/exchanges';
        document.body.append(frame);
    })""",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Mock:
    """A mock by the name ``localhost``, with one call in its journal."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("127.0.0.1", "localhost")
        body, alice = {"phoneNumber": "+442079460100"}, {"Authorization": "Bearer alice"}
        requests.post(self.url + CALLS, json=body, headers=alice, timeout=10).raise_for_status()
        self.before = self.state()

    def state(self) -> Any:
        paths = ("exchanges", "faults")
        return [requests.get(f"{self.url}/__ringback/{path}", timeout=10).json() for path in paths]


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with mock_server() as url:
        yield Mock(url)


@pytest.fixture(params=["localhost", "127.0.0.1"])
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page on another port of the mock's name, and on another name."""
    (tmp_path / "index.html").write_text("<!doctype html><title>elsewhere</title><body>")
    with pages_of(tmp_path) as port:
        page = browser.new_page()
        page.goto(f"http://{request.param}:{port}/")
        yield page
        page.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_page_elsewhere_changes_anything(page: Page, mock: Mock, attack: str) -> None:
    page.evaluate(ATTACKS[attack], mock.url)
    assert mock.state() == mock.before


@pytest.mark.parametrize(
    "encoding", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
)
@pytest.mark.parametrize("path", ["/__ringback/reset", "/__ringback/faults"])
def test_no_form_elsewhere_changes_anything(page: Page, mock: Mock, path: str, encoding: str) -> None:
    submit = """([action, enctype, name]) => {
        const form = Object.assign(document.createElement('form'), {action, enctype, method: 'POST'});
        form.append(Object.assign(document.createElement('input'), {name, value: '"}'}));
        document.body.append(form);
        form.submit();
    }"""
    with page.expect_navigation() as navigation:
        page.evaluate(submit, [mock.url + path, encoding, '{"kind": "server-error", "number": "'])
    assert navigation.value is not None
    assert (navigation.value.status, navigation.value.json()["error"]) == (403, "foreign_origin")
    assert mock.state() == mock.before


@pytest.mark.parametrize("way", READS)
def test_no_page_elsewhere_reads_anything(page: Page, mock: Mock, way: str) -> None:
    with page.expect_response(lambda answer: answer.url.startswith(mock.url)) as answered:
        read = page.evaluate(READS[way], mock.url)
    assert answered.value.status == 403
    assert "conversations" not in str(read)


def test_no_page_elsewhere_reads_an_answer_either(page: Page, mock: Mock) -> None:
    fetch = "m => fetch(m + '/__ringback/exchanges').then(r => r.text()).catch(e => String(e))"
    assert "Failed to fetch" in page.evaluate(fetch, mock.url)


def test_no_link_elsewhere_leads_in(page: Page, mock: Mock) -> None:
    page.evaluate(
        "url => document.body.innerHTML = `<a href='${url}'>look</a>`", f"{mock.url}/__ringback/exchanges"
    )
    with page.expect_navigation() as navigation:
        page.click("a")
    assert navigation.value is not None
    assert navigation.value.status == 403


def test_an_address_that_is_typed_leads_in(browser: Browser, mock: Mock) -> None:
    page = browser.new_page()
    answer = page.goto(f"{mock.url}/__ringback/exchanges")
    assert answer is not None
    assert answer.status == 200
    page.close()


LOGIN = "/oauth/authorize?client_id=demo-app&response_type=code&redirect_uri=http://localhost:8000/callback"


def test_a_person_logs_in_on_the_login_page_wherever_they_come_from(page: Page, mock: Mock) -> None:
    page.route("http://localhost:8000/**", lambda route: route.fulfill(status=200, body="back"))
    page.evaluate("url => { location.href = url }", mock.url + LOGIN)
    page.wait_for_selector("form button")
    page.click("form button >> nth=0")
    page.wait_for_url("http://localhost:8000/callback?code=*")


def test_no_page_elsewhere_logs_a_person_in(page: Page, mock: Mock) -> None:
    alice = "a11ce000-0000-4000-8000-000000000001"
    fields = {"client_id": "demo-app", "response_type": "code", "user": alice} | {
        "redirect_uri": "http://localhost:8000/callback"
    }
    submit = """([action, fields]) => {
        const form = Object.assign(document.createElement('form'), {action, method: 'POST'});
        for (const [name, value] of Object.entries(fields))
            form.append(Object.assign(document.createElement('input'), {name, value}));
        document.body.append(form);
        form.submit();
    }"""
    with page.expect_navigation() as navigation:
        page.evaluate(submit, [f"{mock.url}/oauth/authorize", fields])
    assert navigation.value is not None
    assert (navigation.value.status, navigation.value.json()["error"]) == (403, "foreign_origin")
