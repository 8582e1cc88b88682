"""The reference implementation of JSON Schema, to which the compiled validators are held."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from ringback_contracts import schemas


def _retrieve(uri: str) -> Resource[Any]:
    return Resource.from_contents(schemas.referred(uri))


REGISTRY: Registry[Any] = Registry(retrieve=_retrieve)  # type: ignore[call-arg]  # attrs' alias is not seen


@cache
def oracle(name: str) -> Draft202012Validator:
    """The reference validator of a model."""
    return Draft202012Validator(schemas.schema(name), registry=REGISTRY)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from([1.0, 0, -0.0, 2**70, "1", "\uff11\uff12", "outbound", "connected\n", "disconnected"])
)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=8),
    "integer": st.integers(),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "null": st.none(),
}
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def near(expected: Any, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that fit a schema, or nearly do: any part of them may be anything instead."""
    if not isinstance(expected, dict) or depth == 0:
        return json_values
    if "$ref" in expected:
        return st.deferred(lambda: near(schemas.referred(expected["$ref"]), depth - 1))
    return _fitting(expected, depth) | _fitting(expected, depth) | json_values


def _fitting(expected: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "anyOf" in expected:
        return st.one_of([near(option, depth) for option in expected["anyOf"]])
    if "const" in expected or "enum" in expected:
        return st.sampled_from(expected.get("enum") or [expected["const"]])
    if "pattern" in expected:
        # The end is left open half of the time: what follows a match must be seen.
        return st.from_regex(expected["pattern"]) | st.from_regex(expected["pattern"].partition("(?!")[0])
    return st.one_of([_of_kind(kind, expected, depth) for kind in _kinds(expected)])


def _kinds(expected: dict[str, Any]) -> list[str]:
    kinds = expected.get("type", [])
    return kinds if isinstance(kinds, list) and kinds else [kinds or "string"]


def _of_kind(kind: str, expected: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
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


def _objects(expected: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    properties = {key: near(value, depth) for key, value in expected.get("properties", {}).items()}
    required = {key: value for key, value in properties.items() if key in expected.get("required", ())}
    others = st.dictionaries(
        st.text(max_size=5), near(expected.get("additionalProperties"), depth), max_size=2
    )
    known = st.fixed_dictionaries(required, optional=_some(properties, required))
    return st.builds(lambda one, other: other | one, known, others)


def _some(properties: dict[str, Any], required: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in required}
