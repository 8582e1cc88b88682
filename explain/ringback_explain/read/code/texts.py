"""Texts and numbers of a program: literals, what is filled into them, and what operators make of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ringback_explain.meant.placeholders import IN_CODE
from ringback_explain.read.code.languages import text_of
from ringback_explain.read.code.values import CodeObject, Encoded, plain, unknown

if TYPE_CHECKING:
    from tree_sitter import Node

    from ringback_explain.read.code.walker import Walker

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_CODE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|[uxU]([0-9A-Fa-f]{2,8}))")
_MARKS = ("_start", "_end", "_brace", "_quote")


def text_value(walker: Walker, node: Node) -> str:
    """The text that a literal stands for, with stand-ins where the program fills in what is not known."""
    if node.type == "heredoc_beginning":
        beginnings, bodies = walker.heredocs
        place = next((at for at, each in enumerate(beginnings) if each == node), len(bodies))
        return "".join(_pieces(walker, bodies[place])) if place < len(bodies) else ""
    if not node.children:
        # Its grammar takes the literal as one token.
        text = text_of(node)
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`"
        return text[2:-1].replace('""', '"') if text.startswith('@"') else text[1:-1] * is_quoted
    written = "".join(_pieces(walker, node))
    if node.type == "interpolated_string_expression":
        written = written.replace("{{", "{").replace("}}", "}")
        written = written.replace('""', '"') if text_of(node).startswith(("$@", "@$")) else written
    # An escaped character beyond the first plane comes as two halves.
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _pieces(walker: Walker, node: Node) -> list[str]:
    pieces = []
    at, data = node.start_byte, node.text or b""
    is_part = walker.meaning(node) == "part"
    for child in node.children:
        if is_part:
            pieces.append(
                data[at - node.start_byte : child.start_byte - node.start_byte].decode("utf-8", "replace")
            )
        at = child.end_byte
        pieces.append(_piece(walker, child))
    if is_part:
        pieces.append(data[at - node.start_byte :].decode("utf-8", "replace"))
    return pieces


def _piece(walker: Walker, child: Node) -> str:
    meaning = walker.meaning(child)
    if "escape" in child.type:
        return _unescaped(text_of(child))
    if not child.is_named or child.type.endswith(_MARKS):
        return ""
    if meaning == "part":
        return "".join(_pieces(walker, child))
    if meaning == "text":
        return text_value(walker, child)
    expression = child
    if meaning == "fill" and child.type != "variable_name":
        inner = [each for each in child.named_children if not each.type.endswith(_MARKS)]
        if not inner:
            return ""
        expression = inner[0]
    value = walker.evaluate(expression)
    return as_text(value) if _is_plain(value) else unknown(text_of(expression))


def _unescaped(written: str) -> str:
    if written in ("{{", "}}"):
        return written[0]
    code = _CODE.fullmatch(written)
    if code:
        number = int(code[1] or code[2], 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    letter = written.removeprefix("\\")
    return _ESCAPES.get(letter, letter)


def number(text: str) -> Any:
    """The number; a text where none can hold it."""
    bare = text.replace("_", "").rstrip("fFdDmMLlnu")
    try:
        value = float(bare)
    except ValueError:
        return unknown(text)
    if bare.lstrip("-").isdecimal() and abs(value) < 2**63:
        return int(bare)
    return value if math.isfinite(value) else text


_PERCENT = re.compile(r"%[-+0-9.]*[sdvqif]|%\((\w+)\)s|%%")
_BRACES = re.compile(r"\{(\w*)(?:[:!][^{}]*)?\}|\{\{|\}\}")


def formatted(template: str, values: Sequence[Any], named: dict[str, Any] | None = None) -> str:
    """A template with values in the places that it has for them."""
    rest = list(values)

    def filled(found: re.Match[str]) -> str:
        if found[0] in ("%%", "{{", "}}"):
            return found[0][0]
        name = found[1] or ""
        if name and not name.isdigit():
            return as_text((named or {}).get(name, unknown(name)))
        if name and int(name) < len(values):
            return as_text(values[int(name)])
        return as_text(rest.pop(0)) if rest else unknown("a value")

    # In a template with percent signs a brace is a brace, as in JSON.
    fields = _PERCENT if _PERCENT.search(template) else _BRACES
    pieces = IN_CODE.split(template)
    marks = [*IN_CODE.findall(template), ""]
    return "".join(fields.sub(filled, piece) + mark for piece, mark in zip(pieces, marks, strict=True))


def joined(sign: str, first: Any, second: Any, source: str) -> Any:
    """What an operator makes of two values: a text, or an object of two."""
    if isinstance(first, CodeObject) and isinstance(second, CodeObject) and sign in ("|", "+"):
        made = CodeObject(model=first.model, depth=first.depth)
        made.absorb(first)
        made.absorb(second)
        return made
    if sign == "<<" and isinstance(first, list):
        first.append(second)
        return first
    if sign == "%" and isinstance(first, str):
        return formatted(first, second if isinstance(second, list) else [second])
    is_text = isinstance(first, str | Encoded) or isinstance(second, str | Encoded)
    if sign in ("+", ".", "&") and is_text and _is_plain(first) and _is_plain(second):
        return as_text(first) + as_text(second)
    return unknown(source)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | Encoded)


def as_text(value: Any) -> str:
    """A value where a text is made of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(plain(value)) if isinstance(value, Encoded) else str(value)
