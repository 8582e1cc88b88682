"""``ringback export``: each request is sent to a mock, and meets what its file says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from ringback_contracts.catalogue import TABLE
from ringback_explain.read import read
from ringback_harness.cli import main
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

URL = "http://127.0.0.1:9999"


class Sent(NamedTuple):
    """A request as the file has it, and what is to come of it; no rule where it is accepted."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    rule: str | None
    status: int


def exported(form: str, *options: str) -> str:
    done = CliRunner().invoke(main, ["export", form, "--target", URL, *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def filled(text: str) -> str:
    return text.replace("{{baseUrl}}", URL).replace("{{token}}", "alice")


def of_postman(text: str) -> list[Sent]:
    found = []
    for folder in json.loads(text)["item"]:
        for item in folder["item"]:
            request, tests = item["request"], " ".join(item["event"][0]["script"]["exec"])
            rule = re.search(r"'Ringback-Rule', '([^']+)'", tests)
            status = re.search(r"status\((\d+)\)", tests)
            assert (folder["name"] == "Refused") == (rule is not None) == (status is not None)
            headers = {each["key"].lower(): filled(each["value"]) for each in request["header"]}
            body = request.get("body", {}).get("raw", "")
            told = (rule and rule[1], int(status[1]) if status else 200)
            found.append(Sent(request["method"], filled(request["url"]), headers, body, *told))
    return found


def of_http(text: str) -> list[Sent]:
    found = []
    for block in re.split(r"(?m)^### .*\n", text)[1:]:
        head, _, body = block.partition("\n\n")
        expected, first, *lines = head.strip().split("\n")
        method, url = filled(first).split(" ", 1)
        headers = {name.lower(): filled(value) for name, value in (line.split(": ", 1) for line in lines)}
        status, _, rule = expected.removeprefix("# ").partition(" ")
        told = (rule or None, int(status) if rule else 200)
        found.append(Sent(method, url, headers, body.strip("\n"), *told))
    return found


@pytest.mark.parametrize(("form", "read_form"), [("postman", of_postman), ("http", of_http)])
def test_each_request_meets_what_its_file_says(form: str, read_form: Any) -> None:
    site = Site(Store())
    requests = read_form(exported(form))
    for sent in requests:
        assert sent.url.startswith(f"{URL}/"), sent
        path, _, query = sent.url.removeprefix(URL).partition("?")
        headers = {"host": "127.0.0.1", **sent.headers}
        answer = site.answer(
            site.request(sent.method, unquote(path), headers, sent.body.encode(), query=query)
        )
        rule = dict(answer.headers).get("Ringback-Rule")
        assert rule == sent.rule, sent
        assert answer.status == sent.status if sent.rule else answer.status < 300, sent
    refused = {sent.rule for sent in requests if sent.rule}
    assert refused < {rule.id for rule in TABLE}
    assert len(refused) > 60
    assert sum(1 for sent in requests if sent.rule is None) > 15


def test_both_forms_hold_the_same_requests() -> None:
    assert of_postman(exported("postman")) == of_http(exported("http"))


def test_the_collection_can_be_explained() -> None:
    assert len(read(exported("postman").encode()).found) > 20


def test_the_description_is_valid_and_names_its_server(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    assert exported("openapi", "-o", str(file)) == f"wrote {file}\n"
    document = json.loads(file.read_text("utf-8"))
    validate(document)
    assert document["servers"] == [{"url": URL}]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["export", "http", "-o", str(tmp_path / "no" / "such.http")])
    assert done.exit_code == 2
    assert "cannot be written" in done.output
