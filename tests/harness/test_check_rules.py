"""Each rule's examples on a target: held on the mock as shipped, failed on one that differs."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson
import pytest
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Knowledge, Rule
from ringback_harness.check.expectation import ENVELOPE, Expected, faults, refused_by
from ringback_harness.check.flow import FLOWS, check_flow, flow
from ringback_harness.check.results import CheckOutcome, Ledger
from ringback_harness.check.rules import ANYWHERE, NO_ORG_HAS_IT, OWN, Worlds, check_rules
from ringback_harness.targets import InProcess, Switches, Traits, World, call_request
from ringback_mock.site import Site

RULES = [pytest.param(rule, id=rule.id) for rule in TABLE]


def ledger_of(target: InProcess, rules: list[Rule] | None = None) -> Ledger:
    ledger = Ledger()
    for result in check_rules(Worlds(target), TABLE if rules is None else rules):
        ledger.add(result)
    return ledger


def test_the_mock_keeps_every_rule() -> None:
    ledger = ledger_of(InProcess())
    assert ledger.failures == []
    assert ledger.total(CheckOutcome.NOT_REACHED) == 0
    assert ledger.tried == sum(len(rule.rejects) + len(rule.accepts) for rule in TABLE)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_switched_off_is_found_by_its_own_examples(rule: Rule) -> None:
    broken = InProcess(lambda store: Site(store, TABLE.without(rule.id)).answer)
    failures = ledger_of(broken, [rule]).failures
    assert failures
    assert {failure.subject for failure in failures} == {rule.id}
    assert all(failure.exchange and failure.reasons for failure in failures)


class Stranger(InProcess):
    """A mock of which nothing is known but that it is there."""

    def world(self, switches: Switches | None = None) -> World:
        usual = super().world(switches)
        tokens = {"alice": "alice"}
        return World(Traits(), usual.url, None, tokens, usual.deliver, usual.neighbour)


def test_of_an_org_that_is_not_known_only_what_holds_in_every_org_is_tried() -> None:
    ledger = ledger_of(Stranger())
    assert ledger.failures == []
    tried = {row[1] for row, counts in ledger.rows() if counts[CheckOutcome.HELD]}
    assert tried == {rule.id for rule in TABLE if rule.knowledge is Knowledge.REQUEST} | ANYWHERE
    assert any("not known" in reasons[0] for reasons in ledger.reasons.values())


def test_the_limits_of_ringback_are_known_by_where_their_rules_come_from() -> None:
    said = re.compile("Ringback's own (limit|protection|switch)")
    assert {rule.id for rule in TABLE if said.match(rule.source)} == OWN


def test_what_is_a_limit_of_ringback_is_told_so_where_it_is_not_tried() -> None:
    ledger = ledger_of(Stranger(), [TABLE["path.not-served"]])
    assert (NO_ORG_HAS_IT,) in ledger.reasons.values()


# --- what an answer may lack --------------------------------------------------------------------------

OURS = Traits(makes_orgs=True, names_rules=True)


def refusal(body: object = None, token: str = "alice") -> tuple[Expected, Reply]:
    return refused_by(TABLE["destination.missing"]), InProcess().world().send(call_request(body or {}, token))


def test_a_right_refusal_has_no_fault() -> None:
    expected, reply = refusal()
    assert faults(expected, reply, OURS) == ()


@pytest.mark.parametrize("name", [name for name, _ in ENVELOPE])
def test_each_field_of_the_envelope_is_missed(name: str) -> None:
    expected, reply = refusal()
    document = {key: value for key, value in reply.document.items() if key != name}
    found = faults(expected, replace(reply, body=orjson.dumps(document)), OURS)
    assert any(name in fault for fault in found) or name == "code"
    assert found


@pytest.mark.parametrize(
    ("header", "value", "word"),
    [
        ("Content-Type", "text/plain", "Content-Type"),
        ("ININ-Correlation-Id", "other", "contextId"),
        ("Ringback-Rule", "sip.malformed", "sip.malformed"),
    ],
)
def test_a_wrong_header_is_a_fault(header: str, value: str, word: str) -> None:
    expected, reply = refusal()
    headers = CaseInsensitiveDict({**reply.headers, header: value})
    assert any(word in fault for fault in faults(expected, replace(reply, headers=headers), OURS))


def test_the_rule_is_asked_for_only_where_it_is_sent() -> None:
    expected, reply = refusal()
    headers = CaseInsensitiveDict(
        {name: value for name, value in reply.headers.items() if not name.startswith("Ringback")}
    )
    assert faults(expected, replace(reply, headers=headers), Traits()) == ()


def test_another_status_is_told_with_what_was_answered() -> None:
    expected, reply = refusal({"phoneNumber": "+442079460100"})
    assert faults(expected, reply, OURS) == ("expected 400 bad.request (destination.missing), answered 202",)


# --- the flow -----------------------------------------------------------------------------------------


def test_the_mock_keeps_every_promise_about_the_flow() -> None:
    results = list(check_flow(Worlds(InProcess())))
    assert [
        (result.subject, result.reasons) for result in results if result.outcome is not CheckOutcome.HELD
    ] == []
    assert len(results) == len(FLOWS)


def test_two_promises_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two flows"):
        flow(FLOWS[0].id, "getUser")(lambda _: iter(()))
