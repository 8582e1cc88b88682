"""The programming languages that are read, and which of them a text is written in."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from io import StringIO
from pkgutil import resolve_name
from typing import TYPE_CHECKING, NamedTuple

from ringback_explain.table import pattern, table

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


_TOP = re.compile(r"(?:async )?(?:def|class)\b|@\w|import \w|from \S+ import|if __name__")
_INNER = re.compile(r"\s+(?:return|raise|print|\w+(?:\.\w+)* ?=|\w+(?:\.\w+)*\()")
"""How an indented statement begins."""
_BLANK = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
"""Tokens with which no statement begins."""
HOLDERS = ("object", "value", "operand", "expression", "receiver", "scope", "argument")
NAMES = ("attribute", "property", "field", "name", "method")
"""The fields of nodes in which stands what a part is taken of, and the part's name."""
SELVES = frozenset({"self", "this", "cls", "static", "super"})
"""What a method calls the object that it belongs to."""
_OF_CLASSES = ("javascript", "typescript", "php")
"""Languages in which a method is none outside a class."""
LONGEST = 64 * 2**10
"""Characters of a text that are read as a program."""
SHORT = 2_000
"""Characters of a text that is tried in all languages, whether it has their signs or not."""
MOST_OPEN = 20
"""Comments that may begin and not end."""
LEAST_PATIENCE, BYTES_A_TURN = 200, 20
"""How often a parser may report progress, which it does once for some 60 bytes of any program."""
CHUNK = 2**14
MOST_NODES = 200_000
"""A larger tree is not looked through to its end for what does not fit the grammar."""


def indented(text: str) -> str:
    """The text with an indentation that fits it, where it has blocks and none of them is indented.

    Where a block ends can only be guessed: a function's before the next one, or with a ``return`` of its own,
    a ``try``'s before its ``except``, any other after one statement.
    """
    if re.match(r"\s*(?:except|finally)\b", text):
        text = f"try:\n    pass\n{text.lstrip()}"
    lines = text.split("\n")
    if not any(map(pattern("python-head").fullmatch, lines)) or any(map(_INNER.match, lines)):
        return text
    blocks: list[str] = []
    ifs: list[int] = []
    for row in _beginnings(text):
        line = lines[row]
        _close(blocks, ifs, line)
        lines[row] = "    " * len(blocks) + line
        if blocks[-1:] == ["def"] and re.match(r"return\b", line):
            blocks.pop()
        if head := pattern("python-head").fullmatch(line):
            ifs += [len(blocks)] if head[1] in ("if", "elif", "for", "while") else []
            blocks.append(head[1])
        while not head and blocks and blocks[-1] not in ("def", "class", "try"):
            blocks.pop()
    return "\n".join(lines)


def _beginnings(text: str) -> Iterator[int]:
    """The rows in which statements begin, from 0, as far as the text has the words of Python."""
    is_ended = True
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(StringIO(text).readline):
            if token.type not in _BLANK:
                if is_ended:
                    yield token.start[0] - 1
                is_ended = token.type == tokenize.NEWLINE


