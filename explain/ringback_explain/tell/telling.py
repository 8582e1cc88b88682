"""Put an explanation together: verdict, findings, notes, equivalent, questions, what stays unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from ringback_contracts.catalogue import TABLE, case_of, findings
from ringback_contracts.core.model import PARTICIPANTS, Caller, Finding, Request, Stage
from ringback_contracts.domain.uuids import UUID
from ringback_contracts.org import ContractChoice, Org
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.intents import NOT_OWNED
from ringback_contracts.resources.calls.operations import PLACE_CALL_FOR_USER
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Context, Equivalent, Explained, Explanation, Note, Suggestion
from ringback_explain.judge.imagined import Sender, judged, sender_of, somebody
from ringback_explain.meant.body import Form, is_token_request, token_fields
from ringback_explain.meant.party import Kind
from ringback_explain.meant.placeholders import NOT_THERE, PROTECTION, no_ids, texts
from ringback_explain.meant.subject import JSON_HEADERS, Subject
from ringback_explain.table import table
from ringback_explain.tell import about, body_notes
from ringback_explain.tell.about import sdk_notes
from ringback_explain.tell.body_notes import MOST, key_notes, number_notes
from ringback_explain.tell.equivalent import suggest
from ringback_explain.tell.questions import ask, gap, note, quoted

T = TypeVar("T")
NOTHING_ELSE = Context()
_TOKEN = re.compile(r"/oauth/token\b|invalid_client|invalid_grant")
"""What tells that a text is about the login, and not about a call."""
OF_RINGBACK = frozenset(rule for rule in TABLE if rule.source.startswith("Ringback's own "))
"""Its limits, switches and protections: no answer of the platform comes of them."""
_OTHER_COUNTRIES = ("GB", "DE", "JP")
"""Countries whose numbers differ from those of the usual one, and from each other's, as much as any."""
_OF_ADDRESSES = re.compile(r"tel:|user:|sip:|\btypes?\b|'to'|'from'|\{")
"""What a fix names that no published request has."""


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
    if is_token_request(request.path, request.body):
        from ringback_explain.tell.tokens import explain_token

        scopes = (*context.scopes, token_fields(request.body).get("scope", ""))
        about_it = [*about.host_notes(context.url, token=True), *_text_notes(replace(context, scopes=scopes))]
        return explain_token(request, context, _once(about_it))
    subject = Subject(request, context)
    sender = sender_of(subject.request, subject.fields, (caller, org, contract), service=subject.is_service)
    if sender.is_known:
        subject.is_service = subject.is_service or (
            sender.caller.client is not None and sender.caller.user is None
        )
    return _explain_call(subject, sender)


def explain_text_notes(context: Context) -> tuple[Note, ...]:
    """What can be said of a text that holds no request: scopes, grant, host, SDK names, error texts."""
    token = _TOKEN.search(f"{context.url}\n{context.text}") is not None
    of_grant = about.pkce_notes(context) if token else about.grant_notes(context)
    # What the e-mail protection of a web page left.
    protected = [note("value.email-protected")] if PROTECTION.search(context.text) else []
    return _once([*about.host_notes(context.url, token=token), *of_grant, *_text_notes(context), *protected])


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _text_notes(context: Context, path: str = "") -> Iterator[Note]:
    named = list(about.name_notes(context))
    yield from named
    if not context.text:
        return
    yield from about.url_notes(context.text)
    yield from sdk_notes(context.text, path)
    # What calls need is said once.
    symptoms = about.symptom_notes(context)
    yield from (each for each in symptoms if not (named and about.CALLING in each.message))


