"""``ringback call``: place one call from a shell."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from ringback_client import (
    DEFAULT_MOCK,
    Call,
    CallOutcomeUnknown,
    CallsClient,
    ConfigurationError,
    NotAuthenticated,
    PlacedCall,
    RingbackError,
    RingbackWarning,
    SafetyRefusal,
    Target,
    TransportError,
)
from ringback_client.credentials import AccessToken, Credentials
from ringback_client.environment import credentials_from, verify_from
from ringback_client.safety import refuse_danger
from ringback_client.waiting import Wanted, asked, first, standing
from ringback_contracts.core.model import CONTRACTS, PUBLISHED, Contract
from ringback_harness.exits import Exit
from ringback_harness.terminal import echo, one_line

DEMO_TOKEN = "alice"
"""The pre-issued token of the default org whose user may call; public, and worth nothing elsewhere."""

LONGEST_WAIT = 120.0
"""Seconds: a call that nobody answers has ended by then."""
WIDEST = 100
"""Columns that the result takes at most; where there is no terminal nobody else wraps it."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What the command line asks for."""

    to: str
    from_: str | None
    contract: Contract
    token: str | None
    allow_calls: bool
    wait: bool = False


@dataclass(frozen=True, slots=True)
class CallResult:
    """What became of it, and what was said on the way."""

    outcome: PlacedCall | RingbackError
    target: str
    warnings: tuple[str, ...] = ()
    missed: RingbackError | None = None
    """Why it was not seen connected, where that was waited for."""

    @property
    def exit_code(self) -> Exit:
        """The exit code that says it: a call that was waited for in vain is a finding."""
        if isinstance(self.outcome, PlacedCall):
            return Exit.FINE if self.missed is None else exit_of(self.missed)
        return exit_of(self.outcome)


def exit_of(error: RingbackError) -> Exit:
    """The exit code that says it. An unknown outcome is a finding: code 3 would invite to try again."""
    match error:
        case SafetyRefusal():
            return Exit.REFUSED
        case ConfigurationError():
            return Exit.SETUP
        case CallOutcomeUnknown():
            return Exit.FINDING
        case TransportError() | NotAuthenticated():
            return Exit.UNREACHABLE
        case _:
            return Exit.FINDING


target_option = click.option(
    "--target",
    envvar="RINGBACK_URL",
    default=DEFAULT_MOCK,
    show_default=True,
    help="URL of a mock, or a region; also RINGBACK_URL.",
)
token_option = click.option(
    "--as", "token", metavar="TOKEN", help=f"Pre-issued token of the mock.  [default: {DEMO_TOKEN}]"
)


@click.command("call")
@click.argument("to")
@click.option("--from", "from_", metavar="ADDRESS", help="Caller: user:ID, or a caller id.")
@target_option
@click.option(
    "--contract",
    type=click.Choice(CONTRACTS),
    default=PUBLISHED,
    show_default=True,
    help="Form of the request body.",
)
@token_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--wait", is_flag=True, help="Wait until the call is connected or has ended, and print each state."
)
@click.option("--allow-calls", is_flag=True, help="Let the call ring people, where the target is a region.")
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    to: str,
    from_: str | None,
    target: str,
    contract: Contract,
    token: str | None,
    as_json: bool,
    wait: bool,
    allow_calls: bool,
) -> None:
    """Place one call to TO: tel:+442079460100, user:ID or sip:user@host.

    On a mock (a URL of loopback, or of a name reserved for tests) the call is placed with a pre-issued token,
    and credentials in the environment stay there. Elsewhere the environment says who calls:
    RINGBACK_ACCESS_TOKEN, or GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET.

    Exit code: 0 placed, 1 refused or unknown whether placed, or not connected with --wait, 2 wrong usage,
    3 target unreachable or login refused, 4 not sent since it might have rung somebody.
    """
    result = _placed(target, CallOptions(to, from_, contract, token, allow_calls, wait))
    if as_json:
        click.echo(json.dumps(_document(result), indent=2))
    else:
        _show(result)
    sys.exit(result.exit_code)


