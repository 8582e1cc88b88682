"""Reads what schemathesis tried and found from its NDJSON report."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.model import Request
from ringback_harness.check.reasons import OffSchema, TypedReason, WrongMediaType, from_json
from ringback_harness.check.relay import OURS
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip, Step

SUITE = "document"
SUBJECT = "schemathesis"
HEADERS = "response_headers_conformance"
TYPED: Mapping[str, type[TypedReason]] = {
    "response_schema_conformance": OffSchema,
    "content_type_conformance": WrongMediaType,
}
"""Its checks whose failures others see, too."""
CRASH, NOT_IMPLEMENTED = "not_a_server_error", 501
"""A check that takes every 5xx for a crash, and the one by which a server says what it does not do."""
STRIPPED = (
    "its own document promises Ringback-* headers, which its answers lack: a gateway in front of it may take "
    "them away, and without them no rule can be compared"
)
Json = Mapping[str, Any]


def results(report: Path) -> Iterator[Result]:
    """Every test case that was checked, also of a run that was cut short."""
    for kind, event in _events(report):
        if kind == "ScenarioFinished" and event.get("recorder"):
            yield from _scenario(event["recorder"])
        elif kind in ("NonFatalError", "FatalError"):
            operation = _operation(str(event.get("label", "")))
            yield Result(SUITE, SUBJECT, operation, CheckOutcome.FAILED, (_why(event),))


def complete(report: Path) -> bool:
    """Whether the run came to its end."""
    return any(kind == "EngineFinished" for kind, _ in _events(report))


def _events(report: Path) -> Iterator[tuple[str, Json]]:
    if not report.exists():
        return
    for line in report.read_bytes().splitlines():
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            return  # the line that was being written when the run was cut short
        yield next(iter(event.items()))


def _why(event: Json) -> str:
    info = event.get("info") or event.get("exception") or event.get("value") or event
    told = info.get("message") or info.get("title") if isinstance(info, Mapping) else info
    return str(told or info)[:500]


def _scenario(recorder: Json) -> Iterator[Result]:
    for case_id, checks in recorder.get("checks", {}).items():
        case = recorder["cases"][case_id]["value"]
        # A method that the path does not have is tried as part of one that it has.
        operation = _operation(f"{case['method']} {case['path']}", recorder["label"])
        left_undone = _status(recorder, case_id) == NOT_IMPLEMENTED
        failed = (
            check
            for check in checks
            if check["status"] != "success" and not (left_undone and check["name"] == CRASH)
        )
        found = tuple(dict.fromkeys(reason for check in failed for reason in _told(check)))
        if not found:
            yield Result(SUITE, SUBJECT, operation, CheckOutcome.HELD)
            continue
        steps = tuple(_steps(recorder, case_id))
        exchange = RoundTrip(steps[-1].request, steps[-1].reply) if steps else None
        yield Result(SUITE, SUBJECT, operation, CheckOutcome.FAILED, found, exchange, steps=steps)


def _status(recorder: Json, case_id: str) -> int | None:
    answer = (recorder.get("interactions", {}).get(case_id) or {}).get("response") or {}
    status: int | None = answer.get("status_code")
    return status


def _steps(recorder: Json, case_id: str) -> Iterator[Step]:
    """The requests that led to a test case, which is the last of them."""
    parent = recorder["cases"][case_id].get("parent_id")
    if parent in recorder["cases"]:
        yield from _steps(recorder, parent)
    interaction = recorder.get("interactions", {}).get(case_id)
    if interaction is not None:
        yield _step(interaction)


def _told(check: Json) -> Iterator[str]:
    """What a check found, each thing by itself; what our judges say is said as in the other suites."""
    name, failure = check["name"], (check.get("failure_info") or {}).get("failure", {})
    message = str(failure.get("message", "")).partition("\n\n")[0]
    if "reasons" in failure:
        yield from map(from_json, failure["reasons"])
    elif name == HEADERS and (missing := re.findall(r"^- `(.+)`$", message, re.MULTILINE)):
        for header in missing:
            yield STRIPPED if header in OURS else f"{name}: {header} is required, and missing"
    else:
        yield TYPED.get(name, str)(f"{name}: {message}")


def _step(interaction: Json) -> Step:
    """The request, whose credentials the report does not have, and the reply."""
    sent, answer = interaction["request"], interaction.get("response")
    parts = urlsplit(sent["uri"])
    headers = {name.lower(): ", ".join(values) for name, values in sent["headers"].items()}
    if "authorization" in headers:
        headers["authorization"] = "Bearer alice"
    request = Request(sent["method"], unquote(parts.path), headers, _bytes(sent.get("body")), parts.query)
    return Step(request, None if answer is None else _reply(answer))


def _reply(answer: Json) -> Reply:
    headers = CaseInsensitiveDict({name: ", ".join(values) for name, values in answer["headers"].items()})
    return Reply(answer["status_code"], headers, _bytes(answer.get("content")))


def _bytes(value: Any) -> bytes:
    encoded = value.get("$base64") if isinstance(value, Mapping) else None
    return base64.b64decode(encoded) if isinstance(encoded, str) else b""


def _operation(label: str, otherwise: str = "") -> str:
    """Our id of the operation that is named by its method and path."""
    known = {f"{operation.method} {operation.template}": operation.id for operation in OPERATIONS}
    return known.get(label) or known.get(otherwise) or otherwise or label
