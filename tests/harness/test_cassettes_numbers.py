"""A recording holds nobody's number, and is judged as what was sent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ringback_contracts.catalogue import judge
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Accepted, Example
from ringback_contracts.domain.numbers import Problem, assess
from ringback_contracts.examples import situation
from ringback_contracts.privacy import HIDDEN
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness import strategies
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.cassettes.numbers import StableNumbers

PERSON = "+13172222222"
OTHER = "+442071838750"


def verdict_on(body: bytes) -> str:
    there = situation(Example(raw=body))
    verdict = judge(there.request, there.caller, there.org)
    return "accepted" if isinstance(verdict, Accepted) else verdict.finding.rule.id


def cleaned(body: bytes) -> bytes:
    return Cleaner().body(body, "application/json")


@given(strategies.bodies())
@example({"to": "tel:+442079460001", "from": {"type": "tel", "address": 1000000.0}})
@example({"to": {"type": "user", "id": "00000000-000A-000A-000A-00000000a0aa"}, "from": "user:x"})
@example({"to": "sip:&%30anna@host.customer.io:24841?/%cF=%0A", "from": f"user:{ALICE}"})
@example({"to": "SIP:00[@A", "from": f"user:{ALICE}"})
@example({"to": {"to": "SIP:00000000@0"}, "from": f"user:{ALICE}"})
@example({"to": "tel:+4\t2079460001", "from": f"user:{ALICE}"})
@example({"to": "USER:0000000A-000A-0000-000A-0000A00000000", "from": f"user:{ALICE}"})
@example({"to": "USER:00000000-0500-00c0-0000-0000003005000"})
@example({"attributes": 1e308})
@example({"phoneNumber": "SIP:9%1C%Ff%C8%1d&@[2002:53e4:4587:4e00:0000:0000:0000:0000]:65535?%be9=!%95%7e"})
@example({"phoneNumber": "SIP:%5E%44:secret@[64:ff9b:1:b9ac:371a:dc3:ef95:8442];X%Bf?[-)%ccX%5C=*"})
@example({"to": "sip:anna%20b@host.customer.io;method=9Y", "from": f"user:{ALICE}"})
@example({"to": "sip:sos@10.20.30.40", "from": f"user:{ALICE}"})
@example({"to": "sip:+442079460888@10.20.30.40", "from": f"user:{ALICE}"})
@example({"to": "sip:anna@10.20.30.40:5060", "from": f"user:{ALICE}"})
def test_a_clean_body_is_judged_as_the_body_that_was_sent(body: Any) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    clean = cleaned(sent)
    # What is long and looks drawn by lot may be a secret, of which nothing stays that could be judged.
    assume(HIDDEN.encode() not in clean or not re.search(rb"[0-9A-Za-z-]{20}", sent))
    assert verdict_on(clean) == verdict_on(sent)


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("sip:anna%20b:pw@host.customer.io;method=X", b"sip:person1:***@example.com;method=X"),
        ("sips:anna@10.20.30.40:5061", b"sips:person1@10.20.30.40:5061"),
        ("sip:anna@[2002:53e4:4587:4e00::1]", b"sip:person1@[2002:53e4:4587:4e00::1]"),
    ],
)
def test_of_a_sip_uri_its_user_and_password_are_kept_from_the_disk(uri: str, kept: bytes) -> None:
    assert cleaned(json.dumps({"to": uri}).encode()) == b'{"to": "%b"}' % kept


@given(strategies.numbers(), st.sampled_from(["tel:{}", "{}", "  {} ", "call {} now"]))
def test_no_number_that_can_ring_survives(number: str, spelled: str) -> None:
    shown = Cleaner().text(spelled.format(number))
    known = assess(number)
    if known.problem is None:
        assert number not in shown
        assert "+4420794601" in shown or "0114420794601" in shown


@given(strategies.numbers().filter(lambda text: sum(map(str.isdigit, text)) >= 7), st.booleans())
def test_whatever_is_wrong_with_a_number_is_wrong_with_its_stand_in(number: str, plus: bool) -> None:
    number = number if plus else number[1:]
    known, shown = assess(number).problem, assess(Cleaner().text(number)).problem
    assert shown is known or (known is None and shown is Problem.RESERVED)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("+44207183", Problem.TOO_SHORT),
        ("+44207183875012345", Problem.TOO_LONG),
        ("+999888777666", Problem.UNKNOWN_COUNTRY),
        ("+15558887777", Problem.NOT_ASSIGNED),
    ],
)
def test_an_invalid_number_becomes_another_with_the_same_defect(number: str, problem: Problem) -> None:
    assert assess(number).problem is problem
    shown = Cleaner().text(number)
    assert shown != number
    assert assess(shown).problem is problem


def test_the_same_number_has_the_same_stand_in_and_others_have_others() -> None:
    cleaner = Cleaner()
    first, second = cleaner.text(PERSON), cleaner.text(OTHER)
    assert (first, second) == ("+442079460150", "+442079460151")
    assert cleaner.text(f"tel:{PERSON}") == f"tel:{first}"
    assert json.loads(cleaner.body(json.dumps({"phoneNumber": PERSON}).encode(), "")) == {
        "phoneNumber": first
    }


def test_fifty_numbers_have_a_stand_in_each() -> None:
    numbers = StableNumbers()
    shown = {numbers.stand_in(f"+1317222{line:04d}") for line in range(2000, 2050)}
    assert shown == {f"+4420794601{line}" for line in range(50, 100)}


def test_the_address_of_a_sip_host_stays() -> None:
    assert Cleaner().text("sip:agent@203.0.113.7:5060") == "sip:agent@203.0.113.7:5060"
    assert "20.30.40.50" not in Cleaner().text("tel:+45 20.30.40.50")


def test_the_spelling_stays() -> None:
    assert Cleaner().text("+1 (317) 222-2222") == "+4 (420) 794-60150"


def test_digits_of_another_script_stay_in_it() -> None:
    assert (
        Cleaner()
        .text("+\uff11\uff13\uff11\uff17\uff12\uff12\uff12\uff12\uff12\uff12\uff12")
        .startswith("+\uff14\uff14")
    )


@pytest.mark.parametrize("body", [b'{"phoneNumber": "\xff"}', '{"phoneNumber": "x"}'.encode("utf-16-le")])
def test_bytes_that_are_no_text_stay_when_they_hide_nothing(body: bytes) -> None:
    assert cleaned(body) == body


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_that_are_no_text_hide_no_number(encoding: str) -> None:
    body = f'{{"phoneNumber": "{PERSON}", "label": "\u00ff"}}'.encode(encoding)
    assert PERSON.encode() not in cleaned(body).replace(b"\0", b"")


def test_reserved_numbers_stay_as_they_are_unless_they_are_adopted() -> None:
    cleaner = Cleaner()
    assert cleaner.text("+442079460500") == "+442079460500"
    cleaner.numbers.adopt("+442079460500")
    assert cleaner.text("+442079460500") == "+442079460150"


def test_a_json_number_stays_a_json_number() -> None:
    shown = json.loads(cleaned(b'{"phoneNumber": 13172222222}'))
    assert isinstance(shown["phoneNumber"], int)
    assert shown["phoneNumber"] != 13172222222


def test_what_holds_nothing_is_kept_byte_by_byte() -> None:
    body = b'{ "phoneNumber" :\n"+442079460100"}'
    assert cleaned(body) == body


def test_secrets_and_persons_are_hidden() -> None:
    body = b'{"access_token": "abc123secret", "email": "person@corp.com", "note": "Bearer xyz789"}'
    shown = cleaned(body).decode()
    assert "abc123secret" not in shown
    assert "person@" not in shown
    assert "xyz789" not in shown


def test_ids_get_the_names_that_they_have_in_the_default_org() -> None:
    cleaner = Cleaner(names={"5a4db0c5-0000-4000-8000-000000000001": "a11ce000-0000-4000-8000-000000000001"})
    assert cleaner.text(f"{CALLS_PATH}/user/5A4DB0C5-0000-4000-8000-000000000001").endswith(
        "a11ce000-0000-4000-8000-000000000001"
    )


@pytest.mark.parametrize(
    ("number", "stand_in"),
    [("13172222222.0", "[0-9]+[.]0"), ("13172222222.7", "[0-9]+[.]5"), ("13172222222", "[0-9]+")],
)
def test_a_json_number_stays_one_of_its_kind(number: str, stand_in: str) -> None:
    clean = cleaned(f'{{"priority": {number}}}'.encode()).decode()
    assert re.fullmatch(f'{{"priority": {stand_in}}}', clean)
    assert "3172222222" not in clean
