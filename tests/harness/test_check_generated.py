"""Generated requests: the judge's verdict, the smallest failure, and verdicts that are not ours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import PLACING, TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.core.table import Table
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness import strategies
from ringback_harness.check import generated, grammar, run
from ringback_harness.check.client import check_client
from ringback_harness.check.generated import Effort, check_generated, explore
from ringback_harness.check.oracles import NUMBERS, URIS, check_oracles
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result, RoundTrip
from ringback_harness.check.rules import Worlds
from ringback_harness.targets import InProcess, OutOfReach, Switches, World
from ringback_mock.site import Site

LITTLE = Effort(examples=60, seed=1)


def judged_by(table: Table) -> Worlds:
    return Worlds(InProcess(lambda store: Site(store, table).answer))


def attempt(value: int) -> Result:
    outcome = CheckOutcome.FAILED if value >= 100 else CheckOutcome.HELD
    return Result("x", "y", "z", outcome, (), RoundTrip(Request("GET", f"/{value}")))


SUBJECT = Result("x", "y", "z", CheckOutcome.NOT_REACHED)


def values(results: Iterator[Result]) -> list[str]:
    return [result.exchange.request.path for result in results if result.exchange]


def test_of_what_fails_only_the_smallest_is_given() -> None:
    found = list(explore(st.integers(0, 10_000), attempt, Effort(200, 3), SUBJECT))
    assert [result.failed for result in found] == [False] * (len(found) - 1) + [True]
    assert values(iter(found))[-1] == "/100"


def test_one_seed_gives_one_run() -> None:
    runs = [values(explore(st.integers(0, 99), attempt, Effort(20, seed), SUBJECT)) for seed in (5, 5, 6)]
    assert runs[0] == runs[1] != runs[2]


def test_nothing_is_tried_when_the_time_is_over_and_all_of_it_counts_as_left_out() -> None:
    (left,) = explore(st.integers(), attempt, replace(LITTLE, until=time.monotonic()), SUBJECT)
    assert left == replace(SUBJECT, reasons=(TIME_OVER,), times=LITTLE.examples)


def test_what_the_time_does_not_allow_any_more_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(generated, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    *tried, left = explore(st.integers(0, 99), attempt, Effort(50, 1, until=11), SUBJECT)
    assert (len(tried), left.times) == (10, 40)


def test_the_mock_answers_generated_requests_as_the_judge_says() -> None:
    found = list(check_generated(judged_by(TABLE), LITTLE))
    assert len(found) == 3 * LITTLE.examples
    assert all(result.outcome is CheckOutcome.HELD for result in found)
    assert len({result.subject for result in found}) > 15, "the requests must reach many rules"


def test_a_rule_with_another_code_is_found_by_generated_requests() -> None:
    broken = TABLE.with_rule(replace(TABLE["field.wrong-type"], code="other"))
    found = [result for result in check_generated(judged_by(broken), LITTLE) if result.failed]
    assert {failure.subject for failure in found} == {"field.wrong-type"}


class Nowhere(InProcess):
    def world(self, switches: Switches | None = None) -> World:
        raise OutOfReach("there is no such org")


def test_what_cannot_be_tried_is_said_with_the_reason() -> None:
    ledger = run.check(Nowhere(), run.Options(examples=1))
    assert ledger.tried == 0
    suites = {"flow", "life", "rules", "generated", "oracles", "client", "document", "the official SDK"}
    assert {suite for suite, _, _ in ledger.reasons} == suites
    told = {reasons for (_, subject, _), reasons in ledger.reasons.items() if subject == "(the rest)"}
    assert told == {("there is no such org",)}


# --- oracles ------------------------------------------------------------------------------------------


def test_the_mock_agrees_with_libphonenumber_and_the_rfc() -> None:
    found = list(check_oracles(judged_by(TABLE), LITTLE))
    assert [result.reasons for result in found if result.failed] == []
    assert len([result for result in found if result.subject == NUMBERS]) > 200
    assert len([result for result in found if result.subject == URIS]) == LITTLE.examples


@pytest.mark.parametrize(
    ("rule", "subject"),
    [("number.reserved", NUMBERS), ("sip.malformed", URIS), ("sip.host-unqualified", URIS)],
)
def test_an_oracle_notices_a_rule_that_is_switched_off(rule: str, subject: str) -> None:
    found = list(check_oracles(judged_by(TABLE.without(rule)), Effort(200, 1)))
    assert {result.subject for result in found if result.failed} == {subject}


# --- the client ---------------------------------------------------------------------------------------


def test_the_client_foresees_what_the_mock_answers() -> None:
    found = list(check_client(judged_by(TABLE), LITTLE))
    assert [result.reasons for result in found if result.failed] == []
    assert {result.operation for result in found} == set(PLACING)
    assert len(found) == 2 * LITTLE.examples


@pytest.mark.parametrize("rule", ["destination.missing", "address.missing"])
def test_a_target_that_accepts_what_the_client_foresees_to_fail_is_found(rule: str) -> None:
    found = [
        result for result in check_client(judged_by(TABLE.without(rule)), Effort(800, 1)) if result.failed
    ]
    assert any("the client foresees" in reason for result in found for reason in result.reasons)


# --- strategies ---------------------------------------------------------------------------------------


@given(strategies.requests())
def test_a_generated_request_can_be_sent_as_it_is(request: Request) -> None:
    assert request.path in {CALLS_PATH} | {f"{CALLS_PATH}/user/{u.id}" for u in default_org().users}
    json.loads(request.body)


@given(strategies.sip_uris())
def test_generated_sip_uris_have_the_shape_of_one(uri: str) -> None:
    assert uri.partition(":")[0].lower() in ("sip", "sips")
    assert "@" in uri


def test_generated_sip_uris_are_mostly_right() -> None:
    found: list[bool] = []

    def note(uri: str) -> Result:
        found.append(grammar.is_sip_address(uri))
        return attempt(0)

    list(explore(strategies.sip_uris(), note, Effort(100, 2), SUBJECT))
    assert sum(found) > len(found) / 2


def test_generated_bodies_of_each_contract_are_accepted_and_refused() -> None:
    for bodies in (strategies.published_bodies(), strategies.participants_bodies()):
        requests = strategies.requests(body=bodies)
        statuses: set[int] = set()
        world = InProcess().world()

        def note(request: Request, statuses: set[int] = statuses, world: World = world) -> Result:
            statuses.add(world.send(request).status)
            return attempt(0)

        list(explore(requests, note, Effort(150, 4), SUBJECT))
        assert {202, 400} <= statuses


def test_a_strategy_is_built_once_for_the_same_org() -> None:
    assert strategies.addresses() is strategies.addresses()
    assert strategies.addresses(default_org()) is strategies.addresses(default_org())
    assert len(repr(strategies.bodies())) < 100, "hypothesis writes it down whenever an example is too large"
