"""What a parser says of a text that it refuses."""

from __future__ import annotations

from collections.abc import Callable

from ringback_contracts.domain.addresses import AddressError


def refusal(read: Callable[[str], object], text: str) -> AddressError | None:
    """Why the parser refuses the text; none if it takes it. Anything else it raises fails the test."""
    try:
        read(text)
    except AddressError as error:
        return error
    return None
