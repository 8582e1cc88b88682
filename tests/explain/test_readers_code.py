"""Of several objects in code the body is found."""

from __future__ import annotations

import pytest

from tests.explain.reading import body_of

PARTY = '{ to: "tel:+442079460100", from: "user:A", type: "phone" }'
BODY = {"participants": [{"to": "tel:+442079460100", "from": "user:A", "type": "phone"}]}


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


@pytest.mark.parametrize(
    "code",
    [
        'number = "+442079460100"\nbody = {"phoneNumber": number}',
        "const number = '+442079460100'; // ours\nsend({phoneNumber: number});",
        'String number = "+442079460100";\nrequest.setPhoneNumber(number);',
        'phone := "+442079460100"\nreq.PhoneNumber = &phone',
        '$number = "+442079460100";\n$body = ["phoneNumber" => $number];',
        'let number: string = "+442079460100"\nlet body = {phoneNumber: `${number}`}',
        'n = "+442079460100"\nr = {"url": "/api/v2/conversations/calls", "body": {"phoneNumber": n}}',
    ],
)
def test_a_variable_that_is_given_a_text_once_stands_for_it(code: str) -> None:
    assert body_of(code) == {"phoneNumber": "+442079460100"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('number = "+442079460100"\nnumber = ask()\nbody = {"phoneNumber": number}', "ask()"),
        ('if x:\n  number = "+442079460100"\nelse:\n  number = ask()\nb = {"phoneNumber": number}', "number"),
        ('def call(number="+442079460100"):\n    send({"phoneNumber": number})', "number"),
    ],
)
def test_a_variable_that_may_hold_something_else_stays_unknown(code: str, name: str) -> None:
    assert body_of(code) == {"phoneNumber": f"\u2039{name}\u203a"}


@pytest.mark.parametrize(
    "code",
    [
        'fmt.Sprintf(`{"phoneNumber": "%s"}`, number)',
        '"{\\"phoneNumber\\": \\"%s\\"}" % number',
        'String.format("{\\"phoneNumber\\": \\"%s\\"}", number)',
        'body = \'{{"phoneNumber": "{}"}}\'.format(number)',
    ],
)
def test_the_argument_of_a_formatted_text_stands_in_its_place(code: str) -> None:
    assert body_of(code) == {"phoneNumber": "\u2039number\u203a"}


def test_json_inside_a_text_with_expressions_is_unescaped() -> None:
    code = 'var json = $"{{\\"phoneNumber\\": \\"{number}\\", \\"to\\": {{\\"name\\": \\"x\\"}}}}";'
    assert body_of(code) == {"phoneNumber": "\u2039number\u203a", "to": {"name": "x"}}
