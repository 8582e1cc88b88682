"""Text without secrets and people's numbers."""

from __future__ import annotations

from ringback_contracts.privacy.numbers import without_numbers
from ringback_contracts.privacy.secrets import without_secrets


def redact_text(text: str) -> str:
    """The text without secrets and people's numbers; what is hidden already stays as it is."""
    return without_numbers(without_secrets(text))
