"""On a stand-in for a real org: nothing rings that was not listed, and every call is ended."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ringback_client import Call, ReplyLost, TargetUnreachable
from ringback_contracts.core.declare import ALICE, NOBODY
from ringback_contracts.core.model import Request
from ringback_contracts.http.faults import parse_fault
from ringback_contracts.org import Limits, default_org
from ringback_harness.cli import main
from ringback_harness.exits import Exit, Refused, SetupError, Unreachable
from ringback_harness.sandbox import (
    CallLeft,
    NotAllowed,
    Permit,
    Sandbox,
    SandboxSettings,
    Tools,
    opened_sandbox,
    settings_from,
)
from ringback_harness.sandbox.hang_up import LATE, UNCLEAR
from ringback_harness.sandbox.options import Reach, reached
from ringback_harness.sandbox.settings import NoSandbox
from ringback_harness.targets import OutOfReach, call_request
from ringback_harness.wire import MINUTE, Pace
from ringback_mock.engine.conversation import conversation
from ringback_mock.site import Site
from tests.standin import COLLEAGUE, ME, NUMBER, REGION, TOKEN, NoTime, StandIn, standin, standin_org

LISTED = {"phoneNumber": "+442079460100"}
"""A call that the default org takes; on a sandbox it goes to the number that is listed."""


@pytest.fixture
def clock() -> NoTime:
    return NoTime()


def permit(**changes: Any) -> Permit:
    usual: dict[str, Any] = {"send": True, "numbers": [NUMBER], "users": [], "budget": 2}
    return Permit.of(**usual | changes)


@pytest.fixture
def sandbox(stand_in: StandIn, clock: NoTime) -> Iterator[Sandbox]:
    with opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as opened:
        assert isinstance(opened, Sandbox)
        stand_in.asked.clear()
        yield opened


def ring(sandbox: Sandbox, body: Any) -> int:
    raw = body if isinstance(body, bytes) else call_request(body).body
    return sandbox.world().send(replace(call_request({}), body=raw)).status


def going_on(stand_in: StandIn) -> list[str]:
    """The calls of the stand-in's user that have not ended."""
    calls = stand_in.store.default.calls.of_user(ME, stand_in.store.clock())
    return [call.id for call in calls if not Call.read(conversation(call, time.time())).over]


# --- calls that may be placed -------------------------------------------------------------------------


def test_a_listed_number_is_rung_and_the_call_is_ended_and_seen_to_be_gone(
    sandbox: Sandbox, stand_in: StandIn
) -> None:
    assert ring(sandbox, LISTED) == 202
    assert NUMBER.encode() in stand_in.posted[0].body
    assert len(sandbox.hang_up.ended) == 1
    assert going_on(stand_in) == []
    assert [request.method for request in stand_in.asked] == ["POST", "POST", "GET", "GET"], (
        "and one last look"
    )
    assert stand_in.asked[1].path.endswith(f"{sandbox.hang_up.ended[0]}/disconnect")


def test_the_budget_ends_the_calls(sandbox: Sandbox, stand_in: StandIn) -> None:
    assert [ring(sandbox, LISTED), ring(sandbox, LISTED)] == [202, 202]
    with pytest.raises(NotAllowed, match="budget of 2"):
        ring(sandbox, LISTED)
    assert len(stand_in.posted) == 2


def test_a_call_that_was_refused_costs_nothing(sandbox: Sandbox) -> None:
    for _ in range(3):
        assert ring(sandbox, LISTED | {"callFromQueueId": NOBODY, "phoneNumber": NUMBER}) == 404
    assert sandbox.gate.placed == 0


def test_a_listed_user_is_rung(stand_in: StandIn, clock: NoTime) -> None:
    users = permit(numbers=[], users=[COLLEAGUE])
    with opened_sandbox(stand_in.settings, users, Tools(clock.sleep, clock.now)) as sandbox:
        assert sandbox.world().send(call_request({"callUserId": COLLEAGUE})).status == 202
        with pytest.raises(NotAllowed):
            sandbox.world().send(call_request({"phoneNumber": NUMBER}))


