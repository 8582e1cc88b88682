"""Faults at work: which of those that are set strikes a request, and what it makes of the answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from operator import attrgetter
from typing import Any

import orjson

from ringback_contracts.http.envelope import error_body
from ringback_contracts.http.faults import MOST_FAULTS, OF_SOCKETS, Fault, FaultError, FaultKind
from ringback_mock.http import CHALLENGE, JSON_TYPE, Delivery, Ending, Headers, Response, json_response

HEADER = "Ringback-Fault"
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n"
NOT_JSON = b"<!doctype html><p>Everything is fine.</p>"
UNKNOWN_VALUE = "levitating"
"""A state that no SDK knows."""
UNKNOWN_FIELD = "ringbackUnknownField"


@dataclass(slots=True)
class Armed:
    """A fault that is set: how many requests it has taken, and how many of them it struck."""

    place: int
    """Its place in the order in which the faults were set."""
    fault: Fault
    taken: int = 0
    struck: int = 0
    standing: bool = False
    """Whether the org has it from its start, and anew after each reset."""

    @property
    def id(self) -> str:
        return f"fault-{self.place}"

    def should_fire(self, what: str, numbers: Container[str]) -> bool:
        """Whether the fault strikes the next request, if that is such a one."""
        return self.fault.takes(what, numbers) and self.fault.strikes(self.taken + 1, self.struck)

    def count(self, what: str, numbers: Container[str]) -> None:
        """Take such a request."""
        if self.fault.takes(what, numbers):
            self.struck += self.should_fire(what, numbers)
            self.taken += 1

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id,
            **asdict(self.fault),
            "standing": self.standing,
            "taken": self.taken,
            "fired": self.struck,
        }


class Faults:
    """The faults of one org, in the order in which they were set; the first that strikes does."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._standing = tuple(faults)
        self._by_number: dict[str | None, list[Armed]] = {}
        self._placed = 0
        self.reset()

    def reset(self) -> None:
        """Set the faults of the org's file anew, and no others."""
        self.clear()
        self.add(replace(armed, standing=True) for armed in self.armed(*self._standing))

    def set(self, *faults: Fault) -> None:
        """Set each of the faults; raises ``FaultError``, and sets none, where there would be too many."""
        self.add(self.armed(*faults))

    def armed(self, *faults: Fault) -> list[Armed]:
        """Each of the faults as ``set`` would set it."""
        there = len(self)
        if there + len(faults) > MOST_FAULTS:
            raise FaultError(
                f"an org has at most {MOST_FAULTS:,} faults: {there:,} are set, and {len(faults):,} would "
                "come; DELETE /__ringback/faults clears them"
            )
        return [Armed(place, fault) for place, fault in enumerate(faults, self._placed + 1)]

    def add(self, armed: Iterable[Armed]) -> None:
        """Let these strike too."""
        for one in armed:
            self._by_number.setdefault(one.fault.number, []).append(one)
            self._placed = one.place

    def clear(self) -> None:
        """No fault any more, not even those of the org's file."""
        self._by_number.clear()

    def find(self, fault_id: str) -> Armed | None:
        """The fault of that id, if it is set."""
        return next((armed for armed in self if armed.id == fault_id), None)

    def drop(self, place: int) -> None:
        """Clear the fault with that place, if it is still set."""
        for number, armed in tuple(self._by_number.items()):
            left = [one for one in armed if one.place != place]
            if left:
                self._by_number[number] = left
            else:
                del self._by_number[number]

    def concern(self, numbers: Iterable[str]) -> bool:
        """Whether any fault could be about a request to these numbers: cheap, since every call asks."""
        return None in self._by_number or not self._by_number.keys().isdisjoint(numbers)

    def should_fire(self, what: str, numbers: Collection[str]) -> Fault | None:
        """The fault that strikes the next request, if that is such a one: ``what`` as in ``Fault.takes``."""
        firing = [armed for armed in self._about(numbers) if armed.should_fire(what, numbers)]
        return min(firing, key=_place).fault if firing else None

    def count(self, what: str, numbers: Collection[str]) -> None:
        """Take such a request: every fault that is about it counts it."""
        for armed in self._about(numbers):
            armed.count(what, numbers)

    def _about(self, numbers: Iterable[str]) -> list[Armed]:
        return [armed for number in {None, *numbers} for armed in self._by_number.get(number, ())]

    def __iter__(self) -> Iterator[Armed]:
        return iter(sorted(itertools.chain.from_iterable(self._by_number.values()), key=_place))

    def __len__(self) -> int:
        return sum(map(len, self._by_number.values()))

    def __bool__(self) -> bool:
        return bool(self._by_number)


_place = attrgetter("place")


