"""How a rule is written down: its function with its data beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ringback_contracts.core.model import (
    CONTRACTS,
    PARTICIPANTS,
    Check,
    Contract,
    Evidence,
    Example,
    Knowledge,
    Rule,
    Stage,
    Violation,
)

if TYPE_CHECKING:
    from ringback_contracts.core.operation import Selection

MALFORMED = "malformed participant address"
INVALID = "Invalid participant address"
NOT_AUTHORIZED = "User not authorized"
NOT_FOUND = "The requested resource was not found"
INVALID_NUMBER = "Invalid phone number"

SDK = "official Python SDK 269.0.0"
SWAGGER_2017 = "published Swagger of the platform, September 2017"
SWAGGER_2018 = "published Swagger of the platform, March 2018"
STATUSES_2025 = "statuses per operation in the published Swagger of November 2025"
TUTORIAL = "tutorial on 400, 403 and 422 when creating calls, which Ringback was asked to enforce"
THREAD = "forum thread on a SIP URI refused as participant address, which Ringback was asked to enforce"
COMMON_ERRORS = "error codes common to all operations in the vendor's Swagger after November 2021"
RATE_NOTICE = "vendor's announcement of normalized 429 responses, effective 2021-11-10"
OUR_CHOICE = "nothing is known; Ringback's own choice"

FINE: Sequence[Violation] = ()
"""What a rule answers when it has nothing to object to."""

TEST_NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
CAROL = "ca201000-0000-4000-8000-000000000003"
DAVE = "da5e0000-0000-4000-8000-000000000004"
ERIN = "e5100000-0000-4000-8000-000000000005"
FRANK = "f4a2c000-0000-4000-8000-000000000006"
GRACE = "94ace000-0000-4000-8000-000000000007"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
ORDERS = "90e0e000-0000-4000-8000-000000000011"
SOLVED = "c0de0000-0000-4000-8000-000000000040"
CORA = "c0417ac7-0000-4000-8000-000000000050"
ALICE_PHONE = "57a70000-0000-4000-8000-000000000001"
CAROL_PHONE = "57a70000-0000-4000-8000-000000000003"
CAMPAIGN = "ca3b0000-0000-4000-8000-000000000020"
NOBODY = "00000000-0000-4000-8000-00000000dead"
"""An id that the default org does not have."""


def rule(  # noqa: PLR0913 - a rule is all of this
    *,
    stage: Stage,
    status: int,
    message: str,
    title: str,
    fix: str,
    evidence: Evidence,
    source: str,
    rejects: Sequence[Example],
    accepts: Sequence[Example],
    id: str,  # noqa: A002 - the word of the table
    code: str = "bad.request",
    contracts: tuple[Contract, ...] = CONTRACTS,
    knowledge: Knowledge = Knowledge.ORG,
    operations: Selection | None = None,
    only: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule out of the function below it."""

    def declare(check: Check) -> Rule:
        return Rule(
            id=id,
            stage=stage,
            status=status,
            code=code,
            message=message,
            title=title,
            fix=fix,
            evidence=evidence,
            source=source,
            check=check,
            rejects=tuple(rejects),
            accepts=tuple(accepts),
            contracts=contracts,
            knowledge=knowledge,
            operations=operations,
            only=frozenset(only),
        )

    return declare


def found(detail: str, pointer: str = "", **params: str) -> Sequence[Violation]:
    """The one violation of a rule."""
    return (Violation(detail, pointer, params),)


def ill_typed(errors: Iterable[tuple[str, str]]) -> Sequence[Violation]:
    """A violation for each place (a JSON pointer) where a body is not of its model, and how."""
    return [
        Violation(
            f"{pointer}: {problem}",
            pointer,
            {"field": pointer.removeprefix("/").replace("/", "."), "problem": problem},
        )
        for pointer, problem in errors
    ]


def published(**body: Any) -> Example:
    """A published body sent by alice."""
    return Example(body)


def participants(to: Any = "tel:" + TEST_NUMBER, from_: Any = "user:" + ALICE, **more: Any) -> Example:
    """A ``to`` / ``from`` body sent by alice; the defaults are accepted."""
    return Example({"to": to, "from": from_} | more, contract=PARTICIPANTS)


OK = published(phoneNumber=TEST_NUMBER)
OK_PARTICIPANTS = participants()
