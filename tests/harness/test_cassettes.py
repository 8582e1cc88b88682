"""Cassettes are whole HAR files, and a recorded mock replays as itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from click.testing import CliRunner

from ringback_client.atomic_write import atomic_write
from ringback_contracts.core.declare import ALICE
from ringback_harness.cassettes import Origin, Recorder, read_cassettes
from ringback_harness.cassettes.recorder import contract_of
from ringback_harness.cli import main
from ringback_harness.exits import Exit, SetupError
from tests.serving import mock_server


def diff(target: object, *more: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["diff", "--target", str(target), *map(str, more)])
    return result.exit_code, result.output


def test_what_is_recorded_of_a_mock_replays_without_a_difference(tmp_path: Path) -> None:
    folder = tmp_path / "cassettes"
    with mock_server() as url:
        code, said = diff(url, "--record", folder)
    assert code == Exit.FINE, said
    code, said = diff(folder)
    assert code == Exit.FINE, said
    cassettes = read_cassettes(folder)
    assert len(cassettes) > 100
    assert all(cassette.region is None for cassette in cassettes)
    first = json.loads(sorted(folder.iterdir())[1].read_text())["log"]
    assert first["version"] == "1.2"
    assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= first["entries"][
        0
    ].keys()


def test_what_a_check_records_replays_too_each_org_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "cassettes"
    with mock_server() as url:
        options = ["--target", url, "--examples", "5", "--record", str(folder)]
        checked = CliRunner().invoke(main, ["check", *options])
    assert checked.exit_code == Exit.FINE, checked.output
    assert len({cassette.org for cassette in read_cassettes(folder)}) > 5
    code, said = diff(folder)
    assert code == Exit.FINE, said


def test_what_a_killed_run_was_writing_is_not_read_and_goes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", lambda *_: None)
        with atomic_write(tmp_path / "x.har") as file:
            file.write("half of i")
    (left,) = tmp_path.iterdir()
    with pytest.raises(SetupError, match="no cassettes"):
        read_cassettes(tmp_path)
    Recorder(tmp_path, Origin("x"))
    assert left.exists(), "another run may be writing it just now"
    an_hour_ago = left.stat().st_mtime - 3600
    os.utime(left, (an_hour_ago, an_hour_ago))
    Recorder(tmp_path, Origin("x"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", '{"log": {"entries": [{}]}}', '{"log": {}}'])
def test_a_file_that_is_no_har_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "broken.har").write_text(text)
    with pytest.raises(SetupError, match=r"broken\.har"):
        read_cassettes(tmp_path)


def test_calls_are_allowed_on_a_sandbox_alone() -> None:
    assert diff("mock", "--allow-calls")[0] == Exit.SETUP


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_answers_whose_a_token_is_tells_it_even_in_the_first_cassette(
    method: str, tmp_path: Path
) -> None:
    real = "5A4DB0C5-0000-4000-8000-000000000001"
    recorder = Recorder(tmp_path, Origin("x"))
    recorder.learn({"alice": "a-token-1"}, {}, ())
    url = "https://gateway.example.com/cloud/api/v2/users/me"
    request = requests.Request(method, url, headers={"Authorization": "Bearer a-token-1"}).prepare()
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({"id": real, "selfUri": f"/api/v2/users/{real.lower()}"}).encode()
    recorder.keep(request, response, 0.1)
    (path,) = tmp_path.iterdir()
    assert real.lower() not in path.read_text("utf-8").lower()
    assert path.read_text("utf-8").count(ALICE) == 2


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"id": 7}', b'{"id": "me"}', b'{"name": "x"}'])
def test_an_answer_that_says_not_whose_a_token_is_gives_nobody_another_id(answer: bytes) -> None:
    recorder = Recorder(None, Origin("x"))
    recorder.learn({"alice": "a-token-1"}, {}, ())
    url = "https://api.example.com/api/v2/users/me"
    request = requests.Request("GET", url, headers={"Authorization": "Bearer a-token-1"}).prepare()
    response = requests.Response()
    response.status_code, response._content = 200, answer
    recorder.keep(request, response, 0.1)
    assert recorder.cleaner.names == {}


@pytest.mark.parametrize(
    ("body", "contract"),
    [
        (b'{"phoneNumber": "+442079460100"}', "published"),
        (b'{"to": "tel:+442079460100"}', "participants"),
        (b'["to"]', None),
        (b'"to"', None),
        (b"to", None),
        (b"", None),
    ],
)
def test_the_contract_of_a_body_is_told_where_it_is_an_object(body: bytes, contract: str | None) -> None:
    assert contract_of(body) == contract


def test_what_a_cassette_says_of_its_request_is_true_of_what_it_holds(tmp_path: Path) -> None:
    url = "https://api.example.com/api/v2/users?q=a%20b&q=&to=%2B13172222222&token=x1y2z3x1y2"
    request = requests.Request(
        "POST", url, data='{"password": "a-very-long-secret", "x": "\u00e9"}'
    ).prepare()
    response = requests.Response()
    response.status_code, response._content = 200, b""
    Recorder(tmp_path, Origin("x")).keep(request, response, 0.1)
    (path,) = tmp_path.iterdir()
    (entry,) = json.loads(path.read_text("utf-8"))["log"]["entries"]
    assert (entry["time"], entry["timings"]) == (100.0, {"send": 0, "wait": 100.0, "receive": 0})
    shown = entry["request"]
    assert shown["bodySize"] == len(shown["postData"]["text"].encode())
    named = [(pair["name"], pair["value"]) for pair in shown["queryString"]]
    assert named == parse_qsl(urlsplit(shown["url"]).query, keep_blank_values=True)
    assert named[:2] == [("q", "a b"), ("q", "")]
    assert "13172222222" not in str(shown)
    assert "x1y2z3x1y2" not in str(shown)
