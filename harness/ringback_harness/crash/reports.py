"""Reports for machines: JSON, and JUnit's XML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ringback_harness.crash.advice import ADVICE
from ringback_harness.crash.evidence import RunEnd
from ringback_harness.crash.legs import dialled_legs
from ringback_harness.crash.scenarios import HEALTHY
from ringback_harness.crash.timeline import timeline
from ringback_harness.crash.verdicts import Judgement
from ringback_harness.exits import SetupError
from ringback_mock.version import VERSION


@dataclass(frozen=True, slots=True)
class Results:
    """All that a crash test found; ``not_run`` says why a scenario could not be run here.

    ``program`` is the command without its arguments, which may be secrets.
    """

    program: str
    judged: Sequence[Judgement]
    not_run: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(judgement.failures for judgement in self.judged)

    @property
    def asked(self) -> bool:
        """Whether any scenario could ask anything, and the program works while all is well."""
        broken = any(one.unasked and one.run.scenario is HEALTHY for one in self.judged)
        return not broken and any(one.verdicts for one in self.judged)


def as_document(results: Results) -> dict[str, Any]:
    """The results as JSON values; nothing secret is in them."""
    return {
        "ringback": VERSION,
        "program": results.program,
        "failed": results.failed,
        "scenarios": [_scenario(judgement) for judgement in results.judged],
        "notRun": dict(results.not_run),
    }


def _scenario(judgement: Judgement) -> dict[str, Any]:
    run = judgement.run
    return {
        "name": run.scenario.name,
        "story": run.scenario.story,
        "notAsked": judgement.unasked,
        "verdicts": [
            {"question": verdict.question.value, "held": verdict.held, "why": verdict.why}
            for verdict in judgement.verdicts
        ],
        "callsPlaced": len(run.placed),
        "legsDialled": sum(len(dialled_legs(exchange)) for exchange in run.exchanges),
        "requests": len(run.exchanges),
        "seconds": round(run.seconds, 3),
        "exitCode": run.exit_code if run.end is RunEnd.OWN else None,
        "timeline": [{"seconds": round(one.seconds, 3), "what": one.what} for one in timeline(run)],
    }


def as_json(results: Results) -> str:
    """The document as text."""
    return json.dumps(as_document(results), indent=2) + "\n"


def as_junit(results: Results) -> str:
    """One test case for each scenario; what could not be asked or run is skipped."""
    suite = ET.Element("testsuite", name="ringback crash-test")
    for judgement in results.judged:
        _case(suite, judgement)
    for name, why in results.not_run.items():
        case = ET.SubElement(suite, "testcase", classname="ringback.crash", name=name)
        ET.SubElement(case, "skipped", message=why)
    count = len(results.judged) + len(results.not_run)
    failures = sum(bool(judgement.failures) for judgement in results.judged)
    skipped = count - sum(bool(judgement.verdicts) for judgement in results.judged)
    suite.attrib.update(tests=str(count), failures=str(failures), skipped=str(skipped), errors="0")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, judgement: Judgement) -> None:
    run = judgement.run
    case = ET.SubElement(
        suite, "testcase", classname="ringback.crash", name=run.scenario.name, time=f"{run.seconds:.3f}"
    )
    if judgement.unasked is not None:
        ET.SubElement(case, "skipped", message=_printable(judgement.unasked))
    if judgement.failures:
        message = "; ".join(f"{verdict.question}: {verdict.why}" for verdict in judgement.failures)
        failure = ET.SubElement(case, "failure", message=_printable(message))
        failure.text = _printable("\n".join(_account(judgement)))


def _account(judgement: Judgement) -> Iterable[str]:
    yield from (f"{one.seconds:8.3f} s  {one.what}" for one in timeline(judgement.run))
    yield from (f"{verdict.question}: {ADVICE[verdict.question]}" for verdict in judgement.failures)


def _printable(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


WRITERS: Mapping[str, tuple[str, Callable[[Results], str]]] = {
    "json": ("crash-test.json", as_json),
    "junit": ("crash-test.xml", as_junit),
}


def write(results: Results, kinds: Iterable[str], folder: Path) -> list[Path]:
    """Write the reports; raises ``SetupError`` where they cannot be."""
    written = []
    for kind in kinds:
        name, text = WRITERS[kind]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text(results), encoding="utf-8")
        except OSError as error:
            raise SetupError(f"cannot write {folder / name}: {error.strerror}") from error
        written.append(folder / name)
    return written
