"""Lists that come in pages, as the platform writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from ringback_mock.engine.handling import Applied, Ask

T = TypeVar("T")
Json = dict[str, Any]
PAGE_SIZE = 25


def listing(ask: Ask, items: Iterable[T], write: Callable[[T], Json], size: int = PAGE_SIZE) -> Applied:
    """The page of the items that the query asks for, as an entity listing; ``size`` is the usual one."""
    found = list(items)
    size, number = ask.query.number("pageSize", size), ask.query.number("pageNumber", 1)
    pages = -(-len(found) // size)
    body: Json = {
        "entities": [write(item) for item in found[(number - 1) * size : number * size]],
        "pageSize": size,
        "pageNumber": number,
        "total": len(found),
        "firstUri": _page(ask, size, 1),
        "selfUri": _page(ask, size, number),
        "lastUri": _page(ask, size, max(pages, 1)),
        "pageCount": pages,
    }
    if number > 1:
        body["previousUri"] = _page(ask, size, number - 1)
    if number < pages:
        body["nextUri"] = _page(ask, size, number + 1)
    return 200, body


def _page(ask: Ask, size: int, number: int) -> str:
    paging = {"pageSize": [str(size)], "pageNumber": [str(number)]}
    return f"{ask.request.path}?{urlencode({**ask.query.values, **paging}, doseq=True)}"


def named(ask: Ask, items: Iterable[T], name: Callable[[T], str], parameter: str = "name") -> list[T]:
    """Those whose name holds what the query asks for; an asterisk stands for anything."""
    wanted = (ask.query.text(parameter) or "").strip("*").lower()
    return [item for item in items if wanted in name(item).lower()]


def of_ids(ask: Ask, items: Mapping[str, T], parameter: str = "id") -> list[T]:
    """Those of the ids that the query asks for; all where it asks for none."""
    wanted = [each.lower() for each in ask.query.all(parameter)]
    return [item for key, item in items.items() if not wanted or key in wanted]


def ordered(
    ask: Ask, items: Iterable[T], keys: Mapping[str, Callable[[T], str]], usual: str = "name"
) -> list[T]:
    """Sorted by the field and in the order that the query asks for."""
    key = keys.get(ask.query.text("sortBy") or usual, keys[usual])
    backwards = (ask.query.text("sortOrder") or "").lower().startswith("desc")
    return sorted(items, key=lambda item: key(item).lower(), reverse=backwards)
