"""The request that is explained, and everything that is made out of it once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Request
from ringback_contracts.http.platform_paths import known_path
from ringback_contracts.http.routing import route
from ringback_contracts.operations import CALLS_PATH, PLACE_CALL_FOR_USER, PLACING
from ringback_explain.explanation import Context
from ringback_explain.judge.imagined import sent
from ringback_explain.meant.body import Form, ReadBody, read
from ringback_explain.meant.call import MeantCall, meant_call
from ringback_explain.tell.symptoms import is_service

_CONVERSATIONS = "/api/v2/conversations"
_GUESSED = ("call", "voice", "phone", "outbound", "dial", "telephony", "create")
_NEIGHBOURS = frozenset({CALLS_PATH, _CONVERSATIONS} | {f"{_CONVERSATIONS}/{word}" for word in _GUESSED})
"""Paths of the platform where people post a call, and no operation takes one."""


class Subject:
    """One request to explain, and what came along with it.

    ``service`` says that a client without a user is known to send it.
    """

    def __init__(self, request: Request, context: Context, *, service: bool = False) -> None:
        self.request = sent(request)
        self.context = context
        self.route = route(request.method, request.path)
        self.operation_id = self.route.operation.id if self.route.operation else None
        self.service = service or is_service(context)

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

    @lazy
    def reading(self) -> ReadBody:
        """The body as it was meant."""
        return read(self.request.body)

    @lazy
    def fields(self) -> dict[str, Any]:
        return self.reading.fields

    @lazy
    def wish(self) -> MeantCall:
        return meant_call(self.fields)

    @lazy
    def wants_call(self) -> bool:
        """Whether the request is there to place a call, at whatever path."""
        if self.places_call:
            return True
        path = self.request.path
        if not self.fields or (known_path(path) and path not in _NEIGHBOURS):
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
            headers={**self.request.headers, "content-type": "application/json"},
            body=json.dumps(self.reading.value).encode(),
        )
