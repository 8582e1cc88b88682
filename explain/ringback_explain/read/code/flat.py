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
    made: list[str] = []
    blocks: list[str] = []
    ifs: list[int] = []
    brackets, quote = 0, ""
    for line in lines:
        is_inside = brackets > 0 or bool(quote)
        if not is_inside and (not line.strip() or line.lstrip().startswith("#")):
            made.append(line)
            continue
        head = None if is_inside else _HEAD.fullmatch(line)
        if not is_inside:
            _close(blocks, ifs, line)
        made.append(line if is_inside else "    " * len(blocks) + line)
        brackets, quote = _opened(line, brackets, quote)
        if head:
            ifs += [len(blocks)] if head[1] in ("if", "elif", "for", "while") else []
            blocks.append(head[1])
        while (
            not head and brackets <= 0 and not quote and blocks and blocks[-1] not in ("def", "class", "try")
        ):
            blocks.pop()
    return "\n".join(made)


def _close(blocks: list[str], ifs: list[int], line: str) -> None:
    """End the blocks that the line cannot be in."""
    if _TOP.match(line):
        blocks.clear()
    elif re.match(r"(?:except|finally)\b", line) and "try" in blocks:
        while blocks.pop() != "try":
            pass
    elif re.match(r"(?:else|elif)\b", line) and ifs:
        del blocks[ifs[-1] :]


def _opened(line: str, brackets: int, quote: str) -> tuple[int, str]:
    """How many brackets are open behind the line, and the quote of a long text that goes over lines."""
    if quote:
        end = line.find(quote)
        if end < 0:
            return brackets, quote
        line = line[end + 3 :]
    bare = _STRINGS.sub("", line)
    opened = re.search(r"\"\"\"|'''", bare)
    counted = bare[: opened.start()] if opened else bare
    return max(0, brackets + sum(_BRACKETS.get(mark, 0) for mark in counted)), opened[0] if opened else ""
