"""Put a text through everything that keeps one, and see what is left of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.core.model import Request
from ringback_harness.cases import as_document
from ringback_harness.cassettes import Origin, Recorder
from ringback_harness.check.expectation import Expected
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.report import document
from ringback_harness.check.results import CheckOutcome, Ledger, Result, RoundTrip
from ringback_mock.engine.journal import Journal
from ringback_mock.engine.shown import shown_exchange
from ringback_mock.http import Response

Keeper = Callable[[str, str], str]
"""Takes a text and its media type, and gives all that is kept of an exchange with it."""
URL = "https://api.example.com/api/v2/conversations/calls"
ID = "00000000-0000-4000-8000-000000000001"


def _headers(text: str, media_type: str) -> dict[str, str]:
    """The text as a header too, if it can be one."""
    fits = text.isprintable() and text.isascii() and text == text.strip()
    return {"Content-Type": media_type, **({"X-Note": text} if fits else {})}


def in_a_cassette(text: str, media_type: str) -> str:
    """What a cassette keeps, decoded from HAR."""
    headers = _headers(text, media_type)
    request = requests.Request("POST", URL, headers=headers, data=text.encode()).prepare()
    response = requests.Response()
    response.status_code = 400
    response.headers = CaseInsensitiveDict(headers)
    response._content = text.encode()
    with tempfile.TemporaryDirectory() as folder:
        Recorder(Path(folder), Origin("x")).keep(request, response, 0.1)
        (har,) = Path(folder).iterdir()
        entry = json.loads(har.read_text("utf-8"))["log"]["entries"][0]
    asked, came = entry["request"], entry["response"]
    notes = [pair["value"] for part in (asked, came) for pair in part["headers"] if pair["name"] == "X-Note"]
    return "\n".join([asked["postData"]["text"], came["content"]["text"], *notes])


def in_the_journal(text: str, media_type: str) -> str:
    """What the journal shows."""
    headers = _headers(text, media_type)
    journal = Journal("org", 10)
    lowered: Mapping[str, str] = {name.lower(): value for name, value in headers.items()}
    request = Request("POST", "/api/v2/conversations/calls", lowered, text.encode())
    journal.record(ID, 0.0, request, Response(400, tuple(headers.items()), text.encode()))
    (kept,) = journal
    shown = shown_exchange(kept, "org")
    parts = [shown[part] for part in ("request", "response")]
    notes = [value for part in parts for name, value in part["headers"].items() if name.lower() == "x-note"]
    return "\n".join([*(part["body"] for part in parts), *notes])


def _failure(text: str, media_type: str) -> Result:
    headers = {name.lower(): value for name, value in _headers(text, media_type).items()}
    request = Request("POST", "/api/v2/conversations/calls", headers, text.encode())
    reply = Reply(400, CaseInsensitiveDict(_headers(text, media_type)), text.encode())
    return Result(
        "rules",
        "a subject",
        "an operation",
        CheckOutcome.FAILED,
        reasons=(f"answered:\n{text}",),
        exchange=RoundTrip(request, reply),
        expected=Expected(400, "bad.request", None),
    )


def in_a_saved_case(text: str, media_type: str) -> str:
    """What a saved case says: the request, and why it was saved."""
    document = as_document(_failure(text, media_type))
    asked = document["request"]
    body = asked["body"] if "body" in asked else asked.get("raw", asked.get("base64", ""))
    shown = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    notes = [value for name, value in asked.get("headers", {}).items() if name == "x-note"]
    return "\n".join([shown, document["why"].removeprefix("answered:\n"), *notes])


def _reported(text: str, media_type: str) -> dict[str, Any]:
    ledger = Ledger()
    ledger.add(_failure(text, media_type))
    (failure,) = document(ledger, RecipeTarget())["failures"]
    return dict(failure)


def in_a_report(text: str, media_type: str) -> str:
    """What the JSON report of a check gives as the reason of a failure."""
    return "".join(_reported(text, media_type)["reasons"]).removeprefix("answered:\n")


def in_a_line_to_send(text: str, media_type: str) -> str:
    """What the same report shows to send it again."""
    return str(_reported(text, media_type)["curl"])
