"""What the tests of the harness share: a stand-in for a real org, started once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standin import StandIn, standin


@pytest.fixture(scope="module")
def standin_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with standin(tmp_path_factory.mktemp("standin")) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(standin_server: StandIn) -> StandIn:
    """The stand-in as it was at the start."""
    standin_server.store.reset()
    standin_server.asked.clear()
    return standin_server
