"""A target is a mock's URL or a region of the platform, and never something in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import DEFAULT_MOCK, REGIONS, ConfigurationError, RingbackError, Target, UnknownRegion


@pytest.mark.parametrize(("region", "domain"), REGIONS.items())
def test_a_region_is_known_by_its_id_its_domain_and_its_hosts(region: str, domain: str) -> None:
    expected = Target(f"https://api.{domain}", f"https://login.{domain}", region=region, real=True)
    spellings = [region, region.upper(), region.replace("_", "-"), domain, f"api.{domain}", f" {domain} "]
    urls = [f"https://api.{domain}", f"https://login.{domain}/", f"http://api.{domain}"]
    assert [Target.parse(text) for text in spellings + urls] == [expected] * 9


def test_the_regions_are_those_of_the_official_sdk() -> None:
    assert len(REGIONS) == len(set(REGIONS.values())) == 18


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("mypurecloud.i", "mypurecloud.ie"),
        ("us-east-3", "us_east_"),
        ("usw2.purecloud", "usw2.pure.cloud"),
        ("ap_southeast2", "ap_southeast_2"),
    ],
)
def test_an_unknown_region_names_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        Target.parse(text)
    assert f"nearest is '{nearest}" in str(caught.value)
    assert DEFAULT_MOCK in str(caught.value)


@pytest.mark.parametrize("text", ["", "mars", "eu", "frankfurt", "gateway.corp.internal"])
def test_where_no_region_is_near_all_are_named_and_none_is_called_the_nearest(text: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        Target.parse(text)
    assert "nearest" not in str(caught.value)
    assert all(region in str(caught.value) for region in REGIONS)
    assert DEFAULT_MOCK in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1:8010", "192.168.100.10", "localhost", "LOCALHOST:8010/", "mock:8010", "[::1]:8010"),
        *("mypurecloud.ie:443", "127.0.0.1:8010/api/v2", "ringback.test:80"),
    ],
)
def test_what_looks_like_a_host_and_a_port_is_told_to_lack_its_scheme(text: str) -> None:
    with pytest.raises(UnknownRegion, match="did you forget http://") as caught:
        Target.parse(text)
    assert "nearest" not in str(caught.value)
    assert "*" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8010",
        "http://127.0.0.1:8010/",
        "http://localhost:1",
        "https://[::1]:8443",
        "http://127.1.2.3",
        "http://ringback.test",
        "http://mock.localhost:80",
    ],
)
def test_a_url_that_can_lead_to_nobody_is_a_mock(url: str) -> None:
    target = Target.parse(url)
    assert (target.region, target.real) == (None, False)
    assert target.api == target.login == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["http://ringback:8010", "https://gateway.corp.internal/genesys", "http://10.0.0.1", "http://latest"],
)
def test_a_url_that_may_lead_to_somebody_counts_as_real(url: str) -> None:
    target = Target.parse(url)
    assert (target.region, target.real) == (None, True)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:port",
        "http://user:hunter2:hunter2",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://user:hunter2@127.0.0.1",
        "http://127.0.0.1/?x=1",
        "http://127.0.0.1/#x",
    ],
)
def test_a_url_that_is_none_or_says_too_much_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Target.parse(url)
    assert "hunter2" not in str(caught.value)


@given(st.text() | st.from_regex(r"https?://[^\s]*", fullmatch=True))
def test_any_text_is_a_target_or_a_configuration_error(text: str) -> None:
    try:
        target = Target.parse(text)
    except RingbackError as error:
        assert isinstance(error, ConfigurationError)  # noqa: PT017 - only what is raised must be one
    else:
        assert target.api.startswith(("http://", "https://"))
