"""Numbers that no network can reach, and the phone that has to place the call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ringback_contracts.core.declare import (
    BOB,
    FINE,
    INVALID_NUMBER,
    OK,
    OK_PARTICIPANTS,
    OUR_CHOICE,
    SWAGGER_2017,
    TEST_NUMBER,
    TUTORIAL,
    found,
    participants,
    published,
    rule,
)
from ringback_contracts.core.model import (
    PARTICIPANTS,
    PUBLISHED,
    Evidence,
    Example,
    Knowledge,
    Stage,
    Violation,
)
from ringback_contracts.domain.addresses import TelAddress
from ringback_contracts.domain.numbers import Assessment, Dialled, NotDialable, Problem, assess
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.facts import CallFacts, read_number
from ringback_contracts.resources.calls.forms import has_sip_scheme
from ringback_contracts.resources.calls.selections import placing

IMPOSSIBLE = frozenset({Problem.TOO_SHORT, Problem.TOO_LONG, Problem.UNKNOWN_COUNTRY})

number_rule = partial(
    rule,
    stage=Stage.NUMBER,
    status=422,
    code="invalid.phone.number",
    message=INVALID_NUMBER,
    operations=placing,
)
"""What every rule about numbers says alike."""


def dead(text: str, org: Org) -> Assessment | None:
    """The assessment of a number that rings nobody in this org; ``None`` for one that can ring."""
    known = assess(text, org.region)
    if known.problem is None or (known.e164 is not None and org.test_number(known.e164)):
        return None
    return known


def _with_problem(case: CallFacts, problems: frozenset[Problem]) -> Sequence[Violation]:
    known = case.assessment
    if known is None or known.problem not in problems:
        return FINE
    return found(known.detail, "/to")


@number_rule(
    id="number.letters",
    title="The number has letters in it",
    fix="Write the digits that the letters stand for.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    knowledge=Knowledge.REQUEST,
    contracts=(PARTICIPANTS,),
    rejects=[participants("tel:+1555ABCDEFG")],
    accepts=[OK_PARTICIPANTS],
)
def number_letters(case: CallFacts) -> Sequence[Violation]:
    return _with_problem(case, frozenset({Problem.LETTERS}))


@number_rule(
    id="number.impossible",
    title="The number is too short or too long, or has no country code that exists",
    fix="Write the whole number with its country code: at most 15 digits after the plus.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    knowledge=Knowledge.REQUEST,
    contracts=(PARTICIPANTS,),
    rejects=[
        participants("tel:+1202"),
        participants("tel:+1202555012399999"),
        participants("tel:+999123456789"),
    ],
    accepts=[OK_PARTICIPANTS],
)
def number_impossible(case: CallFacts) -> Sequence[Violation]:
    return _with_problem(case, IMPOSSIBLE)


@number_rule(
    id="number.unassigned",
    title="The number has the right length and no network assigns it",
    fix="Check the area code; +1 555 is none. For tests use +442079460100 to +442079460199.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    knowledge=Knowledge.REQUEST,
    contracts=(PARTICIPANTS,),
    rejects=[participants("tel:+15551234567")],
    accepts=[OK_PARTICIPANTS, participants("tel:+13172222222")],
)
def number_unassigned(case: CallFacts) -> Sequence[Violation]:
    return _with_problem(case, frozenset({Problem.NOT_ASSIGNED}))


@number_rule(
    id="number.reserved",
    title="The number lies in a range that is kept for fiction or for services",
    fix="Use a number that can ring, or one of the org's test numbers.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    contracts=(PARTICIPANTS,),
    rejects=[participants("tel:+12025550123"), participants("tel:+442079460500")],
    accepts=[OK_PARTICIPANTS],
)
def number_reserved(case: CallFacts) -> Sequence[Violation]:
    if isinstance(case.to, TelAddress) and case.org.test_number(case.to.number):
        return FINE
    return _with_problem(case, frozenset({Problem.RESERVED}))


@number_rule(
    id="number.strict",
    only=("phoneNumber", "participants"),
    title="The org refuses published bodies whose number rings nobody",
    fix="Use a number that can ring, or switch strict_numbers off to see the call fail as on the platform.",
    evidence=Evidence.ASSUMED,
    source=f"Ringback's own switch strict_numbers; {OUR_CHOICE}",
    contracts=(PUBLISHED,),
    rejects=[
        Example({"phoneNumber": "+15551234567"}, org={"strict_numbers": True}),
        Example({"phoneNumber": "+12025550123"}, org={"strict_numbers": True}),
        Example({"participants": [{"address": "+15551234567"}]}, org={"strict_numbers": True}),
    ],
    accepts=[
        published(phoneNumber="+15551234567"),
        Example({"phoneNumber": TEST_NUMBER}, org={"strict_numbers": True}),
        Example({"phoneNumber": "30005"}, org={"strict_numbers": True}),
    ],
)
def number_strict(case: CallFacts) -> Sequence[Violation]:
    if not case.org.strict_numbers:
        return FINE
    return [
        Violation(known.detail, pointer)
        for pointer, number in _dialled(case)
        if isinstance(number, Dialled)
        and number.kind != "extension"
        and (known := dead(number.number, case.org)) is not None
    ]


def _dialled(case: CallFacts) -> Iterator[tuple[str, Dialled | NotDialable | None]]:
    """Every number of a published body, with its pointer."""
    yield "/phoneNumber", case.dialled
    for position, party in enumerate(case.parties):
        text = party.get("address")
        if isinstance(text, str) and not has_sip_scheme(text):
            yield f"/participants/{position}/address", read_number(text)


@rule(
    id="station.missing",
    stage=Stage.STATION,
    status=400,
    code="conversation.error.no.user.station",
    message="The user has no station to place the call with",
    title="The user who would call has no phone",
    fix="Select a station for the user; without one no call can be placed for them.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: conversation.error.no.user.station",
    operations=placing,
    rejects=[
        Example({"phoneNumber": TEST_NUMBER}, token="bob"),
        participants(from_="user:" + BOB),
        Example({"phoneNumber": TEST_NUMBER}, path=f"/api/v2/conversations/calls/user/{BOB}"),
    ],
    accepts=[OK, OK_PARTICIPANTS],
)
def station_missing(case: CallFacts) -> Sequence[Violation]:
    user = case.acting_user
    return found(f"{user.name} has no station") if user is not None and user.station is None else FINE
