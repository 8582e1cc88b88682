"""Python that lost its indentation, as text does that is copied from some web pages."""

from __future__ import annotations

import re

_HEAD = re.compile(
    r"(?:async )?(def|class|if|elif|else|for|while|with|try|except|finally)\b(?:.*\S)?\s*:\s*(?:#.*)?$"
)
_TOP = re.compile(r"(?:async )?(?:def|class)\b|@\w|import \w|from \S+ import|if __name__")
_STRINGS = re.compile(
    r"'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|#[^\n]*", re.DOTALL
)
_INNER = re.compile(r"\s+(?:return|raise|print|\w+(?:\.\w+)* ?=|\w+(?:\.\w+)*\()")
"""How an indented statement begins."""
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def indented(text: str) -> str:
    """The text with an indentation that fits it, where it has blocks and none of them is indented.

    Where a block ends can only be guessed: a function's before the next one, a ``try``'s before its
    ``except``, any other after one statement.
    """
    if re.match(r"\s*(?:except|finally)\b", text):
        text = f"try:\n    pass\n{text.lstrip()}"
    lines = text.split("\n")
    if not any(map(_HEAD.fullmatch, lines)) or any(map(_INNER.match, lines)):
        return text
    writer = _Writer()
    for line in lines:
        writer.write(line)
    return "\n".join(writer.lines)


class _Writer:
    """Writes line by line, and knows the blocks that are open: whether each ends after one statement."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.blocks: list[str] = []
        self.ifs: list[int] = []
        self.brackets = 0
        self.quote = ""

    def write(self, line: str) -> None:
        if self.brackets > 0 or self.quote:
            self.lines.append(line)
            self._count(line)
            if self.brackets <= 0 and not self.quote:
                self._end_of_statement()
            return
        if not line.strip() or line.lstrip().startswith("#"):
            self.lines.append(line)
            return
        self._close(line)
        self.lines.append("    " * len(self.blocks) + line)
        self._count(line)
        if head := _HEAD.fullmatch(line):
            self._open(head[1])
        elif self.brackets <= 0 and not self.quote:
            self._end_of_statement()

    def _close(self, line: str) -> None:
        """End the blocks that the line cannot be in."""
        if _TOP.match(line):
            self.blocks.clear()
        elif re.match(r"(?:except|finally)\b", line) and "try" in self.blocks:
            while self.blocks.pop() != "try":
                pass
        elif re.match(r"(?:else|elif)\b", line) and self.ifs:
            del self.blocks[self.ifs[-1] :]

    def _open(self, word: str) -> None:
        if word in ("if", "elif", "for", "while"):
            self.ifs.append(len(self.blocks))
        self.blocks.append(word)

    def _end_of_statement(self) -> None:
        while self.blocks and self.blocks[-1] not in ("def", "class", "try"):
            self.blocks.pop()

    def _count(self, line: str) -> None:
        """Keep count of brackets and of the long texts that go over lines."""
        rest = line
        if self.quote:
            end = rest.find(self.quote)
            if end < 0:
                return
            rest, self.quote = rest[end + 3 :], ""
        bare = _STRINGS.sub("", rest)
        opened = re.search(r"\"\"\"|'''", bare)
        if opened:
            self.quote = opened[0]
            bare = bare[: opened.start()]
        self.brackets = max(0, self.brackets + sum(_BRACKETS.get(mark, 0) for mark in bare))
