"""The mock as one of several replicas serves it: the same site, whose writes are the log's."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from ringback_contracts.core.model import Request
from ringback_contracts.http.envelope import error_body
from ringback_contracts.org import Org
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.pipeline import Answered, own_headers
from ringback_mock.http import Response, json_response
from ringback_mock.replicas.exchanges import KeepExchange
from ringback_mock.replicas.store import SharedStore
from ringback_mock.site import Site

if TYPE_CHECKING:
    from ringback_mock.replicas.replica import Replica

ALIVE, READY = "/livez", "/healthz"


class SharedSite(Site):
    """The site of a replica. ``served`` is the org that is served, and the usual speed of its clock."""

    store: SharedStore
    replica: Replica

    def __init__(self, store: SharedStore, served: tuple[Org, float], **settings: Any) -> None:
        super().__init__(store, **settings)
        self.served = served

    def probed(self, request: Request) -> Response | None:
        """The answer to what is no question to the store: whether the process lives, and can answer."""
        if request.method == "OPTIONS" and (preflight := self.cors.preflight(request)):
            self._note(request, preflight, None, None, perf_counter())
            return preflight
        if request.method not in ("GET", "HEAD") or request.path not in (ALIVE, READY):
            return None
        trouble = self.replica.trouble if request.path == READY else ""
        if trouble:
            return json_response(503, {"status": "unready", "store": trouble}, own_headers(new_id()))
        return json_response(200, {"status": "ok"}, own_headers(new_id()))

    def unavailable(self, request: Request, trouble: str) -> Response:
        """The answer while the store is away; no journal keeps it, as that is there, too."""
        context_id = new_id()
        message = f"The service is unavailable: {trouble or 'the store does not answer'}"
        body = error_body(503, "service.unavailable", message, context_id)
        response = json_response(503, body, (("Retry-After", "1"), *own_headers(context_id)))
        return self.said(request, Answered(context_id, response, self.store.default))

    def exchange(self, request: Request, answered: Answered) -> KeepExchange:
        """What the journal keeps of it."""
        return KeepExchange(
            answered.context_id,
            self.store.clock(),
            request,
            self.cors.shared(request, answered.response),
            answered.verdict,
            answered.call_id,
            answered.caller,
        )

    def said(self, request: Request, answered: Answered, began: float | None = None) -> Response:
        """The response, once what was decided stands in the log."""
        begun = perf_counter() if began is None else began
        return super()._commit(request, answered._replace(writes=(), kept=False), begun)

    def _commit(self, request: Request, answered: Answered, began: float) -> Response:
        """The response to what cannot wait for the log, such as bytes that are no request."""
        kept = (self.exchange(request, answered),) if answered.kept else ()
        self.store.commit(answered.tenant, (*answered.writes, *kept))
        return self.said(request, answered, began)
