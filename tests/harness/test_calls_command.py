"""``ringback calls`` and ``ringback call --wait``: what they do, print and end with."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from ringback_client import CallsClient
from ringback_harness.cli import main
from ringback_harness.exits import Exit
from tests.serving import free_port, mock_server

ANSWERS = "tel:+442079460100"
DECLINES = "tel:+442079460103"
FRANK = "user:f4a2c000-0000-4000-8000-000000000006"


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with mock_server() as url:
        yield url


def ringback(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def talking(mock: str) -> str:
    """The id of a call of alice's that was waited for."""
    result = ringback("call", ANSWERS, "--wait", "--json", "--target", mock)
    assert result.exit_code == Exit.FINE
    told = result.stderr.splitlines()
    assert told[-1].endswith("external connected")
    assert len(told) == len(set(told)) >= 2
    document = json.loads(result.stdout)
    assert document["notConnected"] is None
    return str(document["id"])


def test_a_call_that_is_declined_ends_the_wait_with_a_finding(mock: str) -> None:
    result = ringback("call", DECLINES, "--wait", "--target", mock)
    assert result.exit_code == Exit.FINDING
    assert "not connected" in result.stdout
    assert "external terminated" in result.stderr


def test_a_call_is_listed_shown_held_and_gone_back_to(mock: str, talking: str) -> None:
    listed = ringback("calls", "list", "--target", mock).stdout
    assert f"{talking}  user connected, external connected" in listed
    held = ringback("calls", "hold", talking, "--target", mock).stdout
    assert "user connected (held)" in held
    assert "external connected (confined)" in held
    assert "held" not in ringback("calls", "hold", talking, "--off", "--target", mock).stdout
    shown = ringback("calls", "show", talking, "--target", mock)
    assert shown.stdout.splitlines()[0] == talking
    assert "7946" not in shown.stdout + listed


def test_a_call_is_given_away_and_hung_up(mock: str) -> None:
    with CallsClient(mock, "alice") as client:
        call = client.place_call(ANSWERS)
        call.wait_for("connected")
    given = ringback("calls", "transfer", call.id, FRANK, "--target", mock)
    assert (given.exit_code, "user terminated (transfer)" in given.stdout) == (Exit.FINE, True)
    again = ringback("calls", "hold", call.id, "--target", mock)
    assert again.exit_code == Exit.FINDING
    with CallsClient(mock, "alice") as client:
        other = client.place_call(ANSWERS)
    ended = ringback("calls", "hang-up", other.id, "--target", mock)
    assert (ended.exit_code, "user disconnected" in ended.stdout) == (Exit.FINE, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "nothing", "--target", "MOCK"], Exit.FINDING),
        (["list", "--target", "nowhere"], Exit.SETUP),
        (["list", "--target", f"http://127.0.0.1:{free_port()}"], Exit.UNREACHABLE),
        (["list", "--as", "nobody", "--target", "MOCK"], Exit.UNREACHABLE),
        (["hold", "--target", "MOCK"], Exit.SETUP),
    ],
)
def test_what_goes_wrong_is_told_by_the_exit_code(arguments: list[str], code: Exit, mock: str) -> None:
    result = ringback("calls", *(mock if argument == "MOCK" else argument for argument in arguments))
    assert result.exit_code == code, result.output
    assert result.stderr
