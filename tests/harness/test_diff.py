"""A target that differs in known ways is told apart in those ways, and in no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import orjson
import pytest
from click.testing import CliRunner, Result
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Request, Rule, Violation
from ringback_contracts.core.table import Table
from ringback_contracts.examples import before
from ringback_contracts.resources.calls.operations import LIST_CALLS
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.at_url import AtUrl
from ringback_harness.cassettes import Cassette, Origin, Recorder, Tape, read_cassettes
from ringback_harness.check.expectation import CORRELATION
from ringback_harness.check.rules import NO_ORG_HAS_IT
from ringback_harness.cli import main
from ringback_harness.diff import Aspect, Comparison, compare_cassettes, compare_target, differences
from ringback_harness.diff.known import KnownDifference, read_known
from ringback_harness.diff.page import page
from ringback_harness.diff.run import ACCEPTED, touched
from ringback_harness.exits import Exit, SetupError, Unreachable
from ringback_harness.sandbox import Permit, Tools, Unmeant, opened_sandbox
from ringback_harness.targets import OutOfReach, call_request
from ringback_mock.http import Response
from tests.harness.deviant import deviant as served
from tests.standin import COLLEAGUE, EMAIL, ME, NAME, NUMBER, TOKEN, NoTime, StandIn, standin

WHEN = datetime(2026, 3, 9, tzinfo=UTC)
WAYS = {
    "(accepted)": Aspect.SHAPE,
    "body.too-large": Aspect.ENVELOPE,
    "caller.not-a-user": Aspect.ANSWER,
    "address.untyped": Aspect.ENVELOPE,
    "token.missing": Aspect.HEADERS,
    "token.unknown": Aspect.ANSWER,
    "json.malformed": Aspect.ANSWER,
    "body.mixed": Aspect.ANSWER,
    "body.not-an-object": Aspect.ENVELOPE,
    "destination.missing": Aspect.ANSWER,
    "number.unassigned": Aspect.ANSWER,
    "number.reserved": Aspect.ANSWER,
    "field.wrong-type": Aspect.SHAPE,
    "sip.cannot-call": Aspect.SHAPE,
}
"""The rules in which the deviant is another, and in what each of them shows; the first is none."""


def deviant() -> Table:
    """The shipped table, changed in nine ways: status, code, switched on, what the details say."""
    table = TABLE
    changed: dict[str, dict[str, Any]] = {
        "token.unknown": {"code": "invalid.token"},
        "json.malformed": {"code": "json.unreadable"},
        "body.mixed": {"status": 409},
        "destination.missing": {"code": "no.destination"},
        "field.wrong-type": {"check": elsewhere(TABLE["field.wrong-type"])},
        "sip.cannot-call": {"check": elsewhere(TABLE["sip.cannot-call"])},
        "caller.not-a-user": {"check": against_lists},
        "number.unassigned": {"code": "number.nobodys"},
        "number.reserved": {"code": "number.fictitious"},
    }
    for rule_id, changes in changed.items():
        table = table.with_rule(replace(table[rule_id], **changes))
    return table


def elsewhere(rule: Rule) -> Any:
    """The rule's check, which blames another field."""

    def check(case: Case) -> Sequence[Violation]:
        return [replace(violation, pointer="/elsewhere") for violation in rule.check(case)]

    return check


def against_lists(case: Case) -> Sequence[Violation]:
    """A check that refuses what the mock accepts."""
    return [Violation("no lists here")] if case.operation and case.operation.id == LIST_CALLS else []


def without_header(name: str) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        return replace(response, headers=tuple(pair for pair in response.headers if pair[0] != name))

    return changed


def with_document(change: Callable[[dict[str, Any]], object]) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        document = json.loads(response.body or b"{}")
        change(document)
        return replace(response, body=json.dumps(document).encode())

    return changed


def without_uri(response: Response) -> Response:
    """What is accepted, where it places a call, without one field of the reply."""
    placed = response.status == 202 and b"selfUri" in response.body
    return with_document(lambda reply: reply.pop("selfUri"))(response) if placed else response


