"""Follow a program from its first statement to its last, as far as its text tells what happens.

Nothing is run: assignments, objects, texts and calls of the program's own functions are followed, and
whatever only the running program knows stays an expression. What happens under a condition is told, not
assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ringback_explain.read.code.expressions import EXPRESSIONS, item_parts
from ringback_explain.read.code.languages import HOLDERS, NAMES, SELVES, Program, Spot, field, text_of
from ringback_explain.read.code.values import (
    NAMINGS,
    CodeObject,
    Doubt,
    Encoded,
    Sending,
    joined,
    naming_of,
    unknown,
)

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_STEPS = 100_000
"""Nodes that are looked at before a program is given up."""
DEEPEST = 100
"""Expressions within expressions, and calls within calls."""

_LEFT = ("left", "name", "pattern")
_RIGHT = ("right", "value", "default_value")
_MAIN = re.compile(r"__name__|__FILE__|require\.main|import\.meta")
_LEAVES = re.compile(r"\s*(?:return|raise|throw|exit|die|panic|sys\.exit|process\.exit|os\.Exit|abort)\b")
_NO_VALUE = ("", "condition", "give")
_CLASSES = ("class_definition", "class_declaration", "record_declaration", "type_spec")
_REMOVES = ("delete_statement", "unset_statement")
_BLOCKS = ("block", "statement_block", "compound_statement", "then", "statement_list", "expression_statement")


class OutOfSteps(Exception):
    """The program is too long to be followed."""


class Walker:
    """Follows one program. ``sendings`` are its requests, ``records`` its objects, both in their order."""

    def __init__(self, program: Program, call: Callable[[Walker, Node], Any]) -> None:
        self.language = program.language
        self.root = program.root
        self.naming = NAMINGS[naming_of(program.language.name, text_of(program.root))[0]]
        self.call: Callable[[Walker, Node], Any] = call
        self.functions: dict[str, Node] = {}
        self.classes: dict[str, Node] = {}
        self.called: set[str] = set()
        self.followed: set[int] = set()
        self.scope: dict[str, Any] = {}
        self.conditions: list[str] = []
        self.records: list[CodeObject] = []
        self.sendings: list[Sending] = []
        self.logins: list[Sending] = []
        self.texts: list[str] = []
        self.returned: list[list[Any]] = []
        self.tags: dict[str, str] = {}
        self.heredocs: tuple[list[Node], list[Node]] = ([], [])
        self.active: set[int] = set()
        self.steps = 0
        self.depth = 0

    def follow(self) -> None:
        """Follow the program, then its functions that nobody calls, then those that were not reached."""
        try:
            self._collect()
            self.execute(self.root)
            for name, function in self.functions.items():
                if name not in self.called:
                    self.run(function, [])
            for function in list(self.functions.values()):
                if function.id not in self.followed:
                    self.run(function, [])
        except OutOfSteps:
            return

    def meaning(self, node: Node) -> str:
        """What a node is, in the words of the table; nothing for what has no meaning of its own."""
        return self.language.meanings.get(node.type, "")

    def record(self, *, model: bool = False, own: bool = False, origin: str = "") -> CodeObject:
        """A new object of the program, of a class of its ``own`` perhaps."""
        naming = (lambda key: self.own_name(key)) if own else None  # noqa: PLW0108 - a copy of a body copies no walker
        made = CodeObject(model=model, depth=len(self.conditions), origin=origin, naming=naming)
        self.records.append(made)
        return made

    def own_name(self, key: str) -> str:
        """The name under which a field of one of the program's own classes goes out."""
        return key if key in self.tags.values() else self.tags.get(key) or self.naming(key)

    def _collect(self) -> None:
        """Find the functions by name, and which names are called anywhere."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            self._step()
            waiting += reversed(node.named_children)
            meaning = self.meaning(node)
            if meaning in ("function", "assign", "pair"):
                function = node if meaning == "function" else self.right(node)
                name = field(node, "name") if function is node else field(node, *_LEFT, "key")
                if name is not None and function is not None and self.meaning(function) == "function":
                    self.functions[text_of(name).strip("$\"'")] = function
            elif meaning == "call":
                name = field(node, "function", "name", "method")
                self.called.add(re.split(r"[.>:]", text_of(name))[-1] if name else "")
            elif node.type in _CLASSES and (named := field(node, "name")) is not None:
                self.classes[text_of(named)] = node
            elif node.type == "field_declaration" and (tag := node.child_by_field_name("tag")):
                # The name under which a field of a struct of Go goes out.
                found = re.search(r'json:"([\w-]+)', text_of(tag))
                self.tags |= {text_of(name): found[1] for name in [field(node, "name")] if found and name}
            elif node.type in ("heredoc_beginning", "heredoc_body"):
                self.heredocs[node.type == "heredoc_body"].append(node)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise OutOfSteps

    def execute(self, node: Node) -> None:
        """Follow a statement, and those in it."""
        self._step()
        meaning = self.meaning(node)
        if meaning == "condition":
            self._branches(node)
        elif meaning == "give":
            values = [self.evaluate(child) for child in node.named_children]
            if self.returned and values:
                self.returned[-1].append(values[0])
        elif node.type in _REMOVES or (
            node.type == "unary_expression" and text_of(node).startswith("delete ")
        ):
            self._remove(node.named_children)
        elif meaning in ("", "part") or node.is_error:
            self.all(node.named_children)
        elif meaning != "function":
            self.evaluate(node)

    def _remove(self, nodes: Sequence[Node]) -> None:
        """Take out what ``del`` and its kin name: parts of objects, alone or in a list."""
        for node in nodes:
            meaning = self.meaning(node)
            if meaning == "index":
                holder, key = item_parts(node)
                name = self.evaluate(key) if key is not None else ""
            elif meaning == "member":
                holder, key = node.named_children[0], field(node, *NAMES)
                name = text_of(key) if key is not None else ""
            else:
                self._remove(node.named_children)
                continue
            held = self.evaluate(holder)
            if isinstance(held, CodeObject) and len(self.conditions) <= held.depth:
                held.pop(held.naming(str(name)), None)

    def all(self, nodes: Sequence[Node]) -> None:
        """Follow statements one after another."""
        if self.depth > DEEPEST:
            return
        self.depth += 1
        for node in nodes:
            self.execute(node)
        self.depth -= 1

    def _branches(self, node: Node) -> None:
        """Follow what happens under a condition, and what happens else."""
        given, first = field(node, "condition", "value", "pattern"), field(node, "initializer")
        condition = self._condition(node, given)
        if first is not None:
            self.execute(first)  # of Go, whatever the condition
        others = [child for child in node.children_by_field_name("alternative") if child.is_named]
        inner = [child for child in node.named_children if child not in (*others, given, first)]
        if given is not None and _MAIN.search(text_of(given)):
            self.all(inner)
        else:
            if given is not None:
                self.evaluate(given)
            self._under(condition, inner)
        for other in others:
            if self.meaning(other) == "condition" and field(other, "condition") is not None:
                self.execute(other)
            else:
                inner = other.named_children if self.meaning(other) == "condition" else [other]
                self._under(f"not ({condition})", inner)

    def _condition(self, node: Node, given: Node | None) -> str:
        if given is None:
            is_default = "default" in node.type
            return "no other case" if is_default else text_of(node).splitlines()[0].rstrip(" :{")
        written = " ".join(text_of(given).split())
        if written.startswith("(") and written.endswith(")"):
            written = written[1:-1]
        if "case" in node.type:
            return f"case {written}"
        return f"not ({written})" if node.type.startswith("unless") else written

    def _under(self, condition: str, nodes: Sequence[Node]) -> None:
        before = dict(self.scope)
        self.conditions.append(condition)
        self.all(nodes)
        self.conditions.pop()
        if _leaves(nodes):
            self.scope = before
            return
        for name, value in self.scope.items():
            held = before.get(name, value)
            if held is value:
                continue
            if isinstance(held, CodeObject) and isinstance(value, CodeObject):
                held.doubts.append(Doubt("", condition))
                self.scope[name] = held
            elif not isinstance(value, CodeObject | Encoded):
                self.scope[name] = unknown(name)

    def run(self, function: Node, arguments: Sequence[tuple[str | None, Any]], own: Any = None) -> Any:
        """Follow a function of the program, as a method of its ``own`` object perhaps, and give its value."""
        name = field(function, "name")
        if self.depth > DEEPEST // 4:
            return unknown(f"{text_of(name)}()" if name else "a function")
        self.followed.add(function.id)
        self.active.add(function.id)
        selves = {} if own is None else dict.fromkeys(SELVES, own)
        outer, self.scope = self.scope, {**self.scope, **self._bound(function, arguments), **selves}
        self.returned.append([])
        self.depth += 4
        body = field(function, "body")
        last = self._body(body) if body is not None else None
        self.depth -= 4
        given = self.returned.pop()
        self.active.discard(function.id)
        if own is None:
            outer |= {name: self.scope[name] for name in SELVES & self.scope.keys()}
        self.scope = outer
        told = [value for value in given if isinstance(value, CodeObject | Encoded)] or given
        return told[0] if told else last

    def _body(self, body: Node) -> Any:
        """Follow the body of a function, which returns what it is worth, or its last statement in Ruby."""
        last = body
        if self.language.name == "ruby" and self.meaning(body) in _NO_VALUE and body.named_children:
            *others, last = body.named_children
            self.all(others)
        if self.meaning(last) not in _NO_VALUE:
            return self.evaluate(last)
        self.execute(last)
        return unknown("a function")

    def _bound(self, function: Node, arguments: Sequence[tuple[str | None, Any]]) -> dict[str, Any]:
        """The parameters with the values that they are given."""
        listed = field(function, "parameters", "parameter")
        nodes = [] if listed is None else (listed.named_children or [listed])
        parameters = [(name, node) for node in nodes for name in self._parameters(node)]
        if parameters and parameters[0][0] in SELVES:
            del parameters[0]
        by_place = [value for key, value in arguments if key is None]
        by_name = {key: value for key, value in arguments if key is not None}
        bound: dict[str, Any] = {}
        for place, (name, node) in enumerate(parameters):
            default = field(node, *_RIGHT)
            if name in by_name:
                bound[name] = by_name[name]
            elif node.type == "dictionary_splat_pattern" and by_name:
                bound[name] = self.record()
                bound[name].absorb({key: by_name[key] for key in by_name.keys() - bound.keys()})
            elif place < len(by_place):
                bound[name] = by_place[place]
            elif arguments and default is not None:
                bound[name] = self.evaluate(default)
            else:
                bound[name] = unknown(name)
        return bound

    def _parameters(self, node: Node) -> list[str]:
        if node.type in ("identifier", "variable_name"):
            return [text_of(node).strip("$")]
        names = [text_of(name).strip("$") for name in node.children_by_field_name("name")]
        if names:
            return names
        inner = field(node, "pattern", "left") or (node.named_children[0] if node.named_children else None)
        return self._parameters(inner) if inner is not None and node.type != "block_parameter" else []

    def evaluate(self, node: Node) -> Any:
        """What an expression is worth; a stand-in where only the running program knows."""
        self._step()
        if self.depth > DEEPEST:
            return unknown(text_of(node))
        self.depth += 1
        work = EXPRESSIONS.get(self.meaning(node))
        value = work(self, node) if work else self.strange(node)
        self.depth -= 1
        if isinstance(value, str) and value.lstrip()[:1] == "{":
            self.texts.append(value)
        return value

    def strange(self, node: Node) -> Any:
        """Follow what is in an expression that means nothing here."""
        self.all(node.named_children)
        return unknown(text_of(node))

    def right(self, node: Node) -> Node | None:
        """What is assigned by a node."""
        found = field(node, *_RIGHT)
        if found is None and node.type in ("variable_declarator", "const_element", "property_element"):
            children = node.named_children
            found = children[-1] if len(children) > 1 else None
        return found

    def assign(self, node: Node) -> Any:
        """Follow an assignment, and give what was assigned."""
        right = self.right(node)
        left = field(node, *_LEFT) or (node.named_children[0] if node.named_children else None)
        if left is None or right is None or self.meaning(right) == "function":
            return unknown(text_of(node))
        value = self.evaluate(right)
        operator = field(node, "operator")
        joins = operator is not None and text_of(operator) not in ("=", ":=", "||=", "??=")
        held = self.evaluate(left) if joins else None
        if isinstance(held, CodeObject) and isinstance(value, CodeObject):
            for key, item in value.items():
                self.put(held, key, item)
            return held
        if operator is not None and joins:
            value = joined(text_of(operator)[:1], self.evaluate(left), value, text_of(left))
        self.bind(left, value)
        return value

    def bind(self, left: Node, value: Any) -> None:
        """Give a value to a variable, or to a part of an object."""
        meaning = self.meaning(left)
        if meaning == "name" or left.type.endswith("property_identifier"):
            self.scope[text_of(left).strip("$#")] = value
        elif meaning == "index":
            holder, key = item_parts(left)
            held = self.container(holder)
            if key is None and isinstance(held, CodeObject) and not held:
                held = []  # an empty array of PHP, which only its first entry tells from a mapping
                self.bind(holder, held)
            self.put(held, self.evaluate(key) if key is not None else None, value, Spot.of(left))
        elif meaning in ("member", "call"):
            holder_, name = field(left, *HOLDERS), field(left, *NAMES)
            if holder_ is not None and name is not None:
                model = self.language.name not in ("javascript", "typescript")
                self.put(self.container(holder_, model=model), text_of(name), value, Spot.of(left))
        elif meaning == "list" or left.type.endswith(("_pattern", "_list")):
            self._unpack(left, value)

    def _unpack(self, left: Node, value: Any) -> None:
        targets = left.named_children
        if not isinstance(value, list):
            value = [value, *(unknown(text_of(target)) for target in targets[1:])]
        for target, item in zip(targets, value, strict=False):
            if target.type.startswith("shorthand"):
                self.scope[text_of(target)] = unknown(text_of(target))
            else:
                self.bind(target, item)

    def container(self, node: Node, *, model: bool = False) -> Any:
        """The object that a part is put into; one that nothing is known of begins empty."""
        value = self.evaluate(node)
        if isinstance(value, CodeObject | Sending | list):
            return value
        made = self.record(model=model)
        made.depth = 0  # it was there before, whatever condition holds here
        if self.meaning(node) in ("name", "index", "member"):
            self.bind(node, made)
        return made

    def put(self, holder: Any, key: Any, value: Any, spot: Spot | None = None) -> None:
        """Put a part into an object; what is put there under a condition is in doubt."""
        if isinstance(holder, Sending):
            holder.set(str(key), value)
        elif isinstance(holder, CodeObject) and isinstance(key, str | int):
            if len(self.conditions) > holder.depth:
                name = holder.naming(str(key))
                holder.doubts.append(Doubt(name, self.conditions[-1], value))
                holder.spots.setdefault(name, spot)
            else:
                holder.put(self.tags.get(str(key), str(key)), value, spot)
        elif isinstance(holder, list) and key is None:
            holder.append(value)


def _leaves(nodes: Sequence[Node]) -> bool:
    """Whether a branch ends by leaving the function, or the program."""
    last = nodes[-1] if nodes else None
    while last and last.named_children and last.type in _BLOCKS:
        last = last.named_children[-1]
    return last is not None and _LEAVES.match(text_of(last)) is not None
