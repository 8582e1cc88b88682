"""Programs that bring others into a call, or listen to it: their legs, and what they were told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.model import Accepted, Request
from ringback_contracts.http.faults import FaultKind
from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Command,
    Hold,
    Instruction,
    Invite,
    StartConsult,
    Supervise,
)
from ringback_contracts.life.parties import Party, Takes
from ringback_contracts.org import default_org
from ringback_harness.crash.evidence import ProgramRun
from ringback_harness.crash.legs import dialled_legs, most_to_one
from ringback_harness.crash.program import ProgramUnderTest, run_once
from ringback_harness.crash.scenarios import Question, named
from ringback_harness.crash.timeline import timeline
from ringback_harness.crash.verdicts import judge_run
from ringback_harness.crash.witness import SocketEvent, is_over
from ringback_mock.engine.faults import HEADER
from ringback_mock.engine.journal import Exchange
from ringback_mock.http import Response
from tests.harness.crashing import START, attempt, program, run

Q = Question
ANN = Party("address", address="tel:+442079460106", takes=Takes("answers"))
BEN = Party("user", id="ben")
CONSULT = StartConsult("customer", ANN, None)
TRANSFER = BlindTransfer("customer", ANN._replace(takes=Takes("busy"), name="Ann"))


def told(
    *commands: Command, call_id: str = "call", status: int = 200, fault: FaultKind | None = None
) -> Exchange:
    """A consult that gave these commands to a call, and its answer."""
    instructions = tuple(Instruction(call_id, command) for command in commands)
    operation = BY_ID["postConversationsCallParticipantConsult"]
    request = Request("POST", "/api/v2/conversations/calls/call/participants/customer/consult")
    verdict = Accepted(operation, {}, instructions=instructions)
    headers = ((HEADER, fault.value),) if fault else ()
    return Exchange("x", START + 1, request, Response(status, headers), verdict, None, None, cut=False)


@pytest.mark.parametrize(
    ("commands", "most"),
    [
        ([], 0),
        ([Hold("customer", held=True)], 0),
        ([CONSULT], 1),
        ([CONSULT, CONSULT], 2),
        ([CONSULT, TRANSFER], 2),
        ([CONSULT, CancelConsult("customer"), CONSULT], 1),
        ([CONSULT, CancelConsult("customer"), TRANSFER, TRANSFER], 2),
        ([CONSULT, BlindTransfer("customer", BEN), Supervise("monitor", "customer", BEN)], 2),
        ([Invite((ANN, BEN)), CallBack(BEN, ANN)], 2),
        ([BlindTransfer("customer", None, voicemail=True)], 0),
    ],
)
def test_legs_to_one_party_are_counted(commands: list[Command], most: int) -> None:
    assert most_to_one([told(command) for command in commands]) == most


def test_legs_of_other_calls_are_other_legs() -> None:
    both = [told(CONSULT), told(CONSULT, call_id="another")]
    assert most_to_one(both) == 1
    assert [len(dialled_legs(exchange)) for exchange in both] == [1, 1]


def questions(judged: ProgramRun) -> dict[Question, bool]:
    return {verdict.question: verdict.held for verdict in judge_run(judged).verdicts}


def test_a_second_leg_is_a_second_ring() -> None:
    placed, lost = attempt(placed=True), told(CONSULT, fault=FaultKind.LOST_REPLY)
    judged = run("lost-reply-of-a-consult", [placed, lost, told(TRANSFER)], exit_code=1)
    assert not questions(judged)[Q.DIALS_ONCE]
    assert "2 legs of a call were dialled to one destination" in [
        verdict.why for verdict in judge_run(judged).verdicts
    ]
    assert "LEG 2 DIALLED" in [moment.what for moment in timeline(judged)][2]
    once = run("lost-reply-of-a-consult", [placed, lost], exit_code=1)
    assert questions(once)[Q.DIALS_ONCE]


@pytest.mark.parametrize(
    ("consult", "truthful"),
    [
        (told(CONSULT), False),
        (told(CONSULT, fault=FaultKind.LOST_REPLY), True),
        (told(CONSULT, status=400), True),
    ],
)
def test_a_failure_is_truthful_where_not_all_was_told_to_be_done(consult: Exchange, truthful: bool) -> None:
    judged = run("healthy", [attempt(placed=True), consult], exit_code=1)
    assert questions(judged)[Q.TELLS_THE_TRUTH] is truthful


@pytest.mark.parametrize(
    ("call", "over"),
    [
        ({"participants": [{"state": "terminated"}, {"state": "disconnected"}]}, True),
        ({"participants": [{"state": "terminated"}, {"state": "connected"}]}, False),
        ({"participants": [{"calls": [{"state": "terminated"}]}]}, True),
        ({"participants": [{"calls": [{"state": "alerting"}, {"state": "terminated"}]}]}, False),
        ({"participants": []}, False),
        ({}, False),
    ],
)
def test_a_call_is_over_when_each_of_its_legs_is(call: dict[str, object], over: bool) -> None:
    assert is_over(call) is over
    assert SocketEvent(START, {**call, "id": "this"}).ends("this") is over
    assert not SocketEvent(START, {**call, "id": "this"}).ends("another")


REST = """
def ask(method, path, body=None):
    request = urllib.request.Request(
        os.environ["RINGBACK_URL"] + path, json.dumps(body).encode() if body is not None else None,
        {"Content-Type": "application/json"}, method=method,
    )
    request.add_header("Authorization", "Bearer " + os.environ["RINGBACK_ACCESS_TOKEN"])
    with urllib.request.urlopen(request) as reply:
        return json.loads(reply.read() or b"null")

