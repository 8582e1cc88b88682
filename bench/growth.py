"""How time and memory of a call grow with the calls that are kept: a table, and a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from bench.judged import Numbers
from bench.life import CALLS, HOUR_OF, KEPT_BYTES, BusyOrg, resident, served
from bench.servers import PATH
from ringback_contracts.org import default_org
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

KEPT = (10, 1_000, 10_000, 100_000)
MORE = 2_000
"""Calls that are placed and read on top of those, to time them."""
WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 640, 320, 70, 50, 40
LOWEST, HIGHEST = 1.0, 1_000.0
"""Microseconds and MiB between which the picture shows."""
STYLE = (
    ("placed", "#2a78d6", "a call, us"),
    ("read", "#3a9a4a", "a GET, us"),
    ("memory", "#c2571a", "memory, MiB"),
)


class Grown(NamedTuple):
    """Where so many calls are kept: the microseconds to place and to read one more, and the MiB of all."""

    kept: int
    placed: float
    read: float
    memory: float


def measure() -> list[Grown]:
    """Each in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return [pool.submit(_grown, kept).result() for kept in KEPT]


def _grown(kept: int) -> Grown:
    sent = Numbers()
    warm = BusyOrg()
    warm.place(CALLS)
    site = Site(Store(default_org(), kept_bytes=KEPT_BYTES, calls_size=HOUR_OF + MORE))
    before = resident()
    orgs = [BusyOrg(site) for _ in range(math.ceil(kept / HOUR_OF))]
    for number, org in enumerate(orgs):
        for request in sent.take(org, min(HOUR_OF, kept - number * HOUR_OF)):
            org.ask(request, 202)
    memory = resident() - before
    org = orgs[-1]
    placed = served(org, sent.take(org, MORE), 202)
    newest = [call.id for call in org.tenant.calls][-MORE:]
    reads = [org.request("GET", f"{PATH}/{call}") for call in newest]
    return Grown(kept, placed / MORE * 1e6, served(org, reads, 200) / MORE * 1e6, memory)


def table(grown: Iterable[Grown]) -> str:
    """The rows, in Markdown."""
    rows = [f"| {one.kept:,} | {one.placed:.0f} | {one.read:.0f} | {one.memory:.1f} |" for one in grown]
    head = "| calls kept | a call to a new number, us | its first GET, us | memory of all, MiB |"
    return "\n".join([head, "|---:|---:|---:|---:|", *rows])


def picture(grown: list[Grown]) -> str:
    """The same as SVG, both axes logarithmic."""
    parts = [*_frame()]
    for place, (name, colour, title) in enumerate(STYLE):
        points = [(_x(one.kept), _y(getattr(one, name))) for one in grown]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        parts.append(f'<text x="{LEFT + 10 + 150 * place}" y="24" fill="{colour}">{title}</text>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="13"'
    white = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n' + "\n".join(
        [white, *parts, "</svg>\n"]
    )


def _frame() -> Iterable[str]:
    for kept in (10, 100, 1_000, 10_000, 100_000):
        x = _x(kept)
        yield f'<line x1="{x:.1f}" y1="{ABOVE}" x2="{x:.1f}" y2="{HEIGHT - BELOW}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BELOW + 18}" text-anchor="middle" fill="#555">{kept:,}</text>'
    for value in (1, 10, 100, 1_000):
        y = _y(value)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 20}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{value:,}</text>'
    middle = (WIDTH + LEFT) / 2
    yield f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle" fill="#555">calls kept</text>'


def _x(kept: float) -> float:
    part = math.log10(kept / KEPT[0]) / math.log10(KEPT[-1] / KEPT[0])
    return LEFT + 10 + part * (WIDTH - LEFT - 50)


def _y(value: float) -> float:
    part = math.log10(min(max(value, LOWEST), HIGHEST) / LOWEST) / math.log10(HIGHEST / LOWEST)
    return HEIGHT - BELOW - part * (HEIGHT - BELOW - ABOVE)
