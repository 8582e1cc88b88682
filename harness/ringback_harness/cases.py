"""Regression cases: files that say what was sent, as whom, what must come back and why anybody cares.

docs/cases.md describes the files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson
import yaml

from ringback_client import CallsClient, RingbackError
from ringback_client.atomic_write import atomic_write
from ringback_client.urls import astray
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import CONTRACTS, PUBLISHED, Contract, Request, Rule
from ringback_contracts.core.nearest import nearest
from ringback_contracts.openapi.admin import SWITCHES
from ringback_contracts.org import OrgError, changed, default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.check.curl import clean
from ringback_harness.check.expectation import Expected
from ringback_harness.check.reasons import ERRORS
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip, operation_of
from ringback_harness.check.rules import Worlds, answered
from ringback_harness.check.saving import why_not
from ringback_harness.exits import SetupError
from ringback_harness.targets import OutOfReach

SUITE = "cases"
NOBODY = "nobody"
"""A token that no org has."""
SUFFIXES = (".yaml", ".yml", ".json")
KEYS = ("why", "as", "request", "intent", "org", "expect")
REQUEST_KEYS = ("method", "path", "headers", "body", "raw", "base64")
BODY_KEYS = ("body", "raw", "base64")
INTENT_KEYS = ("to", "from", "contract", "fields")
EXPECT_KEYS = ("status", "code", "rule")
ORG_KEYS = tuple(key for key in SWITCHES if key not in ("limits", "effect_seconds"))
"""A rate limit and a delay show in several requests, and a case is one."""
ANSWERS = range(200, 600)
"""What a last answer's status can be (RFC 9110, 15)."""
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110, 9.1)."""
_UNWRITABLE = re.compile(r"[\\#\x00-\x1f\x7f]")
"""Control characters, what begins a fragment, and the backslash, which some readers take for a slash."""
_UNDECODABLE = re.compile(r"%2[fF]|%(?![0-9a-fA-F]{2}).{0,2}")
"""A slash that is data, which a decoded path does not tell from another, and what encodes no octet."""


class CaseError(SetupError):
    """A file that is no case: where, what and what would do."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One request and the answer that it must get.

    ``request`` names its token as the default org does; ``switches`` are those of the org it needs.
    """

    name: str
    why: str
    request: Request
    expected: Expected
    switches: Mapping[str, Any] = field(default_factory=dict)


# --- reading ------------------------------------------------------------------------------------------


def load_cases(folder: Path) -> list[CaseFile]:
    """The cases of a folder's YAML and JSON files, by name. Raises ``CaseError``."""
    if not folder.is_dir():
        raise CaseError(f"{folder} is no folder; cases are its .yaml and .json files")
    files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not files:
        raise CaseError(
            f"{folder} holds no case: no file ends in {', '.join(SUFFIXES)}. Write one as docs/cases.md "
            "shows, or let 'ringback check --save' write what one request shows; it says of any other "
            "failure why not"
        )
    return [load_case(path) for path in files]


def load_case(path: Path) -> CaseFile:
    """The case of one file. Raises ``CaseError``, which names the file and the nearest valid key."""
    try:
        # JSON is YAML, but YAML's reader takes what no JSON is.
        text = path.read_text("utf-8")
        document = orjson.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
        return _case(path.stem, document)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, orjson.JSONDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from error
    except _Wrong as error:
        raise CaseError(f"{path}: {error}") from error


class _Wrong(Exception):
    """What is wrong in a case, and where."""


def _case(name: str, document: object) -> CaseFile:
    case = _table(document, "the file", KEYS)
    if ("request" in case) == ("intent" in case):
        raise _Wrong("give either a 'request' or an 'intent'")
    request = _request(case["request"]) if "request" in case else _intended(case["intent"])
    switches = _table(case.get("org", {}), "org", ORG_KEYS)
    try:
        changed(default_org(), switches)
    except OrgError as error:
        raise _Wrong(f"org: {error}") from error
    expected = replace(_expected(case), operation=operation_of(request))
    return CaseFile(name, _text(case, "why"), _asked_by(request, case), expected, switches)


def _asked_by(request: Request, case: Mapping[str, Any]) -> Request:
    """The request as whoever ``as`` names sends it: nobody, where it is null."""
    token = case.get("as", "alice")
    if token is None:
        return request
    known = [*default_org().token_by_value, NOBODY]
    if token not in known:
        near = nearest(str(token), known, at_least=0)
        # A real token has no place in a file, so its value is not repeated here either.
        raise _Wrong(f"as: this is no token of the default org; the nearest is {near!r}, and null sends none")
    return replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})


