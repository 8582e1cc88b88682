"""What people paste instead of JSON is read the way they meant it; what was not filled in is seen."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_explain.meant.body import LARGEST, Form, ends_early, read
from ringback_explain.meant.placeholders import Gap, gap_in, holes, texts

NAMES = st.from_regex(r"[a-z][A-Za-z_]{0,8}", fullmatch=True).filter(lambda name: name not in ("y", "n"))
PLAIN = st.text(alphabet="abcXYZ0189+.@ -", min_size=1, max_size=12).map(str.strip).filter(bool)
"""Texts that mean nothing else in any of the notations; an empty one stands for no value."""
UNSET = {"null", "None", "undefined", "nil", "~"}
BODIES = st.dictionaries(
    NAMES,
    PLAIN | st.dictionaries(NAMES, PLAIN, min_size=1, max_size=3) | st.lists(PLAIN, min_size=1, max_size=3),
    min_size=1,
    max_size=4,
)


def literal(value: Any) -> str:
    """The value as an object literal of JavaScript: single quotes, bare keys, a comma too many."""
    if isinstance(value, dict):
        return "{" + "".join(f"{key}: {literal(item)}, " for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return f"'{value}'"


@given(BODIES)
def test_json_is_read_as_it_stands(body: dict[str, Any]) -> None:
    assert (read(json.dumps(body).encode()).value, read(json.dumps(body).encode()).form) == (body, Form.JSON)


@given(BODIES)
def test_curly_quotes_are_read_as_straight_ones(body: dict[str, Any]) -> None:
    text = json.dumps(body)
    pieces = text.split('"')
    curly = (
        "".join(piece + ("“" if at % 2 == 0 else "”") for at, piece in enumerate(pieces[:-1])) + pieces[-1]
    )
    found = read(curly.encode())
    assert (found.value, found.form) == (body, Form.CURLY)


@given(BODIES)
def test_an_object_literal_is_read_as_json(body: dict[str, Any]) -> None:
    found = read(literal(body).encode())
    assert (found.value, found.form) == (body, Form.LOOSE)


@given(BODIES)
def test_a_dict_of_python_is_read_as_json(body: dict[str, Any]) -> None:
    found = read(repr(body | {"nothing": None}).encode())
    assert (found.value, found.form) == (body, Form.LOOSE)


@given(BODIES)
def test_what_was_serialised_twice_is_read_once(body: dict[str, Any]) -> None:
    found = read(json.dumps(json.dumps(body)).encode())
    assert (found.value, found.form) == (body, Form.TWICE)


@given(BODIES)
def test_a_byte_order_mark_is_passed_over(body: dict[str, Any]) -> None:
    found = read(b"\xef\xbb\xbf" + json.dumps(body).encode())
    assert (found.value, found.form) == (body, Form.MARKED)


@given(st.dictionaries(NAMES, PLAIN, min_size=1, max_size=4))
def test_a_form_is_read_field_by_field(fields: dict[str, str]) -> None:
    found = read(urlencode(fields).encode())
    assert (found.value, found.form) == (fields, Form.FIELDS)


def test_yaml_keeps_its_digits_and_their_plus() -> None:
    found = read(b"to:\n  phoneNumber: +1-317-222-2222\nqueue: 0123\n# a comment\nflag: yes\n")
    assert found.value == {"to": {"phoneNumber": "+1-317-222-2222"}, "queue": "0123", "flag": "yes"}


def test_comments_are_passed_over_and_schemes_are_not() -> None:
    text = "{ // one\n 'url': 'https://example.com/x', /* two */ 'to': 'sip:a@example.com' // three\n}"
    assert read(text.encode()).value == {"url": "https://example.com/x", "to": "sip:a@example.com"}


@pytest.mark.parametrize("literal_of", ["const body = {%s};", "body = {%s}", "JSON.stringify({%s})"])
def test_an_object_is_found_inside_a_statement(literal_of: str) -> None:
    assert read((literal_of % "to: '+442079460100', from: 'x'").encode()).value == {
        "to": "+442079460100",
        "from": "x",
    }


# Beyond 2**53 JSON readers disagree (RFC 8259 section 6).
SCALARS = PLAIN | st.integers(-(2**53), 2**53) | st.booleans() | st.none()


@given(st.dictionaries(NAMES, SCALARS | st.dictionaries(NAMES, SCALARS), min_size=1), st.data())
def test_of_json_that_ends_too_early_only_whole_values_are_read(
    body: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(body)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    found = read(cut.encode())
    assert found.form in (Form.CUT, Form.NOTHING)
    assert all(is_part(value, body[key]) for key, value in found.fields.items())


def is_part(value: Any, whole: Any) -> bool:
    if isinstance(value, dict):
        return all(is_part(item, whole[key]) for key, item in value.items())
    return bool(value == whole)


@given(st.dictionaries(NAMES, SCALARS | st.dictionaries(NAMES, SCALARS), min_size=1), st.data())
def test_json_ends_early_wherever_it_is_cut(body: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(body)
    assert ends_early(text[: data.draw(st.integers(1, len(text) - 1))])
    assert not ends_early(text + data.draw(st.text(max_size=5)))


def test_what_stands_before_the_end_of_cut_json_is_kept() -> None:
    found = read(b'{"phoneNumber": "+442079460100", "attributes": {"a": "b", "c": 12')
    assert found.fields == {"phoneNumber": "+442079460100", "attributes": {"a": "b"}}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_anything_is_read_without_an_error(body: bytes) -> None:
    found = read(body)
    assert (found.form is Form.NOTHING) <= (found.value is None)
    assert isinstance(found.fields, dict)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"hello",
        b"{" * 100,
        b"a: &x [1]\nb: [*x, *x]",
        ("{a: " * 90 + "1" + "}" * 90).encode(),
        json.dumps(json.dumps(json.loads("[" * 70 + "]" * 70))).encode(),
        b"x: " + b"y" * LARGEST,
        b"\xff\xfe\x00",
        b"\x00",
    ],
    ids=range(10),
)
def test_what_makes_no_sense_or_too_much_of_it_says_nothing(body: bytes) -> None:
    found = read(body)
    assert found.fields == {}


# --- placeholders -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (gap, text)
        for gap, listed in {
            Gap.WITHHELD: [
                "\u2039number\u203a", "tel:\u2039phone\u203a", "user:\u2039$id\u203a",
                "sip:\u2039user\u203a@example.com",
                "+1\u2039f(a, b)\u203a",
                "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "+1XXXXXXXXXX", "+1-XXX-XXX-XXXX", "555-xxx-1234",
                "***", "********", "+44***", "12ab****", "...", "…", "[redacted]", "REDACTED", "(hidden)",
            ],
            Gap.GENERIC: ["<number>", "<queue_id>", "tel:<phone>", "user:<id>", "<Your Number>"],
            Gap.UNFILLED: [
                "sip:<user>@example.com", "+1<number>",
                "{user_id}", "user:{user_id}", "{{deployment_id}}", "{{ number }}", "${number}", "#{number}",
                "tel:${n}", "{0}", "{}", "%s", "+%d", "%(number)s", "$NUMBER", "$(number)",
                "YOUR_QUEUE_ID", "your-user-id", "user:your-user-id", "my_queue_id_here", "agent-uuid-here",
                "queue_id", "agent-id", "optional_campaign_id", "agentId", "queueUUID", "uuid-123", "user42",
                "replace_me", "CHANGEME", "insert-here", "string", "placeholder", "UUID",
                "00000000-0000-0000-0000-000000000000",
            ],
            Gap.PROTECTED: ["[email protected]", "sip:[email protected]", "[email&#160;protected]"],
        }.items()
        for text in listed
    ],
)  # fmt: skip
def test_what_is_not_the_value_it_stands_for_is_told_apart(gap: Gap, text: str) -> None:
    assert gap_in(text) is gap


@pytest.mark.parametrize(
    "text",
    [
        "", "+442079460100", "tel:+442079460100", "3172222222", "sip:agent@example.com", "agent@example.com",
        "6f1c2d3e-4b5a-4c6d-8e7f-0011223344aa", "00000000-0000-0000-0000-000000000001", "David", "Madrid",
        "A paid order", "Max", "exxon", "50% off", "100%", "a < b", "Call your doctor", "here", "support",
        "x", "queue", "order 17", "50%20off", "it's here", "1.2.3", "-", "word " * 60,
    ],
)  # fmt: skip
def test_a_value_is_no_placeholder(text: str) -> None:
    assert gap_in(text) is None


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    assert gap_in(text) in (None, *Gap)


def test_every_hole_has_its_pointer() -> None:
    body = {"to": [{"address": "<number>"}, "ok"], "a/b": {"x~y": "{id}"}}
    assert [(hole.pointer, hole.gap) for hole in holes(body)] == [
        ("/to/0/address", Gap.GENERIC),
        ("/a~1b/x~0y", Gap.UNFILLED),
    ]
    assert dict(texts(body)) == {"/to/0/address": "<number>", "/to/1": "ok", "/a~1b/x~0y": "{id}"}
