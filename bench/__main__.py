"""Measure Ringback, Prism and WireMock in one alternating run."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench import commandline, growth, inprocess, judged, life, replicas
from bench.load import Driver, console_open
from bench.report import Measure, Report, Samples, Target, machine, ratio
from bench.servers import PRISM, RINGBACK, UNJOURNALED, WIREMOCK, Contender, Running, contenders, running
from ringback_mock.version import VERSION

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".bench"
WARM_UP = 12
"""Seconds that a JVM needs until it is as fast as it gets."""
ONE_BODY_US = 17.8
"""What a call with one body took where the bounds in microseconds were set."""
PRISM_VERSION, WIREMOCK_VERSION = "5.14.2", "3.13.2"
STARTS = 3
INSTALLED_WITHIN = 600.0

START, REST, LOADED = "start to first accepted call", "memory at rest", "memory under load"
RATE, SAME_RATE, MIX_RATE, COMMAND_RATE = (
    "calls to numbers never seen, 16 connections",
    "one body again and again, 16 connections (it flatters: the verdict is remembered)",
    "the mix of calls, reads and refusals, 16 connections",
    "holds of calls that live, 16 connections",
)
CONSOLE_RATE = "calls to numbers never seen, 16 connections, with a console open"
CPU = "processor time of a call to a number never seen"
P50, P99 = "p50 at one connection, numbers never seen", "p99 at one connection, numbers never seen"
SAME_P50, SAME_P99 = "p50 at one connection, one body", "p99 at one connection, one body"
INVALID_P50 = "p50 at one connection, one refused body"
LATENCIES = dict.fromkeys((P50, P99, SAME_P50, SAME_P99, INVALID_P50), "us")
RATES = dict.fromkeys((RATE, MIX_RATE, COMMAND_RATE, SAME_RATE), "1/s")


def main() -> int:
    """Exit status 0 when every promise is kept, 1 when one is not, 2 when it cannot be measured."""
    options = _options()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what pip installs comes with its bytecode
    if options.life:
        return _life_alone(options)
    if missing := [
        tool for tool in ("wrk", "node", "npm", "java", "redis-server") if shutil.which(tool) is None
    ]:
        packages = "wrk nodejs npm default-jre-headless redis-server"
        print(
            f"make bench needs {', '.join(missing)}; on Debian: apt-get install {packages}", file=sys.stderr
        )
        return 2
    report = Report(_method(options), _versions())
    try:
        for stage in _stages(report, options):
            stage()
            Path(options.output).write_text(report.markdown(), "utf-8")
    except (RuntimeError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 2
    print(report.markdown())
    return report.status


def _stages(report: Report, options: argparse.Namespace) -> Iterator[Callable[[], None]]:
    """One after the other; the page holds what was measured, whatever becomes of the next."""
    servers, rounds = _prepare(), options.cycles
    yield partial(_measure_load, servers, report, rounds, options.seconds)
    yield partial(_measure_judged, report, rounds)
    yield partial(_measure_command_line, report, rounds)
    yield partial(_measure_in_process, report, rounds)
    yield partial(_measure_starts, servers, report)
    yield partial(_measure_life, report, rounds)
    yield partial(_measure_replicas, report, rounds, options.seconds)
    yield partial(_measure_growth, report, Path(options.output))


def _life_alone(options: argparse.Namespace) -> int:
    """The rows of what is done to calls that live; the page stays as it is, for it holds all the others."""
    report = Report("", _versions_in_process())
    _measure_life(report, options.cycles)
    print(report.tables())
    return report.status


def _method(options: argparse.Namespace) -> str:
    text = Path(__file__).with_name("method.md").read_text("utf-8")
    return text.format(cycles=options.cycles, seconds=options.seconds, starts=STARTS).strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--cycles", type=int, default=8, help="how often each server has its turn")
    parser.add_argument("--seconds", type=int, default=2, help="how long a turn at 16 connections lasts")
    parser.add_argument(
        "--life", action="store_true", help="measure only what is done to calls that live, and write no page"
    )
    parser.add_argument("--output", default=str(ROOT / "docs" / "bench.md"), help="where the page is written")
    return parser.parse_args()


def _prepare() -> list[Contender]:
    """Install the peers, here and for this only."""
    WORK.mkdir(exist_ok=True)
    packages = [f"@stoplight/prism-cli@{PRISM_VERSION}", f"wiremock@{WIREMOCK_VERSION}"]
    npm = ["npm", "install", "--silent", "--no-save", "--prefix", str(WORK), *packages]
    subprocess.run(npm, check=True, timeout=INSTALLED_WITHIN)
    modules = WORK / "node_modules"
    jar = modules / f"wiremock/build/wiremock-standalone-{WIREMOCK_VERSION}.jar"
    return contenders(modules / "@stoplight/prism-cli/dist/index.js", jar)


def _versions() -> dict[str, str]:
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    found = re.search(
        r'"([0-9.]+)"',
        subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr,
    )
    peers = {
        "prism": PRISM_VERSION,
        "Node.js": node,
        "wiremock": WIREMOCK_VERSION,
        "Java": found[1] if found else "?",
    }
    return peers | {name: version(name) for name in ("responses", "requests")} | _versions_in_process()


def _versions_in_process() -> dict[str, str]:
    return {"ringback": VERSION, "Python": platform.python_version(), "on": machine()}


def _log(server: Contender) -> Path:
    return WORK / f"{server.name.replace(', ', '-').replace(' ', '-')}.log"


def _progress(text: str) -> None:
    print(text, file=sys.stderr)


def _measure_starts(servers: list[Contender], report: Report) -> None:
    taken = Samples(servers)
    for turn in range(STARTS):
        _progress(f"start {turn + 1} of {STARTS}")
        for server in servers:
            with running(server, _log(server)) as started:
                taken.add(server.name, {START: started.start_seconds * 1000, REST: started.memory()})
    report.measures += taken.measures({START: "ms", REST: "MiB"})
    report.targets += [
        Target(START, median(taken[START][RINGBACK]), 350, "ms"),
        Target(REST, max(taken[REST][RINGBACK]), 50, "MiB"),
    ]


def _measure_load(servers: list[Contender], report: Report, cycles: int, seconds: int) -> None:
    taken, driver = Samples(servers), Driver(WORK)
    beside = Samples(servers[:1])
    with ExitStack() as stack:
        up = [stack.enter_context(running(server, _log(server))) for server in servers]
        for server in up:
            driver.numbers(server, WARM_UP if server.name != RINGBACK else seconds)
        for cycle in range(cycles):
            _progress(f"cycle {cycle + 1} of {cycles}")
            for server in up:
                taken.add(server.name, _turn(server, driver, seconds))
            with console_open(up[0]):
                beside.add(RINGBACK, {CONSOLE_RATE: driver.numbers(up[0], seconds).rate})
    report.measures += taken.measures({**RATES, CPU: "us", **LATENCIES, LOADED: "MiB"})
    report.measures += beside.measures({CONSOLE_RATE: "1/s"})
    report.targets += [*_promised(taken), *_promised_alone(taken, beside, cycles)]


def _turn(server: Running, driver: Driver, seconds: int) -> dict[str, float]:
    before = server.processor_seconds()
    numbers = driver.numbers(server, seconds)
    work = (server.processor_seconds() - before) / numbers.requests * 1e6
    mix, same = driver.mix(server, seconds), driver.same(server, seconds)
    commands = driver.commands(server, 1)
    at_one, same_at_one = driver.numbers(server, seconds, 1), driver.same(server, 1, 1)
    return {
        RATE: numbers.rate,
        MIX_RATE: mix.rate,
        COMMAND_RATE: commands.rate,
        SAME_RATE: same.rate,
        CPU: work,
        P50: at_one.p50,
        P99: at_one.p99,
        SAME_P50: same_at_one.p50,
        SAME_P99: same_at_one.p99,
        INVALID_P50: driver.invalid(server, 1).p50,
        LOADED: server.memory(),
    }


def _promised(taken: Samples) -> list[Target]:
    """What is promised beside the peers."""

    def against(measure: str, peer: str) -> float:
        return ratio(taken[measure][RINGBACK], taken[measure][peer])

    bounds = [
        (RATE, WIREMOCK, 2),
        (RATE, UNJOURNALED, 1.5),
        (RATE, PRISM, 5),
        (MIX_RATE, WIREMOCK, 1.5),
        (SAME_RATE, PRISM, 7),
    ]
    return [
        *(
            Target(f"{what}: against {peer}", against(what, peer), bound, "times", at_least=True)
            for what, peer, bound in bounds
        ),
        *(
            Target(f"{P50}: against {peer}", against(P50, peer), 0.6, "times")
            for peer in (WIREMOCK, UNJOURNALED)
        ),
    ]


def _promised_alone(taken: Samples, beside: Samples, cycles: int) -> list[Target]:
    memory = taken[LOADED][RINGBACK]
    tail = ratio(taken[P99][RINGBACK], taken[P50][RINGBACK])
    watched = ratio(beside[CONSOLE_RATE][RINGBACK], taken[RATE][RINGBACK])
    return [
        Target("p99 against p50 at one connection, numbers never seen", tail, 3, "times"),
        Target("calls with a console open, against without", watched, 0.5, "times", at_least=True),
        Target("memory's growth in the second half of the load", memory[-1] - memory[cycles // 2], 5, "MiB"),
    ]


def _measure_judged(report: Report, rounds: int) -> None:
    """In process. Bounds are also held as times of a call with one body, for a machine may be slow."""
    _progress("bodies never seen")
    taken = judged.measure(rounds)
    pauses, garbage = judged.pauses(rounds), judged.garbage()
    report.measures += [Measure(title, "us", {"in process": figures}) for title, figures in taken.items()]
    report.measures.append(Measure(judged.PAUSE, "ms", {"in process": pauses}, digits=1))
    for title, bound in ((judged.NUMBER, 45), (judged.REFUSAL, 40), (judged.LIVE, 25)):
        against = ratio(taken[title], taken[judged.SAME])
        report.targets += [
            Target(title, median(taken[title]), bound, "us"),
            Target(f"{title}, against one body", against, bound / ONE_BODY_US, "times"),
        ]
    report.targets += [
        Target(judged.PAUSE, max(pauses), 5, "ms"),
        Target(judged.GARBAGE, garbage, 0.01, "a call"),
    ]


def _measure_in_process(report: Report, rounds: int) -> None:
    _progress("in process")
    figures = inprocess.measure(rounds)
    report.measures.append(Measure("a call in process", "us", figures))
    against = ratio(figures["pipeline"], figures["responses"])
    report.targets.append(Target("a call in process, against responses", against, 0.5, "times"))


def _measure_life(report: Report, rounds: int) -> None:
    _progress("calls that live")
    taken = life.measure(rounds)
    units = {life.COMMAND: "us", life.READ: "us", life.ADVANCED: "s"}
    report.measures += [
        Measure(title, unit, {"in process": taken[title]}, digits=2 if unit == "s" else 0)
        for title, unit in units.items()
    ]
    weight = life.weigh()
    report.measures.append(Measure(life.WEIGHT, "MiB", {"in process": [weight]}))
    report.targets += [
        Target(life.COMMAND, median(taken[life.COMMAND]), 60, "us"),
        Target(life.READ, median(taken[life.READ]), 25, "us"),
        Target(life.ADVANCED, median(taken[life.ADVANCED]), 5, "s"),
        Target(life.WEIGHT, weight, 400, "MiB"),
    ]


def _measure_replicas(report: Report, rounds: int, seconds: int) -> None:
    _progress("several processes on Redis")
    report.measures += replicas.measure(WORK, rounds, seconds)


def _measure_command_line(report: Report, rounds: int) -> None:
    _progress("the command line")
    taken = commandline.measure(rounds)
    report.measures += [Measure(name, "ms", {"command line": figures}) for name, figures in taken.items()]
    for name, figures in taken.items():
        if name != commandline.LEAST:
            report.targets.append(Target(name, median(figures), 250, "ms"))
    report.notes.append(
        "Against `"
        + commandline.LEAST
        + "`: "
        + ", ".join(
            f"{name} {ratio(figures, taken[commandline.LEAST]):.1f} times"
            for name, figures in taken.items()
            if name != commandline.LEAST
        )
        + "."
    )


def _measure_growth(report: Report, page: Path) -> None:
    _progress("how it grows")
    grown = growth.measure()
    drawn = page.with_name("bench-growth.svg")
    drawn.write_text(growth.picture(grown), "utf-8")
    report.notes += [
        "## How it grows",
        "In orgs of at most 10,000 calls, by processor time, each row in a process of its own.",
        growth.table(grown),
        f"![Time and memory with 10 to 100,000 calls kept]({drawn.name})",
    ]
    few, many = grown[0], grown[-1]
    report.targets.append(
        Target("a call with 100,000 kept, against 10", many.placed / few.placed, 2, "times")
    )


if __name__ == "__main__":
    sys.exit(main())
