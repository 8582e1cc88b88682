"""The client and ``ringback serve``, two processes with a socket between, in clear and over TLS."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from ringback_client import (
    CallsClient,
    ChannelUnavailable,
    ClientCredentials,
    FileTokenCache,
    InvalidNumber,
    TargetUnreachable,
)
from tests.serving import mock_server

ALICE = "user:a11ce000-0000-4000-8000-000000000001"
NUMBER = "tel:+442079460100"


def test_a_call_is_placed_read_and_ended(server: str) -> None:
    with CallsClient(server, "alice") as calls:
        placed = calls.place_call(NUMBER, ALICE)
        assert placed.id in [call.id for call in calls.list_calls()]
        calls.disconnect(placed.id)
        assert calls.get_call(placed.id).over


def test_a_refusal_of_the_server_is_the_error_with_its_fix(server: str) -> None:
    with CallsClient(server, "alice", preflight=False) as calls, pytest.raises(InvalidNumber) as caught:
        calls.place_call("tel:+15551234567", ALICE, contract="participants")
    assert caught.value.rule == "number.unassigned"
    assert caught.value.fix
    assert caught.value.correlation_id


def test_a_service_logs_in_and_keeps_its_token_in_a_file(server: str, tmp_path: Path) -> None:
    who = ClientCredentials("demo-service", "demo-secret")
    for _ in range(2):
        with CallsClient(server, who, cache=FileTokenCache(tmp_path)) as calls:
            assert calls.place_call(NUMBER, ALICE).id
    assert len(list(tmp_path.glob("token-*.json"))) == 1


def test_the_mock_over_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    pem, bundle = tmp_path / "server.pem", tmp_path / "ca.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    authority.cert_pem.write_to_path(str(bundle))
    with mock_server("--tls-cert", str(pem)) as url:
        assert url.startswith("https://")
        with CallsClient(url, "alice", verify=str(bundle)) as calls:
            assert calls.place_call(NUMBER).id
        with CallsClient(url, "alice") as strangers, pytest.raises(TargetUnreachable, match="not trusted"):
            strangers.place_call(NUMBER)


def test_a_socket_that_is_refused_at_first_is_asked_for_again() -> None:
    with mock_server("--fault", "socket-refused:times=1") as url, CallsClient(url, "alice") as calls:
        placed = calls.place_call(NUMBER, ALICE)
        with calls.events("v2.users.{me}.conversations.calls") as events:
            calls.disconnect(placed.id)
            told = events.next_event(timeout=20)
        assert told is not None
        assert told.call is not None
        assert told.call.id == placed.id


def test_a_socket_that_is_always_refused_is_none() -> None:
    with mock_server("--fault", "socket-refused") as url, CallsClient(url, "alice") as calls:
        with pytest.raises(ChannelUnavailable, match="503"):
            calls.events("v2.users.{me}.conversations.calls").open()
        assert calls.wait_for(calls.place_call(NUMBER, ALICE).id, "connected", timeout=20).id
