"""What is not in the table of the log could not be written: every kind of write is."""

from __future__ import annotations

import pytest

from ringback_mock.engine.store import Store
from ringback_mock.engine.writes import Write
from ringback_mock.replicas.kinds import KINDS, WritePlace, read_write
from ringback_mock.replicas.values import UnreadableError


def test_the_log_takes_every_kind_of_write() -> None:
    ours = {kind for kind in Write.__subclasses__() if kind.__module__.startswith("ringback_mock.")}
    assert ours == KINDS.keys()


def test_a_write_of_another_version_is_refused_by_its_name() -> None:
    store = Store()
    with pytest.raises(UnreadableError, match="FlyToTheMoon"):
        read_write(["FlyToTheMoon", []], WritePlace(store, store.default))
