"""Explain an answer of the platform without its request, or a request together with the answer it got."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from http import HTTPStatus

from ringback_contracts.catalogue import BY_ID, TABLE, case_of, route
from ringback_contracts.core.model import PARTICIPANTS, Caller, Request, Rule, Stage
from ringback_contracts.examples import situation
from ringback_contracts.http.sdk_operations import sdk_operation
from ringback_contracts.org import ContractChoice, Org
from ringback_contracts.resources.calls import forms
from ringback_explain.codes import MAY_BE_PLACED, error_code
from ringback_explain.explanation import Context, Explained, Explanation, Note, PlatformAnswer, Suggestion
from ringback_explain.judge.imagined import adverse, filled
from ringback_explain.meant.subject import Subject
from ringback_explain.tell.questions import note, quoted
from ringback_explain.tell.telling import OF_RINGBACK, explain, explain_text_notes

ASK = "What was sent? Give the request too (method, path, headers and body): it tells which of these it was."
MOST_CANDIDATES = 5
"""More of them help nobody: it takes the request to tell."""
USUAL = ("address.scheme-missing", "tel.no-plus", "address.shape", "address.untyped", "sip.misnamed-fields")
"""What it is most often, where several rules answer the same."""
NOT_A_USER = "not.a.user"
_PERMISSION = re.compile(r"\w+:\w+:\w+")
_OF_CALLER = (Stage.AUTHENTICATE, Stage.RATE, Stage.AUTHORIZE, Stage.STATION)
"""What these refuse is not the body."""
_OF_BODY = (Stage.MEDIA_TYPE, Stage.JSON)
"""What these refuse is mended by sending the same value as proper JSON."""


def explain_answer(
    answer: PlatformAnswer, text: str = "", scopes: tuple[str, ...] = ()
) -> Explanation | None:
    """What an answer means, and every rule that may have decided it; none where nothing is known of it.

    ``text`` is what it stood in, ``scopes`` those that the text speaks of.
    """
    from ringback_explain.tell.tokens import of_error

    notes = tuple(explain_text_notes(Context(text=text, scopes=scopes)))
    login = of_error(answer.code)
    if login is not None:
        return Explanation(
            "rejected", answer.status or login.status, answer.code, login.id, (login.explained(),), notes
        )
    rules = sorted(
        candidates(answer), key=lambda rule: USUAL.index(rule.id) if rule.id in USUAL else len(USUAL)
    )
    is_known = answer.code is None or answer.rule or any(_fitting(None, answer.code, None))
    if not rules or not (is_known or (answer.message and any(_fitting(None, None, answer.message)))):
        known = error_code(answer.code)
        status = answer.status or (known.status if known else None)
        if status is None:
            return None
        notes = (*notes, *_of_code(answer))
        return Explanation("rejected", status, answer.code, None, notes=notes, questions=(ASK,))
    sure = len(rules) == 1
    codes = {rule.code for rule in rules if answer.status in (None, rule.status)}
    # Of many that answer the same only those are shown which it mostly is.
    shown = rules[:MOST_CANDIDATES] if rules[0].id in USUAL or len(rules) <= MOST_CANDIDATES else []
    text = "error.more" if shown else "error.many"
    told = [note("error.more", "", text, count=len(rules) - len(shown))] if shown != rules else []
    return Explanation(
        verdict="rejected",
        status=answer.status or rules[0].status,
        code=answer.code or (codes.pop() if len(codes) == 1 else None),
        rule=rules[0].id if sure else None,
        findings=tuple(_finding(rule, answer.field if sure else None) for rule in shown),
        notes=(*notes, *_doubts(answer, rules[0]), *told),
        questions=() if sure else (ASK,),
    )


def explain_answered(
    request: Request,
    answer: PlatformAnswer,
    context: Context = Context(),  # noqa: B008 - a frozen value
    *,
    caller: Caller | None = None,
    org: Org | None = None,
    contract: ContractChoice = "any",
) -> Explanation:
    """The explanation of a request of which it is known what the target answered.

    What the request alone does not show, such as a missing permission, is taken from the answer.
    """
    from ringback_explain.tell.tokens import of_error

    operation = route(request.method, request.path).operation
    answer = replace(answer, operation=operation.id if operation else answer.operation)
    if context.grant is None and answer.code == NOT_A_USER:
        context = replace(context, grant="client_credentials")  # the answer gives it away
    made = explain(request, caller=caller, org=org, contract=contract, context=context)
    if (made.status, made.code) == (answer.status, answer.code) and answer.rule in (None, made.rule):
        return replace(made, unknown=())
    subject = Subject(request, context)
    contract_of_body = forms.recognise(subject.fields)
    fitting = [
        rule
        for rule in _likely(answer, subject)
        if contract_of_body in rule.contracts and rule not in OF_RINGBACK
    ]
    shown = next((finding for finding in made.findings if TABLE.by_id.get(finding.rule) in fitting), None)
    login = of_error(answer.code)
    decided = shown or (login.explained() if login else None)
    if decided is None and len(fitting) == 1:
        decided = _finding(fitting[0], answer.field or _place(fitting[0], subject))
    suggestion = _still_of_use(made, request, answer, decided)
    possible = tuple(map(_finding, fitting)) if len(fitting) <= MOST_CANDIDATES else ()
    others = tuple(
        finding
        for finding in made.findings
        if (decided is None or finding.rule != decided.rule)
        and TABLE.by_id.get(finding.rule) not in OF_RINGBACK
    )
    return replace(
        made,
        equivalent=suggestion.equivalent,
        questions=suggestion.questions,
        caveats=suggestion.caveats,
        unknown=(),
        verdict="rejected",
        status=answer.status or made.status,
        code=answer.code,
        rule=decided.rule if decided else None,
        findings=((decided,) if decided else possible) + others,
        notes=made.notes if decided or possible else (*made.notes, *_of_code(answer)),
    )


def _likely(answer: PlatformAnswer, subject: Subject) -> list[Rule]:
    """The rules that the answer fits and that can have something against the request, if there are any."""
    fitting = candidates(answer)
    able = [rule for rule in fitting if _place(rule, subject) is not None]
    if not able and answer.status in set(HTTPStatus) and _tells_nothing(answer):
        alike = _words(answer.code or "") <= _words(HTTPStatus(answer.status).phrase)
        others = _fitting(answer.status, None, None, answer.operation) if alike else []
        able = [rule for rule in others if _place(rule, subject) is not None]
    # The path of a known operation is not at fault.
    return able or [rule for rule in fitting if rule.stage > Stage.ROUTE or subject.route.operation is None]


def _place(rule: Rule, subject: Subject) -> str | None:
    """Where a rule can have something against the request, in whatever org and whoever sends it."""
    if subject.route.operation is None or not rule.concerns(subject.route.operation):
        return None
    request = filled(subject.request, subject.reading.value)
    worlds = adverse(request, subject.fields)
    objections = (each for world in worlds for each in rule.check(case_of(request, *world)))
    return next((each.pointer for each in objections), None)


def _still_of_use(
    made: Explanation, request: Request, answer: PlatformAnswer, decided: Explained | None
) -> Suggestion:
    """The suggestion without an equivalent that would get the same answer.

    That is the request itself, any body at the same path where it was not the body that was refused, and
    anything after a failure or a refusal of what has nothing amiss.
    """
    equivalent, rule = made.equivalent, TABLE.by_id.get(decided.rule) if decided else None
    status = answer.status or HTTPStatus.BAD_REQUEST
    if (
        equivalent is not None
        and status >= HTTPStatus.BAD_REQUEST
        and (rule is None or rule.stage not in _OF_BODY)
    ):
        not_the_body = rule is not None and rule.stage in _OF_CALLER and equivalent.path == request.path
        subject = Subject(request, Context())
        is_fine = made.verdict == "accepted" and forms.recognise(subject.fields) != PARTICIPANTS
        no_cure = status >= HTTPStatus.INTERNAL_SERVER_ERROR or (is_fine and decided is None)
        if not_the_body or no_cure or subject.is_sent_by(equivalent):
            return Suggestion(None, made.questions)
    return Suggestion(equivalent, made.questions, made.caveats)


def candidates(answer: PlatformAnswer) -> list[Rule]:
    """The rules that fit all that is known of an answer, else those that fit as much of it as possible.

    Where no rule has its message, only a code that few rules answer with tells anything.
    """
    if answer.rule is not None:
        return [TABLE[answer.rule]] if answer.rule in TABLE.by_id else []
    message = None if _tells_nothing(answer) else answer.message
    for status, code, said in (
        (answer.status, answer.code, message),
        (answer.status, None, message),
        (None, None, message),
        (None, answer.code, None),
        (answer.status, None, None),
    ):
        found = _fitting(status, code, said, answer.operation) if status or code or said else []
        if (status, code, said) != (answer.status, answer.code, message):
            found = [rule for rule in found if rule not in OF_RINGBACK]
        telling = code and len(_fitting(None, code, None)) <= MOST_CANDIDATES
        if found and (said is not None or message is None or telling):
            named = _PERMISSION.findall(answer.message or "")
            # A rule on other permissions than the message names did not decide.
            of_others = [rule for rule in found if named and _PERMISSION.search(rule.fix)]
            return [rule for rule in found if rule not in of_others or any(one in rule.fix for one in named)]
    return []


def _tells_nothing(answer: PlatformAnswer) -> bool:
    """Whether the message only repeats the status, or the code."""
    words = _words(answer.message or "")
    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else ""
    return words <= _words(phrase) | _words(answer.code or "") | {"request", "error"}


def _fitting(
    status: int | None, code: str | None, message: str | None, operation: str | None = None
) -> list[Rule]:
    """The rules that fit; where none has the code, those with one that means the same."""
    written = (code or "").lower().replace("_", ".")
    known = error_code(written)
    for name in (written, known.like) if known and known.like else (written,):
        found = [
            rule
            for rule in TABLE
            if status in (None, rule.status)
            and (code is None or rule.code == name)
            and (message is None or _says(rule.message, message))
            and (operation is None or rule.concerns(BY_ID.get(operation)))
            # The path of a known operation is not at fault.
            and (operation not in BY_ID or rule.stage is not Stage.ROUTE)
        ]
        if found:
            return found
    return []


def _says(template: str, message: str) -> bool:
    """Whether a message is the rule's, in whatever order its words stand."""
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(template))
    same = re.fullmatch(rf"{pattern}\.?", message.strip(), re.IGNORECASE | re.DOTALL)
    return bool(same) or _words(template) == _words(message)


