"""The body as such: its media type, its size, its JSON, and whether it is of its model."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import lru_cache

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    COMMON_ERRORS,
    FINE,
    OK,
    OUR_CHOICE,
    SDK,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
    ill_typed,
    rule,
)
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import Operation, with_body, with_object
from ringback_contracts.core.payload import MAX_BYTES, MAX_DEPTH, SHORT, shared
from ringback_contracts.schemas import type_errors

CALL = {"phoneNumber": TEST_NUMBER}
GZIPPED = {"content-encoding": "gzip"}
UNREADABLE = "The request could not be understood by the server: its body is not valid JSON"


@rule(
    id="media-type.unsupported",
    stage=Stage.MEDIA_TYPE,
    status=415,
    code="unsupported.media.type",
    message="Unsupported media type; the body must be application/json",
    title="The body is not declared as JSON",
    fix="Send 'Content-Type: application/json'; curl needs -H for it, since -d alone declares a form.",
    evidence=Evidence.PUBLISHED,
    source=COMMON_ERRORS,
    knowledge=Knowledge.REQUEST,
    operations=with_body,
    rejects=[
        Example(CALL, headers={"content-type": "text/plain"}),
        Example(raw=b"phoneNumber=1", headers={"content-type": "application/x-www-form-urlencoded"}),
        Example(CALL, headers={"content-type": ""}),
    ],
    accepts=[OK, Example(CALL, headers={"content-type": "application/json; charset=utf-8"})],
)
def media_type_unsupported(case: Case) -> Sequence[Violation]:
    given = case.request.headers.get("content-type", "")
    if not case.request.body and case.operation and case.operation.body_optional:
        return FINE
    if given == "application/json" or given.partition(";")[0].strip().lower() == "application/json":
        return FINE
    return found(f"the Content-Type is {given or 'not given'!r}", "Content-Type")


@rule(
    id="content-coding.unsupported",
    stage=Stage.MEDIA_TYPE,
    status=415,
    code="unsupported.media.type",
    message="Unsupported content coding; the body must come as it is",
    title="The body is compressed",
    fix="Send the body as it is, without Content-Encoding: switch compression of requests off.",
    evidence=Evidence.ASSUMED,
    source=f"RFC 9110, 8.4 and 15.5.16; {OUR_CHOICE}",
    knowledge=Knowledge.REQUEST,
    operations=with_body,
    rejects=[
        Example(raw=gzip.compress(b'{"phoneNumber": "+442079460100"}', mtime=0), headers=GZIPPED),
        Example(CALL, headers={"content-encoding": "br"}),
    ],
    accepts=[OK, Example(CALL, headers={"content-encoding": "identity"})],
)
def content_coding_unsupported(case: Case) -> Sequence[Violation]:
    given = case.request.headers.get("content-encoding", "")
    if given.strip().lower() in ("", "identity"):
        return FINE
    return found(f"the Content-Encoding is {given!r}", "Content-Encoding")


@rule(
    id="body.too-large",
    stage=Stage.SIZE,
    status=413,
    code="request.entity.too.large",
    message="The request is larger than {limit} bytes",
    title="The body has more than 512,000 bytes",
    fix="Send a smaller body; only attributes and participants can grow a call request that far.",
    evidence=Evidence.PUBLISHED,
    source=f"{COMMON_ERRORS}; the figure is the platform's limit request.bytes.max",
    knowledge=Knowledge.REQUEST,
    operations=with_body,
    rejects=[Example(raw=b'{"phoneNumber": "+442079460100"}' + b" " * MAX_BYTES)],
    accepts=[OK, Example(raw=b'{"phoneNumber": "+442079460100"}'.ljust(MAX_BYTES))],
)
def body_too_large(case: Case) -> Sequence[Violation]:
    if len(case.request.body) <= MAX_BYTES:
        return FINE
    return found(f"the body has more than {MAX_BYTES:,} bytes", "", limit=str(MAX_BYTES))


@rule(
    id="json.malformed",
    stage=Stage.JSON,
    status=400,
    message=UNREADABLE,
    title="The body is not JSON",
    fix="Send strict JSON in UTF-8: straight double quotes, no comments, no NaN, no trailing commas.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: bad.request",
    knowledge=Knowledge.REQUEST,
    operations=with_body,
    rejects=[
        Example(raw=b"phoneNumber: 5"),
        Example(raw=b'{"priority": NaN}'),
        Example(raw=b""),
        Example(raw="{“phoneNumber”: “+442079460100”}".encode()),
        Example(raw=b'{"phoneNumber": "\xff"}'),
    ],
    accepts=[OK],
)
def json_malformed(case: Case) -> Sequence[Violation]:
    if case.payload.error is None or len(case.request.body) > MAX_BYTES:
        return FINE
    return found(case.payload.error)


@rule(
    id="json.too-deep",
    stage=Stage.JSON,
    status=400,
    message="The request could not be understood by the server: its body is nested too deeply",
    title=f"The body nests arrays and objects deeper than {MAX_DEPTH}",
    fix="Send a flat body; no call request nests deeper than three.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    knowledge=Knowledge.REQUEST,
    operations=with_body,
    rejects=[Example(raw=b'{"x":' * 65 + b"1" + b"}" * 65)],
    accepts=[OK, Example(raw=b'{"phoneNumber":"+442079460100","x":' + b"[" * 63 + b"]" * 63 + b"}")],
)
def json_too_deep(case: Case) -> Sequence[Violation]:
    return found(f"the body nests deeper than {MAX_DEPTH}") if case.payload.too_deep else FINE


@rule(
    id="body.not-an-object",
    stage=Stage.SCHEMA,
    status=400,
    message="The request body must be a JSON object",
    title="The body is JSON, but no object",
    fix='Send an object, for example {"phoneNumber": "+442079460100"}.',
    evidence=Evidence.PUBLISHED,
    source=f"model CreateCallRequest of the {SDK}",
    knowledge=Knowledge.REQUEST,
    operations=with_object,
    rejects=[Example(raw=b"[]"), Example(raw=b"null"), Example(raw=b'"tel:+442079460100"')],
    accepts=[OK],
)
def body_not_an_object(case: Case) -> Sequence[Violation]:
    if not case.payload.readable or case.body is not None:
        return FINE
    kind = {list: "an array", str: "a string", type(None): "null"}.get(
        type(case.payload.value), "a plain value"
    )
    return found(f"the body is {kind}")


class ModelledCase(Case):
    """A request whose body is held to the types and words of its model."""

    @lazy
    def reads(self) -> str | None:
        """The model of the body."""
        return self.operation.reads if self.operation else None

    @lazy
    def errors(self) -> list[tuple[str, str]]:
        """Where the body is not of its model (JSON pointers), and how."""
        if not self.reads or self.body is None:
            return []
        raw = self.request.body
        return _errors_of(raw, self.reads) if len(raw) <= SHORT else type_errors(self.body, self.reads)


@lru_cache(maxsize=1024)
def _errors_of(raw: bytes, model: str) -> list[tuple[str, str]]:
    """The same of a short body; one that says nothing, where it may, has nothing wrong."""
    value = shared(raw).value
    return type_errors(value, model) if isinstance(value, dict) else []


def _modelled(operation: Operation) -> bool:
    """Those whose body is held to its model, and by no rule of its own."""
    judged_elsewhere = operation.reads in ("CallUpdate", "ParticipantAttributes")
    return with_object(operation) and issubclass(operation.facts, ModelledCase) and not judged_elsewhere


_PRESENCE = f"/api/v2/users/{ALICE}/presences/purecloud"
_AVAILABLE = {"presenceDefinition": {"id": "6a3af858-942f-489d-9700-5f9bcdcdae9b"}}
_FORWARDING = f"/api/v2/users/{ALICE}/callforwarding"
_PARTICIPANT = f"/api/v2/conversations/calls/{ALICE}/participants/{ALICE}"
_SEARCH = "/api/v2/conversations/participants/attributes/search"


def _patch(body: dict[str, object], path: str) -> Example:
    return Example(body, method="PATCH", path=path)


@rule(
    id="body.not-of-its-model",
    stage=Stage.SCHEMA,
    status=400,
    code="invalid.value",
    message="Value for field '{field}' is not valid: {problem}",
    title="A field of the body has the wrong JSON type, or a word that its model does not have",
    fix="Send what the published model has: true without quotes, states as words, dates as RFC 3339.",
    evidence=Evidence.PUBLISHED,
    source=f"the body's model in the {SDK}; {SWAGGER_2017}: invalid.value",
    knowledge=Knowledge.REQUEST,
    operations=_modelled,
    rejects=[
        _patch({"held": "true"}, _PARTICIPANT),
        _patch({"state": "on hold"}, _PARTICIPANT),
        _patch({"wrapup": "sold"}, _PARTICIPANT),
        _patch({"state": "parked", "resumeTime": "tomorrow"}, _PARTICIPANT),
        _patch({"presenceDefinition": "Busy"}, _PRESENCE),
        _patch({**_AVAILABLE, "message": {"text": "back soon"}}, _PRESENCE),
        _patch({"enabled": "yes"}, _FORWARDING),
        _patch({"enabled": False, "voicemail": "MINE"}, _FORWARDING),
        Example({"query": "today"}, path=_SEARCH),
        Example({"query": [{"type": "CONTAINS", "fields": ["conversationId"], "value": "1"}]}, path=_SEARCH),
    ],
    accepts=[
        _patch({**_AVAILABLE, "message": "back soon"}, _PRESENCE),
        _patch({"enabled": False, "voicemail": "none"}, _FORWARDING),
    ],
)
def body_not_of_its_model(case: ModelledCase) -> Sequence[Violation]:
    return ill_typed(case.errors)
