"""A Redis for all tests of this folder, and replicas that share a prefix of their own in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.mockserver.process import PATIENCE, Process, serving
from tests.serving import redis_server

_prefixes = itertools.count(1)
Start = Callable[..., Process]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no broken Redis: whoever means to see one says ``--store-timeout``."""
    monkeypatch.setenv("RINGBACK_STORE_TIMEOUT", str(PATIENCE))


@pytest.fixture
def prefix() -> str:
    """One that no other test has."""
    return f"test-{next(_prefixes)}"


@pytest.fixture
def start(redis_url: str, prefix: str) -> Iterator[Start]:
    """Starts one replica more, with further options."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(
            serving("--quiet", "--store", redis_url, "--store-prefix", prefix, *options)
        )
