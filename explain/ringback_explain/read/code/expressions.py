"""What the expressions of a program are worth, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ringback_explain.read.code.languages import HOLDERS, NAMES, SELVES, Spot, field, innermost, text_of
from ringback_explain.read.code.values import (
    CodeObject,
    Doubt,
    Sending,
    Unknown,
    joined,
    number,
    text_value,
    unknown,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from ringback_explain.read.code.walker import Walker

_ENUM = re.compile(r"\wEnum$")
"""What SDKs call a type of words: ``StateEnum.DISCONNECTED``."""
_GO_MAP = re.compile(r"^map\b|^url\.Values$|\.(?:H|M|Map)$")
"""Types of Go that are mappings, whose keys go out as they stand."""
_TYPED_BEHIND = ("as_expression", "satisfies_expression", "type_assertion_expression", "non_null_expression")


def _name(walker: Walker, node: Node) -> Any:
    name = text_of(node).strip("$")
    return walker.scope[name] if name in walker.scope else unknown(name)


def _member(walker: Walker, node: Node) -> Any:
    holder, name = field(node, *HOLDERS), field(node, *NAMES)
    if holder is None or name is None:
        return walker.strange(node)
    if _ENUM.search(text_of(holder)):
        return text_of(name).lower()
    held = walker.evaluate(holder)
    value = held if text_of(name) == "__dict__" else part_of(held, text_of(name), node)
    if isinstance(value, Unknown) and text_of(holder).strip("$") in SELVES:
        return walker.scope.get(text_of(name), value)  # a field that the class itself gives a value
    return value


def part_of(holder: Any, key: Any, node: Node) -> Any:
    """A field of an object, or an entry of a list; the headers of a request are set on it itself."""
    if isinstance(holder, Sending) and str(key).lower() in ("header", "headers"):
        return holder
    if isinstance(holder, CodeObject):
        name = str(key)
        if name in holder:
            return holder[name]
        known = next((own for own in holder if own.lower() == name.replace("_", "").lower()), None)
        return holder[known] if known is not None else unknown(text_of(node))
    if isinstance(holder, list) and isinstance(key, int) and -len(holder) <= key < len(holder):
        return holder[key]
    return unknown(text_of(node))


def _item(walker: Walker, node: Node) -> Any:
    holder, key = item_parts(node)
    return part_of(walker.evaluate(holder), walker.evaluate(key) if key is not None else "", node)


def item_parts(node: Node) -> tuple[Node, Node | None]:
    """The object and the key of ``a["b"]``."""
    holder = field(node, *HOLDERS) or node.named_children[0]
    key = field(node, "subscript", "index")
    key = key if key is not None else next((each for each in node.named_children if each != holder), None)
    return holder, innermost(key) if key is not None else None


def _list(walker: Walker, node: Node) -> Any:
    children = [child for child in node.named_children if child.type != "comment"]
    # In braces behind a type of C# stand fields, pairs of a mapping, or the entries of a list.
    has_pairs = all(
        child.type == "initializer_expression" and child.named_child_count == 2 for child in children
    )
    has_fields = has_pairs or any(walker.meaning(child) == "assign" for child in children)
    if node.type != "initializer_expression" or not children or not has_fields:
        return [walker.evaluate(child) for child in children]
    made = walker.record()
    for child in children:
        if walker.meaning(child) == "assign":
            _entry(walker, made, child)
        elif isinstance(pair := walker.evaluate(child), list) and len(pair) == 2:
            made.put(str(pair[0]), pair[1], Spot.of(child))
    return made


def _object(walker: Walker, node: Node) -> Any:
    if node.type == "composite_literal":
        kind, body = field(node, "type"), field(node, "body") or node
        written = text_of(kind) if kind is not None else ""
        if written.startswith("[]"):
            return [walker.evaluate(child) for child in body.named_children]
        is_own = _GO_MAP.search(written) is not None or written in walker.classes
        made = walker.record(model=not is_own, own=written in walker.classes, origin=written)
        return fill(walker, made, body)
    if node.type == "anonymous_object_creation_expression":
        return _anonymous(walker, node)
    entries = [child for child in node.named_children if walker.meaning(child) == "pair"]
    if node.type == "literal_value" and not entries and node.named_children:
        return [walker.evaluate(child) for child in node.named_children]  # a slice of Go, its type left out
    if node.type == "array_creation_expression" and all(entry.named_child_count < 2 for entry in entries):
        unpacked = [entry for entry in entries if walker.meaning(entry.named_children[0]) == "spread"]
        if entries and not unpacked:
            return [walker.evaluate(entry.named_children[0]) for entry in entries]
    return fill(walker, walker.record(), node)


def _anonymous(walker: Walker, node: Node) -> CodeObject:
    """``new { to = number, name }`` of C#, whose grammar has no node for a pair."""
    made = walker.record(own=True)
    key: str | None = None
    for child in node.children:
        if child.type == "identifier" and child.next_sibling and child.next_sibling.type == "=":
            key = text_of(child).strip("@")
        elif child.is_named:
            made.put(
                key or text_of(child).rpartition(".")[2].strip("@"), walker.evaluate(child), Spot.of(child)
            )
            key = None
    return made


