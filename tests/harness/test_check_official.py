"""The official SDK, as an oracle that shares no code with ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ringback_contracts.core.model import Request
from ringback_harness.check import official
from ringback_harness.check.generated import Effort
from ringback_harness.check.official import MISSING, Models, check_official
from ringback_harness.check.results import CheckOutcome, Result
from ringback_harness.check.rules import Worlds
from ringback_harness.targets import InProcess
from ringback_mock.http import Response
from ringback_mock.site import Site
from tests.sdk import load_sdk

LITTLE = Effort(60, 1)
CALL = {"participants": [{"state": "connected", "connectedTime": "2026-11-22T02:15:37.123Z"}]}


def found(changed: Callable[[Any], Any] = lambda document: document) -> list[Result]:
    """What the SDK has against a mock whose JSON answers are changed."""

    def serve(store: Any) -> Callable[[Request], Response]:
        usual = Site(store)

        def answer(request: Request) -> Response:
            response = usual.answer(request)
            if not response.body:
                return response
            return replace(response, body=json.dumps(changed(json.loads(response.body))).encode())

        return answer

    return list(check_official(Worlds(InProcess(serve)), LITTLE))


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(load_sdk())


@pytest.mark.sdk
def test_the_sdk_s_models_lose_nothing_of_what_is_accepted_and_answered() -> None:
    load_sdk()
    results = found()
    assert {result.outcome for result in results} == {CheckOutcome.HELD}
    answers = [result.exchange.reply for result in results if result.exchange and result.exchange.reply]
    assert {answer.status for answer in answers} >= {200, 202, 400}


@pytest.mark.sdk
@pytest.mark.parametrize("key", ["id", "message", "participants"])
def test_an_answer_with_a_field_that_the_sdk_does_not_know_is_found(key: str) -> None:
    load_sdk()
    failed = [
        result for result in found(lambda it: {**it, "newField": 1} if key in it else it) if result.failed
    ]
    assert failed
    assert all("does not know /newField" in result.reasons[0] for result in failed)


@pytest.mark.sdk
@pytest.mark.parametrize(
    ("value", "model", "said"),
    [
        (
            {"phoneNumber": "+442079460100", "attributes": {"a": "b"}, "callUserId": None},
            "CreateCallRequest",
            (),
        ),
        ({"phoneNumber": "+442079460100", "to": "x"}, "CreateCallRequest", ("does not know /to",)),
        ({"priority": "high"}, "CreateCallRequest", ("cannot read it: ValueError",)),
        (CALL, "CallConversation", ()),
        (
            {"participants": [{"state": "sleeping"}]},
            "CallConversation",
            ("makes another value of /participants/-/state",),
        ),
        ({"status": 400, "details": [{"fieldName": "to"}]}, "ErrorBody", ()),
        ({"status": 400, "rule": "x"}, "ErrorBody", ("does not know /rule",)),
    ],
)
def test_what_a_model_loses_is_named(value: Any, model: str, said: tuple[str, ...], models: Models) -> None:
    losses = models.losses(value, model)
    assert len(losses) == len(said)
    assert all(loss.endswith(expected) for loss, expected in zip(losses, said, strict=True))


def test_without_the_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise ModuleNotFoundError(official.NAME)

    monkeypatch.setattr(official, "load", missing)
    (result,) = found()
    assert (result.outcome, result.reasons) == (CheckOutcome.NOT_REACHED, (MISSING,))
    assert f"pip install {official.NAME}" in MISSING
