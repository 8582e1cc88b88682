"""What a run may do on a real org: whom it may ring, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ringback_contracts.domain.numbers import Problem, assess, is_emergency
from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.privacy import redact_text
from ringback_harness.exits import Refused, SetupError
from ringback_harness.sandbox.ringing import id_in, number_in

DEFAULT_BUDGET = 5
"""Calls that a run may place unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Permit:
    """``send`` lets anything leave at all; ``numbers`` (E.164) and ``users`` (ids) may be rung.

    ``budget`` is in calls.
    """

    send: bool = False
    numbers: tuple[str, ...] = field(default=(), repr=False)
    users: tuple[str, ...] = ()
    budget: int = DEFAULT_BUDGET

    @classmethod
    def of(cls, *, send: bool, numbers: Iterable[str], users: Iterable[str], budget: int) -> Permit:
        """A permit from what the command line says.

        Raises ``SetupError`` for what is no number or no id, ``Refused`` for an emergency number, and for a
        run that may place calls to nobody.
        """
        permit = cls(send, tuple(map(_number, numbers)), tuple(map(_user, users)), budget)
        if send and budget and not (permit.numbers or permit.users):
            raise Refused(
                "--allow-calls needs to know whom: give --allow-number or --allow-user, "
                "or --budget 0 to send only what can ring nobody"
            )
        return permit

    def covers(self, text: str) -> bool:
        """Whether a text is, as a whole, one of those listed: bare, or behind ``tel:`` or ``user:``."""
        return number_in(text) in self.numbers or id_in(text) in self.users


def _number(text: str) -> str:
    if is_emergency(text):
        raise Refused(f"{text!r} is an emergency number; it is never dialled on a real target")
    known = assess(text)
    if known.e164 != text or known.problem not in (None, Problem.RESERVED):
        raise SetupError(
            f"--allow-number {redact_text(text)}: write a whole number as + and digits ({known.detail})"
        )
    return text


def _user(text: str) -> str:
    if not is_uuid(text):
        raise SetupError(f"--allow-user {redact_text(text)}: write the id of a user, not a name")
    return text.lower()
