"""Which path leads to which view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_mock.engine.store import Store
from ringback_mock.http import HttpProblem, Response
from ringback_mock.site import Site
from ringback_mock.views import ViewRoute, Views


def _first(_: Site, __: Request) -> Response:
    return Response(201)


def _second(_: Site, __: Request, call: str, party: str) -> Response:
    return Response(202, (("Call", call), ("Party", party)))


ROUTES = Views(
    [
        ViewRoute("GET", "/calls", _first),
        ViewRoute("POST", "/calls/{call}/parties/{party}", _second),
        ViewRoute("DELETE", "/calls/all/parties/none", _first),
    ]
)


def test_a_path_leads_to_its_view() -> None:
    assert ROUTES.find("GET", "/calls") == (_first, {})
    assert ROUTES.find("HEAD", "/calls") == (_first, {})


SEGMENTS = st.text(min_size=1, max_size=5).filter(lambda text: "/" not in text)


@given(call=SEGMENTS, party=SEGMENTS)
def test_what_braces_hold_is_one_segment_whatever_it_is(call: str, party: str) -> None:
    found = ROUTES.find("POST", f"/calls/{call}/parties/{party}")
    assert found == (_second, {"call": call, "party": party})
    assert ROUTES.find("POST", f"/calls/{call}/{call}/parties/{party}") is None


@pytest.mark.parametrize(
    "path", ["", "/", "/calls/", "/Calls", "/calls/1/parties", "/calls//parties/1", "/calls/1/parties/2/"]
)
def test_other_paths_lead_nowhere(path: str) -> None:
    assert ROUTES.find("GET", path) is None


def test_a_template_is_no_path() -> None:
    found = ROUTES.find("POST", "/calls/{call}/parties/{party}")
    assert found == (_second, {"call": "{call}", "party": "{party}"})


def test_a_path_that_is_written_out_wins_over_braces() -> None:
    assert ROUTES.find("DELETE", "/calls/all/parties/none") == (_first, {})
    with pytest.raises(HttpProblem) as refused:
        ROUTES.find("POST", "/calls/all/parties/none")
    assert refused.value.headers == (("Allow", "DELETE"),)


def test_another_method_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(HttpProblem, match="PUT is not served here; allowed: GET, HEAD") as refused:
        ROUTES.find("PUT", "/calls")
    assert (refused.value.status, refused.value.error) == (405, "method_not_allowed")


@given(st.text(max_size=20), st.sampled_from(["GET", "POST", "DELETE", "X"]))
def test_the_site_answers_whatever_the_path_is(path: str, method: str) -> None:
    site = Site(Store())
    response = site.answer(Request(method, f"/{path}", {"host": "localhost"}))
    assert response.status < 500
    assert len(dict(response.headers)["ININ-Correlation-Id"]) == 36
