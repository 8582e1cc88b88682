"""A request in code is read whatever its form: each language, and each way in which it makes a body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_explain.read import FoundRequest, ReadError, read
from tests.explain.reading import body_of

PATH = "/api/v2/conversations/calls"
URL = f"https://api.mypurecloud.ie{PATH}"
NUMBER = "+442079460100"
CALL = {"phoneNumber": NUMBER}


def requests_of(code: str) -> list[FoundRequest]:
    return [found for found in read(code.encode()).found if isinstance(found, FoundRequest)]


def told(code: str) -> list[str]:
    """What is said of a request in code that was not judged."""
    (found,) = requests_of(code)
    return [note.message for note in found.context.unread if note.id != "code.unsent"]


WAYS = {
    "python, a model's attributes": f"""
body = gc.CreateCallRequest()
body.phone_number = "{NUMBER}"
api.post_conversations_calls(body)
""",
    "python, keywords": f'api.post_conversations_calls(gc.CreateCallRequest(phone_number="{NUMBER}"))',
    "python, a helper": f"""
def body_for(number):
    return {{"phoneNumber": number}}

requests.post("{URL}", json=body_for("{NUMBER}"))
""",
    "python, a class": f"""
class Dialler:
    def __init__(self):
        self.base = "https://api.mypurecloud.ie"

    def dial(self, number):
        body = {{}}
        body["phoneNumber"] = number
        return self.session.post(f"{{self.base}}{PATH}", json=body)

Dialler().dial("{NUMBER}")
""",
    "python, dict and update": f"""
body = dict()
body.update({{"phoneNumber": "{NUMBER}"}})
httpx.post("{URL}", json=body)
""",
    "python, urllib": f"""
data = json.dumps({{"phoneNumber": "{NUMBER}"}}).encode("utf-8")
request = urllib.request.Request("{URL}", data=data, method="POST")
urllib.request.urlopen(request)
""",
    "python, a format": f"""
number = "{NUMBER}"
requests.post("{URL}", data='{{"phoneNumber": "%s"}}' % number)
""",
    "javascript, fetch": f"""
const body = {{ phoneNumber: "{NUMBER}" }};
await fetch("{URL}", {{ method: "POST", body: JSON.stringify(body) }});
""",
    "javascript, axios": f'axios({{ method: "post", url: "{URL}", data: {{ phoneNumber: "{NUMBER}" }} }});',
    "javascript, an arrow": f"""
const body = (number) => ({{ phoneNumber: number }});
api.postConversationsCalls(body("{NUMBER}"));
""",
    "javascript, XMLHttpRequest": f"""
const xhr = new XMLHttpRequest();
xhr.open("POST", "{URL}");
xhr.send(JSON.stringify({{ phoneNumber: "{NUMBER}" }}));
""",
    "javascript, jQuery": f"""
$.ajax({{ url: "{URL}", type: "POST", data: JSON.stringify({{ phoneNumber: "{NUMBER}" }}) }});
""",
    "javascript, assignments": f"""
let body = {{}};
body.phoneNumber = "{NUMBER}";
api.postConversationsCalls(body);
""",
    "typescript, a typed constant": f"""
const number: string = "{NUMBER}";
const body: Models.CreateCallRequest = {{ phoneNumber: number as string }};
await this.http.post<Models.CreateCallResponse>("{URL}", body);
""",
    "java, setters": f"""
CreateCallRequest body = new CreateCallRequest();
body.setPhoneNumber("{NUMBER}");
api.postConversationsCalls(body);
""",
    "java, a builder": f"""
CreateCallRequest body = new CreateCallRequest().phoneNumber("{NUMBER}");
api.postConversationsCalls(PostConversationsCallsRequest.builder().withBody(body).build());
""",
    "java, a map": f"""
Map<String, Object> body = new HashMap<>();
body.put("phoneNumber", "{NUMBER}");
restTemplate.postForEntity("{URL}", new HttpEntity<>(body, headers), String.class);
""",
    "java, the client of the language": f"""
String json = "{{\\"phoneNumber\\": \\"" + "{NUMBER}" + "\\"}}";
HttpRequest request = HttpRequest.newBuilder(URI.create("{URL}"))
    .POST(HttpRequest.BodyPublishers.ofString(json)).build();
""",
    "java, OkHttp": f"""
