"""A rule counts as observed only where a real org has answered so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE, preflight
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import PARTICIPANTS, Evidence, Request
from ringback_contracts.core.table import Table
from ringback_contracts.examples import request_of
from ringback_harness.at_url import AtUrl
from ringback_harness.cassettes import Cassette, Origin, Tape, read_cassettes
from ringback_harness.cassettes.evidence import Findings, confirmed, read_evidence, write_evidence
from ringback_harness.cassettes.recorder import contract_of
from ringback_harness.cli import main
from ringback_harness.exits import Exit, SetupError
from ringback_harness.targets import call_request
from tests.harness.deviant import deviant as deviant_mock
from tests.harness.test_diff import compared, deviant
from tests.standin import standin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was recorded on a stand-in that has the shipped rules."""
    folder = tmp_path_factory.mktemp("confirming")
    with standin(folder) as stand_in:
        compared(stand_in, folder / "cassettes")
    return folder / "cassettes"


@pytest.fixture(scope="module")
def cassettes(folder: Path) -> list[Cassette]:
    return read_cassettes(folder)


@pytest.fixture(autouse=True)
def _table_as_before() -> Iterator[None]:
    before = TABLE.rules
    yield
    TABLE._fill(before)


def ringback(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], env=environment)


def test_rules_that_answered_as_they_say_are_confirmed_with_date(
    cassettes: list[Cassette],
) -> None:
    found = confirmed(cassettes)
    assert found.contradicted == {}
    assert len(found.seen) > 30
    assert found.seen["number.unassigned"].region == "eu_west_1"
    assert found.seen["number.unassigned"].date == f"{cassettes[-1].when:%Y-%m-%d}"


def test_a_mock_confirms_nothing(cassettes: list[Cassette]) -> None:
    mocked = [
        replace(
            cassette,
            reply=replace(cassette.reply, headers={**cassette.reply.headers, "Ringback-Version": "1"}),
        )
        for cassette in cassettes
    ]
    assert confirmed(mocked).seen == {}
    assert confirmed([replace(cassette, region=None) for cassette in cassettes]).seen == {}


def test_one_answer_against_a_rule_is_enough(tmp_path: Path) -> None:
    with standin(tmp_path, table=deviant()) as stand_in:
        compared(stand_in, tmp_path / "cassettes")
    found = confirmed(read_cassettes(tmp_path / "cassettes"))
    assert "body.mixed" in found.contradicted
    assert "body.mixed" not in found.seen


WHEN = datetime(2026, 3, 9, tzinfo=UTC)
GRANTED = {"phoneNumber": "+442079460100"}
GRANTED_PARTICIPANTS = {"to": "tel:+442079460100", "from": f"user:{ALICE}"}


def answered(request: Request, status: int, code: str = "") -> Cassette:
    """What a real org answered to a request of alice's."""
    body = json.dumps({"code": code, "id": ALICE} if code else {"id": ALICE}).encode()
    return Cassette(
        f"{status}.har", request, Reply(status, CaseInsensitiveDict(), body), WHEN, region="eu_west_1"
    )


def granting(body: object, region: str = "eu_west_1") -> Cassette:
    return replace(answered(call_request(body), 202), region=region)


def example(rule: str) -> Request:
    return request_of(TABLE[rule].rejects[0])


def as_ruled(rule: str) -> Cassette:
    return answered(example(rule), TABLE[rule].status, TABLE[rule].code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "too.many.requests.retry.after"),
        (401, "credentials.expired"),
        (403, "missing.any.permissions"),
        (429, "slow.down"),
        (500, ""),
        (503, ""),
    ],
)
def test_an_answer_about_the_token_or_the_moment_says_nothing_of_a_later_rule(status: int, code: str) -> None:
    passing = answered(example("json.malformed"), status, code)
    assert confirmed([passing]) == Findings(exchanges=1)
    found = confirmed([granting(GRANTED), as_ruled("json.malformed"), passing])
    assert (set(found.seen), found.contradicted) == ({"json.malformed"}, {})


