"""What is shown to ring nobody. Whatever is not shown counts as somebody's telephone.

A value is read whole: a part of it that leads to nobody says nothing of the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from ringback_contracts.core.declare import NOBODY
from ringback_contracts.domain.numbers import Problem, assess, is_emergency
from ringback_contracts.domain.uuids import UUID_PATTERN
from ringback_contracts.examples import KNOWN_CALL
from ringback_contracts.org import default_org
from ringback_harness.sandbox.values import Value

NAMES = frozenset({"callerIdName", "label", "name"})
"""Fields that hold people's names, in letters of whatever script."""
WORDS = NAMES | {
    "attributes",
    "callFromQueueId",
    "callQueueId",
    "callUserId",
    "conversationIds",
    "externalContactId",
    "id",
    "languageId",
    "priority",
    "queueId",
    "routingSkillExpression",
    "routingSkillsIds",
    "state",
    "type",
    "userId",
    "uuiData",
}
"""Fields whose letters nobody reads as the keys of a telephone."""
FIELDS = WORDS | {
    "address",
    "callerId",
    "from",
    "fromAddress",
    "participants",
    "phoneNumber",
    "to",
    "toAddress",
}
SHORTEST, LONGEST = 7, 15
"""Digits of a number that rings somebody from abroad."""

_NUMBER = re.compile(r"(?:tel:)?(\+[1-9][0-9]*)", re.IGNORECASE)
"""No country code begins with 0, but whatever is dialled before one does."""
_ID = re.compile(rf"(?:user:)?({UUID_PATTERN})", re.IGNORECASE)
_SIP = re.compile(
    r"(?:sips?:)?([^@:;?]+)@(?:(?:[a-z]+(?:-[a-z]+)*\.)*example\.(?:com|net|org)"
    r"|(?:[a-z]+(?:-[a-z]+)*\.)+(?:example|invalid))",
    re.IGNORECASE,
)
"""A user at a host that is kept for documentation or leads nowhere (RFC 2606), and nothing behind it."""
_SIP_USER = re.compile(r"[a-z._-]+", re.IGNORECASE)
_PUNCTUATION = " \t\r\n_.,'\"!?()/<>[]{}|$~^-"
_SCHEME = re.compile(r"[a-z0-9.+-]\s*:", re.IGNORECASE)
_HOST = re.compile(r"[a-z]\.[a-z]|//", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]+", re.IGNORECASE)
_SPELLED = re.compile(
    r"(?:zero|oh?|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|double|triple|hundred|plus|and)+"
)


def _ours() -> frozenset[str]:
    org = default_org()
    users = {user.id for user in org.users}
    queues = {queue.id for queue in org.queues}
    return frozenset({NOBODY, KNOWN_CALL}).union(users, queues, (campaign.id for campaign in org.campaigns))


ALIASES = frozenset({"me", "self"})
"""Words that stand for the token's user in place of an id."""
OURS = _ours()
"""Ids that Ringback made up, which no real org has."""


def id_in(text: str) -> str | None:
    """The id that a text is, in lower case, alone or behind ``user:``."""
    found = _ID.fullmatch(text) if text.isascii() else None
    return found[1].lower() if found else None


def number_in(text: str) -> str | None:
    """The number that a text is, as ``+`` and ASCII digits, alone or behind ``tel:``."""
    found = _NUMBER.fullmatch(text) if text.isascii() else None
    return found[1] if found else None


def may_ring(value: Value) -> str | None:
    """Why a telephone system could ring somebody for the value; ``None`` where it is shown that none can."""
    text = value.text
    if value.loose:
        return _in_loose(text)
    if value.named:
        return _in_word(text, plain=text.isascii())
    if found := id_in(text.removeprefix("campaign:")):
        return None if found in OURS else "an id that may be somebody's"
    if number := number_in(text):
        return "a number that may be somebody's" if _number_may_ring(number) else None
    if text.isascii() and (sip := _SIP.fullmatch(text)):
        user = sip[1]
        plain = _SIP_USER.fullmatch(user) or (number_in(user) and not _number_may_ring(user))
        return None if plain else "an address whose user may be somebody's number"
    return _in_word(text, plain=text.isascii() or value.key in NAMES) or _in_letters(value)


def rings_emergency(value: Value) -> bool:
    """Whether the value reads like an emergency number."""
    if value.named or (value.key in WORDS and _in_word(value.text, plain=True) is None):
        return False
    return is_emergency(value.text)


def _number_may_ring(number: str) -> bool:
    """Whether a number can ring, or its beginning, since networks leave out digits that they do not need."""
    known = assess(number)
    if known.problem is Problem.RESERVED:
        return False
    if known.e164 not in (None, number):  # with a trunk digit, say, that some networks leave out
        return True
    if _is_short(number):
        return True
    beginnings = (number[:end] for end in range(SHORTEST + 1, min(len(number), LONGEST + 1)))
    return known.problem in (None, Problem.TOO_SHORT) or any(
        assess(each).problem is None for each in beginnings
    )


def _is_short(number: str) -> bool:
    """Whether a number is a short one of a country, which networks may take behind its code, too."""
    from phonenumbers import NumberParseException, is_possible_short_number, parse

    try:
        return is_possible_short_number(parse(number))
    except NumberParseException:
        return False


def _in_word(text: str, *, plain: bool) -> str | None:
    """Why a text is not merely a word; ``plain`` says that its letters may be those it has."""
    for found, why in _NO_WORDS:
        if found(text):
            return why
    if not plain or not all(character.isalpha() or character in _PUNCTUATION for character in text):
        return "a character that some readers take for another"
    return None


def _has_digits(text: str) -> bool:
    return any(map(_is_digit, text + unicodedata.normalize("NFKC", text)))


def _is_digit(character: str) -> bool:
    return character.isdigit() or unicodedata.numeric(character, None) is not None


def _spells_digits(text: str) -> bool:
    letters = "".join(_LETTERS.findall(unicodedata.normalize("NFKC", text)))
    return _SPELLED.fullmatch(letters.lower()) is not None


_NO_WORDS: tuple[tuple[Callable[[str], object], str], ...] = (
    (_has_digits, "digits that may be somebody's number"),
    (lambda text: "@" in text, "an address that may be somebody's"),
    (_SCHEME.search, "a scheme, so that it may be somebody's address"),
    (_HOST.search, "what may be the name of a host or of somebody"),
    (lambda text: text.strip().lower() in ALIASES, "a word for the token's user"),
    (_spells_digits, "digits in words"),
)
"""What a text has that is more than a word, and what to say of it."""


def _in_letters(value: Value) -> str | None:
    letters = sum(map(str.isalpha, value.text))
    if value.key in WORDS or letters < SHORTEST:
        return None
    return "letters that may be the keys of a telephone"


def _in_loose(text: str) -> str | None:
    """The same of a body that is no JSON: its quotes end words, its colons are no scheme's behind a quote."""
    unquoted = re.sub(r'"\s*:', '"', text)
    if why := _in_word(unquoted, plain=text.isascii()):
        return why
    unknown = [word for word in _LETTERS.findall(text) if word not in FIELDS]
    return "letters that may be the keys of a telephone" if len("".join(unknown)) >= SHORTEST else None
