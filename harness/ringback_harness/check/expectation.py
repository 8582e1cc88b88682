"""What the table as shipped expects of an answer, and what an answer lacks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringback_client.transport import Reply
from ringback_contracts.catalogue import BY_ID, OPERATIONS, PLACING
from ringback_contracts.core.model import PARTICIPANTS, Accepted, Contract, Rule, Stage, Verdict
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.schemas import json_type, schema, validator
from ringback_harness.check.reasons import (
    AnswerSummary,
    Mismatch,
    Unpublished,
    WrongAnswer,
    WrongEnvelope,
    WrongMediaType,
)
from ringback_harness.targets import Traits

ENVELOPE: tuple[tuple[str, type], ...] = (
    ("message", str),
    ("code", str),
    ("status", int),
    ("messageWithParams", str),
    ("messageParams", dict),
    ("contextId", str),
    ("details", list),
    ("errors", list),
)
"""The fields of the platform's error body (model ErrorBody of the SDKs), with their JSON types."""
ENVELOPE_LACKS = "the body of an error is not the platform's envelope"
NO_ID = "the reply to a placed call has no id that is a UUID"
WITHOUT_BODY = frozenset(operation.id for operation in OPERATIONS if operation.answers is None)
CORRELATION = "ININ-Correlation-Id"
NEEDED = {405: "Allow", 429: "Retry-After"}
"""Headers that HTTP asks for, or that a client cannot do without (RFC 9110, 15.5.6; RFC 6585, 4)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer to look for: a success has no code. ``rule`` is the one that refuses.

    ``operation`` and ``contract`` are those of a granted request, as far as they are known; ``note`` whether
    its call cannot work.
    """

    status: int
    code: str | None = None
    rule: str | None = None
    operation: str | None = None
    contract: Contract | None = None
    note: bool = False

    @property
    def summary(self) -> AnswerSummary:
        """What the answer should say."""
        return AnswerSummary(self.status, self.code or "", self.rule or "")

    def __str__(self) -> str:
        return str(self.summary)


def refused_by(rule: Rule) -> Expected:
    """What a rule of the table as shipped answers."""
    return Expected(rule.status, rule.code, rule.id)


def expected_of(verdict: Verdict, org: Org) -> Expected:
    """What the judge's verdict looks like from outside."""
    if not isinstance(verdict, Accepted):
        return refused_by(verdict.finding.rule)
    operation = verdict.operation
    if verdict.intent is None:
        return Expected(operation.success, operation=operation.id)
    return Expected(
        org.success_status,
        operation=operation.id,
        contract=verdict.intent.contract,
        note=bool(verdict.notes),
    )


def faults(expected: Expected, reply: Reply, traits: Traits, method: str = "") -> tuple[str, ...]:
    """Everything in which a reply differs from what is expected, in words without ids or times.

    The reply to a HEAD has no body that could say anything (RFC 9110 section 9.3.2).
    """
    if reply.status != expected.status:
        return (Mismatch.of(expected.summary, AnswerSummary.of(reply)),)
    if method == "HEAD":
        return tuple(_faults_of_ours(expected, reply)) if expected.code and traits.names_rules else ()
    if expected.code is not None:
        return tuple(_faults_of_refusal(expected, reply, traits))
    return tuple(_faults_of_success(expected, reply, traits))


def _faults_of_refusal(expected: Expected, reply: Reply, traits: Traits) -> Iterator[str]:
    if (code := reply.document.get("code")) != expected.code and isinstance(code, str):
        yield Mismatch.of(expected.summary, AnswerSummary.of(reply))
    if not _is_json(reply):
        yield _not_json(reply)
    yield from _faults_of_envelope(reply)
    # A page of whatever stands in front of an API lacks more than is worth telling.
    needed = NEEDED.get(expected.status) if _is_json(reply) else None
    if needed and not reply.headers.get(needed):
        yield f"a {expected.status} comes without {needed}"
    elif expected.status == 429 and not _is_wait(reply):
        yield "Retry-After is no whole number of seconds, or not the seconds that the message names"
    if traits.names_rules:
        yield from _faults_of_ours(expected, reply)


