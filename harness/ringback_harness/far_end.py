"""The other end of a call, as a test uses its phone."""

from __future__ import annotations

from typing import Any

from ringback_harness.exits import SetupError
from ringback_harness.watch import ExchangeWatch, Json

OVER = frozenset({"disconnected", "terminated"})


class Phone:
    """A phone of the call ``call_id``.

    It is the one of the participant that was named, else of whoever is on the call from outside at that
    moment. Each method raises ``SetupError`` where the phone cannot do that just now, or there is none.
    """

    def __init__(self, org: ExchangeWatch, call_id: str, participant: str | None = None) -> None:
        self.call_id = call_id
        self._org = org
        self._participant = participant

    def __repr__(self) -> str:
        return f"Phone(call {self.call_id})"

    @property
    def state(self) -> str:
        """What the phone's leg is: ``dialing``, ``connected``, ``terminated`` and the like."""
        return str(self._party()["state"])

    def answers(self) -> None:
        self._use("answers")

    def declines(self) -> None:
        self._use("declines")

    def is_busy(self) -> None:
        self._use("busy")

    def does_not_answer(self) -> None:
        """Nobody picks up, and the caller need not wait for that."""
        self._use("no_answer")

    def hangs_up(self) -> None:
        self._use("hangs_up")

    def holds(self) -> None:
        self._use("holds")

    def retrieves(self) -> None:
        """Go back to those who are on hold."""
        self._use("retrieves")

    def presses(self, digits: str) -> None:
        """Press keys: 0 to 9, ``*``, ``#``, A to D."""
        self._use("digits", digits=digits)

    def _use(self, act: str, **more: Any) -> None:
        path = f"calls/{self.call_id}/parties/{self._party()['id']}"
        self._org.ask("POST", path, {"act": act, **more})

    def _party(self) -> Json:
        parties: list[Json] = self._org.ask("GET", f"calls/{self.call_id}").json()["parties"]
        if self._participant is not None:
            found = [one for one in parties if one["id"] == self._participant]
        else:
            outside = [one for one in parties if one["outside"]]
            found = [one for one in outside if one["state"] not in OVER] or outside[-1:]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(f"{one['id']} ({one['purpose']}, {one['state']})" for one in parties)
        raise SetupError(f"{_why(found, self._participant)}; on call {self.call_id} there are {listed}")


def _why(found: list[Json], participant: str | None) -> str:
    if participant is not None:
        return f"the call has no participant {participant}"
    if found:
        return f"{len(found)} are on the call from outside: name one, far_end(call, participant)"
    return "nobody outside is on the call yet: advance(2) lets the caller's station answer"
