"""``ringback call``: what it prints, and the exit code that says how it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.catalogue import TABLE
from ringback_harness.cli import main
from ringback_harness.exits import Exit
from tests.client.rude_server import POLITE, RudeServer, closes, says
from tests.serving import free_port, mock_server

ALICE = "user:a11ce000-0000-4000-8000-000000000001"
BOB = "user:b0b00000-0000-4000-8000-000000000002"
NUMBER = "tel:+442079460100"
SECRET = "hunter2secret"


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with mock_server() as url:
        yield url


def call(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["call", *arguments], env=environment, catch_exceptions=False)


def called(*arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document that ``--json`` prints."""
    result = call(*arguments, "--json", **environment)
    return result.exit_code, json.loads(result.stdout)


def test_a_placed_call_shows_its_id(mock: str) -> None:
    result = call(NUMBER, "--target", mock)
    assert result.exit_code == Exit.FINE
    assert f"Call placed on {mock}" in result.stdout
    assert "/api/v2/conversations/calls/" in result.stdout


def test_a_placed_call_as_a_document(mock: str) -> None:
    code, document = called(NUMBER, "--from", ALICE, "--contract", "participants", "--target", mock)
    assert code == Exit.FINE
    assert document["placed"] is True
    assert document["uri"].endswith(document["id"])
    assert document["createdTime"]
    assert document["correlationId"]


def test_the_target_may_come_from_the_environment(mock: str) -> None:
    code, document = called(NUMBER, RINGBACK_URL=mock)
    assert (code, document["target"]) == (Exit.FINE, mock)


def test_the_note_of_a_call_that_cannot_work_is_shown(mock: str) -> None:
    result = call("tel:+15551234567", "--target", mock)
    assert result.exit_code == Exit.FINE
    assert "note" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "rule"),
    [
        (
            ("15551234567", "--from", ALICE, "--contract", "participants"),
            "MalformedAddress",
            "address.scheme-missing",
        ),
        (
            ("tel:+15551234567", "--from", ALICE, "--contract", "participants"),
            "InvalidNumber",
            "number.unassigned",
        ),
        ((NUMBER, "--as", "carol"), "NotAuthorized", "permission.missing"),
        ((NUMBER, "--as", "service"), "InvalidRequest", "caller.not-a-user"),
        ((NUMBER, "--from", BOB, "--as", "service"), "InvalidRequest", "station.missing"),
    ],
)
def test_a_refusal_names_its_rule_and_its_fix(
    arguments: tuple[str, ...], error: str, rule: str, mock: str
) -> None:
    code, document = called(*arguments, "--target", mock)
    assert code == Exit.FINDING
    assert (document["placed"], document["error"], document["rule"]) == (False, error, rule)
    assert document["fix"] == TABLE[rule].fix
    shown = call(*arguments, "--target", mock)
    assert shown.exit_code == Exit.FINDING
    assert shown.stdout == ""
    assert f"No call was placed on {mock}" in shown.stderr
    assert TABLE[rule].fix.split()[0] in shown.stderr


def test_a_refusal_is_no_wider_than_a_page_where_there_is_no_terminal(mock: str) -> None:
    shown = call("15551234567", "--from", ALICE, "--contract", "participants", "--target", mock).stderr
    assert 80 < max(map(len, shown.splitlines())) <= 100
    assert not [line for line in shown.splitlines() if line != line.rstrip()]
    assert " ".join(TABLE["address.scheme-missing"].fix.split()) in " ".join(shown.split())


def test_an_unreachable_target_is_told() -> None:
    code, document = called(NUMBER, "--target", f"http://127.0.0.1:{free_port()}")
    assert (code, document["error"]) == (Exit.UNREACHABLE, "TargetUnreachable")
    assert "ringback serve" in document["message"]


def test_a_refused_token_is_a_refused_login(mock: str) -> None:
    code, document = called(NUMBER, "--target", mock, "--as", SECRET)
    assert (code, document["error"]) == (Exit.UNREACHABLE, "NotAuthenticated")
    assert SECRET not in json.dumps(document)


def test_a_token_of_the_environment_stays_there_when_the_target_is_a_mock() -> None:
    with RudeServer(says(POLITE)) as server:
        called(NUMBER, "--target", server.url, RINGBACK_ACCESS_TOKEN=SECRET)
        called(NUMBER, "--target", server.url, "--as", "carol", RINGBACK_ACCESS_TOKEN=SECRET)
    sent = [line for request in server.requests for line in request.lower().splitlines()]
    assert [line for line in sent if line.startswith(b"authorization:")] == [
        b"authorization: bearer alice",
        b"authorization: bearer carol",
    ]


