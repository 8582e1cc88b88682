"""Which path leads to which view: the paths that are served beside the API and the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Concatenate, NamedTuple

from ringback_mock.http import HttpProblem, Response

if TYPE_CHECKING:
    from ringback_contracts.core.model import Request
    from ringback_mock.engine.pipeline import Answered
    from ringback_mock.engine.tenant import Tenant
    from ringback_mock.engine.writes import Write
    from ringback_mock.site import Site

View = Callable[Concatenate["Site", "Request", ...], "Response | Decided | Answered"]
"""Answers a request; what a path's braces hold comes by name. All but an exchange gets the headers of all."""


class Decided(NamedTuple):
    """An answer, and what is to be written to which org."""

    response: Response
    tenant: Tenant
    writes: tuple[Write, ...]


class ViewRoute(NamedTuple):
    """A view, and the method and the path that lead to it; ``{name}`` stands for one segment."""

    method: str
    path: str
    view: View


class Views:
    """Finds the view of a request. ``HEAD`` is answered as ``GET`` is."""

    def __init__(self, routes: Iterable[ViewRoute]) -> None:
        self._plain: dict[str, dict[str, View]] = {}
        for route in routes:
            views = self._plain.setdefault(route.path, {})
            views[route.method] = route.view
            if route.method == "GET":
                views["HEAD"] = route.view
        self._patterns = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), self._plain.pop(path))
            for path in tuple(self._plain)
            if "{" in path
        ]

    def find(self, method: str, path: str) -> tuple[View, Mapping[str, str]] | None:
        """The view, and what the path's braces hold; ``None`` for a path of nobody's here.

        Raises ``HttpProblem`` for a method that the path does not have.
        """
        views = self._plain.get(path)
        if views is not None:
            return _of(method, views), {}
        for pattern, views in self._patterns:
            if found := pattern.fullmatch(path):
                return _of(method, views), found.groupdict()
        return None


def _of(method: str, views: Mapping[str, View]) -> View:
    if method not in views:
        raise not_allowed(method, views)
    return views[method]


def not_allowed(method: str, allowed: Iterable[str]) -> HttpProblem:
    """Why the method is refused, where the path has others."""
    allow = ", ".join(sorted(allowed))
    return HttpProblem(405, f"{method} is not served here; allowed: {allow}", headers=(("Allow", allow),))