# --- what is refused before it is sent ----------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"phoneNumber": "+13172222222"},
        {"phoneNumber": "3172222222"},
        {"phoneNumber": "30005"},
        {"phoneNumber": f"{NUMBER};ext=12"},
        {"phoneNumber": "sip:desk@pbx.corp.com"},
        {"phoneNumber": "sip:+13172222222@example.com"},
        {"callUserId": COLLEAGUE},
        {"callQueueId": "11111111-2222-4333-8444-555555555555"},
        {"conversationIds": ["11111111-2222-4333-8444-555555555555"]},
        {"participants": [{"address": "+13172222222"}]},
        {"to": "tel:+13172222222", "from": f"user:{ALICE}"},
        {"toAddress": "tel:+13172222222"},
        {"to": {"type": "tel", "address": "+13172222222"}},
        {"phoneNumber": NUMBER, "nested": {"deep": ["+13172222222"]}},
        {"phoneNumber": "1-800-FLOWERS"},
        {"phoneNumber": 13172222222},
        b'{"phoneNumber": "+13172222222", broken',
        b'{"phoneNumber": "\\u002b13172222222", broken',
        "{\u201cphoneNumber\u201d: \u201c+13172222222\u201d}".encode(),
        b'{"phoneNumber": "+13172222222", "phoneNumber": "+442079460100"}',
        b"phoneNumber=%2B13172222222",
    ],
)
def test_whoever_is_not_listed_is_not_rung_however_it_is_written(
    body: Any, sandbox: Sandbox, stand_in: StandIn
) -> None:
    with pytest.raises(NotAllowed, match="not on the list"):
        ring(sandbox, body)
    assert stand_in.asked == []


@pytest.mark.parametrize("number", ["+13172222222", NUMBER])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-http-method-override": "POST"}, ""),
        ({"X-HTTP-Method-Override": "POST"}, ""),
        ({"x-http-method": "POST"}, ""),
        ({"x-method-override": "POST"}, ""),
        ({"x_http_method_override": "POST"}, ""),
        ({"x-original-url": "/api/v2/conversations/calls"}, ""),
        ({"x-rewrite-url": "/api/v2/conversations/calls"}, ""),
        ({"transfer-encoding": "chunked"}, ""),
        ({}, "_method=POST"),
        ({}, "a=b&_METHOD="),
    ],
)
def test_what_a_server_may_take_for_another_request_is_not_sent(
    headers: dict[str, str], query: str, method: str, number: str, sandbox: Sandbox, stand_in: StandIn
) -> None:
    plain = call_request({"phoneNumber": number})
    request = replace(plain, method=method, query=query, headers={**plain.headers, **headers})
    with pytest.raises(NotAllowed, match="may take it for another request"):
        sandbox.world().send(request)
    assert stand_in.asked == []


@pytest.mark.parametrize("query", ["phoneNumber=%2B13172222222", "to=tel:911", f"userId={COLLEAGUE}"])
def test_a_query_rings_nobody_who_is_not_listed(query: str, sandbox: Sandbox, stand_in: StandIn) -> None:
    with pytest.raises(NotAllowed):
        sandbox.world().send(replace(call_request(LISTED), query=query))
    assert stand_in.asked == []


def test_a_query_goes_to_the_sandbox_in_its_words(sandbox: Sandbox, stand_in: StandIn) -> None:
    alice = {"authorization": "Bearer alice"}
    sandbox.world().send(Request("GET", "/api/v2/conversations/calls", alice, query=f"user={ALICE}"))
    assert [request.query for request in stand_in.asked] == [f"user={ME}"]


@pytest.mark.parametrize(
    "path", [f".evil.{REGION}/api/v2/users/me", "@evil.test/", "//evil.test/", "/api/v2/../../evil", ""]
)
def test_the_token_goes_to_no_other_host(path: str, sandbox: Sandbox, stand_in: StandIn) -> None:
    with pytest.raises(NotAllowed, match="its path "):
        sandbox.world().send(Request("GET", path, {"authorization": "Bearer alice"}))
    with pytest.raises(OutOfReach, match="it is not sent, for the path"):
        sandbox._send(Request("GET", path))
    assert stand_in.asked == []


