"""The kinds of writes, as the log keeps each: its name, its values, and the keys of what it changes.

The table is closed: what is not in it can be neither written nor read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast, get_type_hints

from ringback_contracts.core.model import Intent
from ringback_contracts.core.plain import plain
from ringback_contracts.life.commands import Command, Ring
from ringback_contracts.org import Org, Outcome
from ringback_contracts.resources.notifications.facts import Subscription
from ringback_mock.engine import writes as do
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.channels import Channel, Owner
from ringback_mock.engine.plans import Plan, Requested, RungIn
from ringback_mock.engine.sessions import Issued
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.writes import Write
from ringback_mock.replicas.calls import call_key, calls_key
from ringback_mock.replicas.exchanges import KeepExchange, read_exchange, write_exchange
from ringback_mock.replicas.remembered import Remembered
from ringback_mock.replicas.values import UnreadableError, reader, writer

if TYPE_CHECKING:
    from ringback_mock.engine.store import Store
    from ringback_mock.engine.tenant import Tenant

W = TypeVar("W", bound=Write)


@plain(compared=False)
class UseToken(Write):
    """A request counts against the limit of its token, at that moment in seconds since 1970."""

    token: str
    at: float

    def to(self, tenant: Tenant) -> None:
        tenant.use(self.token, self.at)


@plain(compared=False)
class Settle(Write):
    """What is due in the org's queues by that moment of its clock happens."""

    at: float

    def to(self, tenant: Tenant) -> None:
        settle(tenant, self.at)


@plain(compared=False)
class NoteListener(Write):
    """Somebody listens to a channel over a replica from a moment on, or nobody any more.

    Of two who begin at once the one is newer whose note comes later in the log; ``name`` is that of the note.
    """

    channel_id: str
    replica: str
    connected: bool
    at: float
    name: str = ""

    def to(self, tenant: Tenant) -> None:
        channel = tenant.channels.get(self.channel_id)
        if channel is None:
            return
        if self.connected:
            channel.connected_by, channel.used_at = self.replica, self.at
            if tenant.feed.name != self.replica:
                tenant.feed.replaced(channel)
            elif channel.noting == self.name:
                channel.noting = ""
        elif channel.connected_by == self.replica:
            channel.connected_by = ""


class WritePlace(NamedTuple):
    """Where a write is read: the orgs that there are, and the org that it is for."""

    store: Store
    tenant: Tenant


class WriteKind(NamedTuple):
    """How a kind of write is kept. ``changes`` gives the keys of what it changes in the org of that id."""

    write: Callable[[Any], Any]
    read: Callable[[Any, WritePlace], Write | None]
    changes: Callable[[Any, str], Iterable[str]]


def org_key(org_id: str) -> str:
    """What stands for all that an org is, but for what has keys of its own."""
    return f"o:{org_id}"


def channels_key(org_id: str) -> str:
    """What stands for the channels of the org."""
    return f"h:{org_id}"


def faults_key(org_id: str) -> str:
    """What stands for how often the faults of the org have struck."""
    return f"f:{org_id}"


def token_key(token: str) -> str:
    """What stands for a token."""
    return f"t:{token}"


def use_key(token: str) -> str:
    """What stands for how much of its limit a token has used."""
    return f"r:{token}"


ORGS = "orgs"
"""What stands for which orgs there are."""


def _org(_: Any, org_id: str) -> tuple[str, ...]:
    return (org_key(org_id),)


def _nothing(_: Any, __: str) -> tuple[str, ...]:
    return ()


@cache
def _parts(kind: type[Write]) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
    hints = get_type_hints(kind, vars(do))
    return [(item.name, writer(hints[item.name]), reader(hints[item.name])) for item in fields(kind)]  # type: ignore[arg-type]  # every kind is a dataclass


def _simple(kind: type[Write], changes: Callable[[Any, str], Iterable[str]] = _org) -> WriteKind:
    """A kind whose fields are plain values."""

    def write(value: Write) -> list[Any]:
        return [put(getattr(value, name)) for name, put, _ in _parts(kind)]

    def read(data: Any, _: WritePlace) -> Write:
        return kind(*(take(item) for (_, _, take), item in zip(_parts(kind), data, strict=True)))

    return WriteKind(write, read, changes)


