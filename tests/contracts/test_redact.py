"""No secret and nobody's number survives, wherever it stands; ids, times and fiction do."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ringback_contracts.catalogue import TABLE
from ringback_contracts.domain.numbers import RESERVED, reserved_range
from ringback_contracts.privacy import HIDDEN, redact_body, redact_headers, redact_text

FORM = "application/x-www-form-urlencoded"
ID = "a11ce000-0000-4000-8000-000000000001"
PERSON = "+13172222222"
TOKEN = "".join(map(chr, range(ord("a"), ord("z") + 1))) + "ABCXYZ0123456789-._~+/"
VISIBLE = "".join(map(chr, range(0x20, 0x7F)))

# --- secrets --------------------------------------------------------------------------------------


def survives(secret: str, shown: str, empty: str) -> bool:
    """Whether any six characters of the secret are shown that the rest does not hold anyway."""
    pieces = (secret[start : start + 6] for start in range(len(secret) - 5))
    return any(piece in shown and piece not in empty for piece in pieces)


def _nested(secret: str) -> str:
    return json.dumps({"log": json.dumps({"refresh_token": secret})})


JSON_PLACES: list[Callable[[str], str]] = [
    lambda secret: json.dumps({"client_secret": secret}),
    lambda secret: json.dumps({"clientSecret": secret, "id": ID}),
    lambda secret: json.dumps([{"deep": {"access_token": secret, "expires_in": 86_400}}]),
    lambda secret: json.dumps({"refresh_token": secret}, indent=2),
    lambda secret: json.dumps({"code": secret}),
    lambda secret: json.dumps({"password": [secret]}),
    lambda secret: json.dumps({"userPassword": secret}),
    lambda secret: json.dumps({"api_secret": secret}),
    lambda secret: json.dumps({"private_key": secret}),
    lambda secret: json.dumps({"pwd": secret}),
    lambda secret: json.dumps({"credentials": secret}),
    lambda secret: json.dumps({"name": "Authorization", "value": secret}),
    lambda secret: '{"token": 1, "token": ' + json.dumps(secret) + "}",
    lambda secret: "".join(f"\\u{ord(c):04x}" for c in secret).join(['{"\\u0063ode_verifier": "', '"}']),
    _nested,
]
FORM_PLACES: list[Callable[[str], str]] = [
    lambda secret: urlencode({"grant_type": "client_credentials", "client_secret": secret}),
    lambda secret: urlencode({"code": secret, "state": "x"}),
    lambda secret: "a=b&refresh%5Ftoken=" + quote(secret, safe="") + "&c=d",
    lambda secret: "assertion=" + quote(secret, safe="!'()*~"),
    lambda secret: "password=" + secret.replace("&", ""),
]
TEXT_PLACES: list[Callable[[str], str]] = [
    "Authorization: Bearer {}".format,
    "authorization: bearer {}\r\nAccept: */*".format,
    "sent Bearer  {} to the server".format,
    '{{"headers": {{"Authorization": "Bearer {}"}}}}'.format,
    "Bearer%20{}".format,
    "GET /callback?code={}&state=1".format,
    "http://localhost:8000/callback?state=1&code={} HTTP/1.1".format,
    "client_secret={}".format,
    "myclient_secret: {}".format,
    "'access_token': '{}'".format,
    '"refresh_token" : "{}'.format,
    '\\"client_secret\\": \\"{}\\"'.format,
    "client-secret => {}".replace("=> ", "=").format,
    "https://user:{}@example.com/x".format,
    "https://{}@example.com/x".format,
    "sip:alice:{}@atlanta.com".format,
    "curl -u demo-service:{} https://example.com".format,
    "curl --user 'demo-service:{}' https://example.com".format,
    "program --token {} --verbose".format,
    "program --client-secret '{}' -x".format,
    'program -api-key\t"{}"'.format,
    lambda secret: "Basic " + base64.b64encode(f"demo-service:{secret}".encode()).decode(),
]
CODES = {rule.code for rule in TABLE}
"""What ``code`` says in the platform's errors: nothing that is secret."""
SECRETS = st.text(TOKEN, min_size=8, max_size=24)


