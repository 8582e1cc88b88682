"""A check in a terminal: its progress, a table by rule and operation, each failure with a curl line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ringback_harness.check.defects import Defect, defects
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Ledger, Result, Row
from ringback_harness.check.run import Notice
from ringback_harness.terminal import one_line, show_code, show_title, show_wrapped

WIDTH = 110
"""Columns that no line of the table exceeds."""
MOST_NAMED = 8
"""Rules or promises that are named beside the one that a defect is shown by."""
NAMES = {"document": "what the OpenAPI document says"}
Unsaved = Callable[[Result], str | None]
"""Why a failure is not saved as a case; nothing where it is."""
STYLES = {CheckOutcome.FAILED: "bold red", CheckOutcome.NOT_REACHED: "yellow"}


@contextmanager
def progress() -> Iterator[Notice]:
    """A line on standard error that says what goes on; silent where that is no terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting")

        def notice(suite: str, ledger: Ledger) -> None:
            failed = ledger.total(CheckOutcome.FAILED)
            found = f", {failed} failed" if failed else ""
            bar.update(task, description=f"{NAMES.get(suite, suite)}: {ledger.tried} tried{found}")

        yield notice


def show(
    ledger: Ledger,
    written: Mapping[str, Sequence[Path]],
    place: RecipeTarget | None = None,
    unsaved: Unsaved = lambda _: None,
) -> None:
    """Print the whole result, and what the files are that were ``written``.

    ``place`` makes the lines that send a failure again.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print(_table(ledger, wide=console.width >= WIDTH))
    _show_unreached(console, ledger)
    _show_left_out(console, ledger)
    for number, defect in enumerate(defects(ledger), 1):
        _show_defect(console, number, defect, place or RecipeTarget())
        _show_unsaved(console, defect, unsaved)
    for what, paths in written.items():
        for path in paths:
            console.print(Text(one_line(f"wrote {path}: {what}")), soft_wrap=True)
    console.print(_summary(ledger), soft_wrap=True)


def _table(ledger: Ledger, *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("rule or promise", "operation"):
        table.add_column(name, overflow="fold", no_wrap=wide)
    for name in ("tried", *(str(outcome) for outcome in CheckOutcome)):
        table.add_column(name, justify="right")
    for (subject, operation), counts in _merged(ledger).items():
        tried = counts[CheckOutcome.HELD] + counts[CheckOutcome.FAILED]
        cells = [Text(str(counts[outcome] or ""), style=STYLES.get(outcome, "")) for outcome in CheckOutcome]
        table.add_row(Text(_cell(subject)), Text(_cell(operation)), str(tried or ""), *cells)
    return table


def _cell(text: str) -> str:
    """A text that may be folded anywhere: no line of it begins as a workflow command does."""
    return one_line(text).replace("::", ":\N{MIDDLE DOT}")


def _merged(ledger: Ledger) -> dict[tuple[str, str], Counter[CheckOutcome]]:
    """The counts by subject and operation, whichever suite tried it."""
    merged: dict[tuple[str, str], Counter[CheckOutcome]] = {}
    for (_, subject, operation), counts in ledger.rows():
        merged.setdefault((subject, operation), Counter()).update(counts)
    return merged


def _show_unreached(console: Console, ledger: Ledger) -> None:
    unreached: dict[str, list[Row]] = {}
    for row, reasons in ledger.reasons.items():
        if reasons == (TIME_OVER,):
            continue
        unreached.setdefault(reasons[0], []).append(row)
    if unreached:
        show_title(console, "Not reached")
    for reason, rows in unreached.items():
        subjects = ", ".join(dict.fromkeys(subject for _, subject, _ in rows))
        show_wrapped(console, "  ", f"{reason}: {subjects}")


def _show_left_out(console: Console, ledger: Ledger) -> None:
    if ledger.left_out:
        show_title(console, f"Left out, since {TIME_OVER}")
    for suite, counts in ledger.left_out.items():
        named = ", ".join(f"{subject} {count}" for subject, count in counts.items())
        show_wrapped(console, "  ", f"{NAMES.get(suite, suite)}, {counts.total()} attempts: {named}")


def _show_defect(console: Console, number: int, defect: Defect, place: RecipeTarget) -> None:
    failure = defect.example
    title = one_line(f"{number}. {failure.subject} {failure.operation}")
    show_title(console, f"{title} ({defect.times} times)" if defect.times > 1 else title)
    for reason in defect.reasons:
        show_wrapped(console, "   ", reason)
    if len(defect.where) > 1:
        also, more = defect.where[1 : MOST_NAMED + 1], len(defect.where) - 1 - MOST_NAMED
        show_wrapped(console, "   ", f"also: {', '.join(also)}{f' and {more} more' if more > 0 else ''}")
    if failure.switches:
        show_wrapped(console, "   ", f"in an org with {_settings(failure)}")
    if failure.used:
        show_wrapped(console, "   ", f"after {failure.used} requests with the same token in one minute")
    if recipe := place.recipe(failure):
        show_code(console, recipe)


def _show_unsaved(console: Console, defect: Defect, unsaved: Unsaved) -> None:
    reasons = Counter(reason for failure in defect.failures if (reason := unsaved(failure)))
    for reason, count in reasons.items():
        several = f" ({count} of {len(defect.failures)} failures)" if len(defect.failures) > 1 else ""
        show_wrapped(console, "   ", f"not saved: {reason}{several}")


def _settings(failure: Result) -> str:
    return ", ".join(f"{name} = {value}" for name, value in failure.switches.items())


def _summary(ledger: Ledger) -> Text:
    totals = ", ".join(f"{ledger.total(outcome)} {outcome}" for outcome in CheckOutcome)
    counts = f"{ledger.tried} tried, {totals}"
    if not ledger.tried:
        return Text(f"\nNothing could be tried, which proves nothing: {counts}", style="bold red")
    if ledger.left_out:
        late = sum(each.total() for each in ledger.left_out.values())
        return Text(f"\nCut short by --max-time, attempts left out: {late}; {counts}", style="bold red")
    return Text(f"\n{counts}", style="bold red" if ledger.failures else "bold green")
