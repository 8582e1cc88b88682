"""Everything the mock remembers: the orgs it serves, and whose each token and each client is."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import ANONYMOUS, Caller
from ringback_contracts.org import Client, Org, changed, default_org
from ringback_mock.engine.bounded import Bounded
from ringback_mock.engine.channels import Channel
from ringback_mock.engine.clock import Clock, OrgClock
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.sessions import UNKNOWN, Session
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.tenant import KEPT_BYTES, Rooms, Tenant

if TYPE_CHECKING:
    from ringback_mock.engine.writes import Write

__all__ = ["FreshClient", "FreshOrg", "Store", "Tenant"]


@dataclass(frozen=True, slots=True)
class FreshClient:
    """The new credentials of an OAuth client."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FreshOrg:
    """The copy of an org: its id, and its tokens and clients by the names they have in the org's file."""

    id: str
    tokens: dict[str, str] = field(repr=False)
    clients: dict[str, FreshClient]


class Store:
    """The orgs being served: the one given (or the default one) and at most ``orgs_size`` copies of it.

    ``journal_size`` and ``calls_size`` hold for each org, ``kept_bytes`` for the memory, roughly, of all
    their calls and journals together: the oldest entries go first, whose ever they are. ``clock`` gives
    seconds since 1970, from which each org has its time, ``speed`` times as fast. Whoever answers a request
    holds ``lock`` meanwhile, so that everything is judged one at a time.
    """

    tenant_kind: type[Tenant] = Tenant

    def __init__(  # noqa: PLR0913 - each bound of what is kept can be set alone, and all be left out
        self,
        org: Org | None = None,
        *,
        clock: Clock = time.time,
        journal_size: int = 2_000,
        calls_size: int = 10_000,
        orgs_size: int = 64,
        kept_bytes: int = KEPT_BYTES,
        speed: float = 1.0,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._speed = speed
        self._journal_size = journal_size
        self._calls_size = calls_size
        self._rooms = Rooms(kept_bytes)
        self._sessions: dict[str, tuple[Tenant, Session]] = {}
        self._copies: Bounded[str, Tenant] = Bounded(orgs_size, forget=self._forget_org)
        self._clients: dict[str, tuple[Tenant, Client]] = {}
        self.listened: set[Tenant] = set()
        """The orgs of which somebody listens to a channel."""
        self.default = self._serve(org or default_org())

    def _serve(self, org: Org) -> Tenant:
        tenant = self.tenant_kind(
            org,
            self._sessions,
            rooms=self._rooms,
            clock=OrgClock(self._world, self._speed),
            journal_size=self._journal_size,
            calls_size=self._calls_size,
            listened=self._note_listening,
        )
        self._clients.update((client.id, (tenant, client)) for client in org.clients)
        return tenant

    @property
    def kept_bytes(self) -> int:
        """The memory, roughly, of all calls and journals."""
        return self._rooms.kept.weight

    def _world(self) -> float:
        return self.clock()

    def _note_listening(self, tenant: Tenant) -> None:
        if tenant.feed.busy:
            self.listened.add(tenant)
        else:
            self.listened.discard(tenant)

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """Every org that is served, the default one first."""
        return (self.default, *self._copies.values())

    def commit(self, tenant: Tenant, writes: Iterable[Write]) -> None:
        """Write what was decided to the org."""
        for write in writes:
            write.to(tenant)

    def channel(self, channel_id: str) -> tuple[Tenant, Channel] | None:
        """The channel of that id, and the org it is of."""
        for tenant in self.tenants:
            found = tenant.channels.get(channel_id)
            if found is not None:
                return tenant, found
        return None

    def resolve(self, authorization: str | None) -> tuple[Tenant, Caller, float]:
        """Whose request it is, by its ``Authorization`` header: the org, the caller, and the org's time.

        By then the org is settled, and the request counts against its token's rate limit. Where no org can
        claim it, it is the default one's, and the caller says why.
        """
        token = bearer(authorization)
        tenant, session = self._sessions.get(token or "") or (self.default, None)
        now = tenant.clock()
        settle(tenant, now)
        if token is None or session is None:
            return tenant, ANONYMOUS if token is None else UNKNOWN, now
        return tenant, self.used(token, session, now), now

    def used(self, token: str, session: Session, now: float) -> Caller:  # noqa: ARG002 - a shared store notes it
        """The caller of one more request with the token."""
        return session.use(now)

    def owner(self, authorization: str | None) -> Tenant:
        """Whose request it is, which counts against no limit."""
        found = self._sessions.get(bearer(authorization) or "")
        return found[0] if found else self.default

    def client(self, client_id: str) -> tuple[Tenant, Client] | None:
        """The OAuth client of that id, and the org it belongs to."""
        return self._clients.get(client_id)

    def tenant(self, org_id: str) -> Tenant | None:
        """The org of that id, in whatever case, if it is served."""
        wanted = org_id.lower()
        return self.default if wanted == self.default.org.id.lower() else self._copies.get(wanted)

    def copied(self, changes: Mapping[str, Any], org: Org | None = None) -> tuple[Org, FreshOrg]:
        """An isolated copy of the default org, with the same entities and its own tokens and clients.

        ``org`` is copied in its place; ``changes`` are values in which the copy differs. Raises ``OrgError``
        for one that no org has.
        """
        return _copy(changed(org or self.default.filed, changes))

    def serve(self, copy: Org) -> None:
        """Serve a copy too. Beyond ``orgs_size``, the oldest is forgotten and its tokens are unknown."""
        self._copies.put(copy.id, self._serve(copy))

    def add_org(self, changes: Mapping[str, Any] | None = None) -> FreshOrg:
        """Serve a copy of the default org that differs in these values."""
        with self.lock:
            org, fresh = self.copied(changes or {})
            self.serve(org)
            return fresh

    def drop_org(self, tenant: Tenant) -> None:
        """Serve a copy no longer: its tokens and clients are unknown from now on."""
        with self.lock:
            if self._copies.pop(tenant.org.id) is not None:
                self._forget_org(tenant.org.id, tenant)

    def replace_default(self, org: Org) -> None:
        """Serve this org in place of the default one, of which nothing stays; its copies do."""
        with self.lock:
            self._forget_org(self.default.org.id, self.default)
            self.default = self._serve(org)

    def _forget_org(self, _: str, tenant: Tenant) -> None:
        tenant.end()
        for client in tenant.org.clients:
            self._clients.pop(client.id, None)

    def reset(self, tenant: Tenant | None = None) -> None:
        """Bring one org, by default the default one, back to how it was at the start."""
        with self.lock:
            (tenant or self.default).reset()


def _copy(org: Org) -> tuple[Org, FreshOrg]:
    clients = {old.id: FreshClient(_renewed(old.id), secrets.token_urlsafe(24)) for old in org.clients}
    tokens = {token.value: _renewed(token.value) for token in org.tokens}
    copy = replace(
        org,
        id=new_id(),
        clients=tuple(_with(client, clients[client.id]) for client in org.clients),
        tokens=tuple(
            replace(token, value=tokens[token.value], client=_renamed(token.client, clients))
            for token in org.tokens
        ),
    )
    return copy, FreshOrg(copy.id, tokens, clients)


def _with(client: Client, fresh: FreshClient) -> Client:
    return replace(client, id=fresh.id, secret=fresh.secret)


def _renamed(client_id: str | None, clients: dict[str, FreshClient]) -> str | None:
    return None if client_id is None else clients[client_id].id


def _renewed(name: str) -> str:
    """A name nobody can guess, which still shows what it stands for."""
    return f"{name}-{secrets.token_hex(12)}"
