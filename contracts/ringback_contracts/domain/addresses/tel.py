"""Telephone numbers as URIs, by RFC 3966, and the strict form of a ``participants`` body.

Two things are stricter than the grammar: a parameter that RFC 3966 defines has the form it defines, and no
parameter stands twice (section 3). An ``isub`` value ends at the next semicolon.
"""

from __future__ import annotations

import re

from ringback_contracts.domain.addresses.errors import AddressError, Reason
from ringback_contracts.domain.addresses.scan import (
    ESCAPE,
    PARAMETER,
    UNRESERVED,
    after_scheme,
    fault_in_name,
    pieces,
    refuse_surrounding_space,
    require,
    unescaped,
)
from ringback_contracts.domain.addresses.values import Parameter, TelAddress

_SCHEME = re.compile(r"[tT][eE][lL]:")
_PLAIN = re.compile(r"[tT][eE][lL]:(\+[0-9]+)")
_STRICT = re.compile(r"tel:(\+[0-9A-Za-z]+)")
_STRICT_START = re.compile(r"tel:\+[0-9A-Za-z]*")
_GLOBAL = re.compile(r"[0-9().-]*")
_LOCAL = re.compile(r"[0-9A-Fa-f*#().-]*")
_NAME = re.compile(r"[0-9A-Za-z-]*")
_SUBADDRESS = re.compile(rf"(?:[{UNRESERVED}/?:@&=+$,]|{ESCAPE})*")
_SEPARATORS = str.maketrans("", "", "-.()")


def parse_tel(text: str) -> TelAddress:
    """Parse a global number, or a local one with its context; raises ``AddressError`` for any other text."""
    plain = _PLAIN.fullmatch(text)
    if plain:
        return TelAddress(plain[1], is_global=True, parameters=(), text=text)
    start = after_scheme(_SCHEME, text)
    stop = text.find(";", start)
    stop = len(text) if stop < 0 else stop
    is_global = text.startswith("+", start)
    number = _number(text, start, stop, is_global=is_global)
    parameters = _parameters(text, stop)
    if not is_global and "phone-context" not in dict(parameters):
        raise AddressError(Reason.TEL_NO_CONTEXT, stop)
    return TelAddress(number, is_global, parameters, text)


def _number(text: str, start: int, stop: int, *, is_global: bool) -> str:
    begin = start + is_global
    allowed = _GLOBAL if is_global else _LOCAL
    require(allowed, text, begin, stop, Reason.TEL_BAD_CHARACTER, Reason.TEL_BAD_CHARACTER)
    number = text[start:stop].translate(_SEPARATORS)
    if number in ("", "+"):
        raise AddressError(Reason.TEL_NO_DIGITS, begin)
    return number


def _stretch(allowed: re.Pattern[str], text: str, start: int, stop: int) -> str:
    return require(allowed, text, start, stop, Reason.TEL_BAD_PARAMETER, Reason.TEL_BAD_ESCAPE)


def _parameters(text: str, start: int) -> tuple[Parameter, ...]:
    found: dict[str, str | None] = {}
    for begin, equals, end in pieces(text, start, len(text), ";"):
        name = _stretch(_NAME, text, begin, equals).lower()
        if not name:
            raise AddressError(Reason.TEL_BAD_PARAMETER, begin)
        if name in found:
            raise AddressError(Reason.TEL_REPEATED_PARAMETER, begin)
        found[name] = _parameter_value(name, text, equals, end)
    return tuple(found.items())


def _parameter_value(name: str, text: str, equals: int, end: int) -> str | None:
    if equals == end and name not in ("ext", "isub", "phone-context"):
        return None
    begin = equals + 1
    if begin >= end:
        raise AddressError(Reason.TEL_BAD_PARAMETER, end)
    if name == "ext":
        return _digits(text, begin, end)
    if name == "phone-context":
        return _context(text, begin, end)
    allowed = _SUBADDRESS if name == "isub" else PARAMETER
    return unescaped(_stretch(allowed, text, begin, end))


def _digits(text: str, start: int, stop: int) -> str:
    digits = _stretch(_GLOBAL, text, start, stop).translate(_SEPARATORS)
    if not digits:
        raise AddressError(Reason.TEL_BAD_PARAMETER, start)
    return digits


def _context(text: str, start: int, stop: int) -> str:
    """A global number, or the name of a domain, in which the local number is valid."""
    if text[start] == "+":
        return "+" + _digits(text, start + 1, stop)
    fault = fault_in_name(text, start, stop)
    if fault is not None:
        raise AddressError(Reason.TEL_BAD_PARAMETER, fault)
    return text[start:stop].lower()


def strict_e164(text: str) -> str:
    """The number of a ``participants`` body: ``tel:+`` and then ASCII letters and digits alone.

    Letters pass, since the platform calls a number with letters invalid, not malformed. Raises
    ``AddressError``.
    """
    found = _STRICT.fullmatch(text)
    if found:
        return found[1]
    raise _not_strict(text)


def _not_strict(text: str) -> AddressError:
    refuse_surrounding_space(text)
    if not _SCHEME.match(text):
        return AddressError(Reason.NO_SCHEME, 0)
    if not text.startswith("tel:"):
        return AddressError(Reason.TEL_SCHEME_CASE, 0)
    found = _STRICT_START.match(text)
    if not found:
        return AddressError(Reason.TEL_NO_PLUS if len(text) > 4 else Reason.TEL_NO_DIGITS, 4)
    end = found.end()
    if end == len(text):
        return AddressError(Reason.TEL_NO_DIGITS, end)
    return AddressError(_objection(text[end]), end)


def _objection(character: str) -> Reason:
    if character.isspace():
        return Reason.WHITE_SPACE
    if not character.isascii():
        return Reason.TEL_NOT_ASCII
    if character in "-.()":
        return Reason.TEL_SEPARATOR
    return Reason.TEL_PARAMETERS if character == ";" else Reason.TEL_BAD_CHARACTER
