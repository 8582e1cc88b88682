"""The pytest plugin as its users have it: a suite of their own, run by a pytest of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from ringback_harness.exits import SetupError
from ringback_harness.fixtures import Ringback
from ringback_harness.shared_server import start_or_join, stop
from tests.client.rude_server import POLITE, RudeServer, says
from tests.serving import mock_server

PLUGIN = "ringback_harness.pytest_plugin"
# Other plugins take most of the time that a pytest needs to start, and none is what these tests are about.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": PLUGIN}


TWO_WORKERS = ("-p", "xdist", "-n", "2")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


class Run:
    def __init__(self, folder: Path, *, alone: bool = True) -> None:
        self.folder = folder
        self.alone = alone
        self.output = ""

    def __call__(self, suite: str, *options: str, code: int = 0, env: Mapping[str, str] | None = None) -> str:
        (self.folder / "test_theirs.py").write_text(textwrap.dedent(suite), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environ |= {**(ALONE if self.alone else {}), **(env or {})}
        done = subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        self.output = done.stdout + done.stderr
        assert done.returncode == code, self.output
        return self.output


def test_a_test_places_a_call_and_sees_it(run: Run) -> None:
    run(
        """
        def test_one(ringback, calls_client):
            placed = calls_client.place_call("tel:+442079460100")
            assert ringback.calls_placed() == [placed.id]

        def test_two(ringback):
            assert ringback.calls_placed() == []
        """
    )


@pytest.mark.parametrize("fixture", ["ringback", "ringback_in_process"])
def test_what_was_sent_to_listeners_is_there_once_the_clock_was_moved(run: Run, fixture: str) -> None:
    run(
        f"""
        import pytest

        def test_one({fixture}):
            org = {fixture}
            events = org.events()
            org.freeze()
            placed = org.client().place_call("tel:+442079460100")
            assert [len(event.call.participants) for event in events.all()] == [1]
            org.advance(20)
            told = events.all()
            assert [one.state for one in told[-1].call.participants] == ["connected", "connected"]
            assert {{event.call.id for event in told}} == {{placed.id}}
            events.clear()
            assert events.all() == []
            presence = org.events("v2.users.{{me}}.presence", token="bob")
            assert presence.all() == []
        """
    )


def test_an_org_in_process_needs_no_server_and_fails_for_what_nobody_looked_at(run: Run) -> None:
    printed = run(
        """
        import requests

        def test_good(ringback_in_process):
            caller = ringback_in_process.inbound(queue="support")
            ringback_in_process.advance(60)
            caller.hangs_up()

        def test_careless(ringback_in_process):
            with requests.Session() as session:
                session.mount(ringback_in_process.url, ringback_in_process.adapter)
                session.get(ringback_in_process.url + "/api/v2/nothing", timeout=5)
        """,
        code=1,
    )
    assert "2 passed, 1 error" in printed
    assert "/api/v2/nothing -> 404 path.unknown" in printed


def test_a_refusal_that_nobody_looked_at_fails_the_test(run: Run) -> None:
    printed = run(
        """
        import requests

        def test_careless(ringback):
            headers = {"Authorization": f"Bearer {ringback.tokens['carol']}"}
            requests.post(ringback.url + "/api/v2/conversations/calls", json={}, headers=headers, timeout=5)
            requests.get(ringback.url + "/api/v2/nothing", headers=headers, timeout=5)
        """,
        code=1,
    )
    assert "refused what this test never looked at" in printed
    assert "permission.missing" in printed
    assert "/api/v2/nothing -> 404 path.unknown" in printed


def test_a_refusal_that_was_looked_at_is_fine(run: Run) -> None:
    run(
        """
        import pytest
        import requests
        from ringback_client import NotAuthorized

        def test_raised(ringback):
            with pytest.raises(NotAuthorized):
                ringback.client("carol").place_call("tel:+442079460100")

        def test_asked(ringback):
            requests.get(ringback.url + "/api/v2/nothing", headers={
                "Authorization": "Bearer " + ringback.tokens["alice"]}, timeout=5)
            assert [refusal.rule for refusal in ringback.refusals()] == ["path.unknown"]
        """
    )


def test_a_refusal_is_told_with_its_value_the_fix_and_how_to_say_that_it_was_meant(run: Run) -> None:
    printed = run(
        """
        import requests

        def test_careless(ringback):
            headers = {"Authorization": f"Bearer {ringback.tokens['alice']}"}
            body = {"to": "+442079460100", "from": "user:a11ce000-0000-4000-8000-000000000001"}
            for _ in range(3):
                requests.post(ringback.url + "/api/v2/conversations/calls", json=body, headers=headers)
        """,
        code=1,
    )
    printed = printed.partition("short test summary info")[0]  # which under CI tells the whole again
    assert printed.count("POST /api/v2/conversations/calls -> 400 address.scheme-missing") == 3
    (told,) = re.findall(r"address.scheme-missing\n(    at .*(?:\n    .*)*)", printed)
    assert [line.split(maxsplit=1)[0] for line in told.splitlines()] == ["at", "what", "fix", "more"]
    assert '/to: "+442079460100"' in told
    assert "the address has no scheme" in told
    assert "Put tel: before a number" in told
    assert "ringback rules address.scheme-missing" in told
    assert "if it was meant, say so: with pytest.raises(...)" in printed


def test_what_a_test_expects_counts_as_looked_at(run: Run) -> None:
    """By the ids that errors carry, whoever raised them: an SDK, an HTTP library, somebody's own wrapper."""
    run(
        """
        import pytest
        import requests
        from ringback_client import CallsClient, RingbackError

        class ApiException(Exception):
            def __init__(self, headers):
                self.headers = headers

        class Wrapped(Exception):
            ...

        def get(ringback, path):
            headers = {"Authorization": f"Bearer {ringback.tokens['alice']}"}
            return requests.get(ringback.url + path, headers=headers, timeout=5)

        def test_sdk(ringback):
            with pytest.raises(ApiException):
                raise ApiException(dict(get(ringback, "/api/v2/nothing").headers))

        def test_library(ringback):
            with pytest.raises(requests.HTTPError):
                get(ringback, "/api/v2/nothing").raise_for_status()

        def test_client_of_their_own(ringback):
            with CallsClient(ringback.url, ringback.tokens["carol"]) as client:
                with pytest.raises(RingbackError):
                    client.place_call("tel:+442079460100")

        def test_no_token_and_wrapped(ringback):
            with pytest.raises(Wrapped):
                try:
                    requests.get(ringback.url + "/api/v2/users/me", timeout=5).raise_for_status()
                except requests.HTTPError as error:
                    raise Wrapped from error

        def test_group(ringback_in_process):
            with pytest.RaisesGroup(RingbackError):
                try:
                    ringback_in_process.client("carol").place_call("tel:+442079460100")
                except RingbackError as error:
                    raise ExceptionGroup("several", [error])
        """
    )
    assert "5 passed" in run.output