@pytest.mark.parametrize("place", JSON_PLACES)
@given(secret=st.text(VISIBLE, min_size=8, max_size=24))
@example(secret='quote"\\backslash\\')
@example(secret="a b c d e f g h")
def test_no_secret_survives_in_json(place: Callable[[str], str], secret: str) -> None:
    assume(secret not in CODES)
    body = place(secret)
    for content_type in ("application/json; charset=utf-8", FORM, ""):
        shown = redact_body(body.encode(), content_type)
        assert not survives(secret, shown, place(""))
        assert HIDDEN in shown


@pytest.mark.parametrize("place", FORM_PLACES)
@given(secret=st.text(VISIBLE, min_size=8, max_size=24))
def test_no_secret_survives_in_a_form(place: Callable[[str], str], secret: str) -> None:
    shown = redact_body(place(secret).encode(), FORM)
    assert not survives(secret, shown, place(""))
    assert not survives(quote(secret), shown, place(""))
    assert HIDDEN in shown


@pytest.mark.parametrize("place", TEXT_PLACES)
@given(secret=SECRETS, before=st.text(), after=st.text())
def test_no_secret_survives_in_text(
    place: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    secret = secret.replace("/", "_") if "@" in place("") else secret
    text = f"{before} {place(secret)} {after}"
    assume(not survives(secret, f"{before} {after}", ""))
    shown = redact_text(text)
    assert not survives(secret, shown, place("") + before + after)
    assert not survives(place(secret).partition("Basic ")[2], shown, before + after)


@given(secret=SECRETS)
def test_no_secret_survives_in_headers(secret: str) -> None:
    headers = {
        "Authorization": f"Bearer {secret}",
        "proxy-authorization": secret,
        "Cookie": f"session={secret}",
        "Set-Cookie": f"session={secret}; Path=/",
        "X-API-Key": secret,
        "X-Session-Secret": secret,
        "X-Genesys-Token": secret,
        "X-Amz-Security-Token": secret,
        "Location": f"http://localhost:8000/callback?code={secret}",
        "Referer": f"https://a:{secret.replace('/', '_')}@example.com/",
    }
    shown = redact_headers(headers)
    assert shown.keys() == headers.keys()
    assert not survives(secret, "\n".join(shown.values()), "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: text", "password: ***"),
        ("secret = string", "secret = ***"),
        ("token: masked", "token: ***"),
        ("pwd: Pwd", "pwd: ***"),
        ('{"password":"     "}', '{"password": "***"}'),
    ],
)
def test_a_word_that_may_say_what_a_secret_is_may_be_one(text: str, shown: str) -> None:
    assert redact_text(text) == shown


def test_an_authorization_code_is_hidden_even_where_it_reads_like_an_error_code() -> None:
    assert redact_text("GET /callback?code=some.words") == "GET /callback?code=***"
    assert redact_body(b"code=some.words", FORM) == "code=***"


@pytest.mark.parametrize("form", ['{{"code": "{}"{}}}', '{{"code": "{}"{}', "<code>{}</code>{}"])
def test_words_that_no_error_has_are_a_code_of_one_only_beside_its_other_members(form: str) -> None:
    beside = ', "message": "No such plan"' if "{{" in form else "<message>No such plan</message>"
    assert redact_text(form.format("no.such.plan", "")) == form.format("***", "")
    assert redact_text(form.format("no.such.plan", beside)) == form.format("no.such.plan", beside)
    assert redact_text(form.format("bad.request", "")) == form.format("bad.request", "")
    assert "xy1" not in redact_text(form.format("no.such.xy1", beside))


def test_of_credentials_in_a_header_the_scheme_stays() -> None:
    assert redact_headers({"Authorization": "Bearer alice"}) == {"Authorization": "Bearer ***"}
    assert redact_headers({"authorization": "basic YTpi"}) == {"authorization": "basic ***"}
    assert redact_headers({"Authorization": "alice secret"}) == {"Authorization": "***"}
    assert redact_headers({"Authorization": "Bearer"}) == {"Authorization": "***"}


# --- numbers --------------------------------------------------------------------------------------