JSONObject json = new JSONObject();
json.put("phoneNumber", "{NUMBER}");
RequestBody body = RequestBody.create(json.toString(), JSON);
Request request = new Request.Builder().url("{URL}").post(body).build();
""",
    "java, a method": f"""
public class Dial {{
    public static void main(String[] args) {{ dial("{NUMBER}"); }}
    static void dial(String number) {{
        CreateCallRequest body = new CreateCallRequest();
        body.setPhoneNumber(number);
        api.postConversationsCalls(body);
    }}
}}
""",
    "c#, an initialiser": f"""
var body = new CreateCallRequest {{ PhoneNumber = "{NUMBER}" }};
await api.PostConversationsCallsAsync(body);
""",
    "c#, an anonymous type": f"""
await client.PostAsJsonAsync("{URL}", new {{ phoneNumber = "{NUMBER}" }});
""",
    "c#, a message": f"""
var request = new HttpRequestMessage(HttpMethod.Post, "{URL}");
request.Content = new StringContent(JsonSerializer.Serialize(new {{ phoneNumber = "{NUMBER}" }}));
await client.SendAsync(request);
""",
    "c#, a dictionary": f"""
var body = new Dictionary<string, string> {{ ["phoneNumber"] = "{NUMBER}" }};
await client.PostAsync("{URL}", new StringContent(JsonConvert.SerializeObject(body)));
""",
    "go, a map": f"""
body := map[string]interface{{}}{{"phoneNumber": "{NUMBER}"}}
data, _ := json.Marshal(body)
request, _ := http.NewRequest("POST", "{URL}", bytes.NewBuffer(data))
""",
    "go, a struct with tags": f"""
type order struct {{
    Number string `json:"phoneNumber"`
}}
data, err := json.Marshal(order{{Number: "{NUMBER}"}})
response, err := http.Post("{URL}", "application/json", bytes.NewReader(data))
""",
    "go, the SDK": f"""
number := "{NUMBER}"
body := platformclientv2.Createcallrequest{{}}
body.PhoneNumber = &number
response, _, err := api.PostConversationsCalls(body)
""",
    "php, curl": f"""<?php
$body = ["phoneNumber" => "{NUMBER}"];
$ch = curl_init("{URL}");
curl_setopt($ch, CURLOPT_POST, true);
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($body));
""",
    "php, Guzzle": f"""
$client->request("POST", "{URL}", ["json" => ["phoneNumber" => "{NUMBER}"]]);
""",
    "php, the SDK": f"""
$body = new CreateCallRequest();
$body->setPhoneNumber("{NUMBER}");
$api->postConversationsCalls($body);
""",
    "php, a function": f"""
function dial($number) {{
    $body = array("phoneNumber" => $number);
    return Http::post("{URL}", $body);
}}
dial("{NUMBER}");
""",
    "ruby, Net::HTTP": f"""
request = Net::HTTP::Post.new(URI("{URL}"))
request["Content-Type"] = "application/json"
request.body = {{ phoneNumber: "{NUMBER}" }}.to_json
http.request(request)
""",
    "ruby, HTTParty": f"""
body = {{ "phoneNumber" => "{NUMBER}" }}
HTTParty.post("{URL}", body: body.to_json, headers: {{ "Content-Type" => "application/json" }})
""",
    "ruby, a block": f"""
conn.post("{PATH}") do |req|
  req.body = JSON.generate(phoneNumber: "{NUMBER}")
end
""",
    "ruby, a method": f"""
def body_for(number)
  {{ phoneNumber: number }}
end
api.post_conversations_calls(body_for("{NUMBER}"))
""",
    "ruby, a heredoc": f"""
body = <<~JSON
  {{"phoneNumber": "{NUMBER}"}}
JSON
RestClient.post("{URL}", body, content_type: :json)
""",
    "PowerShell, with headers": f"""
$headers = @{{ Authorization = "Bearer $token"; "Content-Type" = "application/json" }}
$body = @{{ phoneNumber = "{NUMBER}" }} | ConvertTo-Json
Invoke-RestMethod -Method Post -Uri "{URL}" -Headers $headers -Body $body
""",
    "PowerShell": f"""
