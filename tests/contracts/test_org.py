"""The org's file: what loads, and what each mistake is told."""

from __future__ import annotations

import json
import string
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.http.sdk_operations import permissions
from ringback_contracts.org import Org, OrgError, Outcome, changed, default_org, default_org_text, load_org
from ringback_contracts.org.values import MEANT_SCOPES, permission, redirect_uri, scope

ALICE = "a11ce000-0000-4000-8000-000000000001"
SMALL = 'id = "o"\nname = "Org"\n'


def test_the_default_org_has_the_names_that_users_rely_on() -> None:
    org = default_org()
    assert [user.name for user in org.users] == ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace"]
    names = ["alice", "bob", "carol", "frank", "grace", "noscope", "service", "expired"]
    assert [token.value for token in org.tokens] == names
    assert org.owns("+442079460001", None)
    assert not org.owns("+442079460003", ALICE)
    assert org.limits.rate_per_minute is None


@pytest.mark.parametrize(
    ("last_two", "outcome"),
    [
        ("00", Outcome.ANSWER),
        ("01", Outcome.BUSY),
        ("02", Outcome.NO_ANSWER),
        ("03", Outcome.DECLINED),
        ("04", Outcome.NO_ROUTE),
        ("05", Outcome.STATION_TIMEOUT),
        ("06", Outcome.ANSWER),
        ("19", Outcome.ANSWER),
        ("50", Outcome.ANSWER),
        ("99", Outcome.ANSWER),
    ],
)
def test_test_numbers_have_fixed_outcomes(last_two: str, outcome: Outcome) -> None:
    test = default_org().test_number(f"+4420794601{last_two}")
    assert test is not None
    assert test.outcome is outcome


def test_numbers_around_the_test_range_are_ordinary() -> None:
    org = default_org()
    assert org.test_number("+442079460099") is None
    assert org.test_number("+442079460200") is None
    assert org.test_number("+4420794601000") is None


