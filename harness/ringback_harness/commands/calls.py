"""``ringback calls``: see the calls that go on, and tell one what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ringback_client import Call, CallsClient, Participant, RingbackError, Target
from ringback_client.environment import verify_from
from ringback_harness.commands.call import credentials_for, exit_of, target_option, token_option
from ringback_harness.commands.watch import legs
from ringback_harness.exits import CommandError
from ringback_harness.terminal import echo, one_line

Command = Callable[..., Any]


class NotDone(CommandError):
    """What a client raised, with the exit code that says it."""

    def __init__(self, error: RingbackError) -> None:
        super().__init__(str(error))
        self.exit_code = exit_of(error)  # type: ignore[misc]  # click reads it of the error; its stub has one a class


def aimed(function: Command) -> Command:
    """The options that say where the calls are, and as whom."""
    return target_option(token_option(function))


@click.group("calls")
def command() -> None:
    """See the calls of the token's user, and tell one what to do; people's numbers are left out.

    Tokens are chosen as by 'ringback call'.

    Exit code: 0 done, 1 refused or unknown whether done, 2 wrong usage, 3 target unreachable or login
    refused, 4 not sent since it might have rung somebody.
    """


@contextmanager
def _client(target: str, token: str | None, *, allow_calls: bool = False) -> Iterator[CallsClient]:
    """A client of the target; what it raises ends the command with the exit code that says it."""
    try:
        aim = Target.parse(target)
        with CallsClient(
            aim, credentials_for(aim, token), allow_calls=allow_calls, verify=verify_from(os.environ)
        ) as client:
            yield client
    except RingbackError as error:
        raise NotDone(error) from error


@command.command("list")
@aimed
def list_(*, target: str, token: str | None) -> None:
    """List the calls that go on."""
    with _client(target, token) as client:
        calls = client.list_calls()
    echo(f"{len(calls)} {'call goes' if len(calls) == 1 else 'calls go'} on at {target}")
    for call in calls:
        echo(f"{one_line(call.id)}  {legs(call)}")


@command.command("show")
@click.argument("call_id", metavar="CALL")
@aimed
def show(*, call_id: str, target: str, token: str | None) -> None:
    """Show a call: each leg with its id."""
    with _client(target, token) as client:
        _show(client.get_call(call_id))


@command.command("hold")
@click.argument("call_id", metavar="CALL")
@click.option("--off", is_flag=True, help="Go back to those who are on hold.")
@aimed
def hold(*, call_id: str, off: bool, target: str, token: str | None) -> None:
    """Put the others of a call on hold."""
    with _client(target, token) as client:
        call = client.call(call_id)
        call.hold(held=not off)
        _show(call.look())


@command.command("transfer")
@click.argument("call_id", metavar="CALL")
@click.argument("to")
@click.option("--allow-calls", is_flag=True, help="Let it ring people, where the target is a region.")
@aimed
def transfer(*, call_id: str, to: str, allow_calls: bool, target: str, token: str | None) -> None:
    """Give a call to somebody else.

    TO is tel:+442079460100, user:ID, queue:ID or sip:user@host.
    """
    with _client(target, token, allow_calls=allow_calls) as client:
        call = client.call(call_id)
        call.transfer(to)
        _show(call.look())


@command.command("hang-up")
@click.argument("call_id", metavar="CALL")
@aimed
def hang_up(*, call_id: str, target: str, token: str | None) -> None:
    """End a call for everybody."""
    with _client(target, token) as client:
        call = client.call(call_id)
        call.hang_up()
        _show(call.look())


def _show(call: Call) -> None:
    echo(one_line(call.id))
    for leg in call.participants:
        echo(f"  {one_line(_line(leg))}")


def _line(leg: Participant) -> str:
    """A leg: whose, how it stands, and what keeps it from talking or hearing."""
    flags = [name for name in ("held", "muted", "confined") if getattr(leg, name)]
    said = [leg.disconnect_type, leg.error, *flags]
    told = ", ".join(filter(None, said))
    return f"{leg.id}  {leg.purpose} {leg.state}{f' ({told})' if told else ''}"