$body = @{{
    phoneNumber = "{NUMBER}" # ours
}}
Invoke-RestMethod -Method Post -Uri "{URL}" -Body ($body | ConvertTo-Json)
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_request_is_read_in_every_way_that_it_is_written(way: str) -> None:
    (found,) = requests_of(WAYS[way])
    assert (found.request.method, found.request.path) == ("POST", PATH)
    assert json.loads(found.request.body) == CALL
    assert found.request.headers["content-type"] == "application/json"
    # Nothing in these programs gives a header.
    assert {note.id for note in found.context.unread} <= {"code.media-type"}


MODELS: dict[str, tuple[str, Any]] = {
    "a trailing underscore": (
        'ConversationCallPost(to=f"tel:{N}", from_="user:alice")',
        {"to": "tel:‹N›", "from": "user:alice"},
    ),
    "models in variables": (
        'a = Party(to="tel:+442079460100")\nb = Party(from_="user:alice")\npost(Call(to=a, from_=b))',
        {"to": {"to": "tel:+442079460100"}, "from": {"from": "user:alice"}},
    ),
    "nested models": (
        'new CallPost { To = new Target { Address = "+1", Kind = "tel" }, Label = label };',
        {"to": {"address": "+1", "kind": "tel"}, "label": "‹label›"},
    ),
    "nested mappings": (
        """var b = new CreateCallRequest { PhoneNumber = n, RoutingSkillsIds = new List<string> { "a" },
            Attributes = new Dictionary<string, string> { { "case", "42" }, ["k"] = "v" } };""",
        {"phoneNumber": "‹n›", "attributes": {"case": "42", "k": "v"}, "routingSkillsIds": ["a"]},
    ),
    "pointers": (
        'b := Createcallrequest{PhoneNumber: String("+1"), Attributes: &map[string]string{"a": "b"}}',
        {"phoneNumber": "+1", "attributes": {"a": "b"}},
    ),
    "a chain": (
        'ObjectNode node = mapper.createObjectNode(); node.put("phoneNumber", "+1").put("priority", 5);',
        {"phoneNumber": "+1", "priority": 5},
    ),
}


@pytest.mark.parametrize("form", MODELS)
def test_models_are_followed_to_the_names_that_go_out(form: str) -> None:
    code, body = MODELS[form]
    assert body_of(code) == body


CONDITIONAL = {
    "python": (
        'b = {"phoneNumber": n}\nif q:\n    b["queueId"] = q\nrequests.post(url, json=b)',
        "queueId",
        "q",
    ),
    "javascript": (
        "const b = { phoneNumber: n };\nif (q !== null) { b.queueId = q; }\napi.postConversationsCalls(b);",
        "queueId",
        "q !== null",
    ),
    "javascript, and": (
        "api.postConversationsCalls({ phoneNumber: n, ...(q && { queueId: q }) });",
        "queueId",
        "q",
    ),
    "javascript, a choice": (
        "api.postConversationsCalls({ phoneNumber: n, ...(q ? { queueId: q } : {}) });",
        "queueId",
        "q",
    ),
    "java": (
        """CreateCallRequest b = new CreateCallRequest();
        b.setPhoneNumber(n);
        if (x != null) {
            b.setLabel(x);
        }
        api.postConversationsCalls(b);""",
        "label",
        "x != null",
    ),
    "c#": (
        """var b = new CreateCallRequest { PhoneNumber = n };
        if (x != null) b.Label = x;
        api.PostConversationsCalls(b);""",
        "label",
        "x != null",
    ),
    "go": (
        """b := map[string]string{"phoneNumber": n}
        if x != "" {
            b["label"] = x
        }
        api.PostConversationsCalls(b)""",
        "label",
        'x != ""',
    ),
    "php": (
        '$b = ["phoneNumber" => $n];\nif ($x) { $b["label"] = $x; }\n$api->postConversationsCalls($b);',
        "label",
        "$x",
    ),
    "ruby": ("b = { phoneNumber: n }\nb[:label] = x if x\napi.post_conversations_calls(b)", "label", "x"),
    "ruby, unless": (
        "b = { phoneNumber: n }\nb[:label] = x unless y\napi.post_conversations_calls(b)",
        "label",
        "not (y)",
    ),
}


@pytest.mark.parametrize("form", CONDITIONAL)
def test_what_is_set_under_a_condition_is_named_and_not_judged(form: str) -> None:
    code, key, condition = CONDITIONAL[form]
    assert told(code) == [f"'{key}' is set only if `{condition}`; it was not judged"]
    assert key not in json.loads(requests_of(code)[0].request.body)


