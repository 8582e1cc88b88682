"""``GET /metrics``: what Prometheus reads. Its library is imported once somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from ringback_contracts.core.model import Request
from ringback_contracts.life import Conversation
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.tally import Durations
from ringback_mock.http import Response
from ringback_mock.resources.admin import expect_parameters
from ringback_mock.version import VERSION
from ringback_mock.views import ViewRoute

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.core import HistogramMetricFamily

    from ringback_mock.site import Site

PATH = "/metrics"
AT_A_TIME = 100
"""Calls that are looked at in one turn: to bring a call to the present takes a while."""
STATES = ("alerting", "connected", "held", "ended")


def _metrics(site: Site, request: Request) -> Response:
    """The numbers of all orgs together; others are served meanwhile."""
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    expect_parameters(request)

    def pieces() -> Iterator[bytes]:
        states: Counter[str] = Counter()
        for calls, now in _in_turns(site):
            with site.store.lock:
                states.update(state_of(call.at(now)) for call in calls)
            yield b""
        with site.store.lock:
            found = list(_families(site, states))
        yield generate_latest(_Found(found))

    return Response(200, (("Content-Type", CONTENT_TYPE_PLAIN_0_0_4),), pieces=pieces())


def _in_turns(site: Site) -> Iterator[tuple[list[CallRecord], float]]:
    """All calls of all orgs, a few at a time, each with the present of its org."""
    with site.store.lock:
        found = [(tuple(tenant.calls), tenant.clock()) for tenant in site.store.tenants]
    for calls, now in found:
        for first in range(0, len(calls), AT_A_TIME):
            yield list(calls[first : first + AT_A_TIME]), now


def state_of(call: Conversation) -> str:
    """Where a call stands, in one word."""
    if not call.active:
        return "ended"
    if any(one.call.held for one in call.participants):
        return "held"
    connected = [one for one in call.participants if one.call.state == "connected"]
    return "connected" if len(connected) > 1 else "alerting"


class _Found:
    """What is encoded: numbers that were read already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _families(site: Site, states: Counter[str]) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    exchanges = CounterMetricFamily(
        "ringback_requests",
        "Requests that were answered. No operation: a path outside the API. No rule: none refused it.",
        labels=("operation", "status", "rule"),
    )
    for (operation, status, rule), count in site.tally.exchanges.items():
        exchanges.add_metric((operation, str(status), rule), count)
    yield exchanges
    calls = GaugeMetricFamily("ringback_calls", "Calls that are kept, by their state.", labels=("state",))
    for state in STATES:
        calls.add_metric((state,), states[state])
    yield calls
    for name, (meaning, value) in _gauges(site).items():
        yield GaugeMetricFamily(f"ringback_{name}", meaning, value=value)
    version = GaugeMetricFamily("ringback_info", "The version that runs.", labels=("version",))
    version.add_metric((VERSION,), 1)
    yield version
    if site.tally.steps:
        yield _steps(site.tally.steps)
    yield from _of_the_process()


def _gauges(site: Site) -> dict[str, tuple[str, int]]:
    """What there is just now, in all orgs."""
    tenants = site.store.tenants
    return {
        "orgs": ("Orgs that are served.", len(tenants)),
        "channels": ("Notification channels.", sum(len(each.channels) for each in tenants)),
        "sockets": ("Sockets that listen to a channel.", sum(each.feed.listeners for each in tenants)),
        "console_pages": ("Pages of the console that are told of changes.", len(site.feed.listeners)),
        "journal_exchanges": ("Exchanges in the journals.", sum(len(each.journal) for each in tenants)),
        "journal_forgotten": (
            "Exchanges that had to make room since the last reset.",
            sum(each.journal.forgotten.exchanges for each in tenants),
        ),
        "kept_bytes": ("Memory, roughly, of all calls and journals.", site.store.kept_bytes),
    }


def _steps(steps: Mapping[str, Durations]) -> HistogramMetricFamily:
    """How long the store took."""
    from prometheus_client.core import HistogramMetricFamily
    from prometheus_client.utils import floatToGoString

    family = HistogramMetricFamily(
        "ringback_store_seconds", "How long a step of the store took.", labels=("step",)
    )
    for step, durations in steps.items():
        bounds = (*map(floatToGoString, durations.bounds), "+Inf")
        buckets = list(zip(bounds, map(float, accumulate(durations.counts)), strict=True))
        family.add_metric((step,), buckets, durations.seconds)
    return family


def _of_the_process() -> Iterable[Metric]:
    """Its memory, its time and its descriptors, where the system tells them."""
    from prometheus_client import CollectorRegistry, ProcessCollector

    return ProcessCollector(registry=CollectorRegistry()).collect()


ROUTES = (ViewRoute("GET", PATH, _metrics),)