# --- calls ----------------------------------------------------------------------------------------------

_write_ring, _read_ring = writer(Ring), reader(Ring)
_write_intent, _read_intent = writer(Intent), reader(Intent)


def _write_plan(plan: Plan) -> list[Any]:
    if isinstance(plan, Requested):
        return [_write_intent(plan.intent), plan.outcomes, None]
    return [None, None, _write_ring(cast("Ring", plan.command))]


def _read_plan(data: Any) -> tuple[Intent | None, tuple[Outcome, ...] | None, Ring | None]:
    intent, outcomes, ring = data
    return (
        None if intent is None else _read_intent(intent),
        None if outcomes is None else tuple(map(Outcome, outcomes)),
        None if ring is None else _read_ring(ring),
    )


_plans = Remembered(_write_plan, _read_plan)


def write_plan(plan: Plan) -> str:
    """The plan as a text."""
    return _plans.text(plan)


def read_plan(text: str, org: Org) -> Plan:
    """The plan that the text tells of, in the org."""
    intent, outcomes, ring = _plans.value(text)
    return RungIn(ring) if intent is None else Requested(intent, org, outcomes)


def _write_call(value: do.KeepCall) -> list[Any]:
    call = value.call
    return [call.id, call.placed_at, write_plan(call.plan)]


def _read_call(data: Any, place: WritePlace) -> Write:
    call_id, placed_at, text = data
    return do.KeepCall(CallRecord(call_id, read_plan(text, place.tenant.org), float(placed_at)))


def _call_changed(value: do.KeepCall | do.GiveCommand, org_id: str) -> tuple[str, ...]:
    return (call_key(org_id, value.call.id), calls_key(org_id))


_write_command, _read_command = writer(Command), reader(Command)


def _read_given(data: Any, place: WritePlace) -> Write | None:
    call_id, command, at = data
    call = place.tenant.calls.get(call_id)
    return None if call is None else do.GiveCommand(call, _read_command(command), float(at))


# --- tokens ---------------------------------------------------------------------------------------------

_write_issued, _read_issued = writer(Issued), reader(Issued)


def _write_token(value: do.HoldToken) -> list[Any]:
    return [_write_issued(value.issued), value.client.id, value.user.id if value.user else None]


def _read_token(data: Any, place: WritePlace) -> Write:
    issued, client_id, user_id = data
    org = place.tenant.org
    user = None if user_id is None else org.user_by_id[user_id]
    return do.HoldToken(_read_issued(issued), org.client_by_id[client_id], user)


def _code_changed(value: Any, _: str) -> tuple[str, ...]:
    return (code_key(value.code),)


def code_key(code: str) -> str:
    """What stands for an authorization code."""
    return f"d:{code}"


def _read_used_up(data: Any, place: WritePlace) -> Write:
    return do.UseUpCode(data[0], place.tenant.org.client_by_id[data[1]])


# --- channels -------------------------------------------------------------------------------------------


def _channels_changed(_: Any, org_id: str) -> tuple[str, ...]:
    return (channels_key(org_id),)


def _write_channel(value: do.OpenChannel) -> list[Any]:
    channel = value.channel
    return [channel.id, list(channel.owner), channel.token, channel.used_at]


def _read_channel(data: Any, _: WritePlace) -> Write:
    channel_id, owner, token, at = data
    channel = Channel(Owner(*owner), token, float(at))
    channel.id = channel_id
    return do.OpenChannel(channel)


write_topics, read_topics = writer(tuple[Subscription, ...]), reader(tuple[Subscription, ...])


def _read_subscribed(data: Any, place: WritePlace) -> Write | None:
    channel = place.tenant.channels.get(data[0])
    return None if channel is None else do.Subscribe(channel, read_topics(data[1]))


# --- orgs -----------------------------------------------------------------------------------------------

_write_org, _read_org = writer(Org), reader(Org)


def _read_dropped(data: Any, place: WritePlace) -> Write | None:
    found = place.store.tenant(data)
    return None if found is None else do.DropCopy(place.store, found)


def _orgs_changed(value: do.ServeCopy | do.DropCopy, _: str) -> Iterable[str]:
    if isinstance(value, do.DropCopy):
        return (ORGS, org_key(value.copy.org.id))
    return (ORGS, *(token_key(token.value) for token in value.copy.tokens))


