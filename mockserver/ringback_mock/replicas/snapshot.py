"""All that the orgs have come to, in parts: what a log can go on from, once it is cut.

What may change is written down at once, and the rest bit by bit, while requests are answered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ringback_contracts.http.faults import Fault
from ringback_contracts.life import Conversation, advance
from ringback_contracts.life.history import decode, encode
from ringback_contracts.org import Org
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.channels import Channel, Owner
from ringback_mock.engine.clock import Course
from ringback_mock.engine.faults import Armed
from ringback_mock.engine.journal import Exchange
from ringback_mock.engine.people import People
from ringback_mock.engine.plans import Plan
from ringback_mock.engine.sessions import Session
from ringback_mock.replicas.calls import SharedCalls
from ringback_mock.replicas.exchanges import KeepExchange, read_exchange, write_exchange
from ringback_mock.replicas.kinds import (
    WritePlace,
    read_plan,
    read_topics,
    write_plan,
    write_topics,
)
from ringback_mock.replicas.store import SharedTenant
from ringback_mock.replicas.values import reader, writer

if TYPE_CHECKING:
    from ringback_mock.replicas.store import SharedStore

ROWS = 100
"""Rows of one part, which is written in one go."""


class CallSoFar(NamedTuple):
    """A call as it is by now."""

    id: str
    placed_at: float
    plan: Plan
    life: Conversation | None
    missed: int


class Rows(NamedTuple):
    """What is to be written of one org under one name, a row for each thing, in their order."""

    org_id: str
    name: str
    things: list[Any]
    write: Callable[[Any], Any]


def captured(store: SharedStore) -> list[Rows]:
    """What there is just now. None of it changes any more."""
    rows: list[Rows] = []
    for tenant in store.tenants:
        if isinstance(tenant, SharedTenant):
            rows.extend(_of_org(tenant, is_copy=tenant is not store.default))
    return rows


def parts(rows: Iterable[Rows]) -> Iterator[bytes]:
    """The parts of a snapshot, each of which takes little time."""
    for org_id, name, things, write in rows:
        left = iter(things)
        while some := list(islice(left, ROWS)):
            yield orjson.dumps([org_id, name, [write(thing) for thing in some]])


def restore(store: SharedStore, part: bytes) -> None:
    """Let there be what the part tells of."""
    org_id, name, rows = orjson.loads(part)
    if name == "copy":
        store.serve(_read_org(rows[0]))
        return
    tenant = store.tenant(org_id)
    if isinstance(tenant, SharedTenant):
        for row in rows:
            _RESTORE[name](WritePlace(store, tenant), row)


_write_org, _read_org = writer(Org), reader(Org)
_write_people, _read_people = writer(People), reader(People)
_write_course, _read_course = writer(Course), reader(Course)
_write_fault, _read_fault = writer(Fault), reader(Fault)


def _same(value: Any) -> Any:
    return value


def _of_org(tenant: SharedTenant, *, is_copy: bool) -> Iterator[Rows]:
    org_id, journal = tenant.filed.id, tenant.journal
    if is_copy:
        yield Rows(org_id, "copy", [tenant.filed], _write_org)
    yield Rows(org_id, "org", [_org_row(tenant)], _same)
    yield Rows(org_id, "faults", [[*map(_fault_row, tenant.faults)]], _same)
    yield Rows(org_id, "tokens", [[_token_row(*one) for one in tenant.sessions()]], _same)
    yield Rows(org_id, "logins", list(tenant.kept_logins()), _same)
    yield Rows(org_id, "channels", [_channel_row(one) for one in tenant.channels], _same)
    yield Rows(org_id, "calls", [_now(call, tenant) for call in tenant.calls], _call_row)
    yield Rows(org_id, "exchanges", list(journal), _exchange_row)
    forgotten = journal.forgotten
    yield Rows(org_id, "forgotten", [[forgotten.exchanges, forgotten.refusals]], _same)
    yield Rows(org_id, "refusals", forgotten.newest_refusals(), list)
    yield Rows(org_id, "changes", journal.changes.shown(), _same)


# --- the org itself -------------------------------------------------------------------------------------


def _org_row(tenant: SharedTenant) -> list[Any]:
    changed = None if tenant.org is tenant.filed else _write_org(tenant.org)
    course = tenant.clock.commanded
    return [changed, _write_people(tenant.people), None if course is None else _write_course(course)]


def _restore_org(place: WritePlace, row: Any) -> None:
    org, people, course = row
    tenant = place.tenant
    tenant.stand(_read_org(org) if org is not None else tenant.filed, _read_people(people))
    if course is not None:
        tenant.clock.go(_read_course(course))


def _fault_row(armed: Armed) -> list[Any]:
    return [armed.place, _write_fault(armed.fault), armed.taken, armed.struck, armed.standing]


def _restore_faults(where: WritePlace, rows: Any) -> None:
    where.tenant.faults.clear()
    where.tenant.faults.add(Armed(place, _read_fault(fault), *counted) for place, fault, *counted in rows)


# --- tokens and channels --------------------------------------------------------------------------------


def _finite(moment: float) -> float | str:
    """The moment as JSON can hold it, which has no end of time."""
    return moment if math.isfinite(moment) else str(moment)


def _token_row(token: str, session: Session, issued: bool) -> list[Any]:
    caller = session.caller
    return [
        token,
        caller.user.id if caller.user else None,
        caller.app,
        None if caller.scopes is None else sorted(caller.scopes),
        _finite(session.expires_at),
        session.refresh_token,
        [_finite(session.window), session.count],
        issued,
    ]


def _restore_tokens(place: WritePlace, rows: Any) -> None:
    tenant = place.tenant
    tenant.forget_tokens()
    for token, user_id, app, scopes, expires_at, refresh_token, used, issued in rows:
        org = tenant.org
        user, client = org.user_by_id.get(user_id), org.client_by_id.get(app)
        session = tenant.session(user, client, tuple(scopes or ()), float(expires_at), refresh_token)
        session.window, session.count = float(used[0]), used[1]
        tenant.take_back(token, session, issued=issued)


def _restore_login(place: WritePlace, row: Any) -> None:
    place.tenant.take_back_login(*row)


def _channel_row(channel: Channel) -> list[Any]:
    return [
        channel.id,
        list(channel.owner),
        channel.token,
        channel.used_at,
        channel.expires_at,
        channel.connected_by,
        write_topics(tuple(channel.subscriptions.values())),
    ]


def _restore_channel(place: WritePlace, row: Any) -> None:
    channel_id, owner, token, used_at, expires_at, connected_by, topics = row
    channel = Channel(Owner(*owner), token, float(used_at))
    channel.id, channel.expires_at, channel.connected_by = channel_id, float(expires_at), connected_by
    channel.subscriptions = {one.id: one for one in read_topics(topics)}
    place.tenant.channels.take_back(channel)


# --- calls and exchanges --------------------------------------------------------------------------------


def _now(call: CallRecord, tenant: SharedTenant) -> CallSoFar:
    """The call; one that was placed when the org was another has its life begun as it was then."""
    lives = not call.plan.is_of(tenant.org) or (call.is_begun and _has_lived(call))
    return CallSoFar(call.id, call.placed_at, call.plan, call.latest if lives else None, call.missed)


def _has_lived(call: CallRecord) -> bool:
    """Whether anything has come to the call; that somebody looked at it does not count."""
    life = call.latest
    return len(life.history) > 1 or life.now > call.placed_at


def _call_row(call: CallSoFar) -> list[Any]:
    life = call.life
    lived = None if life is None else [encode(life).decode(), life.now]
    return [call.id, call.placed_at, write_plan(call.plan), lived, call.missed]


def _restore_call(place: WritePlace, row: Any) -> None:
    call_id, placed_at, plan, lived, missed = row
    call = CallRecord(call_id, read_plan(plan, place.tenant.org), float(placed_at))
    call.missed = missed
    life = None if lived is None else advance(decode(lived[0].encode()), float(lived[1]))
    calls = place.tenant.calls
    if isinstance(calls, SharedCalls):
        calls.take_back(call, life)


def _exchange_row(one: Exchange) -> list[Any]:
    return write_exchange(
        KeepExchange(one.id, one.at, one.request, one.response, one.verdict, one.call_id, one.caller)
    )


def _restore_exchange(place: WritePlace, row: Any) -> None:
    read_exchange(row, place).to(place.tenant)


def _restore_forgotten(place: WritePlace, row: Any) -> None:
    forgotten = place.tenant.journal.forgotten
    forgotten.exchanges, forgotten.refusals = row


def _restore_refusal(place: WritePlace, row: Any) -> None:
    place.tenant.journal.forgotten.take_back(*row)


def _restore_change(place: WritePlace, row: Any) -> None:
    place.tenant.journal.changes.keep(row)


_RESTORE: Mapping[str, Callable[[WritePlace, Any], None]] = {
    "org": _restore_org,
    "faults": _restore_faults,
    "tokens": _restore_tokens,
    "logins": _restore_login,
    "channels": _restore_channel,
    "calls": _restore_call,
    "exchanges": _restore_exchange,
    "forgotten": _restore_forgotten,
    "refusals": _restore_refusal,
    "changes": _restore_change,
}
