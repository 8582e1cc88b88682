"""Verdicts that are not ours: libphonenumber's numbers of every region, and the grammar of RFC 3261."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import phonenumbers

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import PARTICIPANTS
from ringback_contracts.domain.numbers import reserved_range
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.operations import PLACE_CALL
from ringback_harness import strategies
from ringback_harness.check import grammar
from ringback_harness.check.expectation import Expected, refused_by
from ringback_harness.check.generated import Effort, explore
from ringback_harness.check.results import CheckOutcome, Result
from ringback_harness.check.rules import Worlds, foretold
from ringback_harness.targets import World, call_request

if TYPE_CHECKING:
    from abnf.parser import Node

SUITE = "oracles"
NUMBERS = "libphonenumber's example numbers"
URIS = "SIP URIs by the grammar of RFC 3261"


def check_oracles(worlds: Worlds, effort: Effort) -> Iterator[Result]:
    """Dial what others say can be dialled, and what they say cannot."""
    world = worlds.get()
    granted = Expected(default_org().success_status, operation=PLACE_CALL, contract=PARTICIPANTS)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = strategies.example_number(region)
        if number is not None:
            reserved = reserved_range(number)
            expected = refused_by(TABLE["number.reserved"]) if reserved else granted
            yield _dial(world, f"tel:{number}", NUMBERS, expected)
    uris = strategies.sip_uris() | strategies.edited(strategies.sip_uris()).filter(_meant_as_sip)
    subject = Result(SUITE, URIS, PLACE_CALL, CheckOutcome.NOT_REACHED)
    yield from explore(uris, lambda uri: _dial_uri(world, uri, granted), effort.at(world), subject)


def _dial(world: World, to: str, subject: str, expected: Expected) -> Result:
    request = call_request({"to": to, "from": f"user:{ALICE}"})
    return foretold(Result(SUITE, subject, PLACE_CALL, CheckOutcome.NOT_REACHED), world, request, expected)


def _dial_uri(world: World, uri: str, granted: Expected) -> Result:
    # Which of the rules about SIP refuses it is not for a grammar to say.
    expected = granted if _qualified(uri) else Expected(400, "bad.request")
    return _dial(world, uri, URIS, expected)


def _meant_as_sip(text: str) -> bool:
    return text[:4].lower() == "sip:" or text[:5].lower() == "sips:"


def _qualified(uri: str) -> bool:
    """Whether the URI keeps to the RFC and, as the platform asks, its host is no single label."""
    node = grammar.tree(grammar.SipGrammar("address"), uri)
    if node is None or not grammar.is_sip_address(uri):
        return False
    return "." in _host(node).rstrip(".") or "[" in _host(node)


def _host(node: Node) -> str:
    return next(grammar.named(node, "host"))