def _without(kind: type[Write]) -> WriteKind:
    """A kind that has no values."""
    return WriteKind(lambda _: None, lambda _, __: kind(), _org)


KINDS: Mapping[type[Write], WriteKind] = {
    do.KeepCall: WriteKind(_write_call, _read_call, _call_changed),
    do.GiveCommand: WriteKind(
        lambda value: [value.call.id, _write_command(value.command), value.at], _read_given, _call_changed
    ),
    do.RevokeToken: _simple(do.RevokeToken, lambda value, org_id: (org_key(org_id), token_key(value.token))),
    do.WithdrawToken: _simple(
        do.WithdrawToken, lambda value, org_id: (org_key(org_id), token_key(value.token))
    ),
    do.CountFaults: _simple(do.CountFaults, lambda _, org_id: (faults_key(org_id),)),
    do.HoldToken: WriteKind(
        _write_token, _read_token, lambda value, _: (token_key(value.issued.access_token),)
    ),
    do.HoldCode: _simple(do.HoldCode, _code_changed),
    do.UseUpCode: WriteKind(lambda value: [value.code, value.client.id], _read_used_up, _code_changed),
    do.RevokeReplayed: _simple(do.RevokeReplayed),
    do.BeginLogin: _simple(do.BeginLogin, _code_changed),
    do.ChangeUser: _simple(do.ChangeUser),
    do.ChangeQueue: _simple(do.ChangeQueue),
    do.OpenChannel: WriteKind(_write_channel, _read_channel, _channels_changed),
    do.Subscribe: WriteKind(
        lambda value: [value.channel.id, write_topics(value.subscriptions)],
        _read_subscribed,
        _channels_changed,
    ),
    NoteListener: _simple(NoteListener, _channels_changed),
    do.ResetOrg: _without(do.ResetOrg),
    do.ServeCopy: WriteKind(
        lambda value: _write_org(value.copy),
        lambda data, place: do.ServeCopy(place.store, _read_org(data)),
        _orgs_changed,
    ),
    do.DropCopy: WriteKind(lambda value: value.copy.org.id, _read_dropped, _orgs_changed),
    do.SetFaults: _simple(do.SetFaults),
    do.ClearFaults: _without(do.ClearFaults),
    do.ClearFault: _simple(do.ClearFault),
    do.SetClock: _simple(do.SetClock),
    do.NoteChange: _simple(do.NoteChange, _nothing),
    KeepExchange: WriteKind(write_exchange, read_exchange, _nothing),
    UseToken: _simple(UseToken, lambda value, _: (use_key(value.token),)),
    Settle: _simple(Settle, lambda _, org_id: (org_key(org_id), calls_key(org_id))),
}
"""Every kind of write that there is."""

OF_ONE = (do.CountFaults, do.UseUpCode, do.OpenChannel, do.Subscribe)
"""Writes that hang on what they change."""
ALONE = (KeepExchange, do.NoteChange)
"""Writes that hang on nothing."""

_BY_NAME = {kind.__name__: how for kind, how in KINDS.items()}


def write_all(writes: Iterable[Write]) -> list[Any]:
    """The writes as JSON's values."""
    return [[type(write).__name__, KINDS[type(write)].write(write)] for write in writes]


def read_write(data: Any, place: WritePlace) -> Write | None:
    """The write that the values tell of; ``None`` for one of something that is there no more.

    Raises ``UnreadableError``.
    """
    name, values = data
    how = _BY_NAME.get(name)
    if how is None:
        raise UnreadableError(f"this version knows no write {name!r}")
    return how.read(values, place)


def hangs_on(writes: Iterable[Write], org_id: str) -> set[str]:
    """The keys of what must not have changed, beside what was looked at, for the writes to be right."""
    return {org_key(org_id), ORGS} | changed_by((one for one in writes if isinstance(one, OF_ONE)), org_id)


def changed_by(writes: Iterable[Write], org_id: str) -> set[str]:
    """The keys of all that the writes change."""
    keys: set[str] = set()
    for write in writes:
        keys.update(KINDS[type(write)].changes(write, org_id))
    return keys
