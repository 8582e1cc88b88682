"""Show an explanation in a terminal: what is wrong, what to do, what to send; plain where it is piped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from rich.text import Text

from ringback_explain import Equivalent, Explained, Explanation
from ringback_harness.ready_made import MOCK, TOKEN_PATH, Place, ready_made
from ringback_harness.terminal import show_code, show_title, show_wrapped, shown

if TYPE_CHECKING:
    from rich.console import Console

TITLES = {
    "curl": "With curl",
    "client": "With ringback_client",
    "sdk": "With the official Python SDK",
}
BODY = "the body"


def show(console: Console, explanation: Explanation, heading: str, place: Place = MOCK) -> None:
    """Print the whole explanation; ``heading`` says what was explained."""
    _show_verdict(console, explanation, heading)
    if explanation.rule is None:
        _show_candidates(console, explanation.findings)
    elif explanation.findings:
        show_title(console, _findings_title(explanation))
        for number, finding in enumerate(explanation.findings, 1):
            _show_finding(console, number, finding)
    for title, lines in _sections(explanation):
        show_title(console, title)
        for line in lines:
            show_wrapped(console, "- ", line)
    if explanation.equivalent is not None:
        sent = explanation.verdict == "accepted"
        show_title(
            console, f"{'Ready to send' if sent else 'Send this instead'} (tried: Ringback accepts it)"
        )
        _show_equivalent(console, explanation.equivalent, place)


def _show_verdict(console: Console, explanation: Explanation, heading: str) -> None:
    color = "green" if explanation.verdict == "accepted" else "red"
    code = f" {explanation.code}" if explanation.code else ""
    console.print(Text(shown(f"{explanation.verdict.upper()}  {explanation.status}{code}"), f"bold {color}"))
    if explanation.rule:
        console.print(Text(f"decided by the rule {explanation.rule}"))
    show_wrapped(console, "", heading, style="dim")


def _findings_title(explanation: Explanation) -> str:
    count = len(explanation.findings)
    return "What is wrong" if count == 1 else f"What is wrong ({count} findings, the first decides)"


def _show_candidates(console: Console, findings: tuple[Explained, ...]) -> None:
    """The rules that may have decided, where only the answer is known."""
    if findings:
        show_title(console, f"It may be any of these {len(findings)}; 'ringback rules ID' tells more of each")
    for finding in findings:
        console.print(Text(finding.rule, style="bold yellow"))
        show_wrapped(console, "   ", f"{finding.message}.")
        show_wrapped(console, "   Fix: ", finding.fix, style="green")


def _show_finding(console: Console, number: int, finding: Explained) -> None:
    head = Text(f"{number}. ")
    head.append(finding.rule, style="bold yellow")
    head.append(f"  at {shown(finding.pointer) or BODY}", style="cyan")
    console.print(head, soft_wrap=True)
    show_wrapped(console, "   what   ", finding.message)
    show_wrapped(console, "   fix    ", finding.fix, style="green")
    show_wrapped(console, "   known  ", f"{finding.evidence}: {finding.source}", style="dim")


def _sections(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    if explanation.notes:
        notes = [
            f"{note.pointer}: {note.message}" if note.pointer else note.message for note in explanation.notes
        ]
        yield "Good to know", notes
    if explanation.unknown:
        yield "Cannot be known from here", list(explanation.unknown)
    if explanation.questions:
        yield "Open questions", list(explanation.questions)


def _show_equivalent(console: Console, equivalent: Equivalent, place: Place) -> None:
    show_code(console, f"{equivalent.method} {equivalent.path}\n{_body(equivalent)}")
    for form, code in ready_made(equivalent, place).items():
        show_title(console, TITLES[form])
        show_code(console, code)
    console.print()
    show_wrapped(console, "", place.remark, style="dim")


def _body(equivalent: Equivalent) -> str:
    if equivalent.path == TOKEN_PATH:
        return f"Content-Type: application/x-www-form-urlencoded\n\n{urlencode(equivalent.body, safe='<>:/')}"
    return json.dumps(equivalent.body, indent=2, ensure_ascii=False)
