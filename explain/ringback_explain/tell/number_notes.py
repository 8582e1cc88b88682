"""Notes on what a body would dial or show: numbers that ring nobody, and addresses that need a route."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ringback_contracts.domain.numbers import Problem, assess, is_emergency, is_extension
from ringback_contracts.org import Org
from ringback_explain.explanation import Explained, Note
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.party import Kind, MeantParty
from ringback_explain.tell.questions import note, quoted

_KINDS = {Problem.RESERVED: "number.fictional", Problem.NOT_ASSIGNED: "number.unassigned"} | dict.fromkeys(
    (Problem.TOO_SHORT, Problem.TOO_LONG, Problem.UNKNOWN_COUNTRY), "number.impossible"
)
_SLASHES = re.compile(r"\s*[\"']?sips?://", re.IGNORECASE)
_WRITTEN_OUT = frozenset({Kind.NUMBER, Kind.SIP, Kind.UNREADABLE})


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
        yield note("number.emergency", party.pointer, written=quoted(party.written))
    for party in dialled:
        if party not in alarms:
            yield from _route(party)
    for party in wish.parties:
        if party.kind is Kind.NUMBER and party not in alarms:
            yield from _spelling(party)
            if not party.pointer.startswith(named) and (region_known or party.value.startswith("+")):
                yield from _dead(
                    party, org, "number.not-shown" if party in wish.caller_ids else "number.dead"
                )


def _route(party: MeantParty) -> Iterator[Note]:
    if party.kind is Kind.SIP:
        if _SLASHES.match(party.written):
            yield note("sip.slashes", party.pointer, uri=quoted(party.value))
        yield note("sip.needs-route", party.pointer, written=quoted(party.value))
    elif party.kind is Kind.NUMBER and is_extension(party.digits):
        yield note("extension.needs-route", party.pointer, written=quoted(party.written))


def _spelling(party: MeantParty) -> Iterator[Note]:
    written = quoted(party.written)
    if party.written != party.value and not party.written.isdigit():
        yield note("number.normalised", party.pointer, written=written, number=party.value)
    if party.without_country:
        example = party.digits if party.may_have_country else "442079460100 for one in London"
        yield note("number.no-plus", party.pointer, written=written, digits=party.digits, example=example)


def _dead(party: MeantParty, org: Org, text: str) -> Iterator[Note]:
    number = party.value.partition(";")[0]
    if is_extension(number):
        return
    known = assess(number, org.region)
    ours = known.e164 is not None and (known.e164 in org.numbers or org.test_number(known.e164) is not None)
    if known.problem in _KINDS and not ours:
        yield note(_KINDS[known.problem], party.pointer, text, number=number, detail=known.detail)