KNOWN_OF_A_RANGE = "[[test_numbers]]\nnumber = '+442079460100'"
U, V = "a11ce000-0000-4000-8000-00000000000a", "b0b00000-0000-4000-8000-00000000000b"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x", "this is no TOML"),
        ("x = " + "9" * 5000, "this is no TOML"),
        ("x = " + "[" * 5000, "this is no TOML"),
        ('id = "o"', "name is missing"),
        ("sip_trunkin = true", "sip_trunkin: there is no such key; the nearest is 'sip_trunking'"),
        (
            KNOWN_OF_A_RANGE,
            "there is no such key; known: first, last, outcome, after, hangs_up_after",
        ),
        ('sip_trunking = "yes"', "sip_trunking: expected true or false, found 'yes'"),
        ("strict_numbers = " + repr("y" * 99), "true or false, found '" + "y" * 59 + "..."),
        ('contract = "publish"', "the nearest is 'published'"),
        ('contract = "2"', "contract: '2' is none of published, participants, any"),
        ("success_status = 204", "success_status: 204 is none of 200, 202"),
        ("limits = 5", "limits: expected a table, found 5"),
        ("limits = 2026-01-01", "limits: expected a table, found a date or time"),
        ("limits.rate_per_minute = true", "expected a whole number, found a boolean"),
        ("users = {}", "users: expected an array, found a table"),
        (f'[[users]]\nid = "{U}"\nname = "Ute"\nemial = "x"', "users[0] (Ute).emial: there is no such key"),
        (f'[[users]]\nid = "{U}"', f"users[0] ({U}).name is missing"),
        ('[[users]]\nid = 5\nname = "Ute"', "users[0] (Ute).id: expected a string, found a whole number"),
        ('[[users]]\nid = 5\nname = "a\\tb"', "users[0].id: expected a string"),
        (
            f'[[queues]]\nid = "{U}"\nname = "Q"\n[[queues]]\nid = "{U}"\nname = "R"',
            "queues[1] (R): the id is that of queues[0] (Q); give each its own",
        ),
        ('[[tokens]]\nvalue = "t"', "tokens[0]: give the token either a user or a client"),
        (f'[[tokens]]\nvalue = "t"\nuser = "{U}"', f"tokens[0].user: no user has the id '{U}'"),
        ('[[tokens]]\nvalue = "t"\nclient = "me"', "tokens[0].client: no client has the id 'me'"),
        (
            '[[test_numbers]]\nfirst = "+442079460100"\noutcome = "bussy"',
            "test_numbers[0] (+442079460100).outcome: 'bussy' is none of",
        ),
        ('[[test_numbers]]\nfirst = "+442079460100"\noutcome = "bussy"', "the nearest is 'busy'"),
        (
            '[[test_numbers]]\nfirst = "+442079460100"\noutcome = "busy"\nhangs_up_after = 5',
            "test_numbers[0] (+442079460100): hangs_up_after can never be: with the outcome busy nobody",
        ),
        (
            '[[test_numbers]]\nfirst = "+442079460100"\noutcome = "station_timeout"\nafter = 5',
            "test_numbers[0] (+442079460100): after can never be: where the caller's station times out",
        ),
        (
            '[[test_numbers]]\nfirst = "+442079460100"\nafter = -1',
            "test_numbers[0] (+442079460100).after: -1.0 must be 0 to 86400 seconds",
        ),
        ('[[test_numbers]]\nfirst = "+442079460100"\nafter = nan', "after: nan must be 0 to 86400 seconds"),
        ('[[faults]]\nkind = "reset"\ntimes = 0', "faults[0] (reset): "),
        ('user_by_id = "x"', "user_by_id: there is no such key"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    assert told in refusal(text if text.startswith(("x", "id =")) else SMALL + text)


def refusal(text: str) -> str:
    with pytest.raises(OrgError) as caught:
        load_org(text)
    return str(caught.value)


def test_what_is_not_like_any_valid_name_is_told_all_of_them() -> None:
    told = refusal(SMALL + 'outbound = "yes"')
    assert told.startswith("outbound: there is no such key; known: id, name, division_id, region,")
    assert "nearest" not in told


def test_no_message_tells_a_secret() -> None:
    client = '[[clients]]\nid = "c"\nsecret = '
    token = '[[tokens]]\nvalue = "hunter2"\nclient = "c"\n'
    for text in (client + "4711", client + '"s"\n' + token + token, token, client + '"hunter2"\n' * 2):
        told = refusal(SMALL + text)
        assert "hunter2" not in told
        assert "4711" not in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[users]]\nid = "ute"\nname = "Ute"', "users[0] (Ute).id: 'ute' is no UUID; write 8-4-4-4-12"),
        (f'[[queues]]\nid = "{U}\\n"\nname = "Q"', "queues[0] (Q).id: "),
        (f'[[campaigns]]\nid = "{{{U}}}"\nname = "C"', "campaigns[0] (C).id: "),
        ('[[tokens]]\nvalue = "t"\nuser = "Ute"', "tokens[0].user: 'Ute' is no UUID"),
        (
            '[[clients]]\nid = "my app"\nsecret = "s"',
            "(my app).id: 'my app' must be visible ASCII",
        ),
        ('[[clients]]\nid = ""\nsecret = "s"', "clients[0].id: '' must be visible ASCII"),
        ('[[tokens]]\nvalue = "t"\nclient = "ü"', "tokens[0].client: 'ü' must be visible ASCII"),
    ],
)
def test_an_id_that_could_never_be_sent_is_refused(text: str, told: str) -> None:
    assert told in refusal(SMALL + text)


@pytest.mark.parametrize("org_id", ["", "my org", "o\\n"])
def test_the_org_has_an_id_that_a_query_can_hold(org_id: str) -> None:
    assert "id: " in refusal(f'id = "{org_id}"\nname = "Org"')


