"""Measure Ringback, Prism and a plain Flask application in one alternating run."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench import inprocess, life, load
from bench.report import Figures, Measure, Report, Samples, Target, machine, ratio
from bench.servers import Contender, Running, contenders, running

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".bench"
PRISM = "5.14.2"
STARTS = 5

START = "start to first accepted call"
REST = "memory at rest"
RATE = "requests at 16 connections"
VARIED_RATE = "the same, each body unlike the others"
CPU = "processor time of a request"
P50 = "p50 at one connection"
P99 = "p99 at one connection"
INVALID_P50 = "p50 at one connection, invalid body"
LOADED = "memory under load"


def main() -> int:
    """Exit status 0 when every promise is kept, 1 when one is not, 2 when it cannot be measured."""
    options = _options()
    if options.life:
        return _life_alone(options)
    if missing := [tool for tool in ("wrk", "node", "npm") if shutil.which(tool) is None]:
        print(
            f"make bench needs {', '.join(missing)}; on Debian: apt-get install wrk nodejs npm",
            file=sys.stderr,
        )
        return 2
    report = Report(_method(options), _versions())
    try:
        servers = _prepare()
        _measure_starts(servers, report)
        _measure_load(servers, report, options.cycles, options.seconds)
        _measure_in_process(report, options.cycles)
        _measure_life(report, options.cycles)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    page = report.markdown()
    print(page)
    Path(options.output).write_text(page, "utf-8")
    return report.status


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
    parser.add_argument("--seconds", type=int, default=3, help="how long a turn at 16 connections lasts")
    parser.add_argument(
        "--life", action="store_true", help="measure only what is done to calls that live, and write no page"
    )
    parser.add_argument("--output", default=str(ROOT / "docs" / "bench.md"), help="where the page is written")
    return parser.parse_args()


def _prepare() -> list[Contender]:
    """Install Prism, here and for this only."""
    WORK.mkdir(exist_ok=True)
    package = f"@stoplight/prism-cli@{PRISM}"
    subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", str(WORK), package], check=True)
    return contenders(WORK / "node_modules/@stoplight/prism-cli/dist/index.js")


def _versions() -> dict[str, str]:
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    libraries = {name: version(name) for name in ("flask", "waitress", "responses", "requests")}
    return libraries | {"prism": PRISM, "Node.js": node} | _versions_in_process()


def _versions_in_process() -> dict[str, str]:
    return {"ringback": version("ringback"), "Python": platform.python_version(), "on": machine()}


def _log(server: Contender) -> Path:
    return WORK / f"{server.name}.log"


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
        Target(START, median(taken[START]["ringback"]), 500, "ms"),
        Target(REST, max(taken[REST]["ringback"]), 80, "MiB"),
    ]


def _measure_load(servers: list[Contender], report: Report, cycles: int, seconds: int) -> None:
    taken = Samples(servers)
    with ExitStack() as stack:
        up = [stack.enter_context(running(server, _log(server))) for server in servers]
        for server in up:
            load.throughput(server.url, seconds)
        for cycle in range(cycles):
            _progress(f"cycle {cycle + 1} of {cycles}")
            for server in up:
                taken.add(server.name, _turn(server, seconds))
    report.measures += taken.measures(
        {RATE: "1/s", VARIED_RATE: "1/s", CPU: "us", P50: "us", P99: "us", INVALID_P50: "us", LOADED: "MiB"}
    )
    memory = taken[LOADED]["ringback"]
    report.targets += [
        Target(f"{RATE}, against prism", _against_prism(taken[RATE]), 7, "times", at_least=True),
        Target(f"{P50}, against prism", _against_prism(taken[P50]), 0.25, "times"),
        Target("memory's growth in the second half of the load", memory[-1] - memory[cycles // 2], 5, "MiB"),
    ]


def _turn(server: Running, seconds: int) -> dict[str, float]:
    before = server.processor_seconds()
    busy = load.throughput(server.url, seconds)
    work = (server.processor_seconds() - before) / busy.requests * 1e6
    varied = load.throughput(server.url, 1, varied=True)
    valid = load.latency(server.url, 1, valid=True)
    invalid = load.latency(server.url, 1, valid=False)
    return {
        RATE: busy.rate,
        VARIED_RATE: varied.rate,
        CPU: work,
        P50: valid.p50,
        P99: valid.p99,
        INVALID_P50: invalid.p50,
        LOADED: server.memory(),
    }


def _against_prism(samples: Figures) -> float:
    return ratio(samples["ringback"], samples["prism"])


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


if __name__ == "__main__":
    sys.exit(main())
