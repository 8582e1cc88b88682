"""The lenient digits of a published ``phoneNumber``: E.164, national digits or an extension."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal, NamedTuple

LONGEST_EXTENSION = 6
"""Digits that make an extension at most; a longer run is a national number."""

_EXTENSION = re.compile(rf"[0-9]{{1,{LONGEST_EXTENSION}}}")
_PARAMETERS = re.compile(r"(?:;[0-9A-Za-z-]+(?:=[^;\s]*)?)*")
_EXTENSION_PARAMETER = re.compile(r";ext=([0-9().-]+)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-.()\s]+")
_NUMBER = re.compile(r"\+?[0-9]+")
_E164 = re.compile(r"\+[0-9]+")

DialKind = Literal["e164", "national", "extension"]


def is_extension(text: str) -> bool:
    """Whether the text is an extension: one to six ASCII digits."""
    return _EXTENSION.fullmatch(text) is not None


class Dialled(NamedTuple):
    """Digits to dial: ``+`` and digits for ``e164``, digits alone otherwise.

    ``extension`` is that of an ``;ext=`` behind the number, dialled once the call is answered.
    """

    number: str
    kind: DialKind
    extension: str | None = None


class DialReason(StrEnum):
    """Why a text cannot be dialled."""

    EMPTY = "empty"
    NO_DIGITS = "no-digits"
    LETTERS = "letters"
    BAD_PARAMETER = "bad-parameter"
    BAD_CHARACTER = "bad-character"


_WORDS = {
    DialReason.EMPTY: "there is nothing to dial; write a number such as +442079460100",
    DialReason.NO_DIGITS: "there are no digits to dial",
    DialReason.LETTERS: "there are letters where digits belong; write the digits they stand for",
    DialReason.BAD_PARAMETER: "what follows the semicolon is no parameter such as ;ext=12; leave it out",
    DialReason.BAD_CHARACTER: (
        "a character is neither a digit, a plus in front nor one of the separators - . ( ) and space"
    ),
}


class NotDialable(ValueError):
    """A text that holds no digits to dial, and why."""

    def __init__(self, reason: DialReason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return _WORDS[self.reason]


def dialable(text: str) -> Dialled:
    """Read digits as leniently as the platform does; raises ``NotDialable`` where there are none.

    White space around the text, the scheme ``tel:``, the visual separators of RFC 3966, white space between
    digits and ``;name=value`` parameters do not matter.
    """
    if _E164.fullmatch(text):  # as most are written: there is nothing to leave out
        return Dialled(text, "e164")
    trimmed = text.strip()
    if not trimmed:
        raise NotDialable(DialReason.EMPTY)
    body = trimmed[4:] if trimmed[:4].lower() == "tel:" else trimmed
    spelled, semicolon, rest = body.partition(";")
    if not _PARAMETERS.fullmatch(semicolon + rest):
        raise NotDialable(DialReason.BAD_PARAMETER)
    number = _SEPARATORS.sub("", spelled)
    if not _NUMBER.fullmatch(number):
        raise NotDialable(_objection(number))
    return Dialled(number, _kind(number), _extension(semicolon + rest))


def _objection(number: str) -> DialReason:
    if number in ("", "+"):
        return DialReason.NO_DIGITS
    return (
        DialReason.LETTERS if any(character.isalpha() for character in number) else DialReason.BAD_CHARACTER
    )


def _kind(number: str) -> DialKind:
    if number.startswith("+"):
        return "e164"
    return "extension" if is_extension(number) else "national"


def _extension(parameters: str) -> str | None:
    found = _EXTENSION_PARAMETER.search(parameters)
    return _SEPARATORS.sub("", found[1]) or None if found else None
