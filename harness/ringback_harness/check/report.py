"""Writes what a check found: our JSON, JUnit for a CI, the exchanges as HAR. Nobody's secrets or numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from xml.etree import ElementTree as ET

import orjson

from ringback_client.atomic_write import atomic_write
from ringback_client.transport import Reply
from ringback_contracts.core.model import Request
from ringback_contracts.privacy import redact_text
from ringback_contracts.privacy.known import KnownSecrets
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.results import CheckOutcome, Ledger, Result, Row
from ringback_harness.exits import SetupError
from ringback_mock.version import VERSION

NAME = "ringback-check"


def write_reports(
    ledger: Ledger, kinds: Sequence[str], folder: Path, place: RecipeTarget | None = None
) -> list[Path]:
    """Write the reports of these kinds; each file is there whole or not at all. Raises ``SetupError``.

    ``place`` makes the lines that send a failure again.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in kinds:
            suffix, write = WRITERS[kind]
            path = folder / f"{NAME}.{suffix}"
            with atomic_write(path) as file:
                write(ledger, place or RecipeTarget(), file)
            written.append(path)
    except OSError as error:
        raise SetupError(f"the reports cannot be written to {folder}: {error.strerror}") from error
    return written


# --- JSON ---------------------------------------------------------------------------------------------


def document(ledger: Ledger, place: RecipeTarget) -> dict[str, Any]:
    """The whole result as plain JSON values."""
    return {
        "ringback": VERSION,
        "tried": ledger.tried,
        **{outcome.name.lower(): ledger.total(outcome) for outcome in CheckOutcome},
        "left_out": {suite: dict(counts) for suite, counts in ledger.left_out.items()},
        "rows": [_row(row, counts, ledger) for row, counts in ledger.rows()],
        "failures": [_failure(failure, place) for failure in ledger.failures],
    }


def _row(row: Row, counts: Mapping[CheckOutcome, int], ledger: Ledger) -> dict[str, Any]:
    suite, subject, operation = row
    told = {outcome.name.lower(): counts[outcome] for outcome in CheckOutcome}
    reasons = {"reason": redact_text(ledger.reasons[row][0])} if row in ledger.reasons else {}
    return {"suite": suite, "subject": subject, "operation": operation, **told, **reasons}


def _reasons(failure: Result) -> list[str]:
    """Why it failed, which may quote what was sent and came, without the names that tell a secret."""
    known = KnownSecrets()
    if failure.exchange:
        known.meet(failure.exchange.request.headers, failure.exchange.request.body)
        if failure.exchange.reply:
            known.meet(failure.exchange.reply.headers, failure.exchange.reply.body)
    return [redact_text(known.hidden_in(reason)) for reason in failure.reasons]


def _failure(failure: Result, place: RecipeTarget) -> dict[str, Any]:
    return {
        "suite": failure.suite,
        "subject": failure.subject,
        "operation": failure.operation,
        "reasons": _reasons(failure),
        "expected": str(failure.expected) if failure.expected else None,
        "org": dict(failure.switches),
        "curl": place.reported(failure),
    }


def _write_json(ledger: Ledger, place: RecipeTarget, file: TextIO) -> None:
    file.write(orjson.dumps(document(ledger, place), option=orjson.OPT_INDENT_2).decode())


# --- JUnit --------------------------------------------------------------------------------------------


def junit(ledger: Ledger, place: RecipeTarget) -> ET.Element:
    """A test case for each row, in a suite for each of ours."""
    root = ET.Element("testsuites", name=NAME)
    suites: dict[str, ET.Element] = {}
    for row, counts in ledger.rows():
        if row[0] not in suites:
            suites[row[0]] = ET.SubElement(root, "testsuite", name=row[0])
        case = ET.SubElement(suites[row[0]], "testcase", classname=row[2] or row[0], name=row[1])
        if counts[CheckOutcome.FAILED]:
            _add_failures(case, row, ledger, place)
        elif not counts[CheckOutcome.HELD]:
            ET.SubElement(case, "skipped", message=_printable(redact_text(ledger.reasons[row][0])))
    for suite in suites.values():
        _count(suite)
    return root


def _add_failures(case: ET.Element, row: Row, ledger: Ledger, place: RecipeTarget) -> None:
    for failure in ledger.failures:
        if (failure.suite, failure.subject, failure.operation) == row:
            message = "; ".join(_reasons(failure))
            ET.SubElement(case, "failure", message=_printable(message)).text = _printable(
                place.reported(failure) or ""
            )


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))


def _printable(text: str) -> str:
    """Without what XML cannot hold (XML 1.0, 2.2)."""
    return "".join(
        mark if mark in "\t\n\r" or " " <= mark <= "\ud7ff" or "\ue000" <= mark <= "\ufffd" else "\ufffd"
        for mark in text
    )


def _write_junit(ledger: Ledger, place: RecipeTarget, file: TextIO) -> None:
    root = junit(ledger, place)
    ET.indent(root)
    file.write(ET.tostring(root, encoding="utf-8", xml_declaration=True).decode())


# --- HAR ----------------------------------------------------------------------------------------------


def _write_har(ledger: Ledger, _: RecipeTarget, file: TextIO) -> None:
    import harfile

    cleaner = Cleaner()
    with harfile.HarFile(file, creator=harfile.Creator("ringback", VERSION)) as har:
        for exchange in ledger.exchanges:
            if exchange.reply is not None:
                har.add_entry(**_entry(exchange.request, exchange.reply, exchange.at, cleaner))


def _entry(sent: Request, reply: Reply, at: float, cleaner: Cleaner) -> dict[str, Any]:
    import harfile

    kind = sent.headers.get("content-type", "")
    asked = cleaner.body(sent.body, kind).decode("utf-8", "replace")
    media_type = reply.headers.get("Content-Type", "")
    body = cleaner.body(reply.body, media_type, answer=True).decode("utf-8", "replace")
    return {
        "startedDateTime": datetime.fromtimestamp(at, UTC),
        "time": 0,
        "request": harfile.Request(
            method=sent.method,
            url=f"http://ringback.invalid{cleaner.text(sent.path)}",
            httpVersion="HTTP/1.1",
            headers=list(_records(cleaner.headers(sent.headers))),
            postData=harfile.PostData(mimeType=kind, text=asked) if sent.body else None,
        ),
        "response": harfile.Response(
            status=reply.status,
            statusText=reply.reason,
            httpVersion="HTTP/1.1",
            headers=list(_records(cleaner.headers(reply.headers))),
            content=harfile.Content(size=len(reply.body), mimeType=media_type, text=body),
        ),
        "timings": harfile.Timings(send=0, wait=0, receive=0),
    }


def _records(headers: Mapping[str, str]) -> Iterator[Any]:
    import harfile

    for name, value in headers.items():
        yield harfile.Record(name=name, value=value)


Writer = Callable[[Ledger, RecipeTarget, TextIO], None]
WRITERS: Mapping[str, tuple[str, Writer]] = {
    "json": ("json", _write_json),
    "junit": ("xml", _write_junit),
    "har": ("har", _write_har),
}
"""The kinds of reports, with the suffix of each file."""
