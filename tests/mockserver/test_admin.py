"""The admin paths, which tests use."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ringback_contracts.catalogue import TABLE
from ringback_contracts.openapi import admin_openapi_document
from ringback_mock.app import create_app
from ringback_mock.engine.store import Store
from tests.mockserver.wire import CALL, CALLS

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

UNKNOWN = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def client() -> FlaskClient:
    app = create_app()
    app.testing = True
    return app.test_client()


def place(client: FlaskClient, token: str = "alice", body: bytes = CALL) -> TestResponse:
    return client.post(
        CALLS, data=body, headers={"Authorization": f"Bearer {token}"}, content_type="application/json"
    )


def exchanges(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/__ringback/exchanges{query}").get_json()["exchanges"]
    return found


def assert_problem(response: TestResponse, status: int, *words: str) -> None:
    assert response.status_code == status
    assert set(response.get_json()) == {"error", "message"}
    for word in words:
        assert word in response.get_json()["message"]


def test_an_exchange_is_found_by_the_correlation_id_of_its_reply(client: FlaskClient) -> None:
    refused = place(client, body=b'{"phoneNumber": "hello"}')
    found = client.get(f"/__ringback/exchanges/{refused.headers['ININ-Correlation-Id']}").get_json()
    assert found["verdict"]["rule"] == refused.headers["Ringback-Rule"]
    assert found["response"]["status"] == 400
    del found["explanation"]
    assert exchanges(client) == [found]


def test_the_newest_exchanges_can_be_asked_for(client: FlaskClient) -> None:
    replies = [place(client).headers["ININ-Correlation-Id"] for _ in range(4)]
    assert [exchange["id"] for exchange in exchanges(client)] == replies
    assert [exchange["id"] for exchange in exchanges(client, "?limit=2")] == replies[2:]
    assert exchanges(client, "?limit=0") == []
    assert len(exchanges(client, "?limit=" + "9" * 5_000)) == len(replies)


def test_a_listing_shows_a_page_and_leads_to_the_older_ones(client: FlaskClient) -> None:
    ids = [place(client).headers["ININ-Correlation-Id"] for _ in range(620)]
    first = client.get("/__ringback/exchanges").get_json()
    assert [exchange["id"] for exchange in first["exchanges"]] == ids[-100:]
    assert first["next"] == "/__ringback/exchanges?before=520&limit=100"
    org = client.get("/__ringback/exchanges?limit=1").get_json()["exchanges"][0]["org"]
    listing = client.get(f"/__ringback/exchanges?limit=9999&org={org}").get_json()
    found = [exchange["id"] for exchange in listing["exchanges"]]
    assert (len(found), listing["total"]) == (500, 620)
    place(client)
    while listing["next"]:
        listing = client.get(listing["next"]).get_json()
        found[:0] = [exchange["id"] for exchange in listing["exchanges"]]
    assert found == ids


def test_a_listing_comes_in_pieces_so_that_others_are_answered_meanwhile() -> None:
    client = create_app(store=Store(journal_size=5)).test_client()
    for _ in range(20):
        place(client, "nobody")
    pieces = list(client.get("/__ringback/exchanges?limit=0").iter_encoded())
    assert len(pieces) > 15
    listing = json.loads(b"".join(pieces))
    assert listing["exchanges"] == []
    assert len(listing["forgotten"]["newestRefusals"]) == 15


def changes(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/__ringback/exchanges{query}").get_json()["changes"]
    return found


def test_what_is_changed_stands_in_the_journal_and_no_reset_hides_it(client: FlaskClient) -> None:
    fault = {"kind": "unavailable", "number": "+12125551234"}
    done = [
        client.post("/__ringback/faults", json=fault),
        client.delete("/__ringback/faults"),
        client.post("/__ringback/reset"),
    ]
    found = changes(client)
    assert [change["id"] for change in found] == [reply.headers["ININ-Correlation-Id"] for reply in done]
    assert [(change["method"], change["path"], change["status"]) for change in found] == [
        ("POST", "/__ringback/faults", 201),
        ("DELETE", "/__ringback/faults", 204),
        ("POST", "/__ringback/reset", 204),
    ]
    assert json.loads(found[0]["body"]) == fault | {"number": "+1212*****34"}
    assert exchanges(client) == []


def test_changes_of_a_copy_stand_in_its_journal_and_its_beginning_and_end_in_the_default_one_s(
    client: FlaskClient,
) -> None:
    made = client.post("/__ringback/orgs", json={"strict_numbers": True}).get_json()
    query = f"?org={made['id']}"
    client.post(f"/__ringback/reset{query}")
    assert [change["path"] for change in changes(client, query)] == ["/__ringback/reset"]
    client.delete(f"/__ringback/orgs{query}")
    begun, ended = changes(client)
    assert (begun["method"], begun["body"]) == ("POST", '{"strict_numbers": true}')
    assert (ended["method"], ended["query"]) == ("DELETE", query[1:])
    assert made["tokens"]["alice"] not in json.dumps([begun, ended])


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "faults"), ("POST", "faults"), ("DELETE", "orgs"), ("POST", "nothing"), ("PUT", "reset")],
)
def test_what_changes_nothing_is_no_change(client: FlaskClient, method: str, path: str) -> None:
    client.open(f"/__ringback/{path}", method=method)
    client.post("/__ringback/reset", headers={"Origin": "http://evil.example"})
    assert changes(client) == []


def test_changes_are_bounded_and_no_body_is_shown_in_part(client: FlaskClient) -> None:
    for _ in range(99):
        client.delete("/__ringback/faults")
    long = [{"kind": "reset", "number": "password=" + "x" * 900}] * 3
    client.post("/__ringback/faults", json=long)
    client.post("/__ringback/reset")
    found = changes(client)
    assert len(found) == 100
    assert found[-1]["path"] == "/__ringback/reset"
    assert re.fullmatch(r"\(2,[0-9]{3} bytes\)", found[-2]["body"])


def test_a_fresh_org_meets_nobody(client: FlaskClient) -> None:
    org = client.post("/__ringback/orgs")
    assert org.status_code == 201
    fresh = org.get_json()
    assert place(client, fresh["tokens"]["alice"]).status_code == 202
    assert exchanges(client) == []
    assert len(exchanges(client, f"?org={fresh['id']}")) == 1
    assert set(fresh["clients"]) == {"demo-service", "demo-app"}


def test_a_reset_forgets_what_happened_in_one_org(client: FlaskClient) -> None:
    fresh = client.post("/__ringback/orgs").get_json()
    call = place(client, fresh["tokens"]["alice"]).get_json()
    place(client)
    reset = client.post("/__ringback/reset")
    assert (reset.status_code, reset.headers.get("Content-Type")) == (204, None)
    assert exchanges(client) == []
    assert len(exchanges(client, f"?org={fresh['id']}")) == 1
    assert client.post(f"/__ringback/reset?org={fresh['id']}").data == b""
    assert exchanges(client, f"?org={fresh['id']}") == []
    bearer = {"Authorization": f"Bearer {fresh['tokens']['alice']}"}
    assert client.get(call["selfUri"], headers=bearer).status_code == 404


def test_a_copy_that_was_dropped_knows_nobody_any_more(client: FlaskClient) -> None:
    dropped, other = (client.post("/__ringback/orgs").get_json() for _ in range(2))
    assert client.delete(f"/__ringback/orgs?org={dropped['id']}").status_code == 204
    assert place(client, dropped["tokens"]["alice"]).status_code == 401
    assert place(client, other["tokens"]["alice"]).status_code == 202
    assert client.delete(f"/__ringback/orgs?org={dropped['id']}").status_code == 404
    assert_problem(client.delete("/__ringback/orgs"), 400, "own org stays")


def test_the_exchanges_come_with_how_many_there_were() -> None:
    client = create_app(store=Store(journal_size=2)).test_client()
    for token in ("alice", "nobody", "alice", "alice"):
        place(client, token)
    listing = client.get("/__ringback/exchanges?limit=1").get_json()
    assert (len(listing["exchanges"]), listing["total"]) == (1, 4)
    (refusal,) = listing["forgotten"].pop("newestRefusals")
    assert listing["forgotten"] == {"exchanges": 2, "refusals": 1}
    assert (refusal["path"], refusal["status"], refusal["rule"]) == (CALLS, 401, "token.unknown")


@pytest.mark.parametrize(
    ("method", "path", "kept"),
    [
        ("POST", "/v2/conversations/calls", [404]),
        ("GET", "/oauth/token", [405]),
        ("GET", "/oauth/authorize", [400]),
        ("POST", "/oauth/token", [400]),
        ("GET", "/api/v2/users/me", [401]),
        ("GET", "/healthz", []),
        ("GET", "/favicon.ico", []),
        ("GET", "/__ringback/nothing", []),
    ],
)
def test_what_a_program_is_refused_is_kept_once(
    client: FlaskClient, method: str, path: str, kept: list[int]
) -> None:
    reply = client.open(path, method=method)
    listed = exchanges(client)
    assert [exchange["response"]["status"] for exchange in listed] == kept
    assert [exchange["id"] for exchange in listed] == [reply.headers["ININ-Correlation-Id"]] * len(kept)
    for exchange in listed:
        assert client.get(f"/__ringback/exchanges/{exchange['id']}").get_json()["explanation"]


def test_every_rule_is_told_with_its_evidence(client: FlaskClient) -> None:
    rules = client.get("/__ringback/rules").get_json()["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in TABLE]
    for shown in rules:
        rule = TABLE[shown["id"]]
        assert (shown["status"], shown["code"], shown["evidence"]) == (
            rule.status,
            rule.code,
            str(rule.evidence),
        )
        assert shown["fix"] == rule.fix


def answers(client: FlaskClient) -> dict[tuple[str, str], TestResponse]:
    """One good answer of each admin operation."""
    exchange_id = place(client).headers["ININ-Correlation-Id"]
    place(client, body=b"{}")
    copy = client.post("/__ringback/orgs").get_json()["id"]
    rung = client.post("/__ringback/calls", json={"queue": "support"})
    call = f"/__ringback/calls/{rung.get_json()['id']}"
    phone = f"{call}/parties/{rung.get_json()['parties'][0]['id']}"
    return {
        ("/__ringback/calls", "post"): rung,
        ("/__ringback/calls", "get"): client.get("/__ringback/calls"),
        ("/__ringback/calls/{callId}/lanes", "get"): client.get(f"{call}/lanes"),
        ("/__ringback/org", "get"): client.get("/__ringback/org"),
        ("/__ringback/explain", "post"): client.post("/__ringback/explain", data='{"to": "x"}'),
        ("/__ringback/exchanges/{exchangeId}/again", "post"): client.post(
            f"/__ringback/exchanges/{exchange_id}/again"
        ),
        ("/__ringback/calls/{callId}", "get"): client.get(call),
        ("/__ringback/calls/{callId}/parties/{participantId}", "post"): client.post(
            phone, json={"act": "hangs_up"}
        ),
        ("/__ringback/exchanges", "get"): client.get("/__ringback/exchanges"),
        ("/__ringback/exchanges/{exchangeId}", "get"): client.get(f"/__ringback/exchanges/{exchange_id}"),
        ("/__ringback/rules", "get"): client.get("/__ringback/rules"),
        ("/__ringback/orgs", "post"): client.post("/__ringback/orgs"),
        ("/__ringback/orgs", "delete"): client.delete(f"/__ringback/orgs?org={copy}"),
        ("/__ringback/clock", "get"): client.get("/__ringback/clock"),
        ("/__ringback/clock", "post"): client.post("/__ringback/clock", json={"advance": 30}),
        ("/__ringback/faults", "post"): client.post("/__ringback/faults", json={"kind": "server-error"}),
        ("/__ringback/faults", "get"): client.get("/__ringback/faults"),
        ("/__ringback/faults/{faultId}", "delete"): client.delete("/__ringback/faults/fault-1"),
        ("/__ringback/faults", "delete"): client.delete("/__ringback/faults"),
        ("/__ringback/openapi.json", "get"): client.get("/__ringback/openapi.json"),
        ("/metrics", "get"): client.get("/metrics"),
        ("/__ringback/reset", "post"): client.post("/__ringback/reset"),
    }


def test_the_admin_document_describes_every_answer(client: FlaskClient) -> None:
    document = admin_openapi_document()
    validate(document)
    replies = answers(client)
    assert {(path, method) for path, item in document["paths"].items() for method in item} == set(replies)
    for (path, method), reply in replies.items():
        described = document["paths"][path][method]["responses"][str(reply.status_code)]
        if reply.mimetype == "text/plain":
            assert reply.mimetype in described["content"]
        elif "content" in described:
            schema = described["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": document.get("components", {})}).validate(
                reply.get_json()
            )
        else:
            assert reply.data == b""


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", f"/__ringback/exchanges/{UNKNOWN}", 404, "ININ-Correlation-Id"),
        ("GET", f"/__ringback/exchanges?org={UNKNOWN}", 404, "POST /__ringback/orgs"),
        ("GET", f"/__ringback/exchanges/{UNKNOWN}?org=x", 404, "no org has the id x"),
        ("POST", "/__ringback/reset?org=nope", 404, "no org has the id nope"),
        ("GET", "/__ringback/exchanges?limit=-1", 400, "limit=-1"),
        ("GET", "/__ringback/exchanges?limit=\u0661", 400, "whole number"),
        ("GET", "/__ringback/exchanges?limit=", 400, "whole number"),
        ("GET", "/__ringback/exchanges?Org=x", 400, "no query parameter 'Org'"),
        ("POST", "/__ringback/orgs?org=x", 400, "known: none"),
    ],
)
def test_a_mistake_is_named(client: FlaskClient, method: str, path: str, status: int, word: str) -> None:
    assert_problem(client.open(path, method=method), status, word)


@pytest.mark.parametrize("body", [b'{"sip_trunking": false}', b"not json", b"[]"])
def test_a_body_that_would_do_nothing_is_refused(client: FlaskClient, body: bytes) -> None:
    place(client)
    assert_problem(client.post("/__ringback/reset", data=body), 400, "takes no body")
    assert len(exchanges(client)) == 1


def test_a_fresh_org_can_differ_in_its_switches(client: FlaskClient) -> None:
    fresh = client.post("/__ringback/orgs", json={"strict_numbers": True, "limits": {"rate_per_minute": 2}})
    token = fresh.get_json()["tokens"]["alice"]
    dead = b'{"phoneNumber": "+15551234567"}'
    assert [place(client, token, dead).status_code for _ in range(3)] == [422, 422, 429]
    assert place(client, "alice", dead).status_code == 202


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"not json", "no JSON object of switches"),
        (b"[]", "no JSON object of switches"),
        (b"false", "no JSON object of switches"),
        (b'{"strict_number": true}', "'strict_number' is no switch"),
        (b'{"users": []}', "'users' is no switch"),
        (b'{"strict_numbers": 1}', "strict_numbers: expected true or false"),
        (b'{"contract": "both"}', "contract: 'both' is none of"),
        (b'{"contract": null}', "contract: null is none of"),
        (b'{"limits": {"rate_per_minute": 0}}', "limits.rate_per_minute: 0 must be 1 to"),
    ],
)
def test_what_is_no_switch_makes_no_org(client: FlaskClient, body: bytes, word: str) -> None:
    assert_problem(client.post("/__ringback/orgs", data=body), 400, word)


@pytest.mark.parametrize("body", [b"", b"{}", b" null\n"])
def test_an_empty_body_is_none(client: FlaskClient, body: bytes) -> None:
    assert client.post("/__ringback/orgs", data=body).status_code == 201


@pytest.mark.parametrize("own_org", [False, True])
def test_the_link_of_a_refusal_leads_to_its_exchange(client: FlaskClient, own_org: bool) -> None:
    token = client.post("/__ringback/orgs").get_json()["tokens"]["alice"] if own_org else "alice"
    refused = place(client, token, b'{"phoneNumber": "hello"}')
    target, relation = refused.headers["Link"].split("; ")
    assert relation == 'rel="describedby"'
    found = client.get(target.strip("<>")).get_json()
    assert found["id"] == refused.headers["ININ-Correlation-Id"]
    assert "Link" not in place(client, token).headers


def test_an_exchange_is_explained_with_the_caller_and_the_org_that_it_had(client: FlaskClient) -> None:
    sent = {"to": {"phoneNumber": "+442079460100"}, "from": {"id": "a11ce000-0000-4000-8000-000000000001"}}
    body = json.dumps(sent).encode()
    of_carol = explained(client, place(client, "carol", body))
    assert (of_carol["verdict"], of_carol["status"]) == ("rejected", 403)
    assert [finding["rule"] for finding in of_carol["findings"]][:3] == [
        "permission.missing",
        "address.shape",
        "address.untyped",
    ]
    assert of_carol["equivalent"] is None  # there is nothing that carol could send
    assert of_carol["unknown"] == []
    of_alice = explained(client, place(client, "alice", body))
    assert [finding["rule"] for finding in of_alice["findings"]] == ["address.shape", "address.untyped"]
    assert of_alice["equivalent"]["body"] == {"phoneNumber": "+442079460100"}


def test_a_refused_login_is_explained(client: FlaskClient) -> None:
    form = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "hush"}
    refused = client.post("/oauth/token", data=form)
    explanation = explained(client, refused)
    assert (explanation["verdict"], explanation["code"]) == ("rejected", "invalid_client")
    assert "login host" in explanation["findings"][0]["fix"]


@pytest.mark.parametrize("kind", ["unavailable", "bad-gateway", "not-json"])
def test_a_login_that_a_fault_struck_is_explained_too(client: FlaskClient, kind: str) -> None:
    client.post("/__ringback/faults", json={"kind": kind, "operation": "login"})
    form = {"grant_type": "client_credentials", "client_id": "demo-service", "client_secret": "demo-secret"}
    assert explained(client, client.post("/oauth/token", data=form))["verdict"] == "accepted"


@pytest.mark.parametrize(
    ("method", "query"),
    [("GET", "?client_id=demo-app&redirect_uri=http://evil.example/"), ("POST", "")],
)
def test_a_refused_page_is_not_told_to_be_a_path_that_is_none(
    client: FlaskClient, method: str, query: str
) -> None:
    explanation = explained(client, client.open(f"/oauth/authorize{query}", method=method))
    assert (explanation["verdict"], explanation["status"]) == ("rejected", 400)
    assert explanation["findings"] == []
    assert [note["id"] for note in explanation["notes"]] == ["journal.beside"]


def test_a_path_that_is_none_is_told_with_the_nearest(client: FlaskClient) -> None:
    explanation = explained(client, client.post("/v2/conversations/calls", json={}))
    assert explanation["findings"][0]["rule"] == "path.unknown"


def test_an_explanation_shows_no_number_of_a_person(client: FlaskClient) -> None:
    explanation = explained(client, place(client, body=b'{"to": "+13172222222", "from": {}}'))
    assert explanation["equivalent"]["body"]["phoneNumber"].startswith("+1317***")
    assert "2222222" not in str(explanation)


@pytest.mark.parametrize(
    ("body", "status", "rule", "pointer"),
    [
        (b'{"to": 5, "x": "' + b"x" * 2**17 + b'"}', 400, "address.missing", "/from"),
        (b'{"phoneNumber": "+442079460100"' + b" " * 512_000 + b"}", 413, "body.too-large", ""),
    ],
)
def test_of_a_body_that_was_cut_the_verdict_is_explained(
    client: FlaskClient, body: bytes, status: int, rule: str, pointer: str
) -> None:
    explanation = explained(client, place(client, body=body))
    assert (explanation["verdict"], explanation["status"], explanation["rule"]) == ("rejected", status, rule)
    (finding,) = explanation["findings"]
    assert (finding["rule"], finding["pointer"], finding["fix"]) == (rule, pointer, TABLE[rule].fix)
    assert [note["id"] for note in explanation["notes"]] == ["journal.cut"]
    assert explanation["equivalent"] is None


def test_a_long_body_that_was_accepted_is_said_to_be(client: FlaskClient) -> None:
    body = b'{"phoneNumber": "+442079460100"' + b" " * 2**17 + b"}"
    explanation = explained(client, place(client, body=body))
    assert (explanation["verdict"], explanation["status"], explanation["findings"]) == ("accepted", 202, [])
    assert [note["id"] for note in explanation["notes"]] == ["journal.cut"]


@pytest.mark.parametrize(
    ("body", "headers", "rule"),
    [
        (b'{"phoneNumber": "' + b"1" * 20_000 + b'"}', {}, None),
        (b'{"to": 5, "x": "' + b"1" * 20_000 + b'"}', {}, "address.missing"),
        (CALL, {"X-Long": "1" * 20_000}, None),
    ],
)
def test_of_a_long_request_the_verdict_is_explained(
    client: FlaskClient, body: bytes, headers: dict[str, str], rule: str | None
) -> None:
    alice = {"Authorization": "Bearer alice"}
    reply = client.post(CALLS, data=body, headers=alice | headers, content_type="application/json")
    explanation = explained(client, reply)
    assert explanation["rule"] == rule
    assert [note["id"] for note in explanation["notes"]] == ["journal.long"]
    assert "ringback explain" in explanation["notes"][0]["message"]


def explained(client: FlaskClient, reply: TestResponse) -> Any:
    found = client.get(f"/__ringback/exchanges/{reply.headers['ININ-Correlation-Id']}").get_json()
    return found["explanation"]


def test_what_redacts_is_loaded_only_for_whoever_looks() -> None:
    """It takes an eighth of the time to the first accepted call."""
    code = (
        "import sys\n"
        "from ringback_contracts.core.model import Request\n"
        "from ringback_mock.engine.store import Store\n"
        "from ringback_mock.site import Site\n"
        "site = Site(Store())\n"
        "loaded = lambda: 'ringback_contracts.privacy' in sys.modules\n"
        "headers = {'authorization': 'Bearer alice', 'content-type': 'application/json'}\n"
        'body = b\'{"phoneNumber": "+442079460100"}\'\n'
        "placed = site.answer(Request('POST', '/api/v2/conversations/calls', headers, body))\n"
        "assert placed.status == 202 and not loaded()\n"
        "looked = site.answer(Request('GET', '/__ringback/exchanges'))\n"
        "assert b'+442079460100' in looked.whole().body and loaded()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_what_explains_is_loaded_only_for_whoever_asks() -> None:
    """It would make the first request that goes to Flask wait."""
    code = (
        "import sys\n"
        "from ringback_mock.app import create_app\n"
        "browser = create_app().test_client()\n"
        "loaded = lambda: 'ringback_explain' in sys.modules\n"
        "assert browser.get('/__ringback/exchanges').status_code == 200 and not loaded()\n"
        "asked = browser.get('/api/v2/users/me').headers['ININ-Correlation-Id']\n"
        "assert browser.get(f'/__ringback/exchanges/{asked}').status_code == 200 and loaded()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