@pytest.mark.parametrize(
    ("code", "expression"),
    [
        ('requests.post(url, json={"phoneNumber": n, **extra})', "extra"),
        ("api.postConversationsCalls({ ...defaults, phoneNumber: n });", "defaults"),
        ("api.postConversationsCalls(Object.assign({}, defaults, { phoneNumber: n }));", "defaults"),
        ('b = {"phoneNumber": n}\nb.update(options)\napi.post_conversations_calls(b)', "options"),
        ('$api->postConversationsCalls([...$defaults, "phoneNumber" => $n]);', "$defaults"),
        ("api.post_conversations_calls({ phoneNumber: n, **extra })", "extra"),
    ],
)  # fmt: skip
def test_what_is_spread_from_elsewhere_is_named(code: str, expression: str) -> None:
    assert told(code) == [f"what `{expression}` adds is not in the text; it was not judged"]


def test_a_destination_that_is_set_in_one_of_two_branches_counts_as_given() -> None:
    code = """
body = {"label": "x"}
if user:
    body["callUserId"] = user
else:
    body["phoneNumber"] = number
requests.post(url, json=body)
"""
    assert body_of(code)["callUserId"] == "‹user›"
    assert told(code)[0] == "'callUserId' is set only if `user`; the request is judged as if it does"


def test_a_body_that_is_another_one_under_a_condition_is_told() -> None:
    code = 'if agent:\n    body = {"callUserId": agent}\nelse:\n    body = {"phoneNumber": n}\npost(body)'
    assert told(code) == ["the body depends on `not (agent)`; one of its forms was judged"]


def test_the_keys_that_are_added_after_the_literal_are_part_of_the_body() -> None:
    for code in (
        'body = {"phoneNumber": "+1"}\nbody["wrapUpCode"] = "default"\nrequests.post(url, json=body)',
        'const b = { phoneNumber: "+1" };\nb["wrapUpCode"] = "default";\napi.postConversationsCalls(b);',
        '$b = ["phoneNumber" => "+1"];\n$b["wrapUpCode"] = "default";\n$api->postConversationsCalls($b);',
        'b = { phoneNumber: "+1" }\nb[:wrapUpCode] = "default"\napi.post_conversations_calls(b)',
    ):
        assert body_of(code) == {"phoneNumber": "+1", "wrapUpCode": "default"}


@pytest.mark.parametrize(
    "code",
    [
        'b = {"phoneNumber": n, "x": 1}\ndel b["x"]\napi.post_conversations_calls(b)',
        'b = {"phoneNumber": n, "x": 1}\nb.pop("x", None)\napi.post_conversations_calls(b)',
        "const b = { phoneNumber: n, x: 1 };\ndelete b.x;\napi.postConversationsCalls(b);",
        '$b = ["phoneNumber" => $n, "x" => 1];\nunset($b["x"]);\n$api->postConversationsCalls($b);',
        "b = { phoneNumber: n, x: 1 }\nb.delete(:x)\napi.post_conversations_calls(b)",
    ],
)
def test_what_is_taken_out_again_is_not_sent(code: str) -> None:
    assert body_of(code) == {"phoneNumber": "‹n›"}


def test_of_a_switch_one_branch_counts() -> None:
    code = """
switch (kind) {
    case "user": body.callUserId = id; break;
    default: body.phoneNumber = number;
}
api.postConversationsCalls(body);
"""
    assert body_of(code) == {"callUserId": "‹id›"}
    assert len(told(code)) == 2


def test_a_request_of_node_is_sent_with_what_is_written_to_it() -> None:
    code = f"""
const options = {{ hostname: "api.mypurecloud.ie", path: "{PATH}", method: "POST" }};
const request = https.request(options, (response) => {{}});
request.write(JSON.stringify({{ phoneNumber: "{NUMBER}" }}));
request.end();
"""
    (found,) = requests_of(code)
    assert (found.request.method, found.request.path) == ("POST", PATH)
    assert json.loads(found.request.body) == CALL


def test_a_body_that_is_made_of_unknown_pairs_is_asked_for() -> None:
    with pytest.raises(ReadError, match="line 2 of this Python code sends"):
        read(f'body = {{k: v for k, v in raw.items() if v}}\nrequests.post("{URL}", json=body)'.encode())


PARTIES = [{"address": "+1"}, {"address": "+2"}]


