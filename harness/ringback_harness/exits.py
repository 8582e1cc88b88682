"""What the exit codes of every command mean, and the errors that end a command with them."""

from __future__ import annotations

from enum import IntEnum

import click

from ringback_harness.terminal import shown


class Exit(IntEnum):
    """Exit codes of ``ringback``."""

    FINE = 0
    FINDING = 1
    SETUP = 2
    UNREACHABLE = 3
    REFUSED = 4
    INTERRUPTED = 130
    """What shells say of a program that Ctrl-C ended: 128 and the number of SIGINT."""


class CommandError(click.ClickException):
    """What ends a command, in words that no terminal and no CI obeys, whoever wrote some of them."""

    def format_message(self) -> str:
        return shown(self.message)


class SetupError(CommandError):
    """Wrong usage, or a set-up that cannot work."""

    exit_code = Exit.SETUP


class Unreachable(CommandError):
    """The target does not answer, or refuses the login."""

    exit_code = Exit.UNREACHABLE


class Refused(CommandError):
    """Not done, since it might have rung somebody."""

    exit_code = Exit.REFUSED


def disk_error(error: OSError) -> SetupError:
    """What to say of a file or folder that cannot be used, a full or read-only disk for one."""
    return SetupError(f"{error.filename or 'the disk'} cannot be used: {error.strerror or error}")
