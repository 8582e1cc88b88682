"""Every failure has one place in one tree, and no error tells a secret."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import ringback_client
from ringback_client import errors
from ringback_client.credentials import AccessToken
from ringback_client.errors import (
    CallAttempt,
    CallOutcomeUnknown,
    ConfigurationError,
    Particulars,
    ReplyLost,
    RingbackError,
    TargetUnreachable,
)
from ringback_client.transport import Outgoing, translate
from tests.client.scripted import MOCK, refused, reset

REQUESTS_ERRORS = sorted(
    (
        kind
        for _, kind in inspect.getmembers(requests.exceptions, inspect.isclass)
        if issubclass(kind, requests.RequestException)
    ),
    key=lambda kind: kind.__name__,
)
UNSENDABLE = {"InvalidProxyURL", "InvalidSchema", "InvalidURL", "MissingSchema", "URLRequired"}
"""Those that requests raises before it looks for a connection."""
OUTGOING = Outgoing("POST", f"{MOCK}/api/v2/conversations/calls")


def raised(kind: type[requests.RequestException]) -> requests.RequestException:
    return kind("why", "{", 0) if kind is requests.JSONDecodeError else kind("why")


@pytest.mark.parametrize("kind", REQUESTS_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_requests_becomes_one_of_ours(kind: type[requests.RequestException]) -> None:
    ours = translate(raised(kind), OUTGOING)
    if kind.__name__ in UNSENDABLE:
        assert type(ours) is ConfigurationError
    elif kind is requests.ConnectTimeout:
        assert type(ours) is TargetUnreachable
    else:
        assert type(ours) is ReplyLost, "what is not known to be unsent counts as sent"
    assert MOCK in str(ours)


def test_the_list_of_errors_of_requests_is_not_empty() -> None:
    assert len(REQUESTS_ERRORS) >= 20


def test_what_broke_before_departure_is_told_from_what_broke_after() -> None:
    assert isinstance(translate(refused(), OUTGOING), TargetUnreachable)
    assert isinstance(translate(reset(), OUTGOING), ReplyLost)


def test_the_tree_of_the_docstring_is_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if "--" in line or line == "RingbackError"]
    parents: list[str] = []
    for line in drawn:
        name = line.replace("|", " ").replace("`", " ").split("--")[-1].split()[0]
        depth = line.index(name) // 4
        kind = getattr(errors, name)
        parents[depth:] = [name]
        assert kind.__bases__[0].__name__ == (parents[depth - 1] if depth else "Exception")
    defined = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, RingbackError) and kind.__module__ == errors.__name__
    }
    assert {line.replace("|", " ").replace("`", " ").split("--")[-1].split()[0] for line in drawn} == defined


def test_the_public_names_are_a_list_that_holds_every_error() -> None:
    exported = ringback_client.__all__
    assert len(exported) == len(set(exported))
    assert all(hasattr(ringback_client, name) for name in exported)
    public = {
        name
        for name, value in vars(ringback_client).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(exported)
    kinds = {
        name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)
    }
    assert kinds <= set(exported)


def test_an_error_survives_the_way_to_another_process() -> None:
    attempt = CallAttempt("/api", ("+442079460100",), None, 1.0, 2.0, "id")
    about = Particulars(status=504, code="request.timeout", correlation_id="id")
    error = CallOutcomeUnknown("lost", about, attempt=attempt)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), str(twin), twin.about, twin.attempt) == (type(error), "lost", about, attempt)
    unreachable = pickle.loads(pickle.dumps(TargetUnreachable("certificate", about, passing=False)))
    assert (unreachable.passing, unreachable.about) == (False, about)


@pytest.mark.parametrize(
    "text",
    ["the form was client_secret=hunter2secret", "Authorization: Bearer hunter2secret", "+1 202 456 1414"],
)
def test_a_text_of_an_error_holds_no_secret_and_nobody_s_number(text: str) -> None:
    told = str(RingbackError(text))
    assert "hunter2" not in told
    assert "456 1414" not in told


def _raised_words() -> list[str]:
    """What the client's modules say in the errors that they raise, without the values in it."""
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(errors.__file__).parent.glob("*.py")]
    raises = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    words = [node for found in raises for node in ast.walk(found) if isinstance(node, ast.Constant)]
    return [node.value for node in words if isinstance(node.value, str)]


def test_the_client_s_own_words_are_shown_whole() -> None:
    words = _raised_words()
    assert len(words) > 40
    assert [text for text in words if str(RingbackError(text)) != text] == []


def test_a_missing_token_is_told_in_words_that_are_shown_whole() -> None:
    with pytest.raises(ConfigurationError) as caught:
        AccessToken("")
    assert "***" not in str(caught.value)
    assert "the access token is empty" in str(caught.value)


@given(st.text())
def test_any_text_makes_an_error(text: str) -> None:
    assert isinstance(str(RingbackError(text)), str)