def test_a_lost_reply_is_reported_as_what_it_is_and_does_not_invite_to_try_again() -> None:
    with RudeServer(closes) as server:
        code, document = called(NUMBER, "--target", server.url)
        shown = call(NUMBER, "--target", server.url)
    assert (code, document["placed"], document["error"]) == (Exit.FINDING, None, "CallOutcomeUnknown")
    assert "Nobody knows" in shown.stderr
    assert len(server.requests) == 2


def test_a_ca_bundle_that_is_not_there_is_a_wrong_set_up() -> None:
    code, document = called(NUMBER, "--target", "https://127.0.0.1:1", RINGBACK_CA="/nowhere/ca.pem")
    assert (code, document["error"]) == (Exit.SETUP, "ConfigurationError")


def test_a_doubt_about_a_real_target_is_shown_and_the_call_is_placed() -> None:
    arguments = ("15551234567", "--from", ALICE, "--contract", "participants")
    with RudeServer(says(POLITE)) as proxy:
        target = ("--target", "http://gateway.example.org", "--as", "token")
        shown = call(*arguments, *target, HTTP_PROXY=proxy.url)
        code, document = called(*arguments, *target, HTTP_PROXY=proxy.url)
    assert (shown.exit_code, code) == (Exit.FINE, Exit.FINE)
    assert "warning: the target may answer 400" in shown.output
    assert len(document["warnings"]) == 1


REGION = ("--target", "mypurecloud.ie")
ALLOWED = (*REGION, "--allow-calls")
CLIENT = {"GENESYSCLOUD_OAUTHCLIENT_ID": "id", "GENESYSCLOUD_OAUTHCLIENT_SECRET": SECRET}


def test_a_region_needs_a_word() -> None:
    code, document = called(NUMBER, "--from", ALICE, *REGION, **CLIENT)
    assert (code, document["error"]) == (Exit.REFUSED, "SafetyRefusal")
    assert "--allow-calls" in document["message"]


def test_what_is_refused_needs_no_credentials_to_be_refused() -> None:
    assert call(NUMBER, *REGION).exit_code == Exit.REFUSED
    assert call("tel:112", *REGION, "--allow-calls").exit_code == Exit.REFUSED


def test_long_values_are_shown_whole(mock: str) -> None:
    _, document = called(NUMBER, "--target", mock)
    assert f"/api/v2/conversations/calls/{document['id']}" == document["selfUri"]
    shown = call(NUMBER, "--target", mock).stdout
    assert len(shown.split("/api/")[1].split()[0]) == len(document["selfUri"].removeprefix("/api/"))


@pytest.mark.parametrize("number", ["tel:112", "911", "sip:999@example.com"])
def test_an_emergency_number_is_refused_even_then(number: str) -> None:
    result = call(number, *REGION, "--allow-calls", **CLIENT)
    assert result.exit_code == Exit.REFUSED
    assert "emergency" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "hint"),
    [
        (("--target", "mypurecloud.i"), CLIENT, "mypurecloud.ie"),
        (("--target", "ftp://127.0.0.1"), {}, "http"),
        (ALLOWED, {}, "GENESYSCLOUD_OAUTHCLIENT_ID"),
        (ALLOWED, {"GENESYSCLOUD_OAUTHCLIENT_ID": "id"}, "GENESYSCLOUD_OAUTHCLIENT_SECRET"),
        ((*ALLOWED, "--as", "alice"), CLIENT, "RINGBACK_ACCESS_TOKEN"),
        (("--contract", "both"), {}, "--contract"),
        (("--as", "a b"), {}, "token"),
    ],
)
def test_a_wrong_set_up_says_what_to_do(
    arguments: tuple[str, ...], environment: dict[str, str], hint: str
) -> None:
    result = call(NUMBER, *arguments, **environment)
    assert result.exit_code == Exit.SETUP
    assert hint in result.stderr
    assert SECRET not in result.output


def test_help_says_what_the_exit_codes_mean() -> None:
    text = call("--help").stdout
    assert "Exit code: 0 placed" in text
    assert "127.0.0.1:8010" in text
