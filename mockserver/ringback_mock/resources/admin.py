"""What a test asks of the mock: a clean state, what was exchanged, an org of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core import payload
from ringback_contracts.core.model import Request, Rule
from ringback_contracts.core.shown import shown_example
from ringback_contracts.http.faults import FaultError, fault_from
from ringback_contracts.openapi import admin_openapi_document
from ringback_contracts.openapi.admin import FILTERS, LONGEST_PAGE, OWN_ORG, PAGE, SWITCHES
from ringback_contracts.org import OrgError, load_org
from ringback_mock.engine.clock import ClockError, command_from
from ringback_mock.engine.guard import ADMIN
from ringback_mock.engine.journal import Journal, Page
from ringback_mock.engine.store import Tenant
from ringback_mock.engine.writes import (
    ClearFault,
    ClearFaults,
    DropCopy,
    ResetOrg,
    ServeCopy,
    SetClock,
    SetFaults,
)
from ringback_mock.http import JSON_TYPE, HttpProblem, Response, bad_request, json_response
from ringback_mock.resources.exchange_list import Looking, page_of
from ringback_mock.views import Decided, ViewRoute

if TYPE_CHECKING:
    from ringback_mock.site import Site

NO_CERTIFICATE = (
    "this server has no expired certificate to show: start it with 'ringback serve --tls-authority FILE', "
    "which makes one, and the authority to trust; under pytest use the fixture ringback_https"
)


def _reset(site: Site, request: Request) -> Decided:
    _expect_no_body(request)
    return Decided(Response(204), tenant_of(site, request), (ResetOrg(),))


def _add_org(site: Site, request: Request) -> Decided:
    """Serve a copy; the default org's journal tells of it."""
    expect_parameters(request)
    switches = _switches(request)
    try:
        own = load_org(_file(switches.pop(OWN_ORG))) if OWN_ORG in switches else None
        org, fresh = site.store.copied(switches, own)
    except OrgError as error:
        raise bad_request(str(error)) from error
    return Decided(json_response(201, asdict(fresh)), site.store.default, (ServeCopy(site.store, org),))


def _drop_org(site: Site, request: Request) -> Decided:
    """Serve a copy no longer; the default org's journal tells of it."""
    tenant = tenant_of(site, request)
    if tenant is site.store.default:
        raise bad_request("the server's own org stays; ?org= names the copy to drop")
    return Decided(Response(204), site.store.default, (DropCopy(site.store, tenant),))


def _switches(request: Request) -> dict[str, Any]:
    """The switches in which the copy of the org shall differ."""
    read = payload.read(request.body.strip() or b"{}")
    given = {} if read.readable and read.value is None else read.value
    if not isinstance(given, dict):
        raise bad_request('the body is no JSON object of switches, such as {"strict_numbers": true}')
    if others := sorted(given.keys() - SWITCHES.keys() - {OWN_ORG}):
        raise bad_request(f"{others[0]!r} is no switch that a copy can change; known: {', '.join(SWITCHES)}")
    return dict(given)


def _file(text: Any) -> str:
    if not isinstance(text, str):
        raise bad_request(f"{OWN_ORG!r} is not the text of an org's file")
    return text


def _exchanges(site: Site, request: Request) -> Response:
    """A page of exchanges, piece by piece: to redact hundreds takes a while, in which others are answered."""
    tenant = tenant_of(site, request, "limit", "before", *FILTERS)
    limit, before = min(_count(request, "limit", PAGE), LONGEST_PAGE), _count(request, "before", LARGEST)
    looking = page_of(tenant.journal, tenant.org, request.parameters, limit, before)
    return Response(200, (JSON_TYPE,), pieces=_listing(tenant.journal, request, looking, limit))


def _listing(journal: Journal, request: Request, looking: Looking, limit: int) -> Iterator[bytes]:
    from ringback_mock.engine.shown import shown_exchange, shown_refusal

    page = yield from looking
    forgotten = journal.forgotten
    told = {"total": journal.total, "next": _next(request, page, limit), "changes": journal.changes.shown()}
    counted = {"exchanges": forgotten.exchanges, "refusals": forgotten.refusals}
    refusals = forgotten.newest_refusals()
    yield b'{"exchanges":['
    yield from _listed(shown_exchange(exchange, journal.org_id) for exchange in page.exchanges)
    yield b"]," + orjson.dumps(told)[1:-1] + b',"forgotten":' + orjson.dumps(counted)[:-1]
    yield b',"newestRefusals":['
    yield from _listed(map(shown_refusal, refusals))
    yield b"]}}"


