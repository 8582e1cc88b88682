"""The request that is explained, and everything that is made out of it once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from ringback_contracts.catalogue import PLACING, route
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.operations import PLACE_CALL_FOR_USER
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Context, Equivalent
from ringback_explain.meant.body import Form, ReadBody, read
from ringback_explain.meant.call import MeantCall, meant_call
from ringback_explain.meant.placeholders import Hole, holes
from ringback_explain.table import pattern

JSON_HEADERS = {"content-type": "application/json"}
_CONVERSATIONS = "/api/v2/conversations"
_GUESSED = ("call", "voice", "phone", "outbound", "dial", "telephony", "create")
_NEIGHBOURS = frozenset({CALLS_PATH, _CONVERSATIONS} | {f"{_CONVERSATIONS}/{word}" for word in _GUESSED})
"""Paths of the platform where people post a call, and no operation takes one."""


class Subject:
    """One request to explain, and what came along with it.

    ``is_service`` says that a client without a user is known to send it.
    """

    def __init__(self, request: Request, context: Context) -> None:
        # Of a bare body no headers are known, and it is taken for JSON.
        self.request = request if request.headers else replace(request, headers=JSON_HEADERS)
        self.context = context
        self.route = route(request.method, request.path)
        self.operation_id = self.route.operation.id if self.route.operation else None
        self.is_service = is_service(context)

    @property
    def places_call(self) -> bool:
        return self.operation_id in PLACING

    @property
    def is_elsewhere(self) -> bool:
        """Whether the path is none of this API, or none on which any method places a call."""
        known = route("POST", self.request.path).operation
        return self.route.operation is None and (known is None or known.id not in PLACING)

    @property
    def path_user(self) -> str | None:
        return self.route.params.get("userId") if self.operation_id == PLACE_CALL_FOR_USER else None

    def is_sent_by(self, equivalent: Equivalent) -> bool:
        """Whether an equivalent is the request itself: its method, path and the JSON value of its body."""
        same_place = (equivalent.method, equivalent.path) == (self.request.method, self.request.path)
        return same_place and self.reading.form is Form.JSON and self.reading.value == equivalent.body

    @lazy
    def reading(self) -> ReadBody:
        """The body as it was meant."""
        return read(self.request.body)

    @lazy
    def fields(self) -> dict[str, Any]:
        return self.reading.fields

    @lazy
    def holes(self) -> tuple[Hole, ...]:
        """The texts of the body that are not the values they stand for."""
        return tuple(holes(self.reading.value))

    @lazy
    def wish(self) -> MeantCall:
        return meant_call(self.fields)

    @lazy
    def wants_call(self) -> bool:
        """Whether the request is there to place a call, at whatever path."""
        if self.places_call:
            return True
        path = self.request.path
        if not self.fields or (self.route.known and path not in _NEIGHBOURS):
            return False
        wish = self.wish
        return bool(wish.to or wish.undirected) or ("call" in path.lower() and "callback" not in path.lower())

    @lazy
    def mended(self) -> Request | None:
        """The request with its body as proper JSON, where it was something else that can be read whole."""
        if self.reading.form in (Form.JSON, Form.NOTHING, Form.CUT):
            return None
        return replace(
            self.request,
            headers={**self.request.headers, **JSON_HEADERS},
            body=json.dumps(self.reading.value).encode(),
        )


def is_service(context: Context) -> bool:
    """Whether the token is one of the client-credentials grant."""
    if context.grant:
        return re.sub(r"[^a-z]", "", context.grant.lower()) == "clientcredentials"
    return pattern("client-credentials").search(context.text) is not None
