"""An example of a rule as people and programs read it."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.model import Example

LONGEST_BODY = 400
"""A longer body of an example is cut: its length is the point of it."""


def shown_example(example: Example) -> dict[str, Any]:
    """The example without what is as usual: a JSON body that alice posts to the default org."""
    usual = Example()
    names = ("method", "path", "token", "headers", "org", "used", "host_allowed", "well_formed")
    unusual = {
        name: getattr(example, name) for name in names if getattr(example, name) != getattr(usual, name)
    }
    given = [
        shown_example(step) if isinstance(step, Example) else {"seconds": step} for step in example.given
    ]
    return {**({"given": given} if given else {}), **unusual, **_body(example)}


def _body(example: Example) -> dict[str, Any]:
    if example.raw is not None:
        text = example.raw.decode("utf-8", "replace")
        cut = text if len(text) <= LONGEST_BODY else f"{text[:40]}... ({len(example.raw):,} bytes)"
        return {"raw": cut}
    return {} if example.body is None else {"body": example.body}
