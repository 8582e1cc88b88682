"""A recording says nobody's name, and the same one stands for the same person throughout."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.privacy.people import ADDRESSES, NAMES
from ringback_harness.cassettes import Origin, Recorder
from ringback_harness.cassettes.cleaning import Cleaner

ME = {"id": "x", "name": "Jane Ann Doe", "email": "jane.doe@corp.example.org"}


def answered(cleaner: Cleaner, value: Any) -> Any:
    return json.loads(cleaner.body(json.dumps(value).encode(), "application/json", answer=True))


def sent(cleaner: Cleaner, value: Any) -> Any:
    return json.loads(cleaner.body(json.dumps(value).encode(), "application/json"))


def test_who_answers_is_called_otherwise_and_always_the_same() -> None:
    cleaner = Cleaner()
    assert answered(cleaner, ME) == {"id": "x", "name": "Name 1", "email": "person2@example.com"}
    assert answered(cleaner, [ME, {"name": "Other"}])[1] == {"name": "Name 3"}
    assert answered(cleaner, {"name": "JANE ANN DOE "}) == {"name": "Name 1"}


def test_whoever_was_met_is_known_again_in_any_text_of_a_request_or_an_answer() -> None:
    cleaner = Cleaner()
    answered(cleaner, ME)
    message = {"message": "jane ann doe <Jane.Doe@corp.example.org> is disabled"}
    clean = {"message": "Name 1 <person2@example.com> is disabled"}
    assert answered(cleaner, message) == sent(cleaner, message) == clean
    assert cleaner.text("/users?q=Jane Ann Doe") == "/users?q=Name 1"


def test_an_answer_tells_no_address_wherever_it_stands() -> None:
    shown = answered(Cleaner(), {"a": ["write to joe@corp.example.org", "sip:joe@corp.example.org"]})
    assert shown == {"a": ["write to person1@example.com", "sip:person1@example.com"]}


def test_headers_tell_no_address_though_nobody_was_met_before() -> None:
    cleaner = Cleaner()
    clean = "person1@example.com"
    assert cleaner.headers({"X-User-Email": "Joe <joe@corp.example.org>"}) == {
        "X-User-Email": f"Joe <{clean}>"
    }
    location = {"Location": "https://corp.example.org/?user=joe%40corp.example.org"}
    assert cleaner.headers(location) == {"Location": f"https://corp.example.org/?user={clean}"}


def test_a_request_keeps_the_addresses_that_its_verdict_hangs_on() -> None:
    for body in ({"to": "sip:agent@pbx"}, {"to": "agent@example.com"}, {"to": {"name": 7}}):
        assert sent(Cleaner(), body) == body


@pytest.mark.parametrize("field", sorted(NAMES | ADDRESSES))
@given(name=st.text(alphabet=st.characters(categories=["L"]), min_size=4))
@example("TOKEN")
def test_no_name_survives_in_the_fields_that_hold_names(field: str, name: str) -> None:
    for body in (answered(Cleaner(), {"x": [{field: name}]}), sent(Cleaner(), {"x": [{field: name}]})):
        assert body["x"][0][field] in ("Name 1", "person1@example.com")


def test_what_says_nothing_stays() -> None:
    cleaner = Cleaner()
    assert answered(cleaner, {"name": "", "email": None}) == {"name": "", "email": None}
    assert answered(cleaner, answered(cleaner, ME)) == answered(cleaner, ME)


def test_a_recording_takes_the_answers_for_answers_and_the_requests_for_requests(tmp_path: Path) -> None:
    at_a_documentation_domain = json.dumps({"contact": "joe@corp.example.org"})
    request = requests.Request(
        "POST", "http://127.0.0.1/x", {"Content-Type": "application/json"}, data=at_a_documentation_domain
    ).prepare()
    response = requests.Response()
    response.status_code = 200
    response.headers["Content-Type"] = "application/json"
    response.raw = io.BytesIO(at_a_documentation_domain.encode())
    Recorder(tmp_path, Origin("x")).keep(request, response, 0.0)
    (path,) = tmp_path.iterdir()
    (entry,) = json.loads(path.read_text("utf-8"))["log"]["entries"]
    assert json.loads(entry["request"]["postData"]["text"]) == {"contact": "joe@corp.example.org"}
    assert json.loads(entry["response"]["content"]["text"]) == {"contact": "person1@example.com"}
