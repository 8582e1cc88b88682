"""Say why a request is refused, what else to know about it, and what to send instead.

``read`` finds the requests and answers in what somebody pasted; ``meant`` says what a body asks for, in
whatever words; ``judge`` holds it to the rules; ``tell`` says what came of it. Pure: requests and texts come
in, values go out, and no connection is opened.
"""

from __future__ import annotations

from ringback_explain.explanation import (
    Context,
    Equivalent,
    Explained,
    Explanation,
    Note,
    PlatformAnswer,
    Position,
    Suggestion,
    Verdict,
)
from ringback_explain.tell.reported import explain_answer, explain_answered
from ringback_explain.tell.telling import explain, explain_text_notes

__all__ = [
    "Context",
    "Equivalent",
    "Explained",
    "Explanation",
    "Note",
    "PlatformAnswer",
    "Position",
    "Suggestion",
    "Verdict",
    "explain",
    "explain_answer",
    "explain_answered",
    "explain_text_notes",
]
