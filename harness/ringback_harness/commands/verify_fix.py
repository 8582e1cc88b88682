"""``ringback verify-fix``: whether the cases that failed once are fixed, on the mock and on a target."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_harness.commands.check import reported
from ringback_harness.exits import Exit
from ringback_harness.sandbox.options import Reach, reach_options, reached, refuse_outsiders

if TYPE_CHECKING:
    from ringback_harness.check.verify import Verified


@click.command("verify-fix")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--target",
    default="mock",
    show_default=True,
    metavar="mock|URL|sandbox",
    help="What to try after the mock.",
)
@reach_options
def command(*, folder: Path, target: str, **reach: Any) -> None:
    """Run the cases in DIR on the mock and then on a target, and say of each how it stands.

    A case is written by hand or by 'ringback check --save DIR'. It is fixed where it is answered as it
    asks, still failing where it is not, and not comparable where it cannot be tried.

    Exit code: 0 all that could be tried are fixed, 1 one still fails or none could be tried, 2 wrong usage,
    3 target unreachable, 4 refused since a call might ring somebody.
    """
    with reported():
        verified = _verified(folder, target, Reach(**reach))
    for each in verified:
        click.echo(f"{each.standing:<15} {each.case.name}: {each.case.why}")
        for reason in each.reasons:
            click.echo(f"{'':<15} {reason}")
    sys.exit(_exit(verified))


def _verified(folder: Path, name: str, reach: Reach) -> list[Verified]:
    from ringback_harness.cases import load_cases
    from ringback_harness.check.rules import Worlds
    from ringback_harness.check.verify import verify
    from ringback_harness.targets import opened

    cases = load_cases(folder)
    with ExitStack() as stack:
        mock = Worlds(stack.enter_context(opened("mock")))
        if name == "mock":
            return list(verify(cases, mock))
        target = stack.enter_context(reached(name, reach))
        refuse_outsiders(target, (case.request for case in cases))
        return list(verify(cases, mock, Worlds(target)))


def _exit(verified: list[Verified]) -> Exit:
    from ringback_harness.check.verify import Standing

    standings = [each.standing for each in verified]
    failing = Standing.FAILING in standings or Standing.FIXED not in standings
    return Exit.FINDING if failing else Exit.FINE
