"""Why a text is no address: one reason each, with the place."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What the parser objects to; the words of each are in ``AddressError``."""

    EMPTY = "empty"
    SURROUNDING_WHITE_SPACE = "surrounding-white-space"
    WHITE_SPACE = "white-space"
    NO_SCHEME = "no-scheme"
    UNKNOWN_SCHEME = "unknown-scheme"

    TEL_SCHEME_CASE = "tel-scheme-case"
    TEL_NO_PLUS = "tel-no-plus"
    TEL_NO_DIGITS = "tel-no-digits"
    TEL_SEPARATOR = "tel-separator"
    TEL_PARAMETERS = "tel-parameters"
    TEL_NOT_ASCII = "tel-not-ascii"
    TEL_BAD_CHARACTER = "tel-bad-character"
    TEL_NO_CONTEXT = "tel-no-context"
    TEL_BAD_PARAMETER = "tel-bad-parameter"
    TEL_REPEATED_PARAMETER = "tel-repeated-parameter"
    TEL_BAD_ESCAPE = "tel-bad-escape"

    SIP_NO_USER = "sip-no-user"
    SIP_ESCAPED_AT = "sip-escaped-at"
    SIP_BAD_USER = "sip-bad-user"
    SIP_BAD_PASSWORD = "sip-bad-password"
    SIP_BAD_HOST = "sip-bad-host"
    SIP_BAD_PORT = "sip-bad-port"
    SIP_BAD_PARAMETER = "sip-bad-parameter"
    SIP_REPEATED_PARAMETER = "sip-repeated-parameter"
    SIP_BAD_HEADER = "sip-bad-header"
    SIP_BAD_ESCAPE = "sip-bad-escape"

    BAD_ID = "bad-id"


_ESCAPE_IT = "escape it as % and two hexadecimal digits"
_ONE_ESCAPE = "a % is followed by two hexadecimal digits, or written %25"
_ONCE = "the parameter stands here twice; keep one"
_WORDS = {
    Reason.EMPTY: "there is nothing here; write an address with its scheme, such as tel:+442079460100",
    Reason.SURROUNDING_WHITE_SPACE: "white space stands before or after the address; trim it",
    Reason.WHITE_SPACE: "white space stands inside the address; take it out",
    Reason.NO_SCHEME: "the address has no scheme",
    Reason.UNKNOWN_SCHEME: "the scheme is none of tel:, user:, sip:, sips: and campaign:",
    Reason.TEL_SCHEME_CASE: "the scheme of a number is written in small letters: tel:",
    Reason.TEL_NO_PLUS: "a number starts with + and its country code, as tel:+442079460100 does",
    Reason.TEL_NO_DIGITS: "the number has no digits",
    Reason.TEL_SEPARATOR: "a separator stands between the digits; leave the digits alone",
    Reason.TEL_PARAMETERS: "parameters are not taken here; end the address with the number",
    Reason.TEL_NOT_ASCII: "this is no ASCII character, however like a digit it looks; type the digits 0 to 9",
    Reason.TEL_BAD_CHARACTER: "the character cannot stand in a number",
    Reason.TEL_NO_CONTEXT: "a number without + needs ;phone-context=, or its + and country code",
    Reason.TEL_BAD_PARAMETER: "the parameter is not of the form that RFC 3966 gives it",
    Reason.TEL_REPEATED_PARAMETER: _ONCE,
    Reason.TEL_BAD_ESCAPE: _ONE_ESCAPE,
    Reason.SIP_NO_USER: "there is a host and no user; write sip:user@host",
    Reason.SIP_ESCAPED_AT: "the @ between user and host is escaped as %40; write it as it is",
    Reason.SIP_BAD_USER: f"the character cannot stand in the user part; {_ESCAPE_IT}",
    Reason.SIP_BAD_PASSWORD: f"the character cannot stand in the password; {_ESCAPE_IT}",
    Reason.SIP_BAD_HOST: "the host is no domain name, IPv4 address or IPv6 address in brackets",
    Reason.SIP_BAD_PORT: "the port is a number up to 65535",
    Reason.SIP_BAD_PARAMETER: "the parameter is not of the form that RFC 3261 gives it",
    Reason.SIP_REPEATED_PARAMETER: _ONCE,
    Reason.SIP_BAD_HEADER: "the header is not of the form ?name=value&name=value",
    Reason.SIP_BAD_ESCAPE: _ONE_ESCAPE,
    Reason.BAD_ID: "the id is no UUID in the form 8-4-4-4-12 of hexadecimal digits",
}


class AddressError(ValueError):
    """A text that is no address: the reason, and the index in the text of the character it is about.

    ``position`` equals the length of the text where something is missing at its end. The message never
    repeats the text, which may hold a password or a person's number.
    """

    def __init__(self, reason: Reason, position: int) -> None:
        super().__init__(reason, position)
        self.reason = reason
        self.position = position

    def __str__(self) -> str:
        return f"at position {self.position}: {_WORDS[self.reason]}"
