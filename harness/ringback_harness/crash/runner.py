"""Run the program through scenarios, several at a time, and judge each run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from ringback_harness.certificates import why_none
from ringback_harness.crash.program import ProgramUnderTest, run_once
from ringback_harness.crash.scenarios import JOBS, Scenario
from ringback_harness.crash.verdicts import Judgement, judge_run


def not_runnable(scenario: Scenario) -> str | None:
    """Why a scenario cannot be run on this machine."""
    return why_none() if scenario.over_tls else None


def judgements(
    program: ProgramUnderTest, scenarios: Sequence[Scenario], jobs: int = JOBS
) -> Generator[Judgement, None, None]:
    """The judgement of each run as it ends. Raises ``SetupError`` for what cannot be run at all."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(_judged, program, scenario) for scenario in scenarios]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            # Nobody waits for the rest, so it must not hold up the end.
            program.abandoned.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _judged(program: ProgramUnderTest, scenario: Scenario) -> Judgement:
    return judge_run(run_once(program, scenario))
