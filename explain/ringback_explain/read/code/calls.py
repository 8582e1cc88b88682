"""What a call of a program does: fill an object, make a text of one, or nothing that its text tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ringback_explain.meant.keys import published_name
from ringback_explain.read.code.classes import instance_of
from ringback_explain.read.code.languages import HOLDERS, NAMES, SELVES, Spot, field, text_of
from ringback_explain.read.code.values import (
    FORM_TEXT,
    NOTHING,
    CodeObject,
    Doubt,
    Encoded,
    Sending,
    Unknown,
    decoded,
    formatted,
    unknown,
)
from ringback_explain.read.described import weight
from ringback_explain.table import table

if TYPE_CHECKING:
    from tree_sitter import Node

    from ringback_explain.read.code.walker import Walker

_MAPPINGS = re.compile(r"dict|map|hash|json|object|expando|bag|collection", re.IGNORECASE)
_VERB = re.compile(r"(?:get|post|put|patch|delete|request|send|fetch)(?:async)?")
"""Names that HTTP clients have for a method, which an own function may have too."""
_ENCODER = re.compile(r"\bNewEncoder\(&?(\w+)\)")
_SETTER = re.compile(r"(?:set|with)_?([A-Za-z]\w*)")


@cache
def words(doing: str) -> frozenset[str]:
    """Names of functions and methods, by what they do."""
    return frozenset(table("read/code/calls")[doing].split())


@dataclass(slots=True)
class CodeCall:
    """One call: on what, by which name, with what."""

    walker: Walker
    node: Node
    holder: Node | None
    receiver: Any
    name: str
    positional: list[Any]
    named: CodeObject
    spot: Spot

    @property
    def lower(self) -> str:
        return self.name.lower()

    @property
    def line(self) -> int:
        return self.node.start_point[0] + 1

    @property
    def holder_text(self) -> str:
        return text_of(self.holder) if self.holder is not None else ""

    @property
    def initial(self) -> Node | None:
        """What stands in braces behind a constructor of C#."""
        return next(
            (each for each in self.node.named_children if each.type == "initializer_expression"), None
        )

    @property
    def arguments(self) -> list[tuple[str | None, Any]]:
        """What it is given, by name or by place."""
        return [(None, value) for value in self.positional] + list(self.named.items())

    def filled(self, *, model: bool) -> CodeObject:
        """The object that the call fills; one that nothing is known of begins empty."""
        if isinstance(self.receiver, CodeObject):
            return self.receiver
        if self.holder is not None and self.walker.meaning(self.holder) in ("name", "member", "index"):
            made = self.walker.container(self.holder, model=model)
            if isinstance(made, CodeObject):
                return made
        return self.walker.record(model=model)


def follow_call(walker: Walker, node: Node) -> Any:
    """Follow a call, and give what it is worth."""
    from ringback_explain.read.code.requests import REQUESTS

    holder, called = _callee(walker, node)
    name = _bare(text_of(called)) if called is not None else ""
    receiver = walker.evaluate(holder) if holder is not None else None
    positional, named = _arguments(walker, node)
    spot = Spot.of(called if called is not None else node)
    call = CodeCall(walker, node, holder, receiver, name, positional, named, spot)
    before = len(walker.sendings)
    ways = (_own_function, *REQUESTS, _made_text, _adding, _setting, instance_of, _made)
    value = next((value for way in ways if (value := way(call)) is not NOTHING), NOTHING)
    block = field(node, "block")
    if block is not None:
        # To a block of Ruby a client gives the request that it begins.
        parameters, begun = field(block, "parameters"), walker.sendings[before:]
        if begun and parameters is not None and parameters.named_children:
            walker.scope[text_of(parameters.named_children[0])] = begun[-1]
        walker.execute(block)
    return _passed_on(call) if value is NOTHING else value


def _callee(walker: Walker, node: Node) -> tuple[Node | None, Node | None]:
    """What a call is made on, and the name that is called."""
    function = field(node, "function", "constructor", "type")
    while function is not None and walker.meaning(function) == "through" and function.named_children:
        function = function.named_children[0]  # "await" stands inside where a type is given
    if function is None:
        holder, name = field(node, *HOLDERS), field(node, "name", "method")
        if name is None and node.named_children:
            name = node.named_children[0]
        return holder, name
    if walker.meaning(node) == "call" and walker.meaning(function) == "member":
        return field(function, *HOLDERS), field(function, *NAMES)
    is_name = function.type in ("identifier", "name", "type_identifier", "generic_type", "generic_name")
    return (None, function) if is_name or walker.meaning(node) == "new" else (function, None)


