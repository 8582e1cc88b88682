"""The ways in which the flow of a call, or the form of an answer, can be broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from ringback_contracts.catalogue import PLACING, TABLE, route
from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import ALICE, BOB
from ringback_contracts.core.model import Request, Violation
from ringback_contracts.resources.calls.operations import GET_CALL, LIST_CALLS, PATCH_CALL, PLACE_CALL
from ringback_contracts.resources.conversations.joining_operations import (
    BARGE,
    CALL_BACK,
    COACH,
    INVITE,
    MERGE,
    MONITOR,
    SET_RECORDING,
)
from ringback_contracts.resources.conversations.operations import (
    DELETE_CONVERSATION,
    DISCONNECT,
    PATCH_CALL_PARTICIPANT,
    PATCH_PARTICIPANT,
    SET_ATTRIBUTES,
    SET_CALL_ATTRIBUTES,
)
from ringback_contracts.resources.conversations.transfer_operations import (
    CANCEL_CONSULT,
    CONSULT,
    REPLACE,
    REPLACE_CALL,
    SET_SPEAK_TO,
)
from ringback_contracts.resources.notifications.operations import DROP_SUBSCRIPTIONS, SET_SUBSCRIPTIONS
from ringback_contracts.resources.tokens.operations import DELETE_TOKEN, GET_TOKEN
from ringback_contracts.resources.users.operations import GET_ME, GET_USER
from ringback_harness.check.expectation import ENVELOPE
from ringback_harness.targets import Serve
from ringback_mock.engine.conversation import nested_conversation
from ringback_mock.engine.handling import Applied, Ask, Handler
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.site import Site

Change = Callable[[Request, Response], Response]


def _changing(change: Change) -> Serve:
    """A mock whose every answer is changed."""

    def serve(store: Store) -> Callable[[Request], Response]:
        answer = Site(store).answer
        return lambda request: change(request, answer(request))

    return serve


def _applying(operation: str, broken: Handler) -> Serve:
    """A mock that does something else for one operation."""
    return lambda store: Site(store, handlers={**HANDLERS, operation: broken}).answer


# --- changes of an answer -----------------------------------------------------------------------------


def _operation(request: Request) -> str | None:
    found = route(request.method, request.path).operation
    return found.id if found else None


def _edited(response: Response, edit: Callable[[dict[str, Any]], object]) -> Response:
    document = orjson.loads(response.body)
    edit(document)
    return replace(response, body=orjson.dumps(document))


def _in_success(operation: str, edit: Callable[[dict[str, Any]], object]) -> Serve:
    return _changing(
        lambda request, response: (
            _edited(response, edit)
            if response.status < 300 and _operation(request) == operation
            else response
        )
    )


def _in_error(edit: Callable[[dict[str, Any]], object]) -> Serve:
    return _changing(lambda _, response: _edited(response, edit) if response.status >= 400 else response)


def _headers(response: Response, change: Callable[[str, str], str | None]) -> Response:
    """The answer with each header's value changed, or left out."""
    changed = ((name, change(name, value)) for name, value in response.headers)
    return replace(response, headers=tuple((name, value) for name, value in changed if value is not None))


def _without(header: str, *, least: int = 0, most: int = 599) -> Serve:
    return _header(header, lambda _: None, least=least, most=most)


def _header(name: str, change: Callable[[str], str | None], *, least: int = 0, most: int = 599) -> Serve:
    def changed(_: Request, response: Response) -> Response:
        if not least <= response.status <= most:
            return response
        return _headers(response, lambda other, value: change(value) if other == name else value)

    return _changing(changed)


def _status(operation: str, status: int) -> Serve:
    return _changing(
        lambda request, response: (
            replace(response, status=status)
            if response.status < 300 and _operation(request) == operation
            else response
        )
    )


# --- mocks that remember the wrong thing --------------------------------------------------------------


def _stale(store: Store) -> Callable[[Request], Response]:
    """A call always reads as it did at first."""
    answer = Site(store).answer
    seen: dict[str, Response] = {}

    def serve(request: Request) -> Response:
        response = answer(request)
        if _operation(request) != GET_CALL or response.status != 200:
            return response
        return seen.setdefault(request.path, response)

    return serve


def _one_id(store: Store) -> Callable[[Request], Response]:
    """Every placed call is answered with the first one's id."""
    answer = Site(store).answer
    first: list[Response] = []

    def serve(request: Request) -> Response:
        response = answer(request)
        if _operation(request) not in PLACING or response.status >= 300:
            return response
        first.append(response)
        return first[0]

    return serve


