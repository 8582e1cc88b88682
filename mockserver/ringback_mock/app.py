"""The Flask edge: everything the mock serves, as a plain WSGI application."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, g
from flask import request as current
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.http.envelope import error_body
from ringback_contracts.http.faults import BEFORE, LOGIN
from ringback_contracts.openapi import openapi_document
from ringback_contracts.openapi.admin import TOKEN_HEADER
from ringback_contracts.org import Org
from ringback_mock.edges.delivery import DELIVERY
from ringback_mock.edges.edge import CORRELATION, Edge, own_headers
from ringback_mock.edges.guard import ADMIN, FOREIGN, Guard, is_foreign
from ringback_mock.edges.hosts import HostCheck
from ringback_mock.engine.faults import HEADER as FAULT
from ringback_mock.engine.faults import instead, spoiled
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.orgfile import read_org
from ringback_mock.engine.pipeline import VERSION_HEADER
from ringback_mock.engine.store import Store
from ringback_mock.http import Response as Reply
from ringback_mock.http import json_response
from ringback_mock.pages import login
from ringback_mock.pages.replies import made, problem, shown
from ringback_mock.resources import admin
from ringback_mock.resources.oauth import claimant, token_endpoint

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import WSGIEnvironment


NO_DOOR = (
    "a fault breaks or delays this reply, which takes 'ringback serve'; this server sends whole replies only"
)
NOT_PREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""The two headers whose CGI names have no ``HTTP_`` in front."""


def create_app(
    org: Org | str | os.PathLike[str] | None = None,
    *,
    store: Store | None = None,
    allow_hosts: tuple[str, ...] = (),
    admin_token: str | None = None,
) -> Flask:
    """The mock as a Flask application that any WSGI server, or Flask's test client, can run.

    ``org`` is an org, or the path of its TOML file; the default org serves when none is given. A ``store``
    brings its org with it. ``allow_hosts`` names hosts to answer to besides loopback ones. ``admin_token``
    guards the admin paths; without it they serve clients on this machine alone.
    Raises ``OrgError`` for a file that is no org, and ``ValueError`` for a fault of TLS handshakes, which are
    those of the server around the application, or for a token that no header can carry.
    """
    if store is None:
        store = Store(org if isinstance(org, Org) else read_org(org))
    elif org is not None:
        raise ValueError("give either an org or a store, which has its own")
    if any(fault.shows_certificate for fault in store.default.org.faults):
        raise ValueError(f"the org has the fault expired-certificate, but {admin.NO_CERTIFICATE}")
    return flask_app(Edge(store, HostCheck(allowed=allow_hosts), guard=Guard(admin_token)))


class _App(Flask):
    def log_exception(self, exc_info: OptExcInfo) -> None:
        """Leave it to ``Edge.crashed``, which logs nothing of what was sent."""


def flask_app(edge: Edge) -> Flask:
    """The Flask application of an edge."""
    app = _App("ringback_mock", static_folder=None)
    # A path means what it says: no redirect for a double slash, no reply to OPTIONS that nobody wrote.
    app.url_map.merge_slashes = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.before_request(lambda: _gate(edge))
    app.after_request(lambda response: _finish(edge, response))
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(MethodNotAllowed, _name_methods)
    app.register_error_handler(InternalServerError, lambda error: _apologise(edge, error))
    app.add_url_rule("/healthz", "health", lambda: shown({"status": "ok"}))
    app.add_url_rule("/openapi.json", "openapi", lambda: _document(edge))
    app.add_url_rule("/oauth/token", "token", lambda: _token(edge), methods=["POST"])
    app.register_blueprint(login.blueprint(edge))
    app.register_blueprint(admin.blueprint(edge))
    return app


def _gate(edge: Edge) -> Response | None:
    """Answer what the pipeline answers; let the rest pass to its route."""
    request = g.sent = _read(edge)
    path = request.path
    if path == "/api" or path.startswith("/api/") or not request.well_formed:
        return _sent(edge.pipeline.answer(request))
    if not request.host_allowed:
        return problem(421, "misdirected_request", "the Host header names another server; see --allow-host")
    return _guarded(edge, request)