OTHERWISE = {
    "": without_uri,
    "token.missing": without_header("WWW-Authenticate"),
    "body.not-an-object": with_document(lambda envelope: envelope.pop("messageParams")),
    "body.too-large": with_document(lambda envelope: envelope.update(status=400)),
    "address.untyped": with_document(lambda envelope: envelope.update(contextId="another")),
}
"""The last five ways: what the answer of a rule, or of none, lacks or says of itself."""


def compared(stand_in: StandIn, folder: Path | None = None) -> Comparison:
    permit = Permit.of(send=True, numbers=[NUMBER], users=[COLLEAGUE], budget=60)
    notes = Tape(folder, Origin("sandbox", "eu_west_1"))
    clock = NoTime()
    tools = Tools(sleep=clock.sleep, now=clock.now, notes=notes)
    with opened_sandbox(stand_in.settings, permit, tools) as sandbox:
        return compare_target(sandbox)


def found(comparison: Comparison) -> set[tuple[str, Aspect]]:
    return {(difference.rule, difference.aspect) for difference in comparison.differences}


def picture(comparison: Comparison) -> tuple[object, ...]:
    """All that is told of a comparison, but why nothing was sent."""
    states = {rule.id: comparison.state(rule.id) for rule in TABLE}
    told = [(difference, difference.times) for difference in comparison.differences]
    return states, told, comparison.compared, comparison.agreed, comparison.passed, comparison.left_out


def before_it_ended(folder: Path) -> list[Cassette]:
    """What was recorded until the run was over, and looked for calls that go on and silenced its channels."""
    told = read_cassettes(folder)
    while told[-1].request.path == CALLS_PATH or told[-1].request.method == "DELETE":
        told.pop()
    return told


def test_an_org_that_accepts_what_should_be_refused_stops_the_run(tmp_path: Path) -> None:
    with standin(tmp_path, table=TABLE.without("number.unassigned")) as stand_in:
        with pytest.raises(Unmeant, match="should have been refused was accepted with 202"):
            compared(stand_in)
        accepted = stand_in.posted[-1]
        assert b"+15551234567" in accepted.body


def test_the_ways_of_a_deviant_are_found_and_nothing_else_live_and_from_cassettes(tmp_path: Path) -> None:
    with standin(tmp_path, table=deviant(), otherwise=OTHERWISE) as stand_in:
        comparison = compared(stand_in, tmp_path / "cassettes")
    assert found(comparison) == set(WAYS.items())
    assert len(WAYS) == 14
    assert set(WAYS.values()) == set(Aspect)
    replayed = compare_cassettes(before_it_ended(tmp_path / "cassettes"), "cassettes")
    assert picture(replayed) == picture(comparison)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path]:
    """A target with the same rules, compared and recorded."""
    folder = tmp_path_factory.mktemp("same")
    with standin(folder) as stand_in:
        return compared(stand_in, folder / "cassettes"), folder / "cassettes"


@pytest.fixture(scope="module")
def comparison(live: tuple[Comparison, Path]) -> Comparison:
    return live[0]


@pytest.fixture(scope="module")
def same(live: tuple[Comparison, Path]) -> Path:
    return live[1]


def test_a_target_with_the_same_rules_does_not_differ(comparison: Comparison, same: Path) -> None:
    assert comparison.differences == []
    assert comparison.compared > 80
    assert picture(compare_cassettes(before_it_ended(same), "cassettes")) == picture(comparison)
    said = "".join(path.read_text() for path in same.glob("*.har"))
    for secret in (TOKEN, NUMBER, NAME, EMAIL, ME, COLLEAGUE):
        assert secret.lower() not in said.lower()
    assert re.search(r"person[0-9]+@example\.com", said)


def test_a_mock_at_a_url_gives_the_same_picture_as_its_recording(tmp_path: Path) -> None:
    tape = Tape(tmp_path, Origin("a mock"))
    with served(TABLE.without("body.mixed")) as url:
        comparison = compare_target(AtUrl(url, notes=tape))
    assert {difference.rule for difference in comparison.differences} == {"body.mixed"}
    assert picture(compare_cassettes(read_cassettes(tmp_path), "cassettes")) == picture(comparison)
    unseen = {rule for rules in comparison.unseen().values() for rule in rules}
    of_a_call = {rule.id for rule in TABLE if all(map(before, rule.rejects))}
    assert "patch.not-a-hang-up" in of_a_call
    assert "topic.invalid" not in unseen
    assert unseen == of_a_call | {
        "host.misdirected",
        "http.malformed",
        "number.strict",
        "rate.exceeded",
        "sip.trunking-off",
        "subscriptions.too-many",  # a recording takes the ids of its thousand users for numbers
    }


