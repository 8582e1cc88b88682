"""Watching an org of a running mock: what was exchanged, and which refusals nobody has looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import HTTPError

from ringback_client.target import Target
from ringback_client.wire import WireAdapter
from ringback_contracts.http.faults import BEFORE, FaultKind
from ringback_contracts.openapi.admin import LONGEST_PAGE
from ringback_harness.exits import SetupError
from ringback_harness.refusals import RefusedRequest
from ringback_harness.targets import ADMIN, admin_headers

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

SECONDS = 10
ANSWERING = frozenset({*BEFORE, FaultKind.GATEWAY_TIMEOUT})
"""The faults that answer a request themselves; the others leave the status that it got."""
Json = dict[str, Any]
FORGOTTEN = ("id", "method", "path", "status", "rule", "fault")
"""What a mock can still say of a refusal that it has forgotten."""


class ExchangeWatch:
    """One org, the default one where no id is given, as far as its exchanges go since a mark.

    ``adapter`` stands in for the network. Where it is ``direct`` no proxy is asked, wherever the mock is.
    """

    def __init__(
        self, url: str, org: str | None = None, adapter: BaseAdapter | None = None, *, direct: bool = False
    ) -> None:
        self._url = url
        self._through_proxy = not direct and Target.parse(url).real  # a proxy knows no way to this machine
        self._adapter = adapter
        self._params = {} if org is None else {"org": org}
        self._mark = self._untold = 0
        self._seen: set[str] = set()
        self._carried: list[str] = []

    def ask(self, method: str, path: str, body: Json | None = None, **params: str) -> requests.Response:
        """What the admin paths answer about the org. Raises ``SetupError`` for a refusal or no answer."""
        url, headers = f"{self._url}{ADMIN}/{path}", admin_headers(os.environ)
        try:
            with requests.Session() as session:
                session.trust_env = self._through_proxy
                session.mount(self._url, self._adapter or WireAdapter(SECONDS))
                reply = session.request(
                    method,
                    url,
                    params=self._params | params,
                    json=body,
                    headers=headers,
                    timeout=SECONDS,
                    allow_redirects=False,  # the admin token is for this server alone
                )
        except (requests.RequestException, HTTPError) as error:
            raise SetupError(f"no mock answers at {self._url}: start one with 'ringback serve'") from error
        if reply.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise SetupError(f"{self._url}: {method} {path}: {reply.status_code} {reply.text}")
        return reply

    def exchanges(self) -> list[Json]:
        """Everything since the mark, the oldest first. Raises ``SetupError`` if some of it is forgotten."""
        listing = self._since_mark()
        listed: list[Json] = listing["exchanges"]
        if missing := listing["total"] - self._mark - len(listed):
            raise SetupError(
                f"the mock has forgotten {missing} exchanges of this test, the oldest: call reset() between "
                "its parts, or run against a server with a larger --journal-size (--ringback-target=URL)"
            )
        return listed

    def refusals(self) -> list[RefusedRequest]:
        """What was refused since the mark; it has then been looked at."""
        refused = [
            RefusedRequest.read(each) for each in self.exchanges() if _failed(each["response"]["status"])
        ]
        self._seen.update(refusal.id for refusal in refused)
        return refused

    def looked_at(self, correlation_id: str | None) -> None:
        """Count the refusal with this id as looked at."""
        self._seen.add(correlation_id or "")

    def overlooked(self) -> list[str]:
        """In lines, each refusal that nobody has looked at; what a fault answered is none."""
        return [*self._carried, *self._lines(self._since_mark())]

    def carry(self) -> None:
        """Keep what has been overlooked so far, since the org is about to forget it."""
        self._carried = self.overlooked()
        self._mark = self._untold = 0

    def settle(self) -> list[str]:
        """What has been overlooked, which is thereby told, and a new mark behind it."""
        listing = self._since_mark()
        lines = [*self._carried, *self._lines(listing)]
        self._carried, self._mark = [], listing["total"]
        self._untold = _nameless(listing)
        self._seen.update(refusal.id for refusal in _refusals(listing))
        return lines

    def _since_mark(self) -> Json:
        """What was exchanged since the mark, page by page, and what is forgotten by then."""
        listing: Json = self.ask("GET", "exchanges", limit="0").json()
        total: int = listing["total"]
        if total < self._mark:  # somebody has reset the org
            self._mark = self._untold = 0
        exchanges: list[Json] = []
        while (end := total - len(exchanges)) > self._mark:
            limit = min(LONGEST_PAGE, end - self._mark)
            listing = self.ask("GET", "exchanges", limit=str(limit), before=str(end)).json()
            if listing["total"] < total:  # somebody resets it meanwhile
                return self._since_mark()
            exchanges[:0] = listing["exchanges"]
            if len(listing["exchanges"]) < limit:  # the older ones are forgotten
                break
        return listing | {"exchanges": exchanges, "total": total}

    def _lines(self, listing: Json) -> Iterator[str]:
        """A text for each; why comes once for those that are refused alike."""
        known: set[tuple[str | None, str, str]] = set()
        for refusal in _refusals(listing):
            if refusal.fault not in ANSWERING and refusal.id not in self._seen:
                alike = (refusal.rule, refusal.pointer, refusal.detail)
                first, *why = refusal.lines()
                yield first if alike in known else "\n".join((first, *why))
                known.add(alike)
        nameless = _nameless(listing) - self._untold
        if nameless > 0:
            yield f"  {nameless} more, of which the mock remembers nothing: there were too many"


def _nameless(listing: Json) -> int:
    """How many refusals are forgotten altogether."""
    forgotten = listing["forgotten"]
    count: int = forgotten["refusals"] - len(forgotten["newestRefusals"])
    return count


def _refusals(listing: Json) -> Iterable[RefusedRequest]:
    """Every refusal by what can still be said of it when it is forgotten."""
    listed = {exchange["id"] for exchange in listing["exchanges"]}  # one may have been forgotten since
    for line in listing["forgotten"]["newestRefusals"]:
        if line["id"] not in listed:
            yield RefusedRequest(**{name: line[name] for name in FORGOTTEN})
    for exchange in listing["exchanges"]:
        if _failed(exchange["response"]["status"]):
            yield RefusedRequest.read(exchange)


def _failed(status: int) -> bool:
    return status >= HTTPStatus.BAD_REQUEST
