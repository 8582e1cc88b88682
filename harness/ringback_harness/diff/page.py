"""A comparison as one self-contained page: the picture of all rules first, then what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringback_client.atomic_write import atomic_write
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_contracts.privacy import redact_body, redact_text
from ringback_harness.diff.known import KnownDifference, uncompared
from ringback_harness.diff.run import ACCEPTED, NO_RULE, Comparison, Difference

COLUMNS, WIDTH, HEIGHT, TOP = 4, 266, 32, 36
"""Tiles in a row, their pitch in pixels, and where the first row begins."""
LONGEST_BODY = 200
JSON = "application/json"
NAMELESS = {
    ACCEPTED: "What the mock accepts, where no single rule explains the target's answer",
    NO_RULE: "What the mock fails at by no rule, where no single one explains the target's answer",
}
"""What stands in place of a rule, and for what."""


@dataclass(frozen=True, slots=True)
class State:
    """How a rule came off, with a sign that needs no colour."""

    name: str
    sign: str
    title: str


STATES = {
    "agrees": State("agrees", "=", "agree"),
    "differs": State("differs", "\u2260", "differ"),
    "known": State("known", "!", "differ as known"),
    "not seen": State("unseen", "\u00b7", "not seen"),
}


def write_page(comparison: Comparison, known: Sequence[KnownDifference], folder: Path) -> Path:
    """Write ``diff.html`` and give its path. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "diff.html"
    with atomic_write(path) as file:
        file.write(page(comparison, known))
    return path


def page(comparison: Comparison, known: Sequence[KnownDifference] = ()) -> str:
    """The page as HTML, without people's numbers or secrets."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("ringback_harness", "diff"), autoescape=True)
    tiles = list(_tiles(comparison, known))
    counts = Counter(tile["state"].name for tile in tiles if tile["id"] in TABLE.by_id)
    return environment.get_template("page.html").render(
        comparison=comparison,
        tiles=tiles,
        legend=[
            {"name": state.name, "sign": state.sign, "title": state.title, "count": counts[state.name]}
            for state in STATES.values()
        ],
        height=TOP + HEIGHT * -(-len(tiles) // COLUMNS),
        items=[_item(difference, known) for difference in comparison.differences],
        stale=[entry for entry in known if entry.stale(comparison)],
        unchecked=uncompared(comparison, known),
        left_out=comparison.left_out,
        unseen=comparison.unseen(),
    )


def _tiles(comparison: Comparison, known: Sequence[KnownDifference]) -> Iterator[dict[str, Any]]:
    titles = {rule.id: rule.title for rule in TABLE}
    titles |= {name: title for name, title in NAMELESS.items() if comparison.state(name) != "not seen"}
    for position, (name, title) in enumerate(titles.items()):
        row, column = divmod(position, COLUMNS)
        state = STATES[_state(name, comparison, known)]
        yield {
            "x": column * WIDTH,
            "y": TOP + row * HEIGHT,
            "id": name,
            "title": title,
            "state": state,
            "why": comparison.why_unseen(name) if state.name == "unseen" else state.title,
        }


def _state(name: str, comparison: Comparison, known: Sequence[KnownDifference]) -> str:
    state = comparison.state(name)
    own = [difference for difference in comparison.differences if difference.rule == name]
    all_known = all(any(entry.covers(difference) for entry in known) for difference in own)
    return "known" if own and all_known else state


def _item(difference: Difference, known: Sequence[KnownDifference]) -> dict[str, Any]:
    rule = TABLE.by_id.get(difference.rule)
    return {
        "rule": difference.rule,
        "aspect": difference.aspect.value,
        "title": rule.title if rule else NAMELESS.get(difference.rule, ""),
        "mock": redact_text(difference.mock),
        "target": redact_text(difference.target),
        "times": difference.times,
        "request": shown(difference.request),
        "known": next((entry.reason for entry in known if entry.covers(difference)), None),
    }


def shown(request: Request) -> str:
    """A request in a line and as whom, without people's numbers or secrets."""
    media_type = request.headers.get("content-type", "")
    body = redact_body(request.body[:LONGEST_BODY], media_type)
    if len(request.body) > LONGEST_BODY:
        body += f"... ({len(request.body)} bytes)"
    named = f" as {media_type}" if body and media_type != JSON else ""
    return f"{request.method} {redact_text(request.path)} {body}".rstrip() + f"{named} ({_asker(request)})"


def _asker(request: Request) -> str:
    """Whose token it is, as far as that is no secret."""
    if not request.headers.get("authorization"):
        return "no token"
    token = token_of(request)
    return f"{token}'s token" if token in default_org().token_by_value else "another token"