@pytest.mark.sdk
def test_an_exception_of_the_official_sdk_that_is_expected_counts_as_looked_at(run: Run) -> None:
    run(
        """
        import pytest
        import PureCloudPlatformClientV2 as sdk
        from PureCloudPlatformClientV2.rest import ApiException

        def test_it(ringback):
            sdk.configuration.host = ringback.url
            client = sdk.ApiClient()
            client.access_token = ringback.tokens["carol"]
            body = sdk.CreateCallRequest()
            body.phone_number = "+442079460100"
            with pytest.raises(ApiException):
                sdk.ConversationsApi(client).post_conversations_calls(body)
        """,
        "-W",
        "ignore",
    )


def test_an_error_that_a_test_did_not_expect_counts_as_overlooked(run: Run) -> None:
    printed = run(
        """
        import requests

        def test_it(ringback):
            try:
                headers = {"Authorization": f"Bearer {ringback.tokens['alice']}"}
                requests.get(ringback.url + "/api/v2/nothing", headers=headers, timeout=5).raise_for_status()
            except requests.HTTPError:
                pass
        """,
        code=1,
    )
    assert "1 passed, 1 error" in printed


def test_a_test_that_failed_shows_what_was_refused_and_gets_no_second_error(run: Run) -> None:
    printed = run(
        """
        import pytest
        import requests

        def careless(org):
            headers = {"Authorization": f"Bearer {org.tokens['alice']}"}
            assert requests.get(org.url + "/api/v2/nothing", headers=headers, timeout=5).ok

        def test_fails(ringback):
            requests.get(ringback.url + "/api/v2/users/me", timeout=5)
            careless(ringback)

        def test_fails_in_process(ringback_in_process):
            ringback_in_process.client("carol").place_call("tel:+442079460100")

        @pytest.mark.xfail
        def test_is_expected_to_fail(ringback):
            careless(ringback)
        """,
        code=1,
    )
    assert "2 failed, 1 xfailed in" in printed
    shown = printed.partition("test_fails_in_process")[0]
    assert "GET /api/v2/nothing -> 404 path.unknown" in shown
    assert "GET /api/v2/users/me -> 401 token.missing (no org of this test's" in shown


