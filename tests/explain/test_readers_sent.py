"""A body in code is read as it is sent: a client makes JSON of an object only where it is told to."""

from __future__ import annotations

import pytest

from ringback_explain.read import FoundRequest, read

URL = "https://api.mypurecloud.com/api/v2/conversations/calls"
OBJECT = '{"phoneNumber": "+442079460100"}'
FORM = "phoneNumber=%2B442079460100"
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
PYTHON_HEADERS = 'headers={"Authorization": "Bearer " + token}'
JSON_HEADERS = '{"Content-Type": "application/json"}'
PHP_HEADERS = "CURLOPT_HTTPHEADER => ['Content-Type: application/json']"
PHP = "['phoneNumber' => '+442079460100']"


def sent(code: str) -> tuple[str | None, str]:
    (found,) = read(code.encode()).found
    assert isinstance(found, FoundRequest)
    assert found.request.path == "/api/v2/conversations/calls"
    return found.request.headers.get("content-type"), found.request.body.decode()


@pytest.mark.parametrize(
    "code",
    [
        f'requests.post("{URL}", {PYTHON_HEADERS}, data={OBJECT})',
        f'requests.post("{URL}", {OBJECT}, {PYTHON_HEADERS})',
        f'number = "+442079460100"\nsession.post("{URL}", data={{"phoneNumber": number, "callerId": None}})',
        f'body = {OBJECT}\nrequests.post("{URL}", {PYTHON_HEADERS}, data=body)',
        f'axios.post("{URL}", new URLSearchParams({OBJECT}))',
        f'const form = {OBJECT};\naxios.post("{URL}", new URLSearchParams(form).toString())',
        f'fetch("{URL}", {{method: "POST", body: new URLSearchParams({OBJECT})}})',
        f'$.ajax({{url: "{URL}", type: "POST", data: {OBJECT}}})',
        f'axios({{method: "post", url: "{URL}", data: new URLSearchParams({OBJECT})}})',
    ],
)
def test_an_object_that_a_client_is_given_as_a_form_is_one(code: str) -> None:
    assert sent(code) == (FORM_TYPE, FORM)


def test_php_makes_a_multipart_form_of_an_array() -> None:
    code = f"$ch = curl_init('{URL}');\ncurl_setopt($ch, CURLOPT_POSTFIELDS, {PHP});"
    assert sent(code) == ("multipart/form-data", FORM)


@pytest.mark.parametrize(
    "code",
    [
        f'requests.post("{URL}", headers={JSON_HEADERS}, data={OBJECT})',
        f'h = {{}}\nh["Content-Type"] = "application/json"\nrequests.post("{URL}", data={OBJECT})',
        f'axios.post("{URL}", new URLSearchParams({OBJECT}), {{headers: {JSON_HEADERS}}})',
        f"$url = '{URL}'; curl_setopt_array($ch, [CURLOPT_POSTFIELDS => {PHP}, {PHP_HEADERS}]);",
    ],
)
def test_a_form_keeps_the_media_type_that_the_code_gives_it(code: str) -> None:
    assert sent(code) == (JSON_TYPE, FORM)


@pytest.mark.parametrize(
    "code",
    [
        f'fetch("{URL}", {{headers: {JSON_HEADERS}, body: {OBJECT}}})',
        f'const body = {OBJECT};\nfetch("{URL}", {{method: "POST", headers: {JSON_HEADERS}, body}})',
        f'const call = {OBJECT};\nfetch("{URL}", {{headers: {JSON_HEADERS}, body: call}})',
        f'const how = {{headers: {JSON_HEADERS}, body: {OBJECT}}};\nfetch("{URL}", how)',
    ],
)
def test_fetch_makes_a_useless_text_of_a_bare_object(code: str) -> None:
    assert sent(code) == (JSON_TYPE, "[object Object]")


@pytest.mark.parametrize(
    "code",
    [
        f'requests.post("{URL}", json={OBJECT})',
        f'requests.post("{URL}", data=json.dumps({OBJECT}))',
        f'body = {OBJECT}\nrequests.post("{URL}", data=json.dumps(body))',
        f'data = {OBJECT}\nrequests.post("{URL}", json=data)',
        f'data = {OBJECT}\ndata = json.dumps(data)\nrequests.post("{URL}", data=data)',
        f'axios.post("{URL}", {OBJECT}, {{headers: {JSON_HEADERS}}})',
        f'fetch("{URL}", {{headers: {JSON_HEADERS}, body: JSON.stringify({OBJECT})}})',
        f'const body = JSON.stringify({OBJECT});\nfetch("{URL}", {{method: "POST", body}})',
        f'client.send("{URL}", {{body: {OBJECT}}})',
        f"$ch = curl_init('{URL}');\ncurl_setopt($ch, CURLOPT_POSTFIELDS, json_encode({PHP}));",
    ],
)
def test_an_object_of_which_json_is_made_stays_json(code: str) -> None:
    assert sent(code) == (JSON_TYPE, OBJECT)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (f'requests.post("{URL}", data={{"to": {OBJECT}, "type": "x"}})', "to=phoneNumber&type=x"),
        (
            f'axios.post("{URL}", new URLSearchParams({{to: {OBJECT}, ids: ["a", 1], "on": true}}))',
            "to=%5Bobject+Object%5D&ids=a%2C1&on=true",
        ),
        (
            f"$u = '{URL}'; $c = [CURLOPT_POSTFIELDS => ['to' => {PHP}, 'on' => true, 'no' => null]];",
            "to=Array&on=1&no=",
        ),
    ],
)
def test_what_no_form_can_hold_becomes_what_its_language_makes_of_it(code: str, body: str) -> None:
    assert sent(code)[1] == body
