"""Why somebody cannot be brought to a call: who is named, and how the call stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    CORA,
    FINE,
    FRANK,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SUPPORT,
    SWAGGER_2018,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import giving
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Invite,
    SetSpeakTo,
    StartConsult,
)
from ringback_contracts.resources.conversations.histories import (
    ANY_FAR,
    ANY_OWN,
    CALL,
    CONFERENCE,
    CONSULTING,
    FAR,
    FOR_QUEUE,
    OVER,
    OWN,
    RINGING,
    TALKING,
    Given,
)
from ringback_contracts.resources.conversations.told import told
from ringback_contracts.resources.conversations.transferring import TransferFacts

bringing = giving(StartConsult, BlindTransfer, CallBack)
"""The operations that bring somebody to a call."""


def ask(whom: Mapping[str, Any] | None, given: Given = TALKING, at: str = FAR, **more: Any) -> Example:
    """A consult that alice starts, about the customer unless it says otherwise."""
    body = {"speakTo": "DESTINATION"} | ({"destination": dict(whom)} if whom is not None else {})
    return Example(body, path=f"{at}/consult", given=given, **more)


def put(body: Mapping[str, Any], given: Given = TALKING, at: str = OWN, **more: Any) -> Example:
    """A blind transfer of alice's, of her own leg unless it says otherwise."""
    return Example(dict(body), path=f"{at}/replace", given=given, **more)


def put_contact(contact_id: str, phone_type: str) -> Example:
    """A blind transfer of alice's to an external contact."""
    body = {"contactId": contact_id, "phoneType": phone_type}
    return Example(body, path=f"{ANY_OWN}/replace/contact/external", given=TALKING)


def speak(to: str, given: Given, at: str = FAR) -> Example:
    """Who hears whom, as alice says."""
    return Example({"speakTo": to}, method="PATCH", path=f"{at}/consult", given=given)


def call_off(given: Given, at: str = FAR) -> Example:
    """A consult that alice calls off."""
    return Example(method="DELETE", path=f"{at}/consult", given=given)


TO_BOB = {"userId": BOB}


@rule(
    id="transfer.user-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user to transfer to is not in this org",
    fix="Use the id of a user of the token's org; a userName must be that of exactly one.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=bringing,
    rejects=[
        ask({"userId": NOBODY}),
        put({"userId": "bob"}),
        put({"userName": "Nobody"}),
        Example({"userDisplayName": "Nobody"}, path=f"{ANY_OWN}/replace/agent", given=TALKING),
        Example({"speakTo": "BOTH", "userId": NOBODY}, path=f"{FAR}/consult/agent", given=TALKING),
    ],
    accepts=[
        ask(TO_BOB),
        put({"userName": "Frank"}),
        Example({"speakTo": "BOTH", "userDisplayName": "Frank"}, path=f"{FAR}/consult/agent", given=TALKING),
    ],
)
def transfer_user_unknown(case: TransferFacts) -> Sequence[Violation]:
    return _unknown(case, "user", ("userId", "userName", "userDisplayName"))


@rule(
    id="transfer.queue-unknown",
    stage=Stage.DESTINATION,
    status=400,
    code="conversations.error.queue.not.found",
    message="The queue was not found",
    title="The queue to transfer to is not in this org",
    fix="Use the id of a queue of the token's org; GET /api/v2/routing/queues lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: POST replace; a consult is taken to answer alike",
    operations=bringing,
    rejects=[
        put({"queueId": NOBODY}, at=ANY_FAR),
        ask({"queueId": "support"}),
        Example({"queueName": "nothing"}, path=f"{ANY_OWN}/replace/queue", given=TALKING),
    ],
    accepts=[put({"queueId": SUPPORT}), ask({"queueId": SUPPORT})],
)
def transfer_queue_unknown(case: TransferFacts) -> Sequence[Violation]:
    return _unknown(case, "queue", ("queueId", "queueName"))


@rule(
    id="transfer.contact-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The external contact is not in this org, or has no such phone",
    fix="Use the id of one of [[external_contacts]] of the org's file, and a phoneType that it has.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=bringing,
    rejects=[
        put_contact(CORA, "HomePhone"),
        put_contact(NOBODY, "WorkPhone"),
    ],
    accepts=[put_contact(CORA, "WorkPhone")],
)
def transfer_contact_unknown(case: TransferFacts) -> Sequence[Violation]:
    return _unknown(case, "contact with such a phone", ("contactId",))


def _unknown(case: TransferFacts, kind: str, keys: tuple[str, ...]) -> Sequence[Violation]:
    if case.key not in keys or case.whom is not None:
        return FINE
    return found(f"the org has no such {kind}", f"{case.place}/{case.key}")


# --- consults -------------------------------------------------------------------------------------------

