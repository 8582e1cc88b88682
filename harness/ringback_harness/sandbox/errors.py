"""What stops a request, or a run, on a real org."""

from __future__ import annotations

from ringback_harness.exits import CommandError, Exit, Refused
from ringback_harness.targets import OutOfReach


class NotAllowed(OutOfReach):
    """The request was not sent, since it might ring, or end, what this run has no say over."""


class DryRun(OutOfReach):
    """The request was printed, and not sent."""


class CallLeft(CommandError):
    """A call may be going on that this run could not end."""

    exit_code = Exit.FINDING


class Unmeant(Refused):
    """A request that should have been refused was accepted, so nothing more may be sent."""


class Interrupted(KeyboardInterrupt):
    """The run was told to stop; it comes once no call is in the air."""
