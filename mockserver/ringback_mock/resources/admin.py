"""What a test asks of the mock: a clean state, what was exchanged, an org of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, g
from flask import request as current
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.exceptions import NotImplemented as NotServed

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core import payload
from ringback_contracts.core.model import Request, Rule
from ringback_contracts.http.faults import FaultError, fault_from
from ringback_contracts.openapi import admin_openapi_document
from ringback_contracts.openapi.admin import LONGEST_PAGE, PAGE, SWITCHES
from ringback_contracts.org import OrgError
from ringback_mock.edges.edge import Edge, own_headers
from ringback_mock.edges.guard import ADMIN
from ringback_mock.engine.clock import ClockError, command_from
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.journal import Page
from ringback_mock.engine.store import Tenant
from ringback_mock.http import Response as Reply
from ringback_mock.pages.replies import made, shown

READING = frozenset({"GET", "HEAD", "OPTIONS"})
NO_CERTIFICATE = (
    "this server has no expired certificate to show: start it with 'ringback serve --tls-authority FILE', "
    "which makes one, and the authority to trust; under pytest use the fixture ringback_https"
)


def blueprint(edge: Edge) -> Blueprint:
    """The paths under ``/__ringback/``."""
    paths = Blueprint("admin", __name__, url_prefix=ADMIN)
    paths.add_url_rule("/reset", "reset", lambda: _reset(edge), methods=["POST"])
    paths.add_url_rule("/orgs", "orgs", lambda: _add_org(edge), methods=["POST"])
    paths.add_url_rule("/orgs", "drop", lambda: _drop_org(edge), methods=["DELETE"])
    paths.add_url_rule("/exchanges", "exchanges", lambda: _exchanges(edge))
    paths.add_url_rule("/exchanges/<wanted>", "exchange", lambda wanted: _exchange(edge, wanted))
    paths.add_url_rule("/faults", "faults", lambda: _faults(edge))
    paths.add_url_rule("/faults", "fault", lambda: _set_faults(edge), methods=["POST"])
    paths.add_url_rule("/faults", "heal", lambda: _clear_faults(edge), methods=["DELETE"])
    paths.add_url_rule("/clock", "clock", lambda: _clock(edge))
    paths.add_url_rule("/clock", "set_clock", lambda: _set_clock(edge), methods=["POST"])
    paths.add_url_rule("/rules", "rules", lambda: _rules(edge))
    paths.add_url_rule("/openapi.json", "document", lambda: shown(admin_openapi_document()))
    paths.after_request(lambda response: _note_change(edge, response))
    return paths


def _note_change(edge: Edge, response: Response) -> Response:
    """Keep what has changed an org in its journal, or in that of the default one if it is gone or new."""
    if current.method not in READING and response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers.extend(own_headers(correlation_id := new_id()))
        store = edge.store
        with store.lock:
            tenant = store.tenant(current.args.get("org", "")) or store.default
            tenant.journal.changes.record(correlation_id, store.clock(), g.sent, response.status_code)
    return response


def _reset(edge: Edge) -> Response:
    _expect_no_body()
    edge.store.reset(_tenant(edge))
    return made(Reply(204))


def _add_org(edge: Edge) -> Response:
    _expect_parameters()
    try:
        return shown(asdict(edge.store.add_org(_switches())), 201)
    except OrgError as error:
        raise BadRequest(str(error)) from error


def _drop_org(edge: Edge) -> Response:
    tenant = _tenant(edge)
    if tenant is edge.store.default:
        raise BadRequest("the server's own org stays; ?org= names the copy to drop")
    edge.store.drop_org(tenant)
    return made(Reply(204))


def _switches() -> dict[str, Any]:
    """The switches in which the copy of the org shall differ."""
    sent: Request = g.sent
    read = payload.read(sent.body.strip() or b"{}")
    given = {} if read.readable and read.value is None else read.value
    if not isinstance(given, dict):
        raise BadRequest('the body is no JSON object of switches, such as {"strict_numbers": true}')
    if others := sorted(given.keys() - SWITCHES.keys()):
        raise BadRequest(f"{others[0]!r} is no switch that a copy can change; known: {', '.join(SWITCHES)}")
    return given


def _exchanges(edge: Edge) -> Response:
    """A page of exchanges, piece by piece: to redact hundreds takes a while, in which others are answered."""
    journal = _tenant(edge, "limit", "before").journal
    limit, before = min(_count("limit", PAGE), LONGEST_PAGE), _count("before", LARGEST)
    with edge.store.lock:
        page, forgotten = journal.page(limit, before), journal.forgotten
        told = {"total": journal.total, "next": _next(page, limit), "changes": journal.changes.shown()}
        counted = {"exchanges": forgotten.exchanges, "refusals": forgotten.refusals}
        refusals = forgotten.newest_refusals()
    pieces = itertools.chain(
        [b'{"exchanges":['],
        _listed(map(journal.shown, page.exchanges)),
        [
            b"],",
            orjson.dumps(told)[1:-1],
            b',"forgotten":',
            orjson.dumps(counted)[:-1],
            b',"newestRefusals":[',
        ],
        _listed(refusal.shown() for refusal in refusals),
        [b"]}}"],
    )
    return Response(pieces, mimetype="application/json")


def _listed(values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for position, value in enumerate(values):
        yield (b"," if position else b"") + orjson.dumps(value)


def _next(page: Page, limit: int) -> str | None:
    """Where the older exchanges are listed, if there are any."""
    if page.older is None:
        return None
    org = {"org": current.args["org"]} if "org" in current.args else {}
    return f"{ADMIN}/exchanges?{urlencode({'before': page.older, 'limit': limit, **org})}"


def _exchange(edge: Edge, wanted: str) -> Response:
    from ringback_mock.resources.explained import explanation

    tenant = _tenant(edge)
    with edge.store.lock:
        found, kept = tenant.journal.exchange(wanted), tenant.journal.kept(wanted)
    if found is None or kept is None:
        raise NotFound(
            f"the journal of org {tenant.org.id} has no exchange {wanted}: "
            "the id is an ININ-Correlation-Id, and the oldest exchanges are forgotten"
        )
    return shown({**found, "explanation": explanation(kept, tenant.org)})


def _faults(edge: Edge) -> Response:
    """Every fault that is set, with how many requests it took and how often it fired."""
    tenant = _tenant(edge)
    with edge.store.lock:
        return shown({"faults": [armed.shown() for armed in tenant.faults]})


def _set_faults(edge: Edge) -> Response:
    """Set one fault, or each of a list; none of them if one is wrong."""
    tenant = _tenant(edge)
    sent: Request = g.sent
    try:
        data = orjson.loads(sent.body)
        faults = [fault_from(item) for item in (data if isinstance(data, list) else [data])]
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is no JSON: {error}") from error
    except FaultError as error:
        raise BadRequest(str(error)) from error
    if any(fault.shows_certificate for fault in faults):
        _expect_certificate(edge, tenant)
    try:
        with edge.store.lock:
            return shown({"faults": [armed.shown() for armed in tenant.faults.set(*faults)]}, 201)
    except FaultError as error:
        raise BadRequest(str(error)) from error


def _expect_certificate(edge: Edge, tenant: Tenant) -> None:
    """Refuse a fault of handshakes where none would ever meet it."""
    if not edge.can_expire:
        raise NotServed(NO_CERTIFICATE)
    if tenant is not edge.store.default:
        raise BadRequest("a TLS handshake is of no copy of the org: set expired-certificate without ?org=")


def _clear_faults(edge: Edge) -> Response:
    tenant = _tenant(edge)
    with edge.store.lock:
        tenant.faults.clear()
    return made(Reply(204))


def _clock(edge: Edge) -> Response:
    """What the org's clock tells, and how it goes."""
    tenant = _tenant(edge)
    with edge.store.lock:
        return shown(tenant.clock.shown())


