"""A stranger's program: the official Python SDK takes a call through its life, and only its host is set."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.sdk import load_sdk
from tests.serving import mock_server

pytestmark = pytest.mark.sdk

TEST_NUMBER = "+442079460100"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
ALICE = "a11ce000-0000-4000-8000-000000000001"
FRANK = "f4a2c000-0000-4000-8000-000000000006"
SOLVED = "c0de0000-0000-4000-8000-000000000040"


class Desk:
    """The program of a stranger, and the hand on the mock's clock."""

    def __init__(self, sdk: Any, url: str, token: str = "alice") -> None:
        self.sdk = sdk
        self.url = url
        client = sdk.api_client.ApiClient()
        client.set_gateway("127.0.0.1", "http", int(url.rpartition(":")[2]), "", "")
        client.access_token = token
        self.api = sdk.ConversationsApi(client)

    def clock(self, **command: Any) -> None:
        reply = requests.post(f"{self.url}/__ringback/clock", json=command, timeout=10)
        assert reply.status_code == 200

    def dial(self) -> str:
        body = self.sdk.CreateCallRequest()
        body.phone_number = TEST_NUMBER
        body.call_from_queue_id = SUPPORT
        placed: str = self.api.post_conversations_calls(body).id
        return placed

    def legs(self, call_id: str) -> list[Any]:
        return list(self.api.get_conversations_call(call_id).participants)

    def until(self, call_id: str, done: Callable[[list[Any]], bool]) -> list[Any]:
        """The legs once they are as they shall be; a second passes each time they are not."""
        legs = self.legs(call_id)
        for _ in range(30):
            if done(legs):
                return legs
            self.clock(advance=1)
            legs = self.legs(call_id)
        pytest.fail(f"the call never got there: {[leg.state for leg in legs]}")

    def told(self, **said: Any) -> Any:
        body = self.sdk.MediaParticipantRequest()
        for name, value in said.items():
            setattr(body, name, value)
        return body

    def consult(self) -> Any:
        body = self.sdk.ConsultTransfer()
        body.speak_to = "DESTINATION"
        body.destination = self.sdk.Destination()
        body.destination.user_id = FRANK
        return body


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    sdk = load_sdk()
    with mock_server() as url:
        desk = Desk(sdk, url)
        desk.clock(freeze=True)
        yield desk


def connected(count: int) -> Callable[[list[Any]], bool]:
    return lambda legs: [leg.state for leg in legs].count("connected") == count


def _write_down(desk: Desk, call_id: str, own: str, customer: str) -> None:
    """Keep what the customer ordered, and how the call ended."""
    api = desk.api
    attributes = desk.sdk.ParticipantAttributes()
    attributes.attributes = {"order": "7"}
    kept = api.patch_conversations_call_participant_attributes(call_id, customer, attributes)
    assert kept.attributes == {"order": "7"}
    codes = api.get_conversations_call_participant_wrapupcodes(call_id, own)
    wrap_up = desk.sdk.WrapupInput()
    wrap_up.code, wrap_up.notes = codes[0].id, "passed on"
    api.patch_conversations_call_participant(call_id, own, desk.told(wrapup=wrap_up))
    assert api.get_conversations_call_participant_wrapup(call_id, own).code == SOLVED


def test_a_call_is_placed_held_given_away_and_wrapped_up_in_no_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept, though the clock obeys"))
    api, call_id = desk.api, desk.dial()
    own, customer = desk.until(call_id, connected(2))
    assert (own.purpose, customer.purpose) == ("agent", "customer")

    api.patch_conversations_call_participant(call_id, own.id, desk.told(held=True))
    assert [(leg.held, leg.confined) for leg in desk.legs(call_id)] == [(True, False), (False, True)]
    api.patch_conversations_call_participant(call_id, own.id, desk.told(held=False))

    asked = api.post_conversations_call_participant_consult(call_id, customer.id, desk.consult())
    legs = desk.until(call_id, connected(3))
    assert legs[2].id == asked.destination_participant_id
    assert {leg.consult_participant_id for leg in legs} == {customer.id}
    api.patch_conversations_call_participant(call_id, own.id, desk.told(state="disconnected"))
    assert [leg.state for leg in desk.legs(call_id)][1:] == ["connected", "connected"]

    _write_down(desk, call_id, own.id, customer.id)
    api.post_conversation_disconnect(call_id)
    desk.clock(advance=1)
    over = api.get_conversation(call_id)
    assert {leg.calls[0].state for leg in over.participants} == {"terminated"}
    assert over.participants[0].wrapup.notes == "passed on"
    assert over.participants[1].attributes == {"order": "7"}
    assert [(made.state, made.transfer_type) for made in over.recent_transfers] == [("Complete", "Attended")]
    assert over.end_time - over.start_time >= timedelta(seconds=2)


def refused(desk: Desk, ask: Callable[[], Any]) -> tuple[int, str, str]:
    """The status, the code and the reason of a request that is refused."""
    with pytest.raises(desk.sdk.rest.ApiException) as caught:
        ask()
    headers = caught.value.headers
    link = headers["Link"].partition(">")[0].removeprefix("<")
    told = requests.get(desk.url + link, timeout=10).json()["explanation"]
    assert told["rule"] == headers["Ringback-Rule"]
    return caught.value.status, json.loads(caught.value.body)["code"], told["findings"][0]["message"]


def test_the_same_is_refused_at_every_step_and_says_why(desk: Desk) -> None:
    api, call_id = desk.api, desk.dial()
    patch = api.patch_conversations_call_participant
    (own,) = desk.until(call_id, any)
    assert refused(desk, lambda: patch(call_id, own.id, desk.told(held=True))) == (
        400,
        "conversation.error.hold.alerting",
        "the participant's leg is contacting; wait until it is connected",
    )
    own, customer = desk.until(call_id, connected(2))
    other = Desk(desk.sdk, desk.url, "frank").api
    status, code, why = refused(
        desk, lambda: other.patch_conversations_call_participant(call_id, own.id, desk.told(held=True))
    )
    assert (status, code) == (403, "conversation.error.forbidden.not.active.participant")
    assert "has no leg on the call" in why

    consult = api.post_conversations_call_participant_consult
    assert refused(desk, lambda: consult(call_id, own.id, desk.consult())) == (
        400,
        "not.a.participant",
        f"the participant is your own leg; take {customer.id}",
    )
    cancel = api.delete_conversations_call_participant_consult
    assert refused(desk, lambda: cancel(call_id, customer.id))[1] == (
        "conversation.error.consult.transfer.not.started"
    )
    status, code, why = refused(desk, lambda: patch(call_id, SUPPORT, desk.told(muted=True)))
    assert (status, code) == (404, "conversation.error.not.conversation.participant")
    assert why.endswith(f"its participants are {own.id}, {customer.id}")

    wrap_up = desk.told(wrapup=desk.sdk.WrapupInput())
    assert refused(desk, lambda: patch(call_id, own.id, wrap_up))[1] == (
        "conversation.error.wrapup.code.required"
    )
    api.post_conversation_disconnect(call_id)
    desk.clock(advance=1)
    assert refused(desk, lambda: patch(call_id, own.id, desk.told(held=True)))[:2] == (
        400,
        "conversation.error.call.disconnected",
    )
    transfer = desk.sdk.TransferRequest()
    transfer.user_id = FRANK
    status, code, why = refused(
        desk, lambda: api.post_conversation_participant_replace(call_id, own.id, transfer)
    )
    assert (status, code) == (403, "conversation.error.forbidden.not.active.participant")
    assert ALICE in why
