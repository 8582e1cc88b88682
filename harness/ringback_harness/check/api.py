"""Runs schemathesis over the target's OpenAPI document, all phases, with our judges beside its own checks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from ringback_client.environment import CA, verify_from
from ringback_contracts.catalogue import OPERATIONS, route
from ringback_contracts.core.model import Request
from ringback_contracts.core.operation import Change
from ringback_contracts.examples import KNOWN_CALL
from ringback_harness.check import events
from ringback_harness.check.cleaned import publish
from ringback_harness.check.relay import DOCUMENT, READING, SECRET, relayed
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result
from ringback_harness.exits import SetupError
from ringback_harness.proxies import without_proxy_here
from ringback_harness.targets import CheckTarget, OutOfReach, World

WORLD_VARIABLE = "RINGBACK_CHECK_WORLD"
HOOKS = "ringback_harness.check.hooks"
LEFT_TO_US = "positive_data_acceptance"
"""400, 403 and 422 are documented answers to well-formed bodies; the rule table judges those instead."""
NO_OTHER_METHODS = "[phases.coverage]\nunexpected-methods = []\n"
"""Its setting that no operation is tried with a method which the document does not have."""
METHODS = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE")
"""Those that schemathesis tries by itself, where the document does not have them."""
NO_MORE: Mapping[str, str] = {}
RELAYED = {"alice": "alice"}
"""The tokens that a relay takes: their names, which it knows the values of."""
PATIENCE = 900
"""Seconds that an answer may take: the pace of a run may hold a request back, and the target itself."""
RINGS = "what schemathesis makes up to be dialled might ring somebody there"
WOULD: Mapping[Change | None, str] = {
    Change.NEW_CALL: RINGS,
    Change.CALL: "it would end calls there that are not this run's",
    Change.TOKEN: "it would end the token that the run needs",
    Change.CHANNEL: "it would open channels there, or change what is told on them",
    Change.ORG: "it would change the org",
    Change.NOTHING: "its path, or its body, names what nobody there stands for",
}
LEFT_OUT: Mapping[str, str] = {
    operation.id: RINGS if operation.dials else WOULD[operation.changes]
    for operation in OPERATIONS
    if operation.id not in READING
}
"""Why an operation is not tried where calls may be real."""
SPOILING = frozenset(
    operation.id for operation in OPERATIONS if operation.changes in (Change.TOKEN, Change.ORG)
)
"""The ids of those after which others would no longer be answered as the rules say of the org."""
TRIED = frozenset(operation.id for operation in OPERATIONS) - SPOILING
"""The operations that are tried where nobody can be rung."""
REPORTS = "reports"
"""The folder of its reports, in the one that it runs in."""


@dataclass(frozen=True, slots=True)
class SchemathesisOptions:
    """How schemathesis runs: cases for each operation, the seed, until when (``time.monotonic``), reports."""

    examples: int = 10
    seed: int = 0
    until: float | None = None
    reports: Sequence[str] = ()
    report_dir: Path | None = None

    @property
    def over(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until


class SchemathesisRun:
    """A run in a process of its own, so that the other suites go on meanwhile. Close it, whatever happens.

    Where it has to share the way to a target with them, it begins when they are done.
    """

    def __init__(self, target: CheckTarget, plan: SchemathesisOptions) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ringback-check-")
        self._report = Path(self._folder.name) / "events.ndjson"
        self._printed = Path(self._folder.name) / "printed.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._relays = ExitStack()
        self._plan = plan
        self.published: Sequence[Path] = ()
        """The reports that schemathesis left, once all results are there."""
        self._target = target
        self._operations = TRIED
        with suppress(OutOfReach):
            world = target.world()
            if _shows_document(world):
                self._start(world)

    def _start(
        self, world: World, settings: str | None = None, headers: Mapping[str, str] = NO_MORE
    ) -> subprocess.Popen[bytes]:
        told = {"url": world.url, "tokens": dict(world.tokens), "known": world.org is not None}
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, WORLD_VARIABLE: orjson.dumps(told).decode()}
        environment |= without_proxy_here(os.environ)
        verify = verify_from(os.environ)
        if isinstance(verify, str):
            environment[CA] = verify  # absolute: it runs in another folder
        sent = {"Authorization": f"Bearer {world.tokens['alice']}", **headers}
        settings = other_methods() if settings is None else settings
        (Path(self._folder.name) / "schemathesis.toml").write_text(_headers(sent) + settings, "utf-8")
        with self._printed.open("wb") as printed:
            self._process = subprocess.Popen(  # noqa: S603 - the command is this interpreter's own
                [*_command(world, self._plan, verify), "--report-ndjson-path", str(self._report)],
                cwd=self._folder.name,
                env=environment,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )
        return self._process

    def _start_reading(self) -> subprocess.Popen[bytes]:
        """Try what only reads, through a relay that knows the tokens. Raises ``OutOfReach``."""
        world = self._target.world()
        probe = {"authorization": "Bearer alice"}
        world.send(Request("GET", "/api/v2/tokens/me", probe))
        url, secret = self._relays.enter_context(relayed(world))
        self._operations = READING
        relay = replace(world, url=url, org=None, tokens=RELAYED)
        return self._start(relay, NO_OTHER_METHODS, {SECRET: secret})

    def close(self) -> None:
        """End the process, if it still runs, and forget what it wrote."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._relays.close()
        self._folder.cleanup()

    def results(self) -> Iterator[Result]:
        """Wait for the end, and give every test case.

        Raises ``SetupError`` where schemathesis could not do its work.
        """
        process = self._process
        if process is None:
            yield from _left_out()
            if self._plan.over:
                yield from _late(READING)
                return
            try:
                process = self._start_reading()
            except OutOfReach as reason:
                yield _unreached(str(reason))
                return
        in_time = self._ended(process)
        self._publish()
        tried = list(events.results(self._report))
        yield from tried
        if not in_time:
            yield from _late(self._operations - {result.operation for result in tried})
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
            self.published = publish(reports, self._plan.report_dir)
        except OSError as error:
            raise SetupError(f"{self._plan.report_dir} cannot be written: {error.strerror}") from error

    def _last_words(self) -> str:
        lines = self._printed.read_text("utf-8", "replace").strip().splitlines()
        return " ".join(lines[-3:]) or "it printed nothing"