@pytest.mark.parametrize("notes", [None, Recorder(None, Origin("a mock"))])
def test_a_target_without_a_tape_cannot_be_compared(notes: Recorder | None) -> None:
    with served(TABLE) as url, pytest.raises(TypeError, match="its tape"):
        compare_target(AtUrl(url, notes=notes))


def test_a_target_that_makes_no_org_is_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def world(_: AtUrl, switches: object = None) -> NoReturn:
        raise OutOfReach("the target makes no such org: 200")

    monkeypatch.setattr(AtUrl, "world", world)
    with served(TABLE) as url, pytest.raises(Unreachable, match="makes no such org: 200"):
        compare_target(AtUrl(url, notes=Tape(tmp_path, Origin("a mock"))))


def unserved(status: int, **headers: str) -> Cassette:
    asked = Request("GET", "/api/v2/routing/skills", {"authorization": "Bearer alice"})
    return Cassette("x.har", asked, refusal(status, **headers), WHEN, "eu_west_1")


def test_what_ringback_does_not_serve_is_not_held_against_a_real_org(
    comparison: Comparison,
) -> None:
    assert comparison.why_unseen("path.not-served").endswith(NO_ORG_HAS_IT)
    replayed = compare_cassettes([unserved(200)], "cassettes")
    assert (replayed.compared, replayed.left_out) == (0, {NO_ORG_HAS_IT: 1})
    assert replayed.why_unseen("path.not-served") == f"what it refuses was left out: {NO_ORG_HAS_IT}"


def test_another_ringback_may_be_held_against_it() -> None:
    (difference,) = compare_cassettes([unserved(404, Ringback_Version="1")], "cassettes").differences
    assert difference.rule == "path.not-served"


@pytest.fixture(scope="module")
def cassettes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deviant")
    with standin(folder, table=deviant(), otherwise=OTHERWISE) as stand_in:
        compared(stand_in, folder / "cassettes")
    return folder / "cassettes"


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def known_file(folder: Path, rules: dict[str, Aspect]) -> Path:
    entries = [
        f'[[known]]\nrule = "{rule}"\naspect = "{aspect}"\nreason = "seen in spring"\n'
        for rule, aspect in rules.items()
    ]
    path = folder / "known.toml"
    path.write_text("\n".join(entries))
    return path


def test_differences_are_a_finding(cassettes: Path) -> None:
    result = diff("--target", cassettes)
    assert result.exit_code == Exit.FINDING
    assert f"{len(WAYS)} differences; of {len(TABLE)} rules" in result.output
    assert all(f"{rule}: {aspect}\n" in result.output for rule, aspect in WAYS.items())


def test_what_was_not_seen_is_listed_with_the_reason(cassettes: Path) -> None:
    lines = diff("--target", cassettes).output.splitlines()
    listed = dict(pair for pair in pairwise(lines) if pair[0].startswith("not seen: "))
    for rules, reason in listed.items():
        assert "body.mixed" not in rules
        assert ("accepted only; " in reason) == ("patch.not-a-hang-up" not in rules)
    assert "scope.missing" in " ".join(listed)


@pytest.mark.parametrize("rule", ["scope.missing", "http.malformed", "method.not-allowed", "rate.exceeded"])
def test_a_rule_that_only_let_requests_pass_was_not_seen(rule: str, same: Path) -> None:
    comparison = compare_cassettes(read_cassettes(same), "cassettes")
    assert rule in comparison.passed
    assert comparison.state(rule) == "not seen"
    assert f"<title>{TABLE[rule].title}: accepted only; " in page(comparison).replace("&#39;", "'")


def test_what_a_live_target_was_not_asked_is_told_with_the_reason(comparison: Comparison) -> None:
    assert "'noscope'" in comparison.why_unseen("scope.missing")
    assert "wrong Host" in comparison.why_unseen("http.malformed")


