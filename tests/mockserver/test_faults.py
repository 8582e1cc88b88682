"""What each fault does on a real connection, and what it leaves behind."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Container, Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.http.faults import CONNECT, LOGIN, OF_SOCKETS, Fault, FaultError, FaultKind
from ringback_contracts.org import OrgError, default_org
from ringback_mock.app import create_app
from ringback_mock.engine.faults import Faults
from ringback_mock.engine.store import Store
from tests.serving import mock_server

CALLS = "/api/v2/conversations/calls"
ALICE = {"Authorization": "Bearer alice"}
BODY = {"phoneNumber": "+442079460100"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock_server() as address:
        yield address


@pytest.fixture
def org(url: str) -> Org:
    return Org(url)


class Org:
    """A fresh org on the shared server, so that no test meets another's faults."""

    def __init__(self, url: str) -> None:
        made = requests.post(f"{url}/__ringback/orgs", timeout=5).json()
        self.url, self.id = url, made["id"]
        self.headers = {"Authorization": f"Bearer {made['tokens']['alice']}"}
        self.client = made["clients"]["demo-service"]

    def fail(self, **fault: Any) -> None:
        reply = requests.post(self._admin("faults"), json=fault, timeout=5)
        assert reply.status_code == 201, reply.text

    def place(self, number: str = "+442079460100", timeout: float = 5) -> requests.Response:
        return requests.post(
            self.url + CALLS, json={"phoneNumber": number}, headers=self.headers, timeout=timeout
        )

    def calls(self) -> int:
        exchanges = requests.get(self._admin("exchanges"), timeout=5).json()["exchanges"]
        return sum(exchange["conversationId"] is not None for exchange in exchanges)

    def faults(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = requests.get(self._admin("faults"), timeout=5).json()["faults"]
        return listed

    def clear(self) -> None:
        assert requests.delete(self._admin("faults"), timeout=5).status_code == 204

    def log_in(self) -> requests.Response:
        credentials = (self.client["id"], self.client["secret"])
        form = {"grant_type": "client_credentials"}
        return requests.post(f"{self.url}/oauth/token", auth=credentials, data=form, timeout=5)

    def _admin(self, path: str) -> str:
        return f"{self.url}/__ringback/{path}?org={self.id}"


def test_a_lost_reply_leaves_a_call_behind(org: Org) -> None:
    org.fail(kind="lost-reply")
    with pytest.raises(requests.ConnectionError):
        org.place()
    assert org.calls() == 1


def test_a_reset_leaves_none(org: Org) -> None:
    org.fail(kind="reset", times=1)
    with pytest.raises(requests.ConnectionError, match=r"[Rr]eset"):
        org.place()
    assert org.calls() == 0
    assert org.place().status_code == 202


def test_a_truncated_reply_promises_more_than_it_sends(org: Org) -> None:
    org.fail(kind="truncated-reply")
    with pytest.raises(requests.RequestException, match="IncompleteRead"):
        org.place()
    assert org.calls() == 1


@pytest.mark.parametrize("kind", ["slow-reply", "trickled-reply"])
def test_a_slow_reply_holds_up_nobody_else(org: Org, url: str, kind: str) -> None:
    org.fail(kind=kind, seconds=3600, times=1)
    with pytest.raises(requests.RequestException):
        org.place(timeout=0.3)
    assert org.place().status_code == 202
    assert requests.get(f"{url}/healthz", timeout=5).ok


def test_a_reply_that_is_not_slow_arrives_whole(org: Org) -> None:
    org.fail(kind="trickled-reply", seconds=0.01)
    assert org.place().json()["selfUri"].startswith(CALLS)
    org.clear()
    org.fail(kind="slow-reply", seconds=0.01)
    assert org.place().json()["selfUri"].startswith(CALLS)


@pytest.mark.parametrize(
    ("kind", "status", "placed"),
    [
        ("rate-limited", 429, 0),
        ("server-error", 500, 0),
        ("bad-gateway", 502, 0),
        ("unavailable", 503, 0),
        ("gateway-timeout", 504, 1),
        ("token-revoked", 401, 0),
    ],
)
def test_a_status_that_the_platform_may_answer_any_day(org: Org, kind: str, status: int, placed: int) -> None:
    org.fail(kind=kind, times=1)
    reply = org.place()
    assert reply.status_code == status
    assert reply.headers["Ringback-Fault"] == kind
    assert "Retry-After" not in reply.headers
    assert ("WWW-Authenticate" in reply.headers) is (status == 401)
    assert org.calls() == placed
    if kind == "bad-gateway":
        assert reply.headers["Content-Type"] == "text/html"
    else:
        assert reply.json()["contextId"] == reply.headers["ININ-Correlation-Id"]
    assert org.place().status_code == 202


def test_retry_after_in_both_its_forms(org: Org) -> None:
    org.fail(kind="unavailable", retry_after=7, times=1)
    org.fail(kind="rate-limited", retry_after=7, retry_after_form="date", nth=2)
    assert org.place().headers["Retry-After"] == "7"
    dated = org.place()
    assert parsedate_to_datetime(dated.headers["Retry-After"]) > parsedate_to_datetime(dated.headers["Date"])


def test_a_success_that_is_no_json(org: Org) -> None:
    org.fail(kind="not-json")
    reply = org.place()
    assert reply.status_code == 202
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_replies_from_the_future(org: Org) -> None:
    org.fail(kind="unknown-field", operation="any")
    placed = org.place().json()
    assert "ringbackUnknownField" in placed
    org.clear()
    org.fail(kind="unknown-value", operation="read")
    shown = requests.get(org.url + placed["selfUri"], headers=org.headers, timeout=5).json()
    assert {leg["state"] for leg in shown["participants"]} == {"levitating"}
    listed = requests.get(org.url + CALLS, headers=org.headers, timeout=5).json()
    assert listed["entities"][0]["participants"][0]["state"] == "levitating"


def test_a_login_can_fail_too(org: Org) -> None:
    org.fail(kind="unavailable", operation="login", nth=1)
    org.fail(kind="lost-reply", operation="login", nth=2)
    assert org.log_in().status_code == 503
    with pytest.raises(requests.ConnectionError):
        org.log_in()
    assert org.log_in().json()["access_token"]


def test_an_issued_token_is_really_revoked(org: Org) -> None:
    org.fail(kind="token-revoked", times=1)
    org.headers = {"Authorization": f"Bearer {org.log_in().json()['access_token']}"}
    path = f"{org.url}{CALLS}/user/a11ce000-0000-4000-8000-000000000001"
    statuses = [requests.post(path, json=BODY, headers=org.headers, timeout=5).status_code for _ in range(2)]
    assert statuses == [401, 401]


def test_faults_are_listed_with_how_often_they_fired(org: Org) -> None:
    org.clear()
    org.fail(kind="rate-limited", every=2)
    for _ in range(3):
        org.place()
    assert [(fault["kind"], fault["taken"], fault["fired"]) for fault in org.faults()] == [
        ("rate-limited", 3, 2)
    ]
    org.clear()
    assert org.faults() == []


def test_the_test_numbers_carry_the_faults_of_the_org_file(org: Org) -> None:
    with pytest.raises(requests.ConnectionError):
        org.place("+442079460120")
    assert org.place("+442079460125").headers["Retry-After"] == "2"
    assert org.place("+442079460125").status_code == 202
    assert org.place("+442079460100").status_code == 202


def test_a_lost_reply_breaks_the_answers_behind_it_too(url: str, org: Org) -> None:
    """Requests in one segment are answered in order, and a connection that is gone answers nothing."""
    org.fail(kind="lost-reply", nth=2)
    host, port = url.removeprefix("http://").split(":")
    body = json.dumps(BODY)
    one = (
        f"POST {CALLS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {org.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall((one * 3).encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 202") == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"kind": "lost-repl"}, "the nearest is 'lost-reply'"),
        ({"kind": "lost-reply", "nht": 1}, "the nearest is 'nth'"),
        ([{"kind": "reset"}, {"kind": "reset", "nth": 0}], "must be at least 1"),
        (5, "a fault is an object"),
        ([None], '"times": 1}, not null'),
    ],
)
def test_a_wrong_fault_is_refused_whole(org: Org, fault: Any, told: str) -> None:
    org.clear()
    reply = requests.post(f"{org.url}/__ringback/faults?org={org.id}", json=fault, timeout=5)
    assert reply.status_code == 400
    assert told in reply.json()["message"]
    assert org.faults() == []


