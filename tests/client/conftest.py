"""A mock in this process, and one on a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringback_client import CallsClient, Credentials
from ringback_contracts.org import Org, changed, default_org
from ringback_mock.app import create_app
from ringback_mock.engine.store import Store
from tests.client.scripted import MOCK, Clock
from tests.serving import mock_server
from tests.wsgi_adapter import WSGIAdapter

MakeClient = Callable[..., CallsClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_client(clock: Clock) -> MakeClient:
    """Makes clients of one mock in this process; further arguments are settings of the client."""
    stores: list[Store] = []

    def make(who: Credentials | str = "alice", *, org: Org | None = None, **settings: Any) -> CallsClient:
        if not stores or org is not None:
            stores[:] = [Store(org or default_org(), clock=clock.now)]
        adapter = WSGIAdapter(create_app(store=stores[0]))
        settings = {"retry": clock.policy(), "adapter": adapter, **settings}
        return CallsClient(settings.pop("target", MOCK), who, **settings)

    return make


@pytest.fixture
def limited_org() -> Org:
    """An org that takes one request a minute."""
    return changed(default_org(), {"limits": {"rate_per_minute": 1}})


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a mock on a socket; tests place calls there and look at their own only."""
    with mock_server() as url:
        yield url
