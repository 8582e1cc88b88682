"""``ringback rules``: every reason to refuse a request, and how we know it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from ringback_contracts.catalogue import TABLE
from ringback_harness import rules_catalogue
from ringback_harness.completion import completing
from ringback_harness.exits import Exit, SetupError
from ringback_harness.options import alone
from ringback_harness.rules_catalogue import catalogue, named
from ringback_harness.terminal import echo, one_line


@click.command("rules")
@click.argument("rule_id", metavar="[ID]", required=False, shell_complete=completing(catalogue))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, examples and all.")
@click.option("--markdown", is_flag=True, help="Print the document docs/rules.md.")
@click.option(
    "--confirm",
    "cassettes",
    type=click.Path(exists=True, path_type=Path),
    metavar="CASSETTES",
    help="Write to --evidence which rules the recorded answers of a real org confirm.",
)
@click.option(
    "--evidence",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="RINGBACK_EVIDENCE",
    metavar="FILE",
    help="Show the rules confirmed in FILE as observed; also RINGBACK_EVIDENCE.",
)
def command(
    *, rule_id: str | None, as_json: bool, markdown: bool, cassettes: Path | None, evidence: Path | None
) -> None:
    """List all rules, the platform's in its order of checks and the login's, or show the rule ID in full.

    Exit code: 0 fine, 1 a recorded answer contradicts a rule, 2 wrong usage.
    """
    if markdown:
        alone("markdown", "evidence")
    if cassettes is not None:
        alone("cassettes", "evidence")
        sys.exit(_confirm(cassettes, evidence))
    if evidence is not None:
        from ringback_harness.cassettes.evidence import take_in

        take_in(evidence)
    rules = list(catalogue().values()) if rule_id is None else [named(rule_id)]
    if as_json:
        documents = [rules_catalogue.document(rule) for rule in rules]
        click.echo(json.dumps(documents if rule_id is None else documents[0], indent=2, ensure_ascii=False))
    elif markdown:
        click.echo(rules_catalogue.markdown(rules), nl=False)
    elif rule_id is None:
        rules_catalogue.show_table(Console(highlight=False), rules)
    else:
        rules_catalogue.show_rule(Console(highlight=False), rules[0])


def _confirm(cassettes: Path, evidence: Path | None) -> Exit:
    """Write the evidence, and say what it holds and what contradicts it."""
    from ringback_harness.cassettes.evidence import confirmed, write_evidence
    from ringback_harness.cassettes.replay import read_cassettes

    if evidence is None:
        raise SetupError("--confirm needs --evidence FILE, where to write what is confirmed")
    found = confirmed(read_cassettes(cassettes))
    held = write_evidence(found, evidence)
    for rule_id, seen in found.seen.items():
        echo(f"{rule_id}: {seen} (exchanges: {seen.exchanges})")
    for rule_id, how in found.contradicted.items():
        echo(f"{rule_id}: contradicted by {one_line(str(how))}")
    for reason, rules in found.unproved.items():
        echo(f"not confirmed: {', '.join(rules)}\n    {reason}")
    if not found.exchanges:
        echo(f"{cassettes} holds nothing that a real org answered, and a mock confirms nothing")
    echo(f"{len(found.seen)} rules confirmed here, {len(held)} of {len(TABLE)} in {evidence}")
    return Exit.FINDING if found.contradicted else Exit.FINE