def _words(message: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", message.lower())) - {"a", "an", "the", "is", "was"}


def _finding(rule: Rule, field: str | None = None) -> Explained:
    pointer = field or usual_place(rule.id)
    if field and not (field.startswith("/") or field[0].isupper() or field == "path"):
        # The platform names fields with dots, and headers as they are.
        pointer = "/" + field.replace(".", "/")
    return Explained(rule.id, pointer, rule.title, rule.fix, rule.evidence.value, rule.source)


@cache
def usual_place(rule_id: str) -> str:
    """The header, or the path, in which a rule finds its fault, as its examples tell; else nothing."""
    rule = TABLE[rule_id]
    cases = (situation(example) for example in rule.rejects)
    places = {
        violation.pointer
        for case in cases
        for violation in rule.check(case_of(case.request, case.caller, case.org))
    }
    place = places.pop() if len(places) == 1 else ""
    return "" if place.startswith("/") else place


def _doubts(answer: PlatformAnswer, rule: Rule) -> list[Note]:
    """Where what was reported is not what the platform is known to answer."""
    doubts = []
    if answer.status not in (None, rule.status):
        doubts.append(note("error.status", status=answer.status, usual=rule.status))
    known = error_code(answer.code)
    if answer.code is not None and rule.code not in (answer.code.lower(), known and known.like):
        text = "error.code" if known is None else "error.other-code"
        doubts.append(note("error.code", "", text, code=answer.code, usual=rule.code))
    return doubts


def _of_code(answer: PlatformAnswer) -> Iterator[Note]:
    """What the code of an answer means that no rule explains."""
    if answer.operation is not None:
        sent = sdk_operation(answer.operation)
        text = "" if answer.operation in BY_ID else "error.not-served"
        yield note("error.operation", "", text, method=sent.method, path=sent.template)
    known = error_code(answer.code)
    if known is not None:
        if answer.message and not _tells_nothing(answer):
            yield note("error.message", message=quoted(answer.message))
        yield note("error.known", code=known.code, means=known.means, advice=known.do)
        return
    yield note(
        "error.unknown", "", "error.unknown-code" if answer.code else "", code=(answer.code or "")[:80]
    )
    if answer.status is not None and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield Note("error.may-be-placed", "", MAY_BE_PLACED)
