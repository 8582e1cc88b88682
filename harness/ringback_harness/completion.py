"""What a shell offers where the name of one of our things is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def completing(names: Callable[[], Iterable[str]]) -> Complete:
    """Offers those names that begin as what was typed; they are asked for when a shell asks."""

    def complete(_: click.Context, __: click.Parameter, typed: str) -> list[str]:
        return sorted(name for name in names() if name.startswith(typed))

    return complete
