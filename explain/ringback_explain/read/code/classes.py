"""The objects of a program's own classes: the fields that a class declares, and what its constructor sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ringback_explain.read.code.languages import Spot, field, text_of
from ringback_explain.read.code.values import NOTHING

if TYPE_CHECKING:
    from tree_sitter import Node

    from ringback_explain.read.code.calls import CodeCall
    from ringback_explain.read.code.walker import Walker

CONSTRUCTORS = ("__init__", "constructor", "__construct")
_FIELDS = ("property_declaration", "property_promotion_parameter")
_AROUND = ("property_declaration", "field_declaration", "variable_declaration")
_PARAMETERS = {
    "record_declaration": ("parameter", "formal_parameter"),
    "class_declaration": ("required_parameter",),
}
"""What declares a field among the parameters of a record, and of a constructor of TypeScript."""
_NOT_SENT = {
    "csharp": re.compile(r"private|protected|static|const\b|internal"),
    "php": re.compile(r"private|protected|static"),
    "python": re.compile(r"_|model_config|.*ClassVar"),
}
_STATIC = re.compile(r"(?:public |private )?static|#")
_TAG = re.compile(
    r"(?:JsonPropertyName|JsonProperty|SerializedName)\((?:\w+ ?= ?)?\"(\w+)\"|alias=[\"'](\w+)"
)
_RENAMED = ("java", "csharp")
"""Languages in which a field may be set by a method that is named after it."""


def instance_of(call: CodeCall) -> Any:
    """The object that the program's own class makes."""
    walker, node = call.walker, call.walker.classes.get(call.name)
    if node is None or node.id in walker.active:
        return NOTHING
    walker.active.add(node.id)
    made = walker.record(model=walker.language.name in _RENAMED, own=True, origin=call.name)
    fields = list(_declared(walker, node, node))
    for key, declared in fields:
        if (value := walker.right(declared)) is not None:
            walker.put(made, key, _default(walker, value), Spot.of(declared))
    functions = list(_functions(walker, node))
    constructor = next((each for each in functions if _name_of(each) in (*CONSTRUCTORS, call.name)), None)
    if constructor is not None:
        walker.run(constructor, call.arguments, made)
    in_order = [key for key, declared in fields if "parameter" in declared.type]
    if constructor is None or in_order:
        in_order = in_order or [key for key, _ in fields]
        given = dict(zip(in_order, call.positional, strict=False)) | call.named
        for key, value in given.items():
            walker.put(made, key, value, call.named.spots.get(key, call.spot))
    made.absorb(None if call.initial is None else walker.evaluate(call.initial))
    walker.active.discard(node.id)
    return made


def _default(walker: Walker, node: Node) -> Any:
    """The value of ``"x"``, or of what stands for it in ``Field("x", alias="y")``."""
    called, listed = field(node, "function"), field(node, "arguments")
    if called is not None and listed is not None and text_of(called).lower().endswith("field"):
        for child in listed.named_children:
            if child.type != "keyword_argument" or text_of(child).startswith("default="):
                return walker.evaluate(field(child, "value") or child)
    return walker.evaluate(node)


def _declared(walker: Walker, node: Node, of_class: Node) -> Iterator[tuple[str, Node]]:
    """The fields that a class declares, by their names, in their order; their tags are kept."""
    for child in node.named_children:
        name = field(child, "name", "left", "pattern", "property")
        if name is not None and _declares(walker, child, of_class):
            outer = child
            while outer.parent is not None and outer.parent.type in _AROUND:
                outer = outer.parent
            key = text_of(name).strip("$")
            walker.tags |= _tag(walker, key, text_of(outer))
            if not _NOT_SENT.get(walker.language.name, _STATIC).match(text_of(outer)):
                yield key, child
        elif walker.meaning(child) != "function" or _name_of(child) in CONSTRUCTORS:
            inner = field(child, "parameters") if walker.meaning(child) == "function" else child
            if inner is not None and child.type != of_class.type:
                yield from _declared(walker, inner, of_class)


def _tag(walker: Walker, key: str, declaration: str) -> dict[str, str]:
    """The other name that a declaration gives to a field, with the one under which it goes out."""
    tag = _TAG.search(declaration)
    if tag is None:
        return {}
    # The alias of a field of pydantic goes out where that is asked for.
    goes_out = tag[1] or "by_alias=True" in text_of(walker.root)
    return {key: tag[1] or tag[2]} if goes_out else {tag[2]: key}


def _declares(walker: Walker, node: Node, of_class: Node) -> bool:
    """Whether a node is a field of the class: of a class of TypeScript, a parameter that says who sees it."""
    if walker.meaning(node) == "assign" or node.type in _FIELDS:
        return True
    if node.type not in _PARAMETERS.get(of_class.type, ()):
        return False
    return of_class.type == "record_declaration" or node.named_children[0].type == "accessibility_modifier"


def _functions(walker: Walker, node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if walker.meaning(child) == "function":
            yield child
        elif child.type in ("block", "class_body", "declaration_list"):
            yield from _functions(walker, child)


def _name_of(function: Node) -> str:
    name = field(function, "name")
    return "" if name is None else text_of(name)