OWN_ORG = """
    id = "7e570000-0000-4000-8000-000000000000"
    name = "Theirs"

    [[users]]
    id = "7e570000-0000-4000-8000-000000000001"
    name = "Tess"
    station = "her-phone"
    permissions = ["conversation:conference:add"]

    [[tokens]]
    value = "tess"
    user = "7e570000-0000-4000-8000-000000000001"
    scopes = ["conversations"]
"""


def own_org(run: Run) -> None:
    (run.folder / "theirs.toml").write_text(textwrap.dedent(OWN_ORG), "utf-8")


THEIRS = """
    def test_own(ringback, calls_client):
        assert calls_client.place_call("+442079460100").id
        assert set(ringback.tokens) == {"tess"}
        assert ringback.env["RINGBACK_ACCESS_TOKEN"] == ringback.tokens["tess"]

    def test_in_process(ringback_in_process):
        assert set(ringback_in_process.tokens) == {"tess"}
"""


def test_an_org_of_one_s_own_is_each_test_s(run: Run) -> None:
    own_org(run)
    run(THEIRS, "--ringback-org=theirs.toml")
    (run.folder / "pytest.ini").write_text("[pytest]\nringback_org = theirs.toml\n", "utf-8")
    run(THEIRS)
    with mock_server() as url:
        run(THEIRS, f"--ringback-target={url}")


def test_a_test_can_ask_for_an_org_of_its_own_with_other_switches(run: Run) -> None:
    own_org(run)
    run(
        """
        import pytest
        from ringback_client import InvalidNumber

        def test_it(make_ringback, ringback):
            theirs = make_ringback(org="theirs.toml", strict_numbers=True)
            assert set(theirs.tokens) == {"tess"}
            with pytest.raises(InvalidNumber):
                theirs.client().place_call("+15551234567")
            assert "alice" in ringback.tokens
            with pytest.raises(Exception, match="nowhere.toml"):
                make_ringback(org="nowhere.toml")
        """
    )


def test_a_proxy_of_the_environment_is_never_asked_for_what_is_on_this_machine(run: Run) -> None:
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
    run(
        """
        import os, subprocess, sys

        PROGRAM = "import os, requests; requests.get(os.environ['RINGBACK_URL'] + '/healthz')"

        def test_it(ringback, calls_client):
            assert calls_client.place_call("tel:+442079460100").id
            assert len(ringback.calls_placed()) == 1
            subprocess.run([sys.executable, "-c", PROGRAM], env={**os.environ, **ringback.env}, check=True)
        """,
        env=proxies | {"no_proxy": "example.com"},
    )


def test_a_client_takes_a_token_by_its_name_or_as_it_is() -> None:
    with RudeServer(says(POLITE)) as server:
        org = Ringback(server.url, {"id": "o", "tokens": {"alice": "a1", "carol": "c1"}, "clients": {}})
        for given in ("carol", "c1"):
            org.client(given).place_call("tel:+442079460100")
        with pytest.raises(SetupError, match="its tokens are alice, carol") as wrong:
            org.client("t0k3n-of-another-org")
    assert [b"Bearer c1" in request for request in server.requests] == [True, True]
    assert "t0k3n" not in str(wrong.value)


def test_orgs_with_other_switches_and_faults(run: Run) -> None:
    run(
        """
        import pytest
        from ringback_client import CallOutcomeUnknown, InvalidNumber

        def test_switch(make_ringback):
            strict = make_ringback(strict_numbers=True)
            with pytest.raises(InvalidNumber):
                strict.client().place_call("+15551234567")
            assert make_ringback().client().place_call("+15551234567").id

        def test_fault(ringback, calls_client):
            ringback.fail("lost-reply", times=1)
            with pytest.raises(CallOutcomeUnknown):
                calls_client.place_call("tel:+442079460100")
            assert len(ringback.calls_placed()) == 1
            ringback.heal()
        """
    )


