"""``ringback explain``: what the platform makes of a request, why, and what to send instead."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import click

from ringback_contracts.core.model import CONTRACTS, Caller
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.http.sdk_operations import sdk_operation
from ringback_contracts.org import ContractChoice, Org, OrgError, default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain import (
    Context,
    Explanation,
    Note,
    explain,
    explain_answer,
    explain_answered,
    explain_text_notes,
)
from ringback_explain.read import Found, FoundError, FoundRequest, Read, ReadError, mention, read
from ringback_explain.read.found import names_called
from ringback_explain.read.text import MAX_TEXT, decoded
from ringback_harness import callers
from ringback_harness.exits import Exit, SetupError
from ringback_harness.options import alone
from ringback_mock.engine.orgfile import read_org


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What the command line says beside the request: the org, who asks, in which contract, for whom."""

    org: Org | None
    caller: Caller | None
    contract: ContractChoice
    user_id: str | None

    def explain(self, found: Found) -> Explanation | None:
        """The explanation of what was read; none for an error of which nothing is known."""
        if not isinstance(found, FoundRequest):
            return explain_answer(found.answer, found.text, names_called("scope", found.text))
        explanation = self._judged(found)
        return explanation if self.user_id is None else self._on_behalf(found, explanation, self.user_id)

    def _judged(self, reading: FoundRequest) -> Explanation:
        if reading.answer is not None:
            return explain_answered(
                reading.request,
                reading.answer,
                reading.context,
                caller=self.caller,
                org=self.org,
                contract=self.contract,
            )
        return explain(
            reading.request, caller=self.caller, org=self.org, contract=self.contract, context=reading.context
        )

    def _on_behalf(self, reading: FoundRequest, explanation: Explanation, user_id: str) -> Explanation:
        """The same verdict, but what to send instead goes to the path of that user."""
        if not reading.request.path.startswith(CALLS_PATH):
            return explanation
        path = f"{CALLS_PATH}/user/{user_id}"
        other = self._judged(replace(reading, request=replace(reading.request, path=path)))
        return replace(explanation, equivalent=other.equivalent, questions=other.questions)


class RequestSource(click.File):
    """A file, or standard input, or a request itself that somebody gave in place of one."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The open file; a text that is plainly no name of one is read as it stands."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            if isinstance(value, str) and _IS_TEXT.search(value):
                return BytesIO(value.encode("utf-8", "surrogateescape"))
            hint = " To explain a text, pipe it in: ... | ringback explain"
            raise click.BadParameter(f"{error.message}.{hint}", ctx=ctx, param=param) from error


_IS_TEXT = re.compile(r"[{}\n]|^curl\s|^\s*[1-5]\d\d\s")
"""What no name of a file has in it: a brace, a line's end, a command, or a status with words behind it."""


@click.command("explain")
@click.argument("file", type=RequestSource("rb"), default="-")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: an object, or an array for several requests."
)
@click.option(
    "--org",
    "org_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of your org: its ids, numbers and permissions are held against the request.",
)
@click.option(
    "--contract",
    type=click.Choice(["any", *CONTRACTS]),
    help="Request bodies to accept.  [default: the org's, or any]",
)
@click.option("--as", "name", metavar="NAME", help="Whose token: one of the org's tokens, users or clients.")
@click.option(
    "--on-behalf-of",
    metavar="USER",
    help="Suggest a call placed for this user (an id; with --org or --as also a name).",
)
@click.option("--curl", is_flag=True, help="Show the request to send as a curl command.")
@click.option("--python", is_flag=True, help="Show it as Python, with ringback_client.")
@click.option("--sdk", is_flag=True, help="Show it as Python, with the official SDK.")
@click.option("-v", "--verbose", is_flag=True, help="Show every note, and how each rule is known.")
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    file: BinaryIO,
    as_json: bool,
    org_file: Path | None,
    contract: ContractChoice | None,
    name: str | None,
    on_behalf_of: str | None,
    verbose: bool,
    **samples: bool,
) -> None:
    """Explain the request in FILE, or on standard input: why it is refused, and what to send instead.

    Reads a JSON body, a curl command, a HAR file, a Postman collection, an HTTP message, code, a form, or the
    error that came back; it may stand in place of FILE. Nothing is sent anywhere. With --as and without --org
    the org is the one that 'ringback serve' serves.

    Exit code: 0 accepted, 1 rejected, 2 nothing that can be read.
    """
    if as_json:
        alone("as_json", "file", "org_file", "contract", "name", "on_behalf_of", "verbose")
    options = _options(org_file, contract, name, on_behalf_of)
    result = _read(file)
    explanations = list(_explained(result, options))
    if as_json:
        _print_json([explanation for _, explanation in explanations])
    else:
        _print(result, explanations, verbose=verbose, samples=samples)
    if result.left_out:
        click.echo(
            f"{result.left_out:,} more requests were left out: the first {len(result.found)} of an input are "
            "explained; give the others in a file of their own.",
            err=True,
        )
    rejected = any(explanation.verdict == "rejected" for _, explanation in explanations)
    sys.exit(Exit.FINDING if rejected else Exit.FINE)


