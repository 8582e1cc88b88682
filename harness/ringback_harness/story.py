"""The story of ``ringback demo``: a refused call, why it was refused, and the same call placed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringback_client import CallsClient, PlacedCall, StatusError
from ringback_contracts.catalogue import TABLE
from ringback_harness.terminal import show_title, show_wrapped

if TYPE_CHECKING:
    from rich.console import Console

Body = Mapping[str, Any]

ALICE = "a11ce000-0000-4000-8000-000000000001"
SHORT = "{alice}"
ANSWERS = "+442079460100"
ALICES_NUMBER = "+442079460002"

THREAD = {"toAddress": "sip:agent@example.com", "fromAddress": ALICES_NUMBER}
THREAD_FIXED = {
    "to": {"type": "sip", "address": "sip:agent@example.com", "name": "Outbound SIP Call"},
    "from": {"type": "user", "id": ALICE},
}
REFUSED_NUMBERS = ("15551234567", "555-123-4567", "tel:15551234567", "tel:+15551234567")
CALL = {"phoneNumber": ANSWERS}


@dataclass(frozen=True, slots=True)
class Teller:
    """Plays the story on the mock at ``url`` and tells it to the console."""

    url: str
    console: Console

    def tell(self) -> None:
        """The whole story."""
        self._say(
            f"A Ringback runs on this machine while this is told; nobody is rung. {SHORT} is alice's id.", ""
        )
        self._thread()
        self._tutorial()
        self._permission()
        self._client_credentials()
        self.console.print()
        self._say("Try a request of your own: ringback explain FILE. All the rules: ringback rules.", "")

    def _thread(self) -> None:
        show_title(self.console, "1. A SIP address is refused, though nothing is wrong with it")
        explanation = self._refused("alice", THREAD).explain()
        if explanation is None or explanation.equivalent is None:
            raise AssertionError("the thread's body has an equivalent")
        self._say("What 'ringback explain' says to send instead:")
        self._placed("alice", explanation.equivalent.body)
        self._say("What the thread came to:")
        self._placed("alice", THREAD_FIXED)

    def _tutorial(self) -> None:
        show_title(self.console, "2. The tutorial's numbers")
        for to in REFUSED_NUMBERS:
            self._refused("alice", {"to": to, "from": f"user:{ALICE}"})
        self._placed("alice", {"to": f"tel:{ANSWERS}", "from": f"user:{ALICE}"})

    def _permission(self) -> None:
        show_title(self.console, "3. A user without the permission to call")
        self._refused("carol", CALL)

    def _client_credentials(self) -> None:
        show_title(self.console, "4. The surprise of client credentials: a token without a user")
        self._refused("service", CALL)
        self._say("On behalf of a user it may call:")
        self._placed("service", CALL, user_id=ALICE)

    def _refused(self, token: str, body: Body) -> StatusError:
        """Post what must be refused, and tell why it is."""
        try:
            self._post(token, body)
        except StatusError as error:
            rule = TABLE[error.rule or ""]
            self._answer(f"{rule.status} {rule.code}: {rule.message}", "red")
            show_wrapped(self.console, "      ", f"{rule.title} ({rule.id}).")
            show_wrapped(self.console, "      Fix: ", rule.fix, style="green")
            return error
        raise AssertionError(f"the mock took {body}")

    def _placed(self, token: str, body: Body, user_id: str | None = None) -> None:
        placed = self._post(token, body, user_id)
        self._answer(f"placed{f', but {placed.note}' if placed.note else ''}", "green")

    def _post(self, token: str, body: Body, user_id: str | None = None) -> PlacedCall:
        """Post the body as it stands."""
        path = "calls" if user_id is None else f"calls/user/{user_id}"
        self._say(f"{token}: POST {path} {json.dumps(body)}".replace(ALICE, SHORT), style="cyan")
        with CallsClient(self.url, token, preflight=False) as client:
            return client.post_body(body, user_id=user_id)

    def _say(self, text: str, indent: str = "   ", style: str = "") -> None:
        show_wrapped(self.console, indent, text, style)

    def _answer(self, text: str, color: str) -> None:
        show_wrapped(self.console, "   -> ", text, f"bold {color}")
