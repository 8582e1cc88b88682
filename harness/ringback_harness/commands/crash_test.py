"""``ringback crash-test``: what somebody's program does when the platform misbehaves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringback_harness.completion import completing
from ringback_harness.crash.advice import ADVICE
from ringback_harness.crash.scenarios import HEALTHY, JOBS, SCENARIOS, Scenario, UnknownScenario, named
from ringback_harness.exits import Exit, SetupError
from ringback_harness.options import alone, needs
from ringback_harness.real_range import RealRange
from ringback_harness.terminal import show_title, show_wrapped, shown

if TYPE_CHECKING:
    from rich.console import Console

    from ringback_harness.crash.program import ProgramUnderTest
    from ringback_harness.crash.reports import Results
    from ringback_harness.crash.verdicts import Judgement

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HOW_TO_FIND = (
    "The program finds the mock through its environment: RINGBACK_URL and GENESYS_BASE_URL hold the URL, "
    "GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET a client that logs in at "
    "RINGBACK_URL/oauth/token, RINGBACK_ACCESS_TOKEN a user's token. The official Python and JavaScript SDKs "
    "are led there by a configuration file in a temporary home, unless the program sets a host of its own."
)
LAST_LINES = 6
"""Lines of a program that does not work when all is well."""
FEW_LINES = 3
"""Lines of one that fails a question."""
LOST = "it does not find the mock when all is well"
INTERRUPTED = "interrupted"


def _kinds(_: click.Context, __: click.Parameter, value: str) -> list[str]:
    kinds = [kind.strip() for kind in value.split(",") if kind.strip()]
    if not kinds:
        return []
    from ringback_harness.crash.reports import WRITERS

    if unknown := [kind for kind in kinds if kind not in WRITERS]:
        raise click.BadParameter(f"{unknown[0]!r} is no report; there are {' and '.join(sorted(WRITERS))}")
    return kinds


@click.command("crash-test")
@click.option(
    "--scenario",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=completing(lambda: [scenario.name for scenario in SCENARIOS]),
    help="Run this one only; repeatable.",
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios and what each asks.")
@click.option("--org", type=FILE, help="TOML file of the org to serve; see 'ringback init'.")
@click.option(
    "--timeout",
    type=RealRange(1, 3600),
    default=30.0,
    show_default=True,
    help="Seconds that a run may take from its first request on.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=JOBS, show_default=True, help="Runs at a time.")
@click.option("--own-home", is_flag=True, help="Leave the program its home folder: the SDKs find no mock.")
@click.option(
    "--store",
    metavar="URL",
    envvar="RINGBACK_STORE",
    show_envvar=True,
    help="Redis, as of 'ringback serve --store': the mock of each run is two replicas, which keep their org "
    "there.",
)
@click.option("--report", "kinds", default="", callback=_kinds, help="Reports to write: junit,json.")
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ringback-report"),
    show_default=True,
    help="Folder for the reports.",
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    names: Sequence[str],
    listing: bool,
    org: Path | None,
    timeout: float,
    jobs: int,
    own_home: bool,
    store: str | None,
    kinds: Sequence[str],
    report_dir: Path,
    command: Sequence[str],
) -> None:
    """Run COMMAND, which places one call, in each scenario, and judge what it does.

    COMMAND stands behind two dashes: ringback crash-test -- python my_program.py. It is judged by the
    requests that reach the mock and by its exit code, never by what it says.

    Exit code: 0 every promise held, 1 one was broken, 2 wrong usage or nothing could be judged, 130 stopped
    by Ctrl-C before one was broken.
    """
    from rich.console import Console
    from rich.text import Text

    from ringback_contracts.org import OrgError
    from ringback_harness.crash.program import ProgramUnderTest
    from ringback_harness.crash.reports import write
    from ringback_mock.engine.orgfile import read_org

    console = Console(highlight=False)
    if listing:
        alone("listing")
        _list(console)
        return
    needs("report_dir", "kinds")
    scenarios = _chosen(names)
    if not command:
        raise click.UsageError("which program? Write it behind two dashes: crash-test -- COMMAND ...")
    try:
        program = ProgramUnderTest(
            command=command, org=read_org(org), timeout=timeout, own_home=own_home, store=store
        )
    except OrgError as error:
        raise SetupError(str(error)) from error
    results = _run(console, program, scenarios, jobs)
    _conclude(console, results)
    for path in write(results, kinds, report_dir):
        console.print(Text(f"wrote {path}"), soft_wrap=True)
    sys.exit(_exit_code(results))


def _chosen(names: Sequence[str]) -> list[Scenario]:
    try:
        return [named(name) for name in dict.fromkeys(names)] or list(SCENARIOS)
    except UnknownScenario as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from error


def _exit_code(results: Results) -> Exit:
    if results.failed:
        return Exit.FINDING
    if INTERRUPTED in results.not_run.values():
        return Exit.INTERRUPTED
    return Exit.FINE if results.asked else Exit.SETUP


def _list(console: Console) -> None:
    from rich.table import Column, Table

    table = Table(Column("scenario", no_wrap=True), "what happens", "asks", box=None, pad_edge=False)
    for scenario in SCENARIOS:
        table.add_row(scenario.name, scenario.story, ", ".join(scenario.asks))
    console.print(table)


def _run(console: Console, program: ProgramUnderTest, scenarios: Sequence[Scenario], jobs: int) -> Results:
    """Run the scenarios and show each as it ends; the results are in the order asked for.

    Nothing more is run once Ctrl-C is pressed, or the program is seen not to find the mock when all is well.
    """
    from ringback_harness.crash.reports import Results
    from ringback_harness.crash.runner import judgements, not_runnable

    not_run = {scenario.name: why for scenario in scenarios if (why := not_runnable(scenario))}
    runnable = [scenario for scenario in scenarios if scenario.name not in not_run]
    _show_row(console, ("scenario", "verdict", "calls", "requests", "seconds"), "bold")
    judged: dict[str, Judgement] = {}
    silent: list[Judgement] = []
    with (
        console.status(f"0 of {len(runnable)} scenarios done") as status,
        closing(judgements(program, runnable, jobs)) as running,
        suppress(KeyboardInterrupt),
    ):
        for judgement in running:
            judged[judgement.run.scenario.name] = judgement
            if judgement.run.reached or judgement.run.scenario is HEALTHY or HEALTHY not in runnable:
                _show_judgement(console, judgement)
            else:
                silent.append(judgement)
            status.update(f"{len(judged)} of {len(runnable)} scenarios done")
            if judgement.run.scenario is HEALTHY and not judgement.run.reached:
                break
    done = [judged[scenario.name] for scenario in runnable if scenario.name in judged]
    cut = LOST if any(one.run.scenario is HEALTHY and not one.run.reached for one in done) else INTERRUPTED
    if cut != LOST:  # which is told once, below
        for judgement in silent:
            _show_judgement(console, judgement)
    not_run |= dict.fromkeys((one.name for one in runnable if one.name not in judged), cut)
    for name, why in not_run.items():
        if why != LOST:
            _show_row(console, (name, f"not run: {why}", "", "", ""), "dim")
    return Results(program.command[0], done, not_run)


WIDTHS = (29, 6, 10, 9)


def _show_row(console: Console, cells: tuple[str, str, str, str, str], style: str = "") -> None:
    from rich.text import Text

    name, verdict, *figures = cells
    columns = "".join(figure.rjust(width) for figure, width in zip(figures, WIDTHS[1:], strict=True))
    console.print(Text(f"{name:{WIDTHS[0]}}{columns}  {verdict}", style=style), soft_wrap=True)


def _show_judgement(console: Console, judgement: Judgement) -> None:
    run = judgement.run
    figures = (str(len(run.placed)), str(len(run.exchanges)), f"{run.seconds:.1f}")
    if judgement.failures:
        text, style = "FAILED: " + ", ".join(one.question for one in judgement.failures), "red"
    elif judgement.unasked is not None:
        text, style = f"not asked: {judgement.unasked}", "yellow"
    else:
        text, style = "fine: " + ", ".join(one.question for one in judgement.verdicts), "green"
    _show_row(console, (run.scenario.name, text, *figures), style)


def _conclude(console: Console, results: Results) -> None:
    for judgement in results.judged:
        if judgement.failures:
            _show_failure(console, judgement)
    if results.judged and not any(judgement.run.reached for judgement in results.judged):
        show_title(console, "The program never sent the mock a request that an API answers")
        show_wrapped(console, "  ", HOW_TO_FIND)
    for judgement in results.judged:
        if judgement.unasked and judgement.run.scenario is HEALTHY:
            _show_last_words(console, judgement, LAST_LINES)
    failed = sum(bool(judgement.failures) for judgement in results.judged)
    fine = sum(bool(judgement.verdicts) for judgement in results.judged) - failed
    unasked = len(results.judged) + len(results.not_run) - fine - failed
    show_title(console, f"{fine} fine, {failed} failed, {unasked} not asked or not run")


def _show_failure(console: Console, judgement: Judgement) -> None:
    from rich.text import Text

    from ringback_harness.crash.timeline import shortened, timeline

    run = judgement.run
    show_title(console, f"{run.scenario.name}: {run.scenario.story}")
    for verdict in judgement.failures:
        show_wrapped(console, f"  {verdict.question}: ", verdict.why, "red")
    for moment in shortened(timeline(run)):
        line = f"{moment.seconds:10.3f} s  {moment.what}" if moment else "       ..."
        console.print(Text(shown(line)), soft_wrap=True)
    _show_last_words(console, judgement, FEW_LINES)
    for verdict in judgement.failures:
        show_wrapped(console, "  Change: ", ADVICE[verdict.question])


def _show_last_words(console: Console, judgement: Judgement, count: int) -> None:
    """The last that the program said, which nothing is judged by."""
    from rich.text import Text

    from ringback_contracts.privacy import redact_text

    text = redact_text(judgement.run.output).replace("\r\n", "\n").expandtabs(4)
    lines = [line.rstrip() for line in shown(text).split("\n") if line.strip()]
    for position, line in enumerate(lines[-count:]):
        label = "  It said: " if position == 0 else "           "
        console.print(Text(label + line, style="dim"), soft_wrap=True)
