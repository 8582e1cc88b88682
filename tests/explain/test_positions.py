"""Where a program sets what is at fault: the line and the column, as an editor counts them."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from ringback_contracts.schemas import validator
from ringback_explain import Explanation, Position, explain
from ringback_explain.read import FoundRequest, read

MARK = "↓"
"""Stands before what is at fault."""


def marked(text: str) -> tuple[str, Position]:
    """The text without its mark, and where that was."""
    before, mark, after = text.partition(MARK)
    assert mark
    return before + after, Position(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


def explain_text(text: str) -> Explanation:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    return explain(found.request, context=found.context)


def at_fault(explanation: Explanation, pointer: str) -> Position | None:
    return next(found.position for found in explanation.findings if found.pointer == pointer)


POST = 'requests.post(url + "/api/v2/conversations/calls", json=body)'


PROGRAMS = {
    "an entry of a literal": f"""
        body = {{"from": "tel:+442079460001",
            ↓"callQueueId": "x", "phoneNumber": "+442079460100"}}
        {POST}""",
    "an item that is set": f"""
        body = {{"phoneNumber": "+442079460100"}}
        ↓body["callQueueId"] = "x"
        {POST}""",
    "behind letters of more than one byte": f"""
        body = {{"name": "é", "phoneNumber": "+442079460100"}}; ↓body["callQueueId"] = "x"
        {POST}""",
    "a keyword": f"""
        body = dict(phoneNumber="+442079460100",
                    ↓callQueueId="x")
        {POST}""",
    "an update": f"""
        body = {{"name": "x"}}
        body.update({{"phoneNumber": "+442079460100",
          ↓"callQueueId": "x"}})
        {POST}""",
    "an attribute of a model": """
        body = CreateCallRequest()
        body.phone_number = "+442079460100"
        ↓body.call_queue_id = "x"
        api.post_conversations_calls(body)""",
    "JavaScript": """
        const number = "+442079460100";
        fetch("/api/v2/conversations/calls", {method: "POST", body: JSON.stringify({
            phoneNumber: number, ↓callQueueId: "x"})});""",
    "a setter": """
        CreateCallRequest r = new CreateCallRequest();
        r.setPhoneNumber("+442079460100");
        r.↓setCallQueueId("x");
        api.postConversationsCalls(r);""",
    "a chain of them": """
        CreateCallRequest r = new CreateCallRequest()
            .phoneNumber("+442079460100")
            .↓callQueueId("x");
        api.postConversationsCalls(r);""",
    "C#": """
        var body = new CreateCallRequest {
            PhoneNumber = "+442079460100",
            ↓CallQueueId = "x"
        };
        api.PostConversationsCalls(body);""",
    "PHP": """<?php
        $body = ["phoneNumber" => "+442079460100"];
        ↓$body["callQueueId"] = "x";
        $client->post("/api/v2/conversations/calls", ["json" => $body]);""",
    "Ruby": """
        body = { phoneNumber: "+442079460100",
                 ↓callQueueId: "x" }
        HTTParty.post(url + "/api/v2/conversations/calls", body: body.to_json)""",
    "Go": """
        body := map[string]string{"phoneNumber": "+442079460100",
            ↓"callQueueId": "x"}
        raw, _ := json.Marshal(body)
        http.Post(url + "/api/v2/conversations/calls", "application/json", bytes.NewReader(raw))""",
}


@pytest.mark.parametrize("form", PROGRAMS)
def test_a_finding_tells_where_the_program_sets_the_field(form: str) -> None:
    program, position = marked(dedent(PROGRAMS[form]))
    explanation = explain_text(program)
    assert at_fault(explanation, "/callQueueId") == position
    assert f" at /callQueueId (line {position.line}, column {position.column}): " in str(explanation)


def test_a_part_of_a_part_has_its_own_place() -> None:
    program, position = marked(f'body = {{"to": {{"type": "tel", ↓"address": "15551234567"}}}}\n{POST}')
    assert at_fault(explain_text(program), "/to/address") == position


def test_of_what_lacks_the_place_is_that_of_what_should_hold_it() -> None:
    program, position = marked(f'body = {{"name": "x",\n  ↓"participants": [{{"name": "y"}}]}}\n{POST}')
    assert at_fault(explain_text(program), "/participants/0") == position


def test_a_function_that_lost_its_indentation_is_counted_as_it_was_given() -> None:
    program, position = marked(f'def dial():\nbody = {{"name": "x", ↓"to": "1"}}\n{POST}')
    assert at_fault(explain_text(program), "/to") == position


def test_a_note_tells_it_too() -> None:
    program, position = marked(
        f'body = {{"phoneNumber": "+442079460100"}}\nif vip:\n    ↓body["priority"] = 1\n{POST}'
    )
    (note,) = (note for note in explain_text(program).notes if note.pointer == "/priority")
    assert note.position == position


def test_json_has_no_places_beside_its_pointers() -> None:
    explanation = explain_text('{"to": "15551234567", "from": "tel:+442079460001"}')
    assert at_fault(explanation, "/to") is None
    assert " at /to: " in str(explanation)


def test_a_place_is_in_the_json_of_an_explanation() -> None:
    program, position = marked(f'body = {{↓"to": "1"}}\n{POST}')
    told = json.loads(json.dumps(explain_text(program).as_dict()))
    validator("Explanation").validate(told)
    assert {"line": position.line, "column": position.column} in [
        found["position"] for found in told["findings"]
    ]
