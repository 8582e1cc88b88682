"""The exchanges that are looked for in a journal, by what is shown of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

import orjson

from ringback_contracts.core.credentials import bearer, token_mark
from ringback_contracts.core.model import Rejected
from ringback_contracts.openapi.admin import FILTERS
from ringback_contracts.org import Org
from ringback_mock.engine.journal import Exchange, Journal, Page

Looking = Generator[bytes, None, Page]
"""Empty pieces while the journal is looked through, and the page that was found."""


def page_of(journal: Journal, org: Org, asked: Mapping[str, str], limit: int, before: int) -> Looking:
    """The newest exchanges before that number which each filter of what is asked fits."""
    wanted = {name: asked[name].lower() for name in FILTERS if asked.get(name)}
    if not wanted:
        return journal.page(limit, before)
    found: list[Exchange] = []
    for number, exchange in journal.numbered(before):
        if len(found) == limit:
            return Page(found[::-1], number + 1)
        if _fits(exchange, org, wanted):
            found.append(exchange)
        yield b""
    return Page(found[::-1], None)


def _fits(exchange: Exchange, org: Org, wanted: Mapping[str, str]) -> bool:
    # What is cheap to tell comes first: to redact an exchange takes longest.
    return (
        str(exchange.response.status).startswith(wanted.get("status", ""))
        and wanted.get("rule", "") in _rule(exchange).lower()
        and wanted.get("operation", "") in _operation(exchange).lower()
        and _has(_tokens(exchange, org), wanted.get("token"))
        and _has(_path(exchange), wanted.get("path"))
        and _has(_text(exchange, org), wanted.get("text"))
    )


def _has(texts: Iterator[str], part: str | None) -> bool:
    return part is None or any(part in text.lower() for text in texts)


def _rule(exchange: Exchange) -> str:
    return exchange.verdict.finding.rule.id if isinstance(exchange.verdict, Rejected) else ""


def _operation(exchange: Exchange) -> str:
    verdict = exchange.verdict
    return verdict.operation.id if verdict is not None and verdict.operation is not None else ""


def _tokens(exchange: Exchange, org: Org) -> Iterator[str]:
    """What a token can be called: its name in the org's file, whose it is, its mark; "none" without one."""
    token, caller = bearer(exchange.request.headers.get("authorization")), exchange.caller
    if token is None:
        yield "none"
        return
    yield token_mark(token)
    if token in {one.value for one in org.tokens}:
        yield token
    if caller is not None:
        yield caller.user.name if caller.user else ""
        yield caller.app or ""


def _path(exchange: Exchange) -> Iterator[str]:
    from ringback_contracts.privacy import redact_text

    yield redact_text(exchange.request.path)


def _text(exchange: Exchange, org: Org) -> Iterator[str]:
    from ringback_mock.engine.shown import shown_exchange

    yield orjson.dumps(shown_exchange(exchange, org.id)).decode()