def _explain_call(subject: Subject, sender: Sender) -> Explanation:
    judgement = judged(subject.request, subject.reading.value, sender)
    # What the rules have against the body too, once it is proper JSON.
    mended = judged(subject.mended, subject.reading.value, sender) if subject.mended else []
    later = (finding for finding in mended if finding.rule.stage > Stage.JSON)
    found = _once(_explained(finding, subject) for finding in (*judgement, *later))
    suggestion = _suggestion(subject, sender, judgement) if subject.wants_call else Suggestion(None)
    decisive = judgement[0].rule if judgement else None
    operation = subject.route.operation
    success: int = sender.org.success_status
    if operation is not None and not subject.places_call:
        success = operation.success
    return Explanation(
        verdict="rejected" if decisive else "accepted",
        status=decisive.status if decisive else success,
        code=decisive.code if decisive else None,
        rule=decisive.id if decisive else None,
        findings=found,
        notes=tuple(
            replace(each, position=subject.context.position_of(each.pointer))
            for each in _once(_notes(subject, found, suggestion, sender))
        ),
        equivalent=suggestion.equivalent,
        questions=suggestion.questions,
        unknown=() if decisive in OF_RINGBACK else tuple(_unknown(subject, sender)),
        caveats=suggestion.caveats,
    )


def _explained(finding: Finding, subject: Subject) -> Explained:
    """The finding in words; what the rule says of a value that was never filled in would lead astray."""
    rule, detail = finding.rule, finding.detail
    holes = (hole for hole in subject.holes if hole.gap not in NOT_THERE and hole.pointer == finding.pointer)
    if rule.stage >= Stage.ADDRESSES and (hole := next(holes, None)):
        detail = note("value.not-filled-in", shown=quoted(hole.text)).message
    fix = rule.fix
    if rule.contracts == (PARTICIPANTS,) and subject.wants_call and _OF_ADDRESSES.search(fix):
        fix = f"{fix} {table('tell/notes')['as-published']['from' if 'from' in finding.pointer else 'to']}"
    position = subject.context.position_of(finding.pointer)
    return Explained(rule.id, finding.pointer, detail, fix, rule.evidence.value, rule.source, position)


def _notes(
    subject: Subject, found: tuple[Explained, ...], suggestion: Suggestion, sender: Sender
) -> Iterator[Note]:
    context, request = subject.context, subject.request
    yield from context.unread
    yield from about.host_notes(context.url, token=False)
    if subject.wants_call and subject.is_elsewhere:
        yield from about.path_notes(request.path)
    yield from body_notes.head_notes(request)
    yield from body_notes.form_notes(subject.reading, wants_call=subject.wants_call)
    if subject.wants_call:
        yield from islice(key_notes(subject.fields), MOST)
        notes = number_notes(subject.wish, found, sender.org, region_known=sender.knows_org)
        # In ``to`` and ``from`` a number has to be written with tel:.
        as_wanted = not found and forms.recognise(subject.fields) == PARTICIPANTS
        yield from (each for each in notes if not (as_wanted and each.id == "number.normalised"))
    yield from body_notes.hole_notes(subject.holes, wants_call=subject.wants_call)
    yield from body_notes.vain_notes(request, subject.operation_id, subject.fields.get("conversationIds"))
    if suggestion.equivalent is not None:
        yield from body_notes.left_out_notes(subject.wish)
    if not sender.knows_org:
        yield from islice(body_notes.id_notes(request.path, subject.fields), MOST)
    if subject.operation_id != PLACE_CALL_FOR_USER:
        yield from about.grant_notes(context)
    if context.text.strip() == request.body.decode("utf-8", "replace").strip():
        context = replace(context, text="")  # nothing stands around the body
    yield from _text_notes(context, suggestion.equivalent.path if suggestion.equivalent else "")


def _suggestion(subject: Subject, sender: Sender, judgement: list[Finding]) -> Suggestion:
    """The same wish as a published request, shown only if this sender's would be accepted."""
    if subject.reading.form is Form.NOTHING and subject.request.body.strip():
        return Suggestion(None, (ask("unread-body"),))
    if not subject.fields and isinstance(value := subject.reading.value, list) and len(value) > 1:
        return Suggestion(None, (ask("a-list", count=str(len(value))),))
    made = suggest(subject.wish, subject.path_user, service=subject.is_service)
    if made.equivalent is not None:
        repeated = subject.is_sent_by(made.equivalent)
        if judgement or not repeated or subject.holes or any(no_ids(subject.fields)):
            template = "refused-here" if sender.is_known or (repeated and judgement) else "not-accepted"
            made = _accepted(made, made.equivalent, subject, sender, template)
    if made.equivalent is not None:
        made = replace(made, caveats=_hopeless(made.equivalent, sender))
    if made.equivalent is not None and any(finding.rule.stage is Stage.NUMBER for finding in judgement):
        made = Suggestion(None, (ask("another-number"), *made.questions))
    questions = _once([*made.questions, *_left_out(subject, made)])
    if subject.reading.form is Form.CUT:
        # Whom to ring may stand in the part that was lost.
        end = subject.request.body.decode("utf-8", "replace").rstrip()[-30:]
        others = (question for question in questions if question != ask("no-destination"))
        questions = (ask("cut-short", shown=quoted(end)), *others)
    return Suggestion(made.equivalent, questions, made.caveats)


