"""Telephone numbers in text."""

from __future__ import annotations

import re
from collections.abc import Callable

from ringback_contracts.domain.numbers.reserved import reserved_range

# \d on purpose: full-width and other digits are digits to whoever reads them.
_GAP = (
    r"(?:[ \-_.()/\x00-\x09\x0b\x0c\x0e-\x1f\u00a0\u00ad\u2000-\u2015\u2060\u2212\ufeff]"
    r"|%2[089DdEe]|(?<=\d)\+(?=\d))"
)
_GAPS = re.compile(_GAP)
_NUMBER = re.compile(rf"[+\uff0b]?\(?\d(?:{_GAP}{{0,3}}\d){{6,}}")
_DIGIT_GROUP = re.compile(rf"{_GAP}*([0-9]+)")
_LONGEST_E164 = 15
_FEWEST_HIDDEN = 5
_FIRST_SHOWN = 4
_LAST_SHOWN = 2

_UUID = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
_DATE = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
# A date alone stays only where no other digits stand beside it, with which it could be one number.
_ALONE = rf"(?<![0-9+])(?<![0-9][-. ()/]){_DATE}(?![0-9])(?![-. ()/]{{1,3}}[0-9])"
_KEPT = re.compile(rf"({_UUID}|(?<![0-9+]){_DATE}[T ]{_TIME}(?![0-9])|{_ALONE})")


_FEWEST_DIGITS = re.compile(r"(?:\d\D*){7}")


def without_numbers(text: str) -> str:
    """The text without people's numbers; what is hidden already stays as it is."""
    return with_numbers(text, _masked) if _FEWEST_DIGITS.search(text) else text


def with_numbers(text: str, change: Callable[[str], str]) -> str:
    """The text with each run of digits that may be a phone number changed."""
    return "".join(
        part if position % 2 else _NUMBER.sub(lambda found: change(found[0]), part)
        for position, part in enumerate(_KEPT.split(text))
    )


def _masked(run: str) -> str:
    kept = _reserved_length(run)
    if kept:
        return run[:kept] + _NUMBER.sub(lambda found: _masked(found[0]), run[kept:])
    plus, digits = run[: run[0] in "+\uff0b"], _GAPS.sub("", run).lstrip("+\uff0b")
    shown = min(_FIRST_SHOWN, len(digits) - _FEWEST_HIDDEN - _LAST_SHOWN)
    return plus + digits[:shown] + "*" * (len(digits) - shown - _LAST_SHOWN) + digits[-_LAST_SHOWN:]


def _reserved_length(run: str) -> int:
    """How much of the run is an international number of a reserved range, which ends where digits pause."""
    number, end = "+", int(run.startswith("+"))
    while end and len(number) <= _LONGEST_E164 and (group := _DIGIT_GROUP.match(run, end)):
        number, end = number + group[1], group.end()
        if reserved_range(number):
            return end
    return 0
