"""What is to be known of a request about a call that is there: how it stands, who acts, what they ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.core.case import Case
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.payload import said_in
from ringback_contracts.domain.numbers import Dialled
from ringback_contracts.http.body import ModelledCase
from ringback_contracts.life import Conversation, Objection, advance, apply, objection
from ringback_contracts.life.commands import GiveWrapUp, Instruction
from ringback_contracts.life.idle import idle
from ringback_contracts.life.values import CallParticipant
from ringback_contracts.resources.calls.facts import read_number

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "CallCommand": ("callNumber",),
    "ConsultTransfer": ("speakTo",),
    "ConsultTransferToAddress": ("speakTo",),
    "ConsultTransferToAgent": ("speakTo",),
    "ConsultTransferToExternal": ("speakTo",),
    "ConsultTransferToExternalContact": ("speakTo", "contactId", "phoneType"),
    "ConsultTransferToQueue": ("speakTo",),
    "ConsultTransferUpdate": ("speakTo",),
    "ConversationTagsUpdate": ("externalTag",),
    "ConversationUser": ("id",),
    "CreateCallbackOnConversationCommand": ("callbackNumbers",),
    "SnippetRecordingRequest": ("type",),
    "TransferToExternalContactRequest": ("contactId", "phoneType"),
}
"""The fields that a model must have; of nobody named to consult a rule of its own tells."""
MEANT: Mapping[str, tuple[str, ...]] = {
    "ConversationSecureAttributes": ("attributes",),
    "Digits": ("digits",),
    "SetRecordingState": ("recordingState",),
    "SetUuiDataRequest": ("uuiData",),
}
"""The fields without which a body asks nothing, though its model can go without them."""


class CallNow(Case):
    """A request about a call that is there."""

    @lazy
    def call(self) -> Conversation | None:
        """The call in the path as it stands, where that is known."""
        return self.caller.calls.get(self.route.params.get("conversationId", ""))

    @lazy
    def participant_id(self) -> str:
        """The id of the participant in the path."""
        return self.route.params.get("participantId", "").lower()

    @lazy
    def participant(self) -> CallParticipant | None:
        """The participant in the path."""
        return self.call.find(self.participant_id) if self.call else None

    @property
    def by(self) -> str | None:
        """The id of the user who acts: the path's, else the token's; client credentials act for nobody."""
        named = self.route.params.get("userId")
        if named is not None:
            return named.lower()
        return self.caller.user.id if self.caller.user else None

    @lazy
    def own(self) -> CallParticipant | None:
        """The leg of the user who acts, if it is not over."""
        return self.call.own_leg(self.by) if self.call else None


class CodeFacts(CallNow):
    """A request about a code by which a communication can be added to a participant."""

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        yield "no participant has such a code in Ringback, so that there was none to take away"


class CallTold(CallNow, ModelledCase):
    """A request that tells a call to do something."""

    @lazy
    def fields(self) -> Mapping[str, Any]:
        """What the body says; a field that is null counts as one that is not there."""
        return said_in(self.body)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which the body asks nothing that could be done."""
        needed = REQUIRED.get(self.reads or "") or MEANT.get(self.reads or "", ())
        return tuple(name for name in needed if name not in self.fields)

    @lazy
    def instructions(self) -> tuple[Instruction, ...]:
        """The commands that the request gives, where its body can be read."""
        asks = self.operation.asks if self.operation else None
        unread = self.errors or self.missing or (self.reads and self.body is None)
        if asks is None or self.call is None or unread:
            return ()
        call_id = self.call.id
        return tuple(
            told if isinstance(told, Instruction) else Instruction(call_id, told) for told in asks(self)
        )

    @lazy
    def marks(self) -> frozenset[str]:
        """The names of the commands that the request gives, and the ground on which they are refused."""
        marks = [type(told.command).__name__ for told in self.instructions]
        if self.objection is not None:
            marks.append(self.objection.id)
        return frozenset(marks)

    @property
    def objection(self) -> Objection | None:
        """What stands against the commands, one after the other, on the calls as they are."""
        return self.foreseen[0]

    @lazy
    def foreseen(self) -> tuple[Objection | None, list[str]]:
        """The same, and why those of the commands change nothing that do not."""
        calls: dict[str, Conversation] = {self.call.id: self.call} if self.call else {}
        needless: list[str] = []
        left = len(self.instructions)
        for call_id, command in self.instructions:
            left -= 1
            call = calls.get(call_id) or self.caller.calls.get(call_id)
            if call is None:
                continue
            # What the last one makes of the call is for whoever commits it.
            after = apply(call, command, call.now) if left else objection(call, command)
            if isinstance(after, Objection):
                return after, needless
            why = idle(self._when_it_takes_effect(call), command)
            if why:
                needless.append(why)
            if after is not None:
                calls[call_id] = after
        return None, needless

    def _when_it_takes_effect(self, call: Conversation) -> Conversation:
        """How the call will stand once a command is carried out that is given now."""
        delay = self.org.effect_seconds
        return advance(call, call.now + delay) if delay else call

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        if self.call is not None and self.reads and not self.instructions:
            yield "the body asks nothing of the call"
        yield from self.foreseen[1]
        if GiveWrapUp.__name__ in self.marks:
            yield from self._wrapped_up_by_nobody()

    def _wrapped_up_by_nobody(self) -> Iterator[str]:
        one = self.participant
        if one is not None and one.user_id is None:
            yield (
                f"the participant is no agent's but of purpose {one.purpose}: that it can be given a wrap-up "
                "is assumed"
            )


class CallBackFacts(CallTold):
    """A request that asks for a call back."""

    @lazy
    def undialled(self) -> list[int]:
        """The places of the numbers that cannot be dialled."""
        numbers = self.fields.get("callbackNumbers") or ()
        texts = enumerate(numbers if isinstance(numbers, list) else ())
        return [at for at, one in texts if not isinstance(read_number(str(one)), Dialled)]

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        if self.undialled:
            yield f"callbackNumbers.{self.undialled[0]} cannot be dialled"
