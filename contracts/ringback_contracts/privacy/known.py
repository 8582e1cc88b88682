"""The secrets that a run has met, by value: whoever repeats one repeats it under a name of his own."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus

from ringback_contracts.http.written import Members
from ringback_contracts.privacy.names import names_secret
from ringback_contracts.privacy.secrets import HIDDEN

LONG, SHORT = 8, 6
"""Characters of a secret that is known within any text, and of one that is known as a whole word."""
_WORD = re.compile(r"[a-z]+|[0-9]+", re.IGNORECASE)
_ERROR_CODE = re.compile(r"[a-z]+(?:[._-][a-z]+)*|[0-9]{1,3}", re.IGNORECASE)
"""What ``code`` is in an answer; an authorization code has digits among its letters."""
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_URL_PASSWORD = re.compile(r"://[^\s/@:\"']*:([^\s/@\"']+)@")
_PARAMETER = re.compile(r"(?<=[?&#;])([\w.%-]+)=([^\s&#;\"'<>]+)")


@dataclass
class KnownSecrets:
    """Secrets to be hidden wherever they stand: what was met under a name that says so, and credentials sent.

    One of fewer than eight characters that is a plain word, such as ``alice``, may be any word, and stays.
    """

    _long: list[str] = field(default_factory=list, repr=False)
    _short: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False)

    def add(self, secret: str) -> None:
        """Know a secret again, also as URLs spell it."""
        for value in dict.fromkeys((secret, quote(secret, safe=""), quote_plus(secret))):
            if len(value) >= LONG and value not in self._long:
                self._long.append(value)
                self._long.sort(key=len, reverse=True)
            elif SHORT <= len(value) < LONG and not _WORD.fullmatch(value):
                self._short[value] = re.compile(rf"(?<![^\W_]){re.escape(value)}(?![^\W_])")

    def hidden_in(self, text: str) -> str:
        """The text without the known secrets."""
        for value in self._long:
            text = text.replace(value, HIDDEN)
        for pattern in self._short.values():
            text = pattern.sub(HIDDEN, text)
        return text

    def meet(self, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Learn the secrets of a message."""
        for name, value in headers.items():
            self._meet_header(name.lower(), value.strip())
        if body:
            self._meet_body(body.replace(b"\0", b"").decode("utf-8", "replace"))

    def meet_url(self, text: str) -> None:
        """Learn the passwords and parameters of the URLs in a text."""
        for password in _URL_PASSWORD.findall(text):
            self.add(unquote(password))
        for name, value in _PARAMETER.findall(text):
            self._meet_member(unquote_plus(name), unquote_plus(value))

    def _meet_header(self, name: str, value: str) -> None:
        if name in _CREDENTIALS:
            self._meet_credentials(value)
        elif name == "set-cookie":
            self.add(value.partition(";")[0].partition("=")[2])
        elif name == "cookie":
            for pair in value.split(";"):
                self.add(pair.partition("=")[2])
        else:
            self._meet_member(name, value)
        self.meet_url(value)

    def _meet_credentials(self, value: str) -> None:
        scheme, _, given = value.partition(" ")
        self.add(given.strip() or scheme)
        if scheme.lower() == "basic":
            self.add(_decoded(given).partition(":")[2])

    def _meet_body(self, text: str) -> None:
        try:
            self._meet_member("", json.loads(text, object_pairs_hook=Members))
        except (ValueError, RecursionError):
            for name, value in parse_qsl(text):
                self._meet_member(name, value)
        self.meet_url(text)

    def _meet_member(self, name: str, value: Any) -> None:
        if isinstance(value, str):
            if names_secret(name) and not (name == "code" and _ERROR_CODE.fullmatch(value)):
                self.add(value)
        elif holds_secrets(name):
            each_secret(value, self._met)
        elif isinstance(value, Members):
            for key, member in value:
                self._meet_member(key, member)
        elif isinstance(value, list):
            for item in value:
                self._meet_member(name, item)

    def _met(self, value: str) -> str:
        """What stands below ``tokens`` may also be a word, such as a scope."""
        if any(map(str.isdigit, value)):
            self.add(value)
        return value


def holds_secrets(name: str) -> bool:
    """Whether what is below this name are secrets, such as ``tokens``."""
    return name not in ("code", "codes") and (names_secret(name) or names_secret(name.removesuffix("s")))


def each_secret(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON below a name that holds secrets, with each of them changed.

    In an object whose members are named as secrets, or ``value``, only those are some.
    """
    if isinstance(value, str):
        return change(value) if value else value
    if isinstance(value, Members):
        names = {name for name, _ in value}
        telling = {name for name in names if name == "value" or holds_secrets(name)} or names
        return Members(
            (name, each_secret(member, change) if name in telling else member) for name, member in value
        )
    return [each_secret(item, change) for item in value] if isinstance(value, list) else value


def _decoded(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""
