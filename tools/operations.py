"""Write docs/operations.md: every operation that is served, how its behaviour is known, what is missing.

    python tools/operations.py

The records of the operations say what each does; ``operations.toml`` beside this says how that is known.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.model import Evidence
from ringback_contracts.core.operation import Operation
from ringback_contracts.http.sdk_operations import PREFIX, SdkOperation, sdk_operations

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs/operations.md"
KNOWN = ROOT / "tools/operations.toml"
CONVERSATIONS = f"{PREFIX}conversations"
HEAD = """\
# Operations

<!-- made by `python tools/operations.py`; a test holds it current -->

What Ringback serves of the platform, under `/api/v2`. **How** says how the behaviour of what acts on a call
is known: `published` is the vendor's own contract, `reported` a named public source that ran it, `assumed` a
choice of ours. **Model** is what the body is read as. What needs a permission needs one of those named;
scopes are in `GET /openapi.json`. Why a request is refused is told by the [rules](rules.md).

Whatever is not listed is answered 501 where the platform has it. Of an answer whose text is not known there
is none.
"""


def document() -> str:
    """The whole document."""
    told = tomllib.loads(KNOWN.read_text("utf-8"))
    of_calls = [one for one in OPERATIONS if one.template.startswith(CONVERSATIONS)]
    rest = [one for one in OPERATIONS if one not in of_calls]
    lines = [HEAD, "## Conversations\n", *_table(of_calls, told)]
    lines += ["\n## Not served of calls\n", *_unserved(), "\n## The rest\n", *_table(rest, told)]
    return "\n".join(lines) + "\n"


def _table(operations: list[Operation], told: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "| operation | what | answers | model | permission | how | not served |"
    yield "|---|---|---|---|---|---|---|"
    for one in sorted(operations, key=lambda one: (one.template, one.method)):
        path = one.template.removeprefix(PREFIX.removesuffix("/"))
        rights = " and ".join(one.all_of) or " or ".join(one.any_of)
        model = f"`{one.reads}`" if one.reads else ""
        row = f"| `{one.method} {path}` | {one.summary} | {one.success} | {model} | {rights} |"
        yield row + _known(one, told)


def _known(operation: Operation, told: Mapping[str, Mapping[str, str]]) -> str:
    if operation.id not in told and not operation.template.startswith(CONVERSATIONS):
        return " |  |"  # what does not act on calls need not tell
    entry = told[operation.id]
    return f" {Evidence(entry['how']).value} | {entry.get('gap', '')} |"


def _unserved() -> Iterator[str]:
    served = {one.id for one in OPERATIONS}
    for one in sdk_operations():
        if one.id not in served and _of_a_call(one):
            yield f"- `{one.method} {one.template.removeprefix(PREFIX.removesuffix('/'))}`"


def _of_a_call(operation: SdkOperation) -> bool:
    segments = operation.template.removeprefix(PREFIX).split("/")
    return segments[0] == "conversations" and segments[1:2] in (["calls"], ["{conversationId}"])


def main() -> None:
    """Write it."""
    DOCUMENT.write_text(document(), "utf-8")


if __name__ == "__main__":
    main()
