"""SIP and SIPS URIs, by RFC 3261 sections 19.1 and 25, with the addresses of RFC 5954.

Three things are stricter than the grammar: the user part is needed, since a call goes to somebody; a
parameter that RFC 3261 defines has the form it defines; and no parameter stands twice (19.1.1).
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
    require,
    unescaped,
)
from ringback_contracts.domain.addresses.values import HostKind, Parameter, SipAddress

_SCHEME = re.compile(r"[sS][iI][pP][sS]?:")
_USER = re.compile(rf"(?:[{UNRESERVED}&=+$,;?/]|{ESCAPE})*")
_PASSWORD = re.compile(rf"(?:[{UNRESERVED}&=+$,]|{ESCAPE})*")
_HEADER = re.compile(rf"(?:[{UNRESERVED}\[\]/?:+$]|{ESCAPE})*")
_TOKEN = re.compile(r"[0-9A-Za-z\-.!%*_+`'~]*")
_HOST_END = re.compile(r"[^:;?]*")
_USER_END = re.compile(r"[^;?]*")
_DIGITS = re.compile(r"[0-9]*")
_TTL = re.compile(r"[0-9]{1,3}")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_IPV6 = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\]")

_TOKEN_PARAMETERS = frozenset({"transport", "user", "method"})
_WITH_VALUE = _TOKEN_PARAMETERS | {"ttl", "maddr"}


def parse_sip(text: str) -> SipAddress:
    """Parse a SIP or SIPS URI that names a user; raises ``AddressError`` for any other text."""
    start = after_scheme(_SCHEME, text)
    at = text.find("@", start)
    if at < 0:
        raise _nobody(text, start)
    user, password = _userinfo(text, start, at)
    stop = _host_end(text, at + 1)
    host, kind = _host(text, at + 1, stop, Reason.SIP_BAD_HOST)
    port, stop = _port(text, stop)
    mark = text.find("?", stop)
    mark = len(text) if mark < 0 else mark
    return SipAddress(
        user=user,
        host=host,
        host_kind=kind,
        secure=text[3] in "sS",
        password=password,
        port=port,
        parameters=_parameters(text, stop, mark),
        headers=_headers(text, mark),
        text=text,
    )


def _nobody(text: str, start: int) -> AddressError:
    """Without an ``@``, nothing says where the user ends: it is escaped, or there is a host alone."""
    end = _USER_END.match(text, start)
    escaped = text.find("%40", start, end.end() if end else start)
    return (
        AddressError(Reason.SIP_NO_USER, start)
        if escaped < 0
        else AddressError(Reason.SIP_ESCAPED_AT, escaped)
    )


def _userinfo(text: str, start: int, at: int) -> tuple[str, str | None]:
    colon = text.find(":", start, at)
    end = at if colon < 0 else colon
    if start == end:
        raise AddressError(Reason.SIP_NO_USER, start)
    user = require(_USER, text, start, end, Reason.SIP_BAD_USER, Reason.SIP_BAD_ESCAPE)
    if colon < 0:
        return unescaped(user), None
    password = require(_PASSWORD, text, colon + 1, at, Reason.SIP_BAD_PASSWORD, Reason.SIP_BAD_ESCAPE)
    return unescaped(user), unescaped(password)


def _host_end(text: str, start: int) -> int:
    if text.startswith("[", start):
        return text.find("]", start) + 1 or len(text)
    found = _HOST_END.match(text, start)
    return found.end() if found else start


def _host(text: str, start: int, stop: int, bad: Reason) -> tuple[str, HostKind]:
    """The host ``text[start:stop]`` and what kind of name it is."""
    host = text[start:stop]
    if host.startswith("["):
        return _ipv6(host, start, bad), HostKind.IPV6
    if _IPV4.fullmatch(host):
        return host, HostKind.IPV4
    fault = fault_in_name(text, start, stop)
    if fault is not None:
        raise AddressError(bad, fault)
    return host.lower(), HostKind.DOMAIN if "." in host[:-1] else HostKind.LABEL


def _ipv6(host: str, start: int, bad: Reason) -> str:
    from ipaddress import AddressValueError, IPv6Address

    found = _IPV6.fullmatch(host)
    try:
        IPv6Address(found[1] if found else "")
    except AddressValueError:
        raise AddressError(bad, start) from None
    return host[1:-1].lower()


def _port(text: str, start: int) -> tuple[int | None, int]:
    """The port, and where the parameters or headers begin."""
    stop, port, bad = start, None, Reason.SIP_BAD_HOST
    if text.startswith(":", start):
        found = _DIGITS.match(text, start + 1)
        digits, stop = (found[0], found.end()) if found else ("", start)
        port, bad = _port_number(digits, start + 1), Reason.SIP_BAD_PORT
    if stop < len(text) and text[stop] not in ";?":
        raise AddressError(bad, stop)
    return port, stop


def _port_number(digits: str, start: int) -> int:
    significant = digits.lstrip("0")
    if not digits or len(significant) > 5 or int(significant or "0") > 65_535:
        raise AddressError(Reason.SIP_BAD_PORT, start)
    return int(significant or "0")


def _parameters(text: str, start: int, stop: int) -> tuple[Parameter, ...]:
    found: dict[str, str | None] = {}
    for begin, equals, end in pieces(text, start, stop, ";"):
        name = require(PARAMETER, text, begin, equals, Reason.SIP_BAD_PARAMETER, Reason.SIP_BAD_ESCAPE)
        name = unescaped(name).lower()
        if not name:
            raise AddressError(Reason.SIP_BAD_PARAMETER, begin)
        if name in found:
            raise AddressError(Reason.SIP_REPEATED_PARAMETER, begin)
        found[name] = _parameter_value(name, text, equals, end)
    return tuple(found.items())


def _parameter_value(name: str, text: str, equals: int, end: int) -> str | None:
    if equals == end and name not in _WITH_VALUE:
        return None
    begin = equals + 1
    if begin >= end:
        raise AddressError(Reason.SIP_BAD_PARAMETER, end)
    if name in _TOKEN_PARAMETERS:
        return require(_TOKEN, text, begin, end, Reason.SIP_BAD_PARAMETER, Reason.SIP_BAD_PARAMETER)
    if name == "maddr":
        return _host(text, begin, end, Reason.SIP_BAD_PARAMETER)[0]
    if name == "ttl" and (not _TTL.fullmatch(text, begin, end) or int(text[begin:end]) > 255):
        raise AddressError(Reason.SIP_BAD_PARAMETER, begin)
    return unescaped(require(PARAMETER, text, begin, end, Reason.SIP_BAD_PARAMETER, Reason.SIP_BAD_ESCAPE))


def _headers(text: str, start: int) -> tuple[tuple[str, str], ...]:
    return tuple(_header(text, *piece) for piece in pieces(text, start, len(text), "&"))


def _header(text: str, begin: int, equals: int, end: int) -> tuple[str, str]:
    if equals in (begin, end):
        raise AddressError(Reason.SIP_BAD_HEADER, equals)
    name = require(_HEADER, text, begin, equals, Reason.SIP_BAD_HEADER, Reason.SIP_BAD_ESCAPE)
    value = require(_HEADER, text, equals + 1, end, Reason.SIP_BAD_HEADER, Reason.SIP_BAD_ESCAPE)
    return unescaped(name), unescaped(value)
