"""Cross-origin requests of web pages to the API (Fetch standard, section 3.2, "CORS protocol").

Any origin may ask, unless the mock was told which: a bearer token is no cookie, so a page sends only what it
was given. The admin paths are never shared.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ringback_contracts.core.model import Request
from ringback_mock.http import Headers, HttpProblem, Response

ANY = "*"
SHARED = re.compile(r"/+(?:api(?:/.*)?|oauth/token|livez|healthz|openapi\.json)", re.DOTALL)
"""The paths that pages of other origins may use; the login page is gone to, and asked by nobody."""
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
KEPT_SECONDS = 600
"""Time for which a browser need not ask again; shorter than a person waits after a change of options."""
PREFLIGHT_VARY = (
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    "Access-Control-Request-Private-Network"
)
MOST_TOLD = 100
"""Refused origins that the log names, each once."""

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:\[[0-9a-f:.]+\]|[a-z0-9._~%-]*)(?::[0-9]{1,5})?|null")

logger = logging.getLogger("ringback")


class Cors:
    """Lets pages of the origins use the API; with none given, or ``*``, those of any.

    Raises ``ValueError`` for what is no origin.
    """

    def __init__(self, origins: Iterable[str] = ()) -> None:
        given = frozenset(origin if origin == ANY else _origin(origin) for origin in origins)
        self.origins = frozenset() if ANY in given else given
        self._told: set[str] = set()

    def preflight(self, request: Request) -> Response | None:
        """The answer to a browser that asks whether a page may send something; to other requests none."""
        asked = request.headers.get("access-control-request-method")
        if asked is None or not request.host_allowed or not _concerns(request):
            return None
        origin = request.headers["origin"]
        if not self._allows(origin):
            self._tell(origin)
            return HttpProblem(403, self._refusal(origin), "origin_not_allowed").response()
        return Response(204, (("Access-Control-Allow-Origin", origin), *_permission(request.headers)))

    def shared(self, request: Request, response: Response) -> Response:
        """The response, such that the page that asked can read it, if it may."""
        if "origin" not in request.headers or not _concerns(request):
            return response
        origin, headers = request.headers["origin"], (*response.headers, ("Vary", "Origin"))
        if self._allows(origin):
            exposed = ", ".join(name for name, _ in response.headers if name != "Content-Type")
            headers += (("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", exposed))
        else:
            self._tell(origin)
        return replace(response, headers=headers)

    def _allows(self, origin: str) -> bool:
        plain = origin.lower()
        return plain in self.origins if self.origins else _ORIGIN.fullmatch(plain) is not None

    def _refusal(self, origin: str) -> str:
        allowed = ", ".join(sorted(self.origins)) or "whatever is an origin"
        return f"pages of the origin {origin} may not use this mock; --cors-origin allows {allowed}"

    def _tell(self, origin: str) -> None:
        """Name the origin in the log, once: a page tries again and again."""
        if origin not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(origin)
            logger.warning("%s", self._refusal(origin).encode("ascii", "backslashreplace").decode())


def _concerns(request: Request) -> bool:
    return "origin" in request.headers and SHARED.fullmatch(request.path) is not None


def _permission(headers: Mapping[str, str]) -> Headers:
    """What the page may send: whatever it wishes, since the API itself says what is wrong with it."""
    wished = headers.get("access-control-request-headers")
    private = headers.get("access-control-request-private-network") == "true"
    return (
        ("Access-Control-Allow-Methods", METHODS),
        *((("Access-Control-Allow-Headers", wished),) if wished else ()),
        *((("Access-Control-Allow-Private-Network", "true"),) if private else ()),
        ("Access-Control-Max-Age", str(KEPT_SECONDS)),
        ("Vary", PREFLIGHT_VARY),
    )


def _origin(text: str) -> str:
    """An origin as a browser writes it. Raises ``ValueError``."""
    plain = text.lower()
    if not _ORIGIN.fullmatch(plain):
        raise ValueError(
            f"{text!r} is no origin; write scheme, host and port as a browser does, such as "
            "http://localhost:5173, without a path"
        )
    return plain
