"""A real org as a target: nothing rings that was not listed, and whatever was placed is ended."""

from ringback_harness.sandbox.errors import CallLeft, Interrupted, NotAllowed, Unmeant
from ringback_harness.sandbox.permit import Permit
from ringback_harness.sandbox.settings import SandboxSettings, settings_from
from ringback_harness.sandbox.target import DryRunSandbox, Sandbox, Tools, account, opened_sandbox

__all__ = [
    "CallLeft",
    "DryRunSandbox",
    "Interrupted",
    "NotAllowed",
    "Permit",
    "Sandbox",
    "SandboxSettings",
    "Tools",
    "Unmeant",
    "account",
    "opened_sandbox",
    "settings_from",
]