RANGE = '[[test_numbers]]\nfirst = "{}"\nlast = "{}"'
CLIENT = '[[clients]]\nid = "app"\nsecret = "s"\n'
USER = f'[[users]]\nid = "{U}"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[test_numbers]]\nfirst = "02079460100"',
            "test_numbers[0] (02079460100).first: '02079460100' is not",
        ),
        ('[[test_numbers]]\nfirst = "+44 20 7946 0100"', "digits alone, as in +442079460100"),
        ('[[test_numbers]]\nfirst = "tel:+442079460100"', "is not E.164"),
        ('[[test_numbers]]\nfirst = "+1234567890123456"', "is not E.164"),
        ('[[test_numbers]]\nfirst = "+٤٤٢٠٧٩٤٦٠١٠٠"', "is not E.164"),
        (RANGE.format("+442079460100", ""), "test_numbers[0] (+442079460100).last: '' is not E.164"),
        (RANGE.format("+442079460100", "+442079460099"), "test_numbers[0] (+442079460100): last"),
        (RANGE.format("+442079460100", "+44207946010"), "must be as long as first"),
        (RANGE.format("+442079460000", "+442079470000"), "are more than 10000 numbers"),
        ('numbers = ["+442079460001", "2079460002"]', "numbers[1]: '2079460002' is not E.164"),
        (USER + 'name = "Ute"\nnumbers = ["0"]', "users[0] (Ute).numbers[0]: '0' is not E.164"),
        ('region = "us"', "region: 'us' must be written in capitals: US"),
        ('region = "gb"', "region: 'gb' must be written in capitals: GB"),
        ('region = "ZZ"', "region: libphonenumber knows no region 'ZZ'; write the two letters"),
        ('region = "UK"', "GB (which is not UK)"),
        ('region = "001"', "libphonenumber knows no region"),
        ("limits.rate_per_minute = 0", "limits.rate_per_minute: 0 must be 1 to 2147483647"),
        (
            "limits.rate_per_minute = 0x" + "f" * 9999,
            "rate_per_minute: a far too large number must be",
        ),
        ("strict_numbers = 0x" + "f" * 9999, "expected true or false, found a far too large number"),
        ("limits.rate_per_minute = 2147483648", "must be 1 to 2147483647"),
        (CLIENT + "token_seconds = 0", "clients[0] (app).token_seconds: 0 must be 1 to 2147483647"),
        (CLIENT + "token_seconds = -5", "-5 must be 1 to"),
        ('[[clients]]\nid = "app"\nsecret = ""', "clients[0] (app).secret: the secret must be one character"),
        ('[[clients]]\nid = "app"\nsecret = "a\\nb"', "without line breaks"),
        (CLIENT + '[[tokens]]\nclient = "app"\nvalue = ""', "tokens[0].value: the token must be one or more"),
        (CLIENT + '[[tokens]]\nclient = "app"\nvalue = "a b"', "without white space"),
        (CLIENT + '[[tokens]]\nclient = "app"\nvalue = "ü"', "visible ASCII"),
        (USER + 'name = "Ute\\nU"', f"users[0] ({U}).name: 'Ute\\nU' has a line break"),
        (USER + 'name = "Ute"\nemail = "a\\r"', "users[0] (Ute).email: 'a\\r' has a line break"),
        (USER + 'name = "Ute"\nstation = "a\\u2028b"', "users[0] (Ute).station: "),
        ('[[queues]]\nname = "a\\u001bb"\nid = ""', "queues[0].name: "),
    ],
)
def test_a_value_that_would_bite_later_is_refused(text: str, told: str) -> None:
    assert told in refusal(SMALL + text)


def test_values_at_their_limits_are_taken() -> None:
    visible = string.punctuation.translate(str.maketrans("", "", '"\\\\'))
    text = f"""
{SMALL}region = "DE"
limits.rate_per_minute = 2147483647
numbers = ["+491"]
test_numbers = [{{ first = "+442079460000", last = "+442079469999" }}, {{ first = "+123456789012345" }}]
clients = [{{ id = "{visible}", secret = " ", token_seconds = 1 }}]
users = [{{ id = "{U}", name = "Zoë 👩‍💻 O'Neill" }}]
"""
    org = load_org(text)
    assert (org.region, org.clients[0].token_seconds) == ("DE", 1)
    assert org.test_number("+442079469999") is org.test_numbers[0]


@pytest.mark.parametrize("rate", [0, -1, 2**31])
def test_a_change_takes_the_checks_of_a_file(rate: int) -> None:
    with pytest.raises(OrgError, match=r"^limits\.rate_per_minute: -?[0-9]+ must be 1 to 2147483647$"):
        changed(default_org(), {"limits": {"rate_per_minute": rate}})
    with pytest.raises(OrgError, match=r"^region: libphonenumber knows no region"):
        changed(default_org(), {"region": "EU"})


