"""Replies of the Flask edge."""

from __future__ import annotations

from typing import Any

from flask import Response

from ringback_mock.http import Response as Reply
from ringback_mock.http import json_response


def made(reply: Reply) -> Response:
    """A plain reply as one of Flask's."""
    response = Response(reply.body, reply.status, list(reply.headers))
    if not any(name.lower() == "content-type" for name, _ in reply.headers):
        del response.headers["Content-Type"]  # a guess of Flask's
    return response


def shown(value: Any, status: int = 200) -> Response:
    """The value as JSON."""
    return made(json_response(status, value))


def problem(status: int, error: str, message: str) -> Response:
    """What was wrong with a request outside ``/api``, and what to do."""
    return shown({"error": error, "message": message}, status)
