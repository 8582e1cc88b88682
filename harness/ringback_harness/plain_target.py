"""What answers on this machine and is no Ringback: somebody's own mock, of whose org little is known."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_client.transport import Reply
from ringback_contracts.core.model import Request
from ringback_harness.sandbox.counterparts import Counterparts, as_named, granted
from ringback_harness.sandbox.ringing import id_in
from ringback_harness.targets import CheckTarget, OutOfReach, Switches, World
from ringback_harness.wire import Notes

ME = "/api/v2/users/me"
FORBIDDEN = "RINGBACK_FORBIDDEN_TOKEN"
"""The variable for the token of a user who may not place calls: it stands for carol's."""
WANTED = {"carol": f"{FORBIDDEN} takes the token of a user who may not place calls"}


class PlainTarget:
    """It is asked in its own words: the token's user stands for alice, and whoever was listed for others.

    ``forbidden`` is the token of somebody there who may not place calls.
    """

    def __init__(
        self,
        at: CheckTarget,
        numbers: Sequence[str] = (),
        users: Sequence[str] = (),
        forbidden: str | None = None,
    ) -> None:
        self.name, self.traits = at.name, at.traits
        self.notes: Notes | None = at.notes
        self._at = at.world()
        self.url = self._at.url
        number, user = next(iter(numbers), None), next(iter(users), None)
        self.counterparts = Counterparts(self._me(), number, user)
        self._tokens = {**self._at.tokens, **({"carol": forbidden} if forbidden else {})}
        if self.notes:
            self.notes.learn(self._tokens, self.counterparts.names, numbers)

    def world(self, switches: Switches | None = None) -> World:
        if switches:
            raise OutOfReach(f"the org there cannot be changed: {', '.join(switches)}")
        return World(
            self.traits,
            self.url,
            None,
            self._tokens,
            self._deliver,
            self.world,
            self._at.wait,
            sure=self.counterparts.sure,
            wanted=WANTED,
            listen=self._at.listen,
        )

    def in_its_words(self, request: Request) -> Request:
        """The request with who is meant there."""
        return self.counterparts.in_their_words(request, granted=granted(request))

    def _deliver(self, request: Request) -> Reply:
        expected = granted(as_named(request, self._tokens))
        there = self.counterparts.in_their_words(request, granted=expected)
        return self.counterparts.in_our_words(self._at.deliver(there))

    def _me(self) -> str | None:
        """The id of the token's user, if it is told."""
        headers = {"authorization": "Bearer alice", "host": "127.0.0.1"}
        reply = self._at.send(Request("GET", ME, headers))
        found = reply.document.get("id")
        return id_in(found) if reply.status == 200 and isinstance(found, str) else None