def test_each_request_counts_once_in_however_much_it_differs() -> None:
    comparison = Comparison("a target")
    granted = Reply(202, CaseInsensitiveDict({CORRELATION: "x"}), b'{"id": "y"}')
    comparison.add(call_request({}), granted, Reply(202, CaseInsensitiveDict(), b"{}"))
    assert comparison.compared == 1
    assert found(comparison) == {(ACCEPTED, Aspect.HEADERS), (ACCEPTED, Aspect.SHAPE)}


def test_what_differs_otherwise_is_another_difference() -> None:
    comparison = Comparison("a target")
    for status in (400, 503, 503):
        comparison.add(call_request({}), refusal(202), refusal(status))
    assert [(difference.target, difference.times) for difference in comparison.differences] == [
        ("400", 1),
        ("503", 2),
    ]


def refusal(status: int, code: str = "", **headers: str) -> Reply:
    body = json.dumps({"code": code} if code else {}).encode()
    return Reply(status, CaseInsensitiveDict({k.replace("_", "-"): v for k, v in headers.items()}), body)


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        (refusal(422, "invalid.phone.number"), ACCEPTED),
        (refusal(422, "invalid.phone.number", Ringback_Rule="number.letters"), "number.letters"),
        (refusal(422, "invalid.phone.number", Ringback_Rule="number.of-theirs"), ACCEPTED),
        (refusal(429, "too.many.requests.retry.after"), "rate.exceeded"),
        (refusal(501, "not.implemented"), ACCEPTED),
        (refusal(503), ACCEPTED),
        (refusal(200), ACCEPTED),
    ],
)
def test_what_the_mock_accepts_is_blamed_on_the_rule_of_the_target_or_on_none(
    target: Reply, rule: str
) -> None:
    assert touched(call_request({"phoneNumber": "+442079460100"}), refusal(202), target) == rule


def test_two_rules_under_the_same_answer_are_a_difference() -> None:
    ours, theirs = (refusal(400, Ringback_Rule=rule) for rule in ("body.mixed", "tel.no-plus"))
    (deviation,) = differences(ours, theirs)
    assert (deviation.aspect, deviation.target) == (Aspect.ANSWER, "400 by tel.no-plus")
    assert differences(ours, refusal(400)) == []


def test_a_rate_limit_that_only_one_org_has_is_no_difference_but_half_of_its_headers_is() -> None:
    limited = refusal(400, inin_ratelimit_allowed="300", inin_ratelimit_count="1", inin_ratelimit_reset="9")
    assert differences(refusal(400), limited) == differences(limited, refusal(400)) == []
    (deviation,) = differences(limited, refusal(400, inin_ratelimit_allowed="300"))
    assert deviation.aspect is Aspect.HEADERS


def test_a_user_whom_only_the_target_tells_of_is_no_call_that_the_mock_lacks() -> None:
    me = Reply(200, CaseInsensitiveDict(), orjson.dumps({"id": ALICE}))
    asked = call_request({"phoneNumber": "+442079460100"})
    for_alice = replace(asked, path=f"{asked.path}/user/{ALICE}")
    recorded = [(Request("GET", "/api/v2/users/me"), me), (for_alice, refusal(400))]
    cassettes = [Cassette("x.har", request, reply, WHEN) for request, reply in recorded]
    assert compare_cassettes(cassettes, "cassettes").compared == 2


def test_an_answer_for_the_time_being_is_not_compared_where_the_same_was_asked_again(same: Path) -> None:
    cassettes = read_cassettes(same)
    last = cassettes[-1]
    wait = replace(last, reply=refusal(429, "too.many.requests.retry.after"))
    assert compare_cassettes([*cassettes[:-1], wait, last], "cassettes").differences == []
    (difference,) = compare_cassettes([*cassettes, wait], "cassettes").differences
    assert difference.rule == "rate.exceeded"


@pytest.mark.parametrize("status", [500, 502])
def test_a_failure_is_not_compared_where_the_same_was_asked_again(status: int, same: Path) -> None:
    *others, last = read_cassettes(same)
    failed = replace(last, reply=refusal(status))
    assert compare_cassettes([*others, failed, last], "cassettes").differences == []
    assert compare_cassettes([*others, failed], "cassettes").differences != []


