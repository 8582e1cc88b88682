"""``ringback watch``: see calls go on, in a terminal or as lines of JSON."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ringback_client import (
    Call,
    CallsClient,
    Event,
    Events,
    RingbackError,
    Target,
    TransportError,
)
from ringback_client.environment import verify_from
from ringback_client.errors import NotAuthenticated
from ringback_client.waiting import OWN_CALLS
from ringback_contracts.privacy import redact_body
from ringback_harness.commands.call import credentials_for, target_option, token_option
from ringback_harness.exits import SetupError, Unreachable
from ringback_harness.real_range import RealRange
from ringback_harness.sandbox.listening import no_room
from ringback_harness.terminal import echo, one_line

if TYPE_CHECKING:
    from rich.table import Table

ROWS = 20
"""Calls that the table shows: the newest."""
MOMENT = 0.5
"""Seconds between two looks at how long it was to watch."""


@click.command("watch")
@click.argument("topics", nargs=-1)
@target_option
@token_option
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
@click.option("--for", "seconds", type=RealRange(min=0), help="End after so many seconds.")
def command(
    *, topics: tuple[str, ...], target: str, token: str | None, as_json: bool, seconds: float | None
) -> None:
    """Listen to TOPICS, and print what becomes of calls as it happens.

    Without topics it is the calls of the token's user, which {me} stands for in a topic, such as
    v2.users.{me}.conversations.calls. People's numbers are left out. Ctrl-C ends it.

    Exit code: 0 watched, 2 wrong usage or a topic that is refused, 3 target unreachable or login refused.
    """
    topics = topics or (OWN_CALLS,)
    try:
        aim = Target.parse(target)
        with (
            _listening(aim, token) as client,
            client.events(*topics) as events,
        ):
            echo(f"listening to {', '.join(topics)} at {target}", err=as_json)
            if as_json:
                for event in _until(events, seconds):
                    echo(json.dumps(_document(event)))
            else:
                _show(_until(events, seconds))
    except (TransportError, NotAuthenticated) as error:
        raise Unreachable(str(error)) from error
    except RingbackError as error:
        raise SetupError(str(error)) from error


@contextmanager
def _listening(aim: Target, token: str | None) -> Iterator[CallsClient]:
    """A client with which one may listen. Raises ``SetupError`` where a program might lose its channel."""
    with CallsClient(aim, credentials_for(aim, token), verify=verify_from(os.environ)) as client:
        if aim.real and (why := no_room(client.count_channels())):
            raise SetupError(f"watching takes a channel, and {why}; or watch with a token of another app")
        yield client


def _show(events: Iterator[Event]) -> None:
    """A table that lives in a terminal, and lines elsewhere."""
    from rich.console import Console
    from rich.live import Live

    console = Console()
    if not console.is_terminal:
        for event in events:
            echo(_line(event))
        return
    calls: dict[str, Call] = {}
    with Live(table(calls), console=console) as live:
        for event in events:
            if event.missed:
                live.console.print(_line(event), markup=False)
            if event.call is not None:
                calls[event.call.id] = event.call
                live.update(table(calls))


def _until(events: Events, seconds: float | None) -> Iterator[Event]:
    """What comes in so many seconds, or for ever."""
    end = None if seconds is None else time.monotonic() + seconds
    while end is None or time.monotonic() < end:
        left = MOMENT if end is None else min(MOMENT, max(0.0, end - time.monotonic()))
        event = events.next_event(left)
        if event is not None:
            yield event


def _document(event: Event) -> dict[str, Any]:
    """The event, without people's numbers."""
    body = redact_body(json.dumps(event.body).encode(), "application/json")
    return {"topic": event.topic, "read": event.read, "missed": event.missed, "body": json.loads(body)}


def _line(event: Event) -> str:
    """The event in a line: when, which call, and how each leg of it stands."""
    when = time.strftime("%H:%M:%S")
    if event.missed:
        lost = f"not heard for {event.body['seconds']:g} s, and what it told then is lost"
        return f"{when}  {one_line(event.topic)}  ({lost})"
    if event.call is None:
        return f"{when}  {one_line(event.topic)}"
    return f"{when}  {one_line(event.call.id)}  {legs(event.call)}{'  (read)' if event.read else ''}"


def legs(call: Call) -> str:
    """Who is on the call, and how."""
    return one_line(", ".join(f"{leg.purpose} {leg.state}" for leg in call.participants))


def table(calls: dict[str, Call]) -> Table:
    """The newest calls."""
    from rich.table import Column, Table
    from rich.text import Text

    # Wrapped, a cell could begin a line with what a CI obeys; a string could hold markup, such as a link.
    shown = Table(Column("call", no_wrap=True), Column("legs", no_wrap=True))
    for call in list(calls.values())[-ROWS:]:
        shown.add_row(Text(one_line(call.id)), Text(legs(call)))
    return shown
