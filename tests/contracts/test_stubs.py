"""Made-up answers: the official SDKs read each of them, and nothing in them misleads a program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.http.sdk_operations import SdkOperation, sdk_operation, sdk_operations
from ringback_contracts.http.stubs import stub
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.process import serving
from tests.sdk import sdk_folder

ROOT = Path(__file__).parents[2]
ID = "5eed0000-0000-4000-8000-00000000ca11"
NOW = "2026-11-30T21:00:00.000Z"
OTHERS = [operation for operation in sdk_operations() if operation.id not in BY_ID]


def filled(operation: SdkOperation) -> str:
    """A path of the operation, with an id for each parameter."""
    return re.sub(r"\{\w+\}", ID, operation.template)


def made(operation_id: str, **sent: Any) -> tuple[int, Any]:
    operation = sdk_operation(operation_id)
    return stub(operation, filled(operation), NOW, sent)


def asked(
    method: str, path: str, token: str | None = "alice", body: Any = None, *, stubs: bool = True
) -> Any:
    site = Site(Store())
    site.pipeline.stub = stubs
    headers = {"host": "127.0.0.1", "content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    sent = b"" if body is None else json.dumps(body).encode()
    return site.answer(site.request(method, path, headers, sent))


# What is made


def test_a_model_has_its_fields_and_the_id_of_the_path() -> None:
    status, skill = made("getRoutingSkill")
    assert status == 200
    assert skill["id"] == ID
    assert skill["selfUri"] == f"/api/v2/routing/skills/{ID}"
    assert (skill["name"], skill["state"], skill["dateModified"]) == ("name", "active", NOW)


def test_a_listing_has_one_entity_and_no_further_page() -> None:
    _, listing = made("getRoutingSkills")
    assert len(listing["entities"]) == listing["total"] == listing["pageCount"] == 1
    assert not {"nextUri", "previousUri", "firstUri", "lastUri"} & listing.keys()
    assert listing == made("getRoutingSkills")[1], "the same request has the same ids"


def test_what_was_sent_comes_back_where_the_model_has_it() -> None:
    _, skill = made("postRoutingSkills", name="Esperanto", version=7, unheard_of="x", id="mine")
    assert skill["name"] == "Esperanto"
    assert skill["version"] == "version", "a number is no text"
    assert "unheard_of" not in skill
    assert skill["selfUri"] == f"/api/v2/routing/skills/{skill['id']}"


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return value.keys() | set().union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def test_every_operation_has_an_answer_of_bounded_size_that_tells_no_error_and_no_next_page() -> None:
    largest = 0
    for operation in OTHERS:
        status, value = stub(operation, filled(operation), NOW, {})
        assert 200 <= status < 300
        assert (value is None) == (status == 204)
        assert not {"error", "errors", "nextUri", "cursor", "nextCursor", "errorInfo"} & _keys(value)
        largest = max(largest, len(json.dumps(value)))
    assert largest < 1_000_000


# What is answered


def test_it_is_off_unless_asked_for() -> None:
    answer = asked("GET", "/api/v2/routing/skills", stubs=False)
    assert answer.status == 501
    assert "Ringback-Stub" not in dict(answer.headers)


def test_a_made_up_answer_is_marked_and_a_served_one_is_not() -> None:
    answer = asked("GET", "/api/v2/routing/skills")
    assert (answer.status, dict(answer.headers)["Ringback-Stub"]) == (200, "true")
    assert {"ININ-Correlation-Id", "Ringback-Version"} <= dict(answer.headers).keys()
    assert "Ringback-Stub" not in dict(asked("GET", "/api/v2/users/me").headers)


def test_a_made_up_answer_is_counted_as_its_operation_s() -> None:
    site = Site(Store())
    site.pipeline.stub = True
    headers = {"host": "127.0.0.1", "authorization": "Bearer alice"}
    site.answer(site.request("GET", "/api/v2/routing/skills", headers, b""))
    assert site.tally.exchanges == {("getRoutingSkills", 200, ""): 1}


def test_an_operation_without_a_body_is_answered_without_one() -> None:
    answer = asked("DELETE", "/api/v2/routing/skills/5eed0000-0000-4000-8000-00000000ca11")
    assert (answer.status, answer.body, dict(answer.headers)["Ringback-Stub"]) == (204, b"", "true")


@pytest.mark.parametrize(
    ("token", "rule"), [(None, "token.missing"), ("nobody", "token.unknown"), ("expired", "token.expired")]
)
def test_the_token_must_be_good_all_the_same(token: str | None, rule: str) -> None:
    answer = asked("GET", "/api/v2/routing/skills", token)
    assert (answer.status, dict(answer.headers)["Ringback-Rule"]) == (401, rule)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v2/nothing", 404),
        ("PUT", "/api/v2/users/me", 405),
        ("POST", "/api/v2/conversations/calls", 400),
    ],
)
def test_what_else_is_refused_still_is(method: str, path: str, status: int) -> None:
    assert asked(method, path, body={}).status == status


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"name": {"x": 1}}', b"", b"{", b"\xff", b"[" * 100])
@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "text/csv"])
def test_whatever_body_is_sent_is_answered_and_one_that_is_no_json_is_noted(
    body: bytes, media_type: str
) -> None:
    site = Site(Store())
    site.pipeline.stub = True
    headers = {"host": "127.0.0.1", "authorization": "Bearer alice", "content-type": media_type}
    answer = site.answer(site.request("POST", "/api/v2/routing/skills", headers, body))
    assert answer.status == 200
    assert json.loads(answer.body)["name"] == "name"
    is_json = body == b"" or body.endswith((b"]", b"l", b"}"))
    noted = dict(answer.headers).get("Ringback-Note", "")
    assert ("this is no JSON: " in noted) == ("json" in media_type and not is_json)


# The official SDKs

KIND = re.compile(
    r"^    def ((?:delete|get|head|patch|post|put)_\w+)\(.*?response_type=(None|'[^']+')",
    re.MULTILINE | re.DOTALL,
)
EVERY = 25
"""Of so many operations one is asked for over HTTP, by the JavaScript SDK."""
IN_JAVASCRIPT = """
const sdk = require('purecloud-platform-client-v2');
const client = sdk.ApiClient.instance;
const [host, port] = process.env.RINGBACK_URL.replace('http://', '').split(':');
client.setGateway({protocol: 'http', host, port: Number(port)});
client.setAccessToken('alice');
const wanted = JSON.parse(process.env.WANTED);
const apis = Object.keys(sdk).filter((name) => name.endsWith('Api')).map((name) => new sdk[name]());
(async () => {
  let answered = 0;
  for (const name of wanted) {
    const api = apis.find((one) => typeof one[name] === 'function');
    if (!api) continue;  // it is of another release than the Python SDK
    const parameters = Array.from({length: Math.max(api[name].length, 8)}, () => process.env.ID);
    const value = await api[name](...parameters);
    if (value === undefined) throw new Error(`nothing came of ${name}`);
    answered += 1;
  }
  console.log(answered);
})().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
"""


def _kinds() -> dict[str, str]:
    """What each operation answers with, in the words of the SDK."""
    texts = (file.read_text("utf-8") for file in (sdk_folder() / "apis").glob("*.py"))
    return {
        re.sub(r"_(\w)", lambda initial: initial[1].upper(), name): kind.strip("'")
        for text in texts
        for name, kind in KIND.findall(text)
    }


@pytest.mark.sdk
def test_the_data_are_what_the_sdk_has() -> None:
    sdk_folder()
    tool = ROOT / "tools" / "sdk_models.py"
    done = subprocess.run(
        [sys.executable, tool, "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[:2_000]


@pytest.mark.node
def test_the_official_javascript_sdk_reads_answers() -> None:
    modules = ROOT / "examples" / "node_modules"
    if shutil.which("node") is None or not modules.is_dir():
        pytest.skip("Node.js or its modules are missing: make examples/node_modules/.ready")
    with_body = [each.id for each in OTHERS if stub(each, filled(each), NOW, {})[1]]
    wanted = with_body[::EVERY]
    with serving("--stub") as server:
        done = subprocess.run(
            ["node", "-e", IN_JAVASCRIPT],
            env=os.environ
            | {"NODE_PATH": str(modules), "RINGBACK_URL": server.url, "WANTED": json.dumps(wanted), "ID": ID},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) > 0.9 * len(wanted)


@pytest.mark.sdk
def test_the_official_python_sdk_reads_every_answer() -> None:
    """In a process of its own: importing the SDK watches the home folder."""
    program = """
import json, re, sys
from pathlib import Path
import PureCloudPlatformClientV2 as sdk
from PureCloudPlatformClientV2.api_client import ApiClient
read = ApiClient()._ApiClient__deserialize
answers = json.load(sys.stdin)
for operation, (kind, value) in answers.items():
    model = read(value, kind)
    if isinstance(value, dict) and value and hasattr(model, "attribute_map"):
        known = set(model.attribute_map.values())
        assert not value.keys() - known, (operation, value.keys() - known)
        sdk.ApiClient().sanitize_for_serialization(model)
print(len(answers))
"""
    kinds = _kinds()
    answers = {}
    for operation in OTHERS:
        status, value = stub(operation, filled(operation), NOW, {})
        if status != 204:
            answers[operation.id] = (kinds[operation.id], value)
    assert len(answers) > 2_500
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(answers),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.strip() == str(len(answers))
