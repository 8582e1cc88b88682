"""Put an explanation together: verdict, findings, notes, equivalent, questions, what stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from ringback_contracts.core.judge import findings, judge
from ringback_contracts.core.model import (
    PARTICIPANTS,
    Accepted,
    Caller,
    Finding,
    Rejected,
    Request,
    Stage,
    Verdict,
)
from ringback_contracts.operations import PLACE_CALL_FOR_USER
from ringback_contracts.org import ContractChoice, Org
from ringback_explain.explanation import Context, Explained, Explanation, Note, Suggestion
from ringback_explain.judge.judging import Court, repeats
from ringback_explain.meant.body import Form
from ringback_explain.meant.ids import id_notes
from ringback_explain.meant.party import UUID, Kind
from ringback_explain.meant.placeholders import NOT_THERE, holes, texts
from ringback_explain.tell import questions as q
from ringback_explain.tell.body_notes import (
    MOST,
    NOT_FILLED,
    form_notes,
    header_notes,
    hole_notes,
    left_out_notes,
    mail_notes,
    merge_notes,
    path_hole_notes,
)
from ringback_explain.tell.equivalent import suggest
from ringback_explain.tell.hosts import host_notes, path_notes, url_notes
from ringback_explain.tell.key_notes import key_notes
from ringback_explain.tell.number_notes import number_notes
from ringback_explain.tell.questions import ask, quoted
from ringback_explain.tell.scopes import scope_notes
from ringback_explain.tell.sdks import sdk_notes
from ringback_explain.tell.subject import Subject
from ringback_explain.tell.symptoms import grant_notes, symptom_notes
from ringback_explain.tell.token_checks import asked, is_token_request
from ringback_explain.tell.tokens import explain_token, pkce_notes

T = TypeVar("T")
NOTHING_ELSE = Context()


def explain(
    request: Request,
    *,
    caller: Caller | None = None,
    org: Org | None = None,
    contract: ContractChoice = "any",
    context: Context = NOTHING_ELSE,
) -> Explanation:
    """Say what becomes of a request and why, and what to send instead; never raises.

    Without an org it is judged in one where everything exists that it names. With an org it is judged there,
    sent by ``caller``, or by the holder of its bearer token. ``contract`` overrules the org's, if it is not
    "any".
    """
    if is_token_request(request):
        return _explain_token(request, context)
    court = Court(caller, org, contract)
    return _explain_call(Subject(request, context, service=court.is_service(request)), court)


def equivalent_of(request: Request, *, context: Context = NOTHING_ELSE) -> Suggestion:
    """The same wish as a published request that is accepted, and what has to be asked about it."""
    subject = Subject(request, context)
    if is_token_request(request) or not subject.wants_call:
        return Suggestion(None)
    return _suggestion(subject)


def explain_text_notes(context: Context) -> tuple[Note, ...]:
    """What can be said of a text that holds no request: scopes, grant, host, SDK names, error texts."""
    token = _TOKEN.search(f"{context.url}\n{context.text}") is not None
    about = pkce_notes(context) if token else grant_notes(context)
    protected = mail_notes(context.text)
    return _once([*host_notes(context.url, token=token), *about, *_text_notes(context), *protected])


_TOKEN = re.compile(r"/oauth/token\b|invalid_client|invalid_grant")
"""What tells that a text is about the login, and not about a call."""


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _text_notes(context: Context, path: str = "") -> Iterator[Note]:
    yield from url_notes(context.text)
    yield from scope_notes(context)
    yield from sdk_notes(context, path)
    yield from symptom_notes(context)


def _explain_token(request: Request, context: Context) -> Explanation:
    scope = asked(request).fields.get("scope", "")
    context = replace(context, scopes=(*context.scopes, scope))
    return explain_token(
        request, context, _once([*host_notes(context.url, token=True), *_text_notes(context)])
    )


# --- the verdict ------------------------------------------------------------------------------------


def _explain_call(subject: Subject, court: Court) -> Explanation:
    request, caller, org = court.hear(subject.request, service=subject.service)
    verdict = judge(request, caller, org)
    unfilled = {hole.pointer: hole.text for hole in holes(subject.fields) if hole.gap not in NOT_THERE}
    found = _once(_explained(finding, unfilled) for finding in _findings(subject, court))
    suggestion = _upheld(subject, court, verdict) if subject.wants_call else Suggestion(None)
    rejected = verdict.finding.rule if isinstance(verdict, Rejected) else None
    return Explanation(
        verdict="rejected" if rejected else "accepted",
        status=rejected.status if rejected else _success(verdict, org),
        code=rejected.code if rejected else None,
        rule=rejected.id if rejected else None,
        findings=found,
        notes=_once(_notes(subject, verdict, found, suggestion, court, org)),
        equivalent=suggestion.equivalent,
        questions=suggestion.questions,
        unknown=tuple(_unknown(subject, court)),
    )


def _success(verdict: Verdict, org: Org) -> int:
    if isinstance(verdict, Accepted) and verdict.intent is None:
        return verdict.operation.success
    return org.success_status


def _findings(subject: Subject, court: Court) -> Iterator[Finding]:
    """What the rules have against the request, and against its body once it is proper JSON."""
    yield from findings(*court.hear(subject.request, service=subject.service))
    if subject.mended is not None:
        mended = findings(*court.hear(subject.mended, service=subject.service))
        yield from (finding for finding in mended if finding.rule.stage > Stage.JSON)


def _explained(finding: Finding, unfilled: Mapping[str, str]) -> Explained:
    """The finding in words; what the rule says of a value that was never filled in would lead astray."""
    rule, detail = finding.rule, finding.detail
    if rule.stage >= Stage.ADDRESSES and finding.pointer in unfilled:
        detail = NOT_FILLED.format(shown=quoted(unfilled[finding.pointer]))
    return Explained(rule.id, finding.pointer, detail, rule.fix, rule.evidence.value, rule.source)


# --- the notes --------------------------------------------------------------------------------------


def _notes(
    subject: Subject,
    verdict: Verdict,
    found: tuple[Explained, ...],
    suggestion: Suggestion,
    court: Court,
    org: Org,
) -> Iterator[Note]:
    context, request = subject.context, subject.request
    yield from host_notes(context.url, token=False)
    if subject.wants_call and subject.is_elsewhere:
        yield from path_notes(request.path)
    yield from path_hole_notes(request.path)
    yield from header_notes(request)
    yield from form_notes(subject.reading)
    if subject.wants_call:
        yield from islice(key_notes(subject.fields), MOST)
        notes = number_notes(subject.wish, found, org, region_known=court.given_org is not None)
        yield from (note for note in notes if not _required(note, verdict))
    yield from hole_notes(subject.reading.value)
    yield from merge_notes(request.path, subject.fields)
    if suggestion.equivalent is not None:
        yield from left_out_notes(subject.wish)
    if court.given_org is None:
        yield from islice(id_notes(request.path, subject.fields), MOST)
    if subject.operation_id != PLACE_CALL_FOR_USER:
        yield from grant_notes(context)
    yield from _text_notes(context, suggestion.equivalent.path if suggestion.equivalent else "")


def _required(note: Note, verdict: Verdict) -> bool:
    """Whether a spelling is the one that the body's own contract wants: ``tel:`` in ``to`` and ``from``."""
    of_participants = (
        isinstance(verdict, Accepted) and verdict.intent and verdict.intent.contract == PARTICIPANTS
    )
    return note.id == "number.normalised" and bool(of_participants)


