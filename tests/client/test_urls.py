"""No path leads a request, and the token on it, to another host than the target's."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_client import AccessToken, CallsClient, ConfigurationError, Target
from ringback_client.urls import astray, url_of
from ringback_contracts.core.model import Request
from tests.client.scripted import PLACED, ScriptedAdapter

BASES = (
    "https://api.mypurecloud.ie",
    "http://127.0.0.1:8010",
    "https://[::1]:8443",
    "https://gw.test/genesys",
)
EVIL = (
    ".evil.mypurecloud.ie/api/v2/users/me",
    "@evil.test/api/v2/users/me",
    ":443@evil.test/",
    ":9/api",
    "//evil.test/api",
    "///evil.test/api",
    "https://evil.test/api",
    "\\\\evil.test/api",
    "\t//evil.test/api",
    "api/v2/users/me",
    "?@evil.test",
    "#@evil.test",
    "",
    "/api/../../../evil",
    "/./api",
    "/\ud800",
)
PARTS = st.sampled_from([*"/\\@:?#.%&;[]", "//", "..", "\t", "\r\n", "\ud800", "evil.test", "%2f", "\uff0f"])
PATHS = st.lists(PARTS | st.text(max_size=3), max_size=8).map("".join)


def origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


@given(st.sampled_from(BASES), PATHS | PATHS.map(lambda path: f"/{path}"))
@example(BASES[0], "/@evil.test")
@example(BASES[0], "/\\@evil.test")
def test_no_path_changes_scheme_host_or_port(base: str, path: str) -> None:
    try:
        url = url_of(base, path)
    except ConfigurationError:
        assert astray(path)
        return
    sent = requests.Request("GET", url).prepare().url or ""
    assert origin(url) == origin(sent) == origin(base)
    assert unquote(urlsplit(sent).path) == urlsplit(base).path + path


@given(st.sampled_from(BASES), st.text(max_size=10))
def test_no_query_changes_scheme_host_or_port(base: str, query: str) -> None:
    assert origin(url_of(base, "/api", query)) == origin(base)


@pytest.mark.parametrize("path", EVIL)
def test_a_path_that_leads_elsewhere_makes_no_url(path: str) -> None:
    with pytest.raises(ConfigurationError, match="the path "):
        url_of(BASES[0], path)


@pytest.mark.parametrize("path", EVIL)
def test_the_client_sends_no_token_there(path: str) -> None:
    network = ScriptedAdapter([PLACED])
    client = CallsClient(
        Target.parse(BASES[1]), AccessToken("alice"), adapter=network, preflight=False, allow_calls=True
    )
    with pytest.raises(ConfigurationError):
        client.send(Request("POST", path, {}, b"{}"))
    assert network.requests == []
