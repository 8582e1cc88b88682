"""How long to wait, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from ringback_client import ConfigurationError, RetryPolicy, TargetUnreachable
from ringback_client.retry import retry_after
from ringback_client.transport import Reply
from tests.client.scripted import Clock

NOW = 1_800_000_000.0


def reply(status: int = 429, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, CaseInsensitiveDict(named), b"")


def http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@given(st.integers(0, 999_999_999))
def test_retry_after_in_seconds(seconds: int) -> None:
    assert retry_after(reply(Retry_After=f" {seconds} "), NOW) == seconds


@given(st.integers(-1000, 1000))
def test_retry_after_as_a_date_is_never_negative(seconds: int) -> None:
    assert retry_after(reply(Retry_After=http_date(NOW + seconds)), NOW) == max(0, seconds)


def test_a_date_is_counted_from_the_clock_of_the_server() -> None:
    late = reply(Retry_After=http_date(NOW + 7), Date=http_date(NOW))
    assert retry_after(late, NOW + 3600) == 7


def test_the_old_date_formats_of_http_are_read_as_utc() -> None:
    assert (
        retry_after(reply(Retry_After="Sun Nov  6 08:49:37 1994", Date="Sun Nov  6 08:49:30 1994"), NOW) == 7
    )


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is nine hours ahead."""
    with monkeypatch.context() as moved:
        moved.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    "date",
    [
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 10:49:37 +0200",
    ],
)
def test_a_date_without_a_zone_is_utc_wherever_the_machine_stands(far_east: None, date: str) -> None:
    assert retry_after(reply(Retry_After=date, Date="Sun, 06 Nov 1994 08:49:30 GMT"), NOW) == 7
    assert retry_after(reply(Retry_After="Sun, 06 Nov 1994 08:49:44 GMT", Date=date), NOW) == 7
    assert retry_after(reply(Retry_After=date), 784_111_770.0) == 7


@given(st.text(st.characters(codec="latin-1", exclude_characters="0123456789")))
def test_what_is_neither_is_no_wait_at_all(text: str) -> None:
    assert retry_after(reply(Retry_After=text), NOW) is None


@pytest.mark.parametrize("text", ["-1", "1.5", "1e3", "9" * 400, "soon", "", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_a_wait_that_cannot_be_read_is_ignored(text: str) -> None:
    assert retry_after(reply(Retry_After=text), NOW) is None


def run(policy: RetryPolicy, outcomes: Sequence[Reply | Exception], *, repeatable: bool = False) -> Reply:
    coming = iter(outcomes)

    def attempt() -> Reply:
        outcome = next(coming)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return policy.run(attempt, repeatable=repeatable)


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    clock = Clock()
    assert (
        run(clock.policy(), [reply(Retry_After="3"), reply(503, Retry_After="4"), reply(202)]).status == 202
    )
    assert clock.slept == [3, 4]


def test_without_being_asked_it_waits_twice_as_long_each_time() -> None:
    clock = Clock()
    run(clock.policy(first_wait=0.5), [reply(), TargetUnreachable("x"), reply(), reply(202)])
    assert clock.slept == [0.5, 1.0, 2.0]


def test_it_does_not_wait_beyond_its_budget() -> None:
    clock = Clock()
    answer = run(clock.policy(budget=10), [reply(Retry_After="6"), reply(Retry_After="5"), reply(202)])
    assert (answer.status, clock.slept) == (429, [6])


def test_it_does_not_wait_after_the_last_attempt() -> None:
    clock = Clock()
    assert run(clock.policy(attempts=2), [reply(), reply()]).status == 429
    assert len(clock.slept) == 1


def test_what_will_not_pass_is_not_tried_again() -> None:
    clock = Clock()
    with pytest.raises(TargetUnreachable):
        run(clock.policy(), [TargetUnreachable("certificate", passing=False), reply(202)])
    assert clock.slept == []


@pytest.mark.parametrize(("repeatable", "sent"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_s_failure_is_repeated_for_reading_only(
    status: int, sent: int, *, repeatable: bool
) -> None:
    clock = Clock()
    answer = run(clock.policy(), [reply(status), reply(200)], repeatable=repeatable)
    assert (answer.status, len(clock.slept)) == ((200, 1) if repeatable else (status, 0))


def test_a_policy_sends_at_least_once() -> None:
    with pytest.raises(ConfigurationError):
        RetryPolicy(attempts=0)


@pytest.mark.parametrize("status", [200, 202, 400, 404, 408, 500, 502, 504])
def test_no_other_answer_is_repeated_because_it_says_when_to_come_back(status: int) -> None:
    clock = Clock()
    assert run(clock.policy(), [reply(status, Retry_After="3"), reply(202)]).status == status
    assert clock.slept == []


def test_without_being_told_it_sends_four_times_within_a_minute() -> None:
    clock = Clock()
    run(clock.policy(), [reply()] * 4)
    assert clock.slept == [0.2, 0.4, 0.8]
    for asked, waited in (("60", [60]), ("61", [])):
        clock = Clock()
        run(clock.policy(), [reply(Retry_After=asked), reply(202)])
        assert clock.slept == waited
