"""All rules, the API's and the login's, for people and programs: in a terminal, as JSON, as a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import CONTRACTS, Example, Rule
from ringback_contracts.core.nearest import nearest_few
from ringback_contracts.core.shown import shown_example
from ringback_explain.tell.tokens import LOGIN_RULES, LoginRule
from ringback_harness.exits import SetupError
from ringback_harness.terminal import show_wrapped

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 170
"""Columns that the longest line of the listing takes."""

Entry = Rule | LoginRule
LOGIN = "login"

INTRODUCTION = """\
# Rules

<!-- made by `ringback rules --markdown > docs/rules.md`; a test holds it current -->

Every answer that is no success is the verdict of a rule. They are asked in this order, and the first that
objects decides. The last ones, `token.*` and `oauth.*`, are about the login: `ringback explain` holds them
against a request for a token, or against the `error` that came back. `ringback rules ID` shows one of them
in a terminal.

**How we know** says what stands behind a rule: `published` is the vendor's own contract, `observed` a
recorded exchange with a real org, `reported` a named public source that ran it, `mission` the documents that
Ringback was asked to enforce, `assumed` a choice of ours where nothing is known.

An example is one line of JSON: a `body` (or `raw`, bytes that are sent as they stand) that alice posts to
`/api/v2/conversations/calls` of the default org. What differs is said beside it: `method`, `path`, `token`
(null sends none), `headers`, `org` (changes of the org's file), `used` (requests that the token has already
made this minute), `given` (what happened before: requests that were granted, and seconds that passed).
In it `{call}` stands for the id of the call, `{party1}` for that of its first participant, `{leg1}` for
that of this participant's communication.

"""


def catalogue() -> Mapping[str, Entry]:
    """Every rule by its id: the platform's order of checks, then the login."""
    return {**TABLE.by_id, **LOGIN_RULES}


def named(rule_id: str) -> Entry:
    """The rule of that id; raises ``SetupError``, which names the nearest."""
    known = catalogue()
    rule = known.get(rule_id)
    if rule is None:
        near = nearest_few(rule_id, known, most=3, at_least=0.3)
        hint = f"did you mean {' or '.join(near)}?" if near else "'ringback rules' lists them all"
        raise SetupError(f"there is no rule {rule_id!r}; {hint}")
    return rule


def document(rule: Entry) -> dict[str, Any]:
    """The rule with its examples, as plain JSON values; ``message`` is null where the answer has none."""
    return {
        "id": rule.id,
        "stage": stage(rule),
        "status": rule.status,
        "code": rule.code,
        "contracts": list(rule.contracts) if isinstance(rule, Rule) else [],
        "evidence": rule.evidence.value,
        "source": rule.source,
        "title": rule.title,
        "message": rule.message if isinstance(rule, Rule) else None,
        "fix": rule.fix,
        "rejects": [shown_example(example) for example in rule.rejects],
        "accepts": [shown_example(example) for example in rule.accepts],
    }


def markdown(rules: Iterable[Entry]) -> str:
    """The whole catalogue as a document."""
    rules = list(rules)
    return (
        INTRODUCTION
        + "\n".join((*_table(rules), "", *(line for rule in rules for line in _section(rule))))
        + "\n"
    )


def _table(rules: list[Entry]) -> Iterator[str]:
    yield "| rule | answer | contracts | how we know | what |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        anchor = rule.id.replace(".", "")
        yield (
            f"| [`{rule.id}`](#{anchor}) | {rule.status} `{rule.code}` | {contracts(rule)} "
            f"| {rule.evidence.value} | {rule.title} |"
        )


def _section(rule: Entry) -> Iterator[str]:
    says = f", *{rule.message}*" if isinstance(rule, Rule) else ""
    yield f"## {rule.id}\n"
    yield f"{rule.title}. Answers {rule.status} `{rule.code}`{says}.\n"
    yield f"- **Fix:** {rule.fix}"
    yield f"- **How we know:** {rule.evidence.value} ({rule.source})"
    yield f"- **Contracts:** {contracts(rule)}\n"
    yield from _examples("Refused", rule.rejects)
    yield from _examples("Not refused", rule.accepts)


def _examples(title: str, examples: Sequence[Example]) -> Iterator[str]:
    if not examples:
        return
    yield f"{title}:\n"
    yield "```json"
    yield from (json.dumps(shown_example(example), ensure_ascii=False) for example in examples)
    yield "```\n"


def stage(rule: Entry) -> str:
    """The step of the platform's order of checks in which a rule is asked."""
    return rule.stage.name.lower() if isinstance(rule, Rule) else LOGIN


def contracts(rule: Entry) -> str:
    """The contracts a rule holds in; both are ``any``. At the login there are none."""
    if not isinstance(rule, Rule):
        return LOGIN
    return "any" if rule.contracts == CONTRACTS else ", ".join(rule.contracts)


def listing(rules: Iterable[Entry]) -> Iterator[str]:
    """One line a rule, in columns: for programs that read lines, and for wide terminals."""
    for rule in rules:
        answer = f"{rule.status}  {rule.code:<44}"
        yield f"{rule.id:<34}{answer}{contracts(rule):<14}{rule.evidence.value:<11}{rule.title}"


def show_table(console: Console, rules: Iterable[Entry]) -> None:
    """Print one line a rule, or two in a terminal that is not wide enough."""
    if console.is_terminal and console.width < WIDE:
        for rule in rules:
            answer = f"{rule.status} {rule.code}"
            between = "  " if len(rule.id) + len(answer) + 2 <= console.width else "\n    "
            console.print(Text.assemble((rule.id, "bold"), between, answer))
            console.print(Text(f"    {rule.title}"))
            console.print(Text(f"    contracts: {contracts(rule)}; {rule.evidence.value}", style="dim"))
    else:
        for line in listing(rules):
            console.print(Text(line), soft_wrap=True)


def show_rule(console: Console, rule: Entry) -> None:
    """Print one rule in full."""
    console.print(Text.assemble((rule.id, "bold"), f"  {rule.status} {rule.code}"))
    console.print(Text(rule.title))
    console.print()
    for name, value in _facts(rule):
        show_wrapped(console, f"{name:<11}", value)
    for title, examples in (("Refused", rule.rejects), ("Not refused", rule.accepts)):
        _show_examples(console, title, examples)


def _facts(rule: Entry) -> Iterator[tuple[str, str]]:
    if isinstance(rule, Rule):
        yield "message", rule.message
    yield "fix", rule.fix
    yield "known", f"{rule.evidence.value}: {rule.source}"
    yield "contracts", contracts(rule)
    yield "stage", stage(rule).replace("_", " ")


def _show_examples(console: Console, title: str, examples: Sequence[Example]) -> None:
    if examples:
        console.print()
        console.print(Text(title, style="bold"))
    for example in examples:
        console.print(Text(json.dumps(shown_example(example), ensure_ascii=False)), soft_wrap=True)
