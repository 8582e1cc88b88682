"""The options of a command that can reach a real org, and the target they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from ringback_client.environment import TOKEN, credentials_from, verify_from
from ringback_client.errors import ConfigurationError
from ringback_contracts.core.model import Request
from ringback_harness.at_url import AtUrl, address_of, might_ring, opened
from ringback_harness.cassettes import Origin, Recorder, Tape
from ringback_harness.exits import SetupError, disk_error
from ringback_harness.options import written
from ringback_harness.plain_target import FORBIDDEN, PlainTarget
from ringback_harness.sandbox.permit import DEFAULT_BUDGET, Permit
from ringback_harness.sandbox.settings import SandboxSettings, settings_from
from ringback_harness.sandbox.target import DryRunSandbox, Tools, opened_sandbox
from ringback_harness.targets import CheckTarget

SANDBOX = "sandbox"
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reach:
    """What the command line says about a real org and about recording."""

    allow_calls: bool = False
    allow_number: tuple[str, ...] = field(default=(), repr=False)
    allow_user: tuple[str, ...] = ()
    budget: int = DEFAULT_BUDGET
    record: Path | None = None
    taped: bool = False
    """Whether each exchange is kept for this run, too."""
    counts: bool = False
    """Whether the budget was asked for, and is not just the usual one."""

    @classmethod
    def asked(cls, **options: Any) -> Reach:
        """What the command line says, in the options of ``reach_options``."""
        return cls(**options, counts=written("budget"))

    @property
    def rings(self) -> bool:
        """Whether anything is said of whom the run may ring."""
        return bool(self.allow_calls or self.allow_number or self.allow_user)

    @property
    def permit(self) -> Permit:
        """What the run may do. Raises ``SetupError`` and ``Refused``."""
        return Permit.of(
            send=self.allow_calls, numbers=self.allow_number, users=self.allow_user, budget=self.budget
        )


def reach_options(command: Command) -> Command:
    """Add the options whose values make a ``Reach``."""
    for option in (
        click.option("--record", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
                     help="Write each exchange with the target as a redacted HAR cassette."),
        click.option("--budget", type=click.IntRange(min=0), default=DEFAULT_BUDGET, show_default=True,
                     help="Calls that a run may place on a sandbox."),
        click.option("--allow-user", multiple=True, metavar="ID",
                     help="A user whom the sandbox, or the URL, may ring; repeatable."),
        click.option("--allow-number", multiple=True, metavar="NUMBER",
                     help="A number, as + and digits, that it may ring; repeatable."),
        click.option("--allow-calls", is_flag=True, help="Send to a sandbox, or to a URL elsewhere."),
    ):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def reached(name: str, reach: Reach, own: Iterable[tuple[str, Request]] = ()) -> Iterator[CheckTarget]:
    """The target of that name: ``mock``, a URL, or ``sandbox``, recorded where that is asked for.

    A sandbox is asked nothing at all unless all of a user's ``own`` requests, by name, may be sent to it.
    Raises ``SetupError``, ``Refused``, ``Unreachable``, and what the sandbox raises.
    """
    settings = settings_from(os.environ) if name == SANDBOX else _elsewhere(name, reach)
    own = tuple(own)
    if settings:
        if reach.counts and not (reach.allow_calls or own):
            raise SetupError("--budget does nothing without --allow-calls, where nothing is sent")
        DryRunSandbox(settings, reach.permit).refuse_outsiders(own)
        tools = Tools(notes=_recorder(reach, Origin(settings.target.api, settings.target.region)))
        with opened_sandbox(settings, reach.permit, tools) as sandbox:
            yield sandbox
        return
    if name == "mock" and (reach.rings or reach.counts):
        raise SetupError(
            "--allow-calls, --allow-number, --allow-user and --budget are for --target sandbox, or a URL"
        )
    notes = _recorder(reach, Origin(name))
    with opened(name, os.environ.get(TOKEN), notes, verify_from(os.environ)) as target:
        if reach.counts:
            raise SetupError(f"leave --budget out: no call to {name} rings anybody")
        if target.traits.names_rules:
            yield target
            return
        permit = replace(reach, allow_calls=False).permit  # nobody is rung on this machine
        yield PlainTarget(target, permit.numbers, permit.users, os.environ.get(FORBIDDEN))


def _elsewhere(name: str, reach: Reach) -> SandboxSettings | None:
    """How to reach a URL where a call might ring somebody, once it is said whom; ``None`` for all else."""
    if name == "mock" or not reach.rings or not address_of(name).real:
        return None
    verify = verify_from(os.environ)
    if not might_ring(AtUrl(address_of(name).api, verify=verify)):
        return None
    try:
        return SandboxSettings(address_of(name), credentials_from(os.environ), verify)
    except ConfigurationError as error:
        raise SetupError(f"{name}: {error}") from error


def ran_dry(target: CheckTarget) -> bool:
    """Whether nothing was sent to a target, which is then told."""
    if not isinstance(target, DryRunSandbox):
        return False
    target.tell()
    click.echo("dry run: nothing was sent; --allow-calls sends")
    return True


def _recorder(reach: Reach, origin: Origin) -> Recorder | None:
    try:
        if reach.taped:
            return Tape(reach.record, origin)
        return Recorder(reach.record, origin) if reach.record else None
    except OSError as error:
        raise disk_error(error) from error