def _placed(target: str, options: CallOptions) -> CallResult:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RingbackWarning)
        outcome: PlacedCall | RingbackError
        missed = None
        try:
            outcome, missed = _place(Target.parse(target), options)
        except RingbackError as error:
            outcome = error
    return CallResult(outcome, target, tuple(str(warning.message) for warning in caught), missed)


def _place(target: Target, options: CallOptions) -> tuple[PlacedCall, RingbackError | None]:
    request = CallsClient.build_request(options.to, options.from_, contract=options.contract)
    # What must not ring is refused before anybody is asked for credentials.
    refuse_danger(request, target, allow_calls=options.allow_calls)
    with CallsClient(
        target,
        credentials_for(target, options.token),
        allow_calls=options.allow_calls,
        verify=verify_from(os.environ),
    ) as client:
        placed = client.send(request)
        return placed, _missed(client, placed) if options.wait else None


def _missed(client: CallsClient, placed: PlacedCall) -> RingbackError | None:
    """Wait until somebody has answered, telling each state; why nobody has."""
    try:
        first(Wanted("connected"), _told(asked(client, placed.id, LONGEST_WAIT, time.sleep)), LONGEST_WAIT)
    except RingbackError as error:
        return error
    return None


def _told(calls: Iterator[Call]) -> Iterator[Call]:
    """The looks at a call, each state of it told once."""
    last = ""
    for call in calls:
        if (now := standing(call)) != last:
            echo(one_line(now), err=True)
        last = now
        yield call


def credentials_for(target: Target, token: str | None) -> Credentials:
    """Who asks the target: a token of the mock, or who the environment says."""
    if target.region and token is not None:
        raise ConfigurationError("--as is for a mock's tokens; a real one goes into RINGBACK_ACCESS_TOKEN")
    if target.real and token is None:
        return credentials_from(os.environ)
    # A token in the environment may be a real one: it goes to no mock, which need not even serve HTTPS.
    return AccessToken(token or DEMO_TOKEN)


def _document(result: CallResult) -> dict[str, Any]:
    outcome = result.outcome
    common = {"target": result.target, "warnings": list(result.warnings)}
    if isinstance(outcome, PlacedCall):
        return {
            "placed": True,
            "id": outcome.id,
            "selfUri": outcome.self_uri,
            "uri": outcome.uri,
            "createdTime": outcome.created_time,
            "note": outcome.note,
            "correlationId": outcome.correlation_id,
            "notConnected": None if result.missed is None else str(result.missed),
            **common,
        }
    return {
        "placed": None if isinstance(outcome, CallOutcomeUnknown) else False,
        "error": type(outcome).__name__,
        "message": str(outcome),
        "status": outcome.status,
        "code": outcome.code,
        "rule": outcome.rule,
        "field": outcome.field,
        "fix": outcome.fix,
        "correlationId": outcome.correlation_id,
        **common,
    }


def _show(result: CallResult) -> None:
    from rich.console import Console
    from rich.text import Text

    from ringback_harness.terminal import show_wrapped

    outcome = result.outcome
    placed = isinstance(outcome, PlacedCall)
    console = Console(stderr=not placed, highlight=False)
    for warning in result.warnings:
        console.print(Text(one_line(f"warning: {warning}"), style="yellow"))
    console.print(Text(one_line(_headline(result)), style="bold green" if placed else "bold red"))
    console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    lines = _lines(outcome)
    if result.missed is not None:
        lines.append(("not connected", str(result.missed)))
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        show_wrapped(console, f"  {name:<{width}}  ", value)


def _headline(result: CallResult) -> str:
    match result.outcome:
        case PlacedCall():
            return f"Call placed on {result.target}"
        case CallOutcomeUnknown():
            return f"Nobody knows whether the call was placed on {result.target}"
        case _:
            return f"No call was placed on {result.target}"


def _lines(outcome: PlacedCall | RingbackError) -> list[tuple[str, str]]:
    if isinstance(outcome, PlacedCall):
        pairs = {
            "id": outcome.id,
            "read it": outcome.self_uri,
            "created": outcome.created_time,
            "note": outcome.note,
            "correlation id": outcome.correlation_id,
        }
    else:
        pairs = {"error": type(outcome).__name__, "why": str(outcome)}
    return [(name, value) for name, value in pairs.items() if value]
