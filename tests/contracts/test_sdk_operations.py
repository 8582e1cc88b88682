"""Every operation of the official SDK has a way: served, or told to be the SDK's and not served."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import warnings
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import BY_ID, judge, route
from ringback_contracts.core.model import ANONYMOUS, Rejected, Request
from ringback_contracts.core.operation import Route
from ringback_contracts.http.nearest_path import nearest_path
from ringback_contracts.http.sdk_operations import SdkOperation, sdk_operation, sdk_operations
from ringback_contracts.org import default_org
from tests.sdk import load_sdk, sdk_folder

TOOL = Path(__file__).parents[2] / "tools" / "sdk_operations.py"
ID = "a11ce000-0000-4000-8000-000000000001"
COUNT = 3355


@cache
def table() -> dict[str, tuple[str, str]]:
    """The method and the template of each id, read another way than the product reads the file."""
    text = files("ringback_contracts").joinpath("data/sdk_operations.txt").read_text("ascii")
    return {
        name: (re.match("[a-z]+", name)[0].upper(), f"/api/v2/{line.split()[0]}")  # type: ignore[index]  # ids begin so
        for line in re.findall(r"(?m)^[^#].*$", text)
        for name in re.findall(r" (\w+)", line)
    }


@cache
def patterns() -> list[tuple[re.Pattern[str], str, str, str]]:
    """The path and the method of each operation, the most literal paths first."""
    by_literals = sorted(
        table().items(), key=lambda item: [part[0] == "{" for part in item[1][1].split("/")[1:]]
    )
    return [
        (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))), template, method, name)
        for name, (method, template) in by_literals
    ]


def meant(method: str, path: str) -> str | None:
    """The operation that a request names: of the most literal template that fits the path."""
    fits = [(template, its, name) for pattern, template, its, name in patterns() if pattern.fullmatch(path)]
    found = (name for template, its, name in fits if shape(template) == shape(fits[0][0]) and its == method)
    return next(found, None)


def shape(template: str) -> str:
    """The template without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", template)


def named(found: Route) -> str | None:
    return found.operation.id if found.operation else found.unserved


def rule_of(method: str, path: str) -> tuple[str, str]:
    """The rule that refuses a request without token, and what it says."""
    verdict = judge(Request(method, path), ANONYMOUS, default_org())
    assert isinstance(verdict, Rejected)
    return verdict.finding.rule.id, verdict.finding.detail


segments = st.text(st.characters(exclude_characters="/"), min_size=1, max_size=8) | st.sampled_from(
    ["me", "calls", "users", "{}", "user", "participants", "conversations"]
)


@st.composite
def filled(draw: st.DrawFn) -> tuple[str, str]:
    """An operation's method and path with an id in the place of each parameter."""
    method, template = draw(st.sampled_from(sorted(table().values())))
    parts = [str(draw(st.uuids())) if part.startswith("{") else part for part in template.split("/")]
    return method, "/".join(parts)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[str, str]:
    """A path near a known one: with a segment dropped, repeated, emptied or replaced."""
    method, path = draw(filled())
    parts = path.split("/")
    at = draw(st.integers(1, len(parts) - 1))
    parts[at : at + 1] = draw(
        st.sampled_from([[], [parts[at]] * 2, [""], [parts[at] + "x"]]) | segments.map(lambda one: [one])
    )
    return draw(st.sampled_from([method, "GET", "PUT", "BREW"])), "/".join(parts)


@given(filled())
def test_every_operation_of_the_sdk_is_known_whatever_its_ids_are(request_line: tuple[str, str]) -> None:
    assert named(route(*request_line)) == meant(*request_line)


@given(disturbed() | st.tuples(st.sampled_from(["GET", "POST"]), st.text()))
def test_what_is_named_is_what_the_template_says(request_line: tuple[str, str]) -> None:
    found = route(*request_line)
    if named(found) is not None:
        assert named(found) == meant(*request_line)
    elif found.allow:
        assert all(meant(method, request_line[1]) for method in set(found.allow) - {"HEAD"})
        assert request_line[0] not in found.allow


@given(disturbed() | st.tuples(st.sampled_from(["GET", "POST"]), st.text()))
def test_a_nearest_path_is_one_that_the_sdk_has(request_line: tuple[str, str]) -> None:
    found = nearest_path(*request_line)
    assert found is None or found in {template for _, template in table().values()}


def test_each_operation_by_its_own_method_is_served_or_said_not_to_be() -> None:
    assert len(table()) == COUNT
    for name, (method, template) in table().items():
        path = re.sub(r"\{\w+\}", ID, template)
        found = route(method, path)
        assert named(found) == (name if name != "headTokensMe" else "getTokensMe")
        if name not in BY_ID and found.unserved:
            rule, detail = rule_of(method, path)
            assert (rule, name in detail) == ("path.not-served", True)


