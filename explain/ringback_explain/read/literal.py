"""Read object literals and named arguments out of code: flawed JSON, JavaScript, Python, Ruby, PHP, Go, C#,
Kotlin and PowerShell.

Of the libraries tried, chompjs reads JavaScript alone and does not tell a variable from a text, json5 knows
no expressions, and json-repair guesses without saying so. What matters here is to tell what a body says from
what nobody can know: an expression becomes a placeholder in marks of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ringback_explain.meant.placeholders import stand_in

MAX_DEPTH = 64
LONGEST_PLACEHOLDER = 40
GAP_PER_STEP = 50
"""Characters of white space and comments that cost one step."""
MOST_STEPS = 200_000
"""Steps spent on one text; whoever nests braces without end gets no object out of them."""

CLOSING = {
    '"': '"', "'": "'", "`": "`",
    "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c",
    "\u2018": "\u2019", "\u2019": "\u2019",
}  # fmt: skip
"""Quotes and what closes them. The curly ones come from web pages; some close with what they open with."""
_WORDS = {
    "true": True, "True": True, "false": False, "False": False,
    "null": None, "None": None, "nil": None, "NULL": None, "undefined": None, "$true": True, "$false": False,
    "$null": None,
}  # fmt: skip
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "\n": ""}

_CODE = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})")
_GAP = re.compile(r"(?:\s|//[^\n]*|#(?!\{)[^\n]*|/\*.{0,500}?\*/)*", re.DOTALL)
_KEY = re.compile(r"[:.]?([A-Za-z_$][\w$-]*)")
_INDEX = re.compile(r"""\[\s*["']([\w-]+)["']\s*\](?=\s*=)""")
_SEPARATOR = re.compile(r"=>|:(?!:)|=(?!=)")
_TO = re.compile(r"to(?=\s)")
"""What stands between a key and its value in Kotlin."""
_SAME = re.compile(r"(?:\.(?:to_string|to_owned|into|as_str|clone|strip|trim)\(\))+")
"""Calls that leave a text as it is."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])")
_WORD = re.compile(r"\$?[A-Za-z_]\w*(?![\w.(\[])")
_STRING_PREFIX = re.compile(r"(?:[fFrRbBuU]{1,2}|[$@])(?=[\"'`])")
_TYPE = re.compile(
    r"(?:new\s+[\w.<>, \[\]]{1,80}?(?:\(\))?|new|&?map\[string\](?:interface\{\}|any|string)|@"
    r"|&?(?:\[\])?[A-Za-z_][\w.]{0,80})\s*(?=\{)"
)
_CALL_NAME = r"(?:new\s+)?(?!array\()[A-Za-z_$][\w$.:]{0,80}"
_NAMED = re.compile(
    _CALL_NAME + r"(?=\(\s*[A-Za-z_]\w*\s*(?::(?!:)|=(?![=>])))|\w{0,20}[mM]apOf(?=\(\s*\"\w+\"\s+to\s)"
)
"""A call whose arguments are named: each says which field it fills."""
_POINTER = re.compile(
    r"(?:[A-Za-z]\w{0,40}\.)?(?:String|Int|Int32|Bool|[A-Za-z]{0,20}[pP]tr|Some)\(\s*(?=[\"\d]|true\b|false\b)"
)
"""What makes a pointer or an option of a plain value, in Go and Rust."""
_MODEL = re.compile(rf"(?<![\w$.:])(?:{_NAMED.pattern}|(?:new\s+)?[A-Za-z_][\w.]{{0,80}}(?:\(\))?\s*(?=\{{))")
_WRAPPER = re.compile(r"(?:new\s+)?(?!array\()[A-Za-z_$][\w$.:]*\(\s*(?=[\[{])")
_TEMPLATE = re.compile(r"\{\{.{0,200}?\}\}|\$\{.{0,200}?\}|<[\w .-]+>|%\w+%", re.DOTALL)
_OPENING = re.compile(r"(?<![$#\w{])(?=\{)|(?<![\w\])])(?=\[)|\b(?=array\()")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


class _NoLiteral(Exception):
    """The text at this place is no object."""


class _OutOfSteps(Exception):
    """The text is too tangled."""


@dataclass(frozen=True, slots=True)
class Literal:
    """An object that stands in a text: its value, and where it begins and ends."""

    value: Any
    start: int
    end: int
    quoted_keys: bool


def literals(text: str) -> Iterator[Literal]:
    """The objects of a text, none inside another. Total: on any text it yields what it can read."""
    for found, value, reader in _scan(text, _OPENING, _bracketed, _is_object):
        yield Literal(value, found.start(), reader.at, reader.quoted_keys)


def models(text: str) -> Iterator[Literal]:
    """The values that code makes of a named type: ``Name { Field = 1 }``, ``Name(field: 1)``. Total."""
    for found, value, reader in _scan(text, _MODEL, _bracketed, _is_object):
        yield Literal(value, found.start(), reader.at, quoted_keys=False)


def values_after(text: str, place: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Any]]:
    """The values, or placeholders for them, that stand behind each place of the text. Total."""
    for found, value, _ in _scan(text, place, lambda reader: reader.value(0), lambda _: True):
        yield found, value


def _scan(
    text: str, place: re.Pattern[str], read: Callable[[_Reader], Any], wanted: Callable[[Any], bool]
) -> Iterator[tuple[re.Match[str], Any, _Reader]]:
    """What can be read behind each place, and the reader where it stopped; none inside a wanted value."""
    reader = _Reader(text)
    at = 0
    while found := place.search(text, at):
        at = max(found.end(), found.start() + 1)
        try:
            reader.begin(found.end())
            value = read(reader)
        except _NoLiteral:
            continue
        except _OutOfSteps:
            return
        if wanted(value):
            at = reader.at
            yield found, value, reader


def _bracketed(reader: _Reader) -> Any:
    return reader.bracketed(0)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


class _Reader:
    """A recursive descent over the grammar that the languages have in common."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.steps = 0
        self.typed = 0
        self.quoted_keys = True

    def begin(self, at: int) -> None:
        self.at = at
        self.typed = 0
        self.quoted_keys = True

    def bracketed(self, depth: int) -> Any:
        """An object or a list, whose entries say which of the two it is."""
        self._step()
        if depth > MAX_DEPTH:
            raise _NoLiteral
        self.at += len("array") if self.text.startswith("array(", self.at) else 0
        opening = self.text[self.at]
        self.at += 1
        closing = _PAIRS[opening]
        pairs: dict[str, Any] = {}
        items: list[Any] = []
        while not self._ends(closing):
            self._entry(pairs, items, depth, in_object=opening == "{")
            self._end_of_entry(closing)
        if pairs and items and all(map(_is_pair, items)):
            return dict(items) | pairs
        return pairs if pairs or (opening == "{" and not items) else items

    def _ends(self, closing: str) -> bool:
        self._gap()
        if self.at >= len(self.text):
            raise _NoLiteral
        if self.text[self.at] == closing:
            self.at += 1
            return True
        return False

    def _end_of_entry(self, closing: str) -> None:
        before = self.at
        self._gap()
        if self.text.startswith((",", ";"), self.at):
            self.at += 1
        elif not self.text.startswith(closing, self.at) and "\n" not in self.text[before : self.at]:
            raise _NoLiteral

    def _entry(self, pairs: dict[str, Any], items: list[Any], depth: int, *, in_object: bool) -> None:
        start = self.at
        key = self._key()
        if key is not None:
            pairs[key] = self.value(depth)
            return
        self.at = start
        if not in_object or (self.typed and self.text[start] in "\"'{"):
            items.append(self.value(depth))
        elif self.text.startswith(("..", "**"), start):
            self._expression()
        elif (name := _KEY.match(self.text, start)) and self.text[start] != ":":
            # JavaScript's short form, { phoneNumber }, of a variable with the field's name.
            self.at = name.end()
            pairs[name[1]] = placeholder(name[1])
        else:
            raise _NoLiteral

    def _key(self) -> str | None:
        """A key and its separator, or nothing."""
        self._step()
        quoted = self.text[self.at] in CLOSING
        if quoted:
            key = self._string()
        elif self.typed and (index := _INDEX.match(self.text, self.at)):
            self.at = index.end()
            key = index[1]
        else:
            name = _KEY.match(self.text, self.at)
            if name is None:
                return None
            self.at = name.end()
            key = name[1]
            self.quoted_keys = False
        self._gap()
        separator = _SEPARATOR.match(self.text, self.at)
        if separator is None and quoted:
            separator = _TO.match(self.text, self.at)
        if separator is None:
            return None
        self.at = separator.end()
        return key

    def value(self, depth: int) -> Any:
        """A value, and whatever is added to it with ``+`` or by standing next to it."""
        parts = [self._operand(depth)]
        while isinstance(parts[-1], str):
            before = self.at
            self._gap()
            if self.text.startswith(("+", ".", "&"), self.at) and not self.text.startswith(
                (".to_", ".."), self.at
            ):
                self.at += 1
                self._gap()
            elif self.at >= len(self.text) or self.text[self.at] not in "\"'":
                self.at = before
                break
            parts.append(self._operand(depth))
        return parts[0] if len(parts) == 1 else "".join(map(str, parts))

    def _operand(self, depth: int) -> Any:
        self._step()
        self._gap()
        text = self.text
        if prefix := _TYPE.match(text, self.at) or _NAMED.match(text, self.at):
            return self._made(prefix, depth)
        if prefix := _WRAPPER.match(text, self.at) or _POINTER.match(text, self.at):
            return self._wrapped(prefix, depth)
        if template := _TEMPLATE.match(text, self.at):
            self.at = template.end()
            return template.group()
        prefix = _STRING_PREFIX.match(text, self.at)
        self.at = prefix.end() if prefix else self.at
        if self.at >= len(text):
            raise _NoLiteral
        if text[self.at] in CLOSING:
            mark = text[self.at]
            written = _interpolated(self._string(), mark, prefix.group() if prefix else "")
            same = _SAME.match(text, self.at)
            self.at = same.end() if same else self.at
            return written
        if text[self.at] in "{[" or text.startswith("array(", self.at):
            return self.bracketed(depth + 1)
        return self._scalar()

    def _made(self, prefix: re.Match[str], depth: int) -> Any:
        """What stands behind a type's name: its fields, or its members."""
        self.at = prefix.end()
        has_name = prefix.group().strip() not in ("new", "@")
        self.typed += has_name
        value = self.bracketed(depth + 1)
        self.typed -= has_name
        return _mapping(value) if _MAPPING.search(prefix.group()) else value

    def _wrapped(self, prefix: re.Match[str], depth: int) -> Any:
        """What stands within a call such as ``JSON.stringify(...)``."""
        start, self.at = self.at, prefix.end()
        value = self._operand(depth + 1)
        self.at = start
        self._expression()
        return value

    def _scalar(self) -> Any:
        for pattern in (_NUMBER, _WORD):
            found = pattern.match(self.text, self.at)
            if found and (pattern is _NUMBER or found.group() in _WORDS):
                self.at = found.end()
                return _number(found.group()) if pattern is _NUMBER else _WORDS[found.group()]
        return placeholder(self._expression())

    def _string(self) -> str:
        closing = CLOSING[self.text[self.at]]
        triple = self.text.startswith(closing * 3, self.at)
        closing = closing * 3 if triple else closing
        self.at += len(closing)
        parts: list[str] = []
        while not self.text.startswith(closing, self.at):
            self._step()
            if self.at >= len(self.text) or (self.text[self.at] == "\n" and closing in ("'", '"')):
                raise _NoLiteral
            parts.append(self._character())
        self.at += len(closing)
        # An escaped character beyond the first plane comes as two halves.
        return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _character(self) -> str:
        here = self.text[self.at]
        self.at += 1
        if here != "\\" or self.at >= len(self.text):
            return here
        code = _CODE.match(self.text, self.at)
        if code:
            self.at = code.end()
            number = int(next(filter(None, code.groups())), 16)
            return chr(number) if number < 0x110000 else "\ufffd"
        letter = self.text[self.at]
        self.at += 1
        return _ESCAPES.get(letter, letter)

    def _expression(self) -> str:
        """Text that only a running program could give a value to, up to the end of the entry."""
        start = self.at
        open_brackets: list[str] = []
        while self.at < len(self.text):
            self._step()
            here = self.text[self.at]
            if not open_brackets and here in ",;\n)]}":
                break
            if here in "\"'`":
                self._string()
                continue
            if here in _PAIRS:
                open_brackets.append(_PAIRS[here])
            elif open_brackets and here == open_brackets[-1]:
                open_brackets.pop()
            self.at += 1
        expression = _NOTHING_ADDED.sub("", " ".join(self.text[start : self.at].split()))
        if not expression:
            raise _NoLiteral
        return expression

    def _gap(self) -> None:
        found = _GAP.match(self.text, self.at)
        if found:
            self.steps += (found.end() - self.at) // GAP_PER_STEP
            self.at = found.end()

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _OutOfSteps


def placeholder(expression: str) -> str:
    """A text that says where a value was which the code alone knows."""
    bare = (
        expression
        if len(expression) <= LONGEST_PLACEHOLDER
        else f"{expression[: LONGEST_PLACEHOLDER - 3]}..."
    )
    return stand_in(bare)


_INSIDE = {
    "`": re.compile(r"\$\{([^{}]*)\}"),
    "f": re.compile(r"\{([^{}:!]+)[^{}]*\}"),
    "#": re.compile(r"#\{([^{}]*)\}"),
}
"""What is filled in when the program runs: in JavaScript; in Python, C# and the like; in Ruby."""


def _interpolated(text: str, mark: str, prefix: str) -> str:
    """The text with placeholders where the program fills in values."""
    kind = "f" if prefix.strip("rRbBuU@") else "`" if mark == "`" else "#" if mark == '"' else ""
    return _INSIDE[kind].sub(lambda found: placeholder(found[1].strip()), text) if kind else text


_MAPPING = re.compile("dict|map", re.IGNORECASE)
_NOTHING_ADDED = re.compile(r"""\s*\+\s*(?:""|'')$""")
"""What is left of the end of a text to which a value was joined."""


def _mapping(value: Any) -> Any:
    """The pairs of a collection as a mapping: C# writes ``{ { "key", "value" } }``."""
    if isinstance(value, list) and value and all(map(_is_pair, value)):
        return dict(value)
    return value


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _number(text: str) -> int | float | str:
    """The number; a text where none can hold it."""
    value = float(text)
    if text.lstrip("-").isdecimal() and abs(value) < 2**63:
        return int(text)
    return value if math.isfinite(value) else text
