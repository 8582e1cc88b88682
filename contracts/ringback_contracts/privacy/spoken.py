"""Secrets that a sentence tells, as logs and people do: "the password was changed to ..."."""

from __future__ import annotations

import re
from functools import partial

from ringback_contracts.privacy.carriers import HARMLESS, Found, hidden
from ringback_contracts.privacy.names import digits_tell, names_secret, words_of
from ringback_contracts.privacy.shapes import Hide

_NOUN = (
    r"(?:[\w-]{1,40}+ )?(?:passwords?|passcode|pass ?phrase|passwd|pwd|pin|otp|(?:bearer |access )?token|secret(?: key| token)?"
    r"|api[ _-]?key|code|key|credentials?|jwt|signature|session id|psk|community)"
)
_WHOSE = (
    r"(?: (?:for|of) (?:(?:your|the|my|user|account|client|key|his|her|their|our) ){0,2}"
    r"(?:'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"|[^\s:=,'\"]{1,80}))?"
)
_FILLING = (
    r"(?: (?:is|was|are|were|has|have|had|been|being|now|(?:re)?set|changed|updated|rotated|replaced|reset|to|from|as|"
    r"with|by|provided|supplied|given|entered|used|header|field|value|equals|reads|says|still|got|received|sent|new|"
    r"old|current|temporary|the|a|an|generated|assigned|issued|returned|\*{3}))*+"
)
_SPOKEN = re.compile(
    rf"\b(?P<name>{_NOUN}){_WHOSE}{_FILLING}[ \t]?(?::|=|,|->|-|\u2192|\u2014|\u2013)?[ \t]++[\"'`(<\[]?(?P<value>[^\s\"'`<>()\[\]]++)",
    re.IGNORECASE,
)
_ENDS = ".,;:!?)"
_LEAST = 4
_NO_SECRET = re.compile(
    r"[0-9]+(?:\.[0-9]+)?(?:[a-z\u00b5%]{1,3}|[KMGT]i?B)?|v[0-9.]+|[0-9]+(?:/[0-9]+|[a-z]{2})|https?:.*|/.*|\d+(?:[-:.]\d+)+(?:[TZ].*)?|RFC-?\d+"
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|HTTP.*|[\w.-]+@[\w.-]+|\+?[\d*]+|[A-Za-z]+\(.*",
    re.IGNORECASE,
)
"""What a sentence about a secret may say next: an amount, a version, a date, a URL, an id."""
_SET = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]{1,60}?(?:pass(?:word|wd|phrase|code)?|secret|token|key|pwd|auth))[ \t]++(?:--\w{1,20}[ =])?[\"']?"
    r"(?P<value>[^\s\"'`<>=|]++)",
    re.IGNORECASE,
)
"""A name of more than one word and its value, as commands and directives have them: ``setx API_TOKEN ...``."""
_OF_A_LOGIN = re.compile(
    r"your (?!order|error|area|country|zip|postal|promo|discount|tracking)(?:[\w-]{1,40} ){0,3}code"
    r"|sign[ -]?in|log ?in|verif|valid for|expires? in|confirm",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9](?:[- ]?[0-9]){3,9}")
_PAIR = re.compile(
    r"\b(?:credentials?|creds|login)(?: (?:is|are|was|were|of|for|with|used|sent))*+:?[ \t]++[\"'`(]?[\w.@-]{1,64}[/:](?P<value>[^\s\"'`/:,;)]{4,128})",
    re.IGNORECASE,
)
"""A user's name and password, told as one."""


def without_spoken(text: str, hide: Hide) -> str:
    """The text without the secrets that its sentences tell."""
    login = _OF_A_LOGIN.search(text) is not None
    text = _PAIR.sub(lambda found: _pair(found, hide), text)
    text = _SET.sub(lambda found: _set(found, hide), text)
    for _ in ("from", "to"):
        text = _SPOKEN.sub(partial(_spoken, hide=hide, login=login), text)
    return text


def _pair(found: Found, hide: Hide) -> str:
    return hidden(found, hide, "value") if any(map(str.isdigit, found["value"])) else found[0]


def _set(found: Found, hide: Hide) -> str:
    name, value = found["name"], found["value"].rstrip(_ENDS)
    told = len(value) >= _LEAST and any(map(str.isdigit, value)) and not _NO_SECRET.fullmatch(value)
    return (
        hidden(found, hide, "value") if told and len(words_of(name)) > 1 and names_secret(name) else found[0]
    )


def _spoken(found: Found, hide: Hide, *, login: bool) -> str:
    """A secret that is told in a sentence has a digit within, and says of which kind it is.

    ``login`` says that the text speaks of one, so that a code in it is one for that.
    """
    value = found["value"].rstrip(_ENDS)
    *before, last = words = found["name"].split()
    if len(value) < _LEAST or not any(map(str.isdigit, value)) or HARMLESS.fullmatch(value):
        return found[0]
    if not _is_told(words, last, value, login=login):
        return found[0]
    start = found.start("value") - found.start()
    return f"{found[0][:start]}{hide(value)}{found[0][start + len(value) :]}"


def _is_told(words: list[str], last: str, value: str, *, login: bool) -> bool:
    name = "_".join(words)
    of_digits = _DIGITS.fullmatch(value) is not None
    if of_digits and (digits_tell(name) or last.lower() == "passcode"):
        return True
    if last.lower() == "code" and of_digits:
        return login or (len(words) > 1 and names_secret(name) and not names_secret(words[0]))
    if _NO_SECRET.fullmatch(value):
        return False
    of_a_kind = len(words) > 1 and names_secret(name) and not names_secret(words[0])
    return of_a_kind or (names_secret(last) and last.lower() != "code") or last.lower() == "community"
