"""Notes on what a body would dial or show: numbers that ring nobody, and addresses that need a route."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ringback_contracts.domain.numbers import Problem, assess, is_emergency, is_extension
from ringback_contracts.org import Org
from ringback_explain.explanation import Explained, Note
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.party import Kind, MeantParty
from ringback_explain.tell.questions import quoted

_KINDS: dict[Problem, str] = {
    Problem.RESERVED: "number.fictional",
    Problem.NOT_ASSIGNED: "number.unassigned",
    Problem.TOO_SHORT: "number.impossible",
    Problem.TOO_LONG: "number.impossible",
    Problem.UNKNOWN_COUNTRY: "number.impossible",
}
DEAD = (
    "{number}: {detail}; the request may be accepted all the same, and the call then fails. Give a number"
    " that can ring"
)
NOT_SHOWN = "{number}: {detail}; a network need not show it. Show a number of your org"
NORMALISED = "{written} is read as {number}; that it is written otherwise need not be the fault"
NO_PLUS = (
    "{written} has no plus: {digits} is dialled as a number of the org's country. With its country code a"
    " number is written + and digits, +{example}. That need not be the fault"
)
ROUTE = (
    "{written} is not malformed by itself: it is dialled if a number plan of the site matches it and an"
    " outbound route takes it; without, the call is accepted and then ends with dialplan.notReachable. A"
    " colleague is dialled with callUserId"
)
SLASHES = (
    "a SIP URI has no // behind its scheme: read to the letter the slashes belong to the user's name, and"
    " nobody is called so. Write {uri}"
)
_SLASHES = re.compile(r"\s*[\"']?sips?://", re.IGNORECASE)
EXTENSION = (
    "{written} is dialled as an extension: it needs a number plan and an outbound route of the site that"
    " match it, or the call is accepted and then fails"
)
EMERGENCY = (
    "{written} is an emergency number or a crisis line, or a network may take it for one: on a real org it"
    " rings those who save lives. Never try it out there; CallsClient refuses it on every real target. To try"
    " calling, dial a test number of the mock, such as +442079460100"
)


def number_notes(
    wish: MeantCall, found: Sequence[Explained], org: Org, *, region_known: bool
) -> Iterator[Note]:
    """Notes on everybody that the body names; without a known region national digits are left alone."""
    named = tuple(finding.pointer for finding in found if finding.rule.startswith("number."))
    dialled = [*wish.to, *wish.undirected]
    # Without a region, whatever is an emergency service in any country.
    region = org.region if region_known else None
    written_out = (party for party in dialled if party.kind in _WRITTEN_OUT)
    alarms = [party for party in written_out if is_emergency(party.written, region)]
    for party in alarms:
        yield Note("number.emergency", party.pointer, EMERGENCY.format(written=quoted(party.written)))
    for party in dialled:
        if party not in alarms:
            yield from _route(party)
    for party in wish.parties:
        if party.kind is Kind.NUMBER and party not in alarms:
            yield from _spelling(party)
            if not party.pointer.startswith(named) and (region_known or party.value.startswith("+")):
                yield from _dead(party, org, NOT_SHOWN if party in wish.caller_ids else DEAD)


_WRITTEN_OUT = frozenset({Kind.NUMBER, Kind.SIP, Kind.UNREADABLE})


def _route(party: MeantParty) -> Iterator[Note]:
    if party.kind is Kind.SIP and _SLASHES.match(party.written):
        yield Note("sip.slashes", party.pointer, SLASHES.format(uri=quoted(party.value)))
    if party.kind is Kind.SIP:
        yield Note("sip.needs-route", party.pointer, ROUTE.format(written=quoted(party.value)))
    elif party.kind is Kind.NUMBER and is_extension(party.digits):
        yield Note("extension.needs-route", party.pointer, EXTENSION.format(written=quoted(party.written)))


def _spelling(party: MeantParty) -> Iterator[Note]:
    written = quoted(party.written)
    if party.written != party.value and not party.written.isdigit():
        yield Note("number.normalised", party.pointer, NORMALISED.format(written=written, number=party.value))
    if party.without_country:
        example = party.digits if party.may_have_country else "442079460100 for one in London"
        message = NO_PLUS.format(written=written, digits=party.digits, example=example)
        yield Note("number.no-plus", party.pointer, message)


def _dead(party: MeantParty, org: Org, text: str) -> Iterator[Note]:
    number = party.value.partition(";")[0]
    if is_extension(number):
        return
    known = assess(number, org.region)
    ours = known.e164 is not None and (known.e164 in org.numbers or org.test_number(known.e164) is not None)
    if known.problem in _KINDS and not ours:
        yield Note(_KINDS[known.problem], party.pointer, text.format(number=number, detail=known.detail))
