"""``ringback explain``: what a stranger sees, what a program reads, and that what is shown can be run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.core.declare import ALICE, BOB, CAROL, SUPPORT, TEST_NUMBER
from ringback_contracts.org import default_org, default_org_text
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.schemas import validator
from ringback_explain import Equivalent
from ringback_harness.commands.explain import command
from ringback_harness.ready_made import Connection, ready_made
from tests.sdk import load_sdk
from tests.serving import mock_server

CALL = {"phoneNumber": TEST_NUMBER}
THREAD = {"toAddress": "sip:agent@example.com", "fromAddress": "+442079460002"}


def run(pasted: str | bytes, *options: str, **environment: str) -> Result:
    """The command with something on standard input, in a terminal of 80 columns."""
    text = pasted if isinstance(pasted, bytes) else pasted.encode()
    return CliRunner().invoke(command, options, input=text, env={"COLUMNS": "80", **environment})


def document(body: object, *options: str) -> dict[str, Any]:
    result = run(json.dumps(body), "--json", *options)
    assert result.exit_code in (0, 1), result.output
    loaded: dict[str, Any] = json.loads(result.stdout)
    assert loaded["verdict"] == ("rejected" if result.exit_code else "accepted")
    return loaded


# What is said


@pytest.mark.parametrize(
    "given",
    [
        json.dumps({"phoneNumber": "442079460100", "to": "x"}),
        f'curl https://api.mypurecloud.ie{CALLS_PATH} --json \'{{"to": "x"}}\'',
        "400 bad.request: Invalid phone number",
        f"requests.post('https://api.mypurecloud.ie{CALLS_PATH}', json={{'to': 'x'}})",
    ],
)
def test_a_request_in_place_of_a_file_is_explained(given: str) -> None:
    as_argument = CliRunner().invoke(command, [given], env={"COLUMNS": "80"})
    piped = run(given)
    assert (as_argument.exit_code, as_argument.output) == (1, piped.output)


def test_a_file_that_is_not_there_leads_to_standard_input() -> None:
    result = CliRunner().invoke(command, ["request.json"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "'request.json': No such file or directory. To explain a text, pipe it in:" in result.output


def test_a_file_is_read_whatever_its_name_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "{500 call}.json"
    path.write_text(json.dumps(CALL))
    assert CliRunner().invoke(command, [str(path)]).stdout.startswith("ACCEPTED  202")


HEAVY = ("ringback_client", "requests", "tree_sitter", "flask", "ringback_explain.read.code", "yaml")


def test_a_body_is_explained_without_what_it_does_not_need(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(CALL))
    told = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
    program = f"{told}; from ringback_harness.cli import main; main(['explain', {str(path)!r}])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.splitlines()[-1].split())
    assert "ringback_explain" in loaded
    assert not loaded.intersection(HEAVY)
    assert not any(name.startswith("phonenumbers.shortdata.region") for name in loaded)


def test_a_rejected_request_is_explained_with_what_to_send_instead() -> None:
    result = run(json.dumps(THREAD))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[:2] == [
        "REJECTED  400 bad.request",
        "POST /api/v2/conversations/calls, read from a JSON body",
    ]
    for part in (
        "1. sip.misnamed-fields  at /fromAddress",
        "fix    Send phoneNumber and callerId, as published",
        "   note   /toAddress: 'sip:agent@example.com' is not malformed by itself",
        "Send this instead (tried: Ringback accepts it)\nPOST /api/v2/conversations/calls\n{",
        '"phoneNumber": "sip:agent@example.com"',
        "more remarks with -v; as code with --curl, --python or --sdk)",
    ):
        assert part in result.stdout
    for left_out in ("mission: forum thread", "is no field of a published call request", "CallsClient"):
        assert left_out not in result.stdout


@pytest.mark.parametrize("address", ["15551234567", "+442079460100", "555-123-4567"])
@pytest.mark.parametrize(
    "pasted", ["{}", "curl https://api.mypurecloud.ie/api/v2/conversations/calls --json '{}'"]
)
def test_the_answer_for_a_missing_scheme_fits_fifteen_lines(address: str, pasted: str) -> None:
    result = run(pasted.replace("{}", json.dumps({"to": address, "from": f"user:{ALICE}"})))
    lines = result.stdout.splitlines()
    assert len(lines) <= 15
    assert "1. address.scheme-missing  at /to" in lines
    assert f"POST {CALLS_PATH}/user/{ALICE}" in lines
    assert any(line.startswith("   fix    Put tel: before a number") for line in lines)
    assert any(line.startswith('{"phoneNumber": ') for line in lines)


def test_verbosely_every_note_is_shown_and_how_each_rule_is_known() -> None:
    said = run(json.dumps(THREAD), "-v").stdout
    for part in (
        "   known  mission: forum thread",
        "note   /fromAddress: 'fromAddress' is no field of a published call request",
        "whether your org can dial SIP",
    ):
        assert part in said
    assert "with -v" not in said


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ("--curl", "With curl\ncurl http://127.0.0.1:8010/api/v2/conversations/calls"),
        ("--python", "With ringback_client\nfrom ringback_client import CallsClient"),
        ("--sdk", "With the official Python SDK\nimport PureCloudPlatformClientV2"),
    ],
)
def test_code_is_shown_in_the_form_that_is_asked_for_and_in_no_other(option: str, shown: str) -> None:
    said = run(json.dumps(THREAD), option).stdout
    assert shown in said
    assert said.count("\nWith ") == 1


@pytest.mark.parametrize("rest", ["callFromQueueId: queue", "...options"])
def test_a_request_with_a_part_left_out_is_not_ready_to_send(rest: str) -> None:
    call = f"await axios.post('{CALLS_PATH}', {{ phoneNumber: '+442079460100', {rest} }});"
    assert "Ready to send" not in run(call).stdout
    assert "To send, but for what is open" in run(call).stdout


def test_nothing_is_accepted_that_nothing_sends_without_a_word_of_it() -> None:
    said = run('payload = {"phoneNumber": "+442079460100"}\nprint(payload)').stdout
    assert said.startswith("ACCEPTED  202  if anything sends it\n")


def test_an_accepted_request_is_said_to_be_one() -> None:
    result = run(json.dumps(CALL))
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "ACCEPTED  202\nPOST /api/v2/conversations/calls, read from a JSON body\n"
    )
    assert "Ready to send" in result.stdout
    assert "not known from here: whether the token is good" in result.stdout


def test_what_ringback_does_not_serve_is_told_as_its_own_limit() -> None:
    result = run("curl https://x.y/api/v2/users/query")
    assert result.stdout.splitlines()[0] == "NOT SERVED BY RINGBACK  501 not.implemented"
    assert "REJECTED" not in result.stdout


def test_what_a_program_lacks_comes_before_any_answer() -> None:
    code = f"from purecloud_api import Call\napi.post_conversations_calls(Call(to={TEST_NUMBER!r}))"
    lines = run(code).stdout.splitlines()
    (sdk,) = (
        place for place, line in enumerate(lines) if line.startswith("   sdk    there is no SDK package")
    )
    assert sdk < lines.index("1. address.missing  at /from")


def test_what_cannot_be_read_ends_with_code_2_and_what_was_looked_for() -> None:
    result = run("hello")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "looked for a JSON body, a curl command, a HAR file" in result.stderr


def test_a_text_without_a_request_gets_remarks_on_what_it_claims() -> None:
    result = run("Grant type: client credentials. Scopes: conversation:call:write. pip install genesyscloud")
    assert result.exit_code == 1
    for known in (
        "there is no SDK package 'genesyscloud'",
        "a client-credentials token has no user",
        "'conversation:call:write' is written like a permission",
    ):
        assert known in result.stdout


def test_prose_keeps_to_the_width_and_code_to_its_lines() -> None:
    result = run(json.dumps({**CALL, "label": "x" * 90}), "--curl", "--python", "--sdk", COLUMNS="60")
    too_long = [line for line in result.stdout.splitlines() if len(line) > 60]
    assert too_long
    assert all("x" * 90 in line or "http" in line or "api." in line or "gc." in line for line in too_long)


def test_a_pasted_escape_sequence_does_not_reach_the_terminal() -> None:
    result = run(json.dumps({"to": "\x1b]0;gotcha\x07", "\x1b[31mred": 1}))
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


def test_no_color_is_piped() -> None:
    assert "\x1b" not in run(json.dumps(THREAD), FORCE_COLOR="").stdout


def test_a_token_that_was_pasted_is_not_shown() -> None:
    pasted = f"curl https://api.mypurecloud.ie{CALLS_PATH} -H 'Authorization: Bearer hush-hush' -d '{{}}'"
    for options in ((), ("--json",)):
        result = run(pasted, *options)
        assert result.exit_code == 1
        assert "hush-hush" not in result.output


@pytest.mark.parametrize(("pasted", "loaded"), [(json.dumps(CALL), False), ("api.post_calls(x)", True)])
def test_grammars_are_loaded_for_code_alone(pasted: str, loaded: bool) -> None:
    program = (
        "import sys; from ringback_explain.read import ReadError, read\n"
        "try: read(sys.argv[1].encode())\nexcept ReadError: pass\n"
        "print('tree_sitter' in sys.modules)"
    )
    assert answer_of([sys.executable, "-c", program, pasted]).strip() == str(loaded)


# As JSON


def test_the_json_keeps_to_its_schema() -> None:
    for body in (CALL, THREAD, {"to": 5}, {}):
        validator("Explanation").validate(document(body))


def test_the_json_names_each_finding_with_its_place_and_evidence() -> None:
    explained = document({"to": TEST_NUMBER, "from": {"id": ALICE}})
    assert (explained["status"], explained["code"], explained["rule"]) == (
        400,
        "bad.request",
        "address.untyped",
    )
    places = {(finding["rule"], finding["pointer"]) for finding in explained["findings"]}
    assert places == {("address.untyped", "/from"), ("address.scheme-missing", "/to")}
    assert {finding["evidence"] for finding in explained["findings"]} == {"mission"}
    assert explained["equivalent"] == {"method": "POST", "path": f"{CALLS_PATH}/user/{ALICE}", "body": CALL}


def test_several_requests_are_an_array() -> None:
    commands = (
        f"curl http://x{CALLS_PATH} --json '{{}}'\ncurl http://x{CALLS_PATH} --json '{json.dumps(CALL)}'"
    )
    result = run(commands, "--json")
    assert [explained["verdict"] for explained in json.loads(result.stdout)] == ["rejected", "accepted"]
    assert result.exit_code == 1


def test_the_other_requests_of_a_har_file_are_counted() -> None:
    call = {"method": "POST", "url": f"https://x.y{CALLS_PATH}", "postData": {"text": json.dumps(CALL)}}
    other = {"method": "GET", "url": "https://x.y/"}
    log = {"log": {"entries": [{"request": request} for request in (other, call, other)]}}
    assert "2 other requests of the HAR file place no call" in run(json.dumps(log)).stdout
    del log["log"]["entries"][0]
    assert "1 other request of the HAR file places no call" in run(json.dumps(log)).stdout


# Whose org, whose token


def org_file(folder: Path, **changes: str) -> str:
    text = default_org_text()
    for old, new in changes.items():
        text = text.replace(f"{old} = true", f"{old} = {new}")
    file = folder / "org.toml"
    file.write_text(text)
    return str(file)


def test_without_an_org_nothing_is_held_against_ids_numbers_and_permissions() -> None:
    explained = document({"phoneNumber": TEST_NUMBER, "callFromQueueId": CAROL, "callerId": "+12125550000"})
    assert explained["verdict"] == "accepted"
    assert any("--org" in line for line in explained["unknown"])


def test_with_an_org_its_ids_and_switches_count(tmp_path: Path) -> None:
    file = org_file(tmp_path, sip_trunking="false")
    unknown = document({"phoneNumber": TEST_NUMBER, "callFromQueueId": CAROL}, "--org", file)
    assert unknown["rule"] == "from-queue.unknown"
    assert document({"phoneNumber": "sip:agent@example.com"}, "--org", file)["rule"] == "sip.trunking-off"


@pytest.mark.parametrize("name", ["carol", "Carol", "carol@example.com", CAROL])
def test_the_token_is_that_of_whoever_is_named(name: str) -> None:
    assert document(CALL, "--as", name)["rule"] == "permission.missing"


@pytest.mark.parametrize(
    ("name", "rule"), [("alice", None), ("demo-service", "caller.not-a-user"), ("expired", "token.expired")]
)
def test_tokens_and_clients_of_the_default_org_can_be_named(name: str, rule: str | None) -> None:
    assert document(CALL, "--as", name)["rule"] == rule


def test_a_name_that_nobody_has_is_refused_with_the_nearest() -> None:
    result = run(json.dumps(CALL), "--as", "alise")
    assert (result.exit_code, "did you mean 'alice'?" in result.stderr) == (2, True)


def test_the_bearer_token_of_a_command_is_looked_up_in_the_org(tmp_path: Path) -> None:
    pasted = f"curl http://x{CALLS_PATH} -H 'Authorization: Bearer carol' --json '{json.dumps(CALL)}'"
    result = run(pasted, "--json", "--org", org_file(tmp_path))
    assert json.loads(result.stdout)["rule"] == "permission.missing"


def test_the_contract_can_be_chosen() -> None:
    body = {"to": f"tel:{TEST_NUMBER}", "from": f"user:{ALICE}"}
    assert document(body)["verdict"] == "accepted"
    assert document(body, "--contract", "published")["rule"] == "destination.missing"


def test_a_call_on_behalf_of_somebody_is_suggested_at_that_user_s_path(tmp_path: Path) -> None:
    explained = document(CALL, "--as", "service", "--on-behalf-of", "Alice")
    assert explained["rule"] == "caller.not-a-user"
    assert explained["equivalent"] == {"method": "POST", "path": f"{CALLS_PATH}/user/{ALICE}", "body": CALL}
    assert document(CALL, "--on-behalf-of", BOB)["equivalent"]["path"] == f"{CALLS_PATH}/user/{BOB}"
    result = run(json.dumps(CALL), "--org", org_file(tmp_path), "--on-behalf-of", "alise")
    assert (result.exit_code, "'Alice'" in result.stderr) == (2, True)


def test_a_name_to_call_for_wants_an_org_that_knows_it() -> None:
    result = run(json.dumps(CALL), "--on-behalf-of", "alice")
    assert result.exit_code == 2
    assert "'alice'" in result.stderr
    assert "--org FILE" in result.stderr


def test_an_org_file_that_is_none_is_a_wrong_setup(tmp_path: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text("x = ")
    assert run("{}", "--org", str(file)).exit_code == 2


# Errors without their request


def test_an_error_that_one_rule_alone_gives_is_explained_by_it() -> None:
    result = run('{"status": 400, "code": "not.a.user", "message": "x"}', "--json")
    explained = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (explained["status"], explained["code"]) == (400, "not.a.user")
    assert "caller.not-a-user" in {finding["rule"] for finding in explained["findings"]}


def test_a_recorded_refusal_is_a_finding_though_the_request_alone_is_sound() -> None:
    curl = f"curl -i https://api.mypurecloud.ie{CALLS_PATH} --json '{json.dumps(CALL)}'"
    result = run(f'{curl}\nHTTP/2 403\n\n{{"code": "missing.permissions", "status": 403, "message": "x"}}')
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "REJECTED  403 missing.permissions"
    assert lines[1].endswith("read from a curl command with the answer that")
    assert "permission.missing" in lines


def test_an_error_that_many_rules_give_lists_them_and_asks_for_the_request() -> None:
    result = run("ApiException: (400) Reason: Bad Request, malformed participant address")
    assert "decided by" not in result.stdout
    assert "It may be any of these" in result.stdout
    assert "address.scheme-missing" in result.stdout
    assert "sip.untyped" not in result.stdout
    assert "What was sent?" in result.stdout


def test_the_rule_that_a_mock_names_is_taken_at_its_word() -> None:
    result = run("HTTP/1.1 400 Bad Request\nRingback-Rule: sip.untyped\n", "--json")
    assert json.loads(result.stdout)["rule"] == "sip.untyped"


def test_an_error_of_which_nothing_is_known_is_unreadable() -> None:
    result = run('{"code": "strange", "message": "strange"}')
    assert (result.exit_code, "nothing is known of" in result.stderr) == (2, True)


# Any input


@given(st.one_of(st.text(max_size=80), st.binary(max_size=40), st.from_regex(r'\{"(to|phoneNumber)": .*\}')))
@example("curl x/api/v2 -d '{'")
@example('{"status": 418, "code": "teapot", "message": "x"}')
def test_any_input_ends_with_an_explanation_or_a_reason(pasted: str | bytes) -> None:
    text = pasted.encode("utf-8", "replace") if isinstance(pasted, str) else pasted
    result = run(text, "--json")
    if result.exit_code == 2:
        assert result.stderr.startswith("Error: ")
        assert result.stdout == ""
    else:
        explained = json.loads(result.stdout)
        for one in explained if isinstance(explained, list) else [explained]:
            validator("Explanation").validate(one)


# What is shown can be run


@pytest.fixture(scope="module")
def place() -> Iterator[Connection]:
    with mock_server() as url:
        yield Connection(url=url)


EQUIVALENTS = {
    "a number": Equivalent("POST", CALLS_PATH, CALL),
    "a caller id": Equivalent(
        "POST", CALLS_PATH, {**CALL, "callerId": "+442079460001", "callerIdName": 'it\'s "me"'}
    ),
    "a SIP address": Equivalent("POST", CALLS_PATH, {"phoneNumber": "sip:agent@example.com"}),
    "digits": Equivalent("POST", CALLS_PATH, {"phoneNumber": "30005"}),
    "a colleague": Equivalent("POST", CALLS_PATH, {"callUserId": BOB}),
    "a queue": Equivalent("POST", CALLS_PATH, {"callQueueId": SUPPORT, "priority": 5}),
    "on behalf": Equivalent(
        "POST", f"{CALLS_PATH}/user/{ALICE}", {**CALL, "attributes": {"a'b": "é $x `y`"}}
    ),
    "on behalf, with a caller id": Equivalent(
        "POST", f"{CALLS_PATH}/user/{ALICE}", {**CALL, "callerId": "+442079460001"}
    ),
    "a conference": Equivalent(
        "POST",
        CALLS_PATH,
        {"participants": [{"address": TEST_NUMBER, "name": "A"}, {"address": "+442079460106"}]},
    ),
}


def answer_of(code: list[str]) -> str:
    done = subprocess.run(
        code, capture_output=True, text=True, check=False, env={**os.environ, "HOME": os.devnull}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("wish", EQUIVALENTS)
def test_the_curl_command_places_the_call(wish: str, place: Connection) -> None:
    made = ready_made(EQUIVALENTS[wish], place)["curl"]
    assert json.loads(answer_of(["bash", "-c", made.replace("curl ", "curl -sSf ", 1)]))["id"]


@pytest.mark.parametrize("wish", EQUIVALENTS)
def test_the_client_s_lines_make_the_very_request(wish: str, place: Connection) -> None:
    made = ready_made(EQUIVALENTS[wish], place)["python"]
    assert len(answer_of([sys.executable, "-c", made]).strip()) == 36
    assert ("post_body" in made) == (wish in ("a queue", "a conference"))


@pytest.mark.sdk
@pytest.mark.parametrize("wish", EQUIVALENTS)
def test_the_sdk_s_lines_place_the_call(
    wish: str, place: Connection, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PureCloudPlatformClientV2", load_sdk())
    exec(compile(ready_made(EQUIVALENTS[wish], place)["sdk"], "ready-made", "exec"), {})
    assert len(capsys.readouterr().out.strip()) == 36


TOKEN = Equivalent("POST", "/oauth/token", {"grant_type": "client_credentials"})


def test_the_token_s_curl_command_and_client_get_one(place: Connection) -> None:
    made = ready_made(TOKEN, place)
    assert json.loads(answer_of(["bash", "-c", made["curl"].replace("curl ", "curl -sSf ", 1)]))[
        "access_token"
    ]
    call = f'\nprint(client.place_call("{TEST_NUMBER}", "user:{ALICE}").id)'
    assert len(answer_of([sys.executable, "-c", made["python"] + call]).strip()) == 36


@pytest.mark.sdk
def test_the_token_s_sdk_lines_get_one(place: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PureCloudPlatformClientV2", load_sdk())
    names: dict[str, Any] = {}
    exec(compile(ready_made(TOKEN, place)["sdk"], "ready-made", "exec"), names)
    assert names["api"].access_token


def test_the_default_org_has_whom_the_ready_made_code_names() -> None:
    assert Connection().token in default_org().token_by_value
    client = default_org().client_by_id[Connection().client_id]
    assert client.secret == Connection().client_secret


def test_what_is_left_out_of_a_long_file_is_said() -> None:
    call = {"method": "POST", "url": "https://h/api/v2/conversations/calls", "postData": {"text": "{}"}}
    har = json.dumps({"log": {"entries": [{"request": call}] * 1_234}})
    result = run(har, "--json")
    assert len(json.loads(result.stdout)) == 200
    assert "1,034 more requests were left out: the first 200 of an input are explained" in result.stderr


def test_a_body_of_five_megabytes_is_explained() -> None:
    result = run(json.dumps({"phoneNumber": "1" * 5_000_000}))
    assert result.exit_code == 1
    assert "body.too-large" in result.stdout
