"""What a test asks of the mock: a clean state, what was exchanged, an org of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, g
from flask import request as current
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.exceptions import NotImplemented as NotServed

from ringback_contracts.core.model import Request, Rule
from ringback_contracts.http import payload
from ringback_contracts.http.faults import FaultError, fault_from
from ringback_contracts.openapi import admin_openapi_document
from ringback_contracts.openapi.admin import SWITCHES
from ringback_contracts.org import OrgError
from ringback_mock.edges.edge import Edge
from ringback_mock.engine.journal import Exchange, Journal
from ringback_mock.engine.store import Tenant
from ringback_mock.http import Response as Reply
from ringback_mock.pages.replies import made, shown

NO_CERTIFICATE = (
    "this server has no expired certificate to show: start it with 'ringback serve --tls-authority FILE', "
    "which makes one, and the authority to trust; under pytest use the fixture ringback_https"
)


def blueprint(edge: Edge) -> Blueprint:
    """The paths under ``/__ringback/``."""
    paths = Blueprint("admin", __name__, url_prefix="/__ringback")
    paths.add_url_rule("/reset", "reset", lambda: _reset(edge), methods=["POST"])
    paths.add_url_rule("/orgs", "orgs", lambda: _add_org(edge), methods=["POST"])
    paths.add_url_rule("/orgs", "drop", lambda: _drop_org(edge), methods=["DELETE"])
    paths.add_url_rule("/exchanges", "exchanges", lambda: _exchanges(edge))
    paths.add_url_rule("/exchanges/<wanted>", "exchange", lambda wanted: _exchange(edge, wanted))
    paths.add_url_rule("/faults", "faults", lambda: _faults(edge))
    paths.add_url_rule("/faults", "fault", lambda: _set_faults(edge), methods=["POST"])
    paths.add_url_rule("/faults", "heal", lambda: _clear_faults(edge), methods=["DELETE"])
    paths.add_url_rule("/rules", "rules", lambda: _rules(edge))
    paths.add_url_rule("/openapi.json", "document", lambda: shown(admin_openapi_document()))
    return paths


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
    """The exchanges, piece by piece: to redact thousands takes seconds, in which others are answered."""
    journal = _tenant(edge, "limit").journal
    with edge.store.lock:
        kept = journal.newest(_limit())
        counted = {"total": journal.total, "forgotten": journal.forgotten.shown()}
    return Response(_listed(journal, kept, counted), mimetype="application/json")


def _listed(journal: Journal, kept: Sequence[Exchange], counted: dict[str, Any]) -> Iterator[bytes]:
    yield b'{"exchanges":['
    for position, exchange in enumerate(kept):
        yield (b"," if position else b"") + orjson.dumps(journal.shown(exchange))
    yield b"]," + orjson.dumps(counted)[1:]


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


def _tenant(edge: Edge, *others: str) -> Tenant:
    """The org that ``?org=`` names; the default one where it is not given."""
    _expect_parameters("org", *others)
    org_id = current.args.get("org")
    tenant = edge.store.default if org_id is None else edge.store.tenant(org_id)
    if tenant is None:
        raise NotFound(f"no org has the id {org_id}; POST /__ringback/orgs makes one")
    return tenant


LONGEST_LIMIT = 9
"""Digits of a limit that can still be less than all."""


def _limit() -> int | None:
    text = current.args.get("limit")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise BadRequest(f"limit={text}: it must be a whole number, 0 or more")
    # Python refuses to read thousands of digits, and no journal is that long.
    return int(text) if len(text) <= LONGEST_LIMIT else None


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
        "operations": None if rule.operations is None else sorted(rule.operations),
    }