CALLS = "/api/v2/conversations/calls"

def place():
    return ask("POST", CALLS, {"phoneNumber": "+442079460100"})["id"]

def seen(call, *states):
    while True:
        legs = ask("GET", f"{CALLS}/{call}")["participants"]
        if {leg["state"] for leg in legs} <= set(states):
            return legs
        time.sleep(0.02)

def listening():
    from websockets.sync.client import connect
    channel = ask("POST", "/api/v2/notifications/channels")
    topic = "v2.users.%s.conversations.calls" % os.environ["RINGBACK_USER_ID"]
    ask("PUT", "/api/v2/notifications/channels/%s/subscriptions" % channel["id"], [{"id": topic}])
    return connect(channel["connectUri"])

def consulting(call):
    customer = seen(call, "connected")[1]["id"]
    path = f"{CALLS}/{call}/participants/{customer}/consult"
    asked = {"speakTo": "DESTINATION", "destination": {"address": "+442079460106"}}
    try:
        ask("POST", path, asked)
    except OSError:
        return path
"""
CONSULTS_AND_DIES = "consulting(place()); sys.exit('I am lost')"
CONSULTS_AND_LOOKS = """
call = place()
path = consulting(call)
if len(ask("GET", f"{CALLS}/{call}")["participants"]) > 2:
    ask("DELETE", path)
sys.exit(2)
"""
HOLDS_AND_DIES = """
call = place()
ask("DELETE", consulting(call))
mine = ask("GET", f"{CALLS}/{call}")["participants"][0]["id"]
ask("PATCH", f"{CALLS}/{call}/participants/{mine}", {"held": True})
sys.exit(1)
"""
LISTENS_ONLY = """
socket = listening()
call = place()
for text in socket:
    body = json.loads(text)["eventBody"]
    states = {leg["state"] for leg in body.get("participants", ())}
    if states == {"connected"}:
        ask("POST", f"/api/v2/conversations/{call}/disconnect")
    if states == {"terminated"}:
        sys.exit(0)
"""
LOOKS_TOO = """
socket = listening()
call = place()
seen(call, "connected")
ask("POST", f"/api/v2/conversations/{call}/disconnect")
seen(call, "terminated")
"""
ACTS_AT_ONCE = """
socket = listening()
place()
"""


def tried(tmp_path: Path, scenario: str, code: str, timeout: float = 30.0) -> ProgramRun:
    order = ProgramUnderTest(command=program(tmp_path, REST + code), org=default_org(), timeout=timeout)
    return run_once(order, named(scenario))


@pytest.mark.parametrize(("code", "held"), [(CONSULTS_AND_DIES, False), (CONSULTS_AND_LOOKS, True)])
def test_whoever_dies_in_a_consult_leaves_somebody_waiting(tmp_path: Path, code: str, held: bool) -> None:
    found = questions(tried(tmp_path, "lost-reply-of-a-consult", code))
    assert found == {Q.DIALS_ONCE: True, Q.TELLS_THE_TRUTH: True, Q.LEAVES_NOBODY_WAITING: held}


def test_whoever_is_left_on_hold_waits(tmp_path: Path) -> None:
    judged = judge_run(tried(tmp_path, "lost-reply-of-a-transfer", HOLDS_AND_DIES))
    assert judged.unasked is not None or [one.question for one in judged.failures] == [
        Q.LEAVES_NOBODY_WAITING
    ]


@pytest.mark.parametrize(
    ("scenario", "code", "held"),
    [
        ("doubled-events", LOOKS_TOO, True),
        ("silent-socket", LOOKS_TOO, True),
        ("socket-lost", LOOKS_TOO, True),
        ("late-events", LISTENS_ONLY, True),
        ("socket-lost", LISTENS_ONLY, False),
        ("silent-socket", LISTENS_ONLY, False),
        ("doubled-events", ACTS_AT_ONCE, False),
    ],
)
def test_the_end_of_a_call_is_known_to_whoever_was_told_of_it(
    tmp_path: Path, scenario: str, code: str, held: bool
) -> None:
    assert questions(tried(tmp_path, scenario, code, timeout=6.0))[Q.KNOWS_THE_END] is held


def test_who_calls_nobody_cannot_know_an_end(tmp_path: Path) -> None:
    judged = judge_run(tried(tmp_path, "doubled-events", "listening()"))
    assert judged.unasked == "it placed no call that it could follow"


def test_a_timeline_tells_events_and_names_nobody(tmp_path: Path) -> None:
    shown = [moment.what for moment in timeline(tried(tmp_path, "doubled-events", LOOKS_TOO))]
    assert shown.count("event: user contacting") == 2
    assert "event: user connected, external connected" in shown
    assert not any("44207946" in what for what in shown)
