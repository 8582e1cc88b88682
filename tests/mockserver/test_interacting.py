"""What routing says of agents while they work on calls of a queue, and after."""

from __future__ import annotations

from typing import Any

import pytest

from ringback_contracts.life.moments import timestamp
from tests.mockserver.listening import ALICE, NOW, SUPPORT, World

FRANK = "f4a2c000-0000-4000-8000-000000000006"
ORDERS = "90e0e000-0000-4000-8000-000000000011"
FOLLOW_UP = "c0de0000-0000-4000-8000-000000000041"
BUSY, ON_QUEUE = "31fe3bac-dea6-44b7-bed7-47f91660a1a0", "e08eaf1b-ee47-4fa9-a231-1200e284798f"
ROUTING = f"v2.users.{FRANK}.routingStatus"


class Agent:
    """Frank, who is on queue, and whoever rings there."""

    def __init__(self, **switches: Any) -> None:
        self.world = World(**switches)
        self.ring_at = ""
        self.present(ON_QUEUE)

    def present(self, presence: str) -> None:
        path = f"/users/{FRANK}/presences/purecloud"
        self.world.ask("PATCH", path, {"presenceDefinition": {"id": presence}}, "frank")

    def rung(self, queue: str = SUPPORT, *, answers: bool = True) -> None:
        """Somebody rings the queue."""
        self.ring_at = self.world.admin("POST", "/calls", {"queue": queue, "ivr": False}, 201)["id"]
        self.world.advance(2)
        if answers:
            self.use("answers", "agent")

    def use(self, act: str, purpose: str) -> None:
        (party,) = [one for one in self._parties() if one["purpose"] == purpose and one["can"]]
        self.world.admin("POST", f"/calls/{self.ring_at}/parties/{party['id']}", {"act": act})

    def _parties(self) -> list[Any]:
        found: list[Any] = self.world.admin("GET", f"/calls/{self.ring_at}")["parties"]
        return found

    def own(self) -> str:
        return next(str(one["id"]) for one in reversed(self._parties()) if one["userId"] == FRANK)

    @property
    def status(self) -> tuple[str, str]:
        """What routing says of him, and since when."""
        told = self.world.ask("GET", f"/users/{FRANK}/routingstatus")
        return told["status"], told["startTime"]


@pytest.fixture
def agent() -> Agent:
    return Agent()


def test_an_agent_interacts_from_the_answer_to_the_end_and_is_idle_then(agent: Agent) -> None:
    agent.rung(answers=False)
    assert agent.status == ("IDLE", timestamp(NOW))
    agent.use("answers", "agent")
    agent.world.advance(30)
    assert agent.status == ("INTERACTING", timestamp(NOW + 2))
    agent.use("hangs_up", "customer")
    agent.world.advance(60)
    assert agent.status == ("IDLE", timestamp(NOW + 32))


def test_it_is_shown_wherever_the_status_is(agent: Agent) -> None:
    agent.rung()
    ask = agent.world.ask
    assert ask("GET", f"/users/{FRANK}?expand=routingStatus")["routingStatus"]["status"] == "INTERACTING"
    assert (
        ask("GET", "/users/me?expand=routingStatus", token="frank")["routingStatus"]["status"]
        == "INTERACTING"
    )
    members = f"/routing/queues/{SUPPORT}/members?expand=routingStatus&routingStatus="
    assert [one["id"] for one in ask("GET", f"{members}INTERACTING")["entities"]] == [FRANK]
    assert FRANK not in [one["id"] for one in ask("GET", f"{members}IDLE")["entities"]]


def test_work_after_the_call_that_has_to_be_done_counts(agent: Agent) -> None:
    agent.rung(ORDERS)
    agent.use("hangs_up", "customer")
    agent.world.advance(30)
    assert agent.status[0] == "INTERACTING"
    path = f"/conversations/calls/{agent.ring_at}/participants/{agent.own()}"
    agent.world.ask("PATCH", path, {"wrapup": {"code": FOLLOW_UP}}, "frank", status=202)
    assert agent.status == ("IDLE", timestamp(NOW + 32))


def test_who_leaves_the_queue_on_a_call_interacts_to_its_end(agent: Agent) -> None:
    agent.rung()
    agent.world.advance(5)
    agent.present(BUSY)
    assert agent.status == ("INTERACTING", timestamp(NOW + 2))
    agent.use("hangs_up", "customer")
    agent.world.advance(60)
    assert agent.status == ("OFF_QUEUE", timestamp(NOW + 7))


def test_a_call_for_the_queue_that_the_agent_places_counts_and_one_of_their_own_does_not(
    agent: Agent,
) -> None:
    agent.world.place("+442079460100", token="frank")
    agent.world.advance(10)
    assert agent.status[0] == "IDLE"
    agent.world.place(token="frank", phoneNumber="+442079460100", callFromQueueId=SUPPORT)
    agent.world.advance(10)
    assert agent.status[0] == "INTERACTING"


def test_who_is_off_queue_stays_so_whatever_they_do(agent: Agent) -> None:
    agent.world.place(phoneNumber="+442079460100", callFromQueueId=SUPPORT)
    agent.world.advance(10)
    assert agent.world.ask("GET", f"/users/{ALICE}/routingstatus")["status"] == "OFF_QUEUE"


@pytest.mark.parametrize("early", [True, False], ids=["from the start", "in the middle"])
def test_it_is_told_when_it_happens(agent: Agent, early: bool) -> None:
    topics = (ROUTING, f"v2.users.{FRANK}.activity")
    ear = agent.world.listen(*topics, token="frank") if early else None
    agent.rung()
    ear = ear or agent.world.listen(*topics, token="frank")
    agent.world.advance(10)
    agent.use("hangs_up", "customer")
    agent.world.advance(10)
    told = [(one["topicName"], one["eventBody"]["routingStatus"]["status"]) for one in ear.take()]
    expected = ["INTERACTING", "IDLE"] if early else ["IDLE"]
    assert [status for topic, status in told if topic == ROUTING] == expected
    assert [status for topic, status in told if topic == topics[1]] == expected