SEPARATORS = st.sampled_from(["", "", "", "", "-", "_", " ", ".", " (", ") ", "/", "\u00a0", " - ", "\u2011"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Somebody's number, set out in some way."""
    digits = draw(st.text("0123456789", min_size=7, max_size=15))
    spelt = digits[0] + "".join(draw(SEPARATORS) + digit for digit in digits[1:])
    return draw(st.sampled_from(["", "+"])) + spelt


def digits_of(text: str) -> str:
    return re.sub(r"[^\d*]", "", text)


NO_NUMBERS = re.compile(
    r"(?:\d\d|\d{4})([-/.])\d\d\1(?:\d\d|\d{4})|1\d{9}\.\d{3,6}|0\.\d{6,14}"
    r"|(?:\d{1,3}\.){3}\d{1,3}(?:/\d\d?)?(?: (?:[-/] )?(?:\d{1,3}\.){3}\d{1,3}(?:/\d\d?)?)*"
    r"|\d\d?/\d\d?/(?:19|20)\d\d"
)
"""Dates, seconds with a fraction, fractions, and addresses of IPv4."""
COUNTED_BEFORE = re.compile(r"(?:[$\u20ac\u00a3\u00a5\u20b9] ?|[Vv][ :=]{0,3})\Z")
COUNTED_BEHIND = re.compile(r"[ \u00a0]?(?:[%\u20ac\u00a3\u00a5\u20b9]|[A-Za-z\u00b5]{1,12}\b)")
"""What makes digits an amount, a version or a measure."""


def is_kept(number: str) -> bool:
    """Whether the number is fiction, or cannot be told from a date or an address of IPv4."""
    # A pause may end a number of fiction.
    ends = [found.start() for found in re.finditer(r"(?<=\d)(?:\D|\Z)", number)]
    fiction = number[0] == "+" and any(reserved_range("+" + digits_of(number[:end])) for end in ends)
    return fiction or NO_NUMBERS.fullmatch(number) is not None


@given(numbers(), st.text(), st.text())
@example(PERSON, "tel:", ";ext=1")
@example(PERSON, "x", "y")
@example("(317) 222-2222", "", "")
@example(PERSON, ID, ID)
@example("3172222222", "2026-11-21T22:35:00Z ", " 2026-11-21")
@example("\uff0b\uff11\uff13\uff11\uff17\uff12\uff12\uff12\uff12\uff12\uff12\uff12", "", "")
@example("+%31317222", "", "2222")
def test_no_number_survives_in_text(number: str, before: str, after: str) -> None:
    assume(not is_kept(number) and not COUNTED_BEFORE.search(before) and not COUNTED_BEHIND.match(after))
    shown = redact_text(before + number + after)
    assert digits_of(number) not in digits_of(shown)
    assert "*****" in shown


@given(number=numbers())
@example("01\u00a00/0.0.0.1")
def test_no_number_survives_in_a_body(number: str) -> None:
    assume(not is_kept(number))
    escaped = "".join(f"\\u{ord(character):04x}" for character in number)
    bodies: list[tuple[str, str]] = [
        (json.dumps({"phoneNumber": number}), "application/json"),
        (json.dumps([{number: [number]}]), "text/plain"),
        (f'{{"phoneNumber": "{escaped}"}}', "application/json"),
        (f'{{"phoneNumber": "{escaped}', "application/json"),
        ('{"a":' * 2000 + f'"{escaped}"', "application/json"),
        (urlencode({"phone": number, number: "x"}), FORM),
        (f"--boundary\r\n\r\n{number}\r\n", "multipart/form-data"),
    ]
    for body, content_type in bodies:
        shown = redact_body(body.encode(), content_type)
        assert digits_of(number) not in digits_of(
            shown.replace("%20", "").replace("%2B", "").replace("%2F", "")
        )
        assert "*****" in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be"])
def test_no_encoding_of_json_hides_a_number(encoding: str) -> None:
    body = json.dumps({"phoneNumber": PERSON, "name": "x"}).encode(encoding)
    for damaged in (body, body[:-4]):
        shown = redact_body(damaged, "application/json")
        assert "+1317*****22" in shown
        assert "222222" not in digits_of(shown)
    harmless = '{"name": "Jos\u00e9"}'
    assert redact_body(harmless.encode(encoding)) == harmless


@given(st.integers(10**6, 10**15) | st.integers(-(10**15), -(10**6)) | st.floats(1e6, 1e15))
def test_a_json_number_that_may_be_a_phone_number_becomes_a_text(number: float) -> None:
    shown = json.loads(redact_body(json.dumps({"phoneNumber": number}).encode()))
    assert "*****" in shown["phoneNumber"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PERSON, "+1317*****22"),
        ("3172222222", "317*****22"),
        ("2222222", "*****22"),
        ("222222", "222222"),
        ("(317) 222-2222", "317*****22"),
        ("tel:+1-317-222-2222;ext=5", "tel:+1317*****22;ext=5"),
        ("+499876543210987", "+4998*********87"),
        ("%2B1%20317%20222%202222", "%2B1317*****22"),
        ("+442079460100, then +13172222222", "+442079460100, then +1317*****22"),
        ("+44 20 7946 0100 3172222222", "+44 20 7946 0100 317*****22"),
    ],
)
def test_of_a_number_the_beginning_and_the_end_stay(text: str, shown: str) -> None:
    assert redact_text(text) == shown


