"""``ringback diff``: in what a target differs from the mock, rule by rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_harness.commands.check import reported
from ringback_harness.exits import Exit
from ringback_harness.sandbox.options import Reach, reach_options

if TYPE_CHECKING:
    from ringback_harness.diff import Comparison, Difference, KnownDifference

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("diff")
@click.option("--target", required=True, metavar="sandbox|URL|CASSETTES", help="To compare the mock with.")
@click.option("--known", type=FILE, metavar="FILE", help="TOML file of known differences, with reasons.")
@click.option("--report", type=click.Choice(["html"]), help="Write one self-contained page.")
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ringback-report"),
    show_default=True,
    help="Where the page goes.",
)
@reach_options
def command(*, target: str, known: Path | None, report: str | None, report_dir: Path, **reach: Any) -> None:
    """Send the same requests to the mock and to a target, and compare their answers.

    The requests are the rules' examples; of a folder of cassettes, those that were recorded. Compared are
    status, code, envelope, headers and the shape of bodies, not ids and times.

    Exit code: 0 no difference but known ones, 1 others, a stale entry, or nothing was compared, 2 wrong
    usage, 3 target unreachable or login refused, 4 refused since a call might ring somebody.
    """
    from ringback_harness.diff.known import read_known
    from ringback_harness.diff.page import write_page

    with reported():
        entries = read_known(known) if known else []
        comparison = _compared(target, Reach(**reach))
    if comparison is None:
        sys.exit(Exit.FINE)
    _show(comparison, entries)
    if report:
        click.echo(f"report: {write_page(comparison, entries, report_dir)}")
    sys.exit(_verdict(comparison, entries))


def _compared(name: str, reach: Reach) -> Comparison | None:
    """The comparison; ``None`` after a dry run."""
    from ringback_harness.cassettes import read_cassettes
    from ringback_harness.diff.run import compare_cassettes, compare_target
    from ringback_harness.sandbox.options import SANDBOX, reached

    if Path(name).exists():
        return compare_cassettes(read_cassettes(Path(name)), name)
    with reached(name, reach) as target:
        comparison = compare_target(target)
    if name == SANDBOX and not reach.allow_calls:
        click.echo("dry run: nothing was sent; --allow-calls sends")
        return None
    return comparison


def _show(comparison: Comparison, entries: list[KnownDifference]) -> None:
    from ringback_contracts.table import TABLE

    for difference in comparison.differences:
        reasons = [entry.reason for entry in entries if entry.covers(difference)]
        click.echo(_line(difference) + (f"\n    known: {reasons[0]}" if reasons else ""))
    for entry in _stale(comparison, entries):
        click.echo(f"stale: {entry.rule}, {entry.aspect}: there is no such difference any more; take it out")
    if unseen := [rule.id for rule in TABLE if comparison.state(rule.id) == "not seen"]:
        click.echo(f"not seen: {', '.join(unseen)}")
    differing = {difference.rule for difference in comparison.differences}
    click.echo(
        f"{comparison.compared} requests compared with {comparison.target}: "
        f"{len(comparison.differences)} differences in {len(differing)} rules"
    )


def _line(difference: Difference) -> str:
    from ringback_harness.diff.page import shown

    return (
        f"{difference.rule}: {difference.aspect}\n    mock:   {difference.mock}\n"
        f"    target: {difference.target}\n    {difference.times} x, such as {shown(difference.request)}"
    )


def _stale(comparison: Comparison, entries: list[KnownDifference]) -> list[KnownDifference]:
    return [entry for entry in entries if entry.stale(comparison)]


def _verdict(comparison: Comparison, entries: list[KnownDifference]) -> Exit:
    from ringback_harness.diff.known import unknown

    failed = unknown(comparison, entries) or _stale(comparison, entries) or not comparison.compared
    return Exit.FINDING if failed else Exit.FINE
