"""The reference implementation of JSON Schema, to which the compiled validators are held."""

from __future__ import annotations

from functools import cache
from typing import Any

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
