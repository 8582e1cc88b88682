"""Read a JSON body as it was written, for whoever must see all that stands in it."""

from __future__ import annotations

import json
from typing import Any


class Members(list[tuple[str, Any]]):
    """A JSON object with all its members, also those of the same name: nobody knows which a server takes."""


def as_written(body: bytes) -> Any:
    """The value, in which objects are ``Members`` and numbers are texts, as they would be dialled.

    Raises ``ValueError`` for what is no JSON and ``RecursionError`` for what is too deep to read.
    """
    return json.loads(
        body, object_pairs_hook=Members, parse_int=str, parse_float=_written_out, parse_constant=str
    )


def _written_out(number: str) -> str:
    """A number with a fraction or an exponent; a whole one such as ``9.11e2`` in digits alone."""
    value = float(number)
    return format(value, ".0f") if value.is_integer() else number
