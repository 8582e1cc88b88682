"""Which failures a case can say: one request, and the answer of a rule to it."""

from __future__ import annotations

from ringback_client.urls import astray
from ringback_harness.check.results import Result


def why_not(failure: Result) -> str | None:
    """Why a failure cannot be saved as a case; nothing where it can."""
    if failure.exchange is None:
        return "no request shows it"
    requests = max(len(failure.steps), failure.used + 1)
    if requests > 1:
        return f"it takes {requests} requests, which a case cannot say"
    request = failure.exchange.request
    if not request.well_formed or not request.host_allowed:
        return "it takes a wrong Host, which a case cannot say"
    if astray(request.path):
        return "its path could lead to another host, which a case refuses"
    if failure.expected is None:
        return "no rule says which status and code to expect, and a case asks for those"
    return None
