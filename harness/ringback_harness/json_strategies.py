"""Hypothesis strategies for JSON: values of every kind, and values that nearly fit a schema."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

from hypothesis import strategies as st

from ringback_contracts import schemas

Json = dict[str, Any]
T = TypeVar("T")
P = ParamSpec("P")


def built_once(build: Callable[P, st.SearchStrategy[T]]) -> Callable[P, st.SearchStrategy[T]]:
    """Build a strategy once for all who ask, and keep its repr short: hypothesis writes it down a lot."""
    built: dict[Hashable, st.SearchStrategy[T]] = {}

    @functools.wraps(build)
    def named(*args: P.args, **kwargs: P.kwargs) -> st.SearchStrategy[T]:
        key = (args, tuple(sorted(kwargs.items())))
        if key not in built:
            built[key] = _named(build.__name__, st.deferred(lambda: build(*args, **kwargs)))
        return built[key]

    return named


def _named(name: str, strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    def drawn(draw: st.DrawFn) -> T:
        return draw(strategy)

    drawn.__name__ = drawn.__qualname__ = name
    return st.composite(drawn)()


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from([1.0, 0, -0.0, 2**70, "1", "\uff11\uff12", "outbound", "connected\n", "disconnected"])
)


@built_once
def json_values() -> st.SearchStrategy[Any]:
    """Small JSON values of every kind, those included that readers stumble over."""
    return st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )


def near(expected: Any, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that fit a JSON schema of ours, or nearly do: any part of them may be anything instead."""
    if not isinstance(expected, dict) or depth == 0:
        return json_values()
    if "$ref" in expected:
        return st.deferred(lambda: near(schemas.referred(expected["$ref"]), depth - 1))
    return _fitting(expected, depth) | _fitting(expected, depth) | json_values()


def _fitting(expected: Json, depth: int) -> st.SearchStrategy[Any]:
    if "anyOf" in expected:
        return st.one_of([near(option, depth) for option in expected["anyOf"]])
    if "const" in expected or "enum" in expected:
        return st.sampled_from(expected.get("enum") or [expected["const"]])
    if "pattern" in expected:
        # The end is left open half of the time: what follows a match must be seen.
        return st.from_regex(expected["pattern"]) | st.from_regex(expected["pattern"].partition("(?!")[0])
    return st.one_of([_of_kind(kind, expected, depth) for kind in _kinds(expected)])


def _kinds(expected: Json) -> list[str]:
    kinds = expected.get("type", [])
    return kinds if isinstance(kinds, list) and kinds else [kinds or "string"]


def _of_kind(kind: str, expected: Json, depth: int) -> st.SearchStrategy[Any]:
    if kind == "array":
        return st.lists(near(expected.get("items"), depth), max_size=3)
    if kind == "object":
        return _objects(expected, depth)
    plain = {
        "string": st.text(max_size=8),
        "integer": st.integers(),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return plain.get(kind, st.floats(allow_nan=False, allow_infinity=False))


def _objects(expected: Json, depth: int) -> st.SearchStrategy[Any]:
    properties = {key: near(value, depth) for key, value in expected.get("properties", {}).items()}
    required = {key: value for key, value in properties.items() if key in expected.get("required", ())}
    optional = {key: value for key, value in properties.items() if key not in required}
    others = st.dictionaries(
        st.text(max_size=5), near(expected.get("additionalProperties"), depth), max_size=2
    )
    known = st.fixed_dictionaries(required, optional=optional)
    return st.builds(lambda one, other: other | one, known, others)