def _listed(values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for position, value in enumerate(values):
        yield (b"," if position else b"") + orjson.dumps(value)


def _next(request: Request, page: Page, limit: int) -> str | None:
    """Where the older exchanges are listed, if there are any."""
    if page.older is None:
        return None
    asked = {name: value for name, value in request.parameters.items() if name in ("org", *FILTERS)}
    return f"{ADMIN}/exchanges?{urlencode({'before': page.older, 'limit': limit, **asked})}"


def _exchange(site: Site, request: Request, wanted: str) -> Response:
    from ringback_mock.engine.shown import shown_exchange
    from ringback_mock.resources.explained import explanation

    tenant = tenant_of(site, request)
    kept = tenant.journal.kept(wanted)
    if kept is None:
        raise HttpProblem(
            404,
            f"the journal of org {tenant.org.id} has no exchange {wanted}: "
            "the id is an ININ-Correlation-Id, and the oldest exchanges are forgotten",
        )
    shown = shown_exchange(kept, tenant.org.id)
    return json_response(200, {**shown, "explanation": explanation(kept, tenant.org)})


def _faults(site: Site, request: Request) -> Response:
    """Every fault that is set, with how many requests it took and how often it fired."""
    tenant = tenant_of(site, request)
    return json_response(200, {"faults": [armed.describe() for armed in tenant.faults]})


def _set_faults(site: Site, request: Request) -> Decided:
    """Set one fault, or each of a list; none of them if one is wrong."""
    tenant = tenant_of(site, request)
    try:
        data = orjson.loads(request.body)
        faults = [fault_from(item) for item in (data if isinstance(data, list) else [data])]
    except orjson.JSONDecodeError as error:
        raise bad_request(f"the body is no JSON: {error}") from error
    except FaultError as error:
        raise bad_request(str(error)) from error
    if any(fault.shows_certificate for fault in faults):
        _expect_certificate(site, tenant)
    try:
        armed = tenant.faults.armed(*faults)
    except FaultError as error:
        raise bad_request(str(error)) from error
    answer = json_response(201, {"faults": [one.describe() for one in armed]})
    return Decided(answer, tenant, (SetFaults(tuple(armed)),))


def _expect_certificate(site: Site, tenant: Tenant) -> None:
    """Refuse a fault of handshakes where none would ever meet it."""
    if not site.can_expire:
        raise HttpProblem(501, NO_CERTIFICATE)
    if tenant is not site.store.default:
        raise bad_request("a TLS handshake is of no copy of the org: set expired-certificate without ?org=")


def _clear_faults(site: Site, request: Request) -> Decided:
    return Decided(Response(204), tenant_of(site, request), (ClearFaults(),))


def _clear_fault(site: Site, request: Request, wanted: str) -> Decided:
    tenant = tenant_of(site, request)
    armed = tenant.faults.find(wanted)
    if armed is None:
        raise HttpProblem(
            404, f"org {tenant.org.id} has no fault {wanted} (any more); GET {ADMIN}/faults lists them"
        )
    return Decided(Response(204), tenant, (ClearFault(armed.place),))


def _clock(site: Site, request: Request) -> Response:
    """What the org's clock tells, and how it goes."""
    tenant = tenant_of(site, request)
    return json_response(200, tenant.clock.shown())


def _set_clock(site: Site, request: Request) -> Decided:
    """Stop, move or hurry the org's clock, and say what it tells then."""
    tenant = tenant_of(site, request)
    try:
        course = tenant.clock.after(command_from(orjson.loads(request.body)))
    except orjson.JSONDecodeError as error:
        raise bad_request(f"the body is no JSON: {error}") from error
    except ClockError as error:
        raise bad_request(str(error)) from error
    return Decided(json_response(200, tenant.clock.shown(course)), tenant, (SetClock(course),))


def tenant_of(site: Site, request: Request, *others: str) -> Tenant:
    """The org that ``?org=`` names; the default one where it is not given."""
    expect_parameters(request, "org", *others)
    org_id = request.parameters.get("org")
    tenant = site.store.default if org_id is None else site.store.tenant(org_id)
    if tenant is None:
        raise HttpProblem(404, f"no org has the id {org_id}; POST /__ringback/orgs makes one")
    return tenant


LARGEST = 10**9
"""No journal is longer; Python refuses to read thousands of digits."""


def _count(request: Request, name: str, otherwise: int) -> int:
    """The whole number that a parameter holds."""
    text = request.parameters.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal()):
        raise bad_request(f"{name}={text}: it must be a whole number, 0 or more")
    return int(text) if len(text) < len(str(LARGEST)) else LARGEST


def expect_parameters(request: Request, *known: str) -> None:
    """Refuse a query parameter that means nothing at the path."""
    for name in request.parameters:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise bad_request(f"there is no query parameter {name!r} here; known: {listed}")


def _expect_no_body(request: Request) -> None:
    """Refuse a body rather than ignore it: whoever sends one believes that it does something."""
    if request.body.strip() not in (b"", b"{}", b"null"):
        raise bad_request("this path takes no body")


def _rules(site: Site, _: Request) -> Response:
    return json_response(200, {"rules": [_rule(rule) for rule in site.table]})


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
        "rejects": [shown_example(example) for example in rule.rejects],
        "accepts": [shown_example(example) for example in rule.accepts],
    }


def _admin_document(site: Site, request: Request) -> Response:
    return json_response(200, site.located(admin_openapi_document(), request))


ROUTES = tuple(
    ViewRoute(method, ADMIN + path, view)
    for method, path, view in (
        ("POST", "/reset", _reset),
        ("POST", "/orgs", _add_org),
        ("DELETE", "/orgs", _drop_org),
        ("GET", "/exchanges", _exchanges),
        ("GET", "/exchanges/{wanted}", _exchange),
        ("GET", "/faults", _faults),
        ("POST", "/faults", _set_faults),
        ("DELETE", "/faults", _clear_faults),
        ("DELETE", "/faults/{wanted}", _clear_fault),
        ("GET", "/clock", _clock),
        ("POST", "/clock", _set_clock),
        ("GET", "/rules", _rules),
        ("GET", "/openapi.json", _admin_document),
    )
)
"""The paths under ``/__ringback/``."""
