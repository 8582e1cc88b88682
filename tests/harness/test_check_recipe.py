"""What is printed of a failure, pasted into a shell, comes to the same failure."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ringback_client import Call
from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_harness.at_url import AtUrl
from ringback_harness.check import screen
from ringback_harness.check.flow import FLOWS, check_flow
from ringback_harness.check.flow_mutants import FLOW_MUTANTS
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.results import CheckOutcome, Ledger, Result, RoundTrip, Step
from ringback_harness.check.rules import Worlds, check_rules
from ringback_harness.check.saving import why_not
from ringback_harness.targets import InProcess, call_request
from tests.harness.deviant import deviant

CALL_ID = "c8a69aa3-84b0-4fce-89c7-d9208985d945"


@dataclass(frozen=True)
class Printed:
    """The last reply that curl printed."""

    status: int
    headers: str
    body: str

    @property
    def over(self) -> bool:
        return Call.read(json.loads(self.body)).over


def pasted(lines: str, shell: str = "bash") -> Printed:
    """What the lines print, run as they are."""
    ran = subprocess.run([shell, "-c", lines], capture_output=True, text=True, check=True, timeout=60)
    last = re.split(r"^HTTP/1\.1 ", ran.stdout, flags=re.MULTILINE)[-1]
    head, _, body = last.partition("\n\n")
    return Printed(int(head[:3]), head, body)


def failed(results: Iterator[Result], subject: str) -> Result:
    (result,) = (result for result in results if result.failed and result.subject == subject)
    return result


def failed_flow(url: str, subject: str) -> Result:
    return failed(check_flow(Worlds(AtUrl(url)), [flow for flow in FLOWS if flow.id == subject]), subject)


@pytest.fixture(scope="module")
def sound() -> Iterator[str]:
    with deviant() as url:
        yield url


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_state_is_come_to_again_in_an_org_of_its_own(shell: str, sound: str) -> None:
    with deviant(serve=FLOW_MUTANTS["a GET that answers stale state"]) as url:
        failure = failed_flow(url, "a disconnected call is over")
        recipe = RecipeTarget(url).recipe(failure)
        assert recipe is not None
        assert not pasted(recipe, shell).over
    assert pasted(recipe.replace(url, sound), shell).over, "the failure is the target's, not the lines'"
    assert [step.request.method for step in failure.steps] == ["POST", "GET", "POST", "GET"]


def test_a_rate_limit_is_come_to_again_with_its_org_and_all_requests(sound: str) -> None:
    with deviant(serve=FLOW_MUTANTS["a rate limit that lets one more pass"]) as url:
        failure = failed_flow(url, "a rate limit counts each token")
        recipe = RecipeTarget(url).recipe(failure)
        assert recipe is not None
        assert pasted(recipe).status == 200
    assert pasted(recipe.replace(url, sound)).status == 429
    assert "n -lt 3" in recipe


def test_a_rule_s_own_example_has_the_requests_before_it(sound: str) -> None:
    with deviant(TABLE.with_rule(replace(TABLE["rate.exceeded"], status=503))) as url:
        failure = failed(check_rules(Worlds(AtUrl(url)), [TABLE["rate.exceeded"]]), "rate.exceeded")
        recipe = RecipeTarget(url).recipe(failure)
        assert recipe is not None
        assert pasted(recipe).status == 503
    assert pasted(recipe.replace(url, sound)).status == 429


def test_two_orgs_that_meet_are_two_in_the_lines(sound: str) -> None:
    with deviant(serve=FLOW_MUTANTS["orgs that meet"]) as url:
        recipe = RecipeTarget(url).recipe(failed_flow(url, "orgs never meet"))
        assert recipe is not None
        assert pasted(recipe).status == 200
    assert pasted(recipe.replace(url, sound)).status == 404


def test_every_broken_flow_is_shown_by_lines_that_run() -> None:
    with deviant(serve=FLOW_MUTANTS["a placed call without id"]) as url:
        quick = [flow for flow in FLOWS if flow.id != "a call tells its legs apart"]
        failures = [result for result in check_flow(Worlds(AtUrl(url)), quick) if result.failed]
        assert len(failures) > 5
        for failure in failures:
            recipe, exchange = RecipeTarget(url).recipe(failure), failure.exchange
            assert recipe is not None
            assert exchange is not None
            assert exchange.reply is not None
            assert pasted(recipe).status == exchange.reply.status, failure.subject


def test_a_fault_that_is_seen_twice_is_told_once() -> None:
    target = InProcess(FLOW_MUTANTS["a GET that says inbound"])
    failure = failed(check_flow(Worlds(target)), "a call tells its legs apart")
    assert failure.reasons == ("direction of the caller is not outbound",)


# --- lines for whatever makes no orgs -----------------------------------------------------------------


def three_steps() -> Result:
    headers = {"authorization": "Bearer alice"}
    place = call_request({"phoneNumber": "+442079460100"})
    read = replace(place, method="GET", path=f"{place.path}/{CALL_ID}", headers=headers, body=b"")
    made = Reply(202, {}, json.dumps({"id": CALL_ID}).encode())
    steps = (Step(place, made), Step(read, made), Step(read, made, pause=0.5))
    return Result(
        "flow", "it ends", "op", CheckOutcome.FAILED, ("it does not",), RoundTrip(read, made), steps=steps
    )


def test_where_no_org_is_made_the_lines_take_the_environment_s_token_and_the_id_of_the_reply() -> None:
    recipe = RecipeTarget("https://api.example.org", public=False, makes_orgs=False).recipe(three_steps())
    assert recipe is not None
    assert "__ringback" not in recipe
    assert "Bearer alice" not in recipe
    assert recipe.count("Bearer $RINGBACK_ACCESS_TOKEN") == 3
    assert recipe.splitlines()[1].startswith("call1=$(curl -s ")
    assert recipe.splitlines()[2].startswith(
        'curl -i https://api.example.org/api/v2/conversations/calls/"$call1"'
    )
    assert recipe.splitlines()[3].startswith("sleep 0.5; curl -i ")


def test_a_report_of_several_requests_shows_nobody_s_number() -> None:
    failure = three_steps()
    body = b'{"phoneNumber": "+13172345678"}'
    steps = (
        replace(failure.steps[0], request=replace(failure.steps[0].request, body=body)),
        *failure.steps[1:],
    )
    told = RecipeTarget().reported(replace(failure, steps=steps))
    assert told is not None
    assert "3172345678" not in told
    assert "+442079460150" in told


# --- what is not saved --------------------------------------------------------------------------------


def unsaid(**changes: Any) -> Result:
    """A failure of one request, which is as the changes say."""
    exchange = RoundTrip(replace(call_request({}), **changes))
    return Result("client", "c", "op", CheckOutcome.FAILED, (), exchange)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (three_steps(), "it takes 3 requests"),
        (Result("document", "schemathesis", "op", CheckOutcome.FAILED), "no request shows it"),
        (unsaid(), "no rule says"),
        (unsaid(path="//example.org/x"), "its path could lead to another host"),
        (unsaid(host_allowed=False), "it takes a wrong Host"),
    ],
)
def test_a_failure_that_is_not_saved_says_why(
    failure: Result, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger()
    ledger.add(failure)
    screen.show(ledger, {}, unsaved=why_not)
    assert f"not saved: {reason}" in capsys.readouterr().out
