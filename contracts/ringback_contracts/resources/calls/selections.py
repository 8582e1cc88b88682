"""Which operations the rules about calls hold for."""

from __future__ import annotations

from ringback_contracts.core.operation import Operation, reading

placing = reading("CreateCallRequest")
"""Those whose body says whom to call."""


def for_oneself(operation: Operation) -> bool:
    """Those that place a call for the token's user."""
    return placing(operation) and operation.needs_user


def for_another(operation: Operation) -> bool:
    """Those that place a call for the user in their path."""
    return placing(operation) and "userId" in operation.parameters