def _shows_document(world: World) -> bool:
    """Whether the target says what it does, and all of that can be tried there, since nobody can be rung."""
    if world.traits.real or not world.traits.listens:
        return False
    document = world.deliver(Request("GET", DOCUMENT))
    return document.status == 200 and "openapi" in document.document


def _left_out() -> Iterator[Result]:
    """The operations that are not tried where anything may be real."""
    for operation in OPERATIONS:
        if operation.id not in READING:
            yield _unreached(LEFT_OUT[operation.id], operation.id)


def other_methods() -> str:
    """Its settings that each operation is tried with the methods that neither the document nor the SDK has.

    The others are answered 501, which schemathesis takes for a crash of the server.
    """
    return "".join(
        f'[[operations]]\ninclude-operation-id = "{operation.id}"\n'
        f"phases.coverage.unexpected-methods = {json.dumps(_unknown_methods(operation.template))}\n"
        for operation in OPERATIONS
    )


def _unknown_methods(template: str) -> list[str]:
    path = re.sub(r"\{\w+\}", KNOWN_CALL, template)
    return [method for method in METHODS if route(method, path).unserved is None]


def _headers(headers: Mapping[str, str]) -> str:
    """What schemathesis sends with each request, as its settings: a command line is for all to see."""
    # A string of JSON is one of TOML; "${" would begin the name of a variable.
    pairs = (f"{json.dumps(name)} = {json.dumps(value)}" for name, value in headers.items())
    return "headers = {" + ", ".join(pairs).replace("${", "$${") + "}\n"


def _command(world: World, plan: SchemathesisOptions, verify: bool | str) -> list[str]:
    options = {
        "--checks": "all",
        "--exclude-checks": LEFT_TO_US,
        "--max-examples": str(plan.examples),
        "--seed": str(plan.seed),
        "--report": ",".join(["ndjson", *plan.reports]),
        "--report-dir": REPORTS,
        "--generation-database": "none",
        "--request-timeout": str(PATIENCE),
        "--max-response-time": str(PATIENCE),  # the run's own pace is in it, and nobody promises a time
        **({"--tls-verify": verify} if isinstance(verify, str) else {}),
    }
    start = "from schemathesis.cli import schemathesis; schemathesis()"
    command = [sys.executable, "-c", start, "run", f"{world.url}{DOCUMENT}", "--no-color"]
    left_out = [word for operation in SPOILING for word in ("--exclude-operation-id", operation)]
    return command + left_out + [word for pair in options.items() for word in pair]


def _late(untried: Iterable[str]) -> Iterator[Result]:
    """The operations for which there was no time, or that there was too little for all of them."""
    for operation in sorted(untried) or [""]:
        yield _unreached(TIME_OVER, operation)


def _unreached(reason: str, operation: str = "") -> Result:
    return Result(events.SUITE, events.SUBJECT, operation, CheckOutcome.NOT_REACHED, (reason,))
