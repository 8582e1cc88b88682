"""Somebody else's mock: it answers the API and nothing else, says nothing of Ringback, and may be wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import orjson
from werkzeug.serving import make_server

from ringback_client.transport import Reply
from ringback_contracts.catalogue import PLACING, TABLE, route
from ringback_contracts.core.model import Request
from ringback_contracts.core.table import Table
from ringback_contracts.org import Org
from ringback_harness.plain_target import PlainTarget
from ringback_harness.targets import Clock, OutOfReach, Switches, Traits, World, as_reply
from ringback_harness.wire import Notes
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.http import HERE, Peer, Response, json_response
from ringback_mock.site import Site
from tests.standin import NUMBER, TOKEN, standin_org

HOST = "127.0.0.1"
Answers = Callable[[Request, Response], Response]
"""What somebody's mock makes of a request, and of the right answer to it."""


class OtherMock(Site):
    """A mock whose answers carry nothing of Ringback's, as ``answers`` has them."""

    def __init__(self, store: Store, answers: Answers, table: Table) -> None:
        super().__init__(store, table, hosts=HostCheck(allowed=(HOST,)))
        self._answers = answers

    def answer(self, request: Request, peer: Peer = HERE) -> Response:
        if not request.path.startswith("/api/"):
            return json_response(404, {"message": "not here"})
        response = self._answers(request, super().answer(request, peer).whole())
        kept = tuple(each for each in response.headers if not each[0].startswith(("Ringback-", "Link")))
        return replace(response, headers=kept)


def flawless(_: Request, response: Response) -> Response:
    return response


@contextmanager
def plain_target(answers: Answers = flawless, org: Org | None = None, table: Table = TABLE) -> Iterator[str]:
    """The URL of such a mock on loopback; its org is another than Ringback's default one."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    site = OtherMock(Store(org or standin_org()), answers, table)
    server = make_server(HOST, 0, site.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class NearAtHand:
    """Such a mock without a socket, and with a clock on which nobody waits."""

    def __init__(self, answers: Answers = flawless, org: Org | None = None, table: Table = TABLE) -> None:
        self.name = "somebody's mock"
        self.traits = Traits(listens=False)
        self.notes: Notes | None = None
        self._clock = Clock()
        self._site = OtherMock(Store(org or standin_org(), clock=self._clock), answers, table)

    def world(self, switches: Switches | None = None) -> World:
        if switches:
            raise OutOfReach("its org cannot be changed")
        tokens = {"alice": TOKEN}
        return World(self.traits, f"http://{HOST}", None, tokens, self._deliver, self.world, self._clock.wait)

    def _deliver(self, request: Request) -> Reply:
        return as_reply(self._site.answer(request))


def near(
    answers: Answers = flawless, table: Table = TABLE, numbers: Sequence[str] = (NUMBER,)
) -> PlainTarget:
    """Such a mock as a check meets one that answers at a URL."""
    return PlainTarget(NearAtHand(answers, table=table), numbers)


# --- five that are wrong ------------------------------------------------------------------------------


def accepts_all(request: Request, response: Response) -> Response:
    """It looks at the token alone, and places a call whatever the body says."""
    if not _dials(request) or response.status in (202, 401):
        return response
    path = f"/api/v2/conversations/calls/{CALL}"
    call = {"id": CALL, "selfUri": path, "uri": path, "createdTime": "2026-01-01T00:00:00Z"}
    return json_response(202, call, _correlation(response))


def refuses_all(_: Request, response: Response) -> Response:
    """It refuses everything as a bad request."""
    return _refused(response)


def refuses_valid(request: Request, response: Response) -> Response:
    """Its refusals are right, but it takes one body alone of those that are good."""
    if not _dials(request) or response.status != 202 or request.body == b'{"phoneNumber":"+12125550100"}':
        return response
    return _refused(response)


def wrong_envelope(_: Request, response: Response) -> Response:
    """Its statuses are right, but its errors have a form of their own."""
    if response.status < 400:
        return response
    error = {"reason": "it is wrong", "number": response.status}
    return replace(response, body=orjson.dumps({"error": error}))


def rule_off(rule: str) -> Table:
    return TABLE.without(rule)


WRONG: Mapping[str, Answers] = {
    "accepts all": accepts_all,
    "refuses all": refuses_all,
    "refuses valid ones": refuses_valid,
    "wrong envelope": wrong_envelope,
}
CALL = "0ca11000-0000-4000-8000-000000000001"


def _dials(request: Request) -> bool:
    found = route(request.method, request.path).operation
    return found is not None and found.id in PLACING


def _correlation(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(each for each in response.headers if each[0] == "ININ-Correlation-Id")


def _refused(response: Response) -> Response:
    """As a bad request, in the platform's envelope."""
    correlation = dict(response.headers).get("ININ-Correlation-Id", "")
    body = {
        "message": "The request is bad.",
        "code": "bad.request",
        "status": 400,
        "messageWithParams": "The request is bad.",
        "messageParams": {},
        "contextId": correlation,
        "details": [],
        "errors": [],
    }
    return json_response(400, body, _correlation(response))
