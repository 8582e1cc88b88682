"""``ringback diff``: in what a target differs from the mock, rule by rule."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_harness.commands.check import reported
from ringback_harness.exits import Exit, SetupError
from ringback_harness.options import needs
from ringback_harness.sandbox.options import Reach, reach_options
from ringback_harness.terminal import echo, one_line

if TYPE_CHECKING:
    from ringback_harness.diff import Comparison, Difference, KnownDifference

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("diff")
@click.option(
    "--target", required=True, metavar="sandbox|URL|CASSETTES", help="Target to compare the mock with."
)
@click.option("--known", type=FILE, metavar="FILE", help="TOML file of known differences, with reasons.")
@click.option("--report", type=click.Choice(["html"]), help="Report to write: one self-contained page.")
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ringback-report"),
    show_default=True,
    help="Folder for the page.",
)
@reach_options
def command(*, target: str, known: Path | None, report: str | None, report_dir: Path, **reach: Any) -> None:
    """Send the same requests to the mock and to a target, and compare their answers.

    The requests are the rules' examples; of a folder of cassettes, those that were recorded. Compared are
    status, code, envelope, headers and the shape of bodies, not ids and times. A rule agrees where both
    sides were seen to refuse by it; "(accepted)" stands for what the mock grants.

    Exit code: 0 no difference but known ones, 1 others, a stale entry, or nothing was compared, 2 wrong
    usage, 3 target unreachable or login refused, 4 refused since a call might ring somebody.
    """
    needs("report_dir", "report")
    from ringback_harness.diff.known import read_known
    from ringback_harness.diff.page import write_page

    with reported():
        entries = read_known(known) if known else []
        comparison = _compared(target, Reach.asked(**reach))
    if comparison is None:
        sys.exit(Exit.FINE)
    _show(comparison, entries)
    if report:
        with reported():
            page = write_page(comparison, entries, report_dir)
        echo(f"report: {page}")
    sys.exit(_verdict(comparison, entries))


def _compared(name: str, reach: Reach) -> Comparison | None:
    """The comparison; ``None`` after a dry run."""
    from ringback_harness.diff.run import compare_target
    from ringback_harness.sandbox.options import SANDBOX, ran_dry, reached

    if name not in ("mock", SANDBOX) and "://" not in name:
        return _replayed(Path(name), reach)
    with reached(name, replace(reach, taped=True)) as target:
        comparison = compare_target(target)
    return None if ran_dry(target) else comparison


def _replayed(cassettes: Path, reach: Reach) -> Comparison:
    from ringback_harness.cassettes import read_cassettes
    from ringback_harness.diff.run import compare_cassettes

    if not cassettes.exists():
        raise SetupError(f"{str(cassettes)!r} is neither 'sandbox' nor a URL, nor are there cassettes")
    if reach != Reach():
        raise SetupError("cassettes are only replayed: what may be sent and recorded is for a live target")
    return compare_cassettes(read_cassettes(cassettes), str(cassettes))


def _show(comparison: Comparison, entries: list[KnownDifference]) -> None:
    from ringback_harness.diff.known import uncompared

    for difference in comparison.differences:
        reasons = [entry.reason for entry in entries if entry.covers(difference)]
        echo(_line(difference) + (f"\n    known: {reasons[0]}" if reasons else ""))
    for entry in _stale(comparison, entries):
        echo(f"stale: {entry}: there is no such difference any more; take it out")
    for entry in uncompared(comparison, entries):
        echo(f"not checked: {entry}: nothing of it was compared here, so it may be stale")
    for reason, count in comparison.left_out.items():
        echo(f"left out: {count} requests: {one_line(reason)}")
    for reason, rules in comparison.unseen().items():
        echo(f"not seen: {', '.join(rules)}\n    {one_line(reason)}")
    echo(_summary(comparison))


def _line(difference: Difference) -> str:
    from ringback_harness.diff.page import shown

    return (
        f"{difference.rule}: {difference.aspect}\n    mock:   {one_line(difference.mock)}\n"
        f"    target: {one_line(difference.target)}\n    {difference.times} x, "
        f"such as {one_line(shown(difference.request))}"
    )


def _summary(comparison: Comparison) -> str:
    from ringback_contracts.catalogue import TABLE

    states = Counter(comparison.state(rule.id) for rule in TABLE)
    found = len(comparison.differences)
    return (
        f"{comparison.compared} requests compared with {comparison.target}: "
        f"{found} difference{'' if found == 1 else 's'}; of {len(TABLE)} rules {states['agrees']} agree, "
        f"{states['differs']} differ, {states['not seen']} were not seen"
    )


def _stale(comparison: Comparison, entries: list[KnownDifference]) -> list[KnownDifference]:
    return [entry for entry in entries if entry.stale(comparison)]


def _verdict(comparison: Comparison, entries: list[KnownDifference]) -> Exit:
    from ringback_harness.diff.known import unknown

    failed = unknown(comparison, entries) or _stale(comparison, entries) or not comparison.compared
    return Exit.FINDING if failed else Exit.FINE
