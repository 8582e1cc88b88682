"""Telephone numbers in text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from ringback_contracts.domain.numbers.reserved import RESERVED
from ringback_contracts.privacy.kept import DIGIT, GAP, parts

_PLUS = r"[+\uff0b\ufe62\u207a]"
PLUSES = "+\uff0b\ufe62\u207a"
_SHORTEST_RESERVED = 9
"""Characters, plus and all, of the shortest number of a reserved range, at the least."""
_RESERVED = re.compile("|".join(kept.pattern for kept in RESERVED))
_A_PLUS = re.compile(r"\+")
_GAPS = re.compile(rf"{GAP}|[\s,:;]")
_NUMBER = re.compile(rf"{_PLUS}?\(?{DIGIT}(?:{GAP}{{0,3}}{DIGIT}){{6,}}")
_FEWEST_DIGITS = re.compile(rf"(?:{DIGIT}[^{DIGIT[1:]}*+){{7}}")
_DIGIT_GROUP = re.compile(rf"(?:{GAP}|[\s,:;])*([0-9]+)")
_LONGEST_E164 = 15
_FEWEST_HIDDEN = 5
_FIRST_SHOWN = 4
_LAST_SHOWN = 2

# --- numbers with pauses that also part other things ---------------------------------------------------

_MARK = r"</?(?:a|b|i|u|em|br|wbr|sub|sup|span|small|strong)(?:\s[^<>]{0,80})?/?>"
"""What marks up a part of a line."""
_PAUSE = rf"(?:{GAP}|[\r\n,:;'\"\u2018\u2019\u2026]|(?<!\*)\*(?!\*)|{_MARK}){{1,12}}"
_PAUSED = re.compile(rf"(?<![\w.]){_PLUS}?\(?{DIGIT}{{1,15}}(?:{_PAUSE}{DIGIT}{{1,12}}){{1,14}}(?![\w])")
_GROUP = re.compile(rf"{DIGIT}+")
_AMOUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_SPACES = re.compile(rf"[\s()\[\]]|%20|{_MARK}")
_NORTH_AMERICAN = ([3, 3, 4], [1, 3, 3, 4])
_FEWEST, _FEWEST_WITH_PLUS, _MOST_GROUPS, _LONGEST_GROUP = 9, 7, 6, 8
Span = tuple[int, int]


def without_numbers(text: str) -> str:
    """The text without people's numbers; what is hidden already stays as it is."""
    return with_numbers(text, _masked) if _FEWEST_DIGITS.search(text) else text


def with_numbers(text: str, change: Callable[[str], str]) -> str:
    """The text with each run of digits that may be a phone number changed."""
    return "".join(part if kept else _changed(part, change) for part, kept in parts(text))


def _changed(text: str, change: Callable[[str], str]) -> str:
    text = _NUMBER.sub(lambda found: change(found[0]), text)
    return _PAUSED.sub(lambda found: _paused(found[0], change), text)


def _paused(run: str, change: Callable[[str], str]) -> str:
    """The run with the numbers in it changed: one with a plus, and those grouped as numbers are."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    found = _with_plus(groups) if run[0] in PLUSES else _grouped(run, groups)
    if found is None:
        return run
    start, end = found
    rest = _PAUSED.sub(lambda found: _paused(found[0], change), run[end:])
    return run[:start] + change(run[start:end]) + rest


def _with_plus(groups: Sequence[Span]) -> Span | None:
    """The groups of the run that are an international number, plus and all."""
    totals = list(accumulate(end - start for start, end in groups))
    last = bisect_right(totals, _LONGEST_E164) - 1
    return (0, groups[last][1]) if last >= 0 and totals[last] >= _FEWEST_WITH_PLUS else None


def _grouped(run: str, groups: Sequence[Span]) -> Span | None:
    """The first groups of the run that are spelled as people spell a number."""
    lengths = [end - start for start, end in groups]
    for first in range(len(groups) - 1):
        for last in range(min(first + _MOST_GROUPS, len(groups)) - 1, first, -1):
            if _FEWEST <= sum(lengths[first : last + 1]) <= _LONGEST_E164:
                start, end = groups[first][0], groups[last][1]
                if _is_alone(run, groups, first, last) and _is_spelled(
                    run[start:end], lengths[first : last + 1]
                ):
                    return start, end
    return None


def _is_alone(run: str, groups: Sequence[Span], first: int, last: int) -> bool:
    """Whether what parts the groups is not what stands before and behind them too."""
    inner = run[groups[first][1] : groups[first + 1][0]]
    before = run[groups[first - 1][1] : groups[first][0]] if first else ""
    behind = run[groups[last][1] : groups[last + 1][0]] if last + 1 < len(groups) else ""
    return inner not in (before, behind)


def _is_spelled(run: str, lengths: Sequence[int]) -> bool:
    pauses = {_SPACES.sub("", pause) for pause in _GROUP.split(run)[1:-1]}
    if len(pauses) > 1:
        return False
    pause = next(iter(pauses))
    if lengths in _NORTH_AMERICAN:
        return True
    if run[0] == "0":
        # A trunk prefix; but a time of day has two digits in each group.
        return pause != ":" or set(lengths) != {2}
    uneven = min(lengths[1:]) > 1 and max(lengths) <= _LONGEST_GROUP and len(set(lengths)) > 1
    listed = "\n" in run or ", " in run or "; " in run
    return uneven and not listed and not _AMOUNT.fullmatch(run)


# --- what is shown of a number -----------------------------------------------------------------------


def _masked(run: str) -> str:
    """The run of digits without somebody's number; a number of a reserved range that is in it stays."""
    shown, done = [], 0
    for plus in _A_PLUS.finditer(run):
        end = _reserved_end(run, plus.start())
        if end and plus.start() >= done:
            shown += [_each_hidden(run[done : plus.start()]), run[plus.start() : end]]
            done = end
    return "".join([*shown, _each_hidden(run[done:])]) if shown else _hidden(run)


def _each_hidden(text: str) -> str:
    return _NUMBER.sub(lambda found: _hidden(found[0]), text)


def _hidden(run: str) -> str:
    plus, digits = run[: run[0] in PLUSES], _GAPS.sub("", run).lstrip(PLUSES)
    shown = max(0, min(_FIRST_SHOWN, len(digits) - _FEWEST_HIDDEN - _LAST_SHOWN))
    return plus + digits[:shown] + "*" * (len(digits) - shown - _LAST_SHOWN) + digits[-_LAST_SHOWN:]


def _reserved_end(run: str, start: int) -> int:
    """Where an international number of a reserved range ends that begins so: where digits pause."""
    number, end = "+", start + 1
    while len(number) <= _LONGEST_E164 and (group := _DIGIT_GROUP.match(run, end)):
        number, end = number + group[1], group.end()
        if len(number) >= _SHORTEST_RESERVED and _RESERVED.fullmatch(number):
            return end
    return 0
