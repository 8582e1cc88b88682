"""Faults as data: what they take, when they strike, and what is told of a wrong one."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import BY_ID, OPERATIONS
from ringback_contracts.core.operation import Change
from ringback_contracts.http.faults import (
    CONNECT,
    LOGIN,
    Fault,
    FaultError,
    FaultKind,
    FaultOperation,
    fault_from,
    parse_fault,
)
from ringback_contracts.org import OrgError, default_org, load_org
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    LIST_CALLS,
    PATCH_CALL,
    PLACE_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_contracts.resources.conversations.operations import (
    DISCONNECT,
    PATCH_CALL_PARTICIPANT,
    PATCH_PARTICIPANT,
    SET_ATTRIBUTES,
)
from ringback_contracts.resources.conversations.transfer_operations import (
    CANCEL_CONSULT,
    CONSULT,
    CONSULT_ADDRESS,
    CONSULT_AGENT,
    CONSULT_EXTERNAL,
    CONSULT_QUEUE,
    REPLACE,
    REPLACE_AGENT,
    REPLACE_CALL,
    REPLACE_QUEUE,
    TRANSFER,
)
from ringback_contracts.resources.users.operations import GET_ME

NUMBER = "+442079460120"


def struck(fault: Fault, requests: int) -> list[int]:
    """The requests, counted from one, that the fault strikes."""
    hit: list[int] = []
    for seen in range(1, requests + 1):
        if fault.strikes(seen, len(hit)):
            hit.append(seen)
    return hit


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("nth=2", [2]),
        ("every=2", [1, 3, 5]),
        ("times=2", [1, 2]),
        ("every=2,times=2", [1, 3]),
    ],
)
def test_when_a_fault_strikes(settings: str, expected: list[int]) -> None:
    assert struck(parse_fault(f"lost-reply:{settings}"), 5) == expected


@given(nth=st.integers(1, 20), times=st.integers(1, 5), every=st.integers(1, 7))
def test_a_fault_never_strikes_more_often_than_it_may(nth: int, times: int, every: int) -> None:
    fault = Fault(kind=FaultKind.RESET, times=times, every=every)
    assert len(struck(fault, 30)) <= times
    assert struck(Fault(kind=FaultKind.RESET, nth=nth), 30) == [nth]


def test_which_requests_a_fault_takes() -> None:
    place = Fault(kind=FaultKind.LOST_REPLY)
    assert place.takes(BY_ID[PLACE_CALL].fault, ())
    assert place.takes(BY_ID[PLACE_CALL_FOR_USER].fault, ())
    assert not place.takes(BY_ID[GET_CALL].fault, ())
    assert not place.takes(BY_ID[GET_ME].fault, ())
    assert not place.takes(LOGIN, ())
    login = Fault(kind=FaultKind.UNAVAILABLE, operation="login")
    assert login.takes(LOGIN, ())
    assert not login.takes(BY_ID[PLACE_CALL].fault, ())
    number = Fault(kind=FaultKind.LOST_REPLY, operation="any", number=NUMBER)
    assert number.takes(BY_ID[GET_ME].fault, [NUMBER])
    assert not number.takes(BY_ID[GET_CALL].fault, ["+442079460100"])


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("place", {PLACE_CALL, PLACE_CALL_FOR_USER}),
        ("read", {GET_CALL, LIST_CALLS}),
        ("disconnect", {PATCH_CALL, DISCONNECT}),
        ("consult", {CONSULT, CONSULT_AGENT, CONSULT_QUEUE, CONSULT_EXTERNAL, CONSULT_ADDRESS}),
        ("transfer", {REPLACE, REPLACE_CALL, REPLACE_AGENT, REPLACE_QUEUE, TRANSFER}),
        ("tell", {PATCH_PARTICIPANT, PATCH_CALL_PARTICIPANT, SET_ATTRIBUTES, CANCEL_CONSULT}),
    ],
)
def test_each_operation_that_faults_can_name_is_named(word: str, named: set[str]) -> None:
    assert named <= {each.id for each in OPERATIONS if each.fault == word}
    assert {each.fault for each in OPERATIONS} <= {"", *get_args(FaultOperation)} - {
        "any",
        "login",
        "connect",
    }


def test_whatever_changes_a_call_can_be_struck_by_a_word() -> None:
    changing = [each for each in OPERATIONS if each.changes in (Change.NEW_CALL, Change.CALL)]
    assert [each.id for each in changing if not each.fault] == []


def test_an_expired_certificate_takes_handshakes_and_nothing_else() -> None:
    certificate = parse_fault("expired-certificate:every=2")
    assert certificate.takes(CONNECT, ())
    assert not any(certificate.takes(what, [NUMBER]) for what in (LOGIN, "", "place", "read"))
    assert not parse_fault("reset:operation=any").takes(CONNECT, ())


@pytest.mark.parametrize("data", [None, 5, "reset", [{"kind": "reset"}]])
def test_what_is_no_object_is_no_fault(data: object) -> None:
    with pytest.raises(FaultError, match="a fault is an object such as"):
        fault_from(data)


def test_what_json_leaves_empty_is_not_given() -> None:
    data = {"kind": "reset", "number": None, "times": None, "operation": None}
    assert fault_from(data) == Fault(kind=FaultKind.RESET)


@pytest.mark.parametrize("number", ["+442079460100", "1234", "sip:agent@example.com"])
def test_a_fault_can_be_about_whatever_is_dialled(number: str) -> None:
    assert parse_fault(f"reset:number={number}").takes("place", [number])


def test_a_command_line_says_all_that_a_file_can() -> None:
    text = "rate-limited:operation=login,nth=2,times=3,seconds=1.5,retry-after=4,retry-after-form=date"
    assert parse_fault(text) == fault_from(
        {
            "kind": "rate-limited",
            "operation": "login",
            "nth": 2,
            "times": 3,
            "seconds": 1.5,
            "retry_after": 4,
            "retry_after_form": "date",
        }
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lost-repl", "the nearest is 'lost-reply'"),
        ("lost-reply:nht=2", "the nearest is 'nth'"),
        ("lost-reply:nth", "write name=value"),
        ("lost-reply:nth=0", "must be at least 1"),
        ("lost-reply:nth=x", "nth: expected a whole number"),
        ("slow-reply:seconds=nan", "must be 0 to 3600"),
        ("slow-reply:seconds=soon", "seconds: expected a number"),
        ("rate-limited:retry-after=-1", "retry_after: expected a whole number"),
        ("slow-reply:seconds=-1", "seconds is -1.0, and must be 0 to 3600"),
        ("slow-reply:seconds=inf", "seconds is inf"),
        ("rate-limited:retry-after=9999", "retry_after is 9999, and must be 0 to 3600"),
        ("reset:nth=2,every=3", "give nth or every, not both"),
        ("reset:number=442079460100", "number is '442079460100', and must be + and the digits"),
        ("reset:number=tel:+442079460100", "must be + and the digits"),
        ("reset:number=", "must be + and the digits"),
        ("reset:operation=login,number=+442079460100", "a login is about no call"),
        ("reset:times=1,times=2", "times stands twice"),
        ("reset:kind=reset", "kind stands twice"),
        ("RESET", "the nearest is 'reset'"),
        ("Lost_Reply", "the nearest is 'lost-reply'"),
        ("reset:operation=connect", "operation 'connect' is for expired-certificate alone"),
        ("expired-certificate:operation=place", "leave operation and number out"),
        ("expired-certificate:number=+442079460100", "before it has sent any request"),
        ("", "kind: '' is none of lost-reply, reset"),
    ],
)
def test_a_wrong_fault_is_told_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(text)
    assert told in str(caught.value)


@given(text=st.text())
def test_any_text_is_a_fault_or_an_error_that_says_why(text: str) -> None:
    try:
        parse_fault(text)
    except FaultError as error:
        said = str(error)
    else:
        said = "fine"
    assert said


def test_each_test_number_has_a_fault_of_its_own() -> None:
    faults = default_org().faults
    assert len({fault.kind for fault in faults}) >= 14
    assert FaultKind.EXPIRED_CERTIFICATE not in {fault.kind for fault in faults}
    numbers = [fault.number for fault in faults]
    assert len(set(numbers)) == len(numbers)
    assert all(number is not None and "+442079460120" <= number <= "+442079460149" for number in numbers)


def test_an_org_file_with_a_wrong_fault_does_not_load() -> None:
    with pytest.raises(OrgError, match="nearest is 'lost-reply'"):
        load_org('id = "o"\nname = "O"\n[[faults]]\nkind = "lost-replay"')
    with pytest.raises(OrgError, match="must be at least 1"):
        load_org('id = "o"\nname = "O"\n[[faults]]\nkind = "reset"\ntimes = 0')