def test_known_differences_are_fine_and_are_shown_with_their_reason(cassettes: Path, tmp_path: Path) -> None:
    result = diff("--target", cassettes, "--known", known_file(tmp_path, WAYS))
    assert result.exit_code == Exit.FINE
    assert result.output.count("known: seen in spring") == len(WAYS)


def test_one_difference_that_is_not_known_is_a_finding(cassettes: Path, tmp_path: Path) -> None:
    known = {rule: aspect for rule, aspect in WAYS.items() if rule != "body.mixed"}
    assert diff("--target", cassettes, "--known", known_file(tmp_path, known)).exit_code == Exit.FINDING


def test_a_stale_entry_fails(cassettes: Path, tmp_path: Path) -> None:
    known = known_file(tmp_path, WAYS | {"path.unknown": Aspect.ANSWER})
    result = diff("--target", cassettes, "--known", known)
    assert result.exit_code == Exit.FINDING
    assert "stale: path.unknown" in result.output


def test_an_entry_about_a_rule_that_was_not_seen_is_not_stale_but_told(
    cassettes: Path, tmp_path: Path
) -> None:
    known = known_file(tmp_path, WAYS | {"rate.exceeded": Aspect.ANSWER})
    result = diff("--target", cassettes, "--known", known)
    assert result.exit_code == Exit.FINE
    assert "not checked: rate.exceeded, status and code" in result.output


@pytest.mark.parametrize(("said", "exit_code"), [("(nothing)", Exit.FINE), ("503", Exit.FINDING)])
def test_an_entry_may_be_about_what_the_target_says(
    said: str, exit_code: Exit, cassettes: Path, tmp_path: Path
) -> None:
    known = known_file(tmp_path, WAYS)
    text = known.read_text().replace('rule = "(accepted)"', f'rule = "(accepted)"\ntarget = "{said}"')
    known.write_text(text)
    result = diff("--target", cassettes, "--known", known)
    assert result.exit_code == exit_code
    assert (f"stale: (accepted), body shape ({said})" in result.output) == bool(exit_code)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "known.toml"),
        ("other = 1", "[[known]]"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"', "reason"),
        ('[[known]]\nrule = "body.mixed"\naspect = "x"\nreason = "y"', "body shape"),
        ('[[known]]\nrule = "body.mixd"\naspect = "headers"\nreason = "y"', "body.mixd"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"\nreason = " "', "say something"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"\nreason = "y"\ntarget = 1', "target"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"\nreason = "y"\nother = "x"', "nothing else"),
    ],
)
def test_a_known_file_that_says_nothing_sound_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(SetupError) as refused:
        read_known(path)
    assert said in refused.value.message


def test_the_page_shows_every_rule_and_what_differs_and_needs_nothing_else(cassettes: Path) -> None:
    comparison = compare_cassettes(read_cassettes(cassettes), "cassettes")
    known = [KnownDifference("body.mixed", Aspect.ANSWER, "a <known> one")]
    html = page(comparison, known)
    assert all(rule.id in html for rule in TABLE)
    assert html.index("<svg") < html.index("<h2>Differences")
    assert html.count("<article>") == len(WAYS)
    assert f"requests compared, {len(WAYS)} differences." in html
    assert "a &lt;known&gt; one" in html
    assert not any(outside in html for outside in ("http://", "https://", "<script", "<link", "url("))


def test_the_report_is_written_where_it_is_asked_for(cassettes: Path, tmp_path: Path) -> None:
    diff("--target", cassettes, "--report", "html", "--report-dir", tmp_path / "out")
    assert (tmp_path / "out" / "diff.html").read_text().startswith("<!doctype html>")


def test_a_folder_without_cassettes_is_wrong_usage_and_so_is_none(tmp_path: Path) -> None:
    assert diff("--target", tmp_path).exit_code == Exit.SETUP
    missing = diff("--target", tmp_path / "missing")
    assert missing.exit_code == Exit.SETUP
    assert "nor are there cassettes" in missing.output


def test_what_would_do_nothing_beside_cassettes_is_refused(cassettes: Path, tmp_path: Path) -> None:
    result = diff("--target", cassettes, "--record", tmp_path / "again")
    assert result.exit_code == Exit.SETUP
    assert not (tmp_path / "again").exists()
