"""What has happened to a call before a rule is tried: requests that were granted, and seconds that passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback_contracts.core.declare import FRANK, ORDERS, SUPPORT, TEST_NUMBER
from ringback_contracts.core.model import Example

SLOW_NUMBER = "+442079460112"
"""A test number that rings for twenty seconds before it answers."""
CONVERSATION = "/api/v2/conversations/{call}"
CALL = "/api/v2/conversations/calls/{call}"
OWN, FAR, THIRD = (f"{CALL}/participants/{{party{number}}}" for number in (1, 2, 3))
ANY_OWN, ANY_FAR = (f"{CONVERSATION}/participants/{{party{number}}}" for number in (1, 2))
"""Where alice's own leg lies, that of whom she called, and that of who came next."""


Given = tuple[Example | float, ...]


def patch(path: str, body: Mapping[str, Any], given: Given = (), **more: Any) -> Example:
    """A PATCH of alice's, after what happened."""
    return Example(dict(body), method="PATCH", path=path, given=given, **more)


PLACED = (Example({"phoneNumber": TEST_NUMBER}),)
TALKING = (*PLACED, 5.0)
"""Alice called somebody, who has answered."""
WITH_FRANK = (Example({"callUserId": FRANK}), 5.0)
"""Alice called Frank, who has answered."""
RINGING = (Example({"phoneNumber": SLOW_NUMBER}), 3.0)
"""Alice called somebody whose phone rings."""
HELD = (*TALKING, patch(OWN, {"held": True}))
FOR_QUEUE = (Example({"phoneNumber": TEST_NUMBER, "callFromQueueId": SUPPORT}), 5.0)
FOR_ORDERS = (Example({"phoneNumber": TEST_NUMBER, "callFromQueueId": ORDERS}), 5.0)
"""The same for a queue, and for one whose agents have to wrap up."""
CONFERENCE = (Example({"participants": [{"address": TEST_NUMBER}, {"userId": FRANK}]}), 5.0)
"""Alice called two, who have answered."""
CONSULTING = (
    *TALKING,
    Example({"speakTo": "DESTINATION", "destination": {"userId": FRANK}}, path=f"{FAR}/consult"),
    5.0,
)
"""The same, and Alice asks Frank, who has answered."""
OVER = (*TALKING, patch(OWN, {"state": "disconnected"}), 5.0)
"""Alice has hung up."""
