"""The secrets that were met, by value: whoever repeats one repeats it under a name of his own, or encoded."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

from ringback_contracts.privacy.decoded import WAYS, decoded
from ringback_contracts.privacy.messages import redact_body, redact_headers
from ringback_contracts.privacy.shapes import HIDDEN
from ringback_contracts.privacy.spellings import spellings
from ringback_contracts.privacy.text import redact_text

LONG, SHORT = 8, 6
"""Characters of a secret that is known within any text, and of one that is known as a whole word."""
CUT = 12
"""Characters of a secret's beginning, or of its end, by which it is known where somebody cut it."""
_DEEPEST = 3
"""How often a text is decoded."""
Span = tuple[int, int]
_WORD = re.compile(r"[a-z]+|[0-9]+", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z]?[a-z]+(?:[ ._-][A-Za-z]?[a-z]+)*")
"""Words, such as a scope or the code of an error, which may stand anywhere."""


@dataclass
class KnownSecrets:
    """Secrets to be hidden wherever they stand: what was met under a name that says so, and credentials sent.

    One of fewer than eight characters that is a plain word, such as ``alice``, may be any word, and stays.
    """

    _met: set[str] = field(default_factory=set, repr=False)
    _long: dict[str, list[str]] = field(default_factory=dict, repr=False)
    """By how they begin, or end: the spellings."""
    _by_head: dict[str, list[str]] = field(default_factory=dict, repr=False)
    """These beginnings and ends, by their own first characters."""
    _short: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False)

    def add(self, secret: str) -> None:
        """Know a secret again, in all its spellings."""
        secret = secret.strip()
        if len(secret) < SHORT or secret in self._met or HIDDEN in secret:
            return
        self._met.add(secret)
        if len(secret) < LONG:
            if not _WORD.fullmatch(secret):
                self._short[secret] = re.compile(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])")
            return
        for value in spellings(secret):
            if len(value) >= LONG:
                for piece in {value[:CUT], value[-CUT:]}:
                    if piece not in self._long:
                        self._by_head.setdefault(piece[:LONG], []).append(piece)
                    self._long.setdefault(piece, []).append(value)

    def hidden_in(self, text: str) -> str:
        """The text without the known secrets."""
        if len(text) < SHORT:
            return text
        found = self._stretches(text)
        if self._long:
            found += [span for way in WAYS for span in self._behind(text, way, _DEEPEST)]
        text = _hidden(text, found)
        for pattern in self._short.values():
            text = pattern.sub(HIDDEN, text)
        return text

    def _stretches(self, text: str) -> list[Span]:
        """Where the long secrets stand."""
        return [span for piece in self._pieces_in(text) for span in _agreeing(text, piece, self._long[piece])]

    def _pieces_in(self, text: str) -> list[str]:
        """The beginnings and ends in the text, looked up at each of its places where those are fewer."""
        if len(text) > len(self._long):
            return [piece for piece in self._long if piece in text]
        places = range(len(text) - LONG + 1)
        found = ((self._by_head.get(text[at : at + LONG], ()), at) for at in places)
        return list({piece: None for pieces, at in found for piece in pieces if text.startswith(piece, at)})

    def _behind(self, text: str, way: re.Pattern[str], depth: int) -> list[Span]:
        """Where they stand behind escapes."""
        meant = decoded(text, way) if depth else None
        if meant is None:
            return []
        found = self._stretches(meant.text) + self._behind(meant.text, way, depth - 1)
        return [meant.span(*span) for span in found]

    def hidden_in_all(self, value: Any) -> Any:
        """Plain JSON values without the known secrets."""
        if isinstance(value, str):
            return self.hidden_in(value)
        if isinstance(value, Mapping):
            return {name: self.hidden_in_all(member) for name, member in value.items()}
        return list(map(self.hidden_in_all, value)) if isinstance(value, list | tuple) else value

    def meet(self, headers: Mapping[str, str], body: bytes = b"", content_type: str = "") -> None:
        """Learn the secrets of a message."""
        redact_headers(headers, self.learn)
        if body:
            redact_body(body, content_type or headers.get("content-type", ""), self.learn)

    def meet_text(self, text: str) -> None:
        """Learn the secrets of a text, such as the passwords and parameters of a URL."""
        redact_text(text, self.learn)

    def learn(self, secret: str) -> str:
        """Know again what is hidden, and say what is shown in its place."""
        for value in {secret, unquote(secret), unquote_plus(secret)}:
            if not _PLAIN.fullmatch(value):
                self.add(value)
        self.add(_password(secret))
        return HIDDEN


def _hidden(text: str, spans: list[Span]) -> str:
    shown, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            shown += [text[done:start], HIDDEN]
        done = max(done, end)
    return "".join([*shown, text[done:]]) if shown else text


def _agreeing(text: str, piece: str, values: Sequence[str]) -> Iterator[Span]:
    """Each stretch that agrees with a spelling of a secret, from either of its ends."""
    done = 0
    while (found := text.find(piece, done)) >= 0:
        spans = [_span(text, found, piece, value) for value in values]
        done = max(end for _, end in spans)
        yield min(start for start, _ in spans), done


def _span(text: str, found: int, piece: str, value: str) -> Span:
    """From where to where a text agrees with a spelling, a piece of which was found."""
    before = 0 if value.startswith(piece) else len(value) - len(piece)
    behind = before + len(piece)
    start, end = found, found + len(piece)
    while start and before and text[start - 1] == value[before - 1]:
        start, before = start - 1, before - 1
    while end < len(text) and behind < len(value) and text[end] == value[behind]:
        end, behind = end + 1, behind + 1
    return start, end


def _password(credentials: str) -> str:
    """The password of Basic credentials (RFC 7617)."""
    try:
        return b64decode(credentials, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""