@pytest.mark.parametrize(
    "digits", ["112", "911", "999", "000", "tel:911", "9-1-1", "+1911", "\uff19\uff11\uff11"]
)
def test_emergency_numbers_are_refused_in_every_spelling(
    digits: str, sandbox: Sandbox, stand_in: StandIn
) -> None:
    with pytest.raises(NotAllowed, match="emergency"):
        ring(sandbox, {"phoneNumber": digits})
    assert stand_in.asked == []


@pytest.mark.parametrize("digits", ["112", "911", "+1911", "+44999"])
def test_an_emergency_number_cannot_be_listed(digits: str) -> None:
    with pytest.raises(Refused, match="emergency"):
        permit(numbers=[digits])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/v2/tokens/me"),
        ("DELETE", "/api/v2/users/5a4db0c5-0000-4000-8000-000000000002"),
        ("POST", "/api/v2/conversations/11111111-2222-4333-8444-555555555555/disconnect"),
        ("PATCH", "/api/v2/conversations/calls/11111111-2222-4333-8444-555555555555"),
        ("PUT", "/api/v2/conversations/calls"),
        ("POST", "/api/v2/conversations/calls/11111111-2222-4333-8444-555555555555/participants"),
    ],
)
def test_nothing_of_the_org_is_changed(method: str, path: str, sandbox: Sandbox, stand_in: StandIn) -> None:
    with pytest.raises(NotAllowed):
        sandbox.world().send(replace(call_request({}), method=method, path=path))
    assert stand_in.asked == []


@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_whoever_has_no_counterpart_there_is_not_asked_for(
    spelled: Callable[[str], str], sandbox: Sandbox
) -> None:
    with pytest.raises(OutOfReach, match="Dave"):
        ring(sandbox, {"to": "tel:+442079460100", "from": f"user:{spelled(default_org().users[3].id)}"})


@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_alice_s_id_is_the_token_s_user_s_there_in_any_case(
    spelled: Callable[[str], str], sandbox: Sandbox, stand_in: StandIn
) -> None:
    request = Request("GET", f"/api/v2/users/{spelled(ALICE)}", call_request({}).headers)
    assert sandbox.world().send(request).status == 200
    assert stand_in.asked[-1].path == f"/api/v2/users/{ME}"


@pytest.mark.parametrize(
    "body",
    [{}, {"phoneNumber": "+442079460100", "to": "x"}, {"phoneNumber": "x"}, {"to": "tel:+15551234567"}],
)
def test_what_can_ring_nobody_is_sent_freely(body: Any, sandbox: Sandbox) -> None:
    assert ring(sandbox, body) == 400
    assert sandbox.gate.placed == 0


# --- who may not dial ---------------------------------------------------------------------------------


