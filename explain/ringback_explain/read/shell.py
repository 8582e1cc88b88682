"""Split shell text into commands and words: POSIX shells, cmd.exe and PowerShell, as people paste them.

``shlex`` knows no ``$'...'``, no line continuation, no operators and no here-documents, and browsers copy
requests as curl commands with all of these; no library that reads curl commands has had a release in years
and knows them either. So the words are split here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringback_explain.meant.placeholders import stand_in

_CURLY_CLOSING = "\u2019"
CLOSING = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": _CURLY_CLOSING}
"""Quotes and what closes them; the curly ones come from web pages and are meant as the straight ones."""
_LITERAL = ("'", _CURLY_CLOSING)
"""Within these a backslash is a backslash."""
_ANSI_C = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "0": "\0",
}
_ANSI_C_CODE = re.compile(r"u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})")
_REDIRECTION = re.compile(r"\d*(?:>>?|<)(?![\w-]+>)&?[ \t]*")
"""Not a placeholder in angle brackets, which is none to a shell and is often pasted all the same."""
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{(\w+)\}|\{[^}]*\})")
_ASSIGNED = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+|local[ \t]+|readonly[ \t]+)?([A-Za-z_]\w*)="
    r"(\"[^\"$`\\\n]*\"|'[^'\n]*'|[^\s\"'$`;&|(]+)(?=[ \t]*(?:$|[;&#]))"
)
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1([^\n]*)\n")

_CMD = re.compile(r"\^[ \t]*$|\Acurl(?:\.exe)?[ \t]+(?:-\S+[ \t]+){0,9}\^\"", re.MULTILINE)
"""What shows that a command is for cmd.exe: a line that ends in a caret, or a first quote behind one."""


class ShellError(ValueError):
    """The text is no shell command: a quote or a bracket stays open."""


@dataclass(slots=True)
class Command:
    """One command: its words, and what a here-document feeds to it."""

    words: list[str] = field(default_factory=list)
    stdin: str | None = None


def unix_form(text: str) -> str:
    """The text with the continuations and escapes of cmd.exe and PowerShell as a POSIX shell writes them."""
    if _CMD.search(text):
        text = re.sub(r"\^[ \t]*\n", " ", text)
        return re.sub(r"\^(.)", r"\1", text, flags=re.DOTALL)
    if re.search(r"`[ \t]*$", text, re.MULTILINE):
        return re.sub(r"`[ \t]*\n", " ", text).replace('`"', '\\"')
    return re.sub(r"\\[ \t]*\n", "\\\n", text)


def assigned(text: str) -> dict[str, str]:
    """The variables that lines of a script give a plain value."""
    return {name: value[1:-1] if value[:1] in "\"'" else value for name, value in _ASSIGNED.findall(text)}


def command(text: str, variables: Mapping[str, str]) -> Command:
    """The first command of a POSIX shell text. Raises ``ShellError``."""
    here = _HERE.search(text)
    end = here and re.compile(rf"^[ \t]*{here[2]}[ \t]*$", re.MULTILINE).search(text, here.end())
    if here is None or end is None:
        return Command(list(_Splitter(text, variables).words()))
    line = f"{text[: here.start()]} {here[3]}\n"
    return Command(list(_Splitter(line, variables).words()), text[here.end() : end.start()])


class _Splitter:
    """Reads words from the left until the command ends."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.text = text
        self.variables = variables
        self.at = 0

    def words(self) -> Iterator[str]:
        while True:
            self._skip_blanks()
            if self.at >= len(self.text) or self.text[self.at] in "\n;|&)#":
                return
            redirection = _REDIRECTION.match(self.text, self.at)
            if redirection:
                self.at = redirection.end()
                self._word()
            else:
                yield self._word()

    def _skip_blanks(self) -> None:
        while self.text.startswith((" ", "\t", "\u00a0", "\\\n"), self.at):
            self.at += 2 if self.text[self.at] == "\\" else 1

    def _word(self) -> str:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in " \t\u00a0\n;|&)":
            parts.append(self._piece())
        return "".join(parts)

    def _piece(self) -> str:
        text, at = self.text, self.at
        if text.startswith("$'", at):
            return self._ansi_c()
        if text[at] in CLOSING:
            return self._quoted(CLOSING[text[at]])
        if text.startswith("$(", at):
            return self._substitution()
        if variable := _VARIABLE.match(text, at):
            return self._variable(variable)
        if text[at] != "\\":
            self.at += 1
            return text[at]
        self.at += 2
        return "" if text[at + 1 : at + 2] == "\n" else text[at + 1 : at + 2]

    def _quoted(self, closing: str) -> str:
        start = self.at
        self.at += 1
        parts = []
        while not self.text.startswith(closing, self.at):
            if self.at >= len(self.text):
                raise ShellError(
                    f"the quote {self.text[start]} that opens before {self._excerpt(start)} is not closed"
                )
            parts.append(self.text[self.at] if closing in _LITERAL else self._inner())
            self.at += closing in _LITERAL
        self.at += 1
        return "".join(parts)

    def _inner(self) -> str:
        """A piece of a text in double quotes."""
        if self.text.startswith("$(", self.at):
            return self._substitution()
        if variable := _VARIABLE.match(self.text, self.at):
            return self._variable(variable)
        here, following = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if here == "\\" and following and following in '"\\$`\n':
            self.at += 2
            return "" if following == "\n" else following
        self.at += 1
        return here

    def _ansi_c(self) -> str:
        start = self.at
        self.at += 2
        parts = []
        while not self.text.startswith("'", self.at):
            if self.at >= len(self.text):
                raise ShellError(f"the quote that opens before {self._excerpt(start)} is not closed")
            parts.append(self._escaped() if self.text[self.at] == "\\" else self.text[self.at])
            self.at += 1
        self.at += 1
        return "".join(parts)

    def _escaped(self) -> str:
        self.at += 1
        code = _ANSI_C_CODE.match(self.text, self.at)
        if code:
            self.at = code.end() - 1
            number = int(code[1] or code[2] or code[3], 16)
            return chr(number) if number < 0x110000 else "\ufffd"
        letter = self.text[self.at : self.at + 1]
        return _ANSI_C.get(letter, letter)

    def _substitution(self) -> str:
        """A command substitution, kept as it stands: what it would print is not known here."""
        start, depth = self.at, 0
        for end in range(start, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[end], 0)
            if depth == 0 and end > start:
                self.at = end + 1
                return self.text[start : self.at]
        raise ShellError(f"the bracket that opens at {self._excerpt(start)} is not closed")

    def _variable(self, found: re.Match[str]) -> str:
        """What a variable holds; a stand-in where only the running shell knows."""
        self.at = found.end()
        name = found[1] or found[2] or found[0]
        return self.variables.get(name) or stand_in(name)

    def _excerpt(self, at: int) -> str:
        return repr(self.text[at + 1 : at + 21])
