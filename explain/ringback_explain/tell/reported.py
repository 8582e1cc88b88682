"""Explain an answer of the platform without its request, or a request together with the answer it got."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from http import HTTPStatus

from ringback_contracts.catalogue import TABLE, case_of
from ringback_contracts.core.examples import situation
from ringback_contracts.core.model import Request, Rule, Stage
from ringback_explain.explanation import (
    Context,
    Equivalent,
    Explained,
    Explanation,
    Note,
    PlatformAnswer,
    Suggestion,
)
from ringback_explain.meant.subject import Subject
from ringback_explain.tell import questions as q
from ringback_explain.tell.login_rules import of_error
from ringback_explain.tell.questions import ask
from ringback_explain.tell.telling import explain, explain_text_notes

ASK = "What was sent? Give the request too (method, path, headers and body): it tells which of these it was."


UNKNOWN_ANSWER = "no rule answers this: its code and message are all there is to go by"
UNKNOWN_CODE = "the code '{code}' is none that the platform is known to send, so no rule explains it"
CHANGE_NOTHING = "find out what {answer} refers to; nothing in the request is known to be wrong."
NOT_A_USER = "not.a.user"
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
    notes = tuple(explain_text_notes(Context(text=text, scopes=scopes)))
    login = of_error(answer.code)
    if login is not None:
        return Explanation(
            "rejected", answer.status or login.status, answer.code, login.id, (login.explained(),), notes
        )
    rules = candidates(answer)
    if not rules or _is_strange(answer):
        return _unheard_of(answer, notes)
    sure = len(rules) == 1
    return Explanation(
        verdict="rejected",
        status=rules[0].status,
        code=rules[0].code,
        rule=rules[0].id if sure else None,
        findings=tuple(_finding(rule, answer.field if sure else None) for rule in rules),
        notes=(*notes, *_doubts(answer, rules[0])),
        questions=() if sure else (ASK,),
    )


def explain_answered(request: Request, answer: PlatformAnswer, context: Context = Context()) -> Explanation:  # noqa: B008 - a frozen value
    """The explanation of a request of which it is known what the target answered.

    What the request alone does not show, such as a missing permission, is taken from the answer.
    """
    made = explain(request, context=_with_grant(context, answer))
    if (made.status, made.code) == (answer.status, answer.code) and answer.rule in (None, made.rule):
        return made
    decided = _deciding(answer)
    known = {finding.rule for finding in made.findings}
    suggestion = _still_of_use(made, request, answer, decided)
    return replace(
        made,
        equivalent=suggestion.equivalent,
        questions=suggestion.questions,
        verdict="rejected",
        status=answer.status or made.status,
        code=answer.code,
        rule=decided.rule if decided else None,
        findings=((decided,) if decided and decided.rule not in known else ()) + made.findings,
    )


def _with_grant(context: Context, answer: PlatformAnswer) -> Context:
    """What came along, and the grant that the answer gives away."""
    is_service = context.grant is None and answer.code == NOT_A_USER
    return replace(context, grant="client_credentials") if is_service else context


def _still_of_use(
    made: Explanation, request: Request, answer: PlatformAnswer, decided: Explained | None
) -> Suggestion:
    """The suggestion without an equivalent that would get the same answer.

    That is the request itself, and any body at the same path where it was not the body that was refused.
    """
    equivalent = made.equivalent
    if equivalent is None or not _same_again(equivalent, request, answer, decided):
        return Suggestion(equivalent, made.questions)
    fix = decided.fix if decided else CHANGE_NOTHING.format(answer=answer.code or answer.status)
    detail = decided.message if decided else f"as {answer.status} {answer.code or ''}".strip()
    return Suggestion(None, (*made.questions, ask(q.REFUSED_HERE, detail=detail, fix=fix)))


def _same_again(
    equivalent: Equivalent, request: Request, answer: PlatformAnswer, decided: Explained | None
) -> bool:
    if answer.status is not None and answer.status < HTTPStatus.BAD_REQUEST:
        return False
    rule = TABLE.by_id.get(decided.rule) if decided else None
    if rule is not None and rule.stage in _OF_BODY:
        return False
    not_the_body = rule is not None and rule.stage in _OF_CALLER and equivalent.path == request.path
    return not_the_body or Subject(request, Context()).is_sent_by(equivalent)


def _deciding(answer: PlatformAnswer) -> Explained | None:
    """What must have decided; none where it can be more than one rule."""
    login = of_error(answer.code)
    if login is not None:
        return login.explained()
    rules = candidates(answer)
    return _finding(rules[0], answer.field) if len(rules) == 1 else None


def candidates(answer: PlatformAnswer) -> list[Rule]:
    """The rules that fit all that is known of an answer, else those that fit as much of it as possible."""
    if answer.rule is not None:
        return [TABLE[answer.rule]] if answer.rule in TABLE.by_id else []
    for status, code, message in (
        (answer.status, answer.code, answer.message),
        (answer.status, None, answer.message),
        (None, None, answer.message),
        (answer.status, answer.code, None),
        (None, answer.code, None),
        (answer.status, None, None),
    ):
        if (status or code or message) and (found := _fitting(status, code, message)):
            return found
    return []


def _fitting(status: int | None, code: str | None, message: str | None) -> list[Rule]:
    return [
        rule
        for rule in TABLE
        if status in (None, rule.status)
        and (code is None or rule.code == code.lower().replace("_", "."))
        and (message is None or _says(rule.message, message))
    ]


def _says(template: str, message: str) -> bool:
    """Whether a message is the rule's, in whatever order its words stand."""
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(template))
    same = re.fullmatch(rf"{pattern}\.?", message.strip(), re.IGNORECASE | re.DOTALL)
    return bool(same) or _words(template) == _words(message)


def _words(message: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", message.lower())) - {"a", "an", "the", "is", "was"}


def _is_strange(answer: PlatformAnswer) -> bool:
    """Whether the code is none that is known, and no message tells what is meant."""
    known = answer.code is None or any(_fitting(None, answer.code, None))
    said = answer.message is not None and any(_fitting(None, None, answer.message))
    return answer.rule is None and not known and not said


def _finding(rule: Rule, field: str | None = None) -> Explained:
    pointer = _pointer(field) if field else usual_place(rule.id)
    return Explained(rule.id, pointer, rule.title, rule.fix, rule.evidence.value, rule.source)


def _pointer(field: str) -> str:
    """The pointer to a field that the platform names with dots; names of headers and pointers stay."""
    return field if field.startswith("/") or field[0].isupper() else "/" + field.replace(".", "/")


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
        message = f"the report says {answer.status}; what fits the rest of it answers {rule.status}"
        doubts.append(Note("error.status", "", message))
    if answer.code is not None and answer.code.lower() != rule.code:
        message = (
            f"{answer.code!r} is no code that the platform is known to send; here it would be {rule.code!r}"
        )
        doubts.append(Note("error.code", "", message))
    return doubts


def _unheard_of(answer: PlatformAnswer, notes: tuple[Note, ...]) -> Explanation | None:
    if answer.status is None:
        return None
    message = UNKNOWN_CODE.format(code=answer.code[:80]) if answer.code else UNKNOWN_ANSWER
    note = Note("error.unknown", "", message)
    return Explanation("rejected", answer.status, answer.code, None, notes=(*notes, note), questions=(ASK,))