def _bare(name: str) -> str:
    """A name without its package and its type's arguments."""
    return re.split(r"\.|::|\\", re.sub(r"<.*", "", name, flags=re.DOTALL))[-1].strip("$ ")


def _arguments(walker: Walker, node: Node) -> tuple[list[Any], CodeObject]:
    listed = field(node, "arguments")
    if listed is None:
        kinds = ("argument_list", "arguments")
        listed = next((child for child in node.named_children if child.type in kinds), None)
    positional: list[Any] = []
    named = CodeObject()
    for child in listed.named_children if listed is not None else ():
        key = field(child, "name", "key") if walker.meaning(child) == "pair" else None
        if walker.meaning(child) == "function":
            walker.run(child, [])
            positional.append(unknown("a function"))
        elif key is not None:
            value = walker.evaluate(child.named_children[-1])
            named.put(text_of(key).strip(":\"'"), value, Spot.of(child))
        elif child.type == "dictionary_splat":
            spread = walker.evaluate(child)
            named.absorb(spread if isinstance(spread, CodeObject) else {"**": unknown(text_of(child))})
        elif child.type != "comment":
            positional.append(walker.evaluate(child))
    return positional, named


def _own_function(call: CodeCall) -> Any:
    walker, function = call.walker, call.walker.functions.get(call.name)
    is_method = isinstance(call.receiver, CodeObject) and call.receiver.origin in walker.classes
    is_plain = call.holder is None or call.holder_text.strip("$") in SELVES or not _VERB.fullmatch(call.lower)
    if function is None or not (is_plain or is_method) or walker.meaning(call.node) == "new":
        return NOTHING
    if function.id in walker.active:
        return unknown(text_of(call.node))
    return walker.run(function, call.arguments, call.receiver if is_method else None)


def _made_text(call: CodeCall) -> Any:
    lower, given = call.lower, call.positional
    if lower == "stringify" and call.holder_text in ("qs", "querystring") and given:
        return Encoded(given[0], form=True)
    if lower in words("encodes") or (lower == "create" and call.holder_text.endswith("JsonContent")):
        is_own = isinstance(call.receiver, CodeObject) or not call.named
        value = given[0] if given else call.receiver if is_own else _named_object(call)
        return Encoded(value) if isinstance(value, dict | list | Unknown | Encoded) else NOTHING
    if lower == "encode" and isinstance(call.receiver, CodeObject) and call.receiver.origin == "url.Values":
        return Encoded(call.receiver, form=True)
    if lower in words("makes_forms") and given:
        return Encoded(given[0], form=True)
    if lower in words("formats"):
        is_template = isinstance(call.receiver, str) and not isinstance(call.receiver, Unknown)
        values = given if is_template else given[1:]
        template = call.receiver if is_template else given[0] if given else None
        return formatted(template, values, call.named) if isinstance(template, str) else NOTHING
    return NOTHING


def _named_object(call: CodeCall) -> CodeObject:
    """The object of Ruby's ``generate(to: x)``."""
    made = call.walker.record()
    made.absorb(call.named)
    return made


def _adding(call: CodeCall) -> Any:
    """Calls that add to a list, write to a buffer, or change a field by its name: ``setattr(a, "to", x)``."""
    given = call.positional
    if call.lower == "setattr" and len(given) > 2 and isinstance(given[0], CodeObject):
        call.walker.put(given[0], given[1], given[2], call.spot)
        return given[0]
    if call.lower in words("removes") and given and isinstance(call.receiver, CodeObject):
        return call.receiver.pop(call.receiver.naming(str(given[0])), unknown(text_of(call.node)))
    if call.lower == "encode" and given and (into := _ENCODER.search(call.holder_text)):
        call.walker.scope[into[1]] = Encoded(given[0])
        return NOTHING
    if call.lower in words("appends") and len(given) == 1 and isinstance(call.receiver, list):
        call.receiver.append(given[0])
        return call.receiver
    return NOTHING


