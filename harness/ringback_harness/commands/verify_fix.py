"""``ringback verify-fix``: whether the cases that failed once are fixed, on the mock and on a target."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_harness.commands.check import reported
from ringback_harness.exits import Exit
from ringback_harness.sandbox.options import Reach, ran_dry, reach_options, reached
from ringback_harness.terminal import echo, one_line

if TYPE_CHECKING:
    from ringback_harness.check.verify import Verified


@click.command("verify-fix")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--target",
    default="mock",
    show_default=True,
    metavar="mock|URL|sandbox",
    help="Target to run the cases on after the mock.",
)
@reach_options
def command(*, folder: Path, target: str, **reach: Any) -> None:
    """Run the cases in DIR on the mock and then on a target, and say of each how it stands.

    A case is written by hand or by 'ringback check --save DIR'. It is fixed where it is answered as it
    asks, still failing where it is not, and not comparable where it cannot be tried. It is a YAML or JSON
    file; docs/cases.md has every key and further examples:

    \b
        why: orders are confirmed by phone
        as: alice
        request: {body: {phoneNumber: "+442079460100"}}
        expect: {status: 202}

    On a sandbox each case goes the way of every other request: whoever it rings is listed, the budget
    allows it, and its call is ended. Cases that ask for more refuse the run before anything is sent.

    Exit code: 0 all that could be tried are fixed, or a dry run, 1 one still fails or none could be tried,
    2 wrong usage, 3 target unreachable, 4 refused since a call might ring somebody.
    """  # noqa: D301 - click asks for this character before lines that it shall keep
    with reported():
        verified, dry = _verified(folder, target, Reach.asked(**reach))
    for each in verified:
        echo(one_line(f"{each.standing:<15} {each.case.name}: {each.case.why}"))
        for reason in each.reasons:
            echo(f"{'':<15} {one_line(reason)}")
    sys.exit(_exit(verified, dry=dry))


def _verified(folder: Path, name: str, reach: Reach) -> tuple[list[Verified], bool]:
    """How each case stands, and whether the target was only asked in a dry run."""
    from ringback_harness.at_url import opened
    from ringback_harness.cases import asked_for, load_cases
    from ringback_harness.check.rules import Worlds
    from ringback_harness.check.verify import verify

    cases = load_cases(folder)
    if name == "mock":
        with reached(name, reach) as mock:
            return list(verify(cases, Worlds(mock))), False
    with reached(name, reach, asked_for(cases)) as target, opened("mock") as mock:
        verified = list(verify(cases, Worlds(mock), Worlds(target)))
    return verified, ran_dry(target)


def _exit(verified: list[Verified], *, dry: bool) -> Exit:
    from ringback_harness.check.verify import Standing

    standings = [each.standing for each in verified]
    failing = Standing.FAILING in standings or not (dry or Standing.FIXED in standings)
    return Exit.FINDING if failing else Exit.FINE
