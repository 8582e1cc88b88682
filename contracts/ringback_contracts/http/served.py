"""Records of operations that are served: the SDK's table gives method, path and permissions."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.operation import Change, Operation
from ringback_contracts.http.faults import TELL
from ringback_contracts.http.sdk_operations import sdk_operation


def served(operation_id: str, **traits: Any) -> Operation:
    """The record of an operation of the SDK, with the traits that only we can tell.

    ``success`` need not be given where the SDK's operation has one status, and faults take what changes a
    call as ``tell`` unless it has a word of its own. Raises ``ValueError``.
    """
    try:
        known = sdk_operation(operation_id)
    except KeyError:
        raise ValueError(
            f"the operation {operation_id!r} is served, and the official SDK has none of this id"
        ) from None
    if "success" not in traits:
        if len(known.success) != 1:
            raise ValueError(f"the operation {operation_id}: give its success status, of {known.success}")
        traits["success"] = known.success[0]
    if traits.get("of_one_call") and traits.get("changes") is Change.CALL:
        traits.setdefault("fault", TELL)
    return Operation(
        **{
            "id": known.id,
            "method": known.method,
            "template": known.template,
            "any_of": known.any_of,
            "all_of": known.all_of,
            **traits,
        }
    )
