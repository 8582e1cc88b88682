"""The search for users (model UsersSearchResponse of the SDKs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback_contracts.core.criteria import Wanted
from ringback_contracts.org import User
from ringback_contracts.resources.users.searching import (
    SEARCH,
    SEARCH_AGAIN,
    matches,
    packed,
    unpacked,
)
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.resources.users import user_profile

PAGE_SIZE = 25


@handles(SEARCH)
def searched(ask: Ask) -> Applied:
    """The users whom the body asks for."""
    return _found(ask, ask.body)


@handles(SEARCH_AGAIN)
def searched_again(ask: Ask) -> Applied:
    """The users of the search, or of the page of one, that the query holds."""
    search = required(unpacked(ask.query.text("q64") or ""))
    expand = ask.query.all("expand")
    return _found(ask, {**search, "expand": expand} if expand else search)


def _found(ask: Ask, search: Wanted) -> Applied:
    standing, criteria = ask.tenant.standing, search.get("query", ())
    if not any(_names_state(one) for one in criteria):
        criteria = (*criteria, {"type": "EXACT", "fields": ["state"], "value": "active"})
    users = [one for one in standing.org.users if matches(criteria, _values(one))]
    users.sort(key=lambda one: one.name.lower(), reverse=search.get("sortOrder") == "DESC")
    size, number = search.get("pageSize", PAGE_SIZE), search.get("pageNumber", 1)
    pages = -(-len(users) // size)
    expand = search.get("expand", ())
    body: dict[str, Any] = {
        "total": len(users),
        "pageCount": pages,
        "pageSize": size,
        "pageNumber": number,
        "types": ["users"],
        "results": [
            user_profile(one, standing, expand) for one in users[(number - 1) * size : number * size]
        ],
    }
    return 200, body | {name: packed({**search, "pageNumber": page}) for name, page in _pages(number, pages)}


def _pages(number: int, pages: int) -> Iterator[tuple[str, int]]:
    """The pages that are told, each with its name."""
    if number > 1:
        yield "previousPage", number - 1
    yield "currentPage", number
    if number < pages:
        yield "nextPage", number + 1


def _names_state(one: Wanted) -> bool:
    return "state" in one.get("fields", ()) or any(map(_names_state, one.get("group", ())))


def _values(user: User) -> Mapping[str, Sequence[str]]:
    mail = [user.email] if user.email else []
    return {
        "id": [user.id],
        "name": [user.name],
        "email": mail,
        "username": mail,
        "state": ["active" if user.enabled else "inactive"],
        "addresses": user.numbers,
        "primaryContactInfo": mail,
    }
