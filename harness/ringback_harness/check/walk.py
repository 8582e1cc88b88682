"""One after another, the requests of a flow and what they are answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import orjson

from ringback_client.calls import Call
from ringback_client.errors import TransportError
from ringback_client.transport import Reply
from ringback_contracts.core.declare import TEST_NUMBER
from ringback_contracts.core.model import PUBLISHED, Request
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.operations import GET_CALL, LIST_CALLS, PLACE_CALL
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.check.expectation import Expected, faults, unreadable
from ringback_harness.check.results import RoundTrip
from ringback_harness.check.rules import refuse_dependent
from ringback_harness.targets import OutOfReach, World

BODY = {"phoneNumber": TEST_NUMBER}
LOOKS, PAUSE = 20, 0.5
"""How often, and after how many seconds each, to look whether the far end is dialled."""


class Stopped(Exception):
    """What a flow goes on from is not there; the arguments say in what the last answer is wrong."""


class Walk:
    """A conversation with one world, which remembers its last exchange.

    Where what is asked for is right and refused, the flow ends with that: all that would follow is of it.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.last: RoundTrip | None = None
        self.open = ExitStack()
        """What is to be closed when the flow is over."""

    def ask(self, method: str, path: str, body: Any = None, token: str = "alice") -> Reply:
        """The reply to a request of a token's."""
        headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
        if body is not None:
            headers["content-type"] = "application/json"
        request = Request(method, path, headers, b"" if body is None else orjson.dumps(body))
        refuse_dependent(self.world, request)
        self.last = RoundTrip(request)
        reply = self.world.send(request)
        self.last = RoundTrip(request, reply)
        return reply

    def get(self, path: str, operation: str, token: str = "alice") -> Reply:
        """The reply to a request that reads and is right."""
        return self._granted(Expected(200, operation=operation), self.ask("GET", path, token=token))

    def place(self, body: Any = None, token: str = "alice", path: str = CALLS_PATH) -> str:
        """The id of a new call."""
        reply = self.ask("POST", path, body or BODY, token)
        granted = Expected(default_org().success_status, operation=PLACE_CALL, contract=PUBLISHED)
        call_id = self._granted(granted, reply).document.get("id")
        if not isinstance(call_id, str) or not call_id:
            raise Stopped(*self.missing(granted, reply))
        self.open.callback(self._leave_nothing, call_id, token)
        return call_id

    def _leave_nothing(self, call_id: str, token: str) -> None:
        """End the call of a flow that is over, lest it goes on among those of the next."""
        if not self.world.traits.real:
            headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
            with suppress(OutOfReach, TransportError):
                self.world.send(Request("POST", f"/api/v2/conversations/{call_id}/disconnect", headers))

    def _granted(self, expected: Expected, reply: Reply) -> Reply:
        if reply.status != expected.status:
            raise Stopped(*self.missing(expected, reply))
        if found := list(unreadable(expected, reply)):
            raise Stopped(*found)
        return reply

    def read(self, call_id: str, token: str = "alice") -> Call:
        """The call as it stands. Raises ``TransportError`` for an answer that is no conversation."""
        return Call.read(self.get(f"{CALLS_PATH}/{call_id}", GET_CALL, token).document)

    def dialled(self, call_id: str) -> Call:
        """The call once it has a far leg, or as it stands when that is overdue."""
        call, looks = self.read(call_id), 1
        while len(call.participants) < 2 and not call.over and looks < LOOKS:
            self.world.wait(PAUSE)
            call, looks = self.read(call_id), looks + 1
        return call

    def listed(self, token: str = "alice") -> list[str]:
        """The ids of the calls that a user is on."""
        entities = self.get(CALLS_PATH, LIST_CALLS, token).document.get("entities", ())
        return [str(entity.get("id")) for entity in entities if isinstance(entity, Mapping)]

    def end(self, call_id: str) -> Reply:
        return self.ask("POST", f"/api/v2/conversations/{call_id}/disconnect")

    @property
    def answer(self) -> Mapping[str, Any]:
        """The JSON object of the last answer."""
        return self.last.reply.document if self.last and self.last.reply else {}

    def missing(self, expected: Expected, reply: Reply) -> Iterator[str]:
        """In what the reply differs from what is expected."""
        yield from faults(expected, reply, self.world.traits)
