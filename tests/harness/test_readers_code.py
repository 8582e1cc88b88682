"""Of several objects in code the body is found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_harness.readers import Reading, read

PARTY = '{ to: "tel:+442079460100", from: "user:A", type: "phone" }'
BODY = {"participants": [{"to": "tel:+442079460100", "from": "user:A", "type": "phone"}]}


def body_of(text: str) -> Any:
    (found,) = read(text.encode()).found
    assert isinstance(found, Reading)
    return json.loads(found.request.body)


@pytest.mark.parametrize(
    "code",
    [
        f"let body = {{ participants: [{PARTY}] }}; api.postConversationsCalls(body)",
        f"api.postConversationsCalls({{ participants: [{PARTY}] }});",
        f"const other = {{ to: 'x' }};\nsend({{ participants: [{PARTY}] }})",
        f"const h = {{ accept: 'json' }};\nconst wrapped = {{ request: {{ participants: [{PARTY}] }} }};",
    ],
)
def test_an_object_around_another_is_the_body_although_the_inner_has_more_telling_keys(code: str) -> None:
    assert body_of(code) == BODY


def test_among_objects_side_by_side_the_one_with_the_most_telling_keys_is_the_body() -> None:
    assert body_of(f"a = {{ to: 'x' }}; b = {PARTY}") == BODY["participants"][0]
