"""Mocks that are wrong in one thing: whatever fails because of it, one finding names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import orjson
import pytest

from ringback_client.errors import ReplyLost
from ringback_contracts.catalogue import PLACING
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.operations import GET_CALL, LIST_CALLS, PATCH_CALL
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_contracts.resources.users.operations import GET_ME
from ringback_harness.check.defects import defects
from ringback_harness.check.flow import FLOWS, check_flow
from ringback_harness.check.generated import Effort
from ringback_harness.check.life import check_life
from ringback_harness.check.results import Ledger, operation_of
from ringback_harness.check.rules import Worlds, check_rules
from ringback_mock.http import Response, json_response
from tests.harness.plain_target import Answers, near

Document = dict[str, Any]
Leg = Callable[[Document], object]


def of_legs(edit: Leg) -> Answers:
    """A mock whose legs of calls are edited wherever they are shown."""

    def answers(_: Request, response: Response) -> Response:
        if response.status >= 400 or not response.body.startswith(b"{"):
            return response
        document = orjson.loads(response.body)
        for call in (document, *document.get("entities", ())):
            for leg in call.get("participants", ()):
                edit(leg)
                for part in leg.get("calls", ()):
                    edit(part)
        return replace(response, body=orjson.dumps(document))

    return answers


def capitals(leg: Document) -> None:
    if "state" in leg:
        leg["state"] = leg["state"].upper()


def without(*names: str) -> Leg:
    return lambda leg: [leg.pop(name, None) for name in names]


def epoch(leg: Document) -> None:
    leg.update({name: 1_790_000_000 for name in ("startTime", "connectedTime", "endTime") if name in leg})


def bare_numbers(leg: Document) -> None:
    texts = {name: leg[name] for name in ("address", "ani", "dnis") if isinstance(leg.get(name), str)}
    leg.update({name: text.removeprefix("tel:") for name, text in texts.items()})


def absent(*operations: str, status: int = 405) -> Answers:
    page = Response(status, (("Content-Type", "text/html"),), b"<html>no</html>")
    return lambda request, response: page if operation_of(request) in operations else response


def of_operations(operations: tuple[str, ...], change: Callable[[Response], Response]) -> Answers:
    return lambda request, response: (
        change(response) if operation_of(request) in operations and response.status < 300 else response
    )


def of_refusals(change: Callable[[Response], Response], *statuses: int) -> Answers:
    return lambda _, response: (
        change(response)
        if response.status >= 400 and (not statuses or response.status in statuses)
        else response
    )


def one_id() -> Answers:
    first: list[Response] = []

    def again(response: Response) -> Response:
        first.append(response)
        return first[0]

    return of_operations(tuple(PLACING), again)


def limited() -> Answers:
    asked: list[Request] = []

    def answers(request: Request, response: Response) -> Response:
        asked.append(request)
        return json_response(429, {"code": "too.many.requests"}) if len(asked) > 90 else response

    return answers


def edited(**fields: Any) -> Callable[[Response], Response]:
    return lambda response: replace(
        response,
        body=orjson.dumps({**orjson.loads(response.body), **fields}),
        status=fields.get("status", response.status),
    )


def bare_id(response: Response) -> Response:
    call = orjson.loads(response.body)
    return replace(response, body=orjson.dumps({**call, "id": call["id"].replace("-", "")}))


def entities_alone(response: Response) -> Response:
    return replace(response, body=orjson.dumps(orjson.loads(response.body)["entities"]))


def crashed(_: Response) -> Response:
    return Response(500, (("Content-Type", "text/plain"),), b"Internal Server Error")


def unpaged(response: Response) -> Response:
    return replace(response, body=orjson.dumps({"entities": orjson.loads(response.body)["entities"]}))


def page(response: Response) -> Response:
    """What a gateway makes of an error."""
    return Response(response.status, (("Content-Type", "text/html"),), b"<html><h1>Error</h1></html>")


def headed(name: str, value: str | None = None) -> Answers:
    """Another value for a header, or none."""
    given = () if value is None else ((name, value),)

    def answers(_: Request, response: Response) -> Response:
        return replace(response, headers=(*(one for one in response.headers if one[0] != name), *given))

    return answers


def stale() -> Answers:
    """A call is shown as it was when it was first read."""
    first: dict[str, Response] = {}

    def answers(request: Request, response: Response) -> Response:
        reads = operation_of(request) == GET_CALL and response.status < 300
        return first.setdefault(request.path, response) if reads else response

    return answers


def resetting() -> Answers:
    """Each tenth connection breaks, in one of two ways."""
    asked = count(1)

    def answers(_: Request, response: Response) -> Response:
        if (number := next(asked)) % 10 == 0:
            raise ReplyLost("the connection was closed" if number % 20 else "no reply came in 30 seconds")
        return response

    return answers


def for_pages_only(request: Request, response: Response) -> Response:
    return response if "origin" in request.headers else json_response(403, {"message": "no origin"})


def legs_of_one_id(response: Response) -> Response:
    call = orjson.loads(response.body)
    for leg in call["participants"]:
        leg["id"] = call["participants"][0]["id"]
    return replace(response, body=orjson.dumps(call))


WRONG: dict[str, tuple[Answers, str]] = {
    "states in capitals": (of_legs(capitals), "a leg is in a state that nobody knows: "),
    "no PATCH": (absent(PATCH_CALL), "PATCH /api/v2/conversations/calls/{conversationId} is not served"),
    "no way to end a call": (absent(DISCONNECT, status=404), "POST /api/v2/conversations/{conversationId}/"),
    "no users/me": (absent(GET_ME, status=404), "GET /api/v2/users/me is not served: answered 404"),
    "neither list nor PATCH": (absent(LIST_CALLS, PATCH_CALL), "2 operations are not served, answered 405: "),
    "no endTime": (of_legs(without("endTime")), "a leg of the call comes without endTime"),
    "no purpose": (of_legs(without("purpose")), "a leg of the call comes without purpose"),
    "times as numbers": (of_legs(epoch), "CallConversation: participants/-/startTime is not as published"),
    "numbers without tel:": (of_legs(bare_numbers), "the numbers of a leg come without tel:"),
    "one id for all calls": (one_id(), "two placed calls have one id"),
    "one id for all legs": (
        of_operations((GET_CALL,), legs_of_one_id),
        "two participants of a call have one",
    ),
    "ids without hyphens": (of_operations(tuple(PLACING), bare_id), "the reply to a placed call has no id"),
    "a bare list": (of_operations((LIST_CALLS,), entities_alone), "the body is of type array, where Call"),
    "one code for all": (of_refusals(edited(code="bad.request")), "25 of "),
    "403 in place of 401": (
        of_refusals(edited(status=403), 401),
        "2 of 2 rules that refuse with 401 are answ",
    ),
    "a crash for what is unknown": (of_refusals(crashed, 404), "the target breaks down: answered 500"),
    "another media type": (headed("Content-Type", "text/plain"), "the Content-Type is 'text/plain', not app"),
    "a list without pages": (of_operations((LIST_CALLS,), unpaged), "the list counts fewer calls than it sh"),
    "200 for 202": (
        of_operations(tuple(PLACING), edited(status=200)),
        "valid requests are answered with another success: expected 202, answered 200",
    ),
    "no correlation id": (headed("ININ-Correlation-Id"), "the envelope's contextId is not the ININ-Corr"),
    "400 in place of 422": (
        of_refusals(edited(status=400), 422),
        "3 of 3 rules that refuse with 422 are ans",
    ),
    "stale calls": (stale(), "a call reads the same, whatever becomes of it"),
    "pages for errors": (of_refusals(page), "the Content-Type is 'text/html', not application/json"),
    "broken connections": (resetting(), "no whole reply came: "),
    "pages alone": (for_pages_only, "valid requests are refused: whatever is asked is answered 403"),
    "a limit": (limited(), "the target limits how much is asked of it: answered 429 too.many.requests"),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_thing_that_is_wrong_is_one_finding_which_names_it(name: str) -> None:
    answers, title = WRONG[name]
    ledger, worlds = Ledger(), Worlds(near(answers))
    for results in (check_flow(worlds, FLOWS), check_rules(worlds), check_life(worlds, Effort(2))):
        for result in results:
            ledger.add(result)
    found = defects(ledger)
    assert [defect.title[: len(title)] for defect in found] == [title]
