"""What a query, or a form, says."""

from __future__ import annotations

from urllib.parse import parse_qsl


def first_of_each(text: str) -> dict[str, str]:
    """The parameters of a query or a form; of those that stand there twice, the first."""
    return dict(reversed(parse_qsl(text, keep_blank_values=True)))
