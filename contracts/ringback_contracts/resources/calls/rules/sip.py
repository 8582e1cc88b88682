"""SIP addresses: in ``to`` and ``from``, and as a URI in the published ``phoneNumber``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ringback_contracts.core.declare import (
    ALICE,
    FINE,
    INVALID,
    OUR_CHOICE,
    TEST_NUMBER,
    THREAD,
    found,
    participants,
    published,
    rule,
)
from ringback_contracts.core.model import PARTICIPANTS, Check, Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.domain.addresses import HostKind, Reason, SipAddress, TelAddress, UserAddress
from ringback_contracts.resources.calls.facts import SIP, CallFacts
from ringback_contracts.resources.calls.forms import MISNAMED_KEYS, Endpoint, Shape
from ringback_contracts.resources.calls.selections import placing

RFC_3261 = "RFC 3261 sections 19.1 and 25"
AGENT = "sip:agent@example.com"
OK_SIP = participants({"type": "sip", "address": AGENT, "name": "x"}, {"type": "user", "id": ALICE})
OK_SIP_TEXT = participants(AGENT)
OK_SIP_PUBLISHED = published(phoneNumber=AGENT)

sip_rule = partial(
    rule,
    stage=Stage.ADDRESSES,
    status=400,
    message=INVALID,
    evidence=Evidence.MISSION,
    source=THREAD,
    knowledge=Knowledge.REQUEST,
    operations=placing,
    only=(SIP,),
)
"""What the rules about SIP addresses say alike, but for the few that differ."""

APART = frozenset(
    {
        Reason.EMPTY,
        Reason.NO_SCHEME,
        Reason.UNKNOWN_SCHEME,
        Reason.SURROUNDING_WHITE_SPACE,
        Reason.WHITE_SPACE,
        Reason.SIP_NO_USER,
        Reason.SIP_ESCAPED_AT,
    }
)
"""Reasons with a rule of their own; ``sip.malformed`` stands for all others."""


def _refused_for(reasons: frozenset[Reason]) -> Check:
    """Find the SIP addresses that the parser refuses for one of these reasons."""

    def check(case: CallFacts) -> Sequence[Violation]:
        if not case.sip_endpoints:
            return FINE
        return [
            Violation(f"'{endpoint.side}': {endpoint.error}", endpoint.pointer)
            for endpoint in case.sip_endpoints
            if endpoint.error is not None and endpoint.error.reason in reasons
        ]

    return check


def _where(test: Callable[[Endpoint], bool], detail: str) -> Check:
    """Find the SIP addresses that the test objects to."""

    def check(case: CallFacts) -> Sequence[Violation]:
        if not case.sip_endpoints:
            return FINE
        return [
            Violation(f"'{endpoint.side}' {detail}", endpoint.pointer)
            for endpoint in case.sip_endpoints
            if test(endpoint)
        ]

    return check


misnamed_fields = sip_rule(
    id="sip.misnamed-fields",
    title="The body has toAddress and fromAddress, which nobody reads",
    fix='Send phoneNumber and callerId, as published; in the other form they are {"to": {...}, "from": ...}.',
    contracts=(PARTICIPANTS,),
    only=tuple(MISNAMED_KEYS),
    rejects=[published(toAddress=AGENT, fromAddress=TEST_NUMBER)],
    accepts=[OK_SIP],
)(lambda case: [Violation(f"'{key}' is no field of a call request", f"/{key}") for key in case.misnamed])

untyped = sip_rule(
    id="sip.untyped",
    title="A SIP address stands in an object without a type",
    fix='Say what it is: {"type": "sip", "address": "sip:user@host"}, or write the URI alone as text.',
    contracts=(PARTICIPANTS,),
    rejects=[participants({"address": AGENT}), participants({"uri": AGENT, "name": "x"})],
    accepts=[OK_SIP, OK_SIP_TEXT],
)(
    _where(
        lambda endpoint: endpoint.shape in (Shape.UNTYPED, Shape.OTHER),
        "carries a SIP address in an object that has no 'type'",
    )
)

unknown_type = sip_rule(
    id="sip.unknown-type",
    title="A SIP address stands in an object of a type that does not exist",
    fix='The type of a SIP address is "sip".',
    contracts=(PARTICIPANTS,),
    rejects=[participants({"type": "external", "address": AGENT})],
    accepts=[OK_SIP],
)(_where(lambda endpoint: endpoint.shape is Shape.UNKNOWN_TYPE, "has a type that is not 'sip'"))

no_value = sip_rule(
    id="sip.no-value",
    title="An address object of type sip carries no address",
    fix='Put the URI into "address": {"type": "sip", "address": "sip:user@host"}.',
    contracts=(PARTICIPANTS,),
    rejects=[participants({"type": "sip"}), participants({"type": "sip", "uri": AGENT})],
    accepts=[OK_SIP],
)(_where(lambda endpoint: endpoint.shape is Shape.NO_VALUE, "has a type, and no text under 'address'"))


def _contradicts(endpoint: Endpoint) -> bool:
    if endpoint.address is None or endpoint.declared is None:
        return False
    return isinstance(endpoint.address, SipAddress) != (endpoint.declared == "sip")


type_mismatch = sip_rule(
    id="sip.type-mismatch",
    title="The type says sip and the address does not, or the other way round",
    fix="Make the type and the scheme of the address agree.",
    evidence=Evidence.ASSUMED,
    source="the two parts of one address contradict each other",
    contracts=(PARTICIPANTS,),
    rejects=[
        participants({"type": "tel", "address": AGENT}),
        participants({"type": "sip", "address": "tel:" + TEST_NUMBER}),
    ],
    accepts=[OK_SIP],
)(_where(_contradicts, "has a type that its address contradicts"))

surrounded = sip_rule(
    id="sip.surrounded-by-space",
    title="White space stands before or after a SIP address",
    fix="Trim the address before it is sent.",
    contracts=(PARTICIPANTS,),
    rejects=[participants(" " + AGENT), participants({"type": "sip", "address": AGENT + "\n"})],
    accepts=[OK_SIP_TEXT],
)(_refused_for(frozenset({Reason.SURROUNDING_WHITE_SPACE})))

white_space = sip_rule(
    id="sip.white-space",
    title="White space stands inside a SIP address",
    fix="Take the white space out; inside a user part it is written %20.",
    source=f"{THREAD}; {RFC_3261}",
    rejects=[participants("sip:agent@exa mple.com"), published(phoneNumber="sip:agent@exa mple.com")],
    accepts=[OK_SIP_TEXT, OK_SIP_PUBLISHED],
)(_refused_for(frozenset({Reason.WHITE_SPACE})))

scheme_missing = sip_rule(
    id="sip.scheme-missing",
    title="A SIP address lacks its scheme",
    fix="Put sip: in front: sip:user@host.",
    source=f"{THREAD}; {RFC_3261}",
    contracts=(PARTICIPANTS,),
    rejects=[
        participants("agent@example.com"),
        participants("mailto:agent@example.com"),
        participants({"type": "sip", "address": ""}),
    ],
    accepts=[OK_SIP_TEXT, participants("sips:agent@example.com")],
)(_refused_for(frozenset({Reason.EMPTY, Reason.NO_SCHEME, Reason.UNKNOWN_SCHEME})))

user_missing = sip_rule(
    id="sip.user-missing",
    title="A SIP address names a host and no user",
    fix="Write the whole address: sip:user@host. In sip:agent the word agent is the host.",
    source=f"{THREAD}: fully qualified; {RFC_3261}",
    rejects=[
        participants("sip:agent"),
        published(phoneNumber="sip:agent"),
        published(participants=[{"address": "sip:agent"}]),
    ],
    accepts=[OK_SIP_TEXT, OK_SIP_PUBLISHED, published(participants=[{"address": AGENT}])],
)(_refused_for(frozenset({Reason.SIP_NO_USER})))

at_escaped = sip_rule(
    id="sip.at-escaped",
    title="The @ of a SIP address is escaped as %40",
    fix="Write the @ as it is: inside JSON nothing is percent-encoded.",
    source=f"{THREAD}; {RFC_3261}",
    rejects=[participants("sip:agent%40example.com"), published(phoneNumber="sip:agent%40example.com")],
    accepts=[OK_SIP_TEXT, OK_SIP_PUBLISHED],
)(_refused_for(frozenset({Reason.SIP_ESCAPED_AT})))

malformed = sip_rule(
    id="sip.malformed",
    title="A SIP address breaks the grammar of SIP URIs",
    fix="Write sip:user@host with an optional port and parameters; escape odd characters of the user part.",
    source=f"{THREAD}; {RFC_3261}",
    rejects=[
        participants("sip:agent@example..com"),
        participants("sip:agent@example.com:99999"),
        participants("sip:age<nt@example.com"),
        published(phoneNumber="sip:agent@"),
    ],
    accepts=[OK_SIP_TEXT, OK_SIP_PUBLISHED, participants("sip:agent@example.com:5061;transport=tls")],
)(_refused_for(frozenset(Reason) - APART))

host_unqualified = sip_rule(
    id="sip.host-unqualified",
    title="The host of a SIP address is no full name",
    fix="Use a host with a dot in it, such as pbx.example.com, or an IP address.",
    evidence=Evidence.ASSUMED,
    source=f"the thread asks for fully qualified SIP URIs; {OUR_CHOICE}",
    contracts=(PARTICIPANTS,),
    rejects=[participants("sip:agent@pbx")],
    accepts=[OK_SIP_TEXT, participants("sip:agent@203.0.113.7")],
)(
    _where(
        lambda endpoint: (
            isinstance(endpoint.address, SipAddress) and endpoint.address.host_kind is HostKind.LABEL
        ),
        "names a host without a dot",
    )
)


@sip_rule(
    id="sip.cannot-call",
    title="A SIP address stands in 'from'",
    fix="In 'from' stands who calls: a user, a campaign, or a number of the org.",
    source="the tutorial allows a user or a campaign in 'from', the thread a number",
    contracts=(PARTICIPANTS,),
    rejects=[participants(from_=AGENT)],
    accepts=[OK_SIP_TEXT],
)
def cannot_call(case: CallFacts) -> Sequence[Violation]:
    return found("'from' is a SIP address", "/from") if isinstance(case.from_, SipAddress) else FINE


@sip_rule(
    id="sip.trunking-off",
    title="The org has no SIP trunking",
    fix="Ask the org's administrator for SIP trunking, or dial a number.",
    knowledge=Knowledge.ORG,
    rejects=[
        Example({"to": AGENT, "from": "user:" + ALICE}, org={"sip_trunking": False}, contract=PARTICIPANTS),
        Example({"phoneNumber": AGENT}, org={"sip_trunking": False}),
        Example({"participants": [{"address": AGENT}]}, org={"sip_trunking": False}),
    ],
    accepts=[OK_SIP_TEXT, OK_SIP_PUBLISHED],
)
def trunking_off(case: CallFacts) -> Sequence[Violation]:
    if case.org.sip_trunking:
        return FINE
    return [
        Violation("the org's switch sip_trunking is off", endpoint.pointer)
        for endpoint in case.sip_endpoints
        if not isinstance(endpoint.address, TelAddress | UserAddress)
    ]
