"""``ringback rules``: every reason to refuse a request, and how we know it."""

from __future__ import annotations

import difflib
import json

import click
from rich.console import Console

from ringback_contracts.model import Rule
from ringback_contracts.table import TABLE
from ringback_harness import rules_catalogue
from ringback_harness.exits import SetupError


@click.command("rules")
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--json", "form", flag_value="json", help="Print JSON, examples and all.")
@click.option("--markdown", "form", flag_value="markdown", help="Print the document docs/rules.md.")
def command(rule_id: str | None, form: str | None) -> None:
    """List every rule in the platform's order of checks, or show the rule ID with its examples."""
    rules = list(TABLE) if rule_id is None else [_rule(rule_id)]
    if form == "json":
        documents = [rules_catalogue.document(rule) for rule in rules]
        click.echo(json.dumps(documents if rule_id is None else documents[0], indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(rules_catalogue.markdown(rules), nl=False)
    elif rule_id is None:
        rules_catalogue.show_table(Console(highlight=False), rules)
    else:
        rules_catalogue.show_rule(Console(highlight=False), rules[0])


def _rule(rule_id: str) -> Rule:
    """The rule of that id; raises ``SetupError``, which names the nearest."""
    rule = TABLE.by_id.get(rule_id)
    if rule is None:
        near = difflib.get_close_matches(rule_id, TABLE.by_id, n=3, cutoff=0.3)
        hint = f"did you mean {' or '.join(near)}?" if near else "'ringback rules' lists them all"
        raise SetupError(f"there is no rule {rule_id!r}; {hint}")
    return rule
