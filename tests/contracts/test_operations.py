"""An operation is one record, and one that is not told whole stops the start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ringback_contracts.catalogue import BY_ID, OPERATIONS, PLACING, TABLE
from ringback_contracts.core.case import Case
from ringback_contracts.core.complete import check_complete
from ringback_contracts.core.operation import UNTOLD, Change, Operation
from ringback_contracts.core.table import Table
from ringback_contracts.http.sdk_operations import sdk_operation
from ringback_contracts.http.served import served
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    PATCH_CALL,
    PLACE_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_contracts.resources.users.operations import GET_ME, GET_USER

CALLS = {"CallConversation", "CreateCallRequest", "CreateCallResponse", "CallUpdate", "Conversation"}
MODELS = CALLS | {"User", "UserMe"}
FAULTS = {"place", "read", "consult", "transfer", "tell", "disconnect"}


def refusal(operation_id: str, **changed: Any) -> str:
    """Why the operation, changed so, stops the start."""
    operation = replace(BY_ID[operation_id], **changed)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the caller looks at the whole sentence
        check_complete([operation], TABLE, MODELS, FAULTS)
    name = f"{operation_id} ({operation.method} {operation.template}) "
    assert str(refused.value).startswith(name)
    return str(refused.value).removeprefix(name)


@pytest.mark.parametrize(
    ("operation_id", "changed", "why"),
    [
        (GET_ME, {"summary": ""}, "has no description: give its summary"),
        (
            GET_ME,
            {"answers": UNTOLD},
            "does not say what it answers: give answers, a schema's name, or None for no body",
        ),
        (GET_ME, {"answers": "Usre"}, "names the model Usre, and there is no schemas/Usre.json"),
        (PATCH_CALL, {"reads": "HangUp"}, "names the model HangUp, and there is no schemas/HangUp.json"),
        (GET_ME, {"changes": None}, "has no sandbox policy: say what it changes, and whether it dials"),
        (PLACE_CALL, {"dials": False}, "places a call, and does not say that it dials"),
        (GET_ME, {"changes": Change.ORG}, "is a GET, which may neither dial nor change anything"),
        (GET_ME, {"dials": True}, "is a GET, which may neither dial nor change anything"),
        (
            GET_USER,
            {"unknown": {}},
            "names no rule for an unknown userId: give unknown={'userId': the id of a rule}",
        ),
        (
            GET_USER,
            {"unknown": {"userId": "no.such-rule"}},
            "names no rule for an unknown userId: give unknown={'userId': the id of a rule}",
        ),
        (
            GET_USER,
            {"unknown": {"userId": "station.missing"}},
            "names the rule station.missing for an unknown userId, and that rule does not hold for it",
        ),
        (
            GET_ME,
            {"unknown": {"userId": "path.user-unknown"}},
            "names a rule for an unknown userId, which is not in its path",
        ),
        (GET_ME, {"fault": "reed"}, "is called 'reed' by faults, which is no word of theirs"),
        (PLACE_CALL, {"facts": Case}, "has not the facts CallFacts, which the rule body.mixed reads"),
    ],
)
def test_what_an_operation_does_not_tell_stops_the_start(
    operation_id: str, changed: dict[str, Any], why: str
) -> None:
    assert refusal(operation_id, **changed) == why


def test_permissions_that_are_needed_together_need_their_rule() -> None:
    table = Table(rule for rule in TABLE if rule.id != "permissions.missing")
    needing = replace(BY_ID[GET_ME], all_of=("presence:presenceDefinition:view",))
    why = "needs presence:presenceDefinition:view, and no rule permissions.missing refuses who has it not"
    with pytest.raises(ValueError, match=why):
        check_complete([needing], table, MODELS, FAULTS)
    check_complete([needing], TABLE, MODELS, FAULTS)


def test_an_operation_that_is_told_whole_does_not() -> None:
    told = [each for each in OPERATIONS if {each.reads, each.answers} <= MODELS | {None}]
    assert {GET_ME, GET_USER, PLACE_CALL, PATCH_CALL, GET_CALL} <= {each.id for each in told}
    check_complete(told, TABLE, MODELS, FAULTS)


def test_an_operation_that_is_told_twice_stops_the_start() -> None:
    with pytest.raises(ValueError, match="two operations have the id 'getUsersMe'"):
        check_complete([BY_ID[GET_ME]] * 2, TABLE, MODELS, FAULTS)


def test_only_what_the_sdk_has_can_be_served() -> None:
    with pytest.raises(ValueError, match="'getUserMe' is served, and the official SDK has none"):
        served("getUserMe")


def test_a_status_must_be_given_where_the_sdk_has_several_or_none() -> None:
    with pytest.raises(ValueError, match=r"patchConversationsCall: give its success status, of \(200, 202\)"):
        served(PATCH_CALL)
    assert served(PATCH_CALL, success=202).success == 202
    assert served(GET_CALL).success == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_record_says_what_the_sdk_says(operation: Operation) -> None:
    known = sdk_operation(operation.id)
    assert (operation.method, operation.template) == (known.method, known.template)
    assert (operation.any_of, operation.all_of) == (known.any_of, known.all_of)
    assert operation.success in known.success or not known.success


def test_the_traits_of_the_operations_that_place_calls() -> None:
    assert {PLACE_CALL, PLACE_CALL_FOR_USER} == PLACING
    assert all(each.dials for each in OPERATIONS if each.id in PLACING)
    assert {each.id for each in OPERATIONS if each.reads == "CreateCallRequest"} == {
        PLACE_CALL,
        PLACE_CALL_FOR_USER,
    }
    assert BY_ID[PLACE_CALL_FOR_USER].parameters == ("userId",)
    assert not BY_ID[PLACE_CALL_FOR_USER].needs_user
