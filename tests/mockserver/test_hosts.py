"""The Host check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_mock.engine.hosts import HostCheck, is_loopback

LOOPBACK = [
    "127.0.0.1",
    "127.0.0.1:8010",
    "127.8.9.10:",
    "localhost",
    "LocalHost:80",
    "localhost.",
    "mock.localhost:1",
    "[::1]",
    "[::1]:8010",
    "[0:0:0:0:0:0:0:1]",
]
FOREIGN = [
    "",
    "example.com",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "notlocalhost",
    "evil.example/.localhost",
    "127.0.0.1@example.com",
    "127.0.0.1:80:80",
    "[::1",
    "::1]",
    "192.168.0.1",
    "[2001:db8::1]",
    "0.0.0.0",
    "local host",
    "127.0.0.1 ",
    "127.1",
    "localhost\u00e9",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_is_always_answered(host: str) -> None:
    assert HostCheck().allows(host)
    assert HostCheck("192.0.2.1").allows(host)


@pytest.mark.parametrize("host", FOREIGN)
def test_nothing_else_is(host: str) -> None:
    assert not HostCheck().allows(host)


def test_a_request_without_a_host_is_no_browser_s() -> None:
    assert HostCheck().allows(None)


@pytest.mark.parametrize(
    "name", ["mock", "Mock.Example", "mock.example.", "192.0.2.1", "2001:db8::1", "[2001:db8::1]"]
)
def test_names_and_addresses_can_be_allowed(name: str) -> None:
    plain = name.strip("[]")
    written = f"[{plain}]" if ":" in plain else plain
    for check in (HostCheck(allowed=[name]), HostCheck(bound=name)):
        assert check.allows(written)
        assert check.allows(written.upper() + ":8010")
        assert not check.allows("x" + written)


@pytest.mark.parametrize("name", ["http://mock.example", "mock.example:8010", "*", "", "mock.example/"])
def test_what_no_host_is_called_cannot_be_allowed(name: str) -> None:
    with pytest.raises(ValueError, match="is no host name; write the name alone"):
        HostCheck(allowed=[name])


@pytest.mark.parametrize("bound", ["0.0.0.0", "::", ""])
def test_who_listens_on_every_address_answers_to_addresses_but_not_to_names(bound: str) -> None:
    check = HostCheck(bound)
    assert check.allows("192.168.0.7:8010")
    assert check.allows("[2001:db8::1]")
    assert not check.allows("example.com")


@given(host=st.text(max_size=30))
def test_any_text_is_judged(host: str) -> None:
    assert HostCheck().allows(host) in {True, False}


@pytest.mark.parametrize(
    ("name", "expected"), [("127.0.0.2", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback_is_told_from_the_network(name: str, expected: bool) -> None:
    assert is_loopback(name) is expected