def test_the_usual_region_needs_no_libphonenumber() -> None:
    code = (
        "import sys, ringback_contracts.org as org; org.default_org(); print('phonenumbers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(
    "slip",
    [
        "conversation:conferance:add",
        "conversation:conference:ad",
        "conversations:conference:add",
        "conversation:confernece:add",
        "Conversation:Conference:Add",
        "conversation.conference.add",
        " conversation:conference:add",
    ],
)
def test_a_permission_with_a_slip_is_refused(slip: str) -> None:
    text = USER + f'name = "Ute"\npermissions = ["routing:queue:view", "{slip}"]'
    told = refusal(SMALL + text)
    assert told.startswith(f"users[0] (Ute).permissions[1]: {slip!r} would grant nothing")
    assert "it must be 'conversation:conference:add'" in told


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("conversation", "conversations"),
        ("Conversations", "conversations"),
        ("conversations:read-only", "conversations:readonly"),
        ("calls:write", "call:write"),
        ("", None),
        ("users", None),
    ],
)
def test_a_scope_with_a_slip_is_refused(slip: str, meant: str | None) -> None:
    text = SMALL + CLIENT + f'scopes = ["{slip}"]'
    if meant is None:
        assert load_org(text).clients[0].scopes == (slip,)
    else:
        assert f"clients[0] (app).scopes[0]: {slip!r} would grant nothing; it must be {meant!r}" in refusal(
            text
        )


@given(st.data())
def test_every_single_slip_in_a_permission_is_found(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(permissions())))
    place = data.draw(st.integers(0, len(name) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    kept, rest = name[:place], name[place:]
    for slip in (
        kept + letter + rest,
        kept + rest[1:],
        kept + letter + rest[1:],
        kept + rest[1] + rest[0] + rest[2:],
    ):
        if slip not in permissions():
            with pytest.raises(ValueError, match="would grant nothing"):
                permission(slip)


REAL = """
    conversation:call:barge conversation:call:coach conversation:call:monitor conversation:call:record
    conversation:call:setMandatoryPostFlowAction conversation:callback:create conversation:cobrowse:add
    conversation:communication:blindTransfer conversation:communication:consultTransfer
    conversation:communication:view conversation:email:create conversation:message:create
    conversation:participant:wrapup conversation:recording:pauseOthers conversation:cobrowsevoice:add
"""


def test_no_real_name_is_taken_for_a_slip() -> None:
    assert [permission(name) for name in REAL.split()] == REAL.split()
    assert [permission(name) for name in sorted(permissions())] == sorted(permissions())
    assert [scope(name) for name in sorted(MEANT_SCOPES)] == sorted(MEANT_SCOPES)


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("client_credential", "; the nearest is 'client_credentials'"),
        ("authorization-code", "; the nearest is 'authorization_code'"),
        ("IMPLICIT", "; the nearest is 'implicit'"),
        ("password", "none of client_credentials, authorization_code, implicit"),
        ("refresh_token", "none of client_credentials, authorization_code, implicit"),
        ("", "none of client_credentials, authorization_code, implicit"),
    ],
)
def test_a_grant_that_nobody_could_use_is_refused(grant: str, told: str) -> None:
    message = refusal(SMALL + f'[[clients]]\nid = "app"\nsecret = "s"\ngrants = ["implicit", "{grant}"]')
    assert message.startswith(f"clients[0] (app).grants[1]: '{grant}' is none of")
    assert message.endswith(told)


def org_with_redirect(uri: str) -> str:
    return SMALL + f'[[clients]]\nid = "app"\nsecret = "s"\nredirect_uris = [{json.dumps(uri)}]'


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:8000/callback",
        "https://app.example.com",
        "http://127.0.0.1/a?b=c&d=%20e",
        "http://[::1]:8000/callback",
        "com.example.app:/done",
        "myapp://callback",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_web_pages_and_apps_can_be_sent_back_to(uri: str) -> None:
    assert load_org(org_with_redirect(uri)).clients[0].redirect_uris == (uri,)


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://[::1/callback", "cannot be read as a URI"),
        ("http://[::g]/callback", "cannot be read as a URI"),
        ("http://localhost:99999/", "cannot be read as a URI"),
        ("http://localhost/#done", "has a fragment"),
        ("http://localhost/#", "has a fragment"),
        ("http://localhost/\n", "holds what no URI does"),
        ("http://localhost/a b", "holds what no URI does"),
        ("http://localhost/%zz", "holds what no URI does"),
        ("http://bücher.example/", "holds what no URI does"),
        ("", "holds what no URI does"),
        ("/callback", "has no scheme"),
        ("localhost:8000/callback", "has no scheme"),
        ("//localhost/callback", "has no scheme"),
        ("http:/callback", "must have a host"),
        ("http://", "must have a host"),
        ("https://me:pass@localhost/", "must have a host"),
        ("http://a;script-src/", "must have a host"),
        ("http://app..example.com/", "must have a host"),
        (f"http://{'a' * 64}.example.com/", "must have a host"),
        ("myapp://call..back", "must have a host"),
        ("javascript:alert(1)", "browsers run javascript:"),
        ("DATA:text/html,x", "browsers run DATA:"),
    ],
)
def test_what_no_browser_can_be_sent_to_is_refused(uri: str, told: str) -> None:
    message = refusal(org_with_redirect(uri))
    assert message.startswith("clients[0] (app).redirect_uris[0]: ")
    assert told in message


