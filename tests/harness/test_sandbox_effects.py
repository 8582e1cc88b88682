"""What each operation may do at a real org: every one has a policy, and none rings into a call there."""

from __future__ import annotations

import re

import pytest

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.model import Request
from ringback_contracts.core.operation import Change, Operation
from ringback_contracts.resources.conversations.operations import PATCH_CALL_PARTICIPANT
from ringback_contracts.resources.conversations.transfer_operations import CONSULT, REPLACE
from ringback_harness.sandbox.effects import Effect, effect
from ringback_harness.sandbox.errors import NotAllowed
from ringback_harness.sandbox.gate import Gate
from ringback_harness.sandbox.permit import Permit

CALL = "ca110000-0000-4000-8000-000000000001"
BY_ID = {operation.id: operation for operation in OPERATIONS}
PERMIT = Permit(send=True, numbers=("+442079460150",), budget=3)


def request_to(operation: Operation, body: bytes = b"{}") -> Request:
    path = re.sub(r"\{\w+\}", CALL, operation.template)
    return Request(operation.method, path, {"content-type": "application/json"}, body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_what_rings_somebody_into_a_call_is_never_sent(operation: Operation) -> None:
    does = effect(request_to(operation))
    assert (does is Effect.DIALS) == (operation.changes is Change.NEW_CALL)
    assert (does is Effect.JOINS) == (operation.dials and operation.changes is Change.CALL)


@pytest.mark.parametrize("operation_id", [CONSULT, REPLACE])
def test_the_gate_stays_shut_for_it_even_on_a_call_of_the_run_to_a_listed_number(operation_id: str) -> None:
    gate = Gate(PERMIT, calls={CALL})
    body = b'{"speakTo": "BOTH", "destination": {"address": "+442079460150"}, "address": "+442079460150"}'
    with pytest.raises(NotAllowed, match="ring somebody into a call"):
        gate.admit(request_to(BY_ID[operation_id], body), granted=True)


def test_a_call_of_another_is_not_changed() -> None:
    with pytest.raises(NotAllowed, match="not this run's"):
        Gate(PERMIT).admit(request_to(BY_ID[PATCH_CALL_PARTICIPANT], b'{"held": true}'), granted=True)