def replace_reply(fault: Fault, own: Headers, context_id: str, now: float) -> Response:
    """The answer in place of the one that the request would have got. The fault is one of ``BEFORE``."""
    mark = ((HEADER, fault.kind.value), *own)
    if fault.kind is FaultKind.RESET:
        return Response(503, mark, b"", Delivery(Ending.RESET))
    if fault.kind is FaultKind.BAD_GATEWAY:
        return Response(502, (("Content-Type", "text/html"), *mark), HTML)
    status, code, message = _STATUSES[fault.kind]
    if status == HTTPStatus.UNAUTHORIZED:
        mark += (CHALLENGE,)
    return json_response(
        status, error_body(status, code, message, context_id), (*mark, *_retry_after(fault, now))
    )


_STATUSES = {
    FaultKind.RATE_LIMITED: (429, "too.many.requests.retry.after", "Rate limit exceeded"),
    FaultKind.SERVER_ERROR: (500, "internal.server.error", "The server failed"),
    FaultKind.UNAVAILABLE: (503, "service.unavailable", "The service is unavailable"),
    FaultKind.GATEWAY_TIMEOUT: (504, "request.timeout", "The request timed out"),
    FaultKind.TOKEN_REVOKED: (401, "bad.credentials", "Invalid login credentials"),
}


def _retry_after(fault: Fault, now: float) -> Headers:
    if fault.retry_after is None:
        return ()
    if fault.retry_after_form == "date":
        return (("Retry-After", formatdate(now + fault.retry_after, usegmt=True)),)
    return (("Retry-After", str(fault.retry_after)),)


def spoil_reply(fault: Fault, response: Response, own: Headers, context_id: str) -> Response:
    """The answer as a fault, which is none of ``BEFORE``, leaves it once the request was acted on."""
    mark = (HEADER, fault.kind.value)
    if fault.kind is FaultKind.GATEWAY_TIMEOUT:
        return json_response(504, error_body(*_STATUSES[fault.kind], context_id), (mark, *own))
    return _SPOILERS[fault.kind](fault, replace(response, headers=(mark, *response.headers)))


def _lose(_: Fault, response: Response) -> Response:
    return replace(response, delivery=Delivery(Ending.CLOSED))


def _truncate(_: Fault, response: Response) -> Response:
    return replace(response, delivery=Delivery(Ending.BROKEN_OFF))


def _delay(fault: Fault, response: Response) -> Response:
    return replace(response, delivery=Delivery(wait=fault.seconds))


def _trickle(fault: Fault, response: Response) -> Response:
    return replace(response, delivery=Delivery(trickle=fault.seconds))


def _garble(_: Fault, response: Response) -> Response:
    others = tuple(header for header in response.headers if header != JSON_TYPE)
    return replace(response, headers=(JSON_TYPE, *others), body=NOT_JSON)


def _unknown_value(_: Fault, response: Response) -> Response:
    value = orjson.loads(response.body or b"null")
    for conversation in _conversations(value):
        for participant in conversation.get("participants") or ():
            participant["state"] = UNKNOWN_VALUE
    return replace(response, body=orjson.dumps(value)) if response.body else response


def _conversations(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    entities = value.get("entities")
    return entities if isinstance(entities, list) else [value]


def _unknown_field(_: Fault, response: Response) -> Response:
    value = orjson.loads(response.body or b"null")
    if not isinstance(value, dict):
        return response
    return replace(response, body=orjson.dumps(value | {UNKNOWN_FIELD: {"since": "tomorrow"}}))


_SPOILERS: dict[FaultKind, Callable[[Fault, Response], Response]] = {
    FaultKind.LOST_REPLY: _lose,
    FaultKind.TRUNCATED_REPLY: _truncate,
    FaultKind.SLOW_REPLY: _delay,
    FaultKind.TRICKLED_REPLY: _trickle,
    FaultKind.NOT_JSON: _garble,
    FaultKind.UNKNOWN_VALUE: _unknown_value,
    FaultKind.UNKNOWN_FIELD: _unknown_field,
}
_REPLACED = frozenset({FaultKind.RESET, FaultKind.BAD_GATEWAY, *_STATUSES})
"""Kinds whose answer is made here; of the rest the one of the request is changed."""
_AT_THE_HANDSHAKE = frozenset({FaultKind.EXPIRED_CERTIFICATE})
PLAYED = _REPLACED | _SPOILERS.keys() | _AT_THE_HANDSHAKE | OF_SOCKETS


def check_played(kinds: Iterable[str], played: Container[str]) -> None:
    """Raise ``ValueError`` for a kind of fault that nothing plays."""
    for kind in kinds:
        if kind not in played:
            raise ValueError(f"the fault {kind} has no player: add one to engine/faults.py")


check_played(FaultKind, PLAYED)