def _options(
    org_file: Path | None, contract: ContractChoice | None, name: str | None, on_behalf_of: str | None
) -> ExplainOptions:
    try:
        org = read_org(org_file) if org_file else None
    except OrgError as error:
        raise SetupError(str(error)) from error
    if name is not None and org is None:
        org = default_org()
    return ExplainOptions(
        org=org,
        caller=callers.caller(org, name) if org and name is not None else None,
        contract=contract or (org.contract if org else "any"),
        user_id=None if on_behalf_of is None else _user_id(org, on_behalf_of),
    )


def _user_id(org: Org | None, name: str) -> str:
    """The id of the user to call for; raises ``SetupError`` for a name that no org is there to know."""
    if org is None and not is_uuid(name):
        raise SetupError(
            f"--on-behalf-of wants the id of a user (a UUID) and {name!r} is none; a name takes the org that"
            " knows it: --org FILE"
        )
    return callers.user_id(org, name)


def _read(file: BinaryIO) -> Read:
    if file.isatty():
        click.echo("Paste the request, then press Ctrl-D (on Windows Ctrl-Z and Enter).", err=True)
    data = file.read()
    try:
        return read(data, Path.cwd())
    except ReadError as error:
        _remark(decoded(data)[:MAX_TEXT], error)
        raise SetupError(str(error)) from error


def _context(text: str) -> Context:
    scopes, permissions = names_called("scope", text), names_called("permission", text)
    return Context(grant=mention.grant(text), scopes=scopes, permissions=permissions, text=text)


def _remark(text: str, error: Exception) -> None:
    """Say what is known of a text that holds no request: a failure that it tells of ends the command."""
    notes = explain_text_notes(_context(text))
    if not notes:
        return
    is_failure = any(note.id.startswith(FAILURES) for note in notes)
    click.echo(
        "NO REQUEST  but what the text says is known" if is_failure else "NO REQUEST", err=not is_failure
    )
    for note in notes:
        click.echo(f"- {note.message}", err=not is_failure)
    if is_failure:
        if isinstance(error, ReadError) and "looked for" not in str(error):
            click.echo(f"({error})")
        sys.exit(Exit.FINDING)


OF_THE_TEXT = ("sdk.", "scope.", "permission.", "symptom.", "grant.")
"""Notes on what stands around the requests of a text."""
FAILURES = ("sdk.", "symptom.")
"""Notes on what cannot work, whatever is sent."""


def _explained(result: Read, options: ExplainOptions) -> Iterator[tuple[Found, Explanation]]:
    for found in result.found:
        explanation = options.explain(found)
        if explanation is None:
            error = SetupError(
                "this names an error that nothing is known of; give its status, code and message"
            )
            _remark(found.text if isinstance(found, FoundError) else "", error)
            raise error
        yield found, explanation


def _print_json(explanations: list[Explanation]) -> None:
    documents = [explanation.as_dict() for explanation in explanations]
    click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))


def _print(
    result: Read,
    explanations: list[tuple[Found, Explanation]],
    *,
    verbose: bool,
    samples: Mapping[str, bool],
) -> None:
    from ringback_harness.render import Showing, show_explanation
    from ringback_harness.terminal import Output, show

    wanted = frozenset(name for name, is_wanted in samples.items() if is_wanted)
    how = Showing(verbose=verbose, samples=wanted)

    screen = Output()
    said: set[Note] = set()
    for number, (found, explanation) in enumerate(explanations, 1):
        if number > 1:
            show(screen, "\u2500" * screen.width)
        # What is said of the text around the requests is said once.
        notes = tuple(note for note in explanation.notes if note not in said)
        said.update(note for note in notes if note.id.startswith(OF_THE_TEXT))
        show_explanation(screen, replace(explanation, notes=notes), _heading(found), how)
    if result.ignored:
        show(screen, f"\n{_passed_over(result.ignored)}")


def _passed_over(count: int) -> str:
    if count == 1:
        return "1 other request of the HAR file places no call and was passed over."
    return f"{count} other requests of the HAR file place no call and were passed over."


def _heading(found: Found) -> str:
    if isinstance(found, FoundRequest):
        answered = (
            f" with the answer that it got, {found.answer.status or found.answer.code}"
            if found.answer
            else ""
        )
        return f"{found.request.method} {found.request.path}, read from {found.what}{answered}"
    named = found.answer.operation and sdk_operation(found.answer.operation)
    return f"{named.method} {named.template}, read from {found.what}" if named else f"read from {found.what}"
