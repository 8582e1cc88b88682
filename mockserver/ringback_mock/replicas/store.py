"""The orgs as the log tells of them: an ordinary store, to which nobody writes but the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import Caller
from ringback_contracts.org import Client, Org
from ringback_mock.engine.channels import Channel
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.sessions import Session
from ringback_mock.engine.staffing import unsettled
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.replicas.calls import Reading, SharedCalls
from ringback_mock.replicas.kinds import ORGS, NoteListener, UseToken, token_key, use_key

if TYPE_CHECKING:
    from ringback_mock.engine.writes import Write


class SharedTenant(Tenant):
    """An org that several replicas serve."""

    calls_kind = SharedCalls
    calls: SharedCalls


class SharedStore(Store):
    """What one replica has of the orgs that it serves with others. ``began`` is when their log began.

    Its time is that of the entry that is applied, of the decision that is made, or else the world's.
    ``write_later`` takes what is to be written without having been decided in a turn of the log,
    ``serve_later`` an org that is to be served in place of the default one.
    """

    tenant_kind = SharedTenant

    def __init__(self, org: Org, began: float, *, name: str | None = None, **bounds: Any) -> None:
        self.name = name or new_id()
        self.reading = Reading()
        self.write_later: Callable[[Tenant, Iterable[Write]], object] = _nobody
        self.serve_later: Callable[[Org], object] = _nobody
        self.began = began
        self._fixed: float | None = began
        self._given = (org, bounds)
        super().__init__(org, clock=self._now, **bounds)
        self._fixed = None

    def begin_anew(self, began: float, org: Org) -> None:
        """Forget everything, and be as at the beginning of a log of the org."""
        with self.lock:
            for tenant in self.tenants:
                tenant.end()
            _, bounds = self._given
            hooks = self.write_later, self.serve_later
            self.__init__(org, began, name=self.name, **bounds)  # type: ignore[misc]  # every reference to it stays good
            self.write_later, self.serve_later = hooks

    def replace_default(self, org: Org) -> None:
        """Have every replica serve this org from its start: the log begins anew, and no copy stays either."""
        self.serve_later(org)

    def _now(self) -> float:
        return time.time() if self._fixed is None else self._fixed

    def _serve(self, org: Org) -> Tenant:
        tenant = super()._serve(org)
        if isinstance(tenant, SharedTenant):
            tenant.calls.attach(self.reading, org.id)
        tenant.feed.name = self.name
        tenant.feed.note = partial(self._note_listener, ref(tenant))
        return tenant

    def _note_listener(self, of: ref[Tenant], channel: Channel, connected: bool, at: float) -> None:
        name = channel.noting = new_id() if connected else ""
        if (tenant := of()) is not None:
            self.write_later(tenant, (NoteListener(channel.id, self.name, connected, at, name),))

    def note_listeners(self) -> None:
        """Note anew who listens here: what was noted while the log was away is lost."""
        for tenant in self.listened:
            tenant.feed.note_again(tenant.clock())

    @contextmanager
    def at(self, moment: float, *, applying: bool = False) -> Iterator[None]:
        """Let it be that moment, in seconds since 1970, for a decision or for an entry that is applied."""
        before = self._fixed, self.reading.applying
        self._fixed, self.reading.applying = moment, applying
        try:
            yield
        finally:
            self._fixed, self.reading.applying = before

    def commit(self, tenant: Tenant, writes: Iterable[Write]) -> None:
        """Have it written by the log, which is what every replica hears of."""
        self.write_later(tenant, writes)

    def apply(self, tenant: Tenant, writes: Iterable[Write], moment: float) -> None:
        """Write what the log says."""
        with self.at(moment, applying=True):
            super().commit(tenant, writes)

    def resolve(self, authorization: str | None) -> tuple[Tenant, Caller, float]:
        self._note_token(bearer(authorization))
        return super().resolve(authorization)

    def used(self, token: str, session: Session, now: float) -> Caller:
        """The same; that the request counts against its token's limit is one of its writes."""
        if session.limit is not None and now < session.expires_at:
            self.reading.keys.add(use_key(token))
            self.reading.uses.append(UseToken(token, now))
        return session.preview(now)

    def owner(self, authorization: str | None) -> Tenant:
        self._note_token(bearer(authorization))
        return super().owner(authorization)

    def client(self, client_id: str) -> tuple[Tenant, Client] | None:
        self.reading.keys.add(ORGS)
        return super().client(client_id)

    def _note_token(self, token: str | None) -> None:
        if token is not None:
            self.reading.keys.add(token_key(token))

    def unsettled(self) -> list[Tenant]:
        """The orgs in whose queues something is due by now."""
        return [
            tenant
            for tenant in self.tenants
            if isinstance(tenant, SharedTenant)
            and (waiting := tenant.calls.waiting())
            and unsettled(tenant, waiting, tenant.clock())
        ]


def _nobody(*_: object) -> None:
    raise RuntimeError("no replica writes for this store yet")