def test_the_table_says_of_each_its_method_path_statuses_and_permissions() -> None:
    assert sum(1 for _ in sdk_operations()) == COUNT
    assert sdk_operation("postConversationsCallsUserUserId") == SdkOperation(
        "postConversationsCallsUserUserId",
        "POST",
        "/api/v2/conversations/calls/user/{userId}",
        (200, 202),
        ("conversation:agentlessCall:add", "conversation:call:add"),
    )
    assert sdk_operation("getRoutingQueueMembers").all_of == ()
    assert sdk_operation("headNotificationsChannel").method == "HEAD"
    assert sdk_operation("getPresenceDefinitions").all_of == ("presence:presenceDefinition:view",)
    assert not any(each.all_of and each.any_of for each in sdk_operations())
    with pytest.raises(KeyError):
        sdk_operation("getNothing")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v2/users/query"),
        ("POST", "/api/v2/users"),
        ("PATCH", f"/api/v2/users/{ID}"),
        ("DELETE", f"/api/v2/users/{ID}"),
        ("GET", "/api/v2/users/me/profile"),  # only {userId}/... leads there, although "me" exists too
        ("HEAD", "/api/v2/routing/skills"),
    ],
)
def test_what_the_sdk_has_and_ringback_does_not_is_told_so(method: str, path: str) -> None:
    rule, detail = rule_of(method, path)
    assert rule == "path.not-served"
    assert meant("GET" if method == "HEAD" else method, path) in detail  # type: ignore[operator]  # it is there


@pytest.mark.parametrize(
    ("method", "path", "near"),
    [
        ("GET", "/api/v2/users/query", "GET /api/v2/users/me"),
        ("DELETE", f"/api/v2/users/{ID}", "GET /api/v2/users/{userId}"),
        ("GET", "/api/v2/knowledge/knowledgebases", "nothing near it is served"),
    ],
)
def test_what_is_served_near_it_is_told(method: str, path: str, near: str) -> None:
    assert near in rule_of(method, path)[1]


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("POST", "/api/v2/conversations/call", "/api/v2/conversations/calls"),
        ("GET", "/api/v2/conversations/call", "/api/v2/conversations/calls"),
        ("POST", "/api/v2/conversation/calls", "/api/v2/conversations/calls"),
        ("POST", "/api/v2/conversations/Calls/users/" + ID, "/api/v2/conversations/calls/user/{userId}"),
        ("POST", "/api/v2/calls", "/api/v2/conversations/calls"),
        ("POST", "/api/v1/conversations/calls", "/api/v2/conversations/calls"),
        ("GET", "/api/v2/users/me/statoin", "/api/v2/users/{userId}/station"),
        ("GET", "/api/v2/conversations/calls/histori", "/api/v2/conversations/calls/history"),
        ("GET", "/api/v2/conversations/calls/", "/api/v2/conversations/calls"),
        ("GET", "/api/v2/routing/queue/" + ID + "/members", "/api/v2/routing/queues/{queueId}/members"),
        ("GET", "/api/v2/nothing/at/all/like/it", None),
        ("GET", "/api/v2/" + "a/" * 500, None),
        ("GET", "/api/v2/" + "a" * 5000, None),
        ("GET", "/api/v2", None),
        ("GET", "/api/v2/", None),
    ],
)
def test_an_unknown_path_is_404_with_the_nearest_one(method: str, path: str, meant: str | None) -> None:
    rule, detail = rule_of(method, path)
    assert rule == "path.unknown"
    assert detail.partition("; ")[2] == (f"the nearest that it has is {meant}" if meant else "")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/v2/conversations/calls", ("GET", "HEAD", "POST")),
        ("DELETE", "/api/v2/routing/queues", ("GET", "HEAD")),
        ("POST", "/api/v2/users/me", ("GET", "HEAD")),
        ("PATCH", "/api/v2/users/me", ("GET", "HEAD")),  # of /users/{userId}, which the literal wins over
        ("DELETE", f"/api/v2/conversations/calls/{ID}", ("GET", "HEAD", "PATCH", "POST")),
        ("POST", "/api/v2/conversations/calls/history", ("GET", "HEAD")),
        ("PATCH", "/api/v2/users/search", ("GET", "HEAD", "POST")),
    ],
)
def test_another_method_is_405_with_those_that_are_served_or_else_the_sdk_has(
    method: str, path: str, allow: tuple[str, ...]
) -> None:
    assert route(method, path).allow == allow
    assert rule_of(method, path)[0] == "method.not-allowed"


@pytest.mark.sdk
def test_the_table_is_what_the_installed_sdk_has() -> None:
    sdk_folder()
    run = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[:2000] + run.stderr


class Sent(Exception):
    """The method and the path that the SDK would send."""


class Stopped:
    """Stands in for the transport of the SDK."""

    def __init__(self, client: Any) -> None:
        self.select_header_accept = client.select_header_accept
        self.select_header_content_type = client.select_header_content_type

    def call_api(self, path: str, method: str, params: dict[str, object], *_: object, **__: object) -> None:
        for name, value in params.items():
            path = path.replace("{" + name + "}", str(value))
        raise Sent(method, path)


def sdk_calls(sdk: Any) -> dict[str, Any]:
    """Every method of every class of the SDK, by our id of the operation."""
    client = Stopped(sdk.api_client.ApiClient())
    apis = [kind(client) for name, kind in vars(sdk).items() if name.endswith("Api")]
    return {
        re.sub(r"_(\w)", lambda initial: initial[1].upper(), name): method
        for api in apis
        for name, method in inspect.getmembers(api, inspect.ismethod)
        if not name.startswith("_")
    }


@pytest.mark.sdk
def test_every_operation_as_the_official_sdk_sends_it() -> None:
    calls = sdk_calls(load_sdk())
    assert calls.keys() == table().keys()
    for name, call in calls.items():
        needed = [each for each in inspect.signature(call).parameters.values() if each.default is each.empty]
        with warnings.catch_warnings(record=True), pytest.raises(Sent) as sent:  # some are deprecated
            call(*[7 if each.annotation in (int, "int") else ID for each in needed if each.name != "kwargs"])
        method, path = sent.value.args
        assert named(route(method, path)) == (name if name != "headTokensMe" else "getTokensMe")