def _table(value: object, where: str, keys: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Wrong(f"{where}: expected a table of keys and values")
    known = list(keys)
    for key in value if known else ():
        if key not in known:
            near = nearest(str(key), known, at_least=0)
            raise _Wrong(f"{where}: there is no key {key!r}; the nearest is {near!r}")
    return dict(value)


def _text(table: Mapping[str, Any], key: str, usual: str | None = None) -> str:
    value = table.get(key, usual)
    if not isinstance(value, str) or not value:
        raise _Wrong(f"'{key}' is missing or no text")
    return value


def _request(value: object) -> Request:
    given = _table(value, "request", REQUEST_KEYS)
    headers = {"content-type": "application/json", "host": "127.0.0.1"}
    for name, text in _table(given.get("headers", {}), "request.headers").items():
        headers[str(name).lower()] = str(text)
    if "authorization" in headers:
        raise _Wrong("request.headers: say who asks with 'as'; a token does not belong into a file")
    path, query = _place(given)
    return Request(_method(given), path, headers, _body_of(given), query)


def _method(given: Mapping[str, Any]) -> str:
    method = _text(given, "method", "POST")
    if not _METHOD.fullmatch(method):
        raise _Wrong("request.method: no HTTP method has spaces or signs like these")
    return method


def _place(given: Mapping[str, Any]) -> tuple[str, str]:
    """The percent-decoded path, which must not lead away from the target, and the query."""
    written = _text(given, "path", CALLS_PATH)
    if found := _UNWRITABLE.search(written):
        raise _Wrong(f"request.path: it holds {found[0]!r}, which no URL does; write {quote(found[0])}")
    encoded, _, query = written.partition("?")
    if found := _UNDECODABLE.search(encoded):
        raise _Wrong(
            f"request.path: {found[0]!r} cannot be sent so; write / for a slash, %25 for a percent sign"
        )
    try:
        path = unquote(encoded, errors="strict")
    except UnicodeDecodeError as error:
        raise _Wrong(f"request.path: its octets are no UTF-8 ({error.reason})") from error
    if why := astray(path):
        raise _Wrong(f"request.path: it {why}; write it from the first slash on, such as {CALLS_PATH}")
    return path, query


def _body_of(given: Mapping[str, Any]) -> bytes:
    """The body: JSON under ``body``, text as it stands under ``raw``, any octets under ``base64``."""
    named = [key for key in BODY_KEYS if key in given]
    if len(named) > 1:
        raise _Wrong(f"request: give only one of {', '.join(named)}")
    try:
        if "raw" in given:
            return _text(given, "raw").encode()
        if "base64" in given:
            return base64.b64decode(_text(given, "base64"), validate=True)
        return json.dumps(given["body"], allow_nan=False).encode() if "body" in given else b""
    except (TypeError, ValueError) as error:
        raise _Wrong(f"request.{named[0]}: {error}; quote dates, and keys that are no texts") from error


def _intended(value: object) -> Request:
    given = _table(value, "intent", INTENT_KEYS)
    contract: Contract = given.get("contract", PUBLISHED)
    if contract not in CONTRACTS:
        raise _Wrong(f"intent.contract: {contract!r} is none of {', '.join(CONTRACTS)}")
    from_ = _text(given, "from") if "from" in given else None
    fields = _table(given.get("fields", {}), "intent.fields")
    try:
        built = CallsClient.build_request(_text(given, "to"), from_, contract=contract, fields=fields)
    except RingbackError as error:
        raise _Wrong(f"intent: {error}") from error
    return replace(built, headers={**built.headers, "host": "127.0.0.1"})


def _expected(case: Mapping[str, Any]) -> Expected:
    given = _table(case.get("expect"), "expect", EXPECT_KEYS)
    rule = TABLE.by_id.get(given["rule"]) if "rule" in given else None
    if "rule" in given and rule is None:
        near = nearest(str(given["rule"]), TABLE.by_id, at_least=0)
        raise _Wrong(f"expect.rule: there is no rule {given['rule']!r}; the nearest is {near!r}")
    status = given.get("status", rule.status if rule else None)
    if type(status) is not int:
        raise _Wrong("expect: 'status' is missing or no whole number")
    code = given.get("code", rule.code if rule else None)
    if status >= ERRORS and not isinstance(code, str):
        raise _Wrong("expect: an error needs its 'code', or the 'rule' that gives it")
    expected = Expected(status, code, rule.id if rule else None)
    _refuse_contradiction(expected, rule)
    return expected


def _refuse_contradiction(expected: Expected, rule: Rule | None) -> None:
    """Raise for what no answer can be."""
    if expected.status not in ANSWERS:
        raise _Wrong(f"expect.status: {expected.status} ends no exchange; 200 to 599 do")
    if rule and (expected.status, expected.code) != (rule.status, rule.code):
        key = "status" if expected.status != rule.status else "code"
        raise _Wrong(
            f"expect.{key}: {getattr(expected, key)!r} is not the rule's: {rule.id} answers "
            f"{rule.status} {rule.code}; leave out '{key}', or 'rule'"
        )
    if expected.status < ERRORS and expected.code is not None:
        raise _Wrong(
            f"expect.code: {expected.status} is no error, and comes without a code; leave one of them out"
        )


# --- running ------------------------------------------------------------------------------------------


def check_cases(worlds: Worlds, cases: Iterable[CaseFile]) -> Iterator[Result]:
    """Try each case."""
    for case in cases:
        yield try_case(worlds, case)


def asked_for(cases: Iterable[CaseFile]) -> list[tuple[str, Request]]:
    """What cases, by name, send to an org that is as it is; it cannot be asked those that need another."""
    return [(case.name, case.request) for case in cases if not case.switches]


def try_case(worlds: Worlds, case: CaseFile) -> Result:
    """Send one case's request and hold the answer against what it says."""
    attempt = Result(
        SUITE,
        case.name,
        operation_of(case.request),
        CheckOutcome.NOT_REACHED,
        exchange=RoundTrip(case.request),
        switches=case.switches,
    )
    try:
        world = worlds.get(case.switches)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    return answered(attempt, world, case.request, case.expected)


# --- writing ------------------------------------------------------------------------------------------


def save_failures(failures: Iterable[Result], folder: Path) -> list[Path]:
    """Write each failure that a case can say (``why_not``); a file that is there already stays.

    Raises ``SetupError`` where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder, failure) for failure in failures if why_not(failure) is None]
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}") from error


def _write(folder: Path, failure: Result) -> Path:
    document = as_document(failure)
    text = yaml.safe_dump(document, sort_keys=False, width=110)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = folder / f"{re.sub(r'[^a-z0-9]+', '-', failure.subject.lower()).strip('-')}-{digest}.yaml"
    if not path.exists():
        with atomic_write(path) as file:
            file.write(text)
    return path


def as_document(failure: Result) -> dict[str, Any]:
    """A failure as a case's file says it, without secrets. Its expectation must be known."""
    if failure.exchange is None or failure.expected is None:
        raise ValueError("a failure without a request or an expectation is no case")
    cleaner = Cleaner()
    request, expected = clean(failure.exchange.request, cleaner), failure.expected
    token = token_of(request)
    told = {"status": expected.status, "code": expected.code, "rule": expected.rule}
    return {
        "why": "; ".join(map(cleaner.text, failure.reasons)) or "it failed once",
        "as": token if token in default_org().token_by_value else NOBODY if token else None,
        **({"org": dict(failure.switches)} if failure.switches else {}),
        "request": _written(request),
        "expect": {key: value for key, value in told.items() if value is not None},
    }


def _written(request: Request) -> dict[str, Any]:
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("authorization", "host") and (name, value) != ("content-type", "application/json")
    }
    written: dict[str, Any] = {"method": request.method, "path": _written_place(request)}
    if headers:
        written["headers"] = headers
    return written | _written_body(request.body)


def _written_place(request: Request) -> str:
    query = _UNWRITABLE.sub(lambda found: quote(found[0]), request.query)
    return quote(request.path) + (f"?{query}" if query else "")


def _written_body(body: bytes) -> dict[str, Any]:
    """The body as JSON where that loses nothing, else as text, else as octets."""
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {"raw": text}
    return {"body": value} if _written_alike(value, text) else {"raw": text}


def _refuse(constant: str) -> Any:
    """NaN and the infinities, which Python reads, are no JSON (RFC 8259 section 6)."""
    raise ValueError(constant)


def _written_alike(value: Any, text: str) -> bool:
    """Whether a writer of JSON gives the text, so that reading it has lost nothing."""
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    return text in (json.dumps(value), json.dumps(value, **compact))  # type: ignore[arg-type]  # options by name