def test_a_run_that_cannot_show_that_it_may_hang_up_does_not_dial(tmp_path: Path, clock: NoTime) -> None:
    org = standin_org()
    alice = org.users[0]
    may = tuple(name for name in alice.permissions if "disconnect" not in name)
    mute = replace(org, users=(replace(alice, permissions=frozenset(may)), *org.users[1:]))
    with (
        standin(tmp_path, mute) as stand_in,
        opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        with pytest.raises(NotAllowed, match="cannot be shown to end calls"):
            sandbox.world().send(call_request(LISTED))
        assert stand_in.posted == []


def test_calls_to_nobody_in_particular_are_refused_at_the_start() -> None:
    with pytest.raises(Refused, match="--allow-number"):
        permit(numbers=[])


@pytest.mark.parametrize("number", ["3172222222", "+1 317 222 2222", "tel:+13172222222", "+13172222", "x"])
def test_a_listed_number_is_a_whole_number(number: str) -> None:
    with pytest.raises(SetupError, match="--allow-number"):
        permit(numbers=[number])


def test_a_listed_user_is_an_id() -> None:
    with pytest.raises(SetupError, match="--allow-user"):
        permit(users=["alice"])


def test_with_a_budget_of_nothing_only_what_rings_nobody_is_sent(stand_in: StandIn, clock: NoTime) -> None:
    nobody = permit(numbers=[], budget=0)
    with opened_sandbox(stand_in.settings, nobody, Tools(clock.sleep, clock.now)) as sandbox:
        assert sandbox.world().send(call_request({})).status == 400
        with pytest.raises(NotAllowed):
            sandbox.world().send(call_request(LISTED))


# --- calls that would not end -------------------------------------------------------------------------


def test_a_call_that_does_not_end_stops_the_run_and_is_named(
    sandbox: Sandbox, stand_in: StandIn, clock: NoTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_in.store.default.calls, "give", lambda *_: None)
    with pytest.raises(CallLeft) as left:
        ring(sandbox, LISTED)
    assert sandbox.hang_up.left[0] in str(left.value)
    assert len(clock.slept) == 8


def test_a_call_whose_reply_is_lost_is_found_and_ended_and_told(
    tmp_path: Path, clock: NoTime, capsys: pytest.CaptureFixture[str]
) -> None:
    org = standin_org(faults=(parse_fault(f"lost-reply:number={NUMBER}"),))
    with (
        standin(tmp_path, org) as stand_in,
        opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        with pytest.raises(ReplyLost):
            sandbox.world().send(call_request(LISTED))
        assert isinstance(sandbox, Sandbox)
        (ended,) = sandbox.hang_up.ended
        assert going_on(stand_in) == []
    assert capsys.readouterr().err.splitlines() == [
        f"{UNCLEAR}; the call {ended}, which may be its, was found and ended",
        "calls placed and ended: 1; left: none",
    ]


def test_a_request_without_a_clear_answer_that_placed_nothing_is_told_too(
    tmp_path: Path, clock: NoTime, capsys: pytest.CaptureFixture[str]
) -> None:
    org = standin_org(faults=(parse_fault(f"server-error:number={NUMBER}"),))
    with (
        standin(tmp_path, org) as stand_in,
        opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        assert sandbox.world().send(call_request(LISTED)).status == 500
    assert capsys.readouterr().err.splitlines() == [
        f"{UNCLEAR}, and no call of it goes on: none was placed, or it is over already",
        "calls placed and ended: 0; left: none",
    ]
    assert clock.slept == [*LATE]


def test_a_call_without_a_clear_answer_that_goes_on_is_named_and_the_others_are_ended(
    tmp_path: Path, clock: NoTime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    org = standin_org(faults=(parse_fault(f"lost-reply:number={NUMBER}"),))
    with (
        standin(tmp_path, org) as stand_in,
        opened_sandbox(stand_in.settings, permit(), Tools(clock.sleep, clock.now)) as sandbox,
    ):
        assert isinstance(sandbox, Sandbox)
        calls = stand_in.store.default.calls
        Site(stand_in.store).answer(call_request({"phoneNumber": NUMBER}, TOKEN))
        (other,) = (call.id for call in calls.of_user(ME, clock.now()))
        give = calls.give
        monkeypatch.setattr(calls, "give", lambda call, *to: None if call.id == other else give(call, *to))
        with pytest.raises(CallLeft, match=f"the call {other} could not be ended"):
            sandbox.world().send(call_request(LISTED))
        (ended,) = sandbox.hang_up.ended
        assert going_on(stand_in) == [other]
    assert capsys.readouterr().err.splitlines() == [
        f"{UNCLEAR}; the call {other}, which may be its, goes on",
        f"{UNCLEAR}; the call {ended}, which may be its, was found and ended",
        f"calls placed and ended: 1; left: {other}",
    ]


# --- pace ---------------------------------------------------------------------------------------------


def test_a_429_is_waited_for_as_long_as_it_says(tmp_path: Path, clock: NoTime) -> None:
    org = standin_org(limits=Limits(rate_per_minute=5))
    with (
        standin(tmp_path, org) as stand_in,
        opened_sandbox(
            stand_in.settings, permit(numbers=[], budget=0), Tools(clock.sleep, clock.now)
        ) as sandbox,
    ):
        stand_in.store.clock = clock.now
        statuses = {sandbox.world().send(call_request({})).status for _ in range(12)}
    assert statuses == {400}
    assert sum(clock.slept) >= MINUTE


def test_no_minute_has_more_requests_than_the_pace_allows() -> None:
    clock, sent = NoTime(), []
    pace = Pace(per_minute=3, sleep=clock.sleep, now=clock.now)
    for _ in range(10):
        pace.wait()
        sent.append(clock.now())
    assert all(later - earlier >= MINUTE for earlier, later in zip(sent, sent[3:], strict=False))


# --- setting up ---------------------------------------------------------------------------------------


def test_client_credentials_log_in_at_the_region_and_are_not_alice(stand_in: StandIn, clock: NoTime) -> None:
    environment = {
        "GENESYSCLOUD_REGION": REGION,
        "GENESYSCLOUD_OAUTHCLIENT_ID": "demo-service",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": "demo-secret",
        "RINGBACK_CA": stand_in.ca,
    }
    with opened_sandbox(settings_from(environment), permit(), Tools(clock.sleep, clock.now)) as sandbox:
        with pytest.raises(OutOfReach, match=r"'alice' there: .* no user; RINGBACK_ACCESS_TOKEN takes"):
            sandbox.world().send(call_request({}))
        with pytest.raises(OutOfReach, match=r"'bob' there$"):
            sandbox.world().send(call_request({}, token="bob"))
        assert sandbox.world().send(call_request({}, token="service")).status == 400


def test_a_refused_login_is_unreachable(stand_in: StandIn, clock: NoTime) -> None:
    environment = {**stand_in.environment, "RINGBACK_ACCESS_TOKEN": "wrong"}
    with pytest.raises(Unreachable), opened_sandbox(settings_from(environment), permit(), Tools(clock.sleep)):
        pass


@pytest.mark.parametrize("target", ["sandbox", "https://127.0.0.1:9"])
@pytest.mark.parametrize("text", [None, "junk"])
def test_a_private_ca_that_is_none_is_a_wrong_set_up(
    target: str, text: str | None, stand_in: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    environment = {**stand_in.environment, "RINGBACK_CA": str(path)}
    arguments = ["check", "--target", target]
    if target == "sandbox":
        arguments += ["--allow-calls", "--budget", "0"]
    ran = CliRunner().invoke(main, arguments, env=environment)
    assert ran.exit_code == Exit.SETUP, ran.output
    assert f"RINGBACK_CA names {path}" in ran.output
    assert stand_in.asked == []


def test_a_private_ca_is_heeded_at_a_url(stand_in: StandIn) -> None:
    url = f"https://api.{REGION}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGBACK_CA", stand_in.ca)
        with reached(url, Reach()) as target:
            assert target.traits.names_rules
        patch.delenv("RINGBACK_CA")
        with pytest.raises(TargetUnreachable, match="set RINGBACK_CA to its file"), reached(url, Reach()):
            pass


def test_a_certificate_of_nobody_that_is_trusted_is_unreachable(stand_in: StandIn, clock: NoTime) -> None:
    settings = SandboxSettings(stand_in.settings.target, stand_in.settings.credentials)
    with (
        pytest.raises(Unreachable, match="RINGBACK_CA"),
        opened_sandbox(settings, permit(), Tools(clock.sleep)),
    ):
        pass


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"GENESYSCLOUD_REGION": ""}, "GENESYSCLOUD_REGION"),
        ({"GENESYSCLOUD_REGION": "mypurecloud.xy"}, "nearest"),
        ({"RINGBACK_ACCESS_TOKEN": ""}, "RINGBACK_ACCESS_TOKEN"),
        ({"RINGBACK_API_URL": "http://gateway.example.com"}, "in clear"),
    ],
)
def test_a_set_up_that_cannot_work_says_what_is_missing(
    changes: dict[str, str], said: str, stand_in: StandIn
) -> None:
    with pytest.raises(SetupError, match=said):
        settings_from(stand_in.environment | changes)