# --- what stays -----------------------------------------------------------------------------------

QUIET = st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "L"], exclude_characters="*+-_%"))


@given(st.data(), QUIET, QUIET)
def test_numbers_of_a_reserved_range_stay(data: st.DataObject, before: str, after: str) -> None:
    kept = data.draw(st.sampled_from(RESERVED))
    number = data.draw(st.from_regex(kept.pattern, fullmatch=True, alphabet="+0123456789"))
    assert number in redact_text(f"{before}{number}{after}")
    assert number in redact_body(json.dumps({"to": f"tel:{number}"}).encode())


@given(st.uuids(), QUIET, QUIET)
def test_ids_stay(value: uuid.UUID, before: str, after: str) -> None:
    text = f"{before}{value}{after}"
    assert str(value) in redact_text(text)
    assert str(value).upper() in redact_text(text.upper())
    assert str(value) in redact_headers({"ININ-Correlation-Id": str(value)})["ININ-Correlation-Id"]


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), QUIET, QUIET)  # noqa: DTZ001  # zones are added below
@example(datetime(2000, 1, 1), "<<<", "")  # noqa: DTZ001  # the same
def test_times_and_dates_stay(moment: datetime, before: str, after: str) -> None:
    written = [
        moment.isoformat(),
        moment.isoformat(" ", "seconds"),
        moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds"),
        moment.isoformat(timespec="minutes") + "Z",
        moment.date().isoformat(),
    ]
    for text in written:
        assert text in redact_text(f"{before}{text}{after}")


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "bad.request", "status": 400, "contextId": "'
        + ID
        + '", "message": "Invalid phone number"}',
        '{"code":"conversation.error.no.user.station"}',
        '{"token_type": "bearer", "expires_in": 86400}',
        '{"access_token": "", "refresh_token": null}',
        f'{{"participants": [{{"id": "{ID}", "address": "tel:+442079460100"}}], "priority": 5, "x": 1e999}}',
        "exit code=3, status code=404",
        "basic auth, Basic authentication; bearer",
        "Nobody issued this bearer token, or it was revoked: bearer tokens end. A bearer token's time is up",
        'WWW-Authenticate: Bearer realm="api"',
        "ringback ready on http://127.0.0.1:8010",
        "sip:agent@example.com;transport=tcp",
        "Sat, 21 Nov 2026 22:35:00 GMT",
        "the tokens and secrets of others",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "[NaN, -Infinity, true, 999999, -0.5]",
    ],
)
def test_what_hides_nothing_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text
    assert redact_body(text.encode(), "application/json") == text
    assert redact_body(text.encode(), "text/plain") == text


@pytest.mark.parametrize("secret", ["token-1", "tokens.x", "tokenabc", "token=", "TOKEN_1", "token,x"])
def test_a_bearer_token_whose_name_begins_like_the_word_is_hidden(secret: str) -> None:
    assert redact_text(f"sent bearer {secret} there") == "sent bearer *** there"


