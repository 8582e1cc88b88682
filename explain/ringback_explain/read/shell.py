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
from ringback_explain.table import pattern

_ANSI_C = dict(zip("ntrabfve0", "\n\t\r\a\b\f\v\x1b\0", strict=True))
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_NESTED = r"\$\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
"""A command substitution, kept as it stands: what it would print is not known here."""
_REDIRECTION = re.compile(r"\d*(?:>>?|<)(?![\w-]+>)&?[ \t]*")
"""Not a placeholder in angle brackets, which is none to a shell and is often pasted all the same."""
_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|\{[^}]*\})")
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1([^\n]*)\n")
_HERE_STRING = re.compile(r"<<<[ \t]*")
# The curly quotes come from web pages and are meant as the straight ones.
_PIECE = re.compile(
    rf"""\$'(?P<ansi>(?:[^'\\]|\\.)*+)'|(?:'(?P<single>[^']*)'|\u2018(?P<curly>[^\u2019]*)\u2019)
    |(?:"(?P<double>(?:{_NESTED}|[^"\\]|\\.)*+)"|\u201c(?P<curled>(?:{_NESTED}|[^\u201d\\]|\\.)*+)\u201d)
    |(?P<bare>{_NESTED}|{_VARIABLE.pattern}|\\.|[^'"\u2018\u201c])""",
    re.DOTALL | re.VERBOSE,
)
_INNER = re.compile(rf"{_NESTED}|{_VARIABLE.pattern}|\\[\"\\$`\n]")
"""What means something in double quotes."""
_BLANK = re.compile(r"(?:[ \t\u00a0]|\\\n)+")

_CMD = re.compile(r"\^[ \t]*$|\Acurl(?:\.exe)?[ \t]+(?:-\S+[ \t]+){0,9}\^\"", re.MULTILINE)
"""What shows that a command is for cmd.exe: a line that ends in a caret, or a first quote behind one."""


class ShellError(ValueError):
    """The text is no shell command: a quote or a bracket stays open."""


@dataclass(slots=True)
class Command:
    """One command: its words, and what a here-document or a here-string feeds to it."""

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
    return {
        name: value[1:-1] if value[:1] in "\"'" else value
        for name, value in pattern("shell-variable").findall(text)
    }


def command(text: str, variables: Mapping[str, str]) -> Command:
    """The first command of a POSIX shell text. Raises ``ShellError``."""
    here = _HERE.search(text)
    end = here and re.compile(rf"^[ \t]*{here[2]}[ \t]*$", re.MULTILINE).search(text, here.end())
    if here is None or end is None:
        string = _HERE_STRING.search(text)
        stdin = next(_words(text[string.end() :], variables), None) if string else None
        return Command(list(_words(text, variables)), stdin)
    line = f"{text[: here.start()]} {here[3]}\n"
    return Command(list(_words(line, variables)), text[here.end() : end.start()])


def _words(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The words of the first command, without what is redirected."""
    at, word, is_redirected = 0, None, False
    while at < len(text) and not (word is None and text[at] in "\n;|&)#"):
        if word is None and (between := _BLANK.match(text, at) or _REDIRECTION.match(text, at)):
            is_redirected = is_redirected or between.re is _REDIRECTION
            at = between.end()
        elif word is not None and text[at] in " \t\u00a0\n;|&)":
            if not is_redirected:
                yield word
            word, is_redirected = None, False
        else:
            piece = _PIECE.match(text, at)
            is_bracket = text.startswith("$(", at)
            if piece is None or (is_bracket and piece.end() == at + 1):
                what = "bracket that opens at" if is_bracket else f"quote {text[at]} that opens before"
                raise ShellError(f"the {what} {text[at + 1 : at + 21]!r} is not closed")
            word, at = (word or "") + _value(piece, variables), piece.end()
    if word is not None and not is_redirected:
        yield word


def _value(piece: re.Match[str], variables: Mapping[str, str]) -> str:
    """What a shell makes of a piece of a word."""
    written = next(text for text in piece.groups() if text is not None)
    if piece.lastgroup in ("single", "curly"):
        return written
    if piece.lastgroup == "ansi":
        return _ESCAPE.sub(_unescaped, written)
    if written[:1] == "\\" and piece["bare"]:
        return written[1:].replace("\n", "")
    return _INNER.sub(lambda found: _inner(found[0], variables), written)


def _inner(written: str, variables: Mapping[str, str]) -> str:
    if written.startswith("$("):
        return written
    if written[0] == "\\":
        return written[1:].replace("\n", "")
    name = written.strip("${}")
    return variables.get(name) or stand_in(name)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _ANSI_C.get(found[4], found[4])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"
