"""Calls are ended, whatever happens: unasked for, unanswered, unrecorded, interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from ringback_client import Call, CallsClient, ReplyLost, RingbackError
from ringback_client.errors import CallAttempt
from ringback_harness.exits import Exit
from ringback_harness.sandbox import (
    CallLeft,
    NotAllowed,
    Permit,
    Sandbox,
    Tools,
    Unmeant,
    account,
    opened_sandbox,
)
from ringback_harness.sandbox.hang_up import MORE, UNCLEAR, HangUp
from ringback_harness.targets import call_request
from ringback_mock.engine.conversation import conversation
from ringback_mock.http import Delivery, Ending, Response
from ringback_mock.site import Site
from tests.standin import COLLEAGUE, ME, NUMBER, TOKEN, NoTime, StandIn, standin

REFUSED_BY = "destination.missing"
"""The rule by which ``{}`` should be refused, and is accepted here."""
PROGRAM = """
import pytest, resource, sys
from tests.standin import lead_home
limit = int(sys.argv.pop(2))
with pytest.MonkeyPatch.context() as patch:
    lead_home(patch, int(sys.argv.pop(1)))
    from ringback_harness.cli import main
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    main()
"""


@dataclass
class Willing:
    """Answers what should be refused by placing a call to somebody, as ``change`` has it."""

    body: dict[str, Any]
    change: Callable[[Response], Response] = lambda response: response
    stand_in: StandIn | None = None

    def __call__(self, _: Response) -> Response:
        assert self.stand_in is not None
        return self.change(Site(self.stand_in.store).answer(call_request(self.body, TOKEN)))


def lose(response: Response) -> Response:
    return replace(response, delivery=Delivery(Ending.CLOSED))


def break_down(response: Response) -> Response:
    return replace(response, status=500, body=b"{}")


def forget_the_id(response: Response) -> Response:
    return replace(response, body=b"[]")


def redirect(response: Response) -> Response:
    return replace(response, status=303)


def on(stand_in: StandIn) -> list[str]:
    """The calls of the stand-in's user that go on."""
    calls = stand_in.store.default.calls.of_user(ME, stand_in.store.clock())
    return [call.id for call in calls if not Call.read(conversation(call, stand_in.store.clock())).over]


def permit(**changes: Any) -> Permit:
    usual: dict[str, Any] = {"send": True, "numbers": [NUMBER], "users": [COLLEAGUE], "budget": 2}
    return Permit.of(**usual | changes)


@pytest.fixture
def willing(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StandIn]:
    body, change = request.param
    answer = Willing(body, change)
    with standin(tmp_path, otherwise={REFUSED_BY: answer}) as stand_in:
        answer.stand_in = stand_in
        yield stand_in


def asked_for_nobody(
    stand_in: StandIn, error: type[BaseException]
) -> tuple[Sandbox, pytest.ExceptionInfo[Any]]:
    clock = NoTime()
    with opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox:
        assert isinstance(sandbox, Sandbox)
        with pytest.raises(error) as caught:
            sandbox.world().send(call_request({}))
    return sandbox, caught


def ring_too(stand_in: StandIn) -> None:
    """Let the org ring somebody else, of which no answer tells."""
    body = {"phoneNumber": "+13172222222"}
    assert Site(stand_in.store).answer(call_request(body, TOKEN)).status == 202


def test_a_call_that_no_answer_names_is_found_and_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = NoTime()
    with standin(tmp_path) as stand_in:
        stand_in.on_placed = lambda: ring_too(stand_in)
        with opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox:
            assert sandbox.world().send(call_request({"phoneNumber": NUMBER})).status == 202
            assert on(stand_in) == []
    told = capsys.readouterr().err
    assert f"{MORE}; the call" in told
    assert "calls placed and ended: 2; left: none" in told


def test_a_call_that_comes_to_light_late_is_ended_with_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*, fails: bool) -> None:
        clock = NoTime()
        with opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox:
            sandbox.world().send(call_request({"phoneNumber": NUMBER}))
            ring_too(stand_in)
            assert not fails

    with standin(tmp_path) as stand_in:
        run(fails=False)
        assert on(stand_in) == []
        with pytest.raises(AssertionError):
            run(fails=True)
        assert on(stand_in) == []
    assert capsys.readouterr().err.count("calls placed and ended: 2; left: none") == 2


