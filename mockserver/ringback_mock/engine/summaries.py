"""How many calls each user is on, as the events of ``v2.users.{id}.conversationsummary`` tell it.

The fields are those of the SDKs' model UserConversationsEventUserConversationSummary (published). That a call
of a queue counts as one of the contact center, and every other as one of the enterprise, is assumed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container
from typing import Any, NamedTuple

from ringback_contracts.life import Conversation
from ringback_contracts.life.values import CallParticipant

Json = dict[str, Any]
OTHER_MEDIA = ("callback", "email", "message", "chat", "socialExpression", "video")


class Part(NamedTuple):
    """What a user does on one call: talks for a queue or not, or works after it."""

    contact_center: bool
    after_call: bool


class Summaries:
    """What users do on the calls that there are, as far as these have been looked at."""

    def __init__(self, calls: Container[str]) -> None:
        self._calls = calls
        self._parts: defaultdict[str, dict[str, Part]] = defaultdict(dict)

    def note(self, call: Conversation, wanted: Callable[[str], bool]) -> list[str]:
        """Look at a call; the ids of the wanted users for whom that changes anything."""
        own: dict[str, Part | None] = {}
        for one in call.participants:
            if one.user_id is not None and wanted(one.user_id):
                own[one.user_id] = _part(one) or own.get(one.user_id)
        return [user_id for user_id, part in own.items() if self._set(user_id, call.id, part)]

    def _set(self, user_id: str, call_id: str, part: Part | None) -> bool:
        parts = self._parts[user_id]
        if parts.get(call_id) == part:
            return False
        if part is None:
            del parts[call_id]
        else:
            parts[call_id] = part
        return True

    def told(self, user_id: str) -> Json:
        """The body of the event that tells of the user."""
        mine = self._parts[user_id]
        for gone in [call_id for call_id in mine if call_id not in self._calls]:
            del mine[gone]
        parts = mine.values()

        def detail(*, contact_center: bool) -> Json:
            those = [part for part in parts if part.contact_center == contact_center]
            acw = sum(part.after_call for part in those)
            return {"active": len(those) - acw, "acw": acw}

        call = {
            "contactCenter": detail(contact_center=True),
            "enterprise": detail(contact_center=False),
        }
        nothing = {"contactCenter": {"active": 0, "acw": 0}, "enterprise": {"active": 0, "acw": 0}}
        return {"userId": user_id, "call": call, **dict.fromkeys(OTHER_MEDIA, nothing)}

    def clear(self) -> None:
        self._parts.clear()


def _part(one: CallParticipant) -> Part | None:
    after_call = one.after_call is not None and one.after_call.open
    if one.call.over and not after_call:
        return None
    return Part(one.queue_id is not None, after_call)
