"""Credentials by their scheme (RFC 9110, section 11), and in the headers that hold some."""

from __future__ import annotations

import re
from base64 import b64decode
from functools import partial

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.privacy.carriers import PROSE, QUOTE, STATE, VARIABLE, Found, Judge, hidden
from ringback_contracts.privacy.shapes import Hide, has_any

_SPACE = r"(?:[ \t]|%20|\+)++"
_WORD = r"""[^\s"'\\<>]+"""
_SPEAKS = (
    r"""(?:\w+=["']|(?:tokens?|auth|authentication|authori[sz]ation|credentials?|scheme|header)"""
    r"""(?:'s)?[.,:;'"]*(?=\s|\Z))"""
)
"""What stands behind "bearer" in a challenge, or in a sentence about a bearer token: no secret."""
_BEARER = re.compile(rf"bearer{_SPACE}(?!{_SPEAKS})(?P<value>{_WORD})", re.IGNORECASE)
_BASIC = re.compile(rf"basic{_SPACE}(?P<value>{_WORD})", re.IGNORECASE)
_SCHEME = r"(?:(?:bearer|basic|digest|negotiate|ntlm|token|apikey|aws4-hmac-sha256)[ \t]++)?"
_HEADER = re.compile(
    r"(?<![\w.])(?P<name>(?:proxy-)?authorization|(?:set-)?cookie2?)(?:[\"']?[ \t]*+:|[\"'][ \t]*+,)[ \t]*+"
    r"(?P<open>(?:(?:\[\]\w{0,20}\{|[\[({])?[fFrRbB$@]{0,2}[\"'`])?)"
    rf"{_SCHEME}(?P<value>(?:\w{{1,20}}=\\{{0,4}}[\"'])?[^\r\n\"'`]++)",
    re.IGNORECASE,
)
_LONGEST_PROSE = 3
_AUTHENTICATION = re.compile(
    rf"(?<![\w.])authentication(?:{QUOTE})?[ \t]*+(?:=>|[:=])[ \t]*+[\[({{]{{0,2}}(?:{QUOTE})?{_SCHEME}"
    r"(?P<value>[^\s\"'`,;<>\[\](){}]{6,512}+)(?=[\"'`,;\])}\\]|[ \t]*+(?:[\r\n]|\Z))",
    re.IGNORECASE,
)
"""The field that some send credentials in, and others say the method by."""
_METHOD = re.compile(
    r"(?:m?tls|ssl|saml|oauth|oidc|openid|sha|hmac|md|rsa|rs|es|hs|ps|ecdsa|aes|x|http|https|v|basic|digest|level|type"
    r"|factor|ldap|ntlm|kerberos|eap|wpa|pap|chap|mschap|scram|spf|dkim|dmarc|ipsec|ikev?|fido|u2f|otp|totp)"
    r"[-_./]?(?:sha-?)?v?[0-9][\w./-]{0,8}|[0-9.,:/-]+(?:ms|s|%|fa)?|\*+",
    re.IGNORECASE,
)
"""How somebody is authenticated, when, or how long it took."""
_DIGEST = re.compile(
    r"(?<!\w)(?:(?:response|cnonce|rspauth|signature)[ \t]?=[ \t]?(?P<quote>\\{0,4}[\"'])?"
    r"|Authentication (?:Response|CNonce Value): (?P<shown>[\"']))(?P<value>[\w+/=-]{1,512}+)",
    re.IGNORECASE,
)
"""What only who has the password can answer (RFC 7616), and is guessed from; also as Wireshark shows it."""
_BESIDE = re.compile(
    r"(?<!\w)(?:(?:cnonce|realm|qop|nc)[ \t]?=|nonce[ \t]?=[ \t]?\\{0,4}[\"'])|digest ", re.IGNORECASE
)
_NEAR, _TOLD_ALONE = 400, 16
"""Characters around in which the other parameters of a challenge stand; and of a value that needs none."""


def _bearer(found: Found, hide: Hide) -> str:
    return found[0] if VARIABLE.fullmatch(found["value"]) else hidden(found, hide, "value")


def _basic(found: Found, hide: Hide) -> str:
    """Credentials hidden, prose such as "basic auth" left alone."""
    word = found["value"]
    return found[0] if PROSE.fullmatch(word) and not _is_credentials(word) else hidden(found, hide, "value")


def _is_credentials(word: str) -> bool:
    try:
        return b":" in b64decode(word, validate=True)
    except ValueError:
        return False


def _header(found: Found, hide: Hide) -> str:
    """A header in a text; a sentence that begins as one stays."""
    words = found["value"].split()
    if STATE.fullmatch(found["value"].strip()):
        return found[0]
    spoken = not found["open"] and len(words) >= _LONGEST_PROSE and all(map(PROSE.fullmatch, words))
    return found[0] if spoken or not words or VARIABLE.fullmatch(words[0]) else hidden(found, hide, "value")


def may_give_credentials(name: str) -> bool:
    """Whether it hangs on the value if what is called so is a secret."""
    return name.lower().endswith("authentication")


def gives_credentials(name: str, value: str) -> bool:
    """Whether ``Authentication`` has a value with a digit that is no method, no id and no time."""
    if not may_give_credentials(name):
        return False
    opaque = any(map(str.isdigit, value)) and not (_METHOD.fullmatch(value) or is_uuid(value))
    return opaque and VARIABLE.fullmatch(value) is None


def _authentication(found: Found, hide: Hide) -> str:
    told = gives_credentials("authentication", found["value"])
    return hidden(found, hide, "value") if told else found[0]


def _digest(found: Found, hide: Hide) -> str:
    """A parameter of Digest: a long one in quotes, and any beside the others."""
    around = slice(max(0, found.start() - _NEAR), found.end() + _NEAR)
    alone = found["quote"] and len(found["value"]) >= _TOLD_ALONE
    told = alone or found["shown"] or _BESIDE.search(found.string[around])
    return hidden(found, hide, "value") if told else found[0]


_PLACES: tuple[tuple[str, re.Pattern[str], Judge], ...] = (
    ("bearer", _BEARER, _bearer),
    ("basic", _BASIC, _basic),
    ("authorization cookie", _HEADER, _header),
    ("response nonce rspauth signature", _DIGEST, _digest),
    ("authentication", _AUTHENTICATION, _authentication),
)
"""Each with what stands in every text that it finds something in, one or another."""


def without_schemes(text: str, hide: Hide) -> str:
    """The text without credentials that their scheme or their header tells."""
    lowered = text.lower()
    for hints, pattern, judge in _PLACES:
        if has_any(lowered, hints):
            text = pattern.sub(partial(judge, hide=hide), text)
    return text