def _lenient(store: Store) -> Callable[[Request], Response]:
    """One request more than the limit passes."""

    def check(case: Case) -> Sequence[Violation]:
        quota = case.caller.quota
        return rule.check(case) if quota is not None and quota.count > quota.allowed + 1 else ()

    rule = TABLE["rate.exceeded"]
    return Site(store, TABLE.with_rule(replace(rule, check=check))).answer


def _shared(store: Store) -> Callable[[Request], Response]:
    """A call can be read with any org's token."""
    answer = Site(store).answer
    placed: dict[str, str] = {}

    def serve(request: Request) -> Response:
        response = answer(request)
        authorization = request.headers.get("authorization", "")
        if _operation(request) in PLACING and response.status < 300:
            placed[orjson.loads(response.body)["selfUri"]] = authorization
        elif response.status == 404 and request.path in placed:
            owner = {**request.headers, "authorization": placed[request.path]}
            return answer(replace(request, headers=owner))
        return response

    return serve


# --- operations that do something else ----------------------------------------------------------------


def _forgets_to_end(_: Ask) -> Applied:
    return 202, None


def _shows_without_ending(ask: Ask) -> Applied:
    call = ask.tenant.calls.get(ask.verdict.params["conversationId"])
    return 200, nested_conversation(call, ask.now) if call else None


def _lists_nothing(_: Ask) -> Applied:
    return 200, {"entities": [], "pageSize": 25, "pageNumber": 1, "total": 0, "pageCount": 1}


def _lists_everybodys(ask: Ask) -> Applied:
    listed = ask.tenant.calls
    entities = [{"id": call.id} for call in listed if call.active(ask.now)]
    return 200, {"entities": entities, "total": len(entities)}


def _lists_what_is_over(ask: Ask) -> Applied:
    own = ask.caller.user.id if ask.caller.user else ""
    entities = [{"id": call.id} for call in ask.tenant.calls.of_user(own, ask.now)]
    return 200, {"entities": entities, "total": len(entities)}


def _keeps_telling(_: Ask) -> Applied:
    return 204, None


def _tells_bob(store: Store) -> Callable[[Request], Response]:
    """Whoever listens to bob's calls is told of alice's."""
    answer = Site(store).answer

    def serve(request: Request) -> Response:
        if _operation(request) == SET_SUBSCRIPTIONS:
            return answer(replace(request, body=request.body.replace(BOB.encode(), ALICE.encode())))
        return answer(request)

    return serve


def _keeps_the_token(_: Ask) -> Applied:
    return 200, None


def _deaf_to(operation: str) -> Serve:
    """A mock that answers a command, and does nothing."""

    def answers(ask: Ask) -> Applied:
        status, value, *_ = HANDLERS[operation](ask)
        return status, value

    return _applying(operation, answers)


