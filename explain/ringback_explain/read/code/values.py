"""What expressions of a program are worth, and the texts and numbers among them, as far as its text tells."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringback_explain.meant.keys import published_name
from ringback_explain.meant.placeholders import IN_CODE, stand_in
from ringback_explain.read.code.languages import Spot, text_of
from ringback_explain.table import table

if TYPE_CHECKING:
    from tree_sitter import Node

    from ringback_explain.read.code.walker import Walker


NOTHING: Any = object()
"""What a way of reading a call gives that has nothing to say of it."""
LONGEST_NAME = 40
"""Characters of an expression that are shown for its value."""
FORM_TEXT = re.compile(r"grant_type=[^\s&]+(?:&[\w.]+=[^\s&]*)*")
"""A form that asks for a token, as a text of the program."""
_BARE = re.compile(rf"([:\[,]\s*)({IN_CODE.pattern})")
"""A value of a variable that stands in JSON without quotes."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_CODE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|[uxU]([0-9A-Fa-f]{2,8}))")
_MARKS = ("_start", "_end", "_brace", "_quote")
_PERCENT = re.compile(r"%[-+0-9.]*[sdvqif]|%\((\w+)\)s|%%")
_BRACES = re.compile(r"\{(\w*)(?:[:!][^{}]*)?\}|\{\{|\}\}")


class Unknown(str):
    """A value that only the running program has: the expression, in marks that nobody types."""

    __slots__ = ()


def unknown(expression: str) -> Unknown:
    """The stand-in for the value of an expression."""
    bare = " ".join(IN_CODE.sub(lambda found: found[0][1:-1], expression).split())
    return Unknown(stand_in(bare if len(bare) <= LONGEST_NAME else f"{bare[: LONGEST_NAME - 3]}..."))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A key that an object has only if a condition holds; without a key all of it may be otherwise.

    Where ``is_spread``, the keys of an expression are added that is not in the text.
    """

    key: str
    condition: str
    value: Any = None
    is_spread: bool = False


class CodeObject(dict[str, Any]):
    """An object of the program. ``depth`` is under how many conditions it was made.

    A ``model`` is of a named type, whose fields are sent under other names than the code has for them;
    ``naming`` makes those names.
    ``given_to`` are calls of unknown functions that it went to, which may have filled it; ``spots`` tell
    where its fields are set.
    """

    def __init__(
        self,
        *,
        model: bool = False,
        depth: int = 0,
        origin: str = "",
        naming: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.depth = depth
        self.origin = origin
        self.naming = naming or (field_name if model else str)
        self.doubts: list[Doubt] = []
        self.given_to: list[str] = []
        self.spots: dict[str, Spot | None] = {}

    def put(self, key: str, value: Any, spot: Spot | None = None) -> None:
        """Set a field, under the name that goes out."""
        name = self.naming(key)
        self[name], self.spots[name] = value, spot

    def absorb(self, other: Any) -> None:
        """Take over the fields of another object."""
        if isinstance(other, CodeObject):
            for key, value in other.items():
                self.put(key, value, other.spots.get(key))
            self.doubts += other.doubts
        elif isinstance(other, dict):
            for key, value in other.items():
                self.put(key, value)


@dataclass(slots=True)
class Encoded:
    """A text that was made of a value: JSON, or a form."""

    value: Any
    form: bool = False


@dataclass(slots=True)
class Sending:
    """A request in the making, as the program fills it in."""

    line: int
    method: str = ""
    url: str = ""
    headers: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    way: str = ""
    """How the body is handed over: the name of an option, such as ``json`` or ``data``, or nothing."""
    sdk: str = ""
    """The operation of an SDK's method, whose body needs no look at its keys to be one."""
    client: str = ""
    """What sends it, as the program names it."""
    hides_headers: bool = False
    """Whether some of its headers only the running program knows."""

    def set(self, key: str, value: Any) -> None:
        """Set what an attribute or an option of a client's request stands for."""
        name = key.lower().removeprefix("curlopt_")
        if name in ("body", "content", "data", "payload", "json", "postfields", "form_data"):
            self.body, self.way = value, key
        elif name in ("url", "uri", "requesturi", "path"):
            self.url = str(value)
        elif name in ("method", "customrequest"):
            self.method = str(value).upper()
        elif name == "post" and value and not self.method:
            self.method = "POST"
        elif name in ("headers", "httpheader"):
            lines = value if isinstance(value, list) else str(value).split("\n")
            pairs = (str(line).partition(":") for line in lines)
            told = {name.strip(): content.strip() for name, colon, content in pairs if colon}
            is_hidden = isinstance(value, Unknown)
            self.headers |= value if isinstance(value, dict) else {} if is_hidden else told
            self.hides_headers |= is_hidden
        elif "-" in key or name in ("authorization", "contenttype", "content_type"):
            self.headers["content-type" if name.startswith("content") else key] = value


def naming_of(language: str, text: str) -> tuple[str, str]:
    """How the names of a program's own classes go out, and what in its text tells it."""
    known = table("read/code/calls")["names"].get(language, {})
    told = ((naming, found[0]) for sign, naming in known.items() if (found := re.search(sign, text)))
    return next(told, ("declared", ""))


NAMINGS: Mapping[str, Callable[[str], str]] = {
    "declared": str,
    "camel": lambda key: key[:1].lower() + key[1:],
    "unknown": lambda key: key[:1].lower() + key[1:],
    "snake": lambda key: re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower(),
}


def field_name(key: str) -> str:
    """The name under which a field of a model goes out: ``phone_number``, ``from_``, ``PhoneNumber``."""
    known = published_name(key)
    if known is not None:
        return known
    bare = key.strip("_") or key
    camel = re.sub(r"(?<=[a-z0-9])_+([a-zA-Z0-9])", lambda found: found[1].upper(), bare)
    return camel[:1].lower() + camel[1:]


def plain(value: Any, depth: int = 20) -> Any:
    """A value as JSON has it, at this moment of the program."""
    if depth <= 0:
        return unknown("...")
    if isinstance(value, Encoded):
        inner = plain(value.value, depth - 1)
        return inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
    if isinstance(value, dict):
        return {str(key): plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, depth - 1) for item in value]
    return str(value) if isinstance(value, str) else value


def decoded(text: str) -> dict[str, Any] | None:
    """The object that a text of the program holds as JSON, values of variables among it or not."""
    stripped = text.strip()
    if not stripped.startswith("{"):
        return None
    for candidate in (stripped, _BARE.sub(r'\1"\2"', stripped)):
        try:
            value = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    return None


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
        made = CodeObject(model=first.model, depth=first.depth, naming=first.naming)
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
