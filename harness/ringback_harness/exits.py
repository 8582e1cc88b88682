"""What the exit codes of every command mean, and the errors that end a command with them."""

from __future__ import annotations

from enum import IntEnum

import click


class Exit(IntEnum):
    """Exit codes of ``ringback``."""

    FINE = 0
    FINDING = 1
    SETUP = 2
    UNREACHABLE = 3
    REFUSED = 4


class SetupError(click.ClickException):
    """Wrong usage, or a set-up that cannot work."""

    exit_code = Exit.SETUP


class Unreachable(click.ClickException):
    """The target does not answer, or refuses the login."""

    exit_code = Exit.UNREACHABLE


class Refused(click.ClickException):
    """Not done, since it might have rung somebody."""

    exit_code = Exit.REFUSED
