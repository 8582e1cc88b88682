"""``ringback check``: hold a target to every rule, and the suite to its own promise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_client import ConfigurationError, TransportError
from ringback_client.environment import TOKEN
from ringback_harness.exits import Exit, SetupError, Unreachable, disk_error
from ringback_harness.options import alone, needs
from ringback_harness.real_range import RealRange
from ringback_harness.sandbox.options import Reach, ran_dry, reach_options, reached
from ringback_harness.terminal import one_line

if TYPE_CHECKING:
    from ringback_harness.check.mutants import MutationResult
    from ringback_harness.check.recipe import RecipeTarget
    from ringback_harness.check.results import Ledger
    from ringback_harness.check.run import Options
    from ringback_harness.targets import CheckTarget

REPORTS = ("junit", "har", "json")
MUTANT_EXAMPLES = 100
"""Generated requests of each kind that a mutant has to survive, where nothing else has killed it."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the command line asks for beside the options of a check."""

    target: str
    save: Path | None
    reach: Reach
    verbose: bool = False


@click.command("check")
@click.option(
    "--target",
    default="mock",
    show_default=True,
    metavar="mock|URL|sandbox",
    help="Target: a mock started for the check, a URL, or the org of the environment.",
)
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Run your own cases as well, YAML or JSON files; see docs/cases.md and 'verify-fix --help'.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each failure that one request shows as a case.",
)
@click.option(
    "--mutants", is_flag=True, help="Break the mock in every way instead, and see that the suite notices."
)
@click.option(
    "--report", "reports", default="", metavar="KINDS", help=f"Reports to write: {','.join(REPORTS)}."
)
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ringback-report"),
    show_default=True,
    help="Folder for the reports.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed for generated requests."
)
@click.option(
    "--max-time",
    type=RealRange(min=1),
    metavar="SECONDS",
    help="Time limit; the check fails where something was left out.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Number of generated requests of each kind.",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show each rule in a table, and why what was not reached was not."
)
@reach_options
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    target: str,
    cases: Path | None,
    save: Path | None,
    mutants: bool,
    reports: str,
    report_dir: Path,
    seed: int,
    max_time: float | None,
    examples: int,
    verbose: bool,
    **reach: Any,
) -> None:
    """Check a target: every rule, the flow of a call, generated requests, the client, the OpenAPI document.

    What is expected comes from the rules as they are shipped. Whatever cannot be tried on the target counts
    as not reached, with the reason. A URL that is no Ringback is asked with RINGBACK_ACCESS_TOKEN, whose user
    stands for alice, and RINGBACK_FORBIDDEN_TOKEN, whose user may not call and stands for carol;
    --allow-number gives the number that it is asked to dial. Where such a URL is not on this machine,
    --allow-calls sends to it, as to a sandbox.

    Exit code: 0 all held, 1 something failed, no call was granted, or --max-time left something out, 2 wrong
    usage, 3 target unreachable, 4 refused since a call might ring somebody, 130 stopped by Ctrl-C, which
    prints what was found so far.
    """
    with reported():
        if mutants:
            alone("mutants", "seed")
            sys.exit(_hunt(seed))
        needs("report_dir", "reports")
        from ringback_harness.cases import load_cases
        from ringback_harness.check.run import Options

        options = Options(
            examples=examples,
            seed=seed,
            max_time=max_time,
            reports=_kinds(reports),
            report_dir=report_dir,
            cases=load_cases(cases) if cases else (),
        )
        sys.exit(_check(CheckOptions(target, save, Reach.asked(**reach), verbose), options))


@contextmanager
def reported() -> Iterator[None]:
    """What can go wrong before anything is found, as the exit code that says it."""
    try:
        yield
    except ImportError as error:
        raise SetupError(
            f"{error.name} is missing; install it with: pip install 'ringback[harness]'"
        ) from error
    except ConfigurationError as error:
        raise SetupError(str(error)) from error
    except TransportError as error:
        raise Unreachable(one_line(str(error))) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise disk_error(error) from error


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(kind.strip() for kind in text.split(",") if kind.strip())
    for kind in kinds:
        if kind not in REPORTS:
            raise SetupError(f"--report: {kind!r} is none of {', '.join(REPORTS)}")
    return kinds