CARELESS = """
    import pytest
    import requests

    CALLS = "/api/v2/conversations/calls"
    kept = []

    def get(url, path, **headers):
        return requests.get(url + path, headers=headers, timeout=5).status_code

    def bearer(org):
        return "Bearer " + org.tokens["alice"]

    @pytest.fixture(scope="session")
    def program(ringback_url):
        return lambda: get(ringback_url, "/api/v2/users/program")

    def test_without_token(ringback, program):
        assert get(ringback.url, "/api/v2/users/without") == 401
        kept.append(bearer(ringback))

    def test_careful(ringback, calls_client):
        calls_client.place_call("tel:+442079460100")
        assert ringback.refusals() == []

    def test_foreign_token(ringback):
        assert get(ringback.url, "/api/v2/users/foreign", Authorization="Bearer of-another-org") == 401

    def test_token_of_an_earlier_test(ringback):
        assert get(ringback.url, "/api/v2/users/stale", Authorization=kept[0]) == 401

    def test_program_of_the_session(program):
        assert program() == 401

    def test_wrong_base(ringback):
        get(ringback.url, "/v2/users/me", Authorization=bearer(ringback))

    def test_reset(ringback):
        get(ringback.url, "/api/v2/reset", Authorization=bearer(ringback))
        ringback.reset()
        assert ringback.refusals() == ringback.exchanges() == []

    def test_forgotten(ringback):
        with requests.Session() as session:
            session.headers["Authorization"] = bearer(ringback)
            for path in ("forgotten", *["users/me"] * 2_000):
                session.get(ringback.url + "/api/v2/" + path, timeout=5)
        with pytest.raises(Exception, match="has forgotten 1 exchange"):
            ringback.calls_placed()

    def test_that_looks(ringback, calls_client):
        get(ringback.url, "/api/v2/looked-at")
        assert [one.path for one in ringback.refusals()] == ["/api/v2/looked-at"]
        requests.delete(ringback.url + "/api/v2/tokens/me", headers={"Authorization": bearer(ringback)})
        with pytest.raises(Exception, match="token"):
            calls_client.place_call("tel:+442079460100")
"""


UNCLAIMED = "(no org of this test's: no token of one, or no path of the API)"


def test_no_refusal_passes_unseen_and_each_fails_the_test_it_came_in(run: Run) -> None:
    printed = run(CARELESS, code=1)
    overlooked = {
        "without_token": f"users/without -> 401 token.missing {UNCLAIMED}",
        "foreign_token": f"users/foreign -> 401 token.unknown {UNCLAIMED}",
        "token_of_an_earlier_test": f"users/stale -> 401 token.unknown {UNCLAIMED}",
        "program_of_the_session": f"users/program -> 401 token.missing {UNCLAIMED}",
        "wrong_base": f"v2/users/me -> 404 no rule {UNCLAIMED}",
        "reset": "reset -> 404 path.unknown",
        "forgotten": "forgotten -> 404 path.unknown",
    }
    told = re.findall(r"ERROR at teardown of test_(\w+) _+\n(?:.*\n)?.*\n  GET /(?:api/v2/)?(.*)", printed)
    assert dict(told) == overlooked
    assert "9 passed, 7 errors" in printed


def test_the_worker_whose_test_sent_it_tells_of_what_no_org_knows(run: Run) -> None:
    """One test forgets its token, one looks at such a refusal, and those of the other worker see neither."""
    pytest.importorskip("xdist")
    printed = run(
        """
        import pytest
        import requests

        @pytest.mark.parametrize("number", range(12))
        def test_it(ringback, number):
            for _ in range(20):
                if number in (3, 4):
                    requests.get(ringback.url + "/api/v2/users/me", timeout=5)
            if number != 3:
                assert len(ringback.refusals()) == (20 if number == 4 else 0)
        """,
        *TWO_WORKERS,
        code=1,
    )
    assert "ERROR test_theirs.py::test_it[3]" in printed
    assert "12 passed, 1 error" in printed


def test_what_a_fault_answered_need_not_be_looked_at(run: Run) -> None:
    run(
        """
        import pytest
        import requests

        CALLS = "/api/v2/conversations/calls"

        def post(org, body):
            headers = {"Authorization": "Bearer " + org.tokens["alice"]}
            return requests.post(org.url + CALLS, json=body, headers=headers, timeout=5).status_code

        @pytest.mark.parametrize("kind", [
            "rate-limited", "server-error", "bad-gateway", "unavailable", "gateway-timeout", "token-revoked"])
        def test_recovers(ringback, kind):
            ringback.fail(kind, times=1)
            assert post(ringback, {"phoneNumber": "+442079460100"}) >= 400
            assert post(ringback, {"phoneNumber": "+442079460100"}) == 202
        """
    )


