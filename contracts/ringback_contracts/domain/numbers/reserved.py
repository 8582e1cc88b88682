"""Numbers that ring nobody by decree: kept for fiction, or for services dialled without an area code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class ReservedRange:
    """A set of E.164 numbers that no subscriber gets: ``pattern`` matches each whole, plus included."""

    name: str
    pattern: str
    source: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def __contains__(self, e164: str) -> bool:
        return self._compiled.fullmatch(e164) is not None


_NANPA_555 = (
    "North American Numbering Plan Administrator, 555 line numbers: 0100 to 0199 are kept for fiction"
)
_NANPA_N11 = "North American Numbering Plan Administrator, N11 codes: three digits dialled alone for services"
_OFCOM = "Ofcom, Telephone numbers for use in TV and radio drama programmes"
_ACMA = "ACMA, Phone numbers for use in TV shows, films and creative works"

RESERVED: tuple[ReservedRange, ...] = (
    ReservedRange(
        "North American fiction numbers 555-01XX",
        # A toll-free number is no 555 line number of an area: others than 555-0199 are given to subscribers.
        r"\+1(?:(?!8(?:00|33|44|55|66|77|88))[2-9][0-9]{2}55501[0-9]{2}|8(?:00|33|44|55|66|77|88)5550199)",
        _NANPA_555,
    ),
    ReservedRange("North American area codes N11", r"\+1[2-9]11[0-9]{7}", _NANPA_N11),
    ReservedRange(
        "North American central office codes N11",
        # A toll-free number has no central office, and some are in use: 800-N11-XXXX.
        r"\+1(?!8(?:00|33|44|55|66|77|88))[2-9][0-9]{2}[2-9]11[0-9]{4}",
        _NANPA_N11,
    ),
    ReservedRange(
        "United Kingdom drama numbers of cities with 496 0XXX",
        r"\+44(?:11[3-8]|1[2-6]1)4960[0-9]{3}",
        _OFCOM,
    ),
    ReservedRange("United Kingdom drama numbers of London", r"\+442079460[0-9]{3}", _OFCOM),
    ReservedRange(
        "United Kingdom drama numbers of Tyneside, Durham and Sunderland", r"\+441914980[0-9]{3}", _OFCOM
    ),
    ReservedRange("United Kingdom drama numbers of Northern Ireland", r"\+442896496[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama numbers of Cardiff", r"\+442920180[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama numbers of no area", r"\+441632960[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama mobile numbers", r"\+447700900[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama freephone numbers", r"\+448081570[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama premium rate numbers", r"\+449098790[0-9]{3}", _OFCOM),
    ReservedRange("United Kingdom drama numbers of UK-wide services", r"\+443069990[0-9]{3}", _OFCOM),
    ReservedRange(
        "Australian fiction numbers of the four area codes", r"\+61[2378](?:5550|7010)[0-9]{4}", _ACMA
    ),
    ReservedRange(
        "Australian fiction mobile numbers",
        r"\+6149157(?:0(?:006|110|15[6-9]|313|737)|1(?:266|491|804)|2(?:549|665|983)|3(?:087|770)|4(?:118|632)"
        r"|5(?:254|789)|6(?:398|801)|7(?:426|644)|8(?:148|888|957)|9(?:212|455|760))",
        _ACMA,
    ),
    ReservedRange(
        "Australian fiction freephone and local rate numbers",
        r"\+61(?:1800160401|1[38]009757(?:0[7-9]|1[01]))",
        _ACMA,
    ),
    ReservedRange("Australian fiction premium rate number", r"\+611900654321", _ACMA),
)

_IN_ANY = re.compile("|".join(f"(?:{kept.pattern})" for kept in RESERVED))
"""Most numbers lie in none, and are done with at once."""


def reserved_range(e164: str) -> ReservedRange | None:
    """The reserved range that an E.164 number lies in, if any."""
    if _IN_ANY.fullmatch(e164) is None:
        return None
    return next((kept for kept in RESERVED if e164 in kept), None)
