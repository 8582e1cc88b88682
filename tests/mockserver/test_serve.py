"""``ringback serve``: it starts once, says where, and stops when told to, whatever its clients do."""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import trustme
from click.testing import CliRunner

from ringback_harness.cli import main
from ringback_mock.edges.serve import ServeError, Settings, configuration, listen
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.process import PATIENCE, serving
from tests.mockserver.wire import CALL, CALLS, request
from tests.serving import RINGBACK

HEAVY = {
    "flask",
    "hypothesis",
    "jsonschema",
    "pytest",
    "requests",
    "rich",
    "ringback_client",
    "schemathesis",
    "werkzeug",
}


def refused(*options: str) -> str:
    """What a server that cannot start says; it ends with exit code 2."""
    ended = subprocess.run(
        [*RINGBACK, "serve", "--port", "0", *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """An authority, and a file that holds a certificate of it for loopback, with its key."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(file)
    return authority, file


# Starting


def test_a_server_prints_one_line_and_ends_with_0_when_told_to() -> None:
    with serving() as server:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]+", server.url)
        assert server.place().status_code == 202
        code, out, err = server.stop()
    assert (code, out) == (0, "")
    assert re.search(r"org Ringback: [0-9]+ operations, [0-9]+ rules", err)
    assert f"POST {CALLS}" not in err, "the access log is quiet unless asked for"


def test_an_admin_token_comes_from_the_environment_and_is_never_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RINGBACK_ADMIN_TOKEN", "let-me-in")
    with serving("--verbose") as server:
        assert server.get("/__ringback/rules").status_code == 401
        for token, status in (("let-me-in", 200), ("let-me-in-too", 401)):
            headers = {"Ringback-Admin-Token": token}
            reply = requests.get(f"{server.url}/__ringback/rules", headers=headers, timeout=PATIENCE)
            assert reply.status_code == status
        _, out, err = server.stop()
    assert "GET /__ringback/rules 200" in err
    assert "let-me-in" not in out + err


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--admin-token", "two words", "--admin-token (RINGBACK_ADMIN_TOKEN): an admin token is"),
        ("--allow-host", "mock.example:8010", "--allow-host: 'mock.example:8010' is no host name"),
        ("--cors-origin", "localhost", "--cors-origin: 'localhost' is no origin"),
        ("--fault", "lost", "--fault: kind: 'lost' is none of lost-reply"),
        ("--store-prefix", "mine", "--store-prefix does nothing without --store"),
        ("--speed", "nan", "'--speed' (env var: 'RINGBACK_SPEED'): 'nan' is not a number"),
    ],
)
def test_a_value_that_could_do_nothing_is_refused_with_its_option(option: str, value: str, why: str) -> None:
    assert why in refused(option, value)


@pytest.mark.parametrize(("options", "closed"), [((), True), (("--admin-token", "let-me-in"), False)])
def test_who_listens_for_others_is_told_of_the_admin_paths(options: tuple[str, ...], closed: bool) -> None:
    with serving("--host", "0.0.0.0", *options) as server:
        status = server.get("/__ringback/rules").status_code
        _, _, err = server.stop()
    assert status == (403 if closed else 401)
    assert "others on the network can reach this mock" in err
    assert ("closed until it is started with RINGBACK_ADMIN_TOKEN set" in err) is closed


def test_what_is_not_needed_for_a_call_is_not_imported() -> None:
    with serving(python=("-X", "importtime")) as server:
        with server.connect() as client:
            client.sendall(request(body=CALL))
            assert client.recv(65_536).startswith(b"HTTP/1.1 202 ")
        _, _, err = server.stop()
    imported = {
        line.rsplit("|", 1)[1].strip() for line in err.splitlines() if line.startswith("import time:")
    }
    assert "ringback_mock.edges.door" in imported
    assert not {name for name in imported if name.split(".")[0] in HEAVY}


def test_a_taken_port_is_an_error_at_start() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"port {port}: Address already in use; .*--port 0"):
            listen("127.0.0.1", port)
        assert f"cannot listen on 127.0.0.1 port {port}" in refused("--port", str(port))


def test_a_port_can_be_used_again_right_after_it_was_served() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = first.accept()
            accepted.close()  # the side that closes first keeps the connection in TIME_WAIT
            assert client.recv(1) == b""
    listen("127.0.0.1", port).close()


def test_no_second_server_can_share_a_port() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert not listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT)


def test_an_event_loop_knows_that_a_connection_is_tcp() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_an_address_of_another_machine_is_an_error_at_start() -> None:
    assert "cannot listen on 192.0.2.1" in refused("--host", "192.0.2.1")


def test_a_wrong_org_file_is_an_error_at_start(tmp_path: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text('id = "x"\nname = "y"\nsip_trunkin = true\n', encoding="utf-8")
    message = refused("--org", str(file))
    assert str(file) in message
    assert "sip_trunkin: there is no such key; the nearest is 'sip_trunking'" in message


def test_whoever_serves_the_network_is_warned() -> None:
    with serving("--host", "0.0.0.0") as server:
        _, _, err = server.stop()
    assert "others on the network can reach this mock" in err


def test_each_refusal_is_logged_in_a_line_and_nothing_else_unless_it_is_asked_for() -> None:
    logged = {}
    for options in ((), ("-v",), ("-q",)):
        with serving(*options) as server:
            assert server.get("/healthz").status_code == 200
            assert requests.get(f"{server.url}/api/v2/users/me", timeout=PATIENCE).status_code == 401
            _, _, logged[options] = server.stop()
    line = re.compile(
        r"^INFO ringback.access.refusals: GET /api/v2/users/me 401 token.missing: .* http://.*$", re.MULTILINE
    )
    assert [bool(line.search(err)) for err in logged.values()] == [True, True, False]
    assert ["GET /healthz 200" in err for err in logged.values()] == [False, True, False]
    assert logged[("-q",)] == ""


def test_the_start_says_what_to_try_and_no_token_that_may_be_a_secret(tmp_path: Path) -> None:
    own = tmp_path / "org.toml"
    user = 'id = "7e570000-0000-4000-8000-000000000001"\nname = "Tess"\n'
    token = 'value = "s3cr3t-of-tess"\nuser = "7e570000-0000-4000-8000-000000000001"\n'
    own.write_text(f'id = "x"\nname = "y"\n[[users]]\n{user}[[tokens]]\n{token}', "utf-8")
    with serving() as server:
        url = server.url
        _, out, err = server.stop()
    assert out.count("\n") <= 1
    assert f"try: curl -H 'Authorization: Bearer alice' {url}/api/v2/users/me" in err
    with serving("--org", str(own)) as server:
        _, _, err = server.stop()
    assert "try: open http://" in err
    assert "s3cr3t" not in err


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_start_names_an_address_that_one_can_go_to(host: str) -> None:
    with serving("--host", host, "--admin-token", "s3cr3t") as server:
        _, _, err = server.stop()
    port = server.url.rpartition(":")[2]
    assert (
        f"Bearer alice' http://localhost:{port}/api/v2/users/me, or open http://localhost:{port}/ in" in err
    )


def test_another_host_is_told_of_the_option_that_allows_it() -> None:
    with serving() as server:
        replies = [
            requests.get(server.url + path, headers={"Host": "mock.internal"}, timeout=PATIENCE)
            for path in ("/api/v2/users/me", "/healthz")
        ]
    assert [reply.status_code for reply in replies] == [421, 421]
    assert all("--allow-host" in reply.json()["message"] for reply in replies)


def test_each_option_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    told = CliRunner().invoke(main, ["serve", "--help"], terminal_width=200).output
    named = {f"RINGBACK_{words[2:].upper().replace('-', '_')}" for words in re.findall(r"--[a-z-]+", told)}
    assert {name for name in named if name not in told} == {"RINGBACK_HELP"}
    variables = {"RINGBACK_HOST": "localhost", "RINGBACK_ALLOW_HOST": "mock.internal other.internal"}
    variables |= {"RINGBACK_FAULT": "server-error", "RINGBACK_VERBOSE": "1", "RINGBACK_JOURNAL_SIZE": "1"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with serving() as server:
        reply = requests.get(f"{server.url}/healthz", headers={"Host": "other.internal"}, timeout=PATIENCE)
        assert reply.status_code == 200
        _, _, err = server.stop()
    assert "GET /healthz 200" in err


# Options


ME = "0e000000-0000-4000-8000-00000000000e"


def test_the_options_reach_the_mock(tmp_path: Path) -> None:
    org = tmp_path / "mine.toml"
    org.write_text(
        f'id = "mine"\nname = "Mine"\n[[users]]\nid = "{ME}"\nname = "U"\n'
        f'[[tokens]]\nvalue = "alice"\nuser = "{ME}"'
    )
    options = (
        "--org",
        str(org),
        "--contract",
        "published",
        "--allow-host",
        "mock.test",
        "--journal-size",
        "1",
        "-v",
    )
    with serving(*options) as server:
        assert server.get("/api/v2/users/me").json()["id"] == ME
        assert server.place(Host="mock.test:80").status_code == 403
        assert server.place(Host="other.test").status_code == 421
        assert len(server.get("/__ringback/exchanges").json()["exchanges"]) == 1
        assert "ParticipantsCallRequest" not in server.get("/openapi.json").text
        _, _, err = server.stop()
    assert "org Mine" in err
    assert f"POST {CALLS} 421 host.misdirected: " in err
    assert f" {server.url}/__ringback/exchanges/" in err


def test_tls_is_served_with_a_certificate(certificate: tuple[trustme.CA, Path]) -> None:
    authority, file = certificate
    with serving("--tls-cert", str(file)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with context.wrap_socket(server.connect(), server_hostname="127.0.0.1") as client:
            client.sendall(request(body=CALL))
            assert client.recv(65_536).startswith(b"HTTP/1.1 202 ")
        code, _, _ = server.stop()
    assert code == 0


def test_a_certificate_that_is_none_is_an_error_at_start(tmp_path: Path) -> None:
    file = tmp_path / "none.pem"
    file.write_text("none")
    assert f"cannot use the certificate {file}: it holds no certificate" in refused("--tls-cert", str(file))
    trustme.CA().cert_pem.write_to_path(file)
    assert "it holds no private key; give the key's file with --tls-key" in refused("--tls-cert", str(file))
    with pytest.raises(ServeError, match="--tls-key needs --tls-cert"):
        configuration(Site(Store()), Settings(tls_key=file))


def test_certificates_of_its_own_are_named_and_leave_nothing_behind() -> None:
    pytest.importorskip("trustme")
    with serving("--fault", "expired-certificate:nth=2") as server:
        assert server.url.startswith("https://")
        code, _, err = server.stop()
    named = re.search(r"the authority to trust: (\S+)", err)
    assert named is not None
    assert (code, Path(named[1]).parent.exists()) == (0, False)


def test_without_what_makes_certificates_the_extra_is_named() -> None:
    code = "import sys; sys.modules['trustme'] = None; from ringback_harness.cli import main; main()"
    options = ("serve", "--fault", "expired-certificate")
    ended = subprocess.run(
        [sys.executable, "-c", code, *options], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 2
    assert "pip install 'ringback[harness]'" in ended.stderr


def test_certificates_of_its_own_and_given_ones_exclude_each_other(
    certificate: tuple[trustme.CA, Path], tmp_path: Path
) -> None:
    given = ("--tls-cert", str(certificate[1]))
    assert "for the fault expired-certificate" in refused(*given, "--fault", "expired-certificate")
    assert "for --tls-authority" in refused(*given, "--tls-authority", str(tmp_path / "authority.pem"))


def test_an_authority_that_cannot_be_written_is_an_error_at_start(tmp_path: Path) -> None:
    file = tmp_path / "no-such-folder" / "authority.pem"
    assert f"cannot write {file}: No such file" in refused("--tls-authority", str(file))


# Clients that do not behave


def test_clients_that_trickle_hold_nobody_up() -> None:
    half = request(body=CALL)[:-3]
    with serving() as server:
        clients = [server.connect() for _ in range(50)]
        for client in clients:
            client.sendall(half)
        assert server.place().status_code == 202
        for client in clients:
            client.sendall(CALL[-3:])
            assert client.recv(65_536).startswith(b"HTTP/1.1 202 ")
            client.close()


UNREAD = request("GET", "/openapi.json") * 200


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        request(body=CALL),
        request(body=CALL)[:-3],
        request("POST", "/oauth/token", body=CALL)[:-3],
        UNREAD,
    ],
    ids=["nothing", "a call", "half a call", "half a form", "more than it reads the answers of"],
)
def test_a_server_stops_whatever_its_clients_do(sent: bytes) -> None:
    with serving() as server, server.connect() as client:
        client.sendall(sent)
        assert server.get("/healthz").json() == {"status": "ok"}
        code, _, err = server.stop()
    assert code == 0
    assert "Traceback" not in err


@pytest.mark.parametrize("kind", ["slow-reply", "trickled-reply"])
def test_a_server_stops_in_the_middle_of_a_reply_that_a_fault_holds_back(kind: str) -> None:
    with serving() as server, server.connect() as client:
        fault = {"kind": kind, "seconds": 60}
        requests.post(f"{server.url}/__ringback/faults", json=fault, timeout=PATIENCE).raise_for_status()
        client.sendall(request(body=CALL))
        assert server.get("/healthz").json() == {"status": "ok"}
        code, _, err = server.stop()
    assert code == 0
    assert "Traceback" not in err


def test_a_server_stops_in_the_middle_of_a_tls_handshake(certificate: tuple[trustme.CA, Path]) -> None:
    with serving("--tls-cert", str(certificate[1])) as server, server.connect() as client:
        client.sendall(b"\x16\x03\x01")
        code, _, _ = server.stop()
    assert code == 0


def test_ctrl_c_ends_it_too() -> None:
    with serving() as server:
        server.popen.send_signal(signal.SIGINT)
        _, err = server.popen.communicate(timeout=PATIENCE)
    assert server.popen.returncode == 0
    assert "Traceback" not in err
