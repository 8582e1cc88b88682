"""The errors that a test expects: whoever writes ``pytest.raises`` has looked at the refusal behind it.

Light, since the pytest plugin loads it at every start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

CORRELATION = "inin-correlation-id"


class ExpectedErrors:
    """Hears of each exception that a test expects, and keeps the ids of the refusals that they are of."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self._usual: dict[type, Callable[..., bool]] = {}

    def listen(self) -> None:
        """Listen where ``pytest.raises`` ends."""
        for kind in (pytest.RaisesExc, pytest.RaisesGroup):
            self._usual[kind] = kind.__exit__
            kind.__exit__ = self._heard(kind.__exit__)  # type: ignore[method-assign]  # nothing else tells of it

    def stop(self) -> None:
        for kind, usual in self._usual.items():
            kind.__exit__ = usual  # type: ignore[attr-defined]  # as it was

    def _heard(self, usual: Callable[..., bool]) -> Callable[..., bool]:
        def exit_(raises: Any, kind: Any, error: BaseException | None, trace: Any) -> bool:
            __tracebackhide__ = True
            expected = usual(raises, kind, error, trace)
            if expected and error is not None:
                self.ids.update(correlation_ids(error))
            return expected

        return exit_


def correlation_ids(error: BaseException | None) -> Iterator[str]:
    """The ids of the refusals that an exception is of: our client's, an SDK's, or one of an HTTP library."""
    while error is not None:
        for holder in (error, getattr(error, "response", None)):
            headers = getattr(holder, "headers", None)
            named = {str(name).lower(): value for name, value in dict(headers or {}).items()}
            for found in (getattr(holder, "correlation_id", None), named.get(CORRELATION)):
                if isinstance(found, str):
                    yield found
        for inner in getattr(error, "exceptions", ()):
            yield from correlation_ids(inner)
        error = error.__cause__ or error.__context__