# --- the equivalent and what is left open -----------------------------------------------------------


def _suggestion(subject: Subject) -> Suggestion:
    if subject.reading.form is Form.NOTHING and subject.request.body.strip():
        return Suggestion(None, (q.UNREAD_BODY,))
    if not subject.fields and isinstance(value := subject.reading.value, list) and len(value) > 1:
        return Suggestion(None, (ask(q.A_LIST, count=str(len(value))),))
    made = suggest(subject.wish, subject.path_user, service=subject.service)
    questions = _once([*made.questions, *_left_out(subject, made)])
    if subject.reading.form is Form.CUT:
        questions = _of_what_is_cut(subject, questions)
    return Suggestion(made.equivalent, questions)


def _of_what_is_cut(subject: Subject, questions: tuple[str, ...]) -> tuple[str, ...]:
    """What is asked of a body that ends too early: whom to ring may stand in the part that was lost."""
    end = subject.request.body.decode("utf-8", "replace").rstrip()[-30:]
    others = (question for question in questions if question != q.NO_DESTINATION)
    return (ask(q.CUT_SHORT, shown=quoted(end)), *others)


def _upheld(subject: Subject, court: Court, verdict: Verdict) -> Suggestion:
    made = _suggestion(subject)
    if isinstance(verdict, Accepted) and made.equivalent and repeats(made.equivalent, subject.request):
        return made
    return court.upheld(made, subject.request, service=subject.service)


def _left_out(subject: Subject, made: Suggestion) -> Iterator[str]:
    """Ask for every value that was not filled in and that no other question is about."""
    shown = {text for _, text in texts(dict(made.equivalent.body))} if made.equivalent else set()
    for hole in islice(holes(subject.fields), MOST):
        is_shown = any(hole.text in text for text in shown)
        if not is_shown and not any(_is_about(question, hole.pointer) for question in made.questions):
            yield ask(q.LEFT_OUT, pointer=hole.pointer, gap=q.gap(hole.text))


def _is_about(question: str, pointer: str) -> bool:
    return re.search(rf" {re.escape(pointer)}[ ?,.]", question) is not None


IDS = "whether the ids in the request exist in your org (--org FILE)"
OWNED = "whether your org owns the number that is shown (--org FILE)"
SIP = "whether your org can dial SIP addresses (--org FILE)"
TOKEN = "whether the token is good, and what its user may do and has a phone for (--org FILE --as USER)"


def _unknown(subject: Subject, court: Court) -> Iterator[str]:
    """What was not held against the request, and the option that would tell."""
    if court.given_org is None:
        written = subject.request.path + subject.request.body.decode("utf-8", "replace")
        if UUID.search(written) or any(id_notes(subject.request.path, subject.fields)):
            yield IDS
        if any(party.kind is Kind.NUMBER for party in subject.wish.caller_ids):
            yield OWNED
        if any(party.kind is Kind.SIP for party in subject.wish.to):
            yield SIP
    if court.given_caller is None:
        yield TOKEN
