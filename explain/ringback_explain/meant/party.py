"""One written address as the party that its writer meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from ringback_contracts.domain.addresses import AddressError, parse_sip
from ringback_contracts.domain.numbers import NotDialable, Problem, assess, dialable, is_extension
from ringback_contracts.domain.uuids import is_uuid
from ringback_explain.meant.placeholders import gap_in
from ringback_explain.table import table

LONGEST_NATIONAL = 10
"""Digits without a plus that are taken for a national number and nothing else; many are shorter."""
_PUBLISHED = ("/phoneNumber", "/callerId", "/participants/")
_ABROAD = re.compile(r"^00(?=[1-9][0-9]{7,14}$)")
"""The international prefix that ITU-T E.123 and most countries have."""
_TRUNK = re.compile(r"^(\s*\+[0-9]{1,3})[\s.-]*\(0\)")
"""``+44 (0)20``: the zero is dialled inside the country only."""
# Begun once in a run of spaces, and taken whole, however long it is: time in proportion to the text.
_EXTENSION = re.compile(r"(?<!\s)\s*+(?:,|x|ext\.?|extension)\s*+:?\s*+(?=[0-9]{1,6}\s*$)", re.IGNORECASE)
_SIGNS = str.maketrans(table("meant/kinds")["signs"])
"""Hyphens of print, a wide plus, and marks that nobody sees."""


class Kind(StrEnum):
    """What a written address turns out to name."""

    NUMBER = "number"
    SIP = "sip"
    USER = "user"
    QUEUE = "queue"
    CAMPAIGN = "campaign"
    """A user, a queue or a campaign whose value is no UUID was not filled in."""
    ID = "id"
    """An id of the platform, and nothing says of what."""
    GAP = "gap"
    """A value that was not filled in."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class MeantParty:
    """A party: its kind, its normalised number, URI or id, and where and how it was written."""

    kind: Kind
    value: str
    pointer: str
    written: str
    name: str | None = None

    @property
    def usable(self) -> bool:
        """Whether it can be put into a request as it is."""
        if self.kind in _OF_ID:
            return is_uuid(self.value)
        return self.kind in (Kind.NUMBER, Kind.SIP)

    @property
    def is_mail(self) -> bool:
        """Whether it looks like an e-mail address as much as like a SIP address."""
        return self.kind is Kind.SIP and not re.match(r"\s*[\"']?sips?:", self.written, re.IGNORECASE)

    @property
    def digits(self) -> str:
        """The digits of a number, without its extension."""
        return self.value.partition(";")[0].removeprefix("+") if self.kind is Kind.NUMBER else ""

    @property
    def may_have_country(self) -> bool:
        """Whether digits without a plus can begin with a country code, none of which begins with a 0."""
        return len(self.digits) > LONGEST_NATIONAL and not self.digits.startswith("0")

    @property
    def may_lack_plus(self) -> bool:
        """Whether a plus alone makes of digits a number that a network can have."""
        return self.may_have_country and assess(f"+{self.digits}").problem in (None, Problem.RESERVED)

    @property
    def without_country(self) -> bool:
        """Whether a number may lack its country code, or its plus.

        An extension has none, and neither has what stands as plain national digits in a published field.
        """
        if self.kind is not Kind.NUMBER or self.value.startswith("+") or is_extension(self.digits):
            return False
        plain = self.written.strip() == self.digits and len(self.digits) <= LONGEST_NATIONAL
        return not (plain and self.pointer.startswith(_PUBLISHED))


TYPES, _SCHEMES = (
    {word: Kind(kind) for kind, listed in table("meant/kinds")[name].items() for word in listed.split()}
    for name in ("types", "schemes")
)
"""Type words that say what an id belongs to, and schemes; all other types are words for telephones."""
_OF_ID = frozenset({Kind.USER, Kind.QUEUE, Kind.CAMPAIGN})


def party(text: str, pointer: str, hint: Kind | None = None) -> MeantParty:
    """Make out what an address names; ``hint`` is what its key or its type says of an id."""
    kind, value = _made_out(text.strip().strip("\"'"), hint)
    return MeantParty(kind, value, pointer, text)


def _made_out(text: str, hint: Kind | None) -> tuple[Kind, str]:
    scheme, colon, rest = text.partition(":")
    meant = _SCHEMES.get(scheme.strip().lower()) if colon else None
    if meant in _OF_ID:
        return meant, _id(rest)
    if is_uuid(text) or (hint in _OF_ID and not _number(text)):
        return hint or Kind.ID, _id(text)
    if gap_in(text):
        return Kind.GAP, text
    if meant is Kind.SIP and (number := _number(rest)):
        return Kind.NUMBER, number
    if meant is Kind.SIP or "@" in text or "%40" in text:
        return _sip(text if meant is Kind.SIP else f"sip:{text.removeprefix('mailto:')}")
    number = _number(rest if meant else text)
    return (Kind.NUMBER, number) if number else (Kind.UNREADABLE, text)


def _id(text: str) -> str:
    """An id in small letters, as the platform writes it; any other text as it is."""
    trimmed = text.strip()
    return trimmed.lower() if is_uuid(trimmed) else trimmed


def party_of_id(text: str, pointer: str, kind: Kind) -> MeantParty:
    """The party that an id names, where its key says of what."""
    bare = re.sub(rf"^{kind}:", "", text.strip(), flags=re.IGNORECASE)
    return MeantParty(kind, _id(bare), pointer, text)


def _sip(text: str) -> tuple[Kind, str]:
    written = re.sub(r"\s+", "", text)
    uri = written if "@" in written else written.replace("%40", "@", 1)
    uri = re.sub(r"^(sips?):(?://)?", lambda found: found[1].lower() + ":", uri, flags=re.IGNORECASE)
    try:
        parse_sip(uri)
    except AddressError:
        return Kind.UNREADABLE, text
    return Kind.SIP, uri


def _number(text: str) -> str | None:
    """The number without its decoration: ``+`` and digits, or the digits that were written."""
    plain = unquote(text) if re.search("%2b|%20", text, re.IGNORECASE) else text
    plain = _TRUNK.sub(r"\1", plain.translate(_SIGNS))
    if re.search("[0-9]", _EXTENSION.split(plain)[0]):
        plain = _EXTENSION.sub(";ext=", plain)
    try:
        dialled = dialable(plain)
    except NotDialable:
        return None
    number = _ABROAD.sub("+", dialled.number)
    return f"{number};ext={dialled.extension}" if dialled.extension else number
