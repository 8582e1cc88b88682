"""A body that code puts together by assignment is read whole."""

from __future__ import annotations

import json

import pytest

from ringback_explain.read import FoundRequest, read
from tests.explain.reading import body_of

TO = '{"phoneNumber": "+442079460100"}'
ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
FROM = f'{{"id": "{ID}"}}'
BODY = {"to": json.loads(TO), "from": json.loads(FROM)}


@pytest.mark.parametrize(
    "code",
    [
        f"const body = {{}}; body.to = {TO}; body.from = {FROM}; api.postConversationsCalls(body)",
        f"const body = {{}};\nbody.to = {{}};\nbody.to.phoneNumber = '+442079460100';\nbody.from = {FROM};",
        f'body = {{}}\nbody["to"] = {TO}; body["from"] = {FROM}\nrequests.post(url, json=body)',
        f'body = {{"to": {TO}}}\nbody["from"] = {FROM}\nrequests.post(url, json=body)',
        f'to = {TO}\ncaller = {FROM}\nbody = {{}}\nbody["to"] = to\nbody["from"] = caller\nsend(body)',
        "$body = ['to' => ['phoneNumber' => '+442079460100']];\n$body['from'] = ['id' => '" + ID + "'];",
        f'other = {{}}\nother["to"] = {{"name": "x"}}\nbody = {{}}\nbody["to"] = {TO}\nbody["from"] = {FROM}',
    ],
)
def test_objects_that_are_assigned_to_the_keys_of_another_are_part_of_it(code: str) -> None:
    assert body_of(code) == BODY


def test_a_body_is_read_although_its_headers_are_put_together_too() -> None:
    code = f'headers = {{}}\nheaders["x"] = {{"y": 1}}\nsend({{"to": {TO}, "from": {FROM}}}, headers)'
    assert body_of(code) == BODY


def test_an_object_beside_a_heavier_one_that_is_assembled_is_not_the_body() -> None:
    assert body_of(f'log({{"phone": "1"}})\nbody = {{}}\nbody["to"] = {TO}\nbody["from"] = {FROM}') == BODY


def test_a_body_that_is_put_together_is_read_as_it_is_sent() -> None:
    (found,) = read(
        f'body = {{"to": {TO}}}\nbody["from"] = {FROM}\nrequests.post(url, data=body)'.encode()
    ).found
    assert isinstance(found, FoundRequest)
    assert found.request.body == b"to=phoneNumber&from=id"
