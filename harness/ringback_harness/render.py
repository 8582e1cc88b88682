"""Show an explanation in a terminal: what is wrong, what to do, what to send; plain where it is piped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain import Equivalent, Explained, Explanation, Note
from ringback_harness.ready_made import MOCK, Connection, ready_made
from ringback_harness.terminal import Screen, show, show_code, show_title, show_wrapped, shown, styled

TITLES = {
    "curl": "With curl",
    "python": "With ringback_client",
    "sdk": "With the official Python SDK",
}


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
OTHER_FORM = ("key.destination", "key.caller")
"""Notes that tell that a body is written in ``to`` and ``from``."""
NOT_READ = ("code.not-in-text", "code.conditional", "code.given-on")
"""Notes on parts of a request that were not read, and are not shown."""
DEAD = ("number.unassigned", "number.fictional", "number.impossible")
"""Notes that a caveat beside the request repeats."""
CANNOT_WORK = "accepted, but the call will end in an error"
BUT = (
    ("method.reads", "as a reading: it places no call"),
    ("host.", "but not at this host"),
    ("key.destination", "by Ringback alone: the platform publishes no 'to' and 'from'"),
    ("key.caller", "by Ringback alone: the platform publishes no 'to' and 'from'"),
    ("value.not-filled-in", "once it is filled in"),
    ("code.unsent", "if anything sends it"),
    ("code.media-type", "if it goes out as application/json"),
)
"""What makes a lie of "accepted" alone, by the notes that tell of it."""


def show_explanation(screen: Screen, explanation: Explanation, heading: str, how: Showing = BRIEFLY) -> None:
    """Print the explanation; ``heading`` says what was explained."""
    _show_verdict(screen, explanation)
    show_wrapped(screen, "", heading, style="dim")
    show(screen)
    # What the program itself lacks comes before any answer that it could get.
    of_program = [note for note in explanation.notes if note.id.startswith(OF_THE_PROGRAM)]
    for note in of_program:
        show_wrapped(screen, "   sdk    ", note.message)
    if of_program and explanation.findings:
        show(screen)
    if explanation.rule is None:
        _show_candidates(screen, explanation.findings)
    else:
        for number, finding in enumerate(explanation.findings, 1):
            _show_finding(screen, number, finding, verbose=how.verbose)
    left_out = _show_remarks(screen, explanation, verbose=how.verbose)
    if explanation.equivalent is not None:
        _show_request(screen, explanation, explanation.equivalent, how)
    more = [f"{left_out} more remark{'s' if left_out > 1 else ''} with -v"] if left_out else []
    more += ["as code with --curl, --python or --sdk"] if explanation.equivalent and not how.samples else []
    if more:
        show_wrapped(screen, "", f"({'; '.join(more)})", style="dim")


def _show_verdict(screen: Screen, explanation: Explanation) -> None:
    color = "green" if explanation.verdict == "accepted" else "red"
    code = f" {explanation.code}" if explanation.code else ""
    # What Ringback does not do is no refusal of the platform.
    is_limit = explanation.status == HTTPStatus.NOT_IMPLEMENTED
    verdict = "NOT SERVED BY RINGBACK" if is_limit else explanation.verdict.upper()
    title = styled(shown(f"{verdict}  {explanation.status}{code}"), f"bold {color}")
    but = _but(explanation) if explanation.verdict == "accepted" else ""
    show(screen, title + (styled(f"  {but}", "bold yellow") if but else ""))


def _show_request(screen: Screen, explanation: Explanation, equivalent: Equivalent, how: Showing) -> None:
    show_title(screen, f"{_invitation(explanation)} (tried: Ringback accepts it)")
    for caveat in explanation.caveats:
        told = caveat.replace(CANNOT_WORK, "the call then fails").removeprefix("accepted, but ")
        show_wrapped(screen, "", told, style="yellow")
    _show_equivalent(screen, equivalent, how)


def _but(explanation: Explanation) -> str:
    """What has to be known beside the word "accepted"."""
    ids = {note.id for note in explanation.notes}
    said = [text for begins, text in BUT if any(each.startswith(begins) for each in ids)]
    told = [*said, *(["but the call then fails"] if explanation.caveats else [])]
    return ", ".join(dict.fromkeys(told))


def _invitation(explanation: Explanation) -> str:
    """What is said above the request that is shown."""
    if explanation.verdict == "rejected" or any(note.id == "method.reads" for note in explanation.notes):
        return "Send this instead"
    is_another = any(note.id in OTHER_FORM for note in explanation.notes)
    if is_another:
        return "In the published form"
    is_whole = not explanation.questions and not any(note.id in NOT_READ for note in explanation.notes)
    return "Ready to send" if is_whole else "To send, but for what is open"


def _show_candidates(screen: Screen, findings: tuple[Explained, ...]) -> None:
    """The rules that may have decided, where only the answer is known."""
    if len(findings) > 1:
        title = f"It may be any of these {len(findings)}; 'ringback rules ID' tells more of each"
        show_wrapped(screen, "", title, style="bold")
    for finding in findings:
        show(screen, styled(finding.rule, "bold yellow"))
        show_wrapped(screen, "   ", f"{finding.message}.")
        show_wrapped(screen, "   Fix: ", finding.fix, style="green")


def _show_finding(screen: Screen, number: int, finding: Explained, *, verbose: bool) -> None:
    place = styled(f"  at {shown(finding.where)}", "cyan") if finding.where else ""
    show(screen, f"{number}. {styled(finding.rule, 'bold yellow')}{place}")
    show_wrapped(screen, "   what   ", finding.message)
    show_wrapped(screen, "   fix    ", finding.fix, style="green")
    if verbose:
        show_wrapped(screen, "   known  ", f"{finding.evidence}: {finding.source}", style="dim")


def _show_remarks(screen: Screen, explanation: Explanation, *, verbose: bool) -> int:
    """Notes, what is unknown, and questions; how many were left out because they are shown otherwise."""
    brief = not verbose and explanation.verdict == "rejected" and explanation.equivalent is not None
    others = [note for note in explanation.notes if not note.id.startswith(OF_THE_PROGRAM)]
    notes = [note for note in others if verbose or not _is_said_again(note, explanation, brief=brief)]
    unknown = () if brief else explanation.unknown
    for note in notes:
        show_wrapped(screen, "   note   ", f"{note.where}: {note.message}" if note.pointer else note.message)
    if unknown:
        show_wrapped(screen, "   open   ", f"not known from here: {'; '.join(unknown)}", style="dim")
    for question in explanation.questions:
        show_wrapped(screen, "   ask    ", question)
    return len(others) - len(notes) + len(explanation.unknown) - len(unknown)


def _is_said_again(note: Note, explanation: Explanation, *, brief: bool) -> bool:
    """Whether the request that is shown, a finding or a question says what a note says."""
    if note.id.startswith(SHOWN_BY_THE_REQUEST) and brief:
        return True
    asked = any(f" {note.pointer}" in question for question in explanation.questions)
    if note.id in OTHER_FORM and explanation.equivalent is not None:
        return True
    if note.id.startswith("value.") and note.pointer and asked:
        return True
    if note.id == "grant.client-credentials":
        return any(finding.rule == "caller.not-a-user" for finding in explanation.findings)
    is_shown_number = note.id.startswith(DEAD) and "fails" in note.message
    return is_shown_number and bool(explanation.caveats) and explanation.equivalent is not None


def _show_equivalent(screen: Screen, equivalent: Equivalent, how: Showing) -> None:
    show_code(screen, message(equivalent, screen.width))
    made = ready_made(equivalent, how.connection) if how.samples else {}
    for form in (form for form in made if form in how.samples):
        show_title(screen, TITLES[form])
        show_code(screen, made[form])
    if made:
        show(screen)
        show_wrapped(screen, "", how.connection.remark, style="dim")


def message(equivalent: Equivalent, width: int) -> str:
    """The request as an HTTP message, its body in one line where that is not too wide."""
    return f"{equivalent.method} {equivalent.path}\n{_body(equivalent, width)}"


def _body(equivalent: Equivalent, width: int) -> str:
    if equivalent.path == TOKEN_PATH:
        headers = f"Content-Type: {FORM_TYPE}"
        if "client_id" not in equivalent.body:
            headers = f"Authorization: Basic <base64 of id:secret>\n{headers}"
        return f"{headers}\n\n{urlencode(equivalent.body, safe='<>:/')}"
    line = json.dumps(equivalent.body, ensure_ascii=False)
    return line if len(line) <= width else json.dumps(equivalent.body, indent=2, ensure_ascii=False)