def test_the_words_of_the_rules_and_of_the_reserved_ranges_are_shown_whole() -> None:
    words = [text for rule in TABLE for text in (rule.title, rule.message, rule.fix)]
    words += [text for kept in RESERVED for text in (kept.name, kept.source)]
    assert [text for text in words if redact_text(text) != text] == []


def test_a_form_that_hides_nothing_stays_as_it_is() -> None:
    form = "grant_type=client_credentials&scope=a+b%20c&code=&x=%2B442079460100&y"
    assert redact_body(form.encode(), FORM) == form


def test_json_that_is_written_anew_says_the_same() -> None:
    body = '{"b": [1.5, "\\ud800", "\u00e9"], "b": null, "phoneNumber": "+13172222222", "t": true, "o": {}}'
    shown = redact_body(body.encode(), "application/json")
    pairs = json.loads(shown, object_pairs_hook=list)
    expected = json.loads(body.replace(PERSON, "+1317*****22"), object_pairs_hook=list)
    assert pairs == expected
    assert "\u00e9" in shown
    assert shown.encode()


# --- always ---------------------------------------------------------------------------------------

FRAGMENTS = [
    *(
        "Bearer ",
        "bearer",
        "Basic ",
        "YTpi",
        "auth ",
        "client_secret",
        "code",
        "token",
        '"',
        "'",
        "\\",
        "=",
        ":",
    ),
    *(
        " ",
        "&",
        "+",
        "%20",
        "***",
        "*",
        "abc",
        "@",
        "sip:",
        "https://",
        " -u ",
        "null",
        "bad.request",
        "{",
        "}",
    ),
    *(
        "1317",
        "2222222",
        "+442079460100",
        "+13172222222",
        ID,
        "2026-11-21",
        "T22:35:00Z",
        "-",
        "(",
        "\n",
        "\uff11",
    ),
]
TEXTS = st.text() | st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS)
def test_to_redact_twice_is_to_redact_once(text: str) -> None:
    once = redact_text(text)
    assert redact_text(once) == once
    headers = redact_headers({"Authorization": text, "X-Other": text})
    assert redact_headers(headers) == headers


@given(
    TEXTS.map(str.encode) | JSON_VALUES.map(json.dumps).map(str.encode) | st.binary(),
    st.sampled_from(["", FORM]),
)
def test_to_redact_a_body_twice_is_to_redact_it_once(body: bytes, content_type: str) -> None:
    once = redact_body(body, content_type)
    assert redact_body(once.encode(), content_type) == once


@given(JSON_VALUES)
def test_redacted_json_is_json_of_the_same_shape(value: Any) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, list):
            return [shape(item) for item in value]
        return len(value) if isinstance(value, dict) else None

    shown = json.loads(redact_body(json.dumps(value).encode()))
    if not isinstance(value, dict):
        assert type(shown) is type(value) or isinstance(value, (int, float))
    if (
        "secret" not in json.dumps(value)
        and "token" not in json.dumps(value)
        and "code" not in json.dumps(value)
    ):
        assert shape(shown) == shape(value)


def test_deep_and_broken_bodies_are_redacted_too() -> None:
    for body in (
        "[" * 100_000 + PERSON,
        '{"a":' * 400 + f'"{PERSON}"' + "}" * 400,
        "9" * 5000,
        "\x00" + PERSON,
    ):
        shown = redact_body(body.encode(), "application/json")
        assert PERSON not in shown
        assert "*****" in shown


@pytest.mark.parametrize("option", ["-U", "--proxy-user", "-u", "--user"])
@pytest.mark.parametrize("written", ["{} joe:{}", "{} 'joe:{}'", '{}="joe:{}"', "{}=joe:{}"])
def test_the_password_for_a_server_or_its_proxy_is_hidden_on_a_command_line(
    option: str, written: str
) -> None:
    line = f"curl -s {written.format(option, 'vinegar')} https://api.mypurecloud.com"
    shown = redact_text(line)
    assert "vinegar" not in shown
    assert shown.startswith("curl -s ")
    assert shown.endswith("https://api.mypurecloud.com")