@given(st.text() | st.from_regex(r"\A(https?|[a-z.]+):(//)?[\[\]0-9a-z:@.;%-]{0,12}/?", fullmatch=True))
def test_a_redirect_uri_is_taken_or_told_what_is_wrong(uri: str) -> None:
    try:
        taken = redirect_uri(uri)
    except ValueError as error:
        told = str(error)
    else:
        told = "URI"
        assert taken == uri
        assert urlsplit(uri).scheme
        assert not urlsplit(uri).fragment
        assert uri.isascii()
        assert uri.isprintable()
    assert any(what in told for what in ("URI", "scheme", "host", "browsers run"))


def test_ids_are_the_same_in_upper_and_lower_case() -> None:
    text = f"""
id = "{V.upper()}"
name = "Org"
users = [{{ id = "{U.upper()}", name = "Ute" }}]
queues = [{{ id = "{U.upper()}", name = "Q" }}]
campaigns = [{{ id = "{U.upper()}", name = "C" }}]
tokens = [{{ value = "T", user = "{U.title()}" }}]
"""
    org = load_org(text)
    assert org.id == V
    assert list(org.user_by_id) == list(org.queue_by_id) == list(org.campaign_by_id) == [U]
    assert org.token_by_value["T"].user == U
    twice = f'users = [{{ id = "{U}", name = "A" }}, {{ id = "{U.upper()}", name = "B" }}]'
    assert "users[1] (B): the id is that of users[0] (A)" in refusal(SMALL + twice)


def test_clients_and_tokens_keep_their_case() -> None:
    org = load_org(
        SMALL + 'clients = [{id = "App:1", secret = "s"}]\ntokens = [{value = "T", client = "App:1"}]'
    )
    assert list(org.client_by_id) == ["App:1"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"contract": None}, "contract: null is none of"),
        ({"limits": None}, "limits: expected a table, found null"),
        (
            {"limits": {"rate_per_minute": None}},
            "limits.rate_per_minute: expected a whole number, found null",
        ),
        ({"sip_trunking": [1]}, "sip_trunking: expected true or false, found an array"),
    ],
)
def test_a_value_that_came_as_json_is_told_in_words_of_json(changes: dict[str, object], told: str) -> None:
    with pytest.raises(OrgError) as caught:
        changed(default_org(), changes)
    assert told in str(caught.value)
    assert "None" not in str(caught.value)
    assert "file" not in str(caught.value)


@given(key=st.text(string.ascii_lowercase + "_", min_size=1))
def test_no_unknown_key_is_ever_passed_over(key: str) -> None:
    known = {item for item in Org.__dataclass_fields__ if not item.endswith(("_by_id", "_by_value"))}
    if key not in known:
        with pytest.raises(OrgError, match="there is no such key"):
            load_org(SMALL + f"{key} = 1")


def test_an_org_can_be_changed_in_the_spelling_of_its_file() -> None:
    org = changed(default_org(), {"strict_numbers": True, "limits": {"rate_per_minute": 2}})
    assert org.strict_numbers
    assert org.limits.rate_per_minute == 2
    assert changed(org, {}) is org
    with pytest.raises(OrgError, match="the nearest is 'strict_numbers'"):
        changed(org, {"strict_number": True})


def test_the_packaged_text_is_the_packaged_org() -> None:
    assert load_org(default_org_text()) == default_org()