LOGIN = "GENESYSCLOUD_OAUTHCLIENT"


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, {"GENESYSCLOUD_REGION", "RINGBACK_ACCESS_TOKEN"}),
        ({"GENESYSCLOUD_REGION": REGION}, {"RINGBACK_ACCESS_TOKEN"}),
        ({"RINGBACK_ACCESS_TOKEN": TOKEN}, {"GENESYSCLOUD_REGION"}),
        ({"GENESYSCLOUD_REGION": REGION, f"{LOGIN}_ID": "x"}, {f"{LOGIN}_SECRET is not set"}),
        ({"GENESYSCLOUD_REGION": REGION, f"{LOGIN}_SECRET": "x"}, {f"{LOGIN}_ID is not set"}),
    ],
)
def test_all_that_is_missing_is_named_and_nothing_that_is_there(
    environment: dict[str, str], named: set[str]
) -> None:
    with pytest.raises(NoSandbox) as missing:
        settings_from(environment)
    words = {"GENESYSCLOUD_REGION", "RINGBACK_ACCESS_TOKEN", f"{LOGIN}_SECRET is", f"{LOGIN}_ID is"}
    assert {word for word in words if word in missing.value.message} == {
        word.removesuffix(" not set") for word in named
    }


def test_a_gateway_stands_in_for_the_regions_addresses(stand_in: StandIn) -> None:
    gateway = {
        "RINGBACK_API_URL": "https://gw.example.com/api/",
        "RINGBACK_LOGIN_URL": "https://gw.example.com/in",
    }
    target = settings_from(stand_in.environment | gateway).target
    assert (target.api, target.login) == ("https://gw.example.com/api", "https://gw.example.com/in")
    assert target.real
    assert target.region


