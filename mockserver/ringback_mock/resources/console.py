"""The console: one page for people, its files, and what it asks for beside the paths of the tests."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ringback_contracts.core.credentials import token_mark
from ringback_contracts.core.model import Request
from ringback_contracts.life import next_turn
from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import TestNumber
from ringback_mock.engine.guard import ADMIN
from ringback_mock.http import (
    JSON_TYPE,
    Headers,
    HttpProblem,
    Response,
    bad_request,
    json_response,
)
from ringback_mock.resources.admin import tenant_of
from ringback_mock.resources.call_list import Sought, call_shown, listed, pace
from ringback_mock.resources.far_end import call_of, settled
from ringback_mock.views import ViewRoute

if TYPE_CHECKING:
    from ringback_contracts.life.views.timeline import Bar
    from ringback_mock.site import Site

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "txt": "text/plain"}
FILES = (
    "console.css",
    "console.js",
    "api.js",
    "keys.js",
    "page.js",
    "parts.js",
    "calls.js",
    "controls.js",
    "lanes.js",
    "exchanges.js",
    "try.js",
    "rules.js",
    "org.js",
    "faults.js",
    "docs.js",
    "preact.js",
    "licences.txt",
)
HOME = f"{ADMIN}/"
PAGE_PATHS = frozenset({HOME, *(f"{ADMIN}/console/{name}" for name in FILES)})
"""The page and its files, which hold nothing of anybody's."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Headers = (
    ("Content-Security-Policy", POLICY),
    ("Cache-Control", "no-cache"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
MOST_LISTENERS = 32
LONGEST_TEXT = 16 * 2**10
"""Bytes of a text that is explained here: others wait meanwhile."""


def place_of(request: Request, path: str) -> str | None:
    """Where on the console a person finds what a program reads at the path, if anywhere."""
    if request.method not in ("GET", "HEAD"):
        return None
    if path in ("/", ADMIN):
        return HOME
    if path == "/openapi.json":
        return f"{HOME}#/api"
    section, _, which = path.removeprefix(HOME).partition("/")
    if not path.startswith(HOME) or section not in ("exchanges", "rules", "faults", "calls") or "/" in which:
        return None
    asked = dict(request.parameters)
    org = {name: asked.pop(name) for name in ("org",) if name in asked}
    return (
        HOME
        + (f"?{urlencode(org)}" if org else "")
        + f"#/{section}"
        + (f"/{quote(which, safe='')}" if which else "")
        + (f"?{urlencode(asked)}" if asked and not which else "")
    )


def wants_page(request: Request) -> bool:
    """Whether HTML is asked for by name, and rather than JSON (RFC 9110 section 12.5.1), as browsers do."""
    weights: dict[str, float] = {}
    for kind in request.headers.get("accept", "").lower().split(","):
        name, *settings = (part.strip() for part in kind.split(";"))
        weights[name] = next((float(found[1]) for found in map(_WEIGHT.fullmatch, settings) if found), 1.0)
    page = weights.get("text/html", 0.0)
    return page > next((weights[kind] for kind in _JSON_KINDS if kind in weights), 0.0)


_WEIGHT = re.compile(r"q=(0(?:\.[0-9]*)?|1(?:\.0*)?)")
_JSON_KINDS = (JSON_TYPE[1], "application/*", "*/*")
"""What JSON is asked for by, the most exact first."""


def _page(_: Site, __: Request) -> Response:
    return _file("index.html")


def _part(_: Site, __: Request, name: str) -> Response:
    if name not in FILES:
        raise HttpProblem(404, f"the console has no file {name!r}")
    return _file(name)


@cache
def _file(name: str) -> Response:
    kind = TYPES[name.rpartition(".")[2]]
    body = (files("ringback_mock") / "console" / name).read_bytes()
    return Response(200, (("Content-Type", f"{kind}; charset=utf-8"), *PAGE_HEADERS), body)


def _feed(site: Site, _: Request) -> Response:
    """Server-sent events: one whenever something has changed."""
    if len(site.feed.listeners) >= MOST_LISTENERS:
        raise HttpProblem(503, f"{MOST_LISTENERS} pages listen already; close one")
    headers = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"))
    return Response(200, headers, feed=site.feed)


def _calls(site: Site, request: Request) -> Response:
    """The newest calls, the newest first; with ``text`` those that it is found in, ``before`` a call's id."""
    tenant = settled(site, request, "text", "before")
    asked = request.parameters
    return Response(
        200, (JSON_TYPE,), pieces=listed(tenant, Sought(asked.get("text", ""), asked.get("before")))
    )


def _lanes(site: Site, request: Request, call_id: str) -> Response:
    """A call as a picture."""
    from ringback_contracts.life.views.timeline import lanes, marks

    tenant = settled(site, request)
    call, now = call_of(tenant, call_id), tenant.clock()
    life = call.at(now)
    return json_response(
        200,
        {
            **call_shown(life, tenant.org),
            "now": timestamp(now),
            **pace(tenant, next_turn(life)),
            "lanes": {one: [_bar(bar) for bar in bars] for one, bars in lanes(life).items()},
            "marks": [
                {"at": timestamp(mark.at), "what": mark.what, "participantId": mark.participant_id}
                for mark in marks(life)
            ],
        },
    )


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "state": bar.state,
        "held": bar.held,
        "muted": bar.muted,
        "begins": timestamp(bar.begins),
        "ends": None if bar.ends is None else timestamp(bar.ends),
    }