def _close(blocks: list[str], ifs: list[int], line: str) -> None:
    """End the blocks that the line cannot be in."""
    if _TOP.match(line):
        blocks.clear()
    elif re.match(r"(?:except|finally)\b", line) and "try" in blocks:
        while blocks.pop() != "try":
            pass
    elif re.match(r"(?:else|elif)\b", line) and ifs:
        del blocks[ifs[-1] :]


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: what each kind of node means, and how to tell its texts from others."""

    name: str
    title: str
    grammar: str
    signs: re.Pattern[str]
    meanings: Mapping[str, str]


def text_of(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode("utf-8", "replace")


class Spot(NamedTuple):
    """Where a node begins: its row from 0, the bytes before it in its row, and its first line."""

    row: int
    indent: int
    written: str

    @classmethod
    def of(cls, node: Node) -> Spot:
        return cls(*node.start_point, text_of(node).partition("\n")[0])


@dataclass(frozen=True, slots=True)
class Program:
    """A text as a program of a language.

    ``fit`` is the share of it that the grammar knows, from 0 to 1, and ``signs`` how many different words and
    marks it has that only this language has.
    """

    language: Language
    root: Node
    fit: float
    signs: int


@lru_cache(maxsize=1)
def programs(text: str) -> list[Program]:
    """The text in every language that it may be written in, the likeliest first."""
    if len(text) > LONGEST or text.count("/*") > text.count("*/") + MOST_OPEN:
        return []
    read = [
        program
        for language in languages()
        if (signs := len(set(language.signs.findall(text)))) or len(text) < SHORT
        if (program := _program(language, text, signs)) is not None
    ]
    fits = {program.language.name: program.fit for program in read}
    if fits.get("javascript", 0) >= fits.get("typescript", 1):
        read = [program for program in read if program.language.name != "typescript"]
    # In the texts of a program may stand the words and marks of any other language.
    return sorted(
        read, key=lambda one: (one.fit == 1 and one.signs > 0, one.fit * 10 + one.signs), reverse=True
    )


@cache
def languages() -> tuple[Language, ...]:
    """All languages of the table."""
    known = table("read/code/languages")
    made = []
    for name, own in known.items():
        if "grammar" in own:
            entry = {**known.get(own.get("like", ""), {}), **own}
            kinds = [key for key in entry if key not in ("title", "grammar", "like", "signs")]
            meanings = {kind: meaning for meaning in kinds for kind in entry[meaning].split()}
            signs = re.compile(entry["signs"], re.MULTILINE)
            made.append(Language(name, own["title"], own["grammar"], signs, meanings))
    return tuple(made)


def unread_language(text: str) -> str | None:
    """The language of a text that is written in one that no grammar here reads."""
    if len(text) > LONGEST:
        return None
    unread = table("read/code/languages")["unread"]
    return next((name for name, signs in unread.items() if re.search(signs, text)), None)


@cache
def _parser(grammar: str) -> Parser:
    import tree_sitter

    return tree_sitter.Parser(tree_sitter.Language(resolve_name(grammar)()))


def _program(language: Language, text: str, signs: int) -> Program | None:
    """The text as a program; none where a parser has more trouble with it than with any program."""
    if language.name == "python":
        text = indented(text)
    elif language.name == "php":
        # It is read without its opening tag, which many a snippet lacks.
        text = text.replace("<?php", "     ").replace("?>", "  ")
    source = f"{text}\n".encode("utf-8", "replace")  # the last statement of Go is none without its end
    parser = _parser(language.grammar)
    patience = iter(range(LEAST_PATIENCE + len(source) // BYTES_A_TURN))
    try:
        tree = parser.parse(
            lambda at, _: source[at : at + CHUNK],
            progress_callback=lambda _at, _failed: next(patience, None) is None,
        )
    except ValueError:
        parser.reset()
        return None
    fit = 1 - _unfit(tree.root_node) / max(1, len(source))
    if fit < 1 and language.name in _OF_CLASSES and pattern("method-head").match(text):
        return _program(language, f"class _ {{{text}\n}}", signs)
    return Program(language, tree.root_node, fit, signs)


def _unfit(root: Node) -> int:
    """How many bytes do not fit the grammar; what is missing counts as one."""
    unfit = 0
    waiting = [root]
    for _ in range(MOST_NODES):
        if not waiting:
            break
        node = waiting.pop()
        if node.is_error:
            unfit += node.end_byte - node.start_byte
        elif node.is_missing:
            unfit += 1
        elif node.has_error:
            waiting += node.children
    return unfit


def innermost(node: Node) -> Node:
    """The expression of an index, out of the brackets that C# has nodes for."""
    while (
        node.type in ("element_binding_expression", "bracketed_argument_list", "argument")
        and node.named_children
    ):
        node = node.named_children[-1]
    return node


def field(node: Node, *names: str) -> Node | None:
    """The first of the fields that a node has."""
    return next((found for name in names if (found := node.child_by_field_name(name)) is not None), None)