def test_a_refusal_that_a_fault_merely_delivers_is_overlooked_like_any(run: Run) -> None:
    printed = run(
        """
        import requests

        def test_careless(ringback):
            service = ringback.clients["demo-service"]
            ringback.fail("unknown-field", operation="login")
            requests.post(ringback.url + "/oauth/token", data={"grant_type": "client_credentials"},
                          auth=(service["id"], "wrong"), timeout=5)
        """,
        code=1,
    )
    assert "POST /oauth/token -> 4" in printed


def test_a_certificate_can_expire(run: Run) -> None:
    pytest.importorskip("trustme")
    run(
        """
        import pytest, requests
        from ringback_client import TransportError

        def place(org):
            headers = {"Authorization": f"Bearer {org.tokens['alice']}"}
            body = {"phoneNumber": "+442079460100"}
            url = org.url + "/api/v2/conversations/calls"
            return requests.post(url, json=body, headers=headers, verify=org.env["REQUESTS_CA_BUNDLE"])

        def test_it(ringback_https):
            assert place(ringback_https).status_code == 202
            ringback_https.fail("expired-certificate", nth=1)
            with pytest.raises(requests.exceptions.SSLError, match="certificate has expired"):
                place(ringback_https)
            assert place(ringback_https).status_code == 202
            ringback_https.fail("expired-certificate")
            with ringback_https.client() as client, pytest.raises(TransportError):
                client.place_call("tel:+442079460100")
            ringback_https.heal()
            with ringback_https.client() as client:
                client.place_call("tel:+442079460100")
            assert len(ringback_https.calls_placed()) == 3
        """
    )


def test_a_server_over_https_tells_of_what_was_overlooked(run: Run) -> None:
    pytest.importorskip("trustme")
    printed = run(
        """
        import requests

        def test_careless(ringback_https):
            requests.get(ringback_https.url + "/api/v2/nothing", verify=str(ringback_https.authority))
        """,
        code=1,
    )
    assert "GET /api/v2/nothing -> 404 path.unknown" in printed


def test_a_shared_server_says_where_certificates_expire(run: Run) -> None:
    printed = run('def test_it(ringback):\n    ringback.fail("expired-certificate")\n', code=1)
    assert "ringback serve --tls-authority FILE" in printed
    assert "ringback_https" in printed


def test_a_switch_that_does_not_exist_is_told(run: Run) -> None:
    printed = run("def test_it(make_ringback):\n    make_ringback(strict_number=True)\n", code=1)
    assert "strict_numbers" in printed


def test_a_running_mock_can_be_the_target(run: Run) -> None:
    with mock_server() as url:
        suite = f"""
            def test_it(ringback, make_ringback, calls_client, ringback_url):
                placed = calls_client.place_call("tel:+442079460100")
                orgs = [ringback, make_ringback(sip_trunking=False)]
                assert {{ringback_url, calls_client.target.api, *(org.url for org in orgs)}} == {{{url!r}}}
                assert ringback.calls_placed() == [placed.id]
        """
        run(suite, f"--ringback-target={url}")


def test_a_running_mock_with_an_admin_token_can_be_the_target(run: Run) -> None:
    suite = "def test_it(ringback, calls_client):\n    ringback.reset()\n"
    with mock_server("--admin-token", "let-me-in") as url:
        run(suite, f"--ringback-target={url}", env={"RINGBACK_ADMIN_TOKEN": "let-me-in"})
        printed = run(suite, f"--ringback-target={url}", code=1)
    assert "this server has an admin token" in printed
    assert "let-me-in" not in printed


def test_a_target_that_does_not_answer_is_told(run: Run) -> None:
    printed = run("def test_it(ringback): ...\n", "--ringback-target=http://127.0.0.1:9", code=1)
    assert "no mock answers at http://127.0.0.1:9" in printed


NEEDS_ORG = """
    import pytest

    @pytest.mark.ringback_sandbox
    def test_it(calls_client):
        raise AssertionError("it ran")
"""
REGION = {"GENESYSCLOUD_REGION": "mypurecloud.ie"}
TOKEN = {"RINGBACK_ACCESS_TOKEN": "t0k3n"}