@pytest.mark.parametrize(
    "code",
    [
        """
body = {"participants": []}
body["participants"].append({"address": "+1"})
body["participants"].append({"address": "+2"})
requests.post(url, json=body)
""",
        """
const participants = [];
participants.push({ address: "+1" });
participants.push({ address: "+2" });
api.postConversationsCalls({ participants });
""",
        """
List<Map<String, String>> parties = new ArrayList<>();
parties.add(Map.of("address", "+1"));
parties.add(Map.of("address", "+2"));
body.put("participants", parties);
""",
        """
$parties = [];
$parties[] = ["address" => "+1"];
$parties[] = ["address" => "+2"];
$api->postConversationsCalls(["participants" => $parties]);
""",
        """
parties = []
parties << { address: "+1" }
parties << { address: "+2" }
api.post_conversations_calls({ participants: parties })
""",
    ],
)
def test_a_list_that_is_filled_one_by_one_is_read_whole(code: str) -> None:
    assert body_of(code) == {"participants": PARTIES}


def test_a_field_that_is_set_by_its_name_is_read() -> None:
    code = 'b = gc.CreateCallRequest()\nsetattr(b, "phone_number", "+1")\napi.post_conversations_calls(b)'
    assert body_of(code) == {"phoneNumber": "+1"}


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("body = {}\nfill(body, number)\napi.post_conversations_calls(body)", "fill(body, number)"),
        ("const body = {};\nbody.load(form);\napi.postConversationsCalls(body);", "body.load(form)"),
    ],
)
def test_an_unknown_function_may_have_filled_a_body_that_lacks_whom_to_ring(code: str, call: str) -> None:
    assert told(code) == [f"what `{call}` adds is not in the text; it was not judged"]
    assert body_of(code) == {"phoneNumber": f"‹{call}›"}


def test_the_branch_of_a_match_is_a_condition() -> None:
    code = """
match kind:
    case "user":
        body = {"callUserId": who}
    case _:
        body = {"phoneNumber": who}
requests.post(url, json=body)
"""
    assert told(code) == ["the body depends on `case _`; one of its forms was judged"]


TOKEN = 'requests.post("https://login.mypurecloud.ie/oauth/token", data={"grant_type": "client_credentials"})'
POST = f'requests.post("{URL}", json={{"phoneNumber": "{NUMBER}"}})'


def test_a_file_with_a_token_request_and_a_call_has_two_answers_in_its_order() -> None:
    paths = ["/oauth/token", PATH]
    assert [found.request.path for found in requests_of(f"{TOKEN}\n{POST}")] == paths
    assert [found.request.path for found in requests_of(f"{POST}\n{TOKEN}")] == paths[::-1]
    script = f"""
const how = {{ method: "POST", body: new URLSearchParams({{ grant_type: "client_credentials" }}) }};
await fetch("https://login.mypurecloud.ie/oauth/token", how);
await fetch("{URL}", {{ method: "POST", body: JSON.stringify({{ phoneNumber: "{NUMBER}" }}) }});
"""
    found = requests_of(script)
    assert [each.request.path for each in found] == paths
    assert found[0].request.body == b"grant_type=client_credentials"


def test_a_request_that_is_sent_twice_with_other_values_is_two() -> None:
    code = 'def dial(n):\n    api.post_conversations_calls({"phoneNumber": n})\n\ndial("+1")\ndial("+2")'
    assert [json.loads(found.request.body)["phoneNumber"] for found in requests_of(code)] == ["+1", "+2"]


def test_a_body_is_read_as_it_is_when_it_is_sent() -> None:
    code = 'b = {"phoneNumber": "+1"}\napi.post_conversations_calls(b)\nb["label"] = "late"'
    assert body_of(code) == {"phoneNumber": "+1"}


