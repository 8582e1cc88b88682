"""A run that is told to stop ends its call first, and says what it left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ringback_client import Call
from ringback_harness.sandbox import Interrupted, Permit, Tools, opened_sandbox
from ringback_harness.sandbox.signals import Stop
from ringback_harness.targets import call_request
from ringback_mock.engine.conversation import conversation
from tests.standin import ME, NUMBER, NoTime, StandIn, standin

PROGRAM = """
import pytest, sys
from tests.standin import lead_home
with pytest.MonkeyPatch.context() as patch:
    lead_home(patch, int(sys.argv.pop(1)))
    from ringback_harness.cli import main
    main()
"""


def over(stand_in: StandIn) -> list[bool]:
    calls = stand_in.store.default.calls.of_user(ME, stand_in.store.clock())
    return [Call.read(conversation(call, stand_in.store.clock())).over for call in calls]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_a_call_is_in_the_air_ends_it_first(
    stop: signal.Signals, tmp_path: Path
) -> None:
    with standin(tmp_path) as stand_in:
        placed = threading.Event()
        told = threading.Event()

        def hold_the_reply_until_the_signal_is_sent() -> None:
            placed.set()
            told.wait(20)

        stand_in.on_placed = hold_the_reply_until_the_signal_is_sent
        command = [sys.executable, "-c", PROGRAM, str(stand_in.port), "diff", "--target", "sandbox"]
        options = ["--allow-calls", "--allow-number", NUMBER, "--record", str(tmp_path / "cassettes")]
        with subprocess.Popen(
            command + options,
            env={**os.environ, **stand_in.environment},
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert placed.wait(60)
            run.send_signal(stop)
            told.set()
            _, said = run.communicate(timeout=60)
        assert run.returncode == 130
        assert "interrupted: calls placed and ended: 1; left: none" in said
        assert over(stand_in) == [True]
        kept = list((tmp_path / "cassettes").glob("*.har"))
        assert len(kept) == len(stand_in.asked)
        assert set((tmp_path / "cassettes").iterdir()) == set(kept)


def test_a_signal_that_comes_while_nothing_is_in_the_air_stops_at_once() -> None:
    stop = Stop()
    with pytest.raises(Interrupted), stop.heeded():
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_waits_for_what_is_held() -> None:
    stop, done = Stop(), []

    def run() -> None:
        with stop.heeded():
            with stop.held():
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
                done.append("finished")
            done.append("never")

    with pytest.raises(Interrupted):
        run()
    assert done == ["finished"]


def test_the_handlers_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stop().heeded():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_an_interrupted_run_says_what_became_of_its_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = NoTime()
    permit = Permit.of(send=True, numbers=[NUMBER], users=[], budget=2)

    def run(stand_in: StandIn) -> None:
        with opened_sandbox(stand_in.settings, permit, Tools(clock.sleep, clock.now)) as sandbox:
            sandbox.world().send(call_request({"phoneNumber": "+442079460100"}))
            signal.raise_signal(signal.SIGTERM)

    with standin(tmp_path) as stand_in, pytest.raises(Interrupted):
        run(stand_in)
    assert "calls placed and ended: 1; left: none" in capsys.readouterr().err
