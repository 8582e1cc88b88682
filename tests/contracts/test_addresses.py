"""Addresses of any scheme, users and campaigns: nothing but an address error, whatever the text."""

from __future__ import annotations

import copy
import pickle
import uuid
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.domain.addresses import (
    AddressError,
    CampaignAddress,
    Reason,
    SipAddress,
    TelAddress,
    UserAddress,
    meant_as_sip,
    parse,
    parse_campaign,
    parse_sip,
    parse_tel,
    parse_user,
    strict_e164,
)
from ringback_harness.strategies import edited
from tests.contracts.edits import refusal

ALICE = "a11ce000-0000-4000-8000-000000000001"
ADDRESSES = st.sampled_from(
    [
        "tel:+442079460100",
        "tel:7;phone-context=a.b",
        "sip:a:b@h.c:1;x=y?z=1",
        f"user:{ALICE}",
        f"campaign:{ALICE}",
    ]
)


@pytest.mark.parametrize("read", [parse, parse_tel, parse_sip, parse_user, parse_campaign, strict_e164])
@given(text=st.text() | edited(ADDRESSES) | st.text("sip:tel@;%[]\n 1a"))
@example(text="\ud800")
@example(text="sip:\ud800@\ud800")
@example(text="tel:" + "9" * 10_000)
@example(text="sip:a@" + "a." * 50_000 + "-")
def test_no_text_raises_anything_but_an_address_error(read: Callable[[str], object], text: str) -> None:
    error = refusal(read, text)
    assert error is None or 0 <= error.position <= len(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tel:+442079460100", TelAddress),
        ("TEL:7042;phone-context=example.com", TelAddress),
        ("sip:agent@example.com", SipAddress),
        ("SIPS:agent@example.com", SipAddress),
        (f"user:{ALICE}", UserAddress),
        (f"CAMPAIGN:{ALICE}", CampaignAddress),
    ],
)
def test_the_scheme_decides_in_any_case(text: str, kind: type[object]) -> None:
    assert type(parse(text)) is kind


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("", Reason.EMPTY, 0),
        ("   ", Reason.SURROUNDING_WHITE_SPACE, 0),
        (" tel:+442079460100", Reason.SURROUNDING_WHITE_SPACE, 0),
        (f"user:{ALICE}\n", Reason.SURROUNDING_WHITE_SPACE, 41),
        ("15551234567", Reason.NO_SCHEME, 0),
        (ALICE, Reason.NO_SCHEME, 0),
        ("agent@example.com", Reason.NO_SCHEME, 0),
        ("tel", Reason.NO_SCHEME, 0),
        ("12:30", Reason.NO_SCHEME, 0),
        ("mailto:agent@example.com", Reason.UNKNOWN_SCHEME, 0),
    ],
)
def test_a_text_of_no_scheme_is_refused_with_the_reason(text: str, reason: Reason, position: int) -> None:
    with pytest.raises(AddressError) as refused:
        parse(text)
    assert (refused.value.reason, refused.value.position) == (reason, position)


@given(st.uuids(), st.booleans())
def test_ids_are_normalised_to_small_letters(value: uuid.UUID, upper: bool) -> None:
    text = str(value).upper() if upper else str(value)
    assert parse(f"user:{text}") == UserAddress(str(value))
    assert parse(f"campaign:{text}") == CampaignAddress(str(value))


@pytest.mark.parametrize(
    ("id_", "position"),
    [
        ("not-a-uuid", 0),
        ("", 0),
        (ALICE[:-1], 35),
        (ALICE + "0", 36),
        (ALICE.replace("-", ""), 8),
        ("{" + ALICE + "}", 0),
        ("a11ce00\uff10-0000-4000-8000-000000000001", 7),
        ("a11ce000_0000-4000-8000-000000000001", 8),
        ("a11ce000-0000-4000-8000-00000000000\u0661", 35),
    ],
)
@pytest.mark.parametrize(("scheme", "read"), [("user:", parse_user), ("campaign:", parse_campaign)])
def test_an_id_that_is_no_uuid_is_refused_where_it_goes_wrong(
    scheme: str, read: Callable[[str], object], id_: str, position: int
) -> None:
    with pytest.raises(AddressError) as refused:
        read(scheme + id_)
    assert (refused.value.reason, refused.value.position) == (Reason.BAD_ID, len(scheme) + position)


def test_a_user_is_no_campaign() -> None:
    with pytest.raises(AddressError) as refused:
        parse_user(f"campaign:{ALICE}")
    assert refused.value.reason is Reason.NO_SCHEME


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("agent@example.com", True),
        ("tel:+1@x", True),
        (" \tSIPS:agent", True),
        ("sip:agent", True),
        ("sip", False),
        ("tel:+442079460100", False),
        ("my sip:agent", False),
        ("", False),
    ],
)
def test_a_sip_address_is_recognised_by_its_at_sign_or_scheme(text: str, meant: bool) -> None:
    assert meant_as_sip(text) is meant


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_read_and_an_error_survives_copying(reason: Reason) -> None:
    error = AddressError(reason, 3)
    assert str(error).startswith("at position 3: ")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (twin.reason, twin.position, str(twin)) == (reason, 3, str(error))