def test_what_may_still_ring_is_named_where_nobody_can_look_for_it() -> None:
    class Blind:
        def list_calls(self) -> list[Call]:
            raise RingbackError("403 missing.permissions")

    told: list[str] = []
    hang_up = HangUp(cast("CallsClient", Blind()), sleep=lambda _: None, tell=told.append)
    attempt = CallAttempt("/api/v2/conversations/calls", (NUMBER, "+13172222222"), None, 0.0, 1.0)
    hang_up.end_rest(attempt, 1)
    assert "may have rung more than the call that its answer names" in told[0]
    assert account(hang_up) == "calls placed and ended: 0; left: (a call without a known id)"
    hang_up.end_rest(attempt, 0)


PLACING = ({"phoneNumber": NUMBER}, {"phoneNumber": "+13172222222"}, {"callUserId": COLLEAGUE})


@pytest.mark.parametrize("willing", [(body, lambda reply: reply) for body in PLACING], indirect=True)
def test_the_first_call_that_was_not_meant_is_ended_and_ends_the_run(
    willing: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, caught = asked_for_nobody(willing, Unmeant)
    assert caught.value.exit_code == Exit.REFUSED
    assert "should have been refused was accepted with 202" in caught.value.message
    assert len(sandbox.hang_up.ended) == 1
    assert on(willing) == []
    asked = len(willing.asked)
    with pytest.raises(Unmeant):
        sandbox.world().send(call_request({"phoneNumber": "x"}))
    assert len(willing.asked) == asked
    assert "calls placed and ended: 1; left: none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("willing", "error"),
    [
        *(((body, lose), ReplyLost) for body in PLACING),
        ((PLACING[1], forget_the_id), Unmeant),
    ],
    indirect=["willing"],
)
def test_a_call_that_was_not_meant_and_whose_reply_is_lost_is_found_and_ended(
    willing: StandIn, error: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, _ = asked_for_nobody(willing, error)
    assert len(sandbox.hang_up.ended) == 1
    assert on(willing) == []
    assert f"{UNCLEAR}; the call {sandbox.hang_up.ended[0]}, which may be its, was found and ended" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("willing", [(PLACING[1], break_down), (PLACING[1], redirect)], indirect=True)
def test_an_answer_that_is_no_refusal_is_looked_into(willing: StandIn) -> None:
    clock = NoTime()
    with opened_sandbox(willing.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox:
        assert isinstance(sandbox, Sandbox)
        assert sandbox.world().send(call_request({})).status in (500, 303)
        assert len(sandbox.hang_up.ended) == 1
    assert on(willing) == []


@pytest.mark.parametrize("willing", [(PLACING[0], lose)], indirect=True)
def test_a_call_from_before_the_run_goes_on(willing: StandIn) -> None:
    Site(willing.store).answer(call_request({"phoneNumber": NUMBER}, TOKEN))
    (before,) = on(willing)
    sandbox, _ = asked_for_nobody(willing, ReplyLost)
    assert on(willing) == [before]
    assert len(sandbox.hang_up.ended) == 1


@pytest.mark.parametrize("willing", [(PLACING[1], lambda reply: reply)], indirect=True)
def test_a_call_that_was_not_meant_and_goes_on_is_named(
    willing: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(willing.store.default.calls, "give", lambda *_: None)
    _, caught = asked_for_nobody(willing, Unmeant)
    (left,) = on(willing)
    assert f"the call {left} could not be ended" in caught.value.message
    assert f"left: {left}" in capsys.readouterr().err


def test_a_server_that_asks_to_come_back_does_not_ring_more_than_the_budget(tmp_path: Path) -> None:
    """It rings, and says that it did not."""

    def busy(response: Response) -> Response:
        if response.status != 202 or b"selfUri" not in response.body:
            return response
        return replace(response, status=503, headers=(*response.headers, ("Retry-After", "1")), body=b"{}")

    clock = NoTime()
    with (
        standin(tmp_path, otherwise={"": busy}) as stand_in,
        opened_sandbox(stand_in.settings, permit(budget=2), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        assert isinstance(sandbox, Sandbox)
        stand_in.asked.clear()
        with pytest.raises(NotAllowed, match="budget of 2"):
            sandbox.world().send(call_request({"phoneNumber": "+442079460100"}))
        assert len(stand_in.posted) == 2
        assert on(stand_in) == []


# --- the disk -----------------------------------------------------------------------------------------


def command(stand_in: StandIn, limit: int, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(stand_in.port), str(limit), *arguments, "--target", "sandbox"],
        env={**os.environ, **stand_in.environment},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def a_case(folder: Path) -> Path:
    folder.mkdir()
    case = {"why": "x", "request": {"body": {"phoneNumber": NUMBER}}, "expect": {"status": 202}}
    (folder / "case.json").write_text(json.dumps(case))
    return folder


LISTED = ("--allow-calls", "--allow-number", NUMBER, "--allow-user", COLLEAGUE)


def test_a_disk_that_fills_up_ends_the_run_and_not_before_its_call(tmp_path: Path) -> None:
    record = tmp_path / "cassettes"
    with standin(tmp_path) as stand_in:

        def fill_up() -> None:
            for path in record.iterdir():
                path.unlink()
            record.rmdir()

        stand_in.on_placed = fill_up
        case = str(a_case(tmp_path / "cases"))
        with command(stand_in, 0, "verify-fix", case, *LISTED, "--record", str(record)) as run:
            out, said = run.communicate(timeout=60)
        assert run.returncode == Exit.SETUP, out + said
        assert f"{record} cannot be used: No such file or directory" in said
        assert "calls placed and ended: 1; left: none" in said
        assert len(stand_in.posted) == 1
        assert on(stand_in) == []


def test_a_full_disk_from_the_start_lets_nothing_ring(tmp_path: Path) -> None:
    record = tmp_path / "cassettes"
    with standin(tmp_path) as stand_in:
        case = str(a_case(tmp_path / "cases"))
        with command(stand_in, 200, "verify-fix", case, *LISTED, "--record", str(record)) as run:
            out, said = run.communicate(timeout=60)
        assert run.returncode == Exit.SETUP, out + said
        assert f"{record} cannot be used: File too large" in said
        assert stand_in.posted == []
    assert list(record.iterdir()) == []


@pytest.mark.parametrize("option", ["--record", "--report-dir", "--save"])
def test_a_folder_that_cannot_be_written_is_named(option: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with standin(tmp_path) as stand_in:
        options = ["--report", "json"] if option == "--report-dir" else []
        options += ["--max-time", "1", "--examples", "1", option, str(taken / "folder")]
        with command(stand_in, 0, "check", *LISTED, *options) as run:
            out, said = run.communicate(timeout=60)
        assert run.returncode == Exit.SETUP, out + said
        assert str(taken) in said
        assert on(stand_in) == []


# --- ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_disk_is_full_waits_for_the_call(stop: signal.Signals, tmp_path: Path) -> None:
    placed, told = threading.Event(), threading.Event()
    with standin(tmp_path) as stand_in:

        def hold() -> None:
            placed.set()
            told.wait(20)

        stand_in.on_placed = hold
        case = str(a_case(tmp_path / "cases"))
        with command(stand_in, 0, "verify-fix", case, *LISTED, "--budget", "1") as run:
            assert placed.wait(60)
            run.send_signal(stop)
            run.send_signal(stop)
            told.set()
            _, said = run.communicate(timeout=60)
        assert run.returncode == 130
        assert "interrupted: calls placed and ended: 1; left: none" in said
        assert len(stand_in.posted) == 1
        assert on(stand_in) == []


def test_a_target_that_dies_with_a_call_in_the_air_is_told(tmp_path: Path) -> None:
    clock = NoTime()
    dead: list[bool] = []

    def die(response: Response) -> Response:
        if response.status == 202:
            dead.append(True)
        return lose(response) if dead else response

    with (
        standin(tmp_path, otherwise={"": die}) as stand_in,
        opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        assert isinstance(sandbox, Sandbox)
        with pytest.raises(CallLeft, match="Look for a call that was placed just now"):
            sandbox.world().send(call_request({"phoneNumber": "+442079460100"}))
        assert sandbox.hang_up.left == ["(a call without a known id)"]
