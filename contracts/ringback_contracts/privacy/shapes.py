"""Secrets that their own text tells: JWTs, private keys, tokens of well-known makers, random words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from ringback_contracts.domain.uuids import UUID_PATTERN, is_uuid

HIDDEN = "***"
Hide = Callable[[str], str]
"""Gives what is shown in place of a secret."""

_LONG, _LONGER = 11, 24
"""Characters without a space in each text with a secret that has a shape, and with one drawn by lot."""
_JSON_IN_BASE64 = re.compile(r"(?<![A-Za-z0-9_-])(?:ey[JA]|ewog|ew0K)[\w-]{8,}+(?:\.[\w-]*+)*+")
"""A JWT (RFC 7519), or another token that begins with an object of JSON, whole or cut."""
_PRIVATE_KEY = re.compile(
    r"-{4,5} ?BEGIN [\w ]{0,40}?(?:PRIVATE|ENCRYPTED) ?KEY(?: BLOCK)? ?-{4,5}"
    r"(?:(?!-{4,5} ?END).)*+(?:-{4,5} ?END [\w ]{0,60}-{0,5})?+",
    re.DOTALL,
)
"""PEM (RFC 7468) and its relatives; one that was cut, to the end of the text."""
_KEY_WITHOUT_ITS_HEAD = re.compile(
    r"(?<![\w+/=\s\\])[\w+/=\s\\]{16,}+-{5}END [\w ]{0,40}?PRIVATE KEY(?: BLOCK)?-{5}"
)
_PUTTY = re.compile(r"Private-Lines: [0-9]{1,4}\s+(?P<value>(?:[\w+/=]++\s++)++)(?=Private-|\Z)")
_MADE = re.compile(
    r"(?<![A-Za-z0-9_-])[A-Za-z][A-Za-z0-9]{1,15}[_-](?:live|test|prod|pat|key|tkn|token|secret|api|oauth|sandbox|v[0-9])"
    r"[_-](?=[A-Za-z0-9]{0,80}?[0-9])[A-Za-z0-9]{16,}+"
    r"|(?<![A-Za-z0-9_-])[spr]k[-_](?=[\w-]{0,80}?[0-9])[\w-]{20,}+|(?<![A-Za-z0-9_-])key-[0-9a-f]{32}"
    r"|(?<=[0-9a-f]{32}:)[0-9a-f]{32}(?![0-9a-f])"
)
"""How most makers of tokens spell them: ``whose_kind_random``."""
_WORD = re.compile(
    r"(?P<digest>\b(?:sha(?:1|224|256|384|512)[-:]|h1:)[A-Za-z0-9+/_-]{27,88}={0,2}(?![A-Za-z0-9+/_=-]))"
    rf"|(?<![A-Za-z0-9_+~-])[A-Za-z0-9_+~-]{{{_LONGER},}}+={{0,2}}|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{{40,}}+={{0,2}}"
)
"""A digest that says so (W3C Subresource Integrity, go.sum), or any other long word."""
_SMALL = re.compile("[a-z]+")
_CAPITALS = re.compile("[A-Z]+")
_DIGIT = re.compile("[0-9]")
_LEAST = 3
"""Small letters and capitals in a random word, at least; and one digit less."""
_LONGEST_RUNS = 2.6
"""Small letters in a row, on average: random ones have 1.7 of them, words many more."""
_ONE_CASE = 32
"""Characters of a random word that has no capitals, or nothing but."""
_PREFIX = re.compile(r"\w[\w.-]{2,}[_.-]")
_LOOKED_AT = 256
_LEAD = "(?<![0-9A-Za-z_-])"
"""How the patterns of the list begin, if not with the token."""
_SPOKEN = re.compile("boundary", re.IGNORECASE)


_RARE = (
    (
        "$",
        re.compile(
            r"\$(?:apr1|[1567]|2[abxy]?|y|gy|argon2\w{1,2}|scrypt|pbkdf2[\w-]{0,20})\$[\w./$=,+-]{8,}+"
            r"|pbkdf2_sha\w{1,6}\$[0-9]{1,9}\$[\w+/=$.-]{8,}+"
        ),
    ),
    ("}", re.compile(r"\{(?:S?SHA|S?MD5|CRYPT|SSHA[0-9]{3})\}[\w+/=.$]{8,}+")),
    (
        "s.",
        re.compile(
            r"(?<![\w.])s\.(?=[A-Za-z]*+[0-9])(?=[a-z0-9]*+[A-Z])(?=[A-Z0-9]*+[a-z])[A-Za-z0-9]{24,32}+(?![\w.])"
        ),
    ),
    ("AGE-", re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{16,}+")),
    ("streaming-", re.compile(r"(?<=streaming-)[0-9]{1,6}-[0-9A-Za-z]{16,}+")),
)
"""Passwords as they are kept for comparing, which are guessed from; a key; and the id of a notification
channel, by which alone anybody can listen to it."""


def has_any(text: str, signs: str) -> bool:
    """Whether one of the signs, which blanks part, stands in the text."""
    return any(sign in text for sign in signs.split())


def without_shapes(text: str, hide: Hide) -> str:
    """The text without what must be a secret by its form."""
    words = [word for word in text.split() if len(word) >= _LONG]
    if not words:
        return text
    text = _without_private_keys(text, hide)
    if "ey" in text or "ew" in text:
        text = _JSON_IN_BASE64.sub(lambda found: hide(found[0]), text)
    for pattern in _known_in(" ".join(words)):
        text = pattern.sub(lambda found: hide(found[0]), text)
    if "_" in text or "-" in text or ":" in text:
        text = _MADE.sub(lambda found: hide(found[0]), text)
    for hint, pattern in _RARE:
        if hint in text:
            text = pattern.sub(lambda found: hide(found[0]), text)
    if max(map(len, words)) < _LONGER:
        return text
    return _WORD.sub(lambda found: _drawn_word(found, hide), text)


def _drawn_word(found: re.Match[str], hide: Hide) -> str:
    """A word hidden if it looks drawn by lot; the digest of a file, which opens nothing, stays."""
    return hide(found[0]) if not found["digest"] and looks_random(found[0][:_LOOKED_AT]) else found[0]


def _without_private_keys(text: str, hide: Hide) -> str:
    if "--" in text and "KEY" in text:
        text = _PRIVATE_KEY.sub(lambda found: hide(found[0]), text)
        text = _KEY_WITHOUT_ITS_HEAD.sub(lambda found: hide(found[0]), text)
    if "Private-Lines" in text:
        text = _PUTTY.sub(lambda found: found[0].replace(found["value"], hide(found["value"]) + "\n"), text)
    return text


@lru_cache(maxsize=4096)
def looks_random(word: str) -> bool:
    """Whether a word looks drawn by lot, as bearer tokens are: letters of both cases and digits in a mess."""
    small, capitals, digits = _SMALL.findall(word), _CAPITALS.findall(word), len(_DIGIT.findall(word))
    if not _drawn(small or capitals) or _SPOKEN.search(word) or is_uuid(word):
        return False
    if small and capitals:
        return digits >= _LEAST - 1 and min(len("".join(small)), len("".join(capitals))) >= _LEAST
    # Hexadecimal digits are what hashes and ids are made of.
    hexadecimal = not set("".join(small or capitals).lower()) - set("abcdef")
    return len(word) >= _ONE_CASE and not hexadecimal and digits * 8 >= len(word) and word.isalnum()


def _drawn(runs: list[str]) -> bool:
    return bool(runs) and len("".join(runs)) <= _LONGEST_RUNS * len(runs)


@cache
def _well_known() -> dict[str, list[str]]:
    """What stands in every token of a kind, and the patterns of such; read when the first text is."""
    from importlib.resources import files

    text = files("ringback_contracts").joinpath("data/token_shapes.json").read_text("utf-8")
    patterns: dict[str, list[str]] = {}
    for shape in json.loads(text)["shapes"]:
        for hint in shape["hints"]:
            patterns.setdefault(hint, []).append(shape["pattern"])
            begins = f"(?:{re.escape(hint)[:_LEAST]}" in shape["pattern"][: len(_LEAD) + 6]
            if begins or _PREFIX.fullmatch(hint):
                patterns[hint].append(_cut(hint))
    return patterns


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _cut(hint: str) -> str:
    """The pattern of a token that begins so, and was cut or has become longer since the list was made."""
    least = 12 if _PREFIX.fullmatch(hint) else 16
    begins = rf"(?<![A-Za-z0-9])(?<![0-9A-Fa-f]{{4}}-)(?!{UUID_PATTERN}){re.escape(hint)}"
    return rf"{begins}(?=(?:[\w.-]{{0,40}}?[0-9]){{2}})[\w.-]{{{least},}}+"


def _known_in(text: str) -> Iterator[re.Pattern[str]]:
    for hint, patterns in _well_known().items():
        if hint in text:
            yield from map(_compiled, patterns)
