"""The grammars of RFC 3261 and RFC 3966, read by an ABNF parser: an oracle that shares no code with ours.

IP addresses are those of RFC 5954, which corrects RFC 3261. An ``isub`` value has no semicolon: in RFC 3966
it may swallow the parameters behind it. What the RFCs say in prose, the functions add.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote

from abnf import ParseError
from abnf.parser import Node, Rule

_COMMON = """
alphanum      = ALPHA / DIGIT
mark          = "-" / "_" / "." / "!" / "~" / "*" / "'" / "(" / ")"
unreserved    = alphanum / mark
escaped       = "%" HEXDIG HEXDIG
domainlabel   = alphanum / alphanum *( alphanum / "-" ) alphanum
toplabel      = ALPHA / ALPHA *( alphanum / "-" ) alphanum
hostname      = *( domainlabel "." ) toplabel [ "." ]
paramchar     = param-unreserved / unreserved / escaped
param-unreserved = "[" / "]" / "/" / ":" / "&" / "+" / "$"
"""

_SIP = """
address       = ( "sip:" / "sips:" ) userinfo hostport uri-parameters [ headers ]
userinfo      = user [ ":" password ] "@"
user          = 1*( unreserved / escaped / user-unreserved )
user-unreserved = "&" / "=" / "+" / "$" / "," / ";" / "?" / "/"
password      = *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
hostport      = host [ ":" port ]
host          = hostname / IPv4address / IPv6reference
IPv4address   = dec-octet "." dec-octet "." dec-octet "." dec-octet
dec-octet     = DIGIT / %x31-39 DIGIT / "1" 2DIGIT / "2" %x30-34 DIGIT / "25" %x30-35
IPv6reference = "[" IPv6address "]"
IPv6address   = 6( h16 ":" ) ls32
IPv6address   =/ "::" 5( h16 ":" ) ls32
IPv6address   =/ [ h16 ] "::" 4( h16 ":" ) ls32
IPv6address   =/ [ *1( h16 ":" ) h16 ] "::" 3( h16 ":" ) ls32
IPv6address   =/ [ *2( h16 ":" ) h16 ] "::" 2( h16 ":" ) ls32
IPv6address   =/ [ *3( h16 ":" ) h16 ] "::" h16 ":" ls32
IPv6address   =/ [ *4( h16 ":" ) h16 ] "::" ls32
IPv6address   =/ [ *5( h16 ":" ) h16 ] "::" h16
IPv6address   =/ [ *6( h16 ":" ) h16 ] "::"
h16           = 1*4HEXDIG
ls32          = ( h16 ":" h16 ) / IPv4address
port          = 1*DIGIT
uri-parameters = *( ";" uri-parameter )
uri-parameter = transport-param / user-param / method-param / ttl-param / maddr-param / other-param
transport-param = "transport=" token
user-param    = "user=" token
method-param  = "method=" token
ttl-param     = "ttl=" 1*3DIGIT
maddr-param   = "maddr=" host
other-param   = pname [ "=" pvalue ]
pname         = 1*paramchar
pvalue        = 1*paramchar
token         = 1*( alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
headers       = "?" header *( "&" header )
header        = hname "=" hvalue
hname         = 1*( hnv-unreserved / unreserved / escaped )
hvalue        = *( hnv-unreserved / unreserved / escaped )
hnv-unreserved = "[" / "]" / "/" / "?" / ":" / "+" / "$"
"""

_TEL = """
address       = "tel:" ( global-number / local-number )
global-number = global-number-digits *par
local-number  = local-number-digits *par context *par
par           = parameter / extension / isdn-subaddress
extension     = ";ext=" 1*phonedigit
isdn-subaddress = ";isub=" 1*uric
context       = ";phone-context=" descriptor
descriptor    = hostname / global-number-digits
global-number-digits = "+" *phonedigit DIGIT *phonedigit
local-number-digits = *phonedigit-hex ( HEXDIG / "*" / "#" ) *phonedigit-hex
parameter     = ";" pname [ "=" pvalue ]
pname         = 1*( alphanum / "-" )
pvalue        = 1*paramchar
phonedigit    = DIGIT / visual-separator
phonedigit-hex = HEXDIG / "*" / "#" / visual-separator
visual-separator = "-" / "." / "(" / ")"
uric          = "/" / "?" / ":" / "@" / "&" / "=" / "+" / "$" / "," / unreserved / escaped
"""


class SipGrammar(Rule):
    """The rules of a SIP URI; each grammar needs a class of its own."""

    grammar: ClassVar[list[str]] = []


class TelGrammar(Rule):
    """The rules of a tel URI."""

    grammar: ClassVar[list[str]] = []


SipGrammar.load_grammar(_COMMON.lstrip() + _SIP.lstrip())
TelGrammar.load_grammar(_COMMON.lstrip() + _TEL.lstrip())


def matches(rule: Rule, text: str) -> bool:
    """Whether the rule derives the whole text."""
    return tree(rule, text) is not None


def tree(rule: Rule, text: str) -> Node | None:
    """How the rule derives the text, if it does."""
    try:
        return rule.parse_all(text)
    except ParseError:
        return None


def named(node: Node, *names: str) -> Iterator[str]:
    """The texts of the nodes of these rules, in their order."""
    if node.name in names:
        yield node.value
    for child in node.children:
        yield from named(child, *names)


def is_sip_address(text: str) -> bool:
    """Whether RFC 3261 allows the text as a URI with a user, its prose included (19.1.1)."""
    node = tree(SipGrammar("address"), text)
    if node is None or any(float(port) > 65_535 for port in named(node, "port")):
        return False
    parameters = [split(parameter) for parameter in named(node, "uri-parameter")]
    return distinct(parameters) and all(_as_defined(*parameter) for parameter in parameters)


def _as_defined(name: str, value: str | None) -> bool:
    if name == "ttl" and value is not None and value.isdecimal() and int(value) > 255:
        return False
    rules = ("transport", "user", "method", "ttl", "maddr")
    return name not in rules or (
        value is not None and matches(SipGrammar(f"{name}-param"), f"{name}={value}")
    )


def is_tel_address(text: str) -> bool:
    """Whether RFC 3966 allows the text, its prose included (section 3)."""
    node = tree(TelGrammar("address"), text)
    if node is None:
        return False
    parameters = [split(piece) for piece in text.split(";")[1:]]
    return distinct(parameters) and all(_as_defined_of_tel(*parameter) for parameter in parameters)


def _as_defined_of_tel(name: str, value: str | None) -> bool:
    if name not in ("ext", "isub", "phone-context"):
        return True
    rule = {"ext": "extension", "isub": "isdn-subaddress", "phone-context": "context"}[name]
    if value is None or not matches(TelGrammar(rule), f";{name}={value}"):
        return False
    return name != "ext" or any(character.isdecimal() for character in value)


def split(parameter: str) -> tuple[str, str | None]:
    """The name of a parameter, in small letters, and its value."""
    name, equals, value = parameter.partition("=")
    return unquote(name).lower(), value if equals else None


def distinct(parameters: list[tuple[str, str | None]]) -> bool:
    """Whether no name stands twice."""
    return len({name for name, _ in parameters}) == len(parameters)