CONSULT_NO_DESTINATION = told(
    why.CONSULT_NO_DESTINATION,
    StartConsult,
    message="The consult has no destination",
    title="The body names nobody to consult",
    fix='Give {"destination": {"userId": ...}}, or address, or queueId; split forms have it beside speakTo.',
    rejects=[
        ask({}),
        Example({"speakTo": "BOTH"}, path=f"{FAR}/consult/queue", given=TALKING),
    ],
    accepts=[ask(TO_BOB)],
)
CONSULT_NO_INITIATOR = told(
    why.CONSULT_NO_INITIATOR,
    StartConsult,
    message="The consult has no initiator",
    title="No user on the call starts the consult",
    fix="Use the token of a user on the call, or name that user as consultingUserId.",
    rejects=[
        Example(
            {"speakTo": "BOTH", "userId": BOB},
            path=f"{FAR}/consult/agent",
            token="service",
            given=TALKING,
        )
    ],
    accepts=[
        Example(
            {"speakTo": "BOTH", "userId": BOB, "consultingUserId": ALICE},
            path=f"{FAR}/consult/agent",
            token="service",
            given=TALKING,
        )
    ],
)
NOT_A_PARTICIPANT = told(
    why.NOT_A_PARTICIPANT,
    StartConsult,
    message="The caller is not a connected participant, or is the one to be transferred",
    title="The path names your own leg, or you are not connected to the call",
    fix="The path takes the participant who is to be transferred, which is the customer, not your own leg.",
    rejects=[ask(TO_BOB, at=OWN), ask(TO_BOB, RINGING), ask(TO_BOB, OVER), ask(TO_BOB, token="frank")],
    accepts=[ask(TO_BOB, at=FAR)],
)
OBJECT_REQUIRED = told(
    why.OBJECT_REQUIRED,
    StartConsult,
    message="The id of the participant to be transferred is required",
    title="The path names nobody who is connected and could be transferred",
    fix="The path takes the id of who is to be transferred: read the call for the customer's.",
    rejects=[ask(TO_BOB, at=f"{CALL}/participants/{NOBODY}")],
    accepts=[ask(TO_BOB)],
)
TRANSFER_TO_SELF = told(
    why.TRANSFER_TO_SELF,
    StartConsult,
    message="The caller cannot transfer to themselves",
    title="The destination of the consult is whoever asks",
    fix="Consult somebody else.",
    rejects=[ask({"userId": ALICE})],
    accepts=[ask({"userId": FRANK})],
)
TRANSFER_CONFERENCE = told(
    why.TRANSFER_CONFERENCE,
    StartConsult,
    message="A conference cannot be transferred",
    title="More than two talk on the call",
    fix="Let all but one other leave first, or add the third to the conference.",
    rejects=[ask(TO_BOB, CONFERENCE)],
    accepts=[ask(TO_BOB)],
)
CONSULT_RUNS = told(
    why.CONSULT_RUNS,
    StartConsult,
    message="A consult runs already",
    title="A consult about the participant runs already",
    fix="Cancel it with DELETE .../consult, or complete it by leaving, before the next.",
    rejects=[ask(TO_BOB, CONSULTING)],
    accepts=[ask(TO_BOB, (*CONSULTING, call_off(())))],
)
CONSULT_NOT_STARTED = told(
    why.CONSULT_NOT_STARTED,
    CancelConsult,
    message="No consult was started",
    title="There was never a consult on this call to be called off",
    fix="Start one with POST .../consult first.",
    rejects=[call_off(TALKING)],
    accepts=[call_off(CONSULTING)],
)
CONSULT_NOT_PENDING = told(
    why.CONSULT_NOT_PENDING,
    SetSpeakTo,
    CancelConsult,
    message="No consult is pending",
    title="No consult about this participant runs",
    fix="The path takes the participant who is to be transferred, while the consult runs.",
    rejects=[
        speak("BOTH", TALKING),
        speak("BOTH", CONSULTING, OWN),
        call_off((*CONSULTING, call_off(()))),
    ],
    accepts=[speak("both", CONSULTING), call_off(CONSULTING)],
)

# --- transfers ------------------------------------------------------------------------------------------

DESTINATION_REQUIRED = told(
    why.DESTINATION_REQUIRED,
    BlindTransfer,
    Invite,
    message="A destination is required",
    title="The body names nobody to transfer to",
    fix='Give one of userId, address and queueId; {"voicemail": true} sends a personal call to voicemail.',
    rejects=[put({}), put({"transferType": "Unattended"}, at=ANY_FAR)],
    accepts=[put(TO_BOB), put({"voicemail": True})],
)
SAME_PARTY = told(
    why.SAME_PARTY,
    BlindTransfer,
    message="The destination is the same party",
    title="The destination is the party that is to be replaced",
    fix="Transfer to somebody else.",
    rejects=[put({"userId": ALICE}), put({"address": TEST_NUMBER}, at=FAR)],
    accepts=[put({"userId": FRANK})],
)
NOT_CONNECTED = told(
    why.NOT_CONNECTED,
    BlindTransfer,
    message="The call is not connected",
    title="The participant's leg is not connected, so that it cannot be transferred",
    fix="Wait until the leg is connected; one that alerts can be rejected to voicemail alone.",
    rejects=[put(TO_BOB, RINGING), put(TO_BOB, OVER, ANY_OWN, token="service")],
    accepts=[put(TO_BOB), put(TO_BOB, at=ANY_OWN, token="service")],
)
ACD_UNATTENDED = told(
    why.ACD_UNATTENDED,
    BlindTransfer,
    message="A call of a queue takes no unattended transfer",
    title="An unattended transfer is asked for of a call of a queue",
    fix='Leave transferType out, or say "Attended".',
    rejects=[put({**TO_BOB, "transferType": "Unattended"}, FOR_QUEUE)],
    accepts=[
        put({**TO_BOB, "transferType": "Attended"}, FOR_QUEUE),
        put({**TO_BOB, "transferType": "unattended"}),
    ],
)
ACD_VOICEMAIL = told(
    why.ACD_VOICEMAIL,
    BlindTransfer,
    message="Only a personal call can go to a user's voicemail",
    title="A call of a queue is to go to a user's voicemail",
    fix="Transfer it to the user or to another queue, without voicemail.",
    rejects=[put({"voicemail": True}, FOR_QUEUE)],
    accepts=[put({"voicemail": True}), put(TO_BOB, FOR_QUEUE)],
)
