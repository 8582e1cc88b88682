"""What asks a mock about itself trusts no answer: not where it leads, nor how long it is."""

from __future__ import annotations

import gzip

import pytest

from ringback_client.wire import LONGEST_REPLY
from ringback_contracts.administration import TOKEN_VARIABLE
from ringback_harness.exits import SetupError
from ringback_harness.watch import ExchangeWatch
from tests.client.rude_server import JSON, POLITE, RudeServer, says


def test_the_admin_token_goes_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "s3cret-of-the-mock")
    elsewhere = RudeServer(says(POLITE))
    with elsewhere:
        answer = b"HTTP/1.1 302 Found\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % elsewhere.url.encode()
        server = RudeServer(says(answer))
        with server, pytest.raises(SetupError, match="302"):
            ExchangeWatch(server.url).ask("GET", "exchanges")
    assert b"s3cret-of-the-mock" in server.requests[0]
    assert elsewhere.connections == 0


def test_an_answer_that_is_too_long_is_none() -> None:
    bomb = gzip.compress(bytes(2 * LONGEST_REPLY), 1)
    server = RudeServer(says(JSON + b"Content-Encoding: gzip\r\n\r\n" + bomb))
    with server, pytest.raises(SetupError, match="no mock answers"):
        ExchangeWatch(server.url).ask("GET", "exchanges")
