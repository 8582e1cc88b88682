"""What tells a secret: names, shapes; and that no text takes long to look through."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.privacy import redact_text
from ringback_contracts.privacy.kept import is_count
from ringback_contracts.privacy.names import names_secret
from ringback_contracts.privacy.shapes import looks_random

SHAPES = json.loads(files("ringback_contracts").joinpath("data/token_shapes.json").read_text("utf-8"))[
    "shapes"
]
LONG = 2**16
UNITS = (
    *("1", "1,", "1.", "1234,", "+1", "1   ", "1\n", "11:", "12345678-", "2026-", "$1,", "order 1", "a1"),
    *(
        "hello ",
        "name=",
        "token=x ",
        '"a":',
        '"key":',
        "key=a value=b ",
        "password:\n",
        "password is ",
        "u:p",
    ),
    *("<a ", "<a>", "%41", "a%4", "a@", "x@y.", "x at ", "a.", "a:", "//", '"', "\\", '\\"', "(", "[", "{"),
    *("-----BEGIN PRIVATE KEY-----", "-", "&#49;", "\\u0031", "aB3xZ9", 'form-data; name="x"\r\n', " -p x"),
    "-----END PRIVATE KEY-----",
    *(
        "code 12345 ",
        "key-01",
        "a.b",
        "a-b-",
        "X-Api-K",
        "setA(",
        "auth('a',",
        "/reset/a1",
        '""a',
        "|a1",
        "$1$a",
        "code 1 is ",
    ),
    *(
        "mysql ",
        "bearer ",
        "basic x ",
        "sip:a:",
        "eyJ",
        "\0",
        "A",
        "_",
        " ",
        "a \t",
        "-----END PRIVATE KEY-----",
    ),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["name"])
@given(data=st.data())
def test_no_token_of_a_well_known_maker_is_shown(shape: dict[str, str], data: st.DataObject) -> None:
    token = data.draw(st.from_regex(shape["pattern"], fullmatch=True))
    assert token not in redact_text(f"we saw {token} there")


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=43, max_size=86))
def test_what_looks_random_is_hidden_wherever_it_stands(token: str) -> None:
    if looks_random(token):
        assert token not in redact_text(f'a "{token}", b')


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "userPassword",
            "DB_PASS",
            "pass_phrase",
            "passcode",
            "pin",
            "otp",
            "oneTimeCode",
            "pwd",
        ),
        *("accessKey", "AccessKeyId", "Ocp-Apim-Subscription-Key", "x-api-key", "privateKey", "signing_key"),
        *("sessionId", "JSESSIONID", "sid", "csrf-token", "X-XSRF-TOKEN", "Set-Cookie", "jwt", "signature"),
        *("sig", "X-Hub-Signature-256", "apiKey2", "client.secret", "spring.datasource.password", "tokens"),
    ],
)
def test_a_name_tells_a_secret(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "token_type",
            "tokenEndpoint",
            "passwordRequired",
            "mapping",
            "shipping",
            "spin",
            "key",
            "publicKey",
        ),
        *(
            "idempotencyKey",
            "author",
            "secretary",
            "signatureAlgorithm",
            "errorCode",
            "countryCode",
            "zipcode",
        ),
        *("sessions", "design", "compass", "monkey", "", "1234", "name", "client_id", "grant_type", "codes"),
    ],
)
def test_a_name_tells_none(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "stays"),
    [
        ("expires_at", 1764492174, True),
        ("orderId", "20261234567", True),
        ("size", 8388608, True),
        ("phoneNumber", 13172222222, False),
        ("orderId", "+13172222222", False),
        ("id", "13172222222", False),
        ("order", ["13172222222"], False),
    ],
)
def test_digits_that_count_stay_for_their_name(name: str, value: object, stays: bool) -> None:
    assert is_count(name, value) is stays


@pytest.mark.parametrize("unit", UNITS)
def test_no_long_text_is_looked_through_again_and_again(unit: str) -> None:
    """Time in proportion to the text: a pattern that tries again from each place would take minutes here."""
    assert redact_text((unit * (LONG // len(unit) + 1))[:LONG])
