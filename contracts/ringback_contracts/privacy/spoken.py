"""Secrets that a sentence tells, as logs and people do: "the password was changed to ..."."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from string import ascii_lowercase, ascii_uppercase

from ringback_contracts.domain.uuids import UUID_PATTERN
from ringback_contracts.privacy.carriers import HARMLESS, Found
from ringback_contracts.privacy.names import digits_tell, names_secret, word_set
from ringback_contracts.privacy.shapes import Hide

Judge = Callable[[str, Found, str], bool]
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_NOUN = (
    r"(?:pass(?:words?|code|wd| ?phrase)|pwd|pin|otp|token|secret(?: key| token)?|api[ _-]?key|code|key"
    r"|credentials?|jwt"
    r"|signature|session id|psk|community)"
)
_WHOSE = (
    r"(?: (?:for|of) (?:(?:your|the|my|user|account|client|key|his|her|their|our) ){0,2}"
    r"(?:'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"|[^\s:=,'\"]{1,80}))?"
)
_FILLING = (
    r"(?:,? (?:is|was|are|you|i|he|she|they|we|typed|chosen|were|has|have|had|been|being|now|(?:re)?set"
    r"|changed|updated|rotated|replaced|refreshed|renewed|received|obtained|acquired|created|loaded|fetched|found|rejected"
    r"|reset|to|from|as|"
    r"with|by|provided|supplied|given|entered|used|header|field|value|equals|reads|says|still|not|got|received|sent|new|"
    r"old|current|temporary|the|a|an|generated|assigned|issued|returned|\*{3})(?!\w))*+"
)
_SPOKEN = re.compile(
    rf"(?P<name>{_NOUN})(?![\w-]){_WHOSE}{_FILLING}[ \t]?(?::|=|,|->|-|\u2192|\u2014"
    rf"|\u2013)?[ \t]++[\"'`(<\[]?(?=[^\s\"'`<>()\[\]]{{0,80}}?\d)(?P<value>[0-9]{{2,4}}"
    rf"(?:[ -][0-9]{{2,4}}){{1,3}}(?![\w-])|[^\s\"'`<>()\[\]]++)",
)
_ENDS = ".,;:!?)"
_LEAST = 4
_NO_SECRET = re.compile(
    r"[0-9]+(?:\.[0-9]+)?(?:[a-z\u00b5%]{1,3}|[KMGT]i?B)?|v[0-9.]+|[0-9]+(?:/[0-9]+|[a-z]{2})|https?:.*|/.*|\d+(?:[-:.]\d+)+(?:[TZ].*)?|RFC-?\d+"
    rf"|{UUID_PATTERN}"
    r"|HTTP.*|[\w.-]+@[\w.-]+|\+?[\d*]+|[A-Za-z]+\(.*|[HREP]S[0-9]{3}|S256|(?:AES|SHA|RSA|MD)-?[0-9]{1,4}",
    re.IGNORECASE,
)
"""What a sentence about a secret may say next: an amount, a version, a date, a URL, an id."""
_SET = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|secret|token|key|pwd|auth|community)[\"']?[ \t]++"
    r"(?:--\w{1,20}[ =])?[\"']?"
    r"(?P<value>(?=[^\s\"'`<>=|]{0,80}?\d)[^\s\"'`<>=|]++)",
)
"""A name of more than one word and its value, as commands and directives have them: ``setx API_TOKEN"""
""" ...``."""
_NOUNS = word_set("password passwd passphrase passcode pass secret token key pwd auth")
"""What sentences speak of; any other name of a secret is one that programs use."""
_OF_A_LOGIN = re.compile(
    r"your (?!order|error|area|country|zip|postal|promo|discount|tracking)(?:[\w-]{1,40} ){0,3}code"
    r"|sign[ -]?in|log ?in|verif|valid for|expires? in|confirm",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[\w.-]++\Z")
_WORD_BEFORE = re.compile(r"[\w-]++ \Z")
_MOST_IN_A_SENTENCE = 3
"""Such as "changed from ... to ...", where the second is told once the first is hidden."""
_LONGEST_NAME = 48
_DIGITS = re.compile(r"[0-9](?:[- ]?[0-9]){3,9}")
_PAIR = re.compile(
    r"\b(?:credentials?|creds|login)(?: (?:is|are|was|were|of|for|with|used"
    r"|sent))*+:?[ \t]++[\"'`(]?[\w.@-]{1,64}[/:](?P<value>[^\s\"'`/:,;)]{4,128})",
)
"""A user's name and password, told as one."""


def without_spoken(text: str, hide: Hide) -> str:
    """The text without the secrets that its sentences tell."""

    @cache  # asked for every code of the text
    def of_a_login() -> bool:
        return _OF_A_LOGIN.search(text) is not None

    for pattern, judge in ((_PAIR, _paired), (_SET, _set), (_SPOKEN, partial(_spoken, of_a_login))):
        text = _without(text, pattern, judge, hide)
    return text


def _without(text: str, pattern: re.Pattern[str], judge: Judge, hide: Hide) -> str:
    """The text without what a pattern for small letters finds, and finds then."""
    for _ in range(_MOST_IN_A_SENTENCE):
        shown = _without_once(text, pattern, judge, hide)
        if shown == text:
            break
        text = shown
    return text


def _without_once(text: str, pattern: re.Pattern[str], judge: Judge, hide: Hide) -> str:
    pieces, done = [], 0
    for found in pattern.finditer(_lowered(text)):
        value = text[found.start("value") : found.end("value")].rstrip(_ENDS)
        if len(value) >= _LEAST and not HARMLESS.fullmatch(value) and judge(text, found, value):
            pieces += [text[done : found.start("value")], hide(value)]
            done = found.start("value") + len(value)
    return "".join([*pieces, text[done:]]) if pieces else text


def _lowered(text: str) -> str:
    """The text in small letters, each where it was: which is faster than a pattern for both."""
    return text.lower() if text.isascii() else text.translate(_SMALL)


def _name(text: str, found: Found, before: re.Pattern[str], noun: str) -> str:
    """What the secret is called, with what stands in front of its last word."""
    start = found.start()
    led = before.search(text, max(0, start - _LONGEST_NAME), start)
    return (led[0] if led else "") + text[start : start + len(noun)]


def _paired(_: str, __: Found, value: str) -> bool:
    return any(map(str.isdigit, value))


def _set(text: str, found: Found, value: str) -> bool:
    name = _name(text, found, _GLUED, found[0].split(None, 1)[0])
    return not _NO_SECRET.fullmatch(value) and name.lower() not in _NOUNS and names_secret(name)


def _spoken(of_a_login: Callable[[], bool], text: str, found: Found, value: str) -> bool:
    """Whether a sentence says of which kind a value is that has a digit within."""
    glued = _name(text, found, _GLUED, found["name"])
    words = (
        glued if len(glued) > len(found["name"]) else _name(text, found, _WORD_BEFORE, found["name"])
    ).split()
    name, last = "_".join(words), words[-1].lower()
    of_digits = _DIGITS.fullmatch(value) is not None
    if of_digits and (digits_tell(name) or last == "passcode"):
        return True
    of_a_kind = len(words) > 1 and names_secret(name)
    if last == "code" and of_digits:
        return of_a_login() or (of_a_kind and not names_secret(words[0]))
    if _NO_SECRET.fullmatch(value):
        return False
    return of_a_kind or (names_secret(last) and last != "code") or last == "community"
