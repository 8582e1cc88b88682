"""Objects are read out of code in the languages that people paste."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_explain.read.literal import LONGEST_PLACEHOLDER, literals, placeholder
from ringback_explain.read.sdk_lines import sdk_body


def values_of(text: str) -> list[Any]:
    return [literal.value for literal in literals(text)]


# Any value, in any language

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
NAMES = st.from_regex(r"[a-z][A-Za-z0-9_]{0,8}", fullmatch=True)
SCALARS = st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(2**53), 2**53))
# No empty ones: some languages write an empty object like an empty list.
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def text_of(value: str) -> str:
    return json.dumps(value, ensure_ascii=True)


def javascript(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + "".join(f" {key}: {javascript(item)}, // why\n" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"{javascript(item)}, " for item in value) + "]"
    if isinstance(value, str):
        return "'" + text_of(value)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return json.dumps(value)


def ruby(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" => {ruby(item)}' for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(ruby, value)) + "]"
    return "nil" if value is None else json.dumps(value)


def php(value: Any) -> str:
    if isinstance(value, dict):
        return "[" + ", ".join(f"'{key}' => {php(item)}" for key, item in value.items()) + "]"
    if isinstance(value, list):
        return "array(" + ", ".join(map(php, value)) + ")"
    return "NULL" if value is None else json.dumps(value)


def csharp(value: Any) -> str:
    if isinstance(value, dict):
        return "new { " + ", ".join(f"{key} = {csharp(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(csharp, value)) + "]"
    return json.dumps(value)


WRITERS = {
    "json": json.dumps,
    "python": repr,
    "javascript": javascript,
    "ruby": ruby,
    "php": php,
    "csharp": csharp,
}


@pytest.mark.parametrize("language", WRITERS)
@given(written=OBJECTS)
@example(written={"to": {"address": "it's {{x}}", "n": [1, {"a": "}"}]}, "y": None, "z": True})
def test_an_object_is_read_as_it_was_written(language: str, written: dict[str, Any]) -> None:
    code = f"const body = {WRITERS[language](written)};\nsend(body)"
    assert values_of(code)[0] == written


# What a running program alone knows

KNOWN = {
    "call(url, {phoneNumber: number, x: 'a'})": {"phoneNumber": "\u2039number\u203a", "x": "a"},
    "{phoneNumber, callFromQueueId}": {
        "phoneNumber": "\u2039phoneNumber\u203a",
        "callFromQueueId": "\u2039callFromQueueId\u203a",
    },
    "{'q': os.environ['QUEUE'], 'n': 1}": {"q": "\u2039os.environ['QUEUE']\u203a", "n": 1},
    '{"to": "tel:" + number, "x": f(a, b)}': {"to": "tel:\u2039number\u203a", "x": "\u2039f(a, b)\u203a"},
    "{to: `tel:${number}`}": {"to": "tel:\u2039number\u203a"},
    '{"to": f"tel:{number:>10}", "x": "{y}"}': {"to": "tel:\u2039number\u203a", "x": "{y}"},
    'new { to = $"tel:{number}" }': {"to": "tel:\u2039number\u203a"},
    '{ to: "tel:#{number}" }': {"to": "tel:\u2039number\u203a"},
    '{"to": "" + number + ""}': {"to": "\u2039number\u203a"},
    '{"to": {{phone}}, "q": ${queue}, "z": <id>}': {"to": "{{phone}}", "q": "${queue}", "z": "<id>"},
    "{...defaults, to: 'x'}": {"to": "x"},
    "{body: JSON.stringify({to: 'x'})}": {"body": {"to": "x"}},
    "@{\n phoneNumber = '1'\n q = $queue\n}": {"phoneNumber": "1", "q": "\u2039$queue\u203a"},
    'map[string]interface{}{"phoneNumber": number}': {"phoneNumber": "\u2039number\u203a"},
    "{ to: { address: 'x' } }.to_json": {"to": {"address": "x"}},
    "{\u201cto\u201d: \u2018x\u2019}": {"to": "x"},
    "{'a': 'b'  # why\n, 'c': \"\"\"d\ne\"\"\"}": {"a": "b", "c": "d\ne"},
    "{to: 'x', type: 'sip', /* no: matter */ }": {"to": "x", "type": "sip"},
    "const f = async () => { const x = await y({phoneNumber: 'x'}); }": {"phoneNumber": "x"},
}


@pytest.mark.parametrize(("code", "value"), KNOWN.items(), ids=list(KNOWN))
def test_an_expression_becomes_a_placeholder(code: str, value: dict[str, Any]) -> None:
    assert value in values_of(code)


def test_a_template_of_a_text_is_no_object() -> None:
    assert values_of('`https://api.${region}/x`; "#{id}"; function f() { return x; }; if (a) { b(); }') == []


@given(st.text())
def test_a_placeholder_is_short_and_has_its_brackets_outside_alone(expression: str) -> None:
    made = placeholder(expression)
    assert made.startswith("\u2039")
    assert made.endswith("\u203a")
    assert not set("<>\u2039\u203a") & set(made[1:-1])
    assert len(made) <= LONGEST_PLACEHOLDER + 2


@given(st.text(st.sampled_from(list("{}[]()\"'`:,=>+\\ \n#/*<$a1\u201c\u2019")), max_size=60))
@example("{" * 3_000)
@example("{a:" * 3_000)
@example('[{"a":' * 3_000)
@example("{'" * 3_000)
@example("{a: f(" * 3_000)
def test_any_text_is_read_in_the_end(text: str) -> None:
    for literal in literals(text):
        assert text[literal.start] in "{[a"
        assert 0 <= literal.start < literal.end <= len(text)
        assert literal.value


# Models of an SDK, and mappings that code fills

MODELS = {
    "python": """
        body = gc.CreateCallRequest()
        body.phone_number = "+1"
        body.call_from_queue_id = queue
        body.priority = 5
    """,
    "keywords": 'CreateCallRequest(phone_number="+1", call_from_queue_id=queue, priority=5)',
    "builder": 'new CreateCallRequest().phoneNumber("+1").callFromQueueId(queue).priority(5)',
    "java": 'request.setPhoneNumber("+1"); request.setCallFromQueueId(queue); request.setPriority(5);',
    "csharp": 'new CreateCallRequest { PhoneNumber = "+1", CallFromQueueId = queue, Priority = 5 };',
    "named arguments": 'new CreateCallRequest(phoneNumber: "+1", callFromQueueId: queue, priority: 5)',
    "basic": 'New CreateCallRequest With {.PhoneNumber = "+1", .CallFromQueueId = queue, .Priority = 5}',
    "kotlin": 'CreateCallRequest(phoneNumber = "+1", callFromQueueId = queue, priority = 5)',
    "ruby": 'PureCloud::CreateCallRequest.new(phone_number: "+1", call_from_queue_id: queue, priority: 5)',
    "go": """
        body := platformclientv2.Createcallrequest{
            PhoneNumber:     platformclientv2.String("+1"),
            CallFromQueueId: queue,
            Priority:        platformclientv2.Int(5),
        }
    """,
    "go's tags": """
        type order struct {
            Number string `json:"phoneNumber"`
            Queue  string `json:"callFromQueueId,omitempty"`
            Rank   int    `json:"priority"`
        }
        b, _ := json.Marshal(order{Number: "+1", Queue: queue, Rank: 5})
    """,
    "rust": """
        let body = CreateCallRequest {
            phone_number: Some("+1".to_string()), call_from_queue_id: queue, priority: Some(5),
            ..Default::default()
        };
    """,
    "a chain": 'node().put("phoneNumber", "+1").put("callFromQueueId", queue).put("priority", 5);',
    "pairs": 'mapOf("phoneNumber" to "+1", "callFromQueueId" to queue, "priority" to 5)',
    "a map": """
        body.put("phoneNumber", "+1");
        body.put("callFromQueueId", queue);
        body.put("priority", 5);
    """,
    "an index": """
        $body['phoneNumber'] = '+1';
        $body['callFromQueueId'] = queue;
        $body['priority'] = 5;
    """,
}


@pytest.mark.parametrize("language", MODELS)
def test_fields_that_are_given_to_a_model_are_read(language: str) -> None:
    body = {"phoneNumber": "+1", "callFromQueueId": "\u2039queue\u203a", "priority": 5}
    assert sdk_body(MODELS[language]) == body


NESTED = {
    "an initialiser": """new CreateCallRequest {
        PhoneNumber = "+1",
        Attributes = new Dictionary<string, string> { { "case", "42" }, ["k"] = "v" },
        RoutingSkillsIds = new List<string> { "a", "b" }
    }""",
    "arguments": """CreateCallRequest(phoneNumber: "+1", attributes: Attributes(case: "42", k: "v"),
        routingSkillsIds: ["a", "b"])""",
    "go": """Createcallrequest{PhoneNumber: String("+1"), RoutingSkillsIds: &[]string{"a", "b"},
        Attributes: &map[string]string{"case": "42", "k": "v"}}""",
    "maps": """
        Map<String, String> data = new HashMap<>();
        data.put("case", "42");
        data.put("k", "v");
        body.put("attributes", data);
        body.put("routingSkillsIds", ["a", "b"]);
        body.put("phoneNumber", "+1");
    """,
    "indexes": """
        body["phoneNumber"] = "+1"
        body["attributes"]["case"] = "42"
        body["attributes"]["k"] = "v"
        body["routingSkillsIds"] = ["a", "b"]
    """,
}


@pytest.mark.parametrize("language", NESTED)
def test_what_is_inside_a_field_is_read_too(language: str) -> None:
    attributes = {"case": "42", "k": "v"}
    body = {"phoneNumber": "+1", "attributes": attributes, "routingSkillsIds": ["a", "b"]}
    assert sdk_body(NESTED[language]) == body


def test_words_about_fields_set_nothing() -> None:
    assert sdk_body("phone_number is required, and so is callFromQueueId; priority: high") == {}


@pytest.mark.parametrize("text", ['a.put("to", a)', 'a.put("to", b); b.put("from", a); a.put("phone", "1")'])
def test_mappings_that_hold_each_other_have_an_end(text: str) -> None:
    assert isinstance(sdk_body(text), dict)


PIECES = ["{", "}", "(", ")", "[", '"', "a", "To", ":", "=", ",", " ", "new ", "\n", "phoneNumber", ".put("]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
@example("phoneNumber=" * 3_000)
@example("new a, " * 3_000)
@example("a(b:" * 3_000)
@example("A{" * 3_000)
@example('a["b"]' * 3_000)
def test_any_code_is_looked_through_in_the_end(text: str) -> None:
    assert isinstance(sdk_body(text), dict)
