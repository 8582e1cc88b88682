"""Stable stand-ins for people's numbers: test numbers, and for an invalid one another with its defect."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import partial

from ringback_contracts.domain.numbers import Problem, assess
from ringback_contracts.privacy import redact_text
from ringback_contracts.privacy.numbers import PLUSES, with_numbers

FIRST, COUNT = 442079460150, 50
"""The test numbers that stand in for people's: +442079460150 to ...199."""
DEFECTIVE = {
    Problem.TOO_SHORT: "44207946",
    Problem.TOO_LONG: "44207946015000000",
    Problem.UNKNOWN_COUNTRY: "999123456789",
    Problem.NOT_ASSIGNED: "15551234567",
}
"""Numbers that nobody has, by what is wrong with them; with a plus in front."""
NATIONAL_DEFECTIVE = {
    Problem.TOO_SHORT: "5551234",
    Problem.TOO_LONG: "44207946015000000",
    Problem.UNKNOWN_COUNTRY: "011999123456789",
    Problem.NOT_ASSIGNED: "5551234567",
}
"""The same as digits of the default org's region, without a plus."""
LONGEST = max(map(len, (*DEFECTIVE.values(), *NATIONAL_DEFECTIVE.values())))
ABROAD = "011"
"""What is dialled in that region before a country code."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Private-use characters around what must survive redaction."""
ESCAPES = {code: f"\\u{code:04x}" for code in range(0x20)}
"""How JSON writes control characters, which may stand between the digits of a number."""
_MARK = re.compile(f'("?){OPEN}(#?)([a-z]+){CLOSE}("?)')
_VANITY = re.compile(r"(?<=tel:)\+?(?=[0-9a-z]*[0-9])(?=[0-9a-z]*[a-z])[0-9a-z]{7,}", re.IGNORECASE)
_LETTERS = str.maketrans("0123456789", "abcdefghij")


@dataclass
class StableNumbers:
    """Gives each number of a run always the same stand-in; after fifty that can ring it starts anew.

    ``mark`` puts marks where numbers were, ``fill`` the stand-ins where marks are: what lies between them,
    such as redaction, sees no number of anybody's.
    """

    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _marks: list[str] = field(default_factory=list, repr=False)

    def adopt(self, e164: str) -> None:
        """Let a number have a stand-in even though it is nobody's."""
        self._known.setdefault(e164, self._next())

    def _next(self) -> str:
        return str(FIRST + len(self._known) % COUNT)

    def mark(self, text: str) -> str:
        """The text with a mark for each number."""
        text = _VANITY.sub(lambda _: self.keep("+1555ABCDEFG"), text)
        return with_numbers(text, self._replaced)

    def _replaced(self, run: str) -> str:
        """A mark, but for what redaction would let stand by itself."""
        found = self.stand_in(run)
        return run if found == run == redact_text(run) else self.keep(found)

    def mark_json(self, value: float) -> str:
        """A mark, as a JSON text, that becomes a JSON number again: a whole one, or one with a fraction."""
        digits = int(self._digits(str(abs(int(value))), plus=False))
        fraction = "" if isinstance(value, int) else ".0" if value.is_integer() else ".5"
        return self.keep(f"{digits}{fraction}", kind="#")

    def fill(self, text: str, *, in_json: bool = False) -> str:
        """The text with a stand-in for each mark, whose white space is escaped where the text is JSON."""
        filled = partial(self._filled, in_json=in_json)
        return _MARK.sub(filled, text)

    def stand_in(self, run: str) -> str:
        """The stand-in of a number, in the same spelling."""
        digits = "".join(str(unicodedata.digit(character, "")) for character in run)
        return _spelled(run, self._digits(digits, plus=run[0] in PLUSES))

    def _digits(self, digits: str, *, plus: bool) -> str:
        known = assess(f"+{digits}" if plus else digits)
        if known.problem is None and known.e164:
            self.adopt(known.e164)
        if found := self._known.get(known.e164 or ""):
            return found if plus else ABROAD + found
        if known.problem is Problem.RESERVED:
            return digits
        defects = DEFECTIVE if plus else NATIONAL_DEFECTIVE
        usual = defects.get(known.problem or Problem.TOO_LONG, defects[Problem.TOO_LONG])
        return _of_length(usual, len(digits), plus=plus)

    def keep(self, text: str, kind: str = "") -> str:
        """A mark for a text that must come through redaction as it is."""
        self._marks.append(text)
        return f"{OPEN}{kind}{str(len(self._marks) - 1).translate(_LETTERS)}{CLOSE}"

    def _filled(self, found: re.Match[str], *, in_json: bool) -> str:
        before, kind, letters, after = found.groups()
        number = int(letters.translate(str.maketrans("abcdefghij", "0123456789")))
        if number >= len(self._marks):
            return found[0]
        text = self._marks[number]
        if in_json and not kind:
            text = text.translate(ESCAPES)
        return text if kind else before + text + after


def _of_length(digits: str, length: int, *, plus: bool) -> str:
    """The digits made as long as what they stand for, if they keep their defect: an id has so many."""
    if length > LONGEST:
        return digits
    fitted = digits[:length].ljust(length, "0")
    sign = "+" if plus else ""
    return fitted if assess(sign + fitted).problem is assess(sign + digits).problem else digits


def _like(character: str, digit: str) -> str:
    """The digit in the script of another: full-width, Arabic, ..."""
    if not character.isdecimal():
        return digit
    return chr(ord(character) - unicodedata.digit(character) + int(digit))


def _spelled(run: str, digits: str) -> str:
    """The digits with the plus and the separators of a run; the last group takes what is left over."""
    slots = [at for at, character in enumerate(run) if unicodedata.digit(character, None) is not None]
    spelled = list(run)
    for at, digit in zip(slots, digits, strict=False):
        spelled[at] = _like(run[at], digit)
    if len(digits) >= len(slots):
        spelled[slots[-1]] += digits[len(slots) :]
        return "".join(spelled)
    return "".join(spelled[: slots[len(digits) - 1] + 1])
