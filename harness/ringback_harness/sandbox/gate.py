"""Whether a request may go to a real org: asked of every single one, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ringback_client.bodies import parties
from ringback_client.urls import astray
from ringback_contracts.core.model import Request
from ringback_contracts.http.routing import route
from ringback_contracts.operations import DISCONNECT, PATCH_CALL, PLACING
from ringback_harness.sandbox.errors import NotAllowed
from ringback_harness.sandbox.permit import Permit
from ringback_harness.sandbox.ringing import OURS, could_ring, names_emergency

LISTS = "--allow-number and --allow-user"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
REWRITING = frozenset(
    {
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "x-original-url",
        "x-rewrite-url",
        "transfer-encoding",
    }
)
"""Headers that frameworks heed in place of the method and the target, and the one that may end a body early.

The last is never needed, for every body is sent with its length (RFC 9112, 6.1, on request smuggling).
"""
METHOD = "_method"
"""The same as a parameter, by the custom of web frameworks."""


def _destinations(request: Request) -> tuple[str, ...]:
    """Whom a sound body names, whether they can ring or not."""
    named = parties(request)
    return (*named.dialled, *named.ids)


def _rewriting(request: Request) -> str | None:
    """The header or parameter by which some servers and proxies read another method, path or body."""
    named = [name for name in request.headers if name.lower().replace("_", "-") in REWRITING]
    named += [name for name, _ in parse_qsl(request.query, keep_blank_values=True) if name.lower() == METHOD]
    return next(iter(named), None)


@dataclass
class Gate:
    """Keeps a run within its permit. ``own`` are ids of users who may stand in for the caller."""

    permit: Permit
    own: frozenset[str] = frozenset()
    hang_up_objection: str | None = None
    placed: int = 0
    calls: set[str] = field(default_factory=set)
    """Calls of this run, which it may end."""

    @property
    def left(self) -> int:
        """Calls that the budget still allows."""
        return self.permit.budget - self.placed

    def admit(self, request: Request, *, granted: bool) -> bool:
        """Whether the request dials, and so counts; ``granted`` says that it is expected to be accepted.

        Raises ``NotAllowed``.
        """
        if why := astray(request.path):
            raise NotAllowed(f"its path {why}")
        if name := _rewriting(request):
            raise NotAllowed(f"a server may take it for another request, for its {name}")
        if request.method.upper() in READING:
            return False
        found = route(request.method, request.path)
        if found.operation is None:
            raise NotAllowed("it may change something there that nobody knows of")
        if found.operation.id in (DISCONNECT, PATCH_CALL):
            self._admit_ending(found.params["conversationId"])
            return False
        if found.operation.id not in PLACING:
            raise NotAllowed(f"{request.method} {found.operation.template} would change something there")
        return self._admit_placing(request, granted=granted)

    def _admit_ending(self, call_id: str) -> None:
        if call_id not in self.calls | OURS:
            raise NotAllowed("it would end a call that is not this run's")

    def _admit_placing(self, request: Request, *, granted: bool) -> bool:
        if names_emergency(request):
            raise NotAllowed("something in it reads like an emergency number, which is never dialled there")
        named = {*could_ring(request), *(_destinations(request) if granted else ())}
        ringing = [text for text in named if text.removeprefix("user:") not in self.own]
        if not all(map(self.permit.covers, ringing)):
            raise NotAllowed(f"it might ring somebody who is not on the list; see {LISTS}")
        if not ringing and not granted:
            return False
        if not (self.permit.numbers or self.permit.users):
            raise NotAllowed(f"it would place a call, and nobody may be rung; see {LISTS}")
        if self.hang_up_objection:
            raise NotAllowed(f"it would place a call, and {self.hang_up_objection}")
        if self.left <= 0:
            raise NotAllowed(f"the budget of {self.permit.budget} calls is used up; see --budget")
        return True
