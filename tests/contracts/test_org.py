"""The org's file: what loads, and what each mistake is told."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.org import Org, OrgError, Outcome, changed, default_org, default_org_text, load_org

ALICE = "a11ce000-0000-4000-8000-000000000001"
SMALL = 'id = "o"\nname = "Org"\n'


def test_the_default_org_has_the_names_that_users_rely_on() -> None:
    org = default_org()
    assert [user.name for user in org.users] == ["Alice", "Bob", "Carol", "Dave", "Erin"]
    assert [token.value for token in org.tokens] == ["alice", "bob", "carol", "noscope", "service", "expired"]
    assert org.owns("+442079460001", None)
    assert not org.owns("+442079460003", ALICE)
    assert org.limits.rate_per_minute is None


@pytest.mark.parametrize(
    ("last_two", "outcome"),
    [
        ("00", Outcome.ANSWER),
        ("01", Outcome.BUSY),
        ("02", Outcome.NO_ANSWER),
        ("03", Outcome.DECLINED),
        ("04", Outcome.NO_ROUTE),
        ("05", Outcome.STATION_TIMEOUT),
        ("06", Outcome.ANSWER),
        ("19", Outcome.ANSWER),
        ("50", Outcome.ANSWER),
        ("99", Outcome.ANSWER),
    ],
)
def test_test_numbers_have_fixed_outcomes(last_two: str, outcome: Outcome) -> None:
    test = default_org().test_number(f"+4420794601{last_two}")
    assert test is not None
    assert test.outcome is outcome


def test_numbers_around_the_test_range_are_ordinary() -> None:
    org = default_org()
    assert org.test_number("+442079460099") is None
    assert org.test_number("+442079460200") is None
    assert org.test_number("+4420794601000") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x", "this is no TOML"),
        ('id = "o"', "name is missing"),
        (SMALL + "sip_trunkin = true", "sip_trunkin: there is no such key; the nearest is 'sip_trunking'"),
        (SMALL + 'sip_trunking = "yes"', "sip_trunking: expected true or false, found 'yes'"),
        (SMALL + 'contract = "publish"', "the nearest is 'published'"),
        (SMALL + "success_status = 204", "success_status: 204 is none of 200, 202"),
        (SMALL + "limits = 5", "limits: expected a table, found 5"),
        (SMALL + "limits.rate_per_minute = true", "expected a whole number, found a boolean"),
        (SMALL + "users = {}", "users: expected an array, found a table"),
        (SMALL + '[[users]]\nid = "u"\nname = "U"\nemial = "x"', "users[0].emial: there is no such key"),
        (SMALL + '[[users]]\nid = "u"', "users[0].name is missing"),
        (SMALL + '[[queues]]\nid="q"\nname="Q"\n[[queues]]\nid="q"\nname="R"', "two queues have the id 'q'"),
        (SMALL + '[[tokens]]\nvalue = "t"', "give it either a user or a client"),
        (SMALL + '[[tokens]]\nvalue = "t"\nuser = "nobody"', "no user has the id 'nobody'"),
        (SMALL + '[[test_numbers]]\nfirst = "+1"\noutcome = "bussy"', "the nearest is 'busy'"),
        (SMALL + 'user_by_id = "x"', "user_by_id: there is no such key"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(OrgError) as caught:
        load_org(text)
    assert told in str(caught.value)


@given(key=st.text(string.ascii_lowercase + "_", min_size=1))
def test_no_unknown_key_is_ever_passed_over(key: str) -> None:
    known = {item for item in Org.__dataclass_fields__ if not item.endswith(("_by_id", "_by_value"))}
    if key not in known:
        with pytest.raises(OrgError, match="there is no such key"):
            load_org(SMALL + f"{key} = 1")


def test_an_org_can_be_changed_in_the_spelling_of_its_file() -> None:
    org = changed(default_org(), {"strict_numbers": True, "limits": {"rate_per_minute": 2}})
    assert org.strict_numbers
    assert org.limits.rate_per_minute == 2
    assert changed(org, {}) is org
    with pytest.raises(OrgError, match="the nearest is 'strict_numbers'"):
        changed(org, {"strict_number": True})


def test_the_packaged_text_is_the_packaged_org() -> None:
    assert load_org(default_org_text()) == default_org()