def _set_clock(edge: Edge) -> Response:
    """Stop, move or hurry the org's clock, and say what it tells then."""
    tenant = _tenant(edge)
    sent: Request = g.sent
    try:
        command = command_from(orjson.loads(sent.body))
        with edge.store.lock:
            tenant.clock.obey(command)
            return shown(tenant.clock.shown())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is no JSON: {error}") from error
    except ClockError as error:
        raise BadRequest(str(error)) from error


def _tenant(edge: Edge, *others: str) -> Tenant:
    """The org that ``?org=`` names; the default one where it is not given."""
    _expect_parameters("org", *others)
    org_id = current.args.get("org")
    tenant = edge.store.default if org_id is None else edge.store.tenant(org_id)
    if tenant is None:
        raise NotFound(f"no org has the id {org_id}; POST /__ringback/orgs makes one")
    return tenant


LARGEST = 10**9
"""No journal is longer; Python refuses to read thousands of digits."""


def _count(name: str, otherwise: int) -> int:
    """The whole number that a parameter holds."""
    text = current.args.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal()):
        raise BadRequest(f"{name}={text}: it must be a whole number, 0 or more")
    return int(text) if len(text) < len(str(LARGEST)) else LARGEST


def _expect_parameters(*known: str) -> None:
    for name in current.args:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise BadRequest(f"there is no query parameter {name!r} here; known: {listed}")


def _expect_no_body() -> None:
    """Refuse a body rather than ignore it: whoever sends one believes that it does something."""
    sent: Request = g.sent
    if sent.body.strip() not in (b"", b"{}", b"null"):
        raise BadRequest("this path takes no body")


def _rules(edge: Edge) -> Response:
    return shown({"rules": [_rule(rule) for rule in edge.pipeline.table]})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "stage": rule.stage.name.lower(),
        "status": rule.status,
        "code": rule.code,
        "message": rule.message,
        "title": rule.title,
        "fix": rule.fix,
        "evidence": rule.evidence,
        "source": rule.source,
        "contracts": list(rule.contracts),
        "knowledge": rule.knowledge.name.lower(),
        "operations": None
        if rule.operations is None
        else sorted(each.id for each in OPERATIONS if rule.concerns(each)),
    }
