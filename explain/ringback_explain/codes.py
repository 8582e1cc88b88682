"""What the error codes mean that the platform is documented to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from ringback_explain.table import table

MAY_BE_PLACED = (
    "a call that was asked for may have been placed all the same: look for it before you send it again"
)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """An error code: the status that goes with it, what it means, and what to do.

    ``like`` is the code under which rules answer the same. Where an answer leaves open what became of the
    request, that is to be looked at first.
    """

    code: str
    status: int
    means: str
    do: str = MAY_BE_PLACED
    like: str = ""


def error_code(code: str | None) -> ErrorCode | None:
    """What is known of a code, in whatever case it is written, itself or its family; none of others."""
    written, known = (code or "").lower(), error_codes()
    family = known.get(written.partition(".")[0] + ".") if "." in written else None
    return known.get(written) or (replace(family, code=written) if family else None)


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """All of them by the code."""
    return {code: ErrorCode(code, **entry) for code, entry in table("codes").items()}
