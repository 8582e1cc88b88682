"""What is read of code and other texts, for the tests of the readers."""

from __future__ import annotations

import json
from typing import Any

from ringback_explain.read import FoundRequest, read


def body_of(text: str) -> Any:
    """The body of the one request that the text holds."""
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    return json.loads(found.request.body)