def _check(asked: CheckOptions, options: Options) -> Exit:
    from ringback_harness.cases import asked_for
    from ringback_harness.check import screen
    from ringback_harness.check.results import Ledger
    from ringback_harness.check.run import check

    own, ledger = asked_for(options.cases), Ledger()
    with reached(asked.target, asked.reach, own) as target, screen.progress() as notice:
        place = _place(target, asked.target)
        try:
            ledger = check(target, options, notice, ledger)
        except (KeyboardInterrupt, TransportError):
            if ledger.tried:
                with suppress(SetupError):  # that a report cannot be written keeps nobody from stopping
                    _tell(ledger, asked, options, place)
            raise
    if ran_dry(target):
        return Exit.FINE
    _tell(ledger, asked, options, place)
    return _verdict(ledger, grants=asked.reach.budget > 0 or not target.traits.real)


def _tell(ledger: Ledger, asked: CheckOptions, options: Options, place: RecipeTarget) -> None:
    """Write the reports that were asked for, and print what was found."""
    from ringback_harness.cases import save_failures
    from ringback_harness.check import screen
    from ringback_harness.check.report import write_reports
    from ringback_harness.check.saving import why_not

    written: dict[str, Sequence[Path]] = {
        "every suite, as Ringback counts it": write_reports(
            ledger, options.reports, options.report_dir or Path(), place
        ),
        "what schemathesis tried of the OpenAPI document, as it reports it": ledger.published,
    }
    if asked.save is None:
        screen.show(ledger, written, place, verbose=asked.verbose)
        return
    written["a failure as a case"] = save_failures(ledger.failures, asked.save)
    screen.show(ledger, written, place, why_not, verbose=asked.verbose)


def _place(target: CheckTarget, name: str) -> RecipeTarget:
    """Where a failure is sent again from a shell; the mock of this run has gone, so one in its place."""
    from ringback_harness.check.recipe import RecipeTarget
    from ringback_harness.plain_target import FORBIDDEN, PlainTarget
    from ringback_harness.sandbox.target import Gated

    if isinstance(target, Gated | PlainTarget):
        # A plain target is asked with the environment's token, if there is one, else as alice.
        public = not os.environ.get(TOKEN) and isinstance(target, PlainTarget)
        return RecipeTarget(
            target.url,
            public=public,
            makes_orgs=False,
            in_its_words=target.in_its_words,
            variables={"carol": FORBIDDEN},
        )
    if name == "mock":
        return RecipeTarget()
    return RecipeTarget(name.rstrip("/"), makes_orgs=target.traits.makes_orgs)


def _verdict(ledger: Ledger, *, grants: bool) -> Exit:
    """``grants`` says that some call must have been granted: one that refuses all of them proves nothing."""
    proved = ledger.tried and not ledger.failures and not ledger.left_out and (ledger.placed or not grants)
    return Exit.FINE if proved else Exit.FINDING


def _hunt(seed: int) -> Exit:
    from ringback_harness.check import screen
    from ringback_harness.check.generated import Effort, check_generated
    from ringback_harness.check.mutants import all_mutants, hunt, sound

    effort = Effort(MUTANT_EXAMPLES, seed)
    unsound = sound(lambda worlds: check_generated(worlds, effort))
    if unsound is not None:
        raise SetupError(f"the suite fails on the unbroken mock, so no kill would count: {unsound}")
    with screen.progress() as _:
        results = list(hunt(all_mutants(), lambda worlds: check_generated(worlds, effort)))
    return _told(results)


def _told(results: list[MutationResult]) -> Exit:
    survivors = [result.mutant.id for result in results if result.survived]
    for survivor in survivors:
        click.echo(f"survived: {survivor}")
    click.echo(f"{len(results) - len(survivors)} of {len(results)} mutants killed")
    return Exit.FINDING if survivors or not results else Exit.FINE
