"""Put a text through everything that keeps one, and see what is left of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import requests
from requests.structures import CaseInsensitiveDict

from ringback_contracts.core.model import Request
from ringback_harness.cassettes import Origin, Recorder
from ringback_mock.engine.journal import Journal
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
    shown = journal.exchange(ID)
    assert shown
    parts = [shown[part] for part in ("request", "response")]
    notes = [value for part in parts for name, value in part["headers"].items() if name.lower() == "x-note"]
    return "\n".join([*(part["body"] for part in parts), *notes])
