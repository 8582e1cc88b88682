"""The command ``ringback``. Its subcommands are imported when they are invoked, so that each starts fast."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ringback_mock.collector import nothing_collected
from ringback_mock.version import VERSION


def _call() -> click.Command:
    """Place one call, on a mock or a real org."""
    from ringback_harness.commands.call import command

    return command


def _calls() -> click.Command:
    """See the calls that go on, and tell one what to do."""
    from ringback_harness.commands.calls import command

    return command


def _check() -> click.Command:
    """Hold a target to every rule, with generated requests too."""
    from ringback_harness.commands.check import command

    return command


def _crash_test() -> click.Command:
    """Count the calls a program places while replies are lost."""
    from ringback_harness.commands.crash_test import command

    return command


def _demo() -> click.Command:
    """Play a short story on a mock of its own."""
    from ringback_harness.commands.demo import command

    return command


def _diff() -> click.Command:
    """Compare the answers of a target with those of the mock."""
    from ringback_harness.commands.diff import command

    return command


def _explain() -> click.Command:
    """Say why a request is refused and what to send instead."""
    from ringback_harness.commands.explain import command

    return command


def _export() -> click.Command:
    """Write the examples of all rules for Postman, editors and others."""
    from ringback_harness.commands.export import command

    return command


def _init() -> click.Command:
    """Write a commented org file to start from."""
    from ringback_harness.commands.init import command

    return command


def _mcp() -> click.Command:
    """Give a coding agent tools to explain requests and to call a mock."""
    from ringback_harness.commands.mcp import command

    return command


def _rules() -> click.Command:
    """List the rules and how each is known."""
    from ringback_harness.commands.rules import command

    return command


def _serve() -> click.Command:
    """Serve the mock."""
    from ringback_harness.commands.serve import command

    return command


def _store() -> click.Command:
    """Show what a Redis keeps of what is served, or delete it."""
    from ringback_harness.commands.store import command

    return command


def _verify_fix() -> click.Command:
    """Run saved cases on the mock and on a target."""
    from ringback_harness.commands.verify_fix import command

    return command


def _watch() -> click.Command:
    """See calls go on as it happens."""
    from ringback_harness.commands.watch import command

    return command


COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "call": _call,
    "calls": _calls,
    "check": _check,
    "crash-test": _crash_test,
    "demo": _demo,
    "diff": _diff,
    "explain": _explain,
    "export": _export,
    "init": _init,
    "mcp": _mcp,
    "rules": _rules,
    "serve": _serve,
    "store": _store,
    "verify-fix": _verify_fix,
    "watch": _watch,
}
"""Each imports its command; its docstring is what ``ringback --help`` says of it, without importing it."""


def check_commands(commands: Mapping[str, Callable[[], click.Command]]) -> None:
    """Raise ``ValueError`` for a command of which nothing is said."""
    for name, load in commands.items():
        if not load.__doc__:
            raise ValueError(f"the command {name!r} has no help: say in one sentence what it does")


if __debug__:  # python -OO has no docstrings, and so no help
    check_commands(COMMANDS)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, str(COMMANDS[name].__doc__)) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from ringback_harness.exits import Exit

            click.echo("interrupted", err=True)
            raise click.exceptions.Exit(Exit.INTERRUPTED) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names of commands, none of which is imported for it."""
        if not incomplete or incomplete[0].isalnum():
            names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
            return [CompletionItem(name, help=COMMANDS[name].__doc__) for name in names]
        return super().shell_complete(ctx, incomplete)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in COMMANDS:
            raise click.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        with nothing_collected():
            return COMMANDS[cmd_name]()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="ringback")
@click.pass_context
def main(context: click.Context) -> None:
    """A Genesys Cloud Calls API that runs on a laptop and says why.

    With RINGBACK_EVIDENCE set to a file of 'ringback rules --confirm', each rule that a real org has
    confirmed is shown as observed, with its date, wherever rules are shown.
    """
    _print_anything()
    # 'rules' has an option for the file, since it may be the one to write it.
    if (evidence := os.environ.get("RINGBACK_EVIDENCE")) and context.invoked_subcommand != "rules":
        from ringback_harness.cassettes.evidence import take_in

        take_in(Path(evidence))


def _print_anything() -> None:
    """Let nothing end a command because a console or a pipe has no such letter: old ones have 256 of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