# --- the command --------------------------------------------------------------------------------------


def run(stand_in: StandIn, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], env=stand_in.environment)


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(stand_in: StandIn) -> None:
    result = run(stand_in, "diff", "--target", "sandbox", "--allow-number", NUMBER)
    assert result.exit_code == Exit.FINE
    assert f'would send: POST /api/v2/conversations/calls {{"phoneNumber":"{NUMBER}"}}' in result.output
    assert "nothing was sent" in result.output
    assert f"in place of {ALICE} a real run sends the id of the token's user" in result.output
    assert TOKEN not in result.output
    assert stand_in.asked == []


def test_a_check_can_be_run_dry(stand_in: StandIn) -> None:
    result = run(stand_in, "check", "--target", "sandbox")
    assert result.exit_code == Exit.FINE
    lines = [line for line in result.output.splitlines() if line.startswith("would send: ")]
    shown = [re.sub(r" \([0-9]+ times\)$", "", line) for line in lines]
    assert len(set(shown)) == len(shown)
    assert re.search(
        r"^would send: POST /api/v2/conversations/calls {} \([0-9]+ times\)$", "\n".join(lines), re.MULTILINE
    )
    assert stand_in.asked == []


def test_calls_without_a_list_exit_with_4(stand_in: StandIn) -> None:
    assert run(stand_in, "diff", "--target", "sandbox", "--allow-calls").exit_code == Exit.REFUSED
    assert stand_in.asked == []


def test_a_case_that_might_ring_a_stranger_refuses_the_whole_run(stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "why: a stranger\nrequest: {body: {phoneNumber: '+13172222222'}}\nexpect: {status: 202}\n"
    )
    result = run(
        stand_in,
        *(
            "check",
            "--target",
            "sandbox",
            "--allow-calls",
            "--allow-number",
            NUMBER,
            "--cases",
            str(tmp_path),
        ),
    )
    assert result.exit_code == Exit.REFUSED
    assert "+13172222222" not in result.output
    assert stand_in.posted == []
