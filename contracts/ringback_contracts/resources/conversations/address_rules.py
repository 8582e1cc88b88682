"""Which addresses bring nobody to a call."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import (
    ALICE,
    FINE,
    INVALID,
    OUR_CHOICE,
    SDK,
    TEST_NUMBER,
    THREAD,
    found,
    rule,
)
from ringback_contracts.core.model import DestinationKind, Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import Operation, giving
from ringback_contracts.life.commands import Invite
from ringback_contracts.resources.calls.rules.number import dead, number_rule
from ringback_contracts.resources.conversations.histories import ANY_OWN, CALL, FAR, TALKING
from ringback_contracts.resources.conversations.transfer_rules import ask, bringing, put
from ringback_contracts.resources.conversations.transferring import ADDRESSES, BringingFacts, TransferFacts

OUTSIDE = "sip:agent@example.com"
OFF = {"sip_trunking": False}
STRICT = {"strict_numbers": True}
UNASSIGNED = "+15551234567"


def dialling(operation: Operation) -> bool:
    """The operations that may dial somebody outside into a call."""
    return bringing(operation) or giving(Invite)(operation)


@rule(
    id="transfer.address-malformed",
    stage=Stage.ADDRESSES,
    status=400,
    message="The address cannot be dialled",
    title="The address to transfer to is no number, no SIP address, and nobody of the org",
    fix="Give a number as + and digits, a sip: URI, or the id or the name of one user or queue.",
    evidence=Evidence.ASSUMED,
    source=f"what an address may be is told by the {SDK}; that anything else is refused is Ringback's choice",
    operations=bringing,
    rejects=[
        ask({"address": "hello"}),
        put({"address": "frank@"}, at=ANY_OWN),
        put({"address": "sip:@example.com"}, at=ANY_OWN),
    ],
    accepts=[
        ask({"address": TEST_NUMBER}),
        ask({"address": "frank@example.com"}),
        put({"address": OUTSIDE}),
        put({"address": "support"}),
        Example({"speakTo": "BOTH", "address": "Frank"}, path=f"{FAR}/voice/consult", given=TALKING),
    ],
)
def transfer_address_malformed(case: TransferFacts) -> Sequence[Violation]:
    if case.key not in ADDRESSES or case.whom is not None:
        return FINE
    return found("it has no digits to dial, is no SIP URI, and names nobody", f"{case.place}/{case.key}")


@rule(
    id="transfer.trunking-off",
    stage=Stage.ADDRESSES,
    status=400,
    message=INVALID,
    title="The org has no SIP trunking, over which to bring somebody to the call",
    fix="Ask the org's administrator for SIP trunking, or dial a number.",
    evidence=Evidence.ASSUMED,
    source=f"{THREAD}, for placing a call; {OUR_CHOICE}",
    operations=dialling,
    rejects=[
        ask({"address": OUTSIDE}, org=OFF),
        put({"address": OUTSIDE}, org=OFF),
        Example(
            {"participants": [{"userId": ALICE}, {"address": OUTSIDE}]},
            path=f"{CALL}/participants",
            given=TALKING,
            org=OFF,
        ),
    ],
    accepts=[
        ask({"address": OUTSIDE}),
        ask({"address": "Frank"}, org=OFF),
        put({"address": TEST_NUMBER}, org=OFF),
    ],
)
def transfer_trunking_off(case: BringingFacts) -> Sequence[Violation]:
    if case.org.sip_trunking:
        return FINE
    dialled = [pointer for pointer, whom in case.brought if whom and whom.kind is DestinationKind.SIP]
    return found("the org's switch sip_trunking is off", dialled[0]) if dialled else FINE


@number_rule(
    id="transfer.number-strict",
    title="The org refuses to bring a number to a call that rings nobody",
    fix="Use a number that can ring, or switch strict_numbers off to see the leg fail as on the platform.",
    evidence=Evidence.ASSUMED,
    source=f"Ringback's own switch strict_numbers; {OUR_CHOICE}",
    operations=dialling,
    rejects=[
        ask({"address": UNASSIGNED}, org=STRICT),
        put({"address": UNASSIGNED}, org=STRICT),
        Example(
            {"participants": [{"userId": ALICE}, {"address": UNASSIGNED}]},
            path=f"{CALL}/participants",
            given=TALKING,
            org=STRICT,
        ),
    ],
    accepts=[
        ask({"address": UNASSIGNED}),
        ask({"address": TEST_NUMBER}, org=STRICT),
        put({"address": "support"}, org=STRICT),
    ],
)
def transfer_number_strict(case: BringingFacts) -> Sequence[Violation]:
    if not case.org.strict_numbers:
        return FINE
    return [
        Violation(known.detail, pointer)
        for pointer, whom in case.brought
        if whom and whom.kind is DestinationKind.PHONE and (known := dead(whom.value, case.org))
    ]