@pytest.mark.parametrize(
    ("code", "method", "path"),
    [
        (f"fetch(`{URL}/${{id}}`, {{ headers }}).then((r) => r.json());", "GET", f"{PATH}/‹id›"),
        (f'requests.patch(f"{URL}/{{call}}", json={{"state": "disconnected"}})', "PATCH", f"{PATH}/‹call›"),
        (
            'api.patch_conversations_call_participant(call, leg, {"muted": True})',
            "PATCH",
            f"{PATH}/‹call›/participants/‹leg›",
        ),
        ("api.postConversationDisconnect(id);", "POST", "/api/v2/conversations/‹id›/disconnect"),
        (
            "await notificationsApi.postNotificationsChannels();",
            "POST",
            "/api/v2/notifications/channels",
        ),
        ("me = users_api.get_users_me()", "GET", "/api/v2/users/me"),
    ],
)
def test_requests_of_other_operations_are_read_as_what_they_are(code: str, method: str, path: str) -> None:
    (found,) = requests_of(code)
    assert (found.request.method, found.request.path) == (method, path)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("def dial(phone_number: str): ...", "Python"),
        ("except ApiException as e:\n  if e.status == 400:\n    print('malformed address')", "Python"),
        ("} catch (error) {\n  if (error.status === 400) console.log('bad.request');\n}", "JavaScript"),
        ("const e164 = (number) => number.replace(/[^0-9+]/g, '');", "JavaScript"),
        ("public class Call { private String phoneNumber; }", "Java"),
        ("public class CallOptions { public string PhoneNumber { get; set; } }\nusing System;", "C#"),
        ('type CreateCall struct {\n\tPhoneNumber string `json:"phoneNumber"`\n}\nfunc main() {}', "Go"),
        ("<?php\nfunction e164($n) { return '+' . $n; }", "PHP"),
        ("def e164(number)\n  number.gsub(/[^0-9]/, '')\nend", "Ruby"),
    ],
)  # fmt: skip
def test_code_without_a_request_is_said_to_have_none(code: str, language: str) -> None:
    with pytest.raises(ReadError, match=f"this is {language} code, and it sends no request"):
        read(code.encode())


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ('val body = mapOf("phoneNumber" to "+442079460100")\nclient.post(url, body)', "Kotlin"),
        ("HttpRequest r = new HttpRequest();\nr.setEndpoint(u);\nr.setBody(JSON.serialize(b));", "Apex"),
        ("Dim body As New CreateCallRequest With {.PhoneNumber = number}", "Visual Basic"),
    ],
)
def test_a_language_that_is_not_read_is_named(code: str, language: str) -> None:
    with pytest.raises(ReadError, match=f"this looks like {language} code, which is not read"):
        read(code.encode())


def test_a_body_that_comes_from_elsewhere_is_asked_for() -> None:
    with pytest.raises(ReadError, match="line 2 of this Python code sends `body`, and nothing in the"):
        read(b"# dial\napi.post_conversations_calls(body)")


EXPORT = {
    "name": "Dial",
    "config": {
        "request": {
            "requestUrlTemplate": "/api/v2/conversations/calls/user/${input.agentId}",
            "requestType": "POST",
            "requestTemplate": '{"phoneNumber": "${input.phone}", "priority": ${input.rank}}',
            "headers": {"Content-Type": "application/json"},
        }
    },
}
TERRAFORM = """
config_request {
  request_url_template = "/api/v2/conversations/calls/user/$${input.agentId}"
  request_type         = "POST"
  request_template     = jsonencode({
    phoneNumber = "$${input.phone}"
    priority    = "$${input.rank}"
  })
}
"""


@pytest.mark.parametrize("text", [json.dumps(EXPORT), TERRAFORM])
def test_the_template_of_a_data_action_is_its_body_and_what_a_run_fills_in_is_no_mistake(text: str) -> None:
    (found,) = requests_of(text)
    assert (found.request.method, found.request.path) == ("POST", f"{PATH}/user/‹input.agentId›")
    assert json.loads(found.request.body) == {"phoneNumber": "‹input.phone›", "priority": "‹input.rank›"}


FLAT = """
import gone
NUMBER = "+442079460100"
def body_for(number):
if not number.startswith("+"):
raise ValueError("no plus")
body = {
"phoneNumber": number
}
return body
def dial():
'''Place the call.

Of our own.
'''
try:
body = body_for(NUMBER)
return api.post_conversations_calls(body)
except ApiException as error:
print(error)
if __name__ == "__main__":
dial()
"""


def test_python_that_lost_its_indentation_is_read_all_the_same() -> None:
    assert body_of(FLAT) == CALL
    called = (
        f'def dial(number):\nbody = {{"phoneNumber": number}}\nreturn requests.post("{URL}", json=body)\n'
    )
    assert body_of(f'{called}dial("{NUMBER}")') == CALL
    assert (
        body_of(f"Here is what we run in our own nightly job:\n{FLAT}\nIt fails on each and every call.")
        == CALL
    )
