"""What both roads to the pipeline share: reading a request, and answering for a crash."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringback_contracts.core.model import Request
from ringback_contracts.http.envelope import error_body
from ringback_contracts.privacy import redact_text
from ringback_mock.edges.guard import Guard
from ringback_mock.edges.hosts import HostCheck
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.pipeline import VERSION_HEADER, Pipeline
from ringback_mock.engine.store import Store
from ringback_mock.http import Headers, Response, json_response

CORRELATION = "ININ-Correlation-Id"
BUG = (500, "internal.server.error", "Ringback failed to answer; its log says where")
TOO_SLOW = (
    408,
    "request.timeout",
    "the request did not arrive whole within {:g} s; is its body as long as its length says?",
)
"""Status, code and message of answers that no rule gives."""

ESCAPED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters as a log shows them: in clear they could pass for lines of their own."""

logger = logging.getLogger("ringback")
access = logging.getLogger("ringback.access")


@dataclass(frozen=True)
class Edge:
    """The mock as an HTTP server sees it.

    ``url`` is where it serves, as far as that is known; ``can_expire`` says whether the server has a
    certificate to show that has expired; ``guard`` says who may use the admin paths.
    """

    store: Store
    hosts: HostCheck = field(default_factory=HostCheck)
    url: str = ""
    can_expire: bool = False
    guard: Guard = field(default_factory=Guard)
    pipeline: Pipeline = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pipeline", Pipeline(self.store))

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

    def malformed(self) -> Response:
        """The answer to bytes that are no HTTP request."""
        response = self.pipeline.answer(Request("", "", well_formed=False))
        self.note("-", "-", response.status, response.headers)
        return response

    def too_slow(self, seconds: float) -> Response:
        """The answer to a request that was begun and not sent to its end in so many seconds."""
        context_id = new_id()
        status, code, message = TOO_SLOW
        body = error_body(status, code, message.format(seconds), context_id)
        response = json_response(status, body, own_headers(context_id))
        self.note("-", "-", status, response.headers)
        return response

    def note(self, method: str, path: str, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """A line in the access log, which is quiet unless asked for; a refusal's says what to do."""
        if access.isEnabledFor(logging.INFO):
            shown = redact_text(f"{method} {path}").translate(ESCAPED)
            access.info("%s %d%s", shown, status, self._advice(dict(headers)))

    def _advice(self, headers: Mapping[str, str]) -> str:
        """Of a refusal: the rule, its fix, and where the whole explanation is."""
        rule = self.pipeline.table.by_id.get(headers.get("Ringback-Rule", ""))
        if rule is None:
            return ""
        explanation = headers["Link"].partition(">")[0].removeprefix("<")
        return f" {rule.id}: {rule.fix} {self.url}{explanation}"

    def crashed(self, error: BaseException | None) -> Response:
        """The answer to a bug of ours. Its message stays out of the log, since it may quote what was sent."""
        context_id = new_id()
        frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
        logger.error(
            "this is a bug in Ringback, please report it (correlation id %s): %s\n%s",
            context_id,
            type(error).__name__,
            frames,
        )
        return json_response(BUG[0], error_body(*BUG, context_id), own_headers(context_id))


def own_headers(context_id: str) -> Headers:
    """What every reply carries."""
    return ((CORRELATION, context_id), VERSION_HEADER)


def read_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields as text; those of one name are one list (RFC 9110 section 5.3).

    A name with an underscore is dropped: CGI, and so WSGI, cannot tell it from one with a hyphen.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" not in name:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