def _first_leg(edit: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda document: edit(document["participants"][0])


def _far_leg(edit: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda document: [edit(leg) for leg in document["participants"][1:]]


def _each_leg(edit: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda document: [edit(leg) for leg in document["participants"]]


def _rings(leg: dict[str, Any]) -> None:
    if leg["state"] in ("contacting", "dialing"):
        leg["state"] = "ringing"


def _alone(document: dict[str, Any]) -> None:
    del document["participants"][1:]


def _set(key: str, value: Callable[[], Any]) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.__setitem__(key, value())


def _drop(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.pop(key, None)


def _bobs(leg: dict[str, Any]) -> None:
    leg["user"] = {"id": BOB}


DEAF_TO = (
    PATCH_PARTICIPANT,
    PATCH_CALL_PARTICIPANT,
    SET_ATTRIBUTES,
    SET_CALL_ATTRIBUTES,
    DELETE_CONVERSATION,
    CONSULT,
    SET_SPEAK_TO,
    CANCEL_CONSULT,
    REPLACE,
    REPLACE_CALL,
    INVITE,
    MONITOR,
    COACH,
    BARGE,
    SET_RECORDING,
    MERGE,
    CALL_BACK,
)
"""Commands to a call of which it can be seen what becomes of them."""
FLOW_MUTANTS: Mapping[str, Serve] = {
    "a placed call without id": _in_success(PLACE_CALL, _drop("id")),
    "a placed call without selfUri": _in_success(PLACE_CALL, _drop("selfUri")),
    "a placed call with an id that nobody knows": _in_success(PLACE_CALL, _set("id", new_id)),
    "one id for every call": _one_id,
    "a participants call without createdTime": _in_success(PLACE_CALL, _drop("createdTime")),
    "a placed call answered with 200": _status(PLACE_CALL, 200),
    "a GET that answers stale state": _stale,
    "a GET of another id": _in_success(GET_CALL, _set("id", new_id)),
    "a GET that says inbound": _in_success(GET_CALL, _first_leg(_set("direction", lambda: "inbound"))),
    "a GET of another purpose": _in_success(GET_CALL, _first_leg(_set("purpose", lambda: "customer"))),
    "a GET of a state that nobody knows": _in_success(GET_CALL, _each_leg(_rings)),
    "a GET whose legs have no id": _in_success(GET_CALL, _each_leg(_drop("id"))),
    "a GET whose legs have no address": _in_success(GET_CALL, _each_leg(_drop("address"))),
    "a GET that never shows who is called": _in_success(GET_CALL, _alone),
    "a GET that shows another dialled party": _in_success(
        GET_CALL, _far_leg(_set("address", lambda: "tel:+442079460101"))
    ),
    "a GET whose far leg came in": _in_success(GET_CALL, _far_leg(_set("direction", lambda: "inbound"))),
    "a call that ended at no time": _in_success(GET_CALL, _each_leg(_drop("endTime"))),
    "a call that ended for no reason": _in_success(GET_CALL, _each_leg(_drop("disconnectType"))),
    "a list that counts nothing": _in_success(LIST_CALLS, _set("total", int)),
    "a hang-up that answers another shape": _in_success(PATCH_CALL, _each_leg(_set("calls", str))),
    "a GET without participants": _in_success(GET_CALL, _set("participants", list)),
    "a GET that shows another user": _in_success(GET_CALL, _first_leg(_bobs)),
    "a GET without the dialled number": _in_success(GET_CALL, _first_leg(_drop("dnis"))),
    "a GET without the shown number": _in_success(GET_CALL, _first_leg(_drop("ani"))),
    "a GET without selfUri": _in_success(GET_CALL, _drop("selfUri")),
    "a list without calls": _applying(LIST_CALLS, _lists_nothing),
    "a list of everybody's calls": _applying(LIST_CALLS, _lists_everybodys),
    "a list of calls that are over": _applying(LIST_CALLS, _lists_what_is_over),
    "a disconnect that does nothing": _applying(DISCONNECT, _forgets_to_end),
    "a disconnect answered with 200": _status(DISCONNECT, 200),
    "a hang-up that does nothing": _applying(PATCH_CALL, _shows_without_ending),
    "a hang-up of another call": _in_success(PATCH_CALL, _set("id", new_id)),
    "a token that outlives its end": _applying(DELETE_TOKEN, _keeps_the_token),
    "subscriptions that are kept": _applying(DROP_SUBSCRIPTIONS, _keeps_telling),
    "events that tell of others": _tells_bob,
    "another user as me": _in_success(GET_ME, _set("id", new_id)),
    "another user than asked for": _in_success(GET_USER, _set("id", new_id)),
    "a token without scopes": _in_success(GET_TOKEN, _set("authorizedScope", list)),
    "orgs that meet": _shared,
    "a rate limit that lets one more pass": _lenient,
    "a rate limit without Retry-After": _without("Retry-After", least=429, most=429),
    "a Retry-After of another time": _header("Retry-After", lambda value: str(int(value) + 1)),
    "a count that stands still": _header("inin-ratelimit-count", lambda _: "1"),
    "a limit that is not told": _without("inin-ratelimit-allowed"),
    "a success of a wrong content type": _header("Content-Type", lambda _: "text/html", most=299),
    "an error of a wrong content type": _header("Content-Type", lambda _: "text/plain", least=400),
    "a 405 without Allow": _without("Allow"),
    "a 401 without WWW-Authenticate": _without("WWW-Authenticate"),
    "an error that names no rule": _without("Ringback-Rule"),
    "an answer without its correlation id": _without("ININ-Correlation-Id", most=299),
    "an error of another correlation id": _header("ININ-Correlation-Id", lambda _: new_id(), least=400),
    "a participants call that does not say so": _without("Ringback-Contract"),
    "a hopeless call without a note": _without("Ringback-Note"),
    **{f"an envelope without {name}": _in_error(_drop(name)) for name, _ in ENVELOPE},
    **{f"{operation} that does nothing": _deaf_to(operation) for operation in DEAF_TO},
    "an envelope of another status": _in_error(_set("status", lambda: 499)),
}
"""Each by what is wrong with it."""