def test_a_test_that_needs_a_sandbox_is_skipped_on_the_mock(run: Run) -> None:
    printed = run(NEEDS_ORG, "-rs", env=REGION | TOKEN)
    assert "1 skipped" in printed
    assert "run with --ringback-target=sandbox" in printed


def test_a_test_that_needs_a_sandbox_is_skipped_with_just_what_is_missing(run: Run) -> None:
    printed = run(NEEDS_ORG, "-rs", "--ringback-target=sandbox", env=REGION)
    assert "1 skipped" in printed
    assert "no credentials: set RINGBACK_ACCESS_TOKEN" in printed
    assert "GENESYSCLOUD_REGION" not in printed


def test_a_sandbox_that_is_set_up_wrongly_is_no_reason_to_skip(run: Run) -> None:
    settings = {**TOKEN, "GENESYSCLOUD_REGION": "mypurecloud.ix"}
    printed = run(NEEDS_ORG, "--ringback-target=sandbox", code=1, env=settings)
    assert "the nearest is 'mypurecloud.ie'" in printed


def test_in_sandbox_mode_the_client_is_the_real_org_s_and_the_orgs_are_the_mock_s(run: Run) -> None:
    gateway = {"RINGBACK_API_URL": "https://gateway.example.com", "RINGBACK_URL": "http://127.0.0.1:9"}
    run(
        """
        import pytest
        from ringback_client import SafetyRefusal

        @pytest.mark.ringback_sandbox
        def test_client(calls_client):
            assert calls_client.target.api == "https://gateway.example.com"
            with pytest.raises(SafetyRefusal):
                calls_client.place_call("tel:+442079460100")

        def test_orgs(ringback, make_ringback):
            for org in (ringback, make_ringback(strict_numbers=True)):
                assert org.url.startswith("http://127.0.0.1:")
                placed = org.client().place_call("tel:+442079460100")
                assert org.calls_placed() == [placed.id]
        """,
        "--ringback-target=sandbox",
        env=REGION | TOKEN | gateway,
    )
    assert "2 passed" in run.output


def test_workers_of_xdist_share_one_server_and_each_has_a_port_of_its_own(run: Run) -> None:
    pytest.importorskip("xdist")
    run(
        """
        import json
        import pytest
        from ringback_harness.pytest_plugin import FOLDER_KEY

        @pytest.mark.parametrize("number", range(8))
        def test_it(ringback, calls_client, number, worker_id, pytestconfig):
            assert calls_client.place_call("tel:+442079460100").id
            assert len(ringback.calls_placed()) == 1
            server = json.loads((pytestconfig.stash[FOLDER_KEY] / "server.json").read_text())
            assert ringback.url in server["urls"]
            with open("seen.txt", "a") as file:
                print(worker_id, ringback.url, server["pid"], file=file)
        """,
        *TWO_WORKERS,
    )
    lines = [line.split() for line in (run.folder / "seen.txt").read_text("utf-8").splitlines()]
    workers, urls, servers = (set(column) for column in zip(*lines, strict=True))
    assert (len(lines), len(workers), len(urls), len(servers)) == (8, 2, 2, 1)


def test_a_worker_in_the_place_of_one_that_crashed_takes_its_port(tmp_path: Path) -> None:
    first, second = start_or_join(tmp_path, 2), start_or_join(tmp_path, 2)
    try:
        assert first.url != second.url
        with pytest.raises(SetupError, match="has 2 ports"):
            start_or_join(tmp_path, 2)
        first.lock.release()
        third = start_or_join(tmp_path, 2)
        assert third.url == first.url
        third.lock.release()
    finally:
        second.lock.release()
        stop(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_server_ends_with_the_run(run: Run) -> None:
    import requests

    run("def test_it(ringback):\n    open('url', 'w').write(ringback.url)\n")
    with pytest.raises(requests.ConnectionError):
        requests.get((run.folder / "url").read_text("utf-8"), timeout=5)


def test_whoever_installs_ringback_has_the_plugin(tmp_path: Path) -> None:
    """As an entry point, which no variable names; and it is light until it is used."""
    Run(tmp_path, alone=False)(
        """
        import sys

        def test_it(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("ringback")
            heavy = ("requests", "flask", "schemathesis", "ringback_client", "ringback_mock", "phonenumbers")
            assert not [name for name in heavy if name in sys.modules]
        """,
        "-p",
        "no:schemathesis",
    )