def test_what_was_accepted_confirms_nothing_and_contradicts_what_refuses_it() -> None:
    assert confirmed([answered(call_request(GRANTED), 202)]) == Findings(exchanges=1)
    found = confirmed([answered(example("body.mixed"), 202)])
    assert found.seen == {}
    assert found.contradicted == {"body.mixed": "202.har: answered 202, where the rule says 400 bad.request"}


def test_a_refusal_that_another_rule_explains_as_well_confirms_neither() -> None:
    both = next(
        request
        for request in map(request_of, TABLE["body.mixed"].rejects)
        if len(preflight(request)) > 1 and preflight(request)[1].rule.code == "bad.request"
    )
    assert confirmed([answered(both, 400, "bad.request")]) == Findings(exchanges=1)


def test_a_refusal_that_a_token_without_the_right_meets_confirms_no_later_rule() -> None:
    refused = as_ruled("from.user-unknown")
    assert confirmed([refused]) == Findings(exchanges=1)
    assert set(confirmed([refused, granting(GRANTED_PARTICIPANTS)]).seen) == {"from.user-unknown"}
    elsewhere = granting(GRANTED_PARTICIPANTS, "us_east_1")
    assert confirmed([refused, elsewhere]) == Findings(exchanges=2)


def knows_no_participants() -> list[Cassette]:
    """What an org answered that refuses each body with "to" and "from" as one that it cannot read."""
    rejected = [request_of(example) for rule in TABLE for example in rule.rejects]
    bodies = [request for request in rejected if contract_of(request.body) == PARTICIPANTS]
    bodies.append(call_request(GRANTED_PARTICIPANTS))
    return [granting(GRANTED), *(answered(body, 400, "bad.request") for body in bodies)]


def test_an_org_that_refuses_every_body_of_a_contract_confirms_none_of_its_rules() -> None:
    found = confirmed(knows_no_participants())
    assert found.seen == {}
    ((reason, rules),) = found.unproved.items()
    assert len(rules) > 15
    assert reason == (
        "no participants body was granted in eu_west_1, which may refuse them all "
        "(400.har: 400 bad.request, where the mock grants the call)"
    )


def test_one_body_of_the_contract_that_was_granted_lets_the_refusals_of_others_count() -> None:
    *refusals, _ = knows_no_participants()
    found = confirmed([*refusals, granting(GRANTED_PARTICIPANTS)])
    assert len(found.seen) > 15
    assert found.unproved == {}


def test_a_body_is_granted_in_no_contract_that_the_mock_would_not_grant_it_in() -> None:
    mixed = granting(GRANTED | GRANTED_PARTICIPANTS)
    found = confirmed([mixed, as_ruled("tel.no-plus")])
    assert (found.seen, list(found.contradicted)) == ({}, ["body.mixed"])
    assert list(found.unproved.values()) == [["tel.no-plus"]]


def test_a_body_in_no_contract_takes_any_that_was_granted() -> None:
    malformed = as_ruled("json.malformed")
    assert confirmed([malformed]).unproved == {
        "no body was granted in eu_west_1, which may refuse them all": ["json.malformed"]
    }
    assert set(confirmed([malformed, granting(GRANTED)]).seen) == {"json.malformed"}


@pytest.mark.parametrize("rule", ["path.not-served", "patch.not-a-hang-up"])
@pytest.mark.parametrize("answer", [(200, ""), (400, "bad.request"), (501, "not.implemented")])
def test_a_limit_of_ringback_is_neither_confirmed_nor_contradicted(
    rule: str, answer: tuple[int, str]
) -> None:
    assert confirmed([answered(example(rule), *answer)]) == Findings(exchanges=1)


def test_what_the_platform_refuses_where_ringback_has_a_limit_counts() -> None:
    anonymous = replace(example("path.not-served"), headers={})
    refused = answered(anonymous, TABLE["token.missing"].status, TABLE["token.missing"].code)
    assert set(confirmed([refused]).seen) == {"token.missing"}


def test_a_user_who_was_read_is_no_call_that_was_placed() -> None:
    me = answered(Request("GET", "/api/v2/users/me", {"authorization": "Bearer alice"}), 200)
    for_alice = replace(example("json.malformed"), path=f"/api/v2/conversations/calls/user/{ALICE}")
    asked = [me, answered(for_alice, 400, "bad.request"), granting(GRANTED)]
    assert set(confirmed(asked).seen) == {"json.malformed"}