def _hopeless(equivalent: Equivalent, sender: Sender) -> tuple[str, ...]:
    """Why the call of an accepted request cannot work."""
    told = _caveats(equivalent, sender, sender.org.region)
    if not sender.knows_org:
        # Of an org that nobody named it counts only if it holds in every country.
        for region in _OTHER_COUNTRIES if told else ():
            told = [each for each in told if each in _caveats(equivalent, sender, region)]
    return tuple(each for each in told if sender.knows_org or each != NOT_OWNED)


def _caveats(equivalent: Equivalent, sender: Sender, region: str) -> Sequence[str]:
    org = replace(sender.org, contract="any", region=region)
    case = case_of(_request(equivalent, None), sender.caller, org)
    return case.operation.intent(case)[1] if case.operation and case.operation.intent else ()


def _accepted(
    made: Suggestion, equivalent: Equivalent, subject: Subject, sender: Sender, name: str
) -> Suggestion:
    """The suggestion with a request that is accepted, else with what to ask, by the question ``name``."""
    same = sender.is_known or subject.is_sent_by(equivalent)
    if not same:
        # Nothing is known of the sender, and whatever header is at fault is not sent again.
        nobody = Request(equivalent.method, equivalent.path)
        sender = replace(
            sender,
            caller=somebody(nobody, service=subject.is_service, calls=sender.caller.calls),
            org=replace(sender.org, contract="any"),
        )
    objections = []
    ways, user = [equivalent], sender.caller.user
    if user and equivalent.path == f"{CALLS_PATH}/user/{user.id}":
        ways.append(replace(equivalent, path=CALLS_PATH))  # it needs no right to call for others
    for way in ways:
        found = findings(_request(way, subject.request if same else None), sender.caller, sender.org)
        if not found:
            return replace(made, equivalent=way)
        objections.append(found[0])
    first = objections[0]
    return Suggestion(None, (*made.questions, ask(name, detail=first.detail, fix=first.rule.fix)))


def _request(equivalent: Equivalent, like: Request | None) -> Request:
    """The equivalent as it is sent, with the token of the request that it stands for."""
    token = like.headers.get("authorization") if like else None
    headers = {**JSON_HEADERS, **({"authorization": token} if token is not None else {})}
    return Request(equivalent.method, equivalent.path, headers, json.dumps(equivalent.body).encode())


def _left_out(subject: Subject, made: Suggestion) -> Iterator[str]:
    """Ask for every value that was not filled in and that no other question is about."""
    shown = {text for _, text in texts(dict(made.equivalent.body))} if made.equivalent else set()
    for hole in islice(subject.holes, MOST):
        is_shown = any(hole.text in text for text in shown)
        about_it = re.compile(rf" {re.escape(hole.pointer)}[ ?,.]")
        if not is_shown and not any(map(about_it.search, made.questions)):
            yield ask("left-out", pointer=hole.pointer, gap=gap(hole.text))


def _unknown(subject: Subject, sender: Sender) -> Iterator[str]:
    """What was not held against the request, and the option that would tell."""
    known = table("tell/notes")["unknown"]
    if not sender.knows_org:
        written = subject.request.path + subject.request.body.decode("utf-8", "replace")
        if UUID.search(written) or any(body_notes.id_notes(subject.request.path, subject.fields)):
            yield known["ids"]
        if any(party.kind is Kind.NUMBER for party in subject.wish.caller_ids):
            yield known["owned"]
        if any(party.kind is Kind.SIP for party in subject.wish.to):
            yield known["sip"]
    if not sender.knows_caller:
        yield known["token"]
