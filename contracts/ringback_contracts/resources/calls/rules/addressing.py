"""The addresses of a ``to`` / ``from`` body, and the digits of a published one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    CAMPAIGN,
    FINE,
    MALFORMED,
    NOBODY,
    OK,
    OK_PARTICIPANTS,
    SDK,
    SWAGGER_2017,
    TEST_NUMBER,
    TUTORIAL,
    found,
    participants,
    published,
    rule,
)
from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED, Evidence, Knowledge, Rule, Stage, Violation
from ringback_contracts.domain.addresses import CampaignAddress, Reason, SipAddress, TelAddress, UserAddress
from ringback_contracts.domain.numbers import NotDialable
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.facts import FLAWED, TYPED, CallFacts, read_number
from ringback_contracts.resources.calls.forms import Shape
from ringback_contracts.resources.calls.selections import placing

address_rule = partial(
    rule,
    stage=Stage.ADDRESSES,
    status=400,
    message=MALFORMED,
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    knowledge=Knowledge.REQUEST,
    contracts=(PARTICIPANTS,),
    operations=placing,
)
"""What the rules about the addresses of a ``to`` / ``from`` body say alike, but for the few that differ."""

HOW_TO = "Write tel:+ and the number in E.164, user: and the user's id, or sip:user@host."


def _shaped(case: CallFacts, shape: Shape, detail: str) -> Sequence[Violation]:
    if not case.flawed_endpoints:
        return FINE
    return [
        Violation(f"'{endpoint.side}' {detail}", endpoint.pointer)
        for endpoint in case.flawed_endpoints
        if endpoint.shape is shape
    ]


def _failing(case: CallFacts, reasons: frozenset[Reason]) -> Sequence[Violation]:
    if not case.flawed_endpoints:
        return FINE
    return [
        Violation(f"'{endpoint.side}': {endpoint.error}", endpoint.pointer)
        for endpoint in case.flawed_endpoints
        if endpoint.error is not None and endpoint.error.reason in reasons
    ]


@address_rule(
    id="address.missing",
    title="The body has 'to' without 'from', or 'from' without 'to'",
    fix="Give both: whom to call in 'to', and the user, campaign or own number that calls in 'from'.",
    rejects=[
        published(to="tel:" + TEST_NUMBER),
        published(**{"from": "user:" + ALICE}),
    ],
    accepts=[OK_PARTICIPANTS],
)
def address_missing(case: CallFacts) -> Sequence[Violation]:
    if case.contract != PARTICIPANTS or case.body is None or case.misnamed:
        return FINE
    body = case.body
    return [Violation(f"there is no '{side}'", f"/{side}") for side in ("to", "from") if side not in body]


@address_rule(
    id="address.shape",
    only=(FLAWED,),
    title="'to' or 'from' is no address in any accepted form",
    fix=HOW_TO,
    rejects=[
        participants({"phoneNumber": TEST_NUMBER}),
        participants([{"address": TEST_NUMBER}]),
        participants(5),
        participants(None),
        participants({}),
        participants(""),
        participants(from_=7),
    ],
    accepts=[OK_PARTICIPANTS, participants({"to": "tel:" + TEST_NUMBER}, {"from": "user:" + ALICE})],
)
def address_shape(case: CallFacts) -> Sequence[Violation]:
    detail = "is neither an address as text nor an object of one of the accepted forms"
    return _shaped(case, Shape.OTHER, detail)


@address_rule(
    id="address.untyped",
    only=(FLAWED,),
    title="An address object has no type",
    fix='Say what it is: {"type": "user", "id": "..."} or {"type": "tel", "address": "tel:+..."}.',
    rejects=[
        participants(from_={"id": ALICE}),
        participants({"address": TEST_NUMBER}),
        participants({"id": BOB, "email": "bob@example.com"}),
    ],
    accepts=[OK_PARTICIPANTS, participants({"type": "tel", "address": "tel:" + TEST_NUMBER})],
)
def address_untyped(case: CallFacts) -> Sequence[Violation]:
    return _shaped(case, Shape.UNTYPED, "is an object without a 'type'")


@address_rule(
    id="address.unknown-type",
    only=(FLAWED,),
    title="An address object has a type that does not exist",
    fix="The types are tel, user, sip and, in 'from', campaign.",
    evidence=Evidence.ASSUMED,
    source="the thread shows 'sip' and 'user'; the others follow the address schemes",
    rejects=[participants({"type": "phone", "address": TEST_NUMBER}), participants({"type": 5})],
    accepts=[OK_PARTICIPANTS, participants({"type": "user", "id": BOB})],
)
def address_unknown_type(case: CallFacts) -> Sequence[Violation]:
    return _shaped(case, Shape.UNKNOWN_TYPE, f"has a type that is none of {', '.join(forms.ADDRESS_TYPES)}")


@address_rule(
    id="address.no-value",
    only=(FLAWED,),
    title="An address object has a type and no address",
    fix="A user and a campaign have an 'id', a number and a SIP URI an 'address', both texts.",
    rejects=[participants({"type": "user"}), participants({"type": "tel", "address": 5})],
    accepts=[OK_PARTICIPANTS, participants({"type": "user", "id": BOB})],
)
def address_no_value(case: CallFacts) -> Sequence[Violation]:
    return _shaped(case, Shape.NO_VALUE, "has a type, but not the text that belongs to it")


@address_rule(
    id="address.type-mismatch",
    only=(TYPED,),
    title="An address object declares one type and carries another",
    fix="Make the type and the scheme of the address agree.",
    evidence=Evidence.ASSUMED,
    source="the two parts of one address contradict each other",
    rejects=[participants({"type": "user", "address": "tel:" + TEST_NUMBER})],
    accepts=[OK_PARTICIPANTS, participants({"type": "user", "address": "user:" + BOB})],
)
def address_type_mismatch(case: CallFacts) -> Sequence[Violation]:
    return [
        Violation(f"the type is {endpoint.declared!r}, and the address is of another", endpoint.pointer)
        for endpoint in case.plain_endpoints
        if endpoint.address is not None and endpoint.declared not in (None, _type_of(endpoint.address))
    ]


def _type_of(address: object) -> str:
    kinds: dict[type[Any], str] = {
        TelAddress: "tel",
        UserAddress: "user",
        SipAddress: "sip",
        CampaignAddress: "campaign",
    }
    return kinds[type(address)]


def _of_reasons(
    rule_id: str, title: str, fix: str, reasons: frozenset[Reason], *, rejects: Sequence[Any]
) -> Rule:
    """A rule about texts that the address parser refuses for one of these reasons."""
    return address_rule(
        id=rule_id,
        only=(FLAWED,),
        title=title,
        fix=fix,
        rejects=[participants(text) for text in rejects],
        accepts=[OK_PARTICIPANTS],
    )(lambda case: _failing(case, reasons))


scheme_missing = _of_reasons(
    "address.scheme-missing",
    "An address has no scheme",
    "Put tel: before a number in E.164, user: before a user's id.",
    frozenset({Reason.NO_SCHEME, Reason.EMPTY}),
    rejects=["15551234567", TEST_NUMBER, "555-123-4567", ALICE],
)

scheme_unknown = _of_reasons(
    "address.scheme-unknown",
    "An address has a scheme that means nothing here",
    "The schemes are tel:, user:, sip:, sips: and, in 'from', campaign:.",
    frozenset({Reason.UNKNOWN_SCHEME}),
    rejects=["callto:" + TEST_NUMBER, "phone:" + TEST_NUMBER],
)

white_space = _of_reasons(
    "address.white-space",
    "White space stands around or inside an address",
    "Take the white space out before the address is sent.",
    frozenset({Reason.SURROUNDING_WHITE_SPACE, Reason.WHITE_SPACE}),
    rejects=[f" tel:{TEST_NUMBER}", f"user:{ALICE} "],
)

no_plus = _of_reasons(
    "tel.no-plus",
    "A tel: address is not in E.164: it does not begin with +",
    "Write tel:+ and the number with its country code.",
    frozenset({Reason.TEL_NO_PLUS}),
    rejects=["tel:555-123-4567", "tel:15551234567"],
)

not_plain = _of_reasons(
    "tel.not-plain",
    "A tel: address has more in it than the plus and the number",
    "Leave out spaces, hyphens, brackets and parameters: tel:+442079460100.",
    frozenset(reason for reason in Reason if reason.name.startswith("TEL_")) - {Reason.TEL_NO_PLUS},
    rejects=["tel:+44-20-7946-0100", "tel:+442079460100;ext=5", "tel:+", "tel:+\uff14\uff142079460100"],
)

id_malformed = _of_reasons(
    "id.malformed",
    "The id of a user or a campaign is no UUID",
    "Use the id as the platform gives it: 8-4-4-4-12 hexadecimal digits, not a name or an e-mail address.",
    frozenset({Reason.BAD_ID}),
    rejects=["user:not-a-uuid", "user:{user_id}"],
)


@address_rule(
    id="user.unknown",
    title="The user in 'to' is not in this org",
    fix="Use the id of a user of the same org; ids of another org are not found.",
    knowledge=Knowledge.ORG,
    rejects=[participants("user:" + NOBODY)],
    accepts=[participants("user:" + BOB)],
)
def user_unknown(case: CallFacts) -> Sequence[Violation]:
    if not isinstance(case.to, UserAddress) or case.to.id in case.org.user_by_id:
        return FINE
    return found(f"no user of this org has the id {case.to.id}", "/to")


@address_rule(
    id="campaign.not-callable",
    title="A campaign stands in 'to'",
    fix="A campaign can only call: write it in 'from', and whom to call in 'to'.",
    rejects=[participants("campaign:" + CAMPAIGN)],
    accepts=[participants(from_="campaign:" + CAMPAIGN)],
)
def campaign_not_callable(case: CallFacts) -> Sequence[Violation]:
    return found("'to' is a campaign", "/to") if isinstance(case.to, CampaignAddress) else FINE


@rule(
    id="phone-number.unreadable",
    only=("phoneNumber", "participants"),
    stage=Stage.ADDRESSES,
    status=400,
    message="The phone number cannot be dialled: it is no number and no SIP URI",
    title="phoneNumber, or the address of a participant, holds no digits to dial",
    fix="Write the number in E.164, such as +442079460100; national digits and SIP URIs pass too.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: bad.request; a real org accepts numbers and SIP URIs in phoneNumber",
    knowledge=Knowledge.REQUEST,
    contracts=(PUBLISHED,),
    operations=placing,
    rejects=[
        published(phoneNumber=""),
        published(phoneNumber="   "),
        published(phoneNumber="hello"),
        published(phoneNumber="tel:nonsense"),
        published(phoneNumber="agent@example.com"),
        published(participants=[{"address": "hello"}]),
    ],
    accepts=[
        OK,
        published(phoneNumber="3172222222"),
        published(phoneNumber="30005"),
        published(phoneNumber="+15551234567"),
        published(phoneNumber="sip:agent@example.com"),
        published(participants=[{"address": TEST_NUMBER}]),
    ],
)
def phone_number_unreadable(case: CallFacts) -> Sequence[Violation]:
    if isinstance(case.dialled, NotDialable):
        return found(f"phoneNumber: {case.dialled}", "/phoneNumber")
    if not case.parties:
        return FINE
    return [
        Violation(f"participants[{position}].address: {problem}", f"/participants/{position}/address")
        for position, text in _party_numbers(case)
        if isinstance(problem := read_number(text), NotDialable)
    ]


def _party_numbers(case: CallFacts) -> Iterator[tuple[int, str]]:
    for position, party in enumerate(case.parties):
        text = party.get("address")
        if isinstance(text, str) and text and not forms.has_sip_scheme(text):
            yield position, text


@rule(
    id="participant.no-address",
    only=("participants",),
    stage=Stage.ADDRESSES,
    status=400,
    message="Every participant needs an address",
    title="An entry of participants names nobody to ring",
    fix="Give each entry an address, a userId or a queueId; for a single party use phoneNumber instead.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: model Destination requires address; the {SDK} also has userId and queueId",
    knowledge=Knowledge.REQUEST,
    contracts=(PUBLISHED,),
    operations=placing,
    rejects=[published(participants=[{"name": "x"}]), published(participants=[{"to": TEST_NUMBER}])],
    accepts=[published(participants=[{"address": TEST_NUMBER}, {"userId": BOB}])],
)
def participant_no_address(case: CallFacts) -> Sequence[Violation]:
    if not case.parties:
        return FINE
    return [
        Violation(f"participants[{position}] has no address", f"/participants/{position}")
        for position, party in enumerate(case.parties)
        if not any(party.get(key) for key in ("address", "userId", "queueId"))
    ]
