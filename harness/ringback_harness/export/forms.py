"""The samples as a Postman collection, and as a file of requests for editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ringback_harness.export.samples import Sample, accepted, refused

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
ALICE = "Bearer alice"
ABOUT = "Requests to a Ringback mock that serves its default org, and what it answers to each."


def postman(url: str) -> str:
    """A collection (v2.1) with the variables ``baseUrl`` and ``token``; each request tests its answer."""
    folders = {"Accepted": accepted(), "Refused": refused()}
    collection = {
        "info": {"name": "Ringback", "description": ABOUT, "schema": SCHEMA},
        "variable": [{"key": "baseUrl", "value": url}, {"key": "token", "value": "alice"}],
        "item": [
            {"name": name, "item": [_item(sample) for sample in samples]} for name, samples in folders.items()
        ],
    }
    return json.dumps(collection, indent=2, ensure_ascii=False) + "\n"


def _item(sample: Sample) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": sample.request.method,
        "header": [{"key": name, "value": value} for name, value in _headers(sample)],
        "url": "{{baseUrl}}" + sample.target,  # as text: of an object newman sends host and path, not ``raw``
    }
    if sample.body:
        request["body"] = {"mode": "raw", "raw": sample.body, "options": {"raw": {"language": "json"}}}
    tested = {"listen": "test", "script": {"type": "text/javascript", "exec": list(_tests(sample))}}
    return {"name": sample.name, "request": request, "event": [tested]}


def _tests(sample: Sample) -> Iterator[str]:
    if sample.rule is None:
        yield "pm.test('accepted', () => pm.response.to.be.success);"
        return
    yield f"pm.test('refused', () => pm.response.to.have.status({sample.status}));"
    yield f"pm.test('by its rule', () => pm.response.to.have.header('Ringback-Rule', '{sample.rule}'));"


def requests_file(url: str) -> str:
    """A ``.http`` file, as VS Code (REST Client), JetBrains and Visual Studio send it."""
    head = f"# {ABOUT}\n@baseUrl = {url}\n@token = alice\n"
    return head + "".join(_requests("Accepted", accepted())) + "".join(_requests("Refused", refused()))


def _requests(folder: str, samples: Iterable[Sample]) -> Iterator[str]:
    for sample in samples:
        expected = f"{sample.status} {sample.rule}" if sample.rule else "accepted"
        lines = [
            f"\n### {folder}: {sample.name}",
            f"# {expected}",
            f"{sample.request.method} {{{{baseUrl}}}}{sample.target}",
            *(f"{name}: {value}" for name, value in _headers(sample)),
        ]
        yield "\n".join([*lines, *(["", sample.body] if sample.body else []), ""])


def _headers(sample: Sample) -> Iterator[tuple[str, str]]:
    for name, value in sample.headers.items():
        yield name.title(), "Bearer {{token}}" if (name, value) == ("authorization", ALICE) else value
