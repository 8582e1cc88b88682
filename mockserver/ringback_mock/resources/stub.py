"""What ``--stub`` answers for an operation that is not served: a body made up from its model, marked so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from ringback_contracts.catalogue import findings, route
from ringback_contracts.core import payload
from ringback_contracts.core.model import Caller, Rejected, Request, Stage
from ringback_contracts.core.payload import Payload
from ringback_contracts.core.table import Table
from ringback_contracts.http.sdk_operations import sdk_operation
from ringback_contracts.http.stubs import stub
from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import Org
from ringback_mock.http import JSON_TYPE, Headers, Response

MARK = ("Ringback-Stub", "true")
NOT_SERVED = "path.not-served"
OF_THE_TOKEN = (Stage.AUTHENTICATE, Stage.RATE)


def why_not_stubbed(
    verdict: Rejected, request: Request, caller: Caller, org: Org, table: Table
) -> Rejected | None:
    """Why the request is refused though operations that are not served are answered; its token may be why."""
    if verdict.finding.rule.id != NOT_SERVED:
        return verdict
    found = findings(request, caller, org, table)
    return next((Rejected(one) for one in found if one.rule.stage in OF_THE_TOKEN), None)


def stubbed(request: Request, now: float, own: Headers) -> Response:
    """The made-up answer to a request for an operation of the SDK; a note tells of a body that is no JSON."""
    operation = sdk_operation(route(request.method, request.path).unserved or "")
    read = payload.read(request.body) if request.body else Payload({})
    status, value = stub(operation, request.path, timestamp(now), _object(read))
    headers = (*own, MARK, *_note(request, read))
    if value is None:
        return Response(status, headers)
    return Response(status, (JSON_TYPE, *headers), orjson.dumps(value))


def _object(read: Payload) -> Mapping[str, Any]:
    """The object that the request's body is, if it is one."""
    return read.value if read.readable and isinstance(read.value, dict) else {}


def _note(request: Request, read: Payload) -> Headers:
    """What is said of a body that is to be JSON, and cannot be read."""
    is_json = "json" in request.headers.get("content-type", "").lower()
    if read.readable or not is_json or "content-encoding" in request.headers:
        return ()
    why = read.error or "it is nested too deeply"
    note = f"a stub takes any body, and this is no JSON: {why}"
    return (("Ringback-Note", note.encode("ascii", "replace").decode()),)
