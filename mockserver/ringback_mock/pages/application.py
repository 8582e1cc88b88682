"""The Flask application: it renders the pages, and any WSGI server can run the whole site with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wsgi import get_input_stream

from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.http.envelope import error_body
from ringback_mock.engine.faults import HEADER as FAULT
from ringback_mock.engine.pipeline import CORRELATION, VERSION_HEADER
from ringback_mock.http import HttpProblem, Peer, json_response
from ringback_mock.http import Response as Reply
from ringback_mock.pages import login
from ringback_mock.views import Decided, not_allowed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from ringback_mock.site import Site

NO_DOOR = (
    "a fault breaks or delays this reply, which takes 'ringback serve'; this server sends whole replies only"
)
NO_FEED = "what is told as it happens takes 'ringback serve'; this server sends whole replies only"
NOT_PREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""The two headers whose CGI names have no ``HTTP_`` in front."""


class Application(Flask):
    """Serves the site to a WSGI server, and the pages, which are its blueprints, to the site."""

    def __init__(self, site: Site) -> None:
        super().__init__("ringback_mock", static_folder=None)
        self.site = site
        # A path means what it says: no redirect for a double slash, no reply to OPTIONS that nobody wrote.
        self.url_map.merge_slashes = False
        self.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
        self.register_error_handler(HTTPException, _explained)
        self.register_blueprint(login.blueprint(site.store))

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the site does, though no reply is broken or held back."""
        request = _request(self.site, environ)
        peer = Peer(environ.get("REMOTE_ADDR"), environ["wsgi.url_scheme"])
        try:
            reply = self.site.answer(request, peer)
        except Exception as error:
            if self.testing:
                raise
            reply = self.site.crashed(error, request)
        if reply.delivery is not None:
            reply = _undeliverable(reply, NO_DOOR)
        elif reply.feed is not None:
            reply = _undeliverable(reply, NO_FEED)
        return _made(reply)(environ, start_response)

    def page(self, request: Request, path: str) -> Decided:
        """The page at the path, for which the site has let the request in.

        For the views it is ``g.sent``; what they want written, and to which org, they leave in ``g.decided``.
        """
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": request.query,
            "HTTP_HOST": request.headers.get("host", "localhost"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "0",
            "wsgi.url_scheme": "http",
        }
        with self.request_context(environ):
            g.sent, g.decided = request, (self.site.store.default, ())
            page = self.full_dispatch_request()
            tenant, writes = g.decided
        headers = tuple(header for header in page.headers if header[0] != "Content-Length")
        return Decided(Reply(page.status_code, headers, page.get_data()), tenant, writes)


def _explained(error: HTTPException) -> Response:
    """What Flask refuses, in our words."""
    if isinstance(error, MethodNotAllowed):
        problem = not_allowed(g.sent.method, error.valid_methods or ())
    elif isinstance(error, NotFound):
        problem = HttpProblem(
            404, "nothing is served here; the API is under /api/v2, and /openapi.json lists it"
        )
    else:
        problem = HttpProblem(error.code or 400, error.description or error.name)
    return _made(problem.response())


def _request(site: Site, environ: WSGIEnvironment) -> Request:
    return site.request(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        _headers(environ),
        _body(environ),
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


def _body(environ: WSGIEnvironment) -> bytes:
    """The body up to one byte beyond the limit. The rest is read too, or the client might miss the answer."""
    stream = get_input_stream(environ)
    body = stream.read(MAX_BYTES + 1)
    while len(body) > MAX_BYTES and stream.read(2**16):
        pass
    return body


def _made(reply: Reply) -> Response:
    """A plain reply as one of Flask's."""
    response = Response(reply.pieces or reply.body, reply.status, list(reply.headers))
    if not any(name.lower() == "content-type" for name, _ in reply.headers):
        del response.headers["Content-Type"]  # a guess of Flask's
    return response


def _undeliverable(reply: Reply, why: str) -> Reply:
    """What a server that sends whole replies only says in place of another one."""
    own = tuple(header for header in reply.headers if header[0] in (CORRELATION, VERSION_HEADER[0], FAULT))
    body = error_body(501, "not.implemented", why, dict(own)[CORRELATION])
    return json_response(501, body, own)
