"""Read command lines of curl, as people write them and as browsers copy them, and of wget."""

from __future__ import annotations

import base64
import getopt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import quote_plus

from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.read import shell
from ringback_explain.read.found import JSON_TYPE, Address, FoundRequest, ReadError, context_of
from ringback_explain.table import table

LONGEST_COMMAND = 64 * 2**10
"""Characters of one command, its body included."""
MOST_COMMANDS = 50
"""Commands of one paste that are read."""
MOST_SWITCHES = 100
"""Switches that say nothing about the request are dropped one by one; curl has some 140 in all."""
_DATA = frozenset({"data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"})

_START = re.compile(r"(?<![^\s;|&(`=])(?=(curl|wget)(?:\.exe)?[ \t]+[^\s])")
_LIKE_A_URL = re.compile(r"^[\w.+-]+://|^(?!-)\S*[/.$<{]|^localhost\b", re.IGNORECASE)
_WINDOWS = re.compile(r"\^[ \t]*$|`[ \t]*$|^curl\.exe", re.MULTILINE)


def readings(text: str, folder: Path | None = None) -> list[FoundRequest]:
    """The requests of every curl command in the text; none where there is no command.

    ``folder`` is where ``@file`` is looked for; without it no file is read. Raises ``ReadError`` for a
    command that no shell could run, an option that curl does not know, or a file that cannot be read.
    """
    found: list[FoundRequest] = []
    starts = list(islice(_START.finditer(text), MOST_COMMANDS + 1))
    if len(starts) > MOST_COMMANDS:
        raise ReadError("too-many-commands", most=MOST_COMMANDS)
    for start in starts:
        found += _command_readings(text[start.end() :][:LONGEST_COMMAND], text, folder)
    return found


def _command_readings(command_text: str, text: str, folder: Path | None) -> Iterator[FoundRequest]:
    try:
        command = shell.command(shell.unix_form(command_text), shell.assigned(text))
    except shell.ShellError as error:
        raise ReadError("no-command", error=error) from error
    words = command.words[1:]
    if not any(_LIKE_A_URL.match(word) for word in words):
        return
    if _WINDOWS.search(command_text):
        words = [word.replace('\\"', '"') for word in words]
    while words:
        end = next((place for place, word in enumerate(words) if word in ("--next", "-:")), len(words))
        transfer = _Transfer(folder, command.stdin, command.words[0].removesuffix(".exe"))
        options, urls = _options(words[:end])
        for option, value in options:
            transfer.take(table("read/curl")["names"].get(option, option.removeprefix("--")), value)
        for url in (*filter(_LIKE_A_URL.match, urls), *transfer.urls):
            yield transfer.reading(url, text)
        words = words[end + 1 :]


def _options(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options that say something about the request, and what is none."""
    known = table("read/curl")
    long_options = [*(f"{name}=" for name in known["long"].split()), "get", "head"]
    for _ in range(MOST_SWITCHES):
        try:
            return getopt.gnu_getopt(words, known["short"], long_options)
        except getopt.GetoptError as error:
            switch = f"--{error.opt}"
            if switch not in words:
                raise ReadError("option", error=error) from error
            words.remove(switch)
    raise ReadError("too-many-switches", most=MOST_SWITCHES)


@dataclass(slots=True)
class _Transfer:
    """What curl is told about one request, and where its data comes from.

    ``given`` are its options by their long names.
    """

    folder: Path | None
    stdin: str | None
    program: str
    given: dict[str, str] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    body: bytes | None = None

    def take(self, option: str, value: str) -> None:
        """Take in an option."""
        self.given[option] = value
        if option in _DATA:
            # Pieces of forms are joined as such, pieces of JSON are not.
            joint = b"" if self.body is None or option == "json" else b"&"
            self.body = (self.body or b"") + joint + self._data(option, value)
        elif option == "header":
            self._take_header(value)
        elif option in ("user-agent", "referer"):
            self.headers[option] = value
        elif option == "cookie":
            self.headers[option] = f"{self.headers[option]};{value}" if option in self.headers else value
        elif option == "url":
            self.urls.append(value)

    def _take_header(self, line: str) -> None:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon and value.strip():
            self.headers[name] = value.strip()
        elif colon:
            self.removed.add(name)
        elif line.strip().endswith(";"):
            self.headers[line.strip().rstrip(";").lower()] = ""

    def reading(self, url: str, text: str) -> FoundRequest:
        """The request that goes to the URL."""
        body = self.body or b""
        is_query = "get" in self.given
        if is_query and self.body is not None:
            url, body = f"{url}{'&' if '?' in url else '?'}{body.decode('utf-8', 'replace')}", b""
        has_form = bool(self.given.keys() & {"form", "form-string"})
        posts = has_form or (self.body is not None and not is_query)
        ways = {"head": "HEAD", "upload-file": "PUT"}
        method = next(
            (way for option, way in ways.items() if option in self.given), "POST" if posts else "GET"
        )
        address = Address(self.given.get("request") or method, url)
        # What curl sends: its own headers, but for those that were taken away, then the given ones.
        own = {"content-type": FORM_TYPE if self.body is not None else "multipart/form-data"} if posts else {}
        own |= {"content-type": JSON_TYPE, "accept": JSON_TYPE} if "json" in self.given else {}
        if "user" in self.given:
            own["authorization"] = (
                f"Basic {base64.b64encode(self.given['user'].encode('utf-8', 'replace')).decode()}"
            )
        if "oauth2-bearer" in self.given:
            own["authorization"] = f"Bearer {self.given['oauth2-bearer']}"
        kept = {name: value for name, value in own.items() if name not in self.removed}
        request = address.request(kept | self.headers, body)
        return FoundRequest(request, f"a {self.program} command", context_of(address, request, text))

    def _data(self, option: str, value: str) -> bytes:
        """What curl sends for a data option."""
        if option == "data-urlencode":
            name, sign, content = re.fullmatch(r"(?:([^=@]*)([=@]))?(.*)", value, re.DOTALL).groups("")  # type: ignore[union-attr]  # it matches any text
            raw = self._read(content) if sign == "@" else content.encode("utf-8", "replace")
            return f"{name}={quote_plus(raw)}".encode() if name else quote_plus(raw).encode()
        if option == "data-raw" or not value.startswith("@"):
            return value.encode("utf-8", "replace")
        content = self._read(value[1:])
        # curl drops line ends from a file unless it is told to keep the bytes.
        return content if option in ("data-binary", "json") else content.translate(None, b"\r\n\0")

    def _read(self, name: str) -> bytes:
        """The content of an ``@file``; raises ``ReadError``."""
        if name == "-":
            if self.stdin is None:
                raise ReadError("piped")
            return self.stdin.encode("utf-8", "replace")
        if self.folder is None:
            raise ReadError("file", file=name)
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ReadError("no-file", file=name, reason=reason) from error
