"""What one replica does, another knows; and what only one may have, only one gets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from ringback_contracts.org import default_org
from tests.mockserver.process import ALICE, PATIENCE, Process, serving
from tests.mockserver.wire import CALLS
from tests.replicas.conftest import Start

T = TypeVar("T")
ADMIN = "/__ringback"
BACK = "http://localhost:8000/callback"


@pytest.fixture(scope="module")
def running(redis_url: str) -> Iterator[tuple[Process, Process]]:
    options = "--quiet", "--store", redis_url, "--store-prefix", "two"
    with serving(*options) as one, serving(*options) as other:
        yield one, other


@pytest.fixture
def two(running: tuple[Process, Process]) -> tuple[Process, Process]:
    """Two replicas as they were at the start."""
    assert ask(running[0], "POST", f"{ADMIN}/reset").status_code == 204
    return running


def at_once(*todo: Callable[[], T]) -> list[T]:
    """What each gives, all begun at the same moment."""
    with ThreadPoolExecutor(len(todo)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(one) for one in todo]]


def ask(replica: Process, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    return requests.request(method, replica.url + path, json=body, headers=ALICE | headers, timeout=PATIENCE)


def login(replica: Process, form: dict[str, str]) -> requests.Response:
    return requests.post(
        f"{replica.url}/oauth/token", form, auth=("demo-app", "demo-secret"), timeout=PATIENCE
    )


def placed(replica: Process) -> str:
    """The id of a call that the replica has placed, and that is answered."""
    ask(replica, "POST", f"{ADMIN}/clock", {"freeze": True})
    call_id: str = replica.place().json()["id"]
    ask(replica, "POST", f"{ADMIN}/clock", {"advance": 10})
    return call_id


def parties(replica: Process, call_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = replica.get(f"{CALLS}/{call_id}").json()["participants"]
    return found


def statuses(replies: Iterable[requests.Response]) -> Counter[int]:
    return Counter(reply.status_code for reply in replies)


def test_a_call_that_one_replica_places_another_shows(two: tuple[Process, Process]) -> None:
    one, other = two
    call_id = one.place().json()["id"]
    shown = other.get(f"{CALLS}/{call_id}")
    assert shown.status_code == 200
    assert shown.json()["id"] == call_id


def test_each_shows_the_journal_of_both(two: tuple[Process, Process]) -> None:
    ids = [replica.place().headers["ININ-Correlation-Id"] for replica in (*two, *two)]
    ids.append(ask(two[0], "POST", CALLS, {"phoneNumber": "nonsense"}).headers["ININ-Correlation-Id"])
    for replica in two:
        shown = replica.get(f"{ADMIN}/exchanges").json()
        assert [exchange["id"] for exchange in shown["exchanges"]] == ids
        assert shown["exchanges"][-1]["verdict"]["rule"] is not None
        explained = replica.get(f"{ADMIN}/exchanges/{ids[-1]}").json()["explanation"]
        assert explained["verdict"] == "rejected"


def test_a_call_looks_the_same_everywhere(two: tuple[Process, Process]) -> None:
    call_id = placed(two[0])
    first, second = (replica.get(f"{CALLS}/{call_id}").json() for replica in two)
    assert first == second
    assert first["participants"][0]["state"] == "connected"


def test_what_one_holds_the_other_shows_held(two: tuple[Process, Process]) -> None:
    call_id = placed(two[0])
    agent = parties(two[0], call_id)[0]["id"]
    held = ask(two[0], "PATCH", f"{CALLS}/{call_id}/participants/{agent}", {"held": True})
    assert held.ok, held.text
    assert parties(two[1], call_id)[0]["held"] is True


def test_of_two_transfers_at_once_one_is_granted(two: tuple[Process, Process]) -> None:
    for _ in range(5):
        call_id = placed(two[0])
        customer = parties(two[0], call_id)[1]["id"]
        path = f"{CALLS}/{call_id}/participants/{customer}/replace"
        to = {"address": "+442079460106"}
        replies = at_once(*(partial(ask, replica, "POST", path, to) for replica in two * 2))
        assert statuses(replies)[202] == 1, [reply.text for reply in replies]


def held_twice(first: Process, second: Process) -> tuple[Counter[int], list[bool]]:
    """What four are told who hold one leg at once, and whether each process shows it held."""
    call_id = placed(first)
    agent = parties(first, call_id)[0]["id"]
    path = f"{CALLS}/{call_id}/participants/{agent}"
    replies = at_once(*(partial(ask, one, "PATCH", path, {"held": True}) for one in (first, second) * 2))
    legs = [parties(one, call_id)[0] for one in (first, second)]
    return statuses(replies), [leg["held"] for leg in legs]


def test_of_holds_at_once_as_many_are_granted_as_one_process_would(two: tuple[Process, Process]) -> None:
    with serving("--quiet") as alone:
        expected = held_twice(alone, alone)
    assert expected[1] == [True, True]
    for _ in range(5):
        assert held_twice(*two) == expected


def test_of_two_who_exchange_one_code_one_gets_a_token(two: tuple[Process, Process]) -> None:
    query = {"client_id": "demo-app", "redirect_uri": BACK, "response_type": "code"}
    user = next(iter(default_org().users)).id
    for _ in range(3):
        page = requests.post(
            f"{two[0].url}/oauth/authorize",
            {**query, "user": user},
            params=query,
            allow_redirects=False,
            timeout=PATIENCE,
        )
        code = re.search(r"code=([^&]+)", page.headers["Location"])
        assert code is not None
        form = {"grant_type": "authorization_code", "code": code[1], "redirect_uri": BACK}
        replies = at_once(*(partial(login, replica, form) for replica in two))
        assert statuses(replies) == {200: 1, 400: 1}
        token = next(reply.json()["access_token"] for reply in replies if reply.ok)
        # A code that came twice was stolen: its token ends, whoever got it (RFC 6749 section 4.1.2).
        me = [ask(replica, "GET", "/api/v2/users/me", Authorization=f"Bearer {token}") for replica in two]
        assert statuses(me) == {401: 2}


def test_a_token_of_one_is_good_at_the_other_until_it_is_revoked(two: tuple[Process, Process]) -> None:
    reply = requests.post(
        f"{two[0].url}/oauth/token",
        {"grant_type": "client_credentials"},
        auth=("demo-service", "demo-secret"),
        timeout=PATIENCE,
    )
    bearer = f"Bearer {reply.json()['access_token']}"
    assert ask(two[1], "GET", "/api/v2/tokens/me", Authorization=bearer).status_code == 200
    assert ask(two[1], "DELETE", "/api/v2/tokens/me", Authorization=bearer).status_code == 200
    assert ask(two[0], "GET", "/api/v2/tokens/me", Authorization=bearer).status_code == 401


def test_a_rate_limit_is_one_for_all(tmp_path: Path, start: Start) -> None:
    org = tmp_path / "org.toml"
    text = (Path(__file__).parents[2] / "contracts/ringback_contracts/data/org.toml").read_text("utf-8")
    org.write_text(text.replace("# rate_per_minute = 300", "rate_per_minute = 20"), "utf-8")
    two = start("--org", str(org)), start("--org", str(org))
    replies = at_once(*(replica.place for replica in two * 15))
    assert statuses(replies) == {202: 20, 429: 10}


def test_a_copy_that_one_makes_both_serve_until_it_is_dropped(two: tuple[Process, Process]) -> None:
    copy = ask(two[0], "POST", f"{ADMIN}/orgs", {"success_status": 200}).json()
    bearer = f"Bearer {copy['tokens']['alice']}"
    assert (
        ask(two[1], "POST", CALLS, {"phoneNumber": "+442079460100"}, Authorization=bearer).status_code == 200
    )
    assert ask(two[1], "DELETE", f"{ADMIN}/orgs?org={copy['id']}").status_code == 204
    assert ask(two[0], "GET", "/api/v2/users/me", Authorization=bearer).status_code == 401


def test_a_fault_strikes_as_often_as_it_is_told_to(two: tuple[Process, Process]) -> None:
    ask(two[1], "DELETE", f"{ADMIN}/faults")
    set_one = ask(two[0], "POST", f"{ADMIN}/faults", {"kind": "unavailable", "times": 3})
    assert set_one.status_code == 201
    replies = at_once(*(replica.place for replica in two * 5))
    assert statuses(replies) == {503: 3, 202: 7}
    (fault,) = two[1].get(f"{ADMIN}/faults").json()["faults"]
    assert (fault["taken"], fault["fired"]) == (10, 3)


def test_a_reset_through_one_is_one_for_all(two: tuple[Process, Process]) -> None:
    call_id = two[0].place().json()["id"]
    assert ask(two[1], "POST", f"{ADMIN}/reset").status_code == 204
    assert two[0].get(f"{CALLS}/{call_id}").status_code == 404
    assert two[0].get(f"{ADMIN}/exchanges").json()["total"] == 1
