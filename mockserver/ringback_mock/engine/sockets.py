"""The sockets of channels, as an edge opens them: who listens, what they say, and when they are told next."""

from __future__ import annotations

import math
from collections.abc import Callable

import orjson

from ringback_contracts.http.faults import LISTEN, Fault, FaultKind
from ringback_contracts.resources.notifications.facts import MOST_TOPICS, subscription
from ringback_mock.engine import messages
from ringback_mock.engine.channels import Channel, Listener
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.engine.troubles import Troubled
from ringback_mock.engine.writes import Subscribe

GONE = "the channel is no more: it expired, was replaced by newer ones, or its token ended; make another"


class SocketSession:
    """What is said over one socket."""

    def __init__(self, store: Store, tenant: Tenant, channel: Channel, listener: Listener) -> None:
        self._store = store
        self._tenant = tenant
        self._channel = channel
        self._listener = listener

    def heard(self, text: str | bytes) -> None:
        """The client says something: it is answered over the socket."""
        with self._store.lock:
            self._listener.send(self._reply(text))

    def ended(self) -> None:
        """The connection is over."""
        with self._store.lock:
            self._tenant.feed.disconnect(self._channel, self._listener)

    def _reply(self, text: str | bytes) -> bytes:
        try:
            said = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            return messages.refused("error", f"the message is no JSON: {error}", None)
        kind = said.get("message") if isinstance(said, dict) else None
        if kind == "ping":
            return messages.PONG
        if kind != "subscribe":
            return messages.refused("error", 'a message is {"message": "ping"} or "subscribe"', None)
        return self._subscribe(said.get("topics"), said.get("correlationId"))

    def _subscribe(self, topics: object, correlation_id: object) -> bytes:
        tenant, channel = self._tenant, self._channel
        holder = tenant.holder(channel.token)
        if holder is None or tenant.channels.get(channel.id) is not channel:
            return messages.gone(GONE, correlation_id)
        if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
            return messages.refused("error", "topics is a list of texts", correlation_id)
        asked = [subscription(topic, holder) for topic in topics]
        for one in asked:
            if one.rejected:
                why = f"lacks {', '.join(one.lacking)}" if one.lacking else "no topic is called so"
                return messages.refused("failure", f"{one.id}: {why}", correlation_id)
        all_of_them = {**channel.subscriptions, **{one.id: one for one in asked}}
        if len(all_of_them) > MOST_TOPICS:
            return messages.refused("failure", f"a channel has at most {MOST_TOPICS} topics", correlation_id)
        self._store.commit(tenant, (Subscribe(channel, tuple(all_of_them.values())),))
        return messages.subscribed(correlation_id)


class Sockets:
    """All sockets of a site. ``alarm`` is told when the moment of ``next_in`` may have changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._struck: dict[str, Fault] = {}
        """What befalls the sockets that open just now, by their channels."""
        self.alarm: Callable[[], object] | None = None

    def join(self, channel_id: str, listener: Listener) -> SocketSession | None:
        """Let the listener be told what comes over the channel; ``None`` if there is no such channel."""
        with self._store.lock:
            found = self._store.channel(channel_id)
            if found is None:
                return None
            tenant, channel = found
            fault = self._struck.pop(channel_id, None) or self._strike(tenant)
            if fault is not None:
                listener = Troubled(fault, listener, tenant.feed.agenda, tenant.clock)
            tenant.feed.connect(channel, listener, tenant.clock())
            if not math.isinf(ends := tenant.ends(channel.token)):
                # That a token which ends by itself is told like one that is revoked is assumed.
                tenant.feed.agenda.put(ends, lambda _: tenant.feed.revoke(channel))
            self._set_alarm()
            return SocketSession(self._store, tenant, channel, listener)

    def refuses(self, channel_id: str) -> bool:
        """Whether a fault keeps the socket that opens now from opening."""
        with self._store.lock:
            found = self._store.channel(channel_id)
            fault = self._strike(found[0]) if found else None
            if fault is not None and fault.kind is not FaultKind.SOCKET_REFUSED:
                self._struck[channel_id] = fault
                return False
            return fault is not None

    @staticmethod
    def _strike(tenant: Tenant) -> Fault | None:
        """The fault that strikes a socket of the org which opens."""
        faults = tenant.faults
        if not faults.concern(()):
            return None
        fault = faults.should_fire(LISTEN, ())
        faults.count(LISTEN, ())
        return fault

    def knows(self, channel_id: str) -> bool:
        """Whether there is such a channel."""
        with self._store.lock:
            return self._store.channel(channel_id) is not None

    def tell(self) -> None:
        """Tell all that is due by now."""
        with self._store.lock:
            for tenant in tuple(self._store.listened):
                now = tenant.clock()
                settle(tenant, now)
                tenant.feed.run(now)
            self._set_alarm()

    def next_in(self) -> float:
        """The seconds until something is due; no end, if nothing is."""
        with self._store.lock:
            return min((_seconds(tenant) for tenant in self._store.listened), default=math.inf)

    def _set_alarm(self) -> None:
        if self.alarm is not None:
            self.alarm()


def _seconds(tenant: Tenant) -> float:
    due = tenant.feed.agenda.next
    return math.inf if due is None else tenant.clock.seconds_until(due)
