"""Everything that can go wrong, as one tree.

RingbackError
|-- ConfigurationError        the set-up is wrong; nothing was sent
|   |-- UnknownRegion
|   `-- TokenCacheError
|-- SafetyRefusal             the call might ring somebody; nothing was sent
|-- TransportError            no usable answer came
|   |-- TargetUnreachable     the request never left, so nothing happened
|   |-- ReplyLost             a request that rings nobody left and its reply did not come
|   |-- UnexpectedReply       the reply is not what the contract promises
|   |-- ChannelUnavailable    nobody can be told of events: no sockets, or none that connects
|   `-- CallOutcomeUnknown    somebody may have been rung; look before asking again
|-- CallNeverReached          the call ended before it came to what was waited for
|-- WaitedTooLong             what was waited for did not come in time
`-- StatusError               the target refused, or would refuse; nothing was dialled
    |-- ContractError         the request itself is at fault
    |   |-- InvalidRequest
    |   |   `-- MalformedAddress
    |   `-- InvalidNumber
    |-- NotAuthenticated
    |   `-- LoginFailed
    |-- NotAuthorized
    |-- NotFound
    |-- RateLimited
    `-- ServerError
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ringback_contracts.privacy import redact_text

if TYPE_CHECKING:
    from ringback_contracts.core.model import Request
    from ringback_explain import Explanation


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a program can tell an error by.

    ``field`` is the field of the body at fault by the platform's name, such as ``participants.0.address``,
    whether the platform said so or Ringback foresaw it; ``rule`` and ``fix`` are Ringback's rule and its
    advice, where it knows one; ``retry_after`` is in seconds.
    """

    status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    field: str | None = None
    rule: str | None = None
    fix: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """What is known of a call whose outcome is not: enough to look it up.

    ``began`` and ``ended`` are seconds since the epoch on this machine's clock; ``destinations`` and
    ``caller`` are addresses as they were sent, which stay out of texts since they may be people's numbers.
    ``call_id`` is set where somebody was to be rung into a call that was there, and ``known`` are then the
    ids of the participants that it had, if they were looked at.
    """

    path: str
    destinations: tuple[str, ...] = field(repr=False)
    caller: str | None = field(repr=False)
    began: float
    ended: float
    correlation_id: str | None = None
    call_id: str | None = None
    known: frozenset[str] | None = None


class RingbackError(Exception):
    """The root: catch it to catch whatever this package raises.

    Its text ends up in logs, so secrets and people's numbers are taken out of it.
    """

    def __init__(self, message: str, about: Particulars | None = None) -> None:
        super().__init__(redact_text(message))
        self.about = about or Particulars()

    @property
    def status(self) -> int | None:
        return self.about.status

    @property
    def code(self) -> str | None:
        return self.about.code

    @property
    def correlation_id(self) -> str | None:
        return self.about.correlation_id

    @property
    def field(self) -> str | None:
        return self.about.field

    @property
    def rule(self) -> str | None:
        return self.about.rule

    @property
    def fix(self) -> str | None:
        return self.about.fix


class ConfigurationError(RingbackError):
    """The set-up is wrong: a target, a credential or an option. Nothing was sent."""


class UnknownRegion(ConfigurationError):
    """The name is no region of the platform."""


class TokenCacheError(ConfigurationError):
    """The token cache cannot be read or written."""


class SafetyRefusal(RingbackError):
    """The call might ring somebody who must not be rung. Nothing was sent."""


class TransportError(RingbackError):
    """No usable answer came."""


class TargetUnreachable(TransportError):
    """The request never left this machine, so the target cannot have acted on it.

    ``passing`` says whether it may work a moment later: a refused connection may, a certificate may not.
    """

    def __init__(self, message: str, about: Particulars | None = None, *, passing: bool = True) -> None:
        super().__init__(message, about)
        self.passing = passing


class ReplyLost(TransportError):
    """The request left, and its reply did not come, or came broken."""


class UnexpectedReply(TransportError):
    """The target answered something that the contract does not know."""


class ChannelUnavailable(TransportError):
    """Nobody can be told of events; ``refused`` where a channel is there, and its socket did not open."""

    def __init__(self, message: str, about: Particulars | None = None, *, refused: bool = False) -> None:
        super().__init__(message, about)
        self.refused = refused


class CallNeverReached(RingbackError):
    """The call ended before it came to the state that was waited for."""


class WaitedTooLong(RingbackError, TimeoutError):
    """What was waited for did not come in time."""


class CallOutcomeUnknown(TransportError):
    """The request left and nobody can tell whether it rang anybody.

    Never send it again before having looked. ``CallsClient.find_calls(error.attempt)`` lists the calls that
    may be the one that was to be placed; ``find_legs(error.attempt)`` the participants who may have been
    brought to a call that was there, which is the case where ``error.attempt.call_id`` is set.
    """

    def __init__(self, message: str, about: Particulars | None = None, *, attempt: CallAttempt) -> None:
        super().__init__(message, about)
        self.attempt = attempt

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_unknown, (self.args[0], self.about, self.attempt)


def _rebuild_unknown(message: str, about: Particulars, attempt: CallAttempt) -> CallOutcomeUnknown:
    return CallOutcomeUnknown(message, about, attempt=attempt)


class StatusError(RingbackError):
    """The target refused the request, or is known to refuse it. Nothing was dialled."""

    request: Request | None = None
    """The refused request, where it was to place a call or to tell one something."""

    def explain(self) -> Explanation | None:
        """Each thing that is wrong, with its fix and how that is known, and the request to send instead.

        ``None`` where too little is known to say anything.
        """
        from ringback_explain import PlatformAnswer, explain_answer, explain_answered

        answer = PlatformAnswer(self.status, self.code, rule=self.rule, field=self.field)
        return explain_answered(self.request, answer) if self.request else explain_answer(answer)


class ContractError(StatusError):
    """The request itself is at fault: sending it again changes nothing."""


class InvalidRequest(ContractError):
    """400 and its kin: the request does not keep to the contract."""


class MalformedAddress(InvalidRequest):
    """400: an address cannot be read."""


class InvalidNumber(ContractError):
    """422: the address can be read, but no network assigns the number."""


class NotAuthenticated(StatusError):
    """401: the token is missing, unknown or expired, and could not be renewed."""


class LoginFailed(NotAuthenticated):
    """The token endpoint refused the credentials."""


class NotAuthorized(StatusError):
    """403: the caller may not do this."""


class NotFound(StatusError):
    """404: a path, a user, a queue or a conversation does not exist."""


class RateLimited(StatusError):
    """429: too many requests; ``retry_after`` is in seconds, where the target says when to come back."""

    @property
    def retry_after(self) -> float | None:
        return self.about.retry_after


class ServerError(StatusError):
    """5xx with a verdict: the target says that it did not do it."""


class RingbackWarning(UserWarning):
    """The request will probably be refused, by a rule that nobody has seen at work on the platform."""