def _org(site: Site, request: Request) -> Response:
    """What is in the org to try things with: these are the mock's own, and nobody's secrets."""
    tenant = tenant_of(site, request)
    org = tenant.org
    return json_response(
        200,
        {
            "id": org.id,
            "name": org.name,
            "users": [
                {
                    "id": user.id,
                    "name": user.name,
                    "enabled": user.enabled,
                    "station": user.station is not None,
                    "permissions": sorted(user.permissions),
                }
                for user in org.users
            ],
            "tokens": [
                {
                    "value": token.value,
                    "mark": token_mark(token.value),
                    "user": token.user,
                    "client": token.client,
                    "expired": token.expired,
                }
                for token in org.tokens
            ],
            "clients": [
                {"id": client.id, "grants": list(client.grants), "redirectUris": list(client.redirect_uris)}
                for client in org.clients
            ],
            "queues": [
                {"id": queue.id, "name": queue.name, "members": list(queue.members)} for queue in org.queues
            ],
            "wrapUpCodes": [{"id": code.id, "name": code.name} for code in org.wrap_up_codes],
            "testNumbers": [_number(number) for number in org.test_numbers],
        },
    )


def _number(number: TestNumber) -> dict[str, Any]:
    return {
        "first": number.first,
        "last": number.last,
        "outcome": number.outcome.value,
        "after": number.after,
        "hangsUpAfter": number.hangs_up_after,
    }


def _explain(site: Site, request: Request) -> Response:
    """What ``ringback explain`` says of a text."""
    from ringback_mock.resources.explained import explanations

    tenant = tenant_of(site, request)
    if len(request.body) > LONGEST_TEXT:
        raise HttpProblem(
            413, f"more than {LONGEST_TEXT:,} bytes are not explained here; 'ringback explain' reads a file"
        )
    try:
        return json_response(200, {"explanations": explanations(request.body, tenant.org)})
    except ValueError as error:
        raise bad_request(str(error)) from error


def _again(site: Site, request: Request, wanted: str) -> Response:
    """Send a request of the journal once more, as it came."""
    tenant = tenant_of(site, request)
    sent = tenant.journal.kept(wanted)
    if sent is None:
        raise HttpProblem(404, f"the journal of org {tenant.org.id} has no exchange {wanted}")
    if sent.cut:
        raise HttpProblem(409, "its body was too long to be kept whole, so it cannot be sent again")
    answer = site.answer(sent.request).whole()
    return json_response(
        200, {"id": dict(answer.headers).get("ININ-Correlation-Id"), "status": answer.status}
    )


ROUTES = tuple(
    ViewRoute(method, ADMIN + path, view)
    for method, path, view in (
        ("GET", "/", _page),
        ("GET", "/console/{name}", _part),
        ("GET", "/feed", _feed),
        ("GET", "/calls", _calls),
        ("GET", "/calls/{call_id}/lanes", _lanes),
        ("GET", "/org", _org),
        ("POST", "/explain", _explain),
        ("POST", "/exchanges/{wanted}/again", _again),
    )
)
"""The paths under ``/__ringback/`` that the page uses."""