def fill(walker: Walker, made: CodeObject, node: Node) -> CodeObject:
    """Put the entries of an object literal into a record."""
    for child in node.named_children:
        meaning = walker.meaning(child)
        if meaning in ("pair", "assign"):
            _entry(walker, made, child)
        elif meaning == "spread":
            _spread(walker, made, child)
        elif child.type.startswith("shorthand"):
            made.put(text_of(child), _name(walker, child), Spot.of(child))
    return made


def _entry(walker: Walker, made: CodeObject, node: Node) -> None:
    key, value = field(node, "key", "name", "left"), walker.right(node)
    children = node.named_children
    if key is None and value is None and children:
        if walker.meaning(children[0]) == "spread":
            _spread(walker, made, children[0])
            return
        key, value = (children[0], children[-1]) if len(children) > 1 else (None, children[0])
    if key is None:
        return
    name = _key(walker, key)
    # Ruby's and PHP's short form has no value of its own.
    made.put(
        walker.tags.get(name, name), unknown(name) if value is None else walker.evaluate(value), Spot.of(node)
    )


def _key(walker: Walker, node: Node) -> str:
    while node.type in ("literal_element", "computed_property_name") and node.named_children:
        computed = node.type == "computed_property_name"
        node = node.named_children[0]
        if computed:
            return str(walker.evaluate(node))
    if node.type == "element_binding_expression":
        return str(walker.evaluate(innermost(node)))
    if walker.meaning(node) == "text" or (
        walker.meaning(node) == "name" and walker.language.name == "python"
    ):
        is_argument = node.parent is not None and node.parent.type == "keyword_argument"
        return text_of(node) if is_argument else str(walker.evaluate(node))
    return text_of(node).strip(":")


def _spread(walker: Walker, made: CodeObject, node: Node) -> None:
    inner = node.named_children[-1] if node.named_children else node
    while walker.meaning(inner) == "through" and inner.named_children:
        inner = inner.named_children[0]
    value = walker.evaluate(inner)
    conditional = walker.meaning(inner) in ("choice", "join")
    if isinstance(value, CodeObject) and conditional:
        condition = next((doubt.condition for doubt in value.doubts if not doubt.key), text_of(inner))
        made.doubts += [Doubt(key, condition, item) for key, item in value.items()]
    elif isinstance(value, CodeObject):
        made.absorb(value)
    else:
        made.doubts.append(Doubt("", text_of(inner), is_spread=True))


def _choice(walker: Walker, node: Node) -> Any:
    values = [walker.evaluate(child) for child in node.named_children]
    given = field(node, "condition")
    records = [value for value in values if isinstance(value, CodeObject) and value]
    if records:
        chosen = walker.record(model=records[0].model)
        chosen.absorb(records[0])
        condition = given if given is not None else node.named_children[0]
        chosen.doubts.append(Doubt("", text_of(condition)))
        return chosen
    return unknown(text_of(node))


def _join(walker: Walker, node: Node) -> Any:
    left, right, operator = field(node, "left"), field(node, "right"), field(node, "operator")
    sign = text_of(operator) if operator is not None else ""
    if left is None or right is None:
        return walker.strange(node)
    if sign in ("&&", "||", "??", "and", "or", "?:"):
        return _choice(walker, node)
    first, second = walker.evaluate(left), walker.evaluate(right)
    return joined(sign, first, second, text_of(node))


def _through(walker: Walker, node: Node) -> Any:
    inner = field(node, "value", "operand", "left")
    children = [child for child in node.named_children if child.type != "comment"]
    if inner is None and children:
        inner = children[0] if node.type in _TYPED_BEHIND else children[-1]
    return walker.evaluate(inner) if inner is not None else unknown(text_of(node))


def _pair(walker: Walker, node: Node) -> Any:
    return walker.evaluate(node.named_children[-1]) if node.named_children else unknown(text_of(node))


EXPRESSIONS: Mapping[str, Callable[[Walker, Node], Any]] = {
    "text": text_value,
    "number": lambda _, node: number(text_of(node)),
    "boolean": lambda _, node: text_of(node).lower() == "true",
    "null": lambda _walker, _node: None,
    "name": _name,
    "symbol": lambda _, node: text_of(node).strip(":"),
    "member": _member,
    "index": _item,
    "object": _object,
    "list": _list,
    "pair": _pair,
    "spread": _pair,
    "call": lambda walker, node: walker.call(walker, node),
    "new": lambda walker, node: walker.call(walker, node),
    "assign": lambda walker, node: walker.assign(node),
    "choice": _choice,
    "join": _join,
    "through": _through,
}
