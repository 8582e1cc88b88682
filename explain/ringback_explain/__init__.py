"""Say why a request is refused, what else to know about it, and what to send instead.

Pure: requests and texts come in, values go out. Nothing here reads files or opens connections.
"""

from __future__ import annotations

from ringback_explain.answer import equivalent_of, explain, explain_text_notes
from ringback_explain.explanation import (
    Context,
    Equivalent,
    Explained,
    Explanation,
    Note,
    Suggestion,
    Verdict,
)

__all__ = [
    "Context",
    "Equivalent",
    "Explained",
    "Explanation",
    "Note",
    "Suggestion",
    "Verdict",
    "equivalent_of",
    "explain",
    "explain_text_notes",
]
