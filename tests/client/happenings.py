"""What can happen to a request on the wire, and what that says of whether it was acted on."""

from __future__ import annotations

from dataclasses import dataclass

import requests
from hypothesis import strategies as st
from urllib3.exceptions import IncompleteRead, ProtocolError

from ringback_client import AuthorizationCode, ClientCredentials
from tests.client.scripted import PLACED, Answer, Make, envelope, refused, reset, token_answer

SERVICE = ClientCredentials("demo-service", "demo-secret")


@dataclass(frozen=True)
class Fault:
    """Something that can happen to a POST.

    ``acted`` says whether the server may, must or cannot have placed a call (``None``: may); ``again`` says
    whether sending once more cannot do anything twice.
    """

    name: str
    make: Make
    acted: bool | None
    again: bool = False


FAULTS = [
    Fault("placed", lambda: PLACED, acted=True),
    Fault("connection refused", refused, acted=False, again=True),
    Fault("no connection in time", lambda: requests.ConnectTimeout("late"), acted=False, again=True),
    Fault("reset before the reply", reset, acted=None),
    Fault("no reply in time", lambda: requests.ReadTimeout("late"), acted=None),
    Fault(
        "truncated",
        lambda: requests.exceptions.ChunkedEncodingError(ProtocolError("broken", IncompleteRead(1, 2))),
        acted=None,
    ),
    Fault("undecodable", lambda: requests.exceptions.ContentDecodingError("gzip"), acted=None),
    Fault("TLS broke after the handshake", lambda: requests.exceptions.SSLError("eof"), acted=None),
    Fault("a proxy gave up", lambda: requests.exceptions.ProxyError("tunnel"), acted=None),
    Fault("202 without JSON", lambda: Answer(202, b"<html>"), acted=None),
    Fault("202 without an id", lambda: Answer(202, {"selfUri": "/x"}), acted=None),
    Fault("204", lambda: Answer(204, b""), acted=None),
    Fault("302", lambda: Answer(302, b"", {"Location": "http://[bad"}), acted=None),
    Fault("500", lambda: envelope(500, "internal.server.error"), acted=None),
    Fault("500 with a reason", lambda: envelope(500, "providerapi.error.no.station.for.edge"), acted=False),
    Fault("500 in a form of its own", lambda: Answer(500, {"code": "upstream"}), acted=None),
    Fault("502 in the platform's form", lambda: envelope(502, "bad.gateway"), acted=None),
    Fault("503 of the platform", lambda: envelope(503, "service.unavailable"), acted=False),
    Fault("501", lambda: Answer(501, b""), acted=False),
    Fault("502", lambda: Answer(502, b"<html>bad gateway</html>"), acted=None),
    Fault("503", lambda: Answer(503, b""), acted=None),
    Fault("503 with Retry-After", lambda: Answer(503, b"", {"Retry-After": "1"}), acted=False, again=True),
    Fault("504", lambda: Answer(504, b""), acted=None),
    Fault("504 of the platform", lambda: envelope(504, "request.timeout"), acted=None),
    Fault("429", lambda: envelope(429, "too.many.requests.retry.after"), acted=False, again=True),
    Fault("429 with Retry-After", lambda: Answer(429, b"", {"Retry-After": "2"}), acted=False, again=True),
    Fault("401", lambda: envelope(401, "bad.credentials"), acted=False),
    Fault("400", lambda: envelope(400, "bad.request"), acted=False),
    Fault("403", lambda: envelope(403, "not.authorized"), acted=False),
    Fault("404 of a proxy", lambda: Answer(404, b"<html>"), acted=False),
    Fault("408", lambda: envelope(408, "client.timeout"), acted=False),
]
AMBIGUOUS = [fault for fault in FAULTS if fault.acted is None]
SAFE = [fault for fault in FAULTS if fault.again]
REFUSALS = [fault for fault in FAULTS if fault.acted is False and not fault.again]

LOGIN_FAULTS: list[Make] = [
    token_answer,
    refused,
    reset,
    lambda: requests.ReadTimeout("late"),
    lambda: Answer(400, {"error": "invalid_client", "description": "client not found"}),
    lambda: Answer(429, b"", {"Retry-After": "1"}),
    lambda: Answer(500, b""),
    lambda: Answer(503, b"", {"Retry-After": "1"}),
    lambda: Answer(200, b"<html>"),
]

code = AuthorizationCode("demo-app", "code", "http://localhost:8000/callback", client_secret="demo-secret")
# Runs of the same, since a policy gives up on those alone.
happenings = st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 5)), max_size=5).map(
    lambda runs: [fault for fault, times in runs for _ in range(times)]
)
login_happenings = st.lists(st.tuples(st.sampled_from(LOGIN_FAULTS), st.integers(1, 5)), max_size=4).map(
    lambda runs: [make for make, times in runs for _ in range(times)]
)
credentials = st.sampled_from([SERVICE, code, "alice"])