def test_an_older_recording_does_not_take_the_date_back(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    write_evidence(confirmed([as_ruled("token.missing")]), path)
    older = replace(as_ruled("token.missing"), when=WHEN - timedelta(days=9), region="us_east_1")
    assert write_evidence(confirmed([older]), path)["token.missing"].date == "2026-03-09"


def test_confirmed_rules_are_shown_as_observed_with_their_date(folder: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    written = ringback("rules", "--confirm", folder, "--evidence", evidence)
    assert written.exit_code == Exit.FINE, written.output
    day = read_evidence(evidence)["number.unassigned"].date
    shown = json.loads(ringback("rules", "number.unassigned", "--json", "--evidence", evidence).output)
    assert shown["evidence"] == "observed"
    assert f"eu_west_1 on {day}; before that mission" in shown["source"]


def test_the_environment_names_the_file_for_every_command(folder: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    ringback("rules", "--confirm", folder, "--evidence", evidence)
    body = '{"to": "tel:+15551234567", "from": "user:a11ce000-0000-4000-8000-000000000001"}'
    environment = {"RINGBACK_EVIDENCE": str(evidence)}
    said = CliRunner().invoke(main, ["explain", "-v"], input=body, env=environment).output
    assert "observed: answered by a real org in eu_west_1" in said


def test_the_file_that_the_environment_names_need_not_be_there_before_it_is_written(
    folder: Path, tmp_path: Path
) -> None:
    environment = {"RINGBACK_EVIDENCE": str(tmp_path / "new.json")}
    assert ringback("rules", "--confirm", folder, **environment).exit_code == Exit.FINE
    assert read_evidence(tmp_path / "new.json")
    assert ringback("demo", RINGBACK_EVIDENCE=str(tmp_path / "other.json")).exit_code == Exit.SETUP


def test_only_assumed_and_mission_rules_change() -> None:
    table = Table(TABLE)
    table.observe(dict.fromkeys(TABLE.by_id, "seen"))
    for rule in TABLE:
        changed = rule.evidence in (Evidence.ASSUMED, Evidence.MISSION)
        assert (table[rule.id].evidence is Evidence.OBSERVED) == (
            changed or rule.evidence is Evidence.OBSERVED
        )
        assert (table[rule.id] != rule) == changed


def test_evidence_adds_up_and_what_is_contradicted_goes(cassettes: list[Cassette], tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    found = confirmed(cassettes)
    first = replace(found, seen={"body.mixed": found.seen["body.mixed"]})
    second = replace(found, seen={"json.malformed": found.seen["json.malformed"]})
    write_evidence(first, path)
    assert set(write_evidence(second, path)) == {"body.mixed", "json.malformed"}
    against = replace(found, seen={}, contradicted={"body.mixed": "x: 409"})
    assert set(write_evidence(against, path)) == {"json.malformed"}


@pytest.mark.parametrize(
    "text",
    ["x", "[]", '{"observed": {"no.rule": {}}}', '{"observed": {"body.mixed": {"date": "x"}}}'],
)
def test_a_file_that_holds_something_else_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(text)
    with pytest.raises(SetupError, match="no file of evidence"):
        read_evidence(path)


def test_confirming_needs_a_file_to_write_to(folder: Path) -> None:
    assert ringback("rules", "--confirm", folder).exit_code == Exit.SETUP


def test_a_recording_of_a_mock_alone_is_told_to_confirm_nothing(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "mock", Origin("a mock"))
    with deviant_mock(TABLE) as url:
        AtUrl(url, notes=tape).world().send(example("body.mixed"))
    said = ringback("rules", "--confirm", tmp_path / "mock", "--evidence", tmp_path / "evidence.json").output
    assert "holds nothing that a real org answered" in said
    assert f"0 rules confirmed here, 0 of {len(TABLE)}" in said


def test_rules_that_are_not_confirmed_are_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringback_harness.cassettes.replay.read_cassettes", lambda _: knows_no_participants())
    said = ringback("rules", "--confirm", tmp_path, "--evidence", tmp_path / "evidence.json").output
    assert "not confirmed: body.mixed, " in said
    assert "no participants body was granted in eu_west_1" in said
