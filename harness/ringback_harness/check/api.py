"""Runs schemathesis over the target's OpenAPI document, all phases, with our judges beside its own checks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from ringback_contracts.model import Request
from ringback_contracts.operations import DELETE_TOKEN
from ringback_harness.check import events
from ringback_harness.check.cleaned import publish
from ringback_harness.check.results import Outcome, Result
from ringback_harness.exits import SetupError
from ringback_harness.targets import OutOfReach, Target, World

WORLD_VARIABLE = "RINGBACK_CHECK_WORLD"
HOOKS = "ringback_harness.check.hooks"
LEFT_TO_US = "positive_data_acceptance"
"""400, 403 and 422 are documented answers to well-formed bodies; the rule table judges those instead."""
DOCUMENT = "/openapi.json"
REPORTS = "reports"
"""The folder of its reports, in the one that it runs in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How schemathesis runs: cases for each operation, the seed, until when (``time.monotonic``), reports."""

    examples: int = 10
    seed: int = 0
    until: float | None = None
    reports: Sequence[str] = ()
    report_dir: Path | None = None


class Run:
    """A run in a process of its own, so that the other suites go on meanwhile. Close it, whatever happens."""

    def __init__(self, target: Target, plan: Plan) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ringback-check-")
        self._report = Path(self._folder.name) / "events.ndjson"
        self._printed = Path(self._folder.name) / "printed.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._reason = ""
        self._plan = plan
        try:
            self._start(_world(target))
        except OutOfReach as reason:
            self._reason = str(reason)

    def _start(self, world: World) -> None:
        told = {"url": world.url, "tokens": dict(world.tokens), "known": world.org is not None}
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, WORLD_VARIABLE: orjson.dumps(told).decode()}
        with self._printed.open("wb") as printed:
            self._process = subprocess.Popen(  # noqa: S603 - the command is this interpreter's own
                [*_command(world, self._plan), "--report-ndjson-path", str(self._report)],
                cwd=self._folder.name,
                env=environment,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    def close(self) -> None:
        """End the process, if it still runs, and forget what it wrote."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def results(self) -> Iterator[Result]:
        """Wait for the end, and give every test case.

        Raises ``SetupError`` where schemathesis could not do its work.
        """
        if self._process is None:
            yield _unreached(self._reason)
            return
        in_time = self._ended(self._process)
        self._publish()
        yield from events.results(self._report)
        if not in_time:
            yield _unreached("the time was over before it had tried everything")
        elif not events.complete(self._report):
            raise SetupError(f"schemathesis gave up: {self._last_words()}")

    def _ended(self, process: subprocess.Popen[bytes]) -> bool:
        try:
            process.wait(max(0.0, self._plan.until - time.monotonic()) if self._plan.until else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return True

    def _publish(self) -> None:
        reports = Path(self._folder.name) / REPORTS
        if self._plan.report_dir is None or not reports.exists():
            return
        try:
            publish(reports, self._plan.report_dir)
        except OSError as error:
            raise SetupError(f"{self._plan.report_dir} cannot be written: {error.strerror}") from error

    def _last_words(self) -> str:
        lines = self._printed.read_text("utf-8", "replace").strip().splitlines()
        return " ".join(lines[-3:]) or "it printed nothing"


def _world(target: Target) -> World:
    world = target.world()
    if world.traits.real:
        raise OutOfReach("what schemathesis generates might ring somebody")
    document = world.deliver(Request("GET", DOCUMENT))
    if document.status != 200 or "openapi" not in document.document:
        raise OutOfReach(f"the target shows no OpenAPI document at {DOCUMENT}")
    return world


def _command(world: World, plan: Plan) -> list[str]:
    options = {
        "--checks": "all",
        "--exclude-checks": LEFT_TO_US,
        "--max-examples": str(plan.examples),
        "--seed": str(plan.seed),
        "--header": f"Authorization: Bearer {world.tokens['alice']}",
        "--exclude-operation-id": DELETE_TOKEN,
        "--report": ",".join(["ndjson", *plan.reports]),
        "--report-dir": REPORTS,
        "--generation-database": "none",
    }
    start = "from schemathesis.cli import schemathesis; schemathesis()"
    command = [sys.executable, "-c", start, "run", f"{world.url}{DOCUMENT}", "--no-color"]
    return command + [word for pair in options.items() for word in pair]


def _unreached(reason: str) -> Result:
    return Result(events.SUITE, events.SUBJECT, "", Outcome.NOT_REACHED, (reason,))
