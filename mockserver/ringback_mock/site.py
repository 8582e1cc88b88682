"""The mock: a request comes in and a response goes out, whatever the path. Servers are thin edges of it.

The API and the token endpoint are the pipeline's; beside them are the admin paths, the documents, and the
pages, which Flask renders.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ringback_contracts.administration import TOKEN_HEADER
from ringback_contracts.catalogue import TABLE, route
from ringback_contracts.core.model import Rejected, Request, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.http.envelope import error_body
from ringback_contracts.http.faults import CONNECT, Fault
from ringback_contracts.openapi import openapi_document
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_mock.access_log import Noted, log_exchange, logs
from ringback_mock.engine.cors import Cors
from ringback_mock.engine.guard import ADMIN, FOREIGN, Guard, is_foreign
from ringback_mock.engine.handling import Handlers
from ringback_mock.engine.hosts import HostCheck, asked_origin
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.pipeline import CORRELATION, Answered, Pipeline, own_headers, struck
from ringback_mock.engine.sockets import Sockets
from ringback_mock.engine.store import Store
from ringback_mock.engine.tally import NO_OPERATION, NO_RULE, Tally
from ringback_mock.engine.writes import NoteChange
from ringback_mock.http import HERE, Feed, HttpProblem, Peer, Response, json_response
from ringback_mock.resources import admin, channel_socket, console, far_end, metrics
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.views import Decided, ViewRoute, Views

if TYPE_CHECKING:
    from ringback_mock.pages.application import Application

LOGIN_PATH, ICON_PATH = "/oauth/authorize", "/favicon.ico"
BUG = (500, "internal.server.error", "Ringback failed to answer; its log says where")
TOO_SLOW = (
    408,
    "request.timeout",
    "the request did not arrive whole within {:g} s; is its body as long as its length says?",
)
"""Status, code and message of answers that no rule gives."""
UNREAD = Request("", "", well_formed=False)
"""What cannot be read as a request."""

logger = logging.getLogger("ringback")


class Site:
    """The mock as every server sees it.

    ``hosts`` says which hosts it answers to, ``guard`` who may use the admin paths, ``cors`` which web pages
    may use the API. ``url`` is where it serves, as far as that is known; ``can_expire`` says whether the
    server has a certificate to show that has expired.
    """

    def __init__(  # noqa: PLR0913 - each has its usual value
        self,
        store: Store,
        table: Table = TABLE,
        handlers: Handlers = HANDLERS,
        *,
        hosts: HostCheck | None = None,
        guard: Guard | None = None,
        cors: Cors | None = None,
        url: str = "",
        can_expire: bool = False,
    ) -> None:
        self.store = store
        self.table = table
        self.hosts = hosts or HostCheck()
        self.guard = guard or Guard()
        self.cors = cors or Cors()
        self.feed = Feed()
        self.url = url
        self.can_expire = can_expire
        self.pipeline = Pipeline(store, table, handlers)
        self.sockets = Sockets(store)
        self.tally = Tally()

    @cached_property
    def application(self) -> Application:
        """The Flask application, which renders the pages: a call needs it no more than its imports."""
        from ringback_mock.pages.application import Application

        return Application(self)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        query: str = "",
        http_version: str = "1.1",
    ) -> Request:
        """The request as plain values; without exactly one Host it is malformed (RFC 9112 section 3.2)."""
        host = headers.get("host")
        well_formed = http_version == "1.0" if host is None else "," not in host
        return Request(method, path, headers, body, query, self.hosts.allows(host), well_formed)

    def answer(self, request: Request, peer: Peer = HERE) -> Response:
        """The answer to the request of that client. It raises for bugs alone; see ``crashed``."""
        if request.method == "OPTIONS" and (preflight := self.cors.preflight(request)):
            with self.store.lock:
                self._note(request, preflight, None, None, perf_counter())
            return preflight
        began = perf_counter()
        with self.store.lock:
            response = self._commit(request, self.decide(request, peer), began)
            if self.store.listened:
                self.sockets.tell()
            return response

    def decide(self, request: Request, peer: Peer = HERE) -> Answered:
        """What to answer and what to write, of which nothing is written yet."""
        path = request.path
        if path.startswith("/api/") or path == "/api" or not request.well_formed:
            return self.pipeline.answer(request, peer.scheme)
        return self._beside(request, peer)

    def open_to_sockets(self, alarm: Callable[[], object]) -> None:
        """Serve the sockets of channels from now on; ``alarm`` is told when another moment is the next."""
        self.pipeline.sockets = True
        self.sockets.alarm = alarm

    def handshake_fault(self) -> Fault | None:
        """The fault of the default org that strikes a TLS handshake which begins."""
        with self.store.lock:
            tenant = self.store.default
            fault, writes = struck(tenant, CONNECT, ())
            self.store.commit(tenant, writes)
            return fault

    def _commit(self, request: Request, answered: Answered, began: float) -> Response:
        """The response, once what was decided is written, and kept in the journal and in the access log."""
        context_id, response, tenant, verdict, call_id, caller, writes, kept = answered
        response = self.cors.shared(request, response)
        self.store.commit(tenant, writes)
        if self.feed.listeners and (writes or kept):
            self.feed.tell()
        if kept:
            if response.pieces is not None:
                made = self._committed_when_made(request, answered, response.pieces, began)
                return replace(response, pieces=made)
            now = self.store.clock()
            tenant.journal.record(context_id, now, request, response, verdict, call_id, caller=caller)
        self._note(request, response, verdict, tenant.org.id, began)
        return response

    def _note(
        self, request: Request, response: Response, verdict: Verdict | None, org_id: str | None, began: float
    ) -> None:
        """Count the exchange, and write its line into the access log where that is wanted."""
        operation = verdict.operation if verdict is not None else None
        rule = verdict.finding.rule if isinstance(verdict, Rejected) else None
        status, name = response.status, operation.id if operation else _named(request)
        counted, key = self.tally.exchanges, (name, status, rule.id if rule else NO_RULE)
        counted[key] = counted.get(key, 0) + 1
        if logs(status):
            log_exchange(request, response, Noted(name, rule, org_id, perf_counter() - began, self.url))

    def _committed_when_made(
        self, request: Request, answered: Answered, pieces: Iterator[bytes], began: float
    ) -> Iterator[bytes]:
        """The pieces, and the exchange in the journal with as many of them as were made."""
        body = bytearray()
        try:
            for piece in pieces:
                body += piece
                yield piece
        finally:
            whole = answered._replace(
                response=replace(answered.response, body=bytes(body), pieces=None), writes=()
            )
            with self.store.lock:
                self._commit(request, whole, began)

    def located(self, document: dict[str, Any], request: Request) -> dict[str, Any]:
        """The description of this server, with the URL that whoever asks for it knows it by."""
        scheme = self.url.partition("://")[0] or "http"
        url = asked_origin(request.headers, scheme) if "host" in request.headers else self.url
        return {**document, "servers": [{"url": url}]} if url else document

    # Beside the API

    def _beside(self, request: Request, peer: Peer) -> Answered:
        """Slashes in front are no part of a path. A refusal is the default org's, for no rule gave it.

        What was commanded is told in the journal's changes, which are no exchanges.
        """
        path, context_id = "/" + request.path.lstrip("/"), new_id()
        of_admin = path == ADMIN or path.startswith(f"{ADMIN}/") or path == metrics.PATH
        try:
            self._let_in(request, path, peer, of_admin=of_admin)
            seen = self._viewed(request, path)
        except HttpProblem as problem:
            seen = problem.response()
        if isinstance(seen, Answered):
            return seen
        response, tenant, writes = seen if isinstance(seen, Decided) else (seen, self.store.default, ())
        varying = (("Vary", "Accept"),) if console.place_of(request, path) else ()
        kept = response.status >= HTTPStatus.BAD_REQUEST and not of_admin and path != ICON_PATH
        explained = (("Link", self.pipeline.link(tenant, context_id)),) if kept else ()
        own = (*varying, *explained, *own_headers(context_id))
        response = replace(response, headers=(*response.headers, *own))
        if of_admin and writes:
            writes += (NoteChange(context_id, request, response.status, self.store.clock()),)
        return Answered(context_id, response, tenant, writes=writes, kept=kept)

    def _let_in(self, request: Request, path: str, peer: Peer, *, of_admin: bool) -> None:
        """Raise ``HttpProblem`` for whoever may not come here."""
        if not request.host_allowed:
            raise HttpProblem(
                421,
                "the Host header names another server: start the mock with --allow-host NAME, or with the "
                "variable RINGBACK_ALLOW_HOST set (names apart by spaces)",
            )
        denial = None
        if of_admin:
            denial = self.guard.denial(
                request.headers,
                peer,
                is_page=path in console.PAGE_PATHS,
                as_bearer=path == metrics.PATH,
            )
        elif path == LOGIN_PATH and request.method == "POST" and is_foreign(request.headers, peer.scheme):
            denial = FOREIGN
        if denial is None:
            return
        scheme = "Bearer" if path == metrics.PATH else TOKEN_HEADER
        challenge = ("WWW-Authenticate", f'{scheme} realm="ringback"')
        headers = (challenge,) if denial.status == HTTPStatus.UNAUTHORIZED else ()
        raise HttpProblem(denial.status, denial.message, denial.error, headers)

    def _viewed(self, request: Request, path: str) -> Response | Decided | Answered:
        """What the view of the path says; where it has none, it is that of a page, or of nothing."""
        if console.wants_page(request) and (place := console.place_of(request, path)):
            return Response(303, (("Location", place),))
        found = VIEWS.find(request.method, path)
        if found is None:
            return self.application.page(request, path)
        view, params = found
        return view(self, request, **params)

    # What is no request

    def malformed(self) -> Response:
        """The answer to bytes that are no HTTP request."""
        return self.answer(UNREAD)

    def too_slow(self, request: Request, seconds: float) -> Response:
        """The answer to a request, as far as it came, that was not sent to its end in so many seconds."""
        status, code, message = TOO_SLOW
        return self._said(request, status, code, message.format(seconds))

    def crashed(self, error: BaseException | None, request: Request = UNREAD) -> Response:
        """The answer to a bug of ours. Its message stays out of the log, since it may quote what was sent."""
        response = self._said(request, *BUG)
        logger.error(
            "this is a bug in Ringback, please report it (correlation id %s): %s\n%s",
            dict(response.headers)[CORRELATION],
            type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)) if error else "",
        )
        return response

    def _said(self, request: Request, status: int, code: str, message: str) -> Response:
        """What no rule says, in the platform's words."""
        context_id = new_id()
        body = error_body(status, code, message, context_id)
        response = json_response(status, body, own_headers(context_id))
        with self.store.lock:
            tenant = self.store.owner(request.headers.get("authorization"))
            return self._commit(request, Answered(context_id, response, tenant), perf_counter())


def _named(request: Request) -> str:
    """The operation of a request that no rule gave one: a fault came first, or Ringback does not serve it."""
    found = route(request.method, request.path)
    return found.operation.id if found.operation else found.unserved or NO_OPERATION


def _health(_: Site, __: Request) -> Response:
    return json_response(200, {"status": "ok"})


def _document(site: Site, request: Request) -> Response:
    return json_response(200, site.located(openapi_document(site.store.default.org.contract), request))


def _token(site: Site, request: Request) -> Answered:
    return site.pipeline.log_in(request)


VIEWS = Views(
    [
        ViewRoute("GET", "/livez", _health),
        ViewRoute("GET", "/healthz", _health),
        ViewRoute("GET", "/openapi.json", _document),
        ViewRoute("POST", TOKEN_PATH, _token),
        *admin.ROUTES,
        *console.ROUTES,
        *far_end.ROUTES,
        *channel_socket.ROUTES,
        *metrics.ROUTES,
    ]
)
