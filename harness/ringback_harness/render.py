"""Show an explanation in a terminal: what is wrong, what to do, what to send; plain where it is piped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from rich.text import Text

from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain import Equivalent, Explained, Explanation
from ringback_harness.ready_made import MOCK, Connection, ready_made
from ringback_harness.terminal import show_code, show_title, show_wrapped, shown

if TYPE_CHECKING:
    from rich.console import Console

TITLES = {
    "curl": "With curl",
    "python": "With ringback_client",
    "sdk": "With the official Python SDK",
}
BODY = "the body"


@dataclass(frozen=True, slots=True)
class Showing:
    """How much is shown: every note and source, and the request in which forms of code, for which server."""

    verbose: bool = False
    samples: frozenset[str] = frozenset()
    connection: Connection = MOCK


BRIEFLY = Showing()


OF_THE_PROGRAM = "sdk."
"""Notes on packages, classes and methods that a program uses and that do not exist."""
SHOWN_BY_THE_REQUEST = ("key.", "number.normalised", "number.no-plus", "value.not-filled-in")
"""Notes on what the request to send instead, or a question beside it, shows as well."""


def show(console: Console, explanation: Explanation, heading: str, how: Showing = BRIEFLY) -> None:
    """Print the explanation; ``heading`` says what was explained."""
    color = "green" if explanation.verdict == "accepted" else "red"
    code = f" {explanation.code}" if explanation.code else ""
    # What Ringback does not do is no refusal of the platform.
    is_limit = explanation.status == HTTPStatus.NOT_IMPLEMENTED
    verdict = "NOT SERVED BY RINGBACK" if is_limit else explanation.verdict.upper()
    console.print(Text(shown(f"{verdict}  {explanation.status}{code}"), f"bold {color}"))
    show_wrapped(console, "", heading, style="dim")
    console.print()
    # What the program itself lacks comes before any answer that it could get.
    for note in (note for note in explanation.notes if note.id.startswith(OF_THE_PROGRAM)):
        show_wrapped(console, "   sdk    ", note.message)
    if explanation.rule is None:
        _show_candidates(console, explanation.findings)
    else:
        for number, finding in enumerate(explanation.findings, 1):
            _show_finding(console, number, finding, verbose=how.verbose)
    left_out = _show_remarks(console, explanation, verbose=how.verbose)
    if explanation.equivalent is not None:
        sent = explanation.verdict == "accepted"
        show_title(
            console, f"{'Ready to send' if sent else 'Send this instead'} (tried: Ringback accepts it)"
        )
        _show_equivalent(console, explanation.equivalent, how)
    more = [f"{left_out} more remarks with -v"] if left_out else []
    more += ["as code with --curl, --python or --sdk"] if explanation.equivalent and not how.samples else []
    if more:
        show_wrapped(console, "", f"({'; '.join(more)})", style="dim")


def _show_candidates(console: Console, findings: tuple[Explained, ...]) -> None:
    """The rules that may have decided, where only the answer is known."""
    if findings:
        console.print(
            Text(f"It may be any of these {len(findings)}; 'ringback rules ID' tells more of each", "bold")
        )
    for finding in findings:
        console.print(Text(finding.rule, style="bold yellow"))
        show_wrapped(console, "   ", f"{finding.message}.")
        show_wrapped(console, "   Fix: ", finding.fix, style="green")


def _show_finding(console: Console, number: int, finding: Explained, *, verbose: bool) -> None:
    head = Text(f"{number}. ")
    head.append(finding.rule, style="bold yellow")
    head.append(f"  at {shown(finding.where) or BODY}", style="cyan")
    console.print(head, soft_wrap=True)
    show_wrapped(console, "   what   ", finding.message)
    show_wrapped(console, "   fix    ", finding.fix, style="green")
    if verbose:
        show_wrapped(console, "   known  ", f"{finding.evidence}: {finding.source}", style="dim")


def _show_remarks(console: Console, explanation: Explanation, *, verbose: bool) -> int:
    """Notes, what is unknown, and questions; how many were left out because they are shown otherwise."""
    brief = not verbose and explanation.verdict == "rejected" and explanation.equivalent is not None
    others = [note for note in explanation.notes if not note.id.startswith(OF_THE_PROGRAM)]
    notes = [note for note in others if not (brief and note.id.startswith(SHOWN_BY_THE_REQUEST))]
    unknown = () if brief else explanation.unknown
    for note in notes:
        show_wrapped(console, "   note   ", f"{note.where}: {note.message}" if note.pointer else note.message)
    for line in unknown:
        show_wrapped(console, "   open   ", f"cannot be known from here: {line}", style="dim")
    for question in explanation.questions:
        show_wrapped(console, "   ask    ", question)
    return len(others) - len(notes) + len(explanation.unknown) - len(unknown)


def _show_equivalent(console: Console, equivalent: Equivalent, how: Showing) -> None:
    show_code(console, f"{equivalent.method} {equivalent.path}\n{_body(equivalent, console.width)}")
    made = ready_made(equivalent, how.connection) if how.samples else {}
    for form in (form for form in made if form in how.samples):
        show_title(console, TITLES[form])
        show_code(console, made[form])
    if made:
        console.print()
        show_wrapped(console, "", how.connection.remark, style="dim")


def _body(equivalent: Equivalent, width: int) -> str:
    if equivalent.path == TOKEN_PATH:
        return f"Content-Type: {FORM_TYPE}\n\n{urlencode(equivalent.body, safe='<>:/')}"
    line = json.dumps(equivalent.body, ensure_ascii=False)
    return line if len(line) <= width else json.dumps(equivalent.body, indent=2, ensure_ascii=False)