def _guarded(edge: Edge, request: Request) -> Response | None:
    """Refuse whom the guard refuses: by the path as it is routed, of which slashes in front are no part."""
    path, refusal = current.path, None
    if path == ADMIN or path.startswith(f"{ADMIN}/"):
        refusal = edge.guard.refusal(request.headers, current.scheme, current.remote_addr)
    elif path == login.PATH and request.method == "POST" and is_foreign(request.headers, current.scheme):
        refusal = FOREIGN
    if refusal is None:
        return None
    response = problem(refusal.status, refusal.error, refusal.message)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = f'{TOKEN_HEADER} realm="ringback"'
    return response


def _document(edge: Edge) -> Response:
    return shown(openapi_document(edge.store.default.org.contract))


def _read(edge: Edge) -> Request:
    environ = current.environ
    return edge.request(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        _headers(environ),
        _body(),
        query=environ.get("QUERY_STRING", ""),
        http_version=environ.get("SERVER_PROTOCOL", "HTTP/1.1").removeprefix("HTTP/"),
    )


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """The headers by their names in lower case."""
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") and key.removeprefix("HTTP_") not in NOT_PREFIXED
    }
    for key in NOT_PREFIXED:
        if environ.get(key):
            headers[key.replace("_", "-").lower()] = environ[key]
    return headers


def _body() -> bytes:
    """The body up to one byte beyond the limit. The rest is read too, or the client might miss the answer."""
    stream = current.stream
    body = stream.read(MAX_BYTES + 1)
    while len(body) > MAX_BYTES and stream.read(2**16):
        pass
    return body


def _token(edge: Edge) -> Response:
    request: Request = g.sent
    store, context_id = edge.store, new_id()
    with store.lock:
        tenant, own = claimant(store, request), own_headers(context_id)
        fault = tenant.faults.strike(LOGIN, ())
        if fault is not None and fault.kind in BEFORE:
            reply = instead(fault, own, context_id, store.clock())
        else:
            reply = token_endpoint(store, request)
            reply = Reply(reply.status, (*reply.headers, *own), reply.body)
            reply = spoiled(fault, reply, own, context_id) if fault else reply
        tenant.journal.record(context_id, store.clock(), request, reply)
    return _sent(reply)


def _sent(reply: Reply) -> Response:
    """The reply, which is in a journal, and how it is delivered if a fault wants it otherwise than whole."""
    g.kept = True
    if reply.delivery is None:
        return made(reply)
    wish = current.environ.get(DELIVERY)
    if wish is None:
        return made(_undeliverable(reply))
    wish.set(reply.delivery)
    return made(reply)


def _undeliverable(reply: Reply) -> Reply:
    """What a server that sends whole replies only says in place of a broken one."""
    own = tuple(header for header in reply.headers if header[0] in (CORRELATION, VERSION_HEADER[0], FAULT))
    body = error_body(501, "not.implemented", NO_DOOR, dict(own)[CORRELATION])
    return json_response(501, body, own)


def _finish(edge: Edge, response: Response) -> Response:
    if CORRELATION not in response.headers:
        response.headers.extend(own_headers(new_id()))
    if response.status_code >= HTTPStatus.BAD_REQUEST and _is_new(current.path):
        _keep(edge, response)
    edge.note(current.method, current.path, response.status_code, response.headers)
    return response


def _is_new(path: str) -> bool:
    """Whether the request is in no journal and belongs there: what a test asks of the mock does not.

    Browsers ask for an icon of their own accord.
    """
    unread = "sent" not in g
    return not (unread or g.get("kept") or path == "/favicon.ico" or path.startswith(f"{ADMIN}/"))


def _keep(edge: Edge, response: Response) -> None:
    """Keep a refusal that no rule gave, such as that of a path without ``/api``: it is the default org's."""
    store = edge.store
    reply = Reply(response.status_code, tuple(response.headers), response.get_data())
    with store.lock:
        store.default.journal.record(response.headers[CORRELATION], store.clock(), g.sent, reply)


def _explain(error: HTTPException) -> Response:
    """An error outside ``/api``, as JSON."""
    message = error.description or error.name
    if message == NotFound.description:
        message = "nothing is served here; the API is under /api/v2, and /openapi.json lists it"
    return problem(error.code or 400, error.name.lower().replace(" ", "_"), message)


def _name_methods(error: MethodNotAllowed) -> Response:
    allow = ", ".join(sorted(error.valid_methods or ()))
    response = problem(405, "method_not_allowed", f"{current.method} is not served here; allowed: {allow}")
    response.headers["Allow"] = allow
    return response


def _apologise(edge: Edge, error: InternalServerError) -> Response:
    return made(edge.crashed(error.original_exception or error))
