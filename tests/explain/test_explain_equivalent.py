"""The equivalent request: what each way to write a wish becomes, and where a question stands instead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.explain.explaining import (
    AGENT,
    CALLS,
    FOR_AGENT,
    NUMBER,
    OTHER_NUMBER,
    OWN,
    QUEUE,
    SKILL,
    asked,
    explained,
)

TO = {"phoneNumber": NUMBER}
SHOWN = TO | {"callerId": OWN}

DESTINATIONS = [
    NUMBER,
    f"tel:{NUMBER}",
    f"sip:{NUMBER}",
    f"  {NUMBER} ",
    "+44 20 7946 0100",
    "tel:+44-(20)-7946.0100",
    "+44 (0)20 7946 0100",
    "00442079460100",
    "%2B442079460100",
    [NUMBER],
    {"address": NUMBER},
    {"phoneNumber": f"tel:{NUMBER}", "type": "phone"},
    {"number": NUMBER, "addressType": "phoneNumber"},
    {"uri": f"tel:{NUMBER}", "name": "Somebody"},
    {"address": {"phoneNumber": NUMBER, "type": "PERSON"}},
    {"to": f"tel:{NUMBER}"},
    {"phoneNumbers": [{"phoneType": "mobile", "number": NUMBER}]},
    [{"address": NUMBER, "addressType": "phoneNumber"}],
    [{"address": {"uri": NUMBER}}],
    {"id": NUMBER, "type": "external"},
]
KEYS = ["to", "toAddress", "destination", "phone_number", "PhoneNumber", "callee", "contact", "recipients"]


@pytest.mark.parametrize("value", DESTINATIONS, ids=str)
@pytest.mark.parametrize("key", KEYS)
def test_a_number_to_call_becomes_phone_number_however_it_is_written(key: str, value: Any) -> None:
    made = explained({key: value}).equivalent
    assert made is not None
    assert (made.method, made.path, made.body) == ("POST", CALLS, TO)


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        (OWN, {"callerId": OWN}),
        (f"tel:{OWN}", {"callerId": OWN}),
        ({"phoneNumber": "tel:+44 20 7946 0001"}, {"callerId": OWN}),
        ({"address": OWN, "name": "Acme"}, {"callerId": OWN, "callerIdName": "Acme"}),
        ({"address": {"phoneNumber": OWN, "type": "PERSON"}}, {"callerId": OWN}),
        ([{"uri": f"tel:{OWN}", "type": "phone"}], {"callerId": OWN}),
    ],
    ids=str,
)
@pytest.mark.parametrize("key", ["from", "fromAddress", "ani", "caller", "callerID", "from_number"])
def test_a_number_that_calls_becomes_the_caller_id(key: str, caller: Any, shown: dict[str, str]) -> None:
    made = explained({"to": NUMBER, key: caller}).equivalent
    assert made is not None
    assert (made.path, made.body) == (CALLS, TO | shown)


AGENTS = [
    {"from": f"user:{AGENT}"},
    {"from": AGENT.upper()},
    {"from": {"id": AGENT}},
    {"from": {"type": "user", "id": AGENT, "name": "An Agent"}},
    {"from": {"type": "user", "address": f"user:{AGENT}"}},
    {"from": {"userId": AGENT}},
    {"from": {"address": {"userId": AGENT}}},
    {"from": {"from": f"user:{AGENT}"}},
    {"fromAddress": {"agentId": AGENT}},
    {"agentId": AGENT},
    {"agent": {"id": AGENT, "name": "An Agent"}},
    {"userId": AGENT},
    {"onBehalfOf": AGENT},
    {"routing": {"userId": AGENT}},
    {"routingData": {"preferredAgentId": AGENT}},
]


@pytest.mark.parametrize("caller", AGENTS, ids=str)
@pytest.mark.parametrize("grant", [None, "client_credentials", "authorization_code"])
def test_an_agent_who_calls_goes_into_the_path_and_is_never_dialled(
    caller: dict[str, Any], grant: str | None
) -> None:
    found = explained({"to": NUMBER} | caller, grant=grant)
    assert found.equivalent is not None
    assert (found.equivalent.path, found.equivalent.body) == (FOR_AGENT, TO)


def test_an_agent_may_stand_beside_the_number_that_is_shown() -> None:
    made = explained({"to": NUMBER, "from": {"address": {"phoneNumber": OWN}, "agentId": AGENT}}).equivalent
    assert made is not None
    assert (made.path, made.body) == (FOR_AGENT, SHOWN)


@pytest.mark.parametrize(
    "unfilled", ["agent-id-here", "{agent_id}", "uuid-42", "YOUR-AGENT-ID", "agent@example.com"]
)
def test_an_agent_that_is_no_id_is_asked_for(unfilled: str) -> None:
    found = explained({"to": NUMBER, "from": {"id": unfilled}})
    assert found.equivalent is not None
    assert (found.equivalent.path, found.equivalent.body) == (CALLS, TO)
    assert asked(found, "Which user places the call?", unfilled, "/from/id")
    assert explained({"to": NUMBER, "from": {"id": unfilled}}, grant="client_credentials").equivalent is None


def test_two_agents_are_asked_about() -> None:
    found = explained({"to": NUMBER, "from": {"id": AGENT}, "agentId": SKILL})
    assert (found.equivalent, asked(found, "Which user places the call", AGENT, SKILL)) == (None, True)


def test_the_user_of_the_path_stays_the_caller() -> None:
    made = explained({"to": NUMBER}, path=FOR_AGENT).equivalent
    assert made is not None
    assert (made.path, made.body) == (FOR_AGENT, TO)


@pytest.mark.parametrize(
    ("body", "equivalent"),
    [
        ({"to": f"user:{AGENT}"}, {"callUserId": AGENT}),
        ({"to": {"type": "user", "id": AGENT}}, {"callUserId": AGENT}),
        ({"to": {"userId": AGENT}}, {"callUserId": AGENT}),
        ({"to": {"queueId": QUEUE}}, {"callQueueId": QUEUE}),
        ({"to": {"type": "queue", "id": QUEUE}}, {"callQueueId": QUEUE}),
        (
            {"to": "sip:agent@pbx.example.com;transport=tls"},
            {"phoneNumber": "sip:agent@pbx.example.com;transport=tls"},
        ),
        ({"to": "SIP:agent%40pbx.example.com"}, {"phoneNumber": "sip:agent@pbx.example.com"}),
        (
            {"to": {"type": "sip", "address": " sip:agent@pbx.example.com\n"}},
            {"phoneNumber": "sip:agent@pbx.example.com"},
        ),
        ({"to": "30005"}, {"phoneNumber": "30005"}),
        ({"to": "+442079460100 ext. 12"}, {"phoneNumber": "+442079460100;ext=12"}),
        ({"participants": [{"address": NUMBER, "name": "One"}]}, TO),
        ({"participants": [{"to": NUMBER, "from": OWN}]}, SHOWN),
        ({"participants": [{"to": {"address": NUMBER}, "from": {"address": OWN}}]}, SHOWN),
        (
            {"to": [NUMBER, {"address": OTHER_NUMBER, "name": "Two"}], "from": OWN},
            {
                "participants": [{"address": NUMBER}, {"address": OTHER_NUMBER, "name": "Two"}],
                "callerId": OWN,
            },
        ),
        (
            {"participants": [{"address": NUMBER, "type": "phone"}, {"userId": AGENT}]},
            {"participants": [{"address": NUMBER}, {"userId": AGENT}]},
        ),
        ({"phoneNumber": NUMBER, "to": f"tel:{NUMBER}"}, TO),
        ({"phoneNumber": 3172222222}, {"phoneNumber": "3172222222"}),
        ({"callQueueId": QUEUE, "skills": [SKILL]}, {"callQueueId": QUEUE, "routingSkillsIds": [SKILL]}),
        ({"callQueueId": QUEUE, "priority": "7"}, {"callQueueId": QUEUE, "priority": 7}),
        ({"callQueueId": QUEUE, "routing": {"priority": 7}}, {"callQueueId": QUEUE, "priority": 7}),
        ({"callQueueId": QUEUE, "routing": {"priority": "high"}}, {"callQueueId": QUEUE}),
        ({"body": {"to": NUMBER, "from": OWN}}, SHOWN),
        ({"to": {"address": NUMBER, "customerData": {"k": "v"}}}, TO | {"attributes": {"k": "v"}}),
        ({"to": {"address": NUMBER, "callerIdName": "Acme"}}, TO | {"callerIdName": "Acme"}),
        ({"to": NUMBER, "externalContact": {"id": AGENT}}, TO | {"externalContactId": AGENT}),
    ],
    ids=str,
)
def test_every_kind_of_destination_has_its_field(body: Any, equivalent: dict[str, Any]) -> None:
    made = explained(body).equivalent
    assert made is not None
    assert (made.path, made.body) == (CALLS, equivalent)


def test_a_list_of_parties_with_purposes_has_one_who_calls() -> None:
    parties = [{"purpose": "agent", "userId": AGENT}, {"purpose": "customer", "address": NUMBER}]
    made = explained({"participants": parties}).equivalent
    assert made is not None
    assert (made.path, made.body) == (FOR_AGENT, TO)


@pytest.mark.parametrize(
    "key", ["metadata", "customerData", "participantData", "attributes", "custom_attributes"]
)
def test_data_becomes_attributes_which_are_texts(key: str) -> None:
    data = {"a": "x", "n": 3, "yes": True, "none": None, "empty": "", "list": [1], "map": {"k": "v"}}
    made = explained({"to": NUMBER, key: data}).equivalent
    assert made is not None
    attributes = {"a": "x", "n": "3", "yes": "true", "list": "[1]", "map": '{"k": "v"}'}
    assert made.body == TO | {"attributes": attributes}


@pytest.mark.parametrize(
    "dropped",
    [
        {"type": "call"},
        {"callType": "outbound"},
        {"mediaType": "voice"},
        {"wrapUpCode": "default"},
        {"sessionType": "softphone"},
        {"campaignId": QUEUE},
        {"nonsense": {"deep": [1, 2]}},
        {"label": None},
    ],
    ids=str,
)
def test_what_the_published_body_does_not_have_is_left_out(dropped: dict[str, Any]) -> None:
    made = explained({"to": NUMBER} | dropped).equivalent
    assert made is not None
    assert made.body == TO


def test_a_queue_beside_a_destination_is_called_on_behalf_of_and_asked_about() -> None:
    for key, value in (("queueId", QUEUE), ("routingData", {"queueId": QUEUE}), ("from", {"queueId": QUEUE})):
        found = explained({"to": NUMBER, key: value})
        assert found.equivalent is not None
        assert found.equivalent.body == TO | {"callFromQueueId": QUEUE}
        assert asked(found, "on its behalf", "callQueueId")


def test_beside_a_queue_that_is_dialled_no_other_is_called_for_or_asked_about() -> None:
    for other in (SKILL, "support"):
        found = explained({"callQueueId": QUEUE, "queueId": other})
        assert found.equivalent is not None
        assert (found.equivalent.body, found.questions) == ({"callQueueId": QUEUE}, ())


def test_a_queue_alone_is_asked_about_once() -> None:
    found = explained({"queueId": QUEUE})
    assert (found.equivalent, len(found.questions)) == (None, 1)
    assert asked(found, "Dial the queue", "/queueId")


def test_a_queue_that_is_no_id_is_left_out_and_asked_for() -> None:
    found = explained({"to": NUMBER, "queueId": "support_queue_here"})
    assert found.equivalent is not None
    assert (found.equivalent.body, asked(found, "Which queue", "support_queue_here")) == (TO, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["Whom should the call ring"]),
        ({"from": OWN}, ["Whom should the call ring"]),
        ({"to": [], "from": {}, "routing": {}}, ["Whom should the call ring"]),
        ({"to": {"address": ""}}, ["/to/address", "empty"]),
        ({"to": {"id": AGENT}}, ["/to/id", "callUserId", "callQueueId"]),
        ({"to": "{{number}}"}, ["/to", "not filled in"]),
        ({"to": {"address": "<number>"}}, ["/to/address", "not filled in"]),
        ({"to": "1-800-FLOWERS"}, ["/to", "no number"]),
        ({"to": "sip:[email protected]"}, ["/to", "not filled in"]),
        ({"phoneNumber": NUMBER, "callUserId": AGENT}, ["Which of", "/phoneNumber", "/callUserId"]),
        ({"phoneNumber": NUMBER, "callUserId": AGENT}, ["user to dial, or the user who calls"]),
        ({"phoneNumber": NUMBER, "conversationIds": [AGENT]}, ["Which of", "/phoneNumber"]),
        ({"phoneNumber": NUMBER, "to": OTHER_NUMBER}, ["Which of", "/phoneNumber", "/to"]),
        ({"addresses": [{"uri": NUMBER}, {"uri": OWN}]}, ["Which of the addresses", "/addresses/0/uri"]),
        ({"to": NUMBER, "from": f"campaign:{QUEUE}"}, ["campaign", "/from"]),
        ({"to": f"campaign:{QUEUE}"}, ["Whom should the call ring"]),
    ],
    ids=str,
)
def test_where_a_fact_is_missing_a_question_stands_instead(body: Any, words: list[str]) -> None:
    found = explained(body)
    assert (found.equivalent, asked(found, *words)) == (None, True), found.questions
    assert not asked(found, "still refused")


@pytest.mark.parametrize(
    ("body", "equivalent", "words"),
    [
        ({"to": "442079460101"}, {"phoneNumber": "442079460101"}, ["+442079460101", "/to"]),
        ({"to": "(317) 222-2222"}, {"phoneNumber": "3172222222"}, ["Which country", "/to"]),
        (
            {"to": "colleague@example.com"},
            {"phoneNumber": "sip:colleague@example.com"},
            ["/to", "callUserId"],
        ),
        ({"to": NUMBER, "from": "sip:pbx@example.com"}, TO, ["caller id", "/from"]),
        ({"to": NUMBER, "from": [OWN, OTHER_NUMBER]}, TO, ["caller id", OWN, OTHER_NUMBER]),
        ({"to": NUMBER, "from": {"phoneNumber": OWN, "id": "{agent}"}}, SHOWN, ["Which user", "/from/id"]),
        ({"to": NUMBER, "skill": "billing"}, TO, ["skill", "routingSkillsIds"]),
        ({"to": NUMBER, "skills": [SKILL]}, TO, ["skill", "routingSkillsIds"]),
        ({"to": NUMBER, "language": "English"}, TO, ["language", "languageId"]),
        ({"to": NUMBER, "callerId": "<number>"}, TO, ["/callerId", "not filled in"]),
        ({"to": NUMBER, "externalContactId": "{contact}"}, TO, ["/externalContactId", "leaves it out"]),
        ({"to": NUMBER, "callFromQueueId": "support"}, TO, ["/callFromQueueId", "no UUID"]),
        (
            {"to": NUMBER, "metadata": {"agentId": AGENT}},
            TO | {"attributes": {"agentId": AGENT}},
            [AGENT, "/metadata/agentId", "who places the call"],
        ),
    ],
    ids=str,
)
def test_what_can_be_shown_is_shown_beside_the_question(
    body: Any, equivalent: dict[str, Any], words: list[str]
) -> None:
    found = explained(body)
    assert found.equivalent is not None
    assert (found.equivalent.body, asked(found, *words)) == (equivalent, True), found.questions


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/conversations",
        "/api/v2/outbound/calls",
        "/api/v2/interactions/calls",
        "/api/v2/conversations/voice",
        "/api/v2/conversations/calls/",
        "/v2/conversations/calls",
        "/incontactapi/services/v30.0/calls",
    ],
)
def test_the_same_wish_on_another_path_has_the_same_equivalent(path: str) -> None:
    made = explained({"to": NUMBER, "from": OWN}, path=path).equivalent
    assert made is not None
    assert (made.path, made.body) == (CALLS, SHOWN)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/conversations/messages",
        "/api/v2/conversations/callbacks",
        f"/api/v2/conversations/calls/{AGENT}",
        f"/api/v2/conversations/calls/{AGENT}/participants",
        "/api/v2/routing/queues",
    ],
)
def test_what_is_another_operation_of_the_platform_is_no_wish_for_a_call(path: str) -> None:
    found = explained({"toAddress": NUMBER, "participants": [{"address": NUMBER}]}, path=path)
    assert (found.equivalent, found.questions) == (None, ())


def test_a_wrong_method_is_mended_too() -> None:
    made = explained({"phoneNumber": NUMBER}, method="PUT").equivalent
    assert made is not None
    assert (made.method, made.body) == ("POST", TO)


@pytest.mark.parametrize(
    "body",
    [
        "{“to”: “" + NUMBER + "”, “from”: “" + OWN + "”}",
        "{'to': '" + NUMBER + "', 'from': '" + OWN + "', 'name': None}",
        "{ to: { phoneNumber: `" + NUMBER + "` }, // whom\n  from: '" + OWN + "', }",
        '{to:{phoneNumber:"' + NUMBER + '"},from:{phoneNumber:"' + OWN + '"}}',
        "to:\n  phoneNumber: +44-20-7946-0100\nfrom:\n  phoneNumber: +44-20-7946-0001\n",
        "to=%2B442079460100&from=%2B442079460001",
        '"{\\"to\\": \\"' + NUMBER + '\\", \\"from\\": \\"' + OWN + '\\"}"',
        '\ufeff{"to": "' + NUMBER + '", "from": "' + OWN + '"}',
        '[{"to": "' + NUMBER + '", "from": "' + OWN + '"}]',
        '{"to": "' + NUMBER + '", "from": "' + OWN + '",}',
    ],
)
def test_a_body_that_is_not_json_is_encoded_anew(body: str) -> None:
    made = explained(body).equivalent
    assert made is not None
    assert made.body == SHOWN


def test_a_number_beside_calls_to_join_is_asked_about() -> None:
    found = explained({"phoneNumber": NUMBER, "conversationIds": [QUEUE]})
    assert asked(found, "Which of", f"'{NUMBER}' (/phoneNumber)", "/conversationIds")


def test_of_several_bodies_in_a_list_one_has_to_be_chosen() -> None:
    found = explained([{"phoneNumber": NUMBER}, {"phoneNumber": "+442079460101"}])
    assert found.equivalent is None
    assert asked(found, "Which of the 2 entries", "sent by itself")
    assert len(found.questions) == 1


def test_what_the_program_alone_knows_is_asked_about_once() -> None:
    found = explained({"to": f"tel:{NUMBER}", "from": "user:\u2039agent\u203a"})
    (question,) = found.questions
    assert "Only the running program knows 'user:\u2039agent\u203a' at /from" in question


@pytest.mark.parametrize("key", ["callNumber", "call_to", "phoneToCall"])
def test_rarer_words_for_whom_to_call_are_understood(key: str) -> None:
    equivalent = explained({key: NUMBER}).equivalent
    assert equivalent is not None
    assert equivalent.body == {"phoneNumber": NUMBER}


def test_names_of_a_queue_and_an_agent_are_asked_about() -> None:
    found = explained({"phoneNumber": NUMBER, "queueName": "Support", "agentEmail": "alice@example.com"})
    assert asked(found, "Which queue", "'Support' at /queueName is no id")
    assert asked(found, "Which user places the call", "'alice@example.com' at /agentEmail is no id")


def test_what_the_judge_refuses_is_not_shown() -> None:
    found = explained({"conversationIds": ["the call of this morning"]})
    assert (found.equivalent, asked(found, "still refused", "the call of this morning")) == (None, True)


def test_a_body_that_says_nothing_is_asked_about() -> None:
    found = explained("call me maybe")
    assert (found.equivalent, asked(found, "could not be read")) == (None, True)


@pytest.mark.parametrize(
    ("number", "words"),
    [("(317) 222-2222", ["Which country", "/callerId", "3172222222"]), ("13172222222", ["+13172222222"])],
)
def test_a_caller_id_without_its_country_is_asked_about_as_a_destination_is(
    number: str, words: list[str]
) -> None:
    found = explained({"phoneNumber": NUMBER, "callerId": number})
    assert found.equivalent is not None
    assert asked(found, *words), found.questions
    assert len(found.questions) == 1


def test_the_name_that_is_shown_goes_with_one_number_to_show() -> None:
    named = {"callerIdName": "Acme"}
    one = explained({"to": NUMBER, "from": OWN} | named).equivalent
    none = explained({"to": NUMBER} | named).equivalent
    several = explained({"to": NUMBER, "from": [OWN, OTHER_NUMBER]} | named).equivalent
    assert one is not None
    assert none is not None
    assert several is not None
    assert (one.body, none.body, several.body) == (SHOWN | named, TO | named, TO)


def test_several_parties_keep_their_names_and_the_caller_s() -> None:
    parties = [{"address": NUMBER, "name": "One"}, {"address": OTHER_NUMBER}]
    made = explained({"participants": parties, "callerIdName": "Acme", "callerId": OWN}).equivalent
    assert made is not None
    assert made.body == {"participants": parties, "callerIdName": "Acme", "callerId": OWN}


@pytest.mark.parametrize("kept", [QUEUE, QUEUE.upper()])
@pytest.mark.parametrize("hinted", [QUEUE, QUEUE.upper()])
def test_a_queue_that_is_named_twice_is_one_whatever_the_case_of_its_id(kept: str, hinted: str) -> None:
    found = explained({"phoneNumber": NUMBER, "callFromQueueId": kept, "routingData": {"queueId": hinted}})
    assert found.equivalent is not None
    assert found.equivalent.body["callFromQueueId"].lower() == QUEUE
    assert found.questions == ()


@pytest.mark.parametrize("body", [{"address": NUMBER}, {"addresses": [{"uri": NUMBER}]}], ids=str)
def test_the_only_address_is_whom_to_call(body: dict[str, Any]) -> None:
    found = explained(body)
    assert found.equivalent is not None
    assert (found.equivalent.body, found.questions) == (TO, ())


def test_a_service_must_say_for_whom_it_calls() -> None:
    found = explained({"to": NUMBER}, grant="client_credentials")
    assert (found.equivalent, asked(found, "A client-credentials token has no user")) == (None, True)
    of_a_user = explained({"to": NUMBER, "agentId": AGENT}, grant="client_credentials")
    assert not asked(of_a_user, "A client-credentials token has no user")


def test_parties_of_every_kind_can_be_listed() -> None:
    parties = [
        {"address": "sip:a@pbx.example.com"},
        {"queueId": QUEUE},
        {"userId": AGENT},
        {"address": NUMBER},
    ]
    made = explained({"participants": parties}).equivalent
    assert made is not None
    assert made.body == {"participants": parties}


@pytest.mark.parametrize(
    "kept",
    [
        {"callQueueId": QUEUE, "languageId": SKILL},
        {"callQueueId": QUEUE, "routingSkillsIds": [SKILL]},
        {"callQueueId": QUEUE, "routingSkillExpression": "billing == 1"},
        {"callQueueId": QUEUE, "priority": 3},
        TO | {"label": "a label"},
        TO | {"uuiData": "00C8"},
        TO | {"externalContactId": AGENT},
        TO | {"callFromQueueId": QUEUE},
    ],
    ids=str,
)
def test_a_published_field_stays_as_it_is(kept: dict[str, Any]) -> None:
    made = explained({"to": NUMBER} | kept if "phoneNumber" in kept else kept).equivalent
    assert made is not None
    assert made.body == kept


def test_several_destinations_are_asked_about_as_what_they_are() -> None:
    numbers = explained({"phoneNumber": NUMBER, "to": OTHER_NUMBER})
    assert len(numbers.questions) == 1
    assert not asked(numbers, "/conversationIds")
    users = explained({"phoneNumber": NUMBER, "callUserId": AGENT})
    assert len(users.questions) == 2
    assert asked(users, AGENT, "callUserId dials")


@pytest.mark.parametrize("number", ["+15551234567", "+15550199"])
def test_a_number_that_was_refused_is_not_offered_back(number: str) -> None:
    found = explained({"to": f"tel:{number}", "from": f"user:{AGENT}"})
    assert (found.status, found.equivalent) == (422, None)
    assert asked(found, "Which number should the call ring?")