def _setting(call: CodeCall) -> Any:
    """Calls that fill an object: ``put("to", x)``, ``setTo(x)``, a builder's ``to(x)``, ``update({...})``."""
    lower, given = call.lower, call.positional
    if call.holder is None:
        return NOTHING
    if lower in words("puts") and len(given) == 2 and isinstance(given[0], str):
        filled = call.filled(model=False)
        if lower in ("setdefault", "putifabsent", "tryadd") and given[0] in filled:
            return filled[given[0]]
        call.walker.put(filled, given[0], given[1], call.spot)
        return filled
    records = given or ([_named_object(call)] if call.named else [])
    if lower in words("merges") and records and all(isinstance(one, CodeObject | Unknown) for one in records):
        return _merged(call, records)
    setter = _SETTER.fullmatch(call.name)
    key = setter[1] if setter else call.name
    is_model = isinstance(call.receiver, CodeObject) and call.receiver.model
    is_field = published_name(key) is not None or (is_model and (setter or lower not in words("keeps")))
    if len(given) != 1 or call.named or not is_field or call.walker.meaning(call.node) == "new":
        return NOTHING
    filled = call.filled(model=True)
    call.walker.put(filled, key, given[0], call.spot)
    return filled


def _merged(call: CodeCall, records: Sequence[Any]) -> CodeObject:
    first = records[0]
    is_first = call.holder_text == "Object" and isinstance(first, CodeObject)
    filled = first if is_first and isinstance(first, CodeObject) else call.filled(model=False)
    for record in records:
        if isinstance(record, Unknown):
            filled.doubts.append(Doubt("", record[1:-1], is_spread=True))
        elif record is not filled:
            for key, value in record.items():
                call.walker.put(filled, key, value, record.spots.get(key))
            filled.doubts += record.doubts
    return filled


def _made(call: CodeCall) -> Any:
    """What a constructor makes: a mapping, a list, or a value of a named type with its fields."""
    walker, is_new = call.walker, call.walker.meaning(call.node) == "new"
    of_type = call.lower in ("new", "builder", "newbuilder", "of", "aslist") and call.holder is not None
    name = _bare(call.holder_text) if of_type else call.name
    is_type = (
        is_new or name[:1].isupper() or call.lower in ("builder", "newbuilder", "dict", "of", "array_merge")
    )
    is_class = name[:1].isupper() and walker.language.name not in ("go", "csharp")
    if isinstance(call.receiver, CodeObject | Encoded | Sending) and not is_new and not is_class:
        return NOTHING  # a method of a value, which has a great letter in these two
    if not is_type or walker.meaning(call.node) not in ("call", "new") or "@" in name:
        return NOTHING
    whole = next((value for value in call.positional if is_body(value)), None)
    if whole is not None and not isinstance(whole, CodeObject):
        return whole
    initial = call.initial
    if name.lower() in words("makes_lists"):
        inner = walker.evaluate(initial) if initial is not None else None
        return inner if isinstance(inner, list) else list(call.positional)
    is_mapping = _MAPPINGS.search(name) is not None or call.lower in ("dict", "array_merge")
    if call.positional and not call.named and initial is None and not is_mapping and whole is None:
        return NOTHING
    # Beside a body stand its headers.
    given = [
        one for one in call.positional if not (whole and isinstance(one, CodeObject) and not weight(one))
    ]
    made = walker.record(model=not is_mapping, origin=name)
    if call.lower == "of" and all(isinstance(key, str) for key in given[::2]):
        made.absorb(dict(zip(given[::2], given[1::2], strict=False)))
    for value in (*given, call.named, None if initial is None else walker.evaluate(initial)):
        made.absorb(value)
    return made


def is_body(value: Any) -> bool:
    """Whether a value is, or holds, what a call is asked for with."""
    if isinstance(value, Encoded):
        return True
    if isinstance(value, str):
        return decoded(value) is not None or FORM_TEXT.fullmatch(value) is not None
    return isinstance(value, CodeObject) and weight(value) > 0


def _passed_on(call: CodeCall) -> Any:
    """What a call gives of which nothing is known: the body that it was given, or a stand-in."""
    receiver, given = call.receiver, call.positional
    if call.lower not in words("harmless") | words("keeps") | words("encodes"):
        for value in (receiver, *given):
            if isinstance(value, CodeObject):
                value.given_to.append(text_of(call.node))  # it may fill them
    body = next((value for value in given if is_body(value)), NOTHING)
    if body is not NOTHING:
        return body
    if call.lower in words("keeps") and not {"base64", "hex", "base64url"} & set(map(str, given)):
        is_text = isinstance(receiver, str) and (not given or not isinstance(receiver, Unknown))
        if isinstance(receiver, CodeObject | Encoded) or is_text:
            return receiver
        if (
            len(given) == 1
            and isinstance(given[0], str | int | list | CodeObject)
            and not isinstance(receiver, Sending)
        ):
            return given[0]
    return receiver if isinstance(receiver, Sending) else unknown(text_of(call.node))
