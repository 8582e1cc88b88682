"""No secret that a run has met is written down, whoever repeats it and under whatever name."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from ringback_contracts.catalogue import TABLE
from ringback_harness.at_url import AtUrl
from ringback_harness.cassettes import Origin, Recorder, Tape
from ringback_harness.cassettes.cleaning import Cleaner
from tests.harness.deviant import deviant

SECRET = "Zx81/quite+secret"
BASIC = b64encode(f"client:{SECRET}".encode()).decode()
URL = "https://api.example.com/x"
JSON = "application/json"


def exchange(
    url: str = URL,
    headers: Mapping[str, str] | None = None,
    sent: str = "",
    answered: Mapping[str, str] | None = None,
    body: str = "",
) -> tuple[requests.PreparedRequest, requests.Response]:
    """An exchange as the wire sees it."""
    request = requests.Request("POST", url, headers=dict(headers or {}), data=sent or None).prepare()
    response = requests.Response()
    response.status_code = 400
    response.headers = CaseInsensitiveDict(answered or {})
    response._content = body.encode()
    return request, response


def written(folder: Path, *exchanges: tuple[requests.PreparedRequest, requests.Response]) -> str:
    """All that is on the disk afterwards."""
    recorder = Recorder(folder, Origin("x"))
    for request, response in exchanges:
        recorder.keep(request, response, 0.1)
    return "".join(path.read_text("utf-8") for path in folder.iterdir())


MET = {
    "a bearer token": exchange(headers={"Authorization": f"Bearer {SECRET}"}),
    "a client's credentials": exchange(headers={"Authorization": f"Basic {BASIC}"}),
    "a field of a form": exchange(sent=f"client_secret={quote(SECRET, safe='')}"),
    "a member of JSON": exchange(sent=json.dumps({"a": [{"password": SECRET}]})),
    "a token that was issued": exchange(body=json.dumps({"access_token": SECRET})),
    "tokens by name": exchange(body=json.dumps({"tokens": {"users": {"alice": SECRET}}})),
    "a list of tokens": exchange(body=json.dumps({"tokens": [{"value": SECRET, "scopes": ["calls2"]}]})),
    "a cookie that is set": exchange(answered={"Set-Cookie": f"session={SECRET}; Path=/"}),
    "a cookie": exchange(headers={"Cookie": f"a=b; session={SECRET}"}),
    "a header": exchange(answered={"X-Auth-Token": SECRET}),
    "a password in a URL": exchange(answered={"Location": f"https://u:{quote(SECRET, safe='')}@x.example"}),
    "a parameter of a URL": exchange(url=f"{URL}?access_token={quote(SECRET, safe='')}"),
}
ECHOED = {
    "a text": exchange(body=f"no {SECRET}, thanks"),
    "a member of any name": exchange(body=json.dumps({"message": f"<{SECRET}>", "x": [SECRET]})),
    "a member's name": exchange(body=json.dumps({SECRET: 1})),
    "a header of any name": exchange(answered={"X-Trace": f"id={SECRET}"}),
    "a URL": exchange(url=f"{URL}/{quote(SECRET, safe='')}?trace={quote(SECRET, safe='')}"),
    "what is sent": exchange(sent=json.dumps({"label": SECRET})),
}


def spelled(text: str) -> bool:
    """Whether the secret stands in a text, in one of its spellings."""
    return any(part in text for part in (SECRET, quote(SECRET, safe=""), quote(SECRET), BASIC))


@pytest.mark.parametrize("echoed", ECHOED)
@pytest.mark.parametrize("met", MET)
def test_a_secret_that_was_met_is_hidden_wherever_it_is_repeated(
    met: str, echoed: str, tmp_path: Path
) -> None:
    text = written(tmp_path, MET[met], ECHOED[echoed])
    assert not spelled(text)
    assert "***" in text


def test_what_one_exchange_issues_is_hidden_in_all_of_it(tmp_path: Path) -> None:
    text = written(tmp_path, exchange(f"{URL}/{quote(SECRET, safe='')}", body=json.dumps({"token": SECRET})))
    assert not spelled(text)


def test_a_token_that_the_run_was_given_is_known_from_the_start(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, Origin("x"))
    recorder.learn({"alice": SECRET}, {}, ())
    recorder.keep(*ECHOED["a text"], 0.1)
    assert not spelled("".join(path.read_text("utf-8") for path in tmp_path.iterdir()))


def test_the_tokens_of_the_orgs_that_a_mock_makes_are_not_written_down(tmp_path: Path) -> None:
    tape = Tape(tmp_path, Origin("a mock"))
    with deviant(TABLE) as url:
        tokens = AtUrl(url, notes=tape).world().tokens
    text = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert '\\"tokens\\"' in text
    assert "alice" in tokens
    assert not [token for token in tokens.values() if token in text]


@given(
    secret=st.from_regex(r"[A-Za-z0-9._~+/-]{8,40}", fullmatch=True),
    before=st.text(),
    after=st.text(),
)
def test_no_long_secret_survives_in_any_text(secret: str, before: str, after: str) -> None:
    cleaner = Cleaner()
    cleaner.headers({"Authorization": f"Bearer {secret}"})
    assert secret not in cleaner.secrets.hidden_in(before + secret + after)


@pytest.mark.parametrize("secret", ["hunter2", "pa$$wd"])
def test_a_short_secret_is_hidden_as_a_whole_word(secret: str) -> None:
    cleaner = Cleaner()
    clean = cleaner.body(json.dumps({"password": secret, "text": f"{secret}, my{secret}x"}).encode(), JSON)
    assert json.loads(clean) == {"password": "***", "text": f"***, my{secret}x"}


@pytest.mark.parametrize("word", ["alice", "service", "nobody", "0000", "a1b2"])
def test_a_short_word_that_happens_to_be_a_token_stays_elsewhere(word: str) -> None:
    cleaner = Cleaner()
    cleaner.headers({"Authorization": f"Bearer {word}"})
    assert cleaner.text(f"/users/{word}") == f"/users/{word}"


def test_the_code_of_an_error_and_the_scopes_of_a_token_are_no_secrets() -> None:
    cleaner = Cleaner()
    token = {"value": "x1y2z3x1y2", "scopes": ["conversations2"]}
    cleaner.body(json.dumps({"code": "invalid.phone.number", "tokens": [token]}).encode(), JSON)
    assert cleaner.text("/conversations2/invalid.phone.number") == "/conversations2/invalid.phone.number"


def test_even_a_word_is_hidden_where_it_is_named_as_a_token() -> None:
    shown = Cleaner().body(b'{"tokens": {"alice": "sesame", "bob": ""}}', JSON, answer=True)
    assert json.loads(shown) == {"tokens": {"alice": "***", "bob": ""}}
