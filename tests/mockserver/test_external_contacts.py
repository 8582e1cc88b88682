"""Calls with somebody whom the org knows as an external contact."""

from __future__ import annotations

from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, Live

CORA, HER_NUMBER = "c0417ac7-0000-4000-8000-000000000050", "+442079460151"
OWN = f"{CONVERSATIONS}/{{call}}/participants/{{1}}"
KNOWN = {"id": CORA, "selfUri": f"/api/v2/externalcontacts/contacts/{CORA}"}


def test_who_is_called_at_a_contact_s_number_is_that_contact() -> None:
    live = Live().place(phoneNumber=HER_NUMBER)
    assert live.seen("purpose", "name", "externalContact") == [
        ("user", "Alice", None),
        ("customer", "Cora", KNOWN),
    ]
    nested = live.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"][1]
    assert (nested["externalContactId"], nested["participantType"]) == (CORA, "External")


def test_a_call_can_be_associated_with_a_contact() -> None:
    live = Live().place(phoneNumber=ANSWERS, externalContactId=CORA.upper())
    assert live.seen("purpose", "externalContact")[1] == ("customer", KNOWN)
    body = {"phoneNumber": ANSWERS, "externalContactId": "c0417ac7-0000-4000-8000-000000000051"}
    assert live.refusal("POST", CALLS, body) == "external-contact.unknown"


def test_a_contact_who_rings_is_known_too() -> None:
    live = Live()
    live.call = live.does("POST", "/__ringback/calls", {"queue": "support", "number": HER_NUMBER})["id"]
    assert live.seen("purpose", "name", "externalContact")[0] == ("customer", "Cora", KNOWN)


def test_a_contact_who_is_consulted_or_gets_the_call_is_known_too() -> None:
    live = Live().place()
    live.does("POST", f"{OWN}/replace/contact/external", {"contactId": CORA, "phoneType": "WorkPhone"})
    assert live.seen("purpose", "externalContact")[2] == ("customer", KNOWN)
