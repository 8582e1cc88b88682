"""What is read of code is what the program sends: cases that were once read as something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_explain import Explanation, explain
from ringback_explain.read import FoundRequest, ReadError, read

PATH = "/api/v2/conversations/calls"
URL = f"https://api.mypurecloud.ie{PATH}"
NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"
CALL = {"phoneNumber": NUMBER}
TO_FROM = {"to": f"tel:{NUMBER}", "from": f"user:{ALICE}"}
LATER = {**CALL, "wrapUpCode": "done"}


def found_in(code: str) -> list[FoundRequest]:
    return [found for found in read(code.encode()).found if isinstance(found, FoundRequest)]


def explained(code: str) -> list[Explanation]:
    return [explain(found.request, context=found.context) for found in found_in(code)]


SENT: dict[str, tuple[str, Any]] = {
    "C#, a verbatim name": (
        (
            f'var b = new {{ to = "tel:{NUMBER}", @from = "user:{ALICE}" }};\nawait'
            f' http.PostAsJsonAsync("{URL}", b);'
        ),
        TO_FROM,
    ),
    "C#, a mapping that is written out": (
        (
            f'var body = new JObject();\nbody["phoneNumber"] = "{NUMBER}";\nbody.Add("wrapUpCode", "done");\n'
            f'var req = new RestRequest("{PATH}",'
            f" Method.Post);\nreq.AddJsonBody(body.ToString());\nclient.Execute(req);"
        ),
        LATER,
    ),
    "Java, put into a mapping is no PUT": (
        (
            f'JSONObject body = new JSONObject().put("phoneNumber", "{NUMBER}").put("wrapUpCode", "done");\n'
            f'new Request.Builder().url("{URL}").post(RequestBody.create(body.toString(), JSON)).build();'
        ),
        LATER,
    ),
    "Java, putAll": (
        (
            f'Map<String, Object> body = new HashMap<>(Map.of("phoneNumber", "{NUMBER}"));\n'
            f'body.putAll(Map.of("wrapUpCode", "done"));\nrest.postForEntity("{URL}", body, String.class);'
        ),
        LATER,
    ),
    "Ruby, merge! with keywords": (
        (
            f"body = {{ phoneNumber: '{NUMBER}' }}\nbody.merge!(wrapUpCode: 'done')\n"
            f"HTTParty.post('{URL}', body: body.to_json, headers: {{ 'Content-Type' => 'application/json' }})"
        ),
        LATER,
    ),
    "Python, update with keywords": (
        (
            f'body = {{"phoneNumber":'
            f' "{NUMBER}"}}\nbody.update(wrapUpCode="done")\nrequests.post("{URL}", json=body)'
        ),
        LATER,
    ),
    "Python, or-assigned": (
        (
            f'body = {{"phoneNumber": "{NUMBER}"}}\nbody |= {{"wrapUpCode":'
            f' "done"}}\nrequests.post("{URL}", json=body)'
        ),
        LATER,
    ),
    "PHP, plus-assigned": (
        (
            f"$body = ['phoneNumber' => '{NUMBER}'];\n$body += ['wrapUpCode' => 'done'];\n"
            f"$client->post('{URL}', ['json' => $body]);"
        ),
        LATER,
    ),
    "JavaScript, Object.assign": (
        (
            f"const body = {{ phoneNumber: '{NUMBER}' }};\nObject.assign(body, {{ wrapUpCode: 'done' }});\n"
            "api.postConversationsCalls(body);"
        ),
        LATER,
    ),
    "TypeScript, a type argument behind await": (
        (
            f"const p = {{ phoneNumber: '{NUMBER}' }} satisfies Body;\nawait http.post<Answer>('{URL}',"
            f" p as any);"
        ),
        CALL,
    ),
    "TypeScript, a field of the class": (
        (
            f"class D {{ private body = {{ phoneNumber: '{NUMBER}' }};\n go() {{ return axios({{"
            f" method: 'post', url: '{URL}', data: this.body }}); }} }}"
        ),
        CALL,
    ),
    "Python, a field of the object": (
        (
            f'class D:\n    URL = "{URL}"\n    def __init__(self):\n        self.body ='
            f' {{"phoneNumber": "{NUMBER}"}}\n'
            '        self.body["wrapUpCode"] = "done"\n    def go(self):\n'
            "        return requests.post(self.URL, json=self.body)"
        ),
        LATER,
    ),
    "ky, a prefix of its own": (
        (
            "await ky.post('api/v2/conversations/calls', { prefixUrl: 'https://api.mypurecloud.ie',"
            f" json: {{ phoneNumber: '{NUMBER}' }} }});"
        ),
        CALL,
    ),
    "axios, a client with a base": (
        (
            "const gc = axios.create({ baseURL: 'https://api.mypurecloud.ie/api/v2' });\n"
            f"await gc.post('/conversations/calls', {{ phoneNumber: '{NUMBER}' }});"
        ),
        CALL,
    ),
    "Java, a connection that is written to": (
        (
            f'HttpURLConnection con = (HttpURLConnection) new URL("{URL}").openConnection();\n'
            'con.setRequestMethod("POST");\ncon.setRequestProperty("Content-Type", "application/json");\n'
            f'String json = "{{\\"phoneNumber\\": \\"{NUMBER}\\"}}";\n'
            "try (OutputStream os = con.getOutputStream()) {\n"
            "    os.write(json.getBytes(StandardCharsets.UTF_8));\n}"
        ),
        CALL,
    ),
    "C#, a request that is written to": (
        (
            f'var http = (HttpWebRequest)WebRequest.Create("{URL}");\nhttp.Method = "POST";\n'
            'http.ContentType = "application/json";\n'
            "using (var sw = new StreamWriter(http.GetRequestStream())) {\n"
            f'    sw.Write("{{\\"phoneNumber\\": \\"{NUMBER}\\"}}");\n}}'
        ),
        CALL,
    ),
    "PHP, a stream": (
        (
            "$ctx = stream_context_create(['http' => ['method' => 'POST', 'header' =>"
            ' "Content-type: application/json\\r\\nAuthorization: Bearer $token",'
            f" 'content' => json_encode(['phoneNumber' => '{NUMBER}'])]]);\n"
            f"$out = file_get_contents('{URL}', false, $ctx);"
        ),
        CALL,
    ),
    "PHP, a base": (
        (
            "$client = new \\GuzzleHttp\\Client(['base_uri' => 'https://api.mypurecloud.ie/']);\n"
            f"$client->post('{PATH[1:]}', ['json' => ['phoneNumber' => '{NUMBER}']]);"
        ),
        CALL,
    ),
    "PHP, a method without its class": (
        (
            "public function dial(): array {\n    return $this->client->post("
            f"'{PATH}', ['json' => ['phoneNumber' => '{NUMBER}']]);\n}}"
        ),
        CALL,
    ),
    "TypeScript, a method without its class": (
        (
            "  // of the button\n  private async dial(number: string): Promise<void> {\n"
            f"    await this.http.post<any>(`${{this.base}}{PATH}`, {{ phoneNumber: '{NUMBER}' }});\n  }}"
        ),
        CALL,
    ),
    "Java, headers beside the body": (
        (
            "HttpHeaders headers = new HttpHeaders();\nheaders.setContentType(MediaType.APPLICATION_JSON);\n"
            f'Map<String, Object> body = Map.of("phoneNumber", "{NUMBER}");\n'
            f'rest.postForObject("{URL}", new HttpEntity<>(body, headers), String.class);'
        ),
        CALL,
    ),
    "Go, a buffer that an encoder fills": (
        (
            f'payload := map[string]interface{{}}{{"phoneNumber": "{NUMBER}"}}\nbuf := new(bytes.Buffer)\n'
            "if err := json.NewEncoder(buf).Encode(payload); err != nil {\n\treturn err\n}\n"
            f'http.Post("{URL}", "application/json", buf)'
        ),
        CALL,
    ),
    "Python, an object that its own methods fill": (
        (
            "class Builder:\n    def __init__(self):\n        self.body = {}\n"
            "    def to(self, number):\n        self.body['to'] = f'tel:{number}'\n        return self\n"
            "    def by(self, user):\n        self.body['from'] = f'user:{user}'\n        return self\n"
            f"    def send(self, session):\n        return session.post('{URL}', json=self.body)\n"
            f"Builder().to('{NUMBER}').by('{ALICE}').send(session)"
        ),
        TO_FROM,
    ),
    "Python, keywords that a function takes together": (
        (
            "def post(path, **body):\n    return session.post(BASE + path, json=body)\n"
            f"post('{PATH}', phoneNumber='{NUMBER}')"
        ),
        CALL,
    ),
    "Python, bytes of a text": (
        (
            f"data = '{json.dumps(CALL)}'.encode('utf-8')\n"
            f"requests.post('{URL}', data=data, headers={{'Content-Type': 'application/json'}})"
        ),
        CALL,
    ),
    "a base that is not in the text": (
        f"await gc.post('/conversations/calls', {{ phoneNumber: '{NUMBER}' }});",
        CALL,
    ),
}


@pytest.mark.parametrize(("code", "body"), SENT.values(), ids=SENT.keys())
def test_the_body_is_the_one_that_the_program_sends(code: str, body: Any) -> None:
    (found,) = found_in(code)
    assert (found.request.method, found.request.path) == ("POST", PATH)
    assert json.loads(found.request.body) == body


TOKEN = "https://login.mypurecloud.ie/oauth/token"
FORM = "grant_type=client_credentials"
ASKED = '"grant_type": "client_credentials"'
LOGINS = {
    "Python": f'requests.post("{TOKEN}", data={{{ASKED}}}, auth=(client_id, secret))',
    "Python, headers from elsewhere": f'requests.post("{TOKEN}", data={{{ASKED}}}, headers=headers)',
    "Ruby": f'RestClient.post "{TOKEN}", {{ {ASKED} }}, {{ Authorization: "Basic #{{encoded}}" }}',
    "JavaScript": "const auth = Buffer.from(`${id}:${secret}`).toString('base64');\n"
    f"await axios.post('{TOKEN}', '{FORM}', {{ headers: {{ Authorization: `Basic ${{auth}}` }} }});",
    "Go": f'req, _ := http.NewRequest("POST", "{TOKEN}", strings.NewReader("{FORM}"))\n'
    "req.SetBasicAuth(id, secret)",
}


@pytest.mark.parametrize("code", LOGINS.values(), ids=LOGINS.keys())
def test_a_login_that_is_not_followed_is_not_called_missing(code: str) -> None:
    (found,) = explained(code)
    assert (found.verdict, found.rule) == ("accepted", None)


@pytest.mark.parametrize(
    "code",
    [
        (
            "client.authorizeClientCredentials(id, secret);\nnew ConversationsApi().postConversationsCalls("
            f'new CreateCallRequest().phoneNumber("{NUMBER}"));'
        ),
        (
            f'err := config.AuthorizeClientCredentials(id, secret)\nnumber := "{NUMBER}"\n'
            "api.PostConversationsCalls(platformclientv2.Createcallrequest{Phonenumber: &number})"
        ),
        (
            "Configuration.Default.ApiClient.PostToken(clientId, clientSecret);\n"
            "new ConversationsApi().PostConversationsCalls("
            f'new CreateCallRequest {{ PhoneNumber = "{NUMBER}" }});'
        ),
    ],
    ids=["Java", "Go", "C#"],
)
def test_a_login_of_an_sdk_without_a_user_is_known(code: str) -> None:
    assert [found.rule for found in explained(code)] == ["caller.not-a-user"]


TABLE_OF_PS = f'@{{ phoneNumber = "{NUMBER}"; label = "to $who" }}'
UNSEEN = "Invoke-RestMethod -Method Post -Uri $uri -Headers $headers"
SCRIPT = f'$headers = @{{ Authorization = "Bearer $t" }}\n{UNSEEN}'


@pytest.mark.parametrize(
    ("script", "media", "body"),
    [
        (
            f"{SCRIPT} -Body @{{ grant_type = 'client_credentials' }}",
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials",
        ),
        (
            f"$b = {TABLE_OF_PS} | ConvertTo-Json\n{UNSEEN} -Body $b",
            "application/json",
            f'{{"phoneNumber": "{NUMBER}", "label": "to ‹who›"}}',
        ),
        (
            f"$b = {TABLE_OF_PS} | ConvertTo-Json\n{SCRIPT} -Body $b",
            "application/x-www-form-urlencoded",
            f'{{"phoneNumber": "{NUMBER}", "label": "to ‹who›"}}',
        ),
        (
            f"$b = {TABLE_OF_PS}\n{SCRIPT} -Body $b",
            "application/x-www-form-urlencoded",
            f"phoneNumber=%2B{NUMBER[1:]}&label=to+%E2%80%B9who%E2%80%BA",
        ),
        (
            f"$b = '{json.dumps(CALL)}'\n{SCRIPT} -Body $b -ContentType 'application/json'",
            "application/json",
            json.dumps(CALL),
        ),
    ],
)
def test_a_script_of_powershell_sends_what_its_command_makes_of_a_body(
    script: str, media: str, body: str
) -> None:
    (found,) = found_in(script)
    assert found.request.headers["content-type"] == media
    assert found.request.body.decode() == body


def test_a_symbol_of_ruby_is_the_media_type_that_its_client_makes_of_it() -> None:
    (found,) = found_in(
        f"RestClient.post '{URL}', {{ phoneNumber: '{NUMBER}' }}.to_json, {{ content_type: :json }}"
    )
    assert found.request.headers["content-type"] == "application/json"


def test_a_host_that_only_the_program_knows_is_in_no_wrong_region() -> None:
    code = f'requests.post(f"https://api.{{region}}{PATH}", json={{"phoneNumber": "{NUMBER}"}})'
    (found,) = explained(code)
    assert not [note for note in found.notes if note.id.startswith("host.")]


def test_a_function_that_is_given_the_body_is_told_and_one_that_prints_it_is_not() -> None:
    code = (
        f'body = {{"phoneNumber": "{NUMBER}"}}\nenrich(body)\nprint(body)\nrequests.post("{URL}", json=body)'
    )
    (found,) = explained(code)
    (note,) = [note.message for note in found.notes if note.id == "code.given-on"]
    assert "`enrich(body)` is given the body and may change it" in note


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (
            (
                "async function f(n, { q } = {}) {\n  return client.postConversationsCalls({ phoneNumber:"
                " n });\n}"
            ),
            "JavaScript",
        ),
        (
            f"const b: Body = {{ phoneNumber: '{NUMBER}' }};\nawait api.postConversationsCalls(b);",
            "TypeScript",
        ),
    ],
)
def test_what_is_javascript_is_not_called_typescript(code: str, language: str) -> None:
    (found,) = found_in(code)
    assert found.what.startswith(f"{language} code, line ")


def test_words_of_an_error_are_no_program() -> None:
    with pytest.raises(ReadError, match="no request and no error"):
        read(b"TypeError: platformClient.ConversationsApi.postConversationsCalls is not a function")


def test_a_get_with_a_body_is_told_to_place_no_call() -> None:
    code = f"fetch('{URL}', {{ headers, body: JSON.stringify({{ phoneNumber: '{NUMBER}' }}) }});"
    (found,) = explained(code)
    assert "method.reads" in {note.id for note in found.notes}


def test_what_a_data_action_is_given_is_no_empty_body() -> None:
    action = {
        "config": {
            "request": {
                "requestUrlTemplate": PATH,
                "requestType": "POST",
                "requestTemplate": "${input.rawRequest}",
            }
        }
    }
    with pytest.raises(ReadError, match="it passes on what it is given"):
        read(json.dumps(action).encode())
    request = action["config"]["request"]
    request["requestUrlTemplate"] = "/api/v2/conversations/${input.id}/disconnect"
    (found,) = read(json.dumps(action).encode()).found
    assert isinstance(found, FoundRequest)
    assert found.request.body == b""


def test_the_short_form_of_a_template_is_known_at_run_time_alone() -> None:
    template = json.dumps({"to": {"phoneNumber": "$!{input.n}"}, "from": "$input.from"})
    action = {"requestUrlTemplate": PATH, "requestType": "POST", "requestTemplate": template}
    (found,) = explained(json.dumps({"config": {"request": action}}))
    assert {finding.pointer for finding in found.findings} == {"/to"}
    assert any(
        "Only the running program knows '\u2039input.from\u203a'" in asked for asked in found.questions
    )


def test_a_path_that_is_a_template_is_judged_as_if_it_were_filled_in() -> None:
    head = f"PATCH {PATH}/{{conversationId}} HTTP/1.1\nContent-Type: application/json"
    text = f'{head}\n\n{{"state": "DISCONNECTED"}}'
    (found,) = explained(text)
    assert found.verdict == "accepted"
    assert [note.pointer for note in found.notes if note.id == "value.not-filled-in"] == ["path"]


TEXT = json.dumps(CALL)
AUTHORISED = "headers: { Authorization: 'Bearer x' }"
FORM, PLAIN, JSON = "application/x-www-form-urlencoded", "text/plain;charset=UTF-8", "application/json"


@pytest.mark.parametrize(
    ("code", "media"),
    [
        (
            (
                f"asked = urllib.request.Request('{URL}', data=json.dumps({TEXT}).encode())\n"
                "asked.add_header('Authorization', token)\nurllib.request.urlopen(asked)"
            ),
            FORM,
        ),
        (f"requests.post('{URL}', data=json.dumps({TEXT}), headers={{'Authorization': 'Bearer x'}})", ""),
        (f"await fetch('{URL}', {{ method: 'POST', {AUTHORISED}, body: JSON.stringify({TEXT}) }});", PLAIN),
        (f"await axios.post('{URL}', JSON.stringify({TEXT}), {{ {AUTHORISED} }});", FORM),
        # Nothing is said against a program that leaves open which headers it sends.
        (f"requests.post('{URL}', data=json.dumps({TEXT}), headers=headers)", JSON),
        (f"requests.post('{URL}', data=json.dumps({TEXT}))", JSON),
        (f"requests.post('{URL}', json={TEXT}, headers={{'Authorization': 'Bearer x'}})", JSON),
        (
            (
                f"const type = 'application/json';\nawait fetch('{URL}', {{ method: 'POST',"
                f" body: JSON.stringify({TEXT}), headers: headersOf(type) }});"
            ),
            JSON,
        ),
    ],
)
def test_a_text_goes_out_as_its_client_declares_it(code: str, media: str) -> None:
    (found,) = read(code.encode()).found
    assert isinstance(found, FoundRequest)
    assert found.request.headers["content-type"] == media


def test_of_a_body_that_nothing_sends_that_is_said_first() -> None:
    code = f"payload = {TEXT}\nprint(json.dumps(payload))"
    (made,) = explained(code)
    assert [note.id for note in made.notes] == ["code.unsent"]
    (made,) = explained(f"{code}\nrequests.post('{URL}', json=payload)")
    assert not made.notes
