"""What Prometheus reads of a replica: what this one answered, the calls of all, and how long it waited."""

from __future__ import annotations

import json

from prometheus_client.parser import text_string_to_metric_families

from tests.mockserver.process import Process
from tests.replicas.conftest import Start


def scraped(replica: Process) -> dict[str, float]:
    """The numbers, by name and labels as they are written."""
    reply = replica.get("/metrics")
    assert reply.status_code == 200, reply.text
    samples = [one for family in text_string_to_metric_families(reply.text) for one in family.samples]
    return {one.name + json.dumps(one.labels, sort_keys=True): one.value for one in samples}


def test_each_replica_counts_what_it_answered_and_shows_the_calls_of_all(start: Start) -> None:
    one, other = start(), start()
    for _ in range(3):
        assert one.place().status_code == 202
    assert other.get("/api/v2/conversations/calls").status_code == 200
    placed = json.dumps({"operation": "postConversationsCalls", "rule": "", "status": "202"}, sort_keys=True)
    told, told_by_other = scraped(one), scraped(other)
    assert told[f"ringback_requests_total{placed}"] == 3
    assert f"ringback_requests_total{placed}" not in told_by_other
    for numbers in (told, told_by_other):
        states = [value for name, value in numbers.items() if name.startswith("ringback_calls{")]
        assert sum(states) == 3
        assert numbers['ringback_store_seconds_count{"step": "round"}'] > 0
        assert numbers['ringback_store_seconds_sum{"step": "round"}'] > 0
