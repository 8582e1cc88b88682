"""What answers show that makes other things fail, too: the root of many failures, by their own exchanges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from ringback_client.transport import Reply
from ringback_contracts.catalogue import BY_ID, PLACING
from ringback_contracts.core.model import Request
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.life.values import OVER
from ringback_contracts.resources.calls.operations import GET_CALL
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_harness.check.expectation import NO_ID
from ringback_harness.check.legs import RANK
from ringback_harness.check.reasons import ERRORS, AnswerSummary, WrongAnswer
from ringback_harness.check.results import Ledger, Result, operation_of

NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
"""How a server answers whatever is asked of an operation that it does not have."""
MOST_NAMED = 3
Exchanged = tuple[str, Request, Reply]
"""An operation's id, what was asked of it, and the answer."""


class Cause(NamedTuple):
    """Why failures that give different reasons are one defect, and what they are called together."""

    key: Hashable
    title: str = ""


STALE = Cause("stale", "a call reads the same, whatever becomes of it")


def roots(ledger: Ledger, valid: Callable[[Result], bool]) -> Mapping[int, Cause]:
    """The root of each failure that has one, by its ``id()``: of several it is the one that most show.

    ``valid`` says of a failure whether a request was refused that should have been granted.
    """
    seen = {id(failure): list(_exchanged(failure)) for failure in ledger.failures}
    repeated, missing = _repeated_ids(seen.values()), _missing(ledger, seen, valid)
    alike = {number: asked for number, asked in seen.items() if _reads_alike(asked)}
    stale = (STALE,) if _is_stale(alike.values()) else ()
    known: dict[Hashable, Cause] = {}
    shows = {}
    for failure in ledger.failures:
        asked = seen[id(failure)]
        some = (root for one in asked for root in _shown_by(one, repeated, missing))
        broken = (root for one in asked for root in _shown_by_refusal(one[2], failure.reasons))
        old = stale if id(failure) in alike else ()
        shows[id(failure)] = dict.fromkeys(
            known.setdefault(root.key, root) for root in (*some, *broken, *old)
        )
    found: dict[int, Cause] = {}
    while count := Counter(root for number, some in shows.items() if number not in found for root in some):
        first = count.most_common(1)[0][0]
        found |= {number: first for number, some in shows.items() if number not in found and first in some}
    return found


def _exchanged(failure: Result) -> Iterator[Exchanged]:
    """What was sent until a failure was seen, where an answer came."""
    steps = failure.steps or ((failure.exchange,) if failure.exchange else ())
    for step in steps:
        if step.reply is not None:
            yield operation_of(step.request), step.request, step.reply


def _reads_alike(asked: Sequence[Exchanged]) -> bool:
    """Whether a call that goes on was read more than once, and each time alike."""
    bodies: dict[str, list[Reply]] = {}
    for operation, request, reply in asked:
        if operation == GET_CALL and reply.status < ERRORS:
            bodies.setdefault(request.path, []).append(reply)
    return any(
        len(replies) > 1
        and len({reply.body for reply in replies}) == 1
        and any(str(leg["state"]) not in OVER for leg in _legs(replies[0].document))
        for replies in bodies.values()
    )


def _is_stale(alike: Iterable[Sequence[Exchanged]]) -> bool:
    """Whether calls read alike when they were ended, and when they should have gone on, too."""
    ended = {any(operation == DISCONNECT for operation, _, _ in asked) for asked in alike}
    return len(ended) > 1


def _shown_by(
    one: Exchanged, repeated: Mapping[str, Cause], missing: Mapping[Hashable, Cause]
) -> Iterator[Cause]:
    operation, request, reply = one
    if reply.status >= ERRORS:
        answer = AnswerSummary.of(reply)
        known = ((operation, answer), (request.path, answer))
        yield from (missing[key] for key in known if key in missing)
        return
    if operation in PLACING:
        call_id = reply.document.get("id")
        if not isinstance(call_id, str) or not is_uuid(call_id):
            yield Cause(NO_ID, NO_ID)
        elif call_id in repeated:
            yield repeated[call_id]
    if states := {str(leg.get("state")) for leg in _legs(reply.document)} - RANK.keys():
        yield Cause("state", f"a leg is in a state that nobody knows: {min(states)}")


def _shown_by_refusal(reply: Reply, reasons: Sequence[str]) -> Iterator[Cause]:
    """What a refusal shows that the failure is about."""
    answer = AnswerSummary.of(reply)
    if not any(isinstance(reason, WrongAnswer) and reason.answered == answer for reason in reasons):
        return
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        yield Cause(reply.status, f"the target limits how much is asked of it: answered {answer}")
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and reply.status != HTTPStatus.NOT_IMPLEMENTED:
        yield Cause(reply.status, f"the target breaks down: answered {answer}")


def _legs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The legs of a call, or of each call of a list, that tell their state themselves."""
    listed = document.get("entities")
    for call in (document, *(listed if isinstance(listed, list) else ())):
        legs = call.get("participants") if isinstance(call, Mapping) else None
        for leg in legs if isinstance(legs, list) else ():
            if isinstance(leg, Mapping) and "state" in leg:
                yield leg


def _repeated_ids(seen: Iterable[Sequence[Exchanged]]) -> Mapping[str, Cause]:
    """The ids that calls share, of those that were placed one after another."""
    repeated: dict[str, Cause] = {}
    for asked in seen:
        placed = Counter(
            str(reply.document.get("id"))
            for operation, _, reply in asked
            if operation in PLACING and reply.status < ERRORS
        )
        repeated |= {
            call_id: Cause("one id", "two placed calls have one id")
            for call_id, times in placed.items()
            if times > 1
        }
    return repeated


def _missing(
    ledger: Ledger, seen: Mapping[int, Sequence[Exchanged]], valid: Callable[[Result], bool]
) -> Mapping[Hashable, Cause]:
    """Operations that are not there, by their ids, and by the paths that were asked, each with the answer."""
    served = {
        operation_of(one.request) for one in ledger.exchanges if one.reply and one.reply.status < ERRORS
    }
    served |= {operation for asked in seen.values() for operation, _, reply in asked if reply.status < ERRORS}
    absent: dict[AnswerSummary, dict[str, set[str]]] = {}
    for failure in ledger.failures:
        if not valid(failure) or not seen[id(failure)]:
            continue
        operation, request, reply = seen[id(failure)][-1]
        if operation in BY_ID and operation not in served and reply.status in NOT_THERE:
            absent.setdefault(AnswerSummary.of(reply), {}).setdefault(operation, set()).add(request.path)
    # Whatever else is answered just so, and was never tried with what is right, is not there either.
    for operation, request, reply in (one for asked in seen.values() for one in asked):
        answer = AnswerSummary.of(reply)
        if operation in BY_ID and operation not in served and answer in absent:
            absent[answer].setdefault(operation, set()).add(request.path)
    missing: dict[Hashable, Cause] = {}
    for answer, operations in absent.items():
        root = Cause(("not there", answer), _not_served(list(operations), answer))
        for operation, paths in operations.items():
            missing |= {(known, answer): root for known in (operation, *paths)}
    return missing


def _not_served(operations: Sequence[str], answer: AnswerSummary) -> str:
    named = [f"{BY_ID[one].method} {BY_ID[one].template}" for one in operations]
    if len(named) == 1:
        return f"{named[0]} is not served: answered {answer}"
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return f"{len(named)} operations are not served, answered {answer}: {', '.join(named[:MOST_NAMED])}{more}"
