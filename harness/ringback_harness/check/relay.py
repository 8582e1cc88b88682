"""A door on loopback to a target that only reads: what comes in goes the way of every other request.

So who asks here for the run, schemathesis for one, is held to its permit and pace and is recorded with it,
never sees a token, and gets answers in which people have stand-ins. Any process of the machine can reach the
door: it opens to whoever knows the run's secret.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from typing import Any, NamedTuple

import orjson
from click import ClickException

from ringback_client import TransportError
from ringback_client.transport import Reply
from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.model import Request
from ringback_contracts.core.operation import Change
from ringback_contracts.openapi import openapi_document
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.targets import OutOfReach, World
from ringback_mock.engine.hosts import HostCheck

DOCUMENT = "/openapi.json"
SECRET = "Ringback-Relay-Token"
"""The header that shows who belongs to the run."""
SHOWN = f"HTTP_{SECRET.upper().replace('-', '_')}"
OWN_HOSTS = HostCheck()
NAMED_THERE = frozenset({"conversationId", "userId"})
"""Path parameters for which a real org has what our examples name, or rightly has not."""
READING = frozenset(
    operation.id
    for operation in OPERATIONS
    if operation.changes is Change.NOTHING
    and operation.reads is None
    and NAMED_THERE.issuperset(operation.parameters)
)
"""The operations that change nothing, whoever answers, and can be asked of any org: the gate lets no other
body through than one that it can show to ring nobody."""
METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
OURS = frozenset({"links", "Link", "Ringback-Contract", "Ringback-Note", "Ringback-Rule", "Ringback-Version"})
"""Names in the document that only a Ringback makes true."""
PASSED_ON = frozenset({"authorization", "accept", "content-type"})
"""Fields of a request that are meant for the target."""
HELD_BACK = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)
"""Fields of an answer that speak of the connection that it came on."""


def reading_document() -> dict[str, Any]:
    """The OpenAPI document of the operations that change nothing, as any target of the platform's has them.

    What is Ringback's own in answers, links to other operations and queries are left out: of generated ones
    the gate refuses many, since servers read them in more than one way.
    """
    whole = openapi_document()
    paths = {path: dict(_reading(item)) for path, item in whole["paths"].items()}
    document: dict[str, Any] = _without_ours({**whole, "paths": paths})
    document["paths"] = {path: item for path, item in document["paths"].items() if "get" in item}
    return document


def _reading(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of a path that are no operations, and the operation that reads."""
    for name, member in item.items():
        operation = member.get("operationId") if isinstance(member, Mapping) else None
        if operation in READING or (operation is None and name not in METHODS):
            yield name, _without_queries(member) if operation else member


def _without_queries(operation: Mapping[str, Any]) -> dict[str, Any]:
    kept = [parameter for parameter in operation.get("parameters", ()) if parameter.get("in") != "query"]
    return {**operation, "parameters": kept}


def _without_ours(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_ours(member) for name, member in value.items() if name not in OURS}
    return [_without_ours(item) for item in value] if isinstance(value, list) else value


@dataclass
class Relay:
    """A WSGI application in front of a world."""

    world: World
    secret: str = field(default_factory=secrets.token_urlsafe, repr=False)
    cleaner: Cleaner = field(default_factory=Cleaner)
    _one_at_a_time: Lock = field(default_factory=Lock, repr=False)

    def __call__(self, environ: Mapping[str, Any], start: Any) -> Iterable[bytes]:
        reply = self._reply(_request(environ)) if self._admits(environ) else STRANGER
        kept = [(name, value) for name, value in reply.headers.items() if name.lower() not in HELD_BACK]
        start(f"{reply.status} {reply.reason or 'Answered'}", kept)
        return [reply.body]

    def _admits(self, environ: Mapping[str, Any]) -> bool:
        """Whether the request is the run's own, and not led here by a name that was made to lead here."""
        host, given = environ.get("HTTP_HOST"), environ.get(SHOWN, "")
        return OWN_HOSTS.allows(host) and hmac.compare_digest(
            given.encode("utf-8", "replace"), self.secret.encode()
        )

    def _reply(self, request: Request) -> Reply:
        if request.path == DOCUMENT:
            return _json(200, reading_document())
        if request.method != "GET" or not request.path.startswith("/api/"):
            return _json(404, {"message": "only what reads the API is passed on"})
        try:
            with self._one_at_a_time:
                reply = self.world.send(request)
        except (OutOfReach, TransportError, ClickException) as reason:  # the last ends the run later
            return _json(504, {"message": str(reason)})
        media_type = reply.headers.get("Content-Type", "")
        return replace(reply, body=self.cleaner.body(reply.body, media_type, answer=True))


def _json(status: int, value: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, orjson.dumps(value))


STRANGER = _json(403, {"message": "this relay answers only the run that started it"})


def _request(environ: Mapping[str, Any]) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    return Request(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        {name: value for name, value in headers.items() if name in PASSED_ON and value},
        query=environ["QUERY_STRING"],
    )


class RelayedUrl(NamedTuple):
    """Where a relay is, and the secret to send in the header ``SECRET``."""

    url: str
    secret: str


@contextmanager
def relayed(world: World) -> Iterator[RelayedUrl]:
    """The address of a relay to the world, one request at a time; its end waits for none of them."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    relay = Relay(world)
    server = make_server("127.0.0.1", 0, relay, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield RelayedUrl(f"http://127.0.0.1:{server.server_port}", relay.secret)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
