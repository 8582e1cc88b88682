"""The notes of an explanation: what is told, where, and what is passed over in silence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_explain import Context, explain, explain_text_notes
from ringback_explain.table import table
from ringback_explain.tell.about import REGIONS
from tests.explain.explaining import AGENT, CALLS, JSON_HEADERS, NUMBER, OWN, QUEUE, explained, places
from tests.sdk import sdk_folder


def told(**context: Any) -> list[str]:
    """The ids of the notes on a text without a request."""
    return [note.id for note in explain_text_notes(Context(**context))]


# --- keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "note", "pointer"),
    [
        ({"to": NUMBER}, "key.destination", "/to"),
        ({"toAddress": NUMBER}, "key.destination", "/toAddress"),
        ({"from": OWN}, "key.caller", "/from"),
        ({"addresses": [NUMBER]}, "key.parties", "/addresses"),
        ({"agentId": AGENT}, "key.agent", "/agentId"),
        ({"from": {"agentId": AGENT}}, "key.agent", "/from/agentId"),
        ({"routing": {"userId": AGENT}}, "key.agent", "/routing/userId"),
        ({"queueId": QUEUE}, "key.queue", "/queueId"),
        ({"routingData": {"queueId": QUEUE}}, "key.queue", "/routingData/queueId"),
        ({"routing": {}}, "key.routing", "/routing"),
        ({"skill": "x"}, "key.skill", "/skill"),
        ({"routing": {"skills": ["x"]}}, "key.skill", "/routing/skills"),
        ({"language": "en"}, "key.language", "/language"),
        ({"metadata": {}}, "key.attributes", "/metadata"),
        ({"to": {"customerData": {"a": 1}}}, "key.attributes", "/to/customerData"),
        ({"callerName": "x"}, "key.caller-name", "/callerName"),
        ({"campaignId": QUEUE}, "key.campaign", "/campaignId"),
        ({"externalContact": {}}, "key.contact", "/externalContact"),
        ({"type": "call"}, "key.type", "/type"),
        ({"to": {"phoneNumber": NUMBER, "type": "phone"}}, "key.type", "/to/type"),
        ({"to": [{"address": NUMBER, "addressType": "x"}]}, "key.type", "/to/0/addressType"),
        ({"to": {"address": {"phoneNumber": NUMBER, "type": "PERSON"}}}, "key.type", "/to/address/type"),
        ({"participants": [{"address": NUMBER, "type": "phone"}]}, "key.type", "/participants/0/type"),
        ({"participants": [{"to": NUMBER}]}, "key.participants", "/participants/0/to"),
        ({"participants": [{"phoneNumber": NUMBER}]}, "key.participants", "/participants/0/phoneNumber"),
        ({"mediaType": "voice"}, "key.media", "/mediaType"),
        ({"wrapUpCode": "default"}, "key.not-at-creation", "/wrapUpCode"),
        ({"wrap-up_code": "default"}, "key.not-at-creation", "/wrap-up_code"),
        ({"to": {"wrapupCode": "x"}}, "key.not-at-creation", "/to/wrapupCode"),
        ({"sessionType": "softphone"}, "key.unknown", "/sessionType"),
        ({"a/b~c": 1}, "key.unknown", "/a~1b~0c"),
        ({"phonenumber": NUMBER}, "key.misspelt", "/phonenumber"),
        ({"call_user_id": AGENT}, "key.misspelt", "/call_user_id"),
        ({"body": {"phoneNumber": NUMBER}}, "key.wrapper", "/body"),
        ({"body": {"phoneNumber": NUMBER, "wrapUpCode": "x"}}, "key.not-at-creation", "/body/wrapUpCode"),
    ],
    ids=str,
)
def test_a_key_that_the_published_body_does_not_have_is_named_where_it_stands(
    body: Any, note: str, pointer: str
) -> None:
    assert pointer in places(explained(body), note)


@given(st.dictionaries(st.text(), st.integers(), min_size=1, max_size=5))
def test_every_root_key_is_either_published_or_noted(body: dict[str, int]) -> None:
    noted = {note.pointer for note in explained(body).notes if note.id.startswith("key.")}
    for key in body:
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        assert (pointer in noted) is (key not in PUBLISHED_KEYS)


def test_a_key_note_says_where_the_value_belongs() -> None:
    body = {
        "to": NUMBER,
        "from": OWN,
        "metadata": {},
        "phonenumber": NUMBER,
        "agentId": AGENT,
        "calerId": OWN,
    }
    says = {note.pointer: note.message for note in explained(body).notes}
    for pointer, field in {
        "/to": "phoneNumber",
        "/from": "callerId",
        "/metadata": "attributes",
        "/phonenumber": "phoneNumber",
        "/agentId": "/api/v2/conversations/calls/user/{userId}",
        "/calerId": "callerId",
    }.items():
        assert field in says[pointer]


def test_the_types_of_the_participants_body_are_no_discriminators() -> None:
    body = {"to": {"type": "sip", "address": "sip:a@example.com"}, "from": {"type": "user", "id": AGENT}}
    assert places(explained(body), "key.type") == []


# --- numbers and addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ("+13175550142", "number.fictional"),
        ("+442079460500", "number.fictional"),
        ("+15551234567", "number.unassigned"),
        ("+15550199", "number.impossible"),
        ("+999123456789", "number.impossible"),
        ("+4420794601001234567", "number.impossible"),
        ("tel:+442079460100", "number.normalised"),
        ("+44-20-7946-0100", "number.normalised"),
        ("+1(317) 222-2222", "number.normalised"),
        ("13172222222", "number.no-plus"),
        ("tel:3172222222", "number.no-plus"),
        ("30005", "extension.needs-route"),
        ("sip:30005@video.example.com;language=en-US", "sip.needs-route"),
    ],
)
@pytest.mark.parametrize("key", ["phoneNumber", "to"])
def test_a_number_is_noted_and_never_a_finding_of_a_published_body(key: str, number: str, note: str) -> None:
    found = explained({key: number})
    assert places(found, note) == [f"/{key}"]
    if key == "phoneNumber":
        assert (found.verdict, found.findings) == ("accepted", ())


@pytest.mark.parametrize("number", ["+12125551234", "+33987654321", NUMBER, OWN, "3172222222"])
def test_a_number_that_can_ring_is_not_noted(number: str) -> None:
    assert explained({"phoneNumber": number}).notes == ()


def test_a_number_is_not_noted_again_where_it_is_a_finding() -> None:
    found = explained({"to": "tel:+15551234567", "from": f"user:{AGENT}"})
    assert found.rule == "number.unassigned"
    assert [note.id for note in found.notes] == ["key.destination", "key.caller", "number.normalised"]


def test_the_scheme_that_a_participants_body_needs_is_not_noted() -> None:
    found = explained({"to": f"tel:{NUMBER}", "from": f"user:{AGENT}"})
    assert [note.id for note in found.notes] == ["key.destination", "key.caller"]


def test_a_caller_id_needs_no_route() -> None:
    assert places(explained({"phoneNumber": NUMBER, "callerId": "1001"}), "extension.needs-route") == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phoneNumber": "911"}, "/phoneNumber"),
        ({"phoneNumber": "tel:112"}, "/phoneNumber"),
        ({"phoneNumber": "9-1-1"}, "/phoneNumber"),
        ({"phoneNumber": "sip:999@pbx.example.com"}, "/phoneNumber"),
        ({"phoneNumber": "urn:service:sos"}, "/phoneNumber"),
        ({"to": "tel:112"}, "/to"),
        ({"to": {"number": "999"}}, "/to/number"),
        ({"participants": [{"address": NUMBER}, {"address": "000"}]}, "/participants/1/address"),
    ],
)
def test_who_would_ring_the_emergency_services_is_warned(body: dict[str, Any], pointer: str) -> None:
    found = explained(body)
    (note,) = [note for note in found.notes if note.id == "number.emergency"]
    assert note.pointer == pointer
    assert "CallsClient refuses it" in note.message
    assert not places(found, "extension.needs-route")


@pytest.mark.parametrize(
    "body", [{"phoneNumber": NUMBER}, {"phoneNumber": "3172222222"}, {"callUserId": "911"}, {"to": "{www}"}]
)
def test_what_rings_no_emergency_service_is_not_warned_of(body: dict[str, Any]) -> None:
    assert not places(explained(body), "number.emergency")


@pytest.mark.parametrize(
    "body",
    [
        {"phoneNumber": "sip://agent@example.com"},
        {"to": "sips://agent@example.com"},
        {"to": {"type": "sip", "address": "sip://agent@example.com"}},
    ],
)
def test_slashes_behind_the_scheme_of_a_sip_uri_are_noted_and_left_out(body: dict[str, Any]) -> None:
    found = explained(body)
    (note,) = [note for note in found.notes if note.id == "sip.slashes"]
    assert found.equivalent is not None
    shown = found.equivalent.body["phoneNumber"]
    assert "//" not in shown
    assert f"Write '{shown}'" in note.message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"to": "[email protected]"}, "sip:user@host"),
        ({"phoneNumber": "sip:[email protected]"}, "sip:user@host"),
        ({"to": NUMBER, "from": "[email protected]"}, "that user's id"),
        ({"to": NUMBER, "from": {"address": "[email protected]"}}, "that user's id"),
        ({"phoneNumber": NUMBER, "agentId": "[email protected]"}, "that user's id"),
    ],
)
def test_what_a_web_page_took_out_is_asked_for_as_what_belongs_there(body: dict[str, Any], says: str) -> None:
    (note,) = [note for note in explained(body).notes if note.id == "value.email-protected"]
    assert says in note.message


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("priority", "high", "a whole number"),
        ("languageId", 5, "the id of a language"),
        ("routingSkillsIds", [5], "a list of ids of skills"),
        ("label", {"a": 1}, "a text"),
        ("attributes", "x", "an object of texts"),
        ("uuiData", True, "a text"),
    ],
)
def test_a_value_that_a_request_shown_leaves_out_is_named(key: str, value: Any, wanted: str) -> None:
    found = explained({"callQueueId": QUEUE, key: value})
    assert found.equivalent is not None
    assert key not in found.equivalent.body
    (note,) = [note for note in found.notes if note.id == "value.left-out"]
    assert note.pointer == f"/{key}"
    assert f"is not {wanted}" in note.message


@pytest.mark.parametrize(
    ("key", "value"),
    [("priority", "7"), ("label", None), ("label", ""), ("attributes", {}), ("label", "<x>")],
)
def test_a_value_that_is_kept_or_says_nothing_is_not_said_to_be_left_out(key: str, value: Any) -> None:
    assert not places(explained({"callQueueId": QUEUE, key: value}), "value.left-out")


def test_a_wrong_method_is_no_wrong_path() -> None:
    found = explained({"phoneNumber": NUMBER}, method="PUT")
    assert found.rule == "method.not-allowed"
    assert not places(found, "path.wrong")


@pytest.mark.parametrize(
    "name", ["PostConversationsCalls", "PostConversationsCallsRequest", "PostConversationsCall"]
)
def test_the_operation_s_own_name_is_no_invented_class(name: str) -> None:
    text = f"using PureCloudPlatform.Client.V2.Api; Error calling {name}: no"
    assert "sdk.unknown-class" not in told(text=text)


def test_a_class_of_code_that_uses_no_sdk_is_its_own_and_no_invention() -> None:
    text = 'await http.PostAsJsonAsync("https://api.mypurecloud.com/api/v2/x", new OutboundCall());'
    assert "sdk.unknown-class" not in told(text=text)
    assert "sdk.unknown-class" in told(text=f"import com.mypurecloud.sdk.v2.api.ConversationsApi;\n{text}")


def test_the_region_of_a_given_org_tells_which_numbers_are_for_emergencies() -> None:
    request = Request("POST", CALLS, JSON_HEADERS, b'{"phoneNumber": "17"}')
    for region, warned in (("FR", True), ("US", False)):
        found = explain(request, org=replace(default_org(), region=region))
        assert bool(places(found, "number.emergency")) is warned


def test_a_note_shows_the_normalised_form_without_blaming_the_other() -> None:
    (note,) = explained({"phoneNumber": "tel:+1 (317) 222-2222"}).notes
    assert "+13172222222" in note.message
    assert "need not be the fault" in note.message


def test_the_password_of_a_sip_address_is_not_shown() -> None:
    found = explained({"phoneNumber": "sip:agent:hunter2@pbx.example.com"})
    assert "hunter2" not in str(found.notes) + str(found.questions) + str(found.findings)


# --- how it is written --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("{“phoneNumber”: “x”}", "body.curly-quotes"),
        ("{phoneNumber: 'x'}", "body.loose"),
        ("phoneNumber: x\nlabel: y", "body.loose"),
        ("phoneNumber=x&label=y", "body.form"),
        ('"{\\"phoneNumber\\": \\"x\\"}"', "body.encoded-twice"),
        ('\ufeff{"phoneNumber": "x"}', "body.byte-order-mark"),
        ('[{"phoneNumber": "x"}]', "body.a-list"),
    ],
)
def test_a_body_that_is_no_json_object_says_what_it_is(body: str, note: str) -> None:
    assert places(explained(body), note) == [""]


@pytest.mark.parametrize(
    "body", ['{"label": "it\u2019s \u201cfine\u201d"}', '{"phoneNumber": "+12125551234"}']
)
def test_json_with_curly_quotes_inside_its_texts_is_json(body: str) -> None:
    assert not [note for note in explained(body).notes if note.id.startswith("body.")]


@pytest.mark.parametrize(
    "text", ["sip:[email protected]", "[email\xa0protected]", "x /cdn-cgi/l/email-protection#a1"]
)
def test_what_e_mail_protection_left_is_noted(text: str) -> None:
    assert places(explained({"to": {"address": text}}), "value.email-protected") == ["/to/address"]
    assert told(text=text) == ["value.email-protected"]


def test_a_part_of_the_path_that_was_not_filled_in_is_noted() -> None:
    found = explained({"phoneNumber": NUMBER}, path=f"{CALLS}/user/{{userId}}")
    assert places(found, "value.not-filled-in") == ["path"]
    assert any("Which user places the call" in question for question in found.questions)


@pytest.mark.parametrize(
    "name", ["x-genesys-user-id", "x-purecloud-org", "apiversion", "api-version", "x-api-key"]
)
def test_a_header_that_nobody_reads_is_noted_and_its_value_is_not_shown(name: str) -> None:
    headers = {"content-type": "application/json", name: "s3cr3t-value"}
    found = explained({"phoneNumber": NUMBER}, headers=headers)
    assert places(found, "header.unknown") == [name]
    assert "s3cr3t-value" not in str(found)


@pytest.mark.parametrize("name", ["accept", "user-agent", "purecloud-sdk", "x-request-id", "cache-control"])
def test_an_ordinary_header_is_not_noted(name: str) -> None:
    assert (
        explained({"phoneNumber": NUMBER}, headers={"content-type": "application/json", name: "x"}).notes
        == ()
    )


def test_a_call_merged_with_itself_is_noted() -> None:
    path = f"{CALLS}/{AGENT}"
    found = explained({"conversationIds": [AGENT.upper(), QUEUE]}, path=path, method="PATCH")
    assert places(found, "conversation.merged-with-itself") == ["/conversationIds"]
    other = explained({"conversationIds": [QUEUE]}, path=path, method="PATCH")
    assert places(other, "conversation.merged-with-itself") == []


# --- where it was sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "note"),
    [
        ("login.mypurecloud.com", "host.not-api"),
        ("apps.mypurecloud.ie", "host.not-api"),
        ("mypurecloud.de", "host.not-api"),
        ("<region>.mypurecloud.com", "host.not-api"),
        ("api.us.genesys.cloud", "host.unknown-region"),
        ("api.mypurecloud.org", "host.unknown-region"),
        ("<org>.mygenesys.com", "host.unknown-region"),
        ("api-na1.niceincontact.com", "host.other-product"),
        ("cxone-eu1.nice-incontact.com", "host.other-product"),
    ],
)
def test_a_wrong_host_is_noted(host: str, note: str) -> None:
    for url in (f"https://{host}{CALLS}", f"{host}{CALLS}", f"https://{host}:443{CALLS}"):
        found = explained({"phoneNumber": NUMBER}, url=url)
        assert [each.id for each in found.notes] == [note]
        assert found.notes[0].pointer == "Host"


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("api.mypurecluod.com", "mypurecloud.com"),
        ("api.mypurecloud.con", "mypurecloud.com"),
        ("api.usw2.pur.cloud", "usw2.pure.cloud"),
        ("api.mypurecloud.uk", None),
        ("api.mypurecloud.eu", None),
        ("api.us.genesys.cloud", None),
        ("genesys.acme.io", None),
    ],
)
def test_a_region_is_named_only_where_one_is_near(host: str, near: str | None) -> None:
    (note,) = explained({"phoneNumber": NUMBER}, url=f"https://{host}{CALLS}").notes
    assert note.id == "host.unknown-region"
    assert (near is not None) == ("the nearest" in note.message)
    assert near is None or f"api.{near}" in note.message


@pytest.mark.parametrize("region", REGIONS)
def test_the_hosts_of_every_region_are_not_noted(region: str) -> None:
    assert told(url=f"https://api.{region}{CALLS}") == []
    assert told(url=f"https://login.{region}/oauth/token") == []
    assert told(url=f"https://api.{region}/oauth/token") == ["host.not-login"]


@pytest.mark.parametrize(
    "url",
    [
        CALLS,
        f"http://127.0.0.1:8010{CALLS}",
        f"http://[::1]:8010{CALLS}",
        f"http://localhost:8010{CALLS}",
        f"https://genesys.example.com{CALLS}",
        f"https://api.{{region}}.pure.cloud{CALLS}",
        f"https://{{{{host}}}}{CALLS}",
        f"https://api.<domain>{CALLS}",
        "https://[",
        "",
    ],
)
def test_a_host_that_may_be_right_is_not_noted(url: str) -> None:
    assert told(url=url) == []


def test_every_address_of_the_api_in_a_text_is_looked_at() -> None:
    text = 'BASE = "https://my.genesis.test.org/api/v2"\nAUTH = "https://api.mypurecloud.ie/oauth/token"'
    assert told(text=text) == ["host.unknown-region", "host.not-login"]
    assert (
        told(text="see https://developer.genesys.cloud/forum/t/1 and https://api.mypurecloud.ie/api/v2/x")
        == []
    )


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/api/v2/outbound/calls", "path.wrong"),
        ("/api/v2/interactions/calls", "path.wrong"),
        (CALLS + "/", "path.wrong"),
        ("/api/v2/ucm/connections/outbound", "path.other-product"),
        ("/ccapi/v2/outbound/call", "path.other-product"),
        ("/incontactapi/services/v30.0/calls", "path.other-product"),
    ],
)
def test_a_wrong_path_is_noted_with_the_right_one(path: str, note: str) -> None:
    found = explained({"to": NUMBER}, path=path)
    assert places(found, note) == ["path"]
    assert CALLS in next(each.message for each in found.notes if each.id == note)


# --- scopes and the grant -----------------------------------------------------------------------------


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_scope_that_exists_is_not_noted(scope: str) -> None:
    assert told(scopes=(scope,)) == []


@pytest.mark.parametrize(
    "scope",
    [
        "conversation:call:add",
        "conversation:conference:add",
        "telephony:outbound:call:create",
        "routing:queue:view",
    ],
)
def test_a_name_of_three_parts_is_a_permission(scope: str) -> None:
    (note,) = explain_text_notes(Context(scopes=(scope,)))
    assert (note.id, note.pointer) == ("scope.is-a-permission", "scope")
    assert f"'{scope}'" in note.message
    assert "conversation:conference:add" in note.message


@pytest.mark.parametrize(
    "scope",
    [
        "call:write",
        "conversations:write",
        "users:read",
        "user:me",
        "calls:modify",
        "make_calls",
        "outbound calls:x",
    ],
)
def test_an_invented_scope_is_noted(scope: str) -> None:
    assert set(told(scopes=(scope,))) == {"scope.unknown"}


@given(st.from_regex(r"[a-z]{1,10}(:[a-z]{1,10}){0,3}", fullmatch=True))
def test_every_other_scope_is_noted_just_once(scope: str) -> None:
    assert len(told(scopes=(scope, scope, f"{scope} {scope}"))) == (0 if scope in SCOPES else 1)


def test_the_scopes_that_the_calling_operations_need_are_named() -> None:
    (note,) = explain_text_notes(Context(scopes=("conversation:call:write",)))
    for name in ("conversations", "conversation:conference:add", "conversation:agentlessCall:add"):
        assert name in note.message


def test_no_role_and_no_scope_helps_client_credentials() -> None:
    (note,) = explain_text_notes(Context(grant="client_credentials"))
    assert note.id == "grant.client-credentials"
    assert "No role and no scope helps" in note.message
    assert told(grant="client_credentials", url="https://login.mypurecloud.com/oauth/token") == []
    assert told(grant="authorization_code") == []


# --- SDKs ---------------------------------------------------------------------------------------------

REAL_CODE = [
    (
        "import PureCloudPlatformClientV2\nfrom PureCloudPlatformClientV2.rest import ApiException\n"
        "body = PureCloudPlatformClientV2.CreateCallRequest()\napi.post_conversations_calls(body)"
    ),
    (
        "const platformClient = require('purecloud-platform-client-v2');\n"
        "new platformClient.ConversationsApi().postConversationsCalls({})"
    ),
    "import com.mypurecloud.sdk.v2.ApiClient;\nimport com.mypurecloud.sdk.v2.model.CreateCallRequest;",
    "using PureCloudPlatform.Client.V2.Api;\nusing PureCloudPlatform.Client.V2;",
    'import "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"',
    "pip install PureCloudPlatformClientV2==269.0.0 requests",
    'terraform { required_providers { genesyscloud = { source = "mypurecloud/genesyscloud" } } }',
    "import { GenesysCloudWebrtcSdk } from 'genesys-cloud-webrtc-sdk';",
    "import requests\nclass CallService: pass\nservice.makeCall(x)",
]


@pytest.mark.parametrize("code", REAL_CODE)
def test_code_that_uses_what_exists_is_not_noted(code: str) -> None:
    assert told(text=code) == []


@pytest.mark.parametrize(
    ("code", "note", "name"),
    [
        ("from genesyscloud import Client", "sdk.unknown-package", "genesyscloud"),
        ("pip install -U genesyscloud==2.30", "sdk.unknown-package", "genesyscloud"),
        ("the official SDK (`genesyscloud`)", "sdk.unknown-package", "genesyscloud"),
        ("import x from '@genesyscloud/calls';", "sdk.unknown-package", "@genesyscloud/calls"),
        ("npm install @genesys/platform-sdk", "sdk.unknown-package", "@genesys/platform-sdk"),
        ("import purecloud_platform_client.rest", "sdk.unknown-package", "purecloud_platform_client"),
        ("import com.genesys.cloud.CallApi;", "sdk.unknown-package", "com.genesys.cloud.CallApi"),
        ("using GenesysCloud.Sdk;", "sdk.unknown-package", "GenesysCloud.Sdk"),
        ("purecloud: CallCreateBody(to=x)", "sdk.unknown-class", "CallCreateBody"),
        ("purecloud: new ConversationCallPost()", "sdk.unknown-class", "ConversationCallPost"),
        ("purecloud: CreateCallTo, CreateCallFrom", "sdk.unknown-class", "CreateCallTo"),
        ("genesys: OutboundCallRequest r", "sdk.unknown-class", "OutboundCallRequest"),
        ("genesys: ConversationCreateRequest r", "sdk.unknown-class", "ConversationCreateRequest"),
        ("new platformClient.CallsApi()", "sdk.unknown-class", "CallsApi"),
        (
            "platformClient x.postConversationCall(b)",
            "sdk.unknown-method",
            "postConversationCall",
        ),
        ("genesys conversationsApi.createCall(b)", "sdk.unknown-method", "createCall"),
        ("genesys: api.postConversationCall(b)", "sdk.unknown-method", "postConversationCall"),
        ("genesys: post_conversation_calls(b)", "sdk.unknown-method", "post_conversation_calls"),
    ],
)
def test_code_that_uses_what_does_not_exist_is_noted(code: str, note: str, name: str) -> None:
    found = [each for each in explain_text_notes(Context(text=code)) if each.id == note]
    assert f"'{name}'" in found[0].message


@pytest.mark.parametrize("later", table("tell/sdks")["since"], ids=lambda entry: entry["what"])
def test_an_sdk_that_is_too_old_for_what_is_used_is_noted(later: dict[str, Any]) -> None:
    what, since = later["what"], later["release"]
    used = f'{{"{what}": 1}}' if "/" not in what else "POST /calls/user/1"
    assert told(text=f"PureCloudPlatformClientV2=={since - 1}.0.0\n{used}") == ["sdk.too-old"]
    assert told(text=f"PureCloudPlatformClientV2=={since}.0.0\n{used}") == []


def test_an_sdk_that_is_too_old_for_the_equivalent_is_noted() -> None:
    text = "purecloud-sdk: 230.0.0"
    found = explained({"to": NUMBER, "agentId": AGENT}, text=text)
    assert places(found, "sdk.too-old") == [""]
    assert places(explained({"to": NUMBER}, text=text), "sdk.too-old") == []


@pytest.mark.sdk
def test_nothing_of_the_official_sdk_is_taken_for_invented() -> None:
    source = (sdk_folder() / "__init__.py").read_text("utf-8")
    models = re.findall(r"from \.models\.\w+ import (\w+)", source)
    methods = re.findall(r"def (\w+)\(", (sdk_folder() / "apis" / "conversations_api.py").read_text("utf-8"))
    camel = [re.sub(r"_(\w)", lambda found: found[1].upper(), method) for method in methods]
    calls = [f"conversations_api.{method}(x)" for method in [*methods, *camel]]
    assert len(models) > 1000
    assert told(text="\n".join(["import PureCloudPlatformClientV2", *models, *calls])) == []


@pytest.mark.sdk
def test_the_regions_are_those_of_the_official_sdk() -> None:
    hosts = {host for file in sdk_folder().glob("*.py") for host in _api_hosts(file.read_text("utf-8"))}
    assert hosts == set(REGIONS)


def _api_hosts(source: str) -> list[str]:
    return re.findall(r"https://api\.([a-z0-9.-]+\.(?:com|ie|au|jp|de|cloud))\b", source)


# --- symptoms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('{"code": "not.a.user", "status": 400}', "symptom.no-user"),
        ("error.ininedgecontrol.connection.dialplan.notReachable", "symptom.no-route"),
        ("No outbound route was found matching the classification National", "symptom.no-route"),
        ("202 Accepted, but nothing rings", "symptom.station"),
        ("the phone does not ring at all", "symptom.station"),
        ("error.ininedgecontrol.connection.timeout", "symptom.station"),
        ('{"error": "invalid_client"}', "symptom.invalid-client"),
        ('{"error": "invalid_grant"}', "symptom.invalid-grant"),
        ("ui.token.rate.per.minute = 300", "symptom.rate-limit"),
        ("HTTP 429 Too Many Requests", "symptom.rate-limit"),
        ("A conversation cannot be merged with itself.", "symptom.merged-with-itself"),
        ("403 Forbidden", "symptom.forbidden"),
        ('{"code": "missing.any.permissions"}', "symptom.forbidden"),
        ("code_challenge_method=plain", "pkce.challenge-plain"),
        ("const code_challenge = random(); keep(verifier)", "pkce.challenge-not-hashed"),
    ],
)
def test_an_error_text_says_what_it_means(text: str, note: str) -> None:
    assert told(text=text) == [note]


@pytest.mark.parametrize(
    "hashing", ["hashlib.sha256(verifier)", "digest('SHA-256', verifier)", "S256(verifier)"]
)
def test_a_challenge_that_is_hashed_is_not_noted(hashing: str) -> None:
    assert told(text=f"code_challenge = base64url({hashing})") == []


@pytest.mark.parametrize(
    "text", ["", "ringing tone", "my order 403 of Monday", '{"phoneNumber": "+14035551234"}']
)
def test_an_ordinary_text_is_not_noted(text: str) -> None:
    assert told(text=text) == []


def test_a_purpose_in_a_conference_is_noted_since_everybody_listed_is_dialled() -> None:
    parties = [{"address": NUMBER, "purpose": "customer"}, {"userId": AGENT, "purpose": "agent"}]
    found = explained({"participants": parties})
    assert places(found, "key.participants") == ["/participants/0/purpose", "/participants/1/purpose"]
    assert found.equivalent is not None
    assert found.equivalent.path == f"{CALLS}/user/{AGENT}"
    assert found.equivalent.body == {"phoneNumber": NUMBER}


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("client = PureCloudPlatformClientV2(client_id, client_secret)", "sdk.package-called"),
        ("TypeError: 'module' object is not callable", "sdk.package-called"),
        ("from purecloud import x\napi = client.conversations_api", "sdk.unknown-attribute"),
        ("ModuleNotFoundError: No module named 'genesys_cloud_client'", "sdk.unknown-package"),
        ("Error: Cannot find module '@genesyscloud/platform-client'", "sdk.unknown-package"),
        ("call = ConversationCallPost(to=a)", "sdk.unknown-class"),
    ],
)
def test_what_is_wrong_before_any_request_is_noted_and_so_is_its_error(code: str, note: str) -> None:
    assert note in told(text=code)


def test_a_list_that_is_no_call_is_no_mistake() -> None:
    found = explained([{"id": "v2.users.x.conversations"}], "/api/v2/notifications/channels/x/subscriptions")
    assert places(found, "body.a-list") == []
    assert places(explained([{"phoneNumber": NUMBER}]), "body.a-list") == [""]
