"""What callers leave in the mailbox of a user."""

from __future__ import annotations

from ringback_contracts.life.moments import timestamp
from tests.mockserver.live import CONVERSATIONS, Live

FRANK = "f4a2c000-0000-4000-8000-000000000006"
MAILBOX, MESSAGES = "/api/v2/voicemail/me/mailbox", "/api/v2/voicemail/me/messages"


def test_a_call_that_is_rejected_to_voicemail_leaves_a_message() -> None:
    live = Live()
    assert live.does("GET", MAILBOX, token="frank")["totalCount"] == 0
    live.place(2, callUserId=FRANK)
    live.does("POST", f"{CONVERSATIONS}/{{call}}/participants/{{2}}/replace", {"voicemail": True}, "frank")
    live.wait(10)
    assert live.does("GET", MESSAGES, token="frank")["entities"] == [], "somebody still speaks"
    live.does("POST", f"{CONVERSATIONS}/{{call}}/disconnect")
    box = live.does("GET", MAILBOX, token="frank")
    assert (box["totalCount"], box["unreadCount"], box["newestUnreadDate"]) == (1, 1, timestamp(live.now))
    (message,) = live.does("GET", MESSAGES, token="frank")["entities"]
    assert message["conversation"]["id"] == live.call
    assert (message["audioRecordingDurationSeconds"], message["callerName"], message["read"]) == (
        10,
        "Alice",
        False,
    )
    assert live.does("GET", MESSAGES)["total"] == 0, "it is nobody else's"


def test_a_service_has_no_mailbox() -> None:
    assert Live().refusal("GET", MAILBOX, token="service") == "caller.not-a-user"