def _faults_of_envelope(reply: Reply) -> Iterator[str]:
    envelope = reply.document
    lacking = [name for name, kind in ENVELOPE if type(envelope.get(name)) is not kind]
    if lacking:
        yield WrongEnvelope(f"{ENVELOPE_LACKS}: {', '.join(lacking)} missing, or of another type")
    if "status" not in lacking and envelope["status"] != reply.status:
        yield "the envelope's status is not the reply's"
    if "contextId" not in lacking and envelope["contextId"] != reply.headers.get(CORRELATION):
        yield f"the envelope's contextId is not the {CORRELATION}"


def _is_wait(reply: Reply) -> bool:
    seconds = reply.headers.get("Retry-After", "")
    return re.fullmatch(r"[1-9][0-9]*", seconds) is not None and seconds in str(reply.document.get("message"))


def _faults_of_ours(expected: Expected, reply: Reply) -> Iterator[str]:
    if "Ringback-Rule" not in reply.headers:
        yield "the refusal comes without Ringback-Rule"
    elif expected.rule is not None and reply.headers["Ringback-Rule"] != expected.rule:
        yield WrongAnswer(f"expected the rule {expected.rule}, answered", AnswerSummary.of(reply))
    if "Ringback-Version" not in reply.headers:
        yield "the reply comes without Ringback-Version"
    if expected.status == 401 and not reply.headers.get("WWW-Authenticate", "").startswith("Bearer"):
        yield "a 401 comes without a WWW-Authenticate that names Bearer"


def _faults_of_success(expected: Expected, reply: Reply, traits: Traits) -> Iterator[str]:
    if expected.operation in WITHOUT_BODY:
        if reply.body:
            yield "the reply has a body, where none is documented"
    elif not _is_json(reply):
        yield _not_json(reply)
    else:
        yield from unreadable(expected, reply)
    if expected.operation in PLACING:
        yield from _faults_of_call(expected, reply)
    if traits.names_rules:
        yield from _faults_of_our_success(expected, reply)


def _faults_of_our_success(expected: Expected, reply: Reply) -> Iterator[str]:
    if "Ringback-Rule" in reply.headers:
        yield "a success carries Ringback-Rule"
    if CORRELATION not in reply.headers:
        yield f"the reply comes without {CORRELATION}"
    if expected.operation in PLACING:
        yield from _faults_of_our_call(expected, reply)


def _faults_of_call(expected: Expected, reply: Reply) -> Iterator[str]:
    call_id = reply.document.get("id")
    if not isinstance(call_id, str) or not is_uuid(call_id):
        yield NO_ID
    elif reply.document.get("selfUri") != f"{CALLS_PATH}/{call_id}":
        yield "selfUri does not lead to the call"
    if expected.contract == PARTICIPANTS and not {"uri", "createdTime"} <= reply.document.keys():
        yield "the reply to a participants body lacks uri or createdTime"


def _faults_of_our_call(expected: Expected, reply: Reply) -> Iterator[str]:
    if expected.contract is None:
        return
    named = reply.headers.get("Ringback-Contract")
    if named != (PARTICIPANTS if expected.contract == PARTICIPANTS else None):
        yield f"Ringback-Contract is {named!r} in the reply to a {expected.contract} body"
    if expected.note != ("Ringback-Note" in reply.headers):
        yield "Ringback-Note and whether the call can work do not agree"


def unreadable(expected: Expected, reply: Reply) -> Iterator[str]:
    """In what the body is nothing that could be read as what the operation answers."""
    operation = BY_ID.get(expected.operation or "")
    if operation is None or operation.answers is None:
        return
    wanted = schema(operation.answers)["type"]
    try:
        found = json_type(reply.json())
    except (ValueError, RecursionError):
        found = "no JSON"
    if found != wanted:
        yield f"the body is of type {found}, where {operation.answers} is of type {wanted}"


def unpublished(document: Mapping[str, Any], model: str) -> Iterator[str]:
    """Where a value is not as its published model says."""
    for error in validator(model).iter_errors(document):
        place = "/".join("-" if isinstance(step, int) else str(step) for step in error.instance_path)
        yield Unpublished(model, place)


def _not_json(reply: Reply) -> WrongMediaType:
    return WrongMediaType(f"the Content-Type is {reply.headers.get('Content-Type')!r}, not application/json")


def _is_json(reply: Reply) -> bool:
    return reply.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "application/json"


def hangs_on_calls(rule: Rule) -> bool:
    """Whether the rule says what stands against a command to a call, as calls stand."""
    return rule.stage is Stage.STATE or rule.id.startswith("life.")