def test_without_the_door_a_broken_connection_is_not_to_be_had() -> None:
    browser = create_app(store=Store(default_org())).test_client()
    browser.post("/__ringback/faults", json={"kind": "lost-reply"})
    reply = browser.post(CALLS, json=BODY, headers=ALICE)
    assert (reply.status_code, reply.headers["Ringback-Fault"]) == (501, "lost-reply")
    error = reply.get_json()
    assert (error["status"], error["code"]) == (501, "not.implemented")
    assert error["contextId"] == reply.headers["ININ-Correlation-Id"]
    assert "ringback serve" in error["message"]


# Certificates


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    pytest.importorskip("trustme")
    return tmp_path / "authority.pem"


def handshake(url: str, authority: Path) -> str | None:
    """What a client that checks certificates has against the server's."""
    address = urlsplit(url)
    context = ssl.create_default_context(cafile=authority)
    try:
        with (
            socket.create_connection((address.hostname, address.port), timeout=5) as connection,
            context.wrap_socket(connection, server_hostname=address.hostname),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return error.verify_message


EXPIRED = "certificate has expired"


def test_an_expired_certificate_is_shown_when_a_fault_says_so(authority: Path) -> None:
    with mock_server("--tls-authority", str(authority)) as url:
        assert handshake(url, authority) is None
        with requests.Session() as admin:  # one connection, so that no handshake is its own
            admin.verify = str(authority)
            faults = f"{url}/__ringback/faults"
            assert admin.delete(faults, timeout=5).status_code == 204
            fault = {"kind": "expired-certificate", "every": 2, "times": 2}
            assert admin.post(faults, json=fault, timeout=5).status_code == 201
            assert [handshake(url, authority) for _ in range(5)] == [EXPIRED, None, EXPIRED, None, None]
            (listed,) = admin.get(faults, timeout=5).json()["faults"]
            assert (listed["operation"], listed["taken"], listed["fired"]) == ("connect", 5, 2)
            assert admin.post(faults, json={"kind": "expired-certificate"}, timeout=5).ok
            assert handshake(url, authority) == EXPIRED
            assert admin.delete(faults, timeout=5).ok
        assert handshake(url, authority) is None


def test_a_client_that_names_the_server_is_shown_it_too(authority: Path) -> None:
    options = ("--tls-authority", str(authority), "--fault", "expired-certificate:nth=1")
    with mock_server(*options) as url:
        named = url.replace("127.0.0.1", "localhost")
        assert [handshake(named, authority), handshake(named, authority)] == [EXPIRED, None]


def test_a_fault_of_the_org_file_makes_the_server_serve_https(tmp_path: Path, authority: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text('id = "o"\nname = "O"\n[[faults]]\nkind = "expired-certificate"\nnth = 2', "utf-8")
    with mock_server("--org", str(file), "--tls-authority", str(authority)) as url:
        assert [handshake(url, authority) for _ in range(2)] == [None, EXPIRED]
        assert requests.post(f"{url}/__ringback/reset", verify=str(authority), timeout=5).ok
        assert [handshake(url, authority) for _ in range(2)] == [None, EXPIRED]


def test_a_server_without_such_a_certificate_says_so(org: Org) -> None:
    org.clear()
    kinds = [{"kind": "reset"}, {"kind": "expired-certificate"}]
    reply = requests.post(f"{org.url}/__ringback/faults", json=kinds, timeout=5)
    assert reply.status_code == 501
    assert "ringback serve --tls-authority FILE" in reply.json()["message"]
    assert org.faults() == []


def test_a_handshake_is_of_no_copy_of_the_org(authority: Path) -> None:
    with mock_server("--tls-authority", str(authority)) as url:
        copy = requests.post(f"{url}/__ringback/orgs", verify=str(authority), timeout=5).json()["id"]
        faults = f"{url}/__ringback/faults?org={copy}"
        reply = requests.post(faults, json={"kind": "expired-certificate"}, verify=str(authority), timeout=5)
    assert reply.status_code == 400
    assert "without ?org=" in reply.json()["message"]


def test_serve_takes_faults_on_its_command_line() -> None:
    with mock_server("--fault", "unavailable:times=1,retry-after=3") as url:
        first, second = (requests.post(url + CALLS, json=BODY, headers=ALICE, timeout=5) for _ in range(2))
    assert (first.status_code, first.headers["Retry-After"]) == (503, "3")
    assert second.status_code == 202


def test_each_kind_is_played(org: Org) -> None:
    """A kind that nobody plays would be a crash in the middle of a test run."""
    for kind in set(FaultKind) - {FaultKind.EXPIRED_CERTIFICATE} - OF_SOCKETS:
        org.clear()
        org.fail(kind=kind.value, seconds=0, operation="any")
        try:
            reply = org.place()
        except requests.RequestException:
            continue
        assert reply.headers["Ringback-Fault"] == kind
    assert Fault(kind=FaultKind.RESET).seconds == 5


# --- many of them ---------------------------------------------------------------------------------------

NUMBERS = ("+442079460100", "+442079460101", "+442079460102")
SOME = st.builds(
    Fault,
    kind=st.sampled_from([FaultKind.RESET, FaultKind.LOST_REPLY, FaultKind.UNAVAILABLE]),
    operation=st.sampled_from(["any", "place", "read", "disconnect"]),
    number=st.none() | st.sampled_from(NUMBERS),
    every=st.none() | st.integers(1, 3),
    times=st.none() | st.integers(1, 2),
)
REQUESTS = st.tuples(
    st.sampled_from(["place", "read", "disconnect", "", LOGIN, CONNECT]), st.lists(st.sampled_from(NUMBERS))
)


@given(faults=st.lists(SOME, max_size=8), requests=st.lists(REQUESTS, max_size=8))
def test_the_first_that_was_set_strikes_and_each_that_takes_a_request_counts_it(
    faults: list[Fault], requests: list[tuple[str, list[str]]]
) -> None:
    armed = Faults(faults)
    counts = [[0, 0] for _ in faults]
    for operation, numbers in requests:
        expected = None
        for fault, count in zip(faults, counts, strict=True):
            if fault.takes(operation, numbers):
                count[0] += 1
                if fault.strikes(*count):
                    count[1] += 1
                    expected = expected or fault
        fired = armed.should_fire(operation, numbers)
        assert fired is expected
        armed.count(operation, numbers)
    assert [[one.taken, one.struck] for one in armed] == counts


def test_an_org_has_no_more_faults_than_a_call_can_ask() -> None:
    client = create_app(replace(default_org(), faults=())).test_client()
    many = [{"kind": "reset", "number": f"+4420794601{number:02}"} for number in range(20)]
    for _ in range(50):
        assert client.post("/__ringback/faults", json=many).status_code == 201
    refused = client.post("/__ringback/faults", json=many[:1])
    assert refused.status_code == 400
    assert refused.get_json()["message"] == (
        "an org has at most 1,000 faults: 1,000 are set, and 1 would come; "
        "DELETE /__ringback/faults clears them"
    )
    client.delete("/__ringback/faults")
    assert client.post("/__ringback/faults", json=many * 51).status_code == 400
    assert client.get("/__ringback/faults").get_json() == {"faults": []}


def test_one_fault_is_cleared_and_the_others_strike_on() -> None:
    own = Fault(kind=FaultKind.RESET, number="+442079460100")
    client = create_app(replace(default_org(), faults=(own,))).test_client()
    client.post("/__ringback/faults", json=[{"kind": "unavailable"}, {"kind": "rate-limited"}])
    listed = client.get("/__ringback/faults").get_json()["faults"]
    assert [fault["standing"] for fault in listed] == [True, False, False]
    for fault in listed[:2]:
        assert client.delete(f"/__ringback/faults/{fault['id']}").status_code == 204
    assert client.get("/__ringback/faults").get_json()["faults"] == listed[2:]
    again = client.delete(f"/__ringback/faults/{listed[0]['id']}")
    assert (again.status_code, "GET /__ringback/faults" in again.get_json()["message"]) == (404, True)
    client.post("/__ringback/reset")
    [anew] = client.get("/__ringback/faults").get_json()["faults"]
    assert (anew["kind"], anew["standing"]) == ("reset", True)


def test_a_call_asks_only_the_faults_that_may_be_about_it() -> None:
    asked: list[str | None] = []

    class Watched(Fault):
        def takes(self, what: str, numbers: Container[str]) -> bool:
            asked.append(self.number)
            return super().takes(what, numbers)

    faults = Faults(Watched(kind=FaultKind.RESET, number=f"+44207946{number:04}") for number in range(1000))
    assert faults.should_fire("place", ["+442079460007"]) is not None
    assert faults.should_fire("place", ["+442079469999"]) is None
    assert asked == ["+442079460007"]


def test_an_org_s_file_has_no_more_either() -> None:
    with pytest.raises(OrgError, match="faults: there are 1,001, and an org has at most 1,000"):
        replace(default_org(), faults=(Fault(kind=FaultKind.RESET),) * 1001)


def test_a_fault_s_number_has_an_end() -> None:
    assert Fault(kind=FaultKind.RESET, number="x" * 1000).number
    with pytest.raises(FaultError, match="number has 1,001 characters, and may have 1,000"):
        Fault(kind=FaultKind.RESET, number="x" * 1001)
