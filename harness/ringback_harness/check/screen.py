"""A check in a terminal: its progress, each cause with a line to paste, and a table by rule and operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Stage
from ringback_harness.check.defects import Defect, defects
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Ledger, Result, Row
from ringback_harness.check.run import Notice
from ringback_harness.terminal import one_line, show_code, show_title, show_wrapped

WIDTH = 110
"""Columns that no line of the table exceeds."""
MOST_REASONS = 4
"""Reasons that are told of one thing."""
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
    *,
    verbose: bool = False,
) -> None:
    """Print what is wrong, each cause once, and the counts; ``verbose`` adds what was tried, and what not.

    ``place`` makes the lines that send a failure again, ``written`` says what files there are.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    for number, defect in enumerate(defects(ledger), 1):
        _show_defect(console, number, defect, place or RecipeTarget())
        _show_unsaved(console, defect, unsaved)
    if verbose:
        console.print(_table(ledger, wide=console.width >= WIDTH))
        _show_unreached(console, ledger)
    _show_left_out(console, ledger)
    for what, paths in written.items():
        for path in paths:
            console.print(Text(one_line(f"wrote {path}: {what}")), soft_wrap=True)
    _show_ungranted(console, ledger)
    _show_unasked_rights(console, ledger)
    console.print(_summary(ledger, verbose=verbose), soft_wrap=True)


def _show_ungranted(console: Console, ledger: Ledger) -> None:
    """That no call was granted, and why, which a run that only counts what was refused would hide."""
    refused = any(each.expected is not None and each.expected.code is None for each in ledger.failures)
    if ledger.placed or refused or not ledger.tried or ledger.left_out:
        return
    console.print(Text("No call was granted, so nothing shows that the target places any.", style="bold red"))
    for reason, count in ledger.ungranted.most_common(MOST_REASONS):
        show_wrapped(console, "  ", f"{count} not tried: {reason}")


def _show_unasked_rights(console: Console, ledger: Ledger) -> None:
    """That nobody asked who may not: whoever tests against a mock that lets anybody call would not notice."""
    asking = {rule.id for rule in TABLE if rule.stage is Stage.AUTHORIZE and rule.status == 403}
    if not ledger.tried or asking & ledger.refusals_tried:
        return
    reasons = dict.fromkeys(told[0] for row, told in ledger.reasons.items() if row[1] in asking)
    why = f": {'; '.join(reasons)}" if reasons else ""
    show_wrapped(console, "", f"Whether it refuses who may not call was not tried{why}")


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
    if number > 1:
        console.print()
    times = f" ({defect.times} times)" if defect.times > 1 else ""
    show_wrapped(console, f"{number}. ", one_line(f"{defect.title}{times}"), style="bold")
    show_wrapped(console, "   at ", one_line(f"{failure.subject} {failure.operation}"))
    further = [reason for reason in defect.reasons if reason not in defect.title]
    for reason in further[:MOST_REASONS]:
        show_wrapped(console, "   ", reason)
    if len(further) > MOST_REASONS:
        show_wrapped(console, "   ", f"and {len(further) - MOST_REASONS} more of the kind")
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


def _summary(ledger: Ledger, *, verbose: bool) -> Text:
    totals = ", ".join(f"{ledger.total(outcome)} {outcome}" for outcome in CheckOutcome)
    counts = f"{ledger.tried} tried, {totals}"
    if not ledger.tried:
        return Text(f"Nothing could be tried, which proves nothing: {counts}", style="bold red")
    if ledger.left_out:
        late = sum(each.total() for each in ledger.left_out.values())
        return Text(f"Cut short by --max-time, attempts left out: {late}; {counts}", style="bold red")
    if not verbose:
        counts += "; -v shows each rule, and why what was not reached was not"
    return Text(counts, style="bold red" if ledger.failures else "bold green")
