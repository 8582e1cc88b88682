"""What the sockets of an org are told: the turns of its calls, and heartbeats.

Nothing here looks whether anything has happened. What is written to the org tells the feed, and the next turn
of each call that anybody might be told of stands in an agenda. While no socket is connected there is none,
and nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import orjson

from ringback_contracts.life import Conversation, next_turn, snapshots
from ringback_contracts.life.views import notices
from ringback_contracts.resources.notifications.topics import SUMMARY, topic_name
from ringback_mock.engine import messages, user_events
from ringback_mock.engine.agenda import LATER, Agenda
from ringback_mock.engine.channels import Channel, Listener
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.interactions import Interactions, spans_of
from ringback_mock.engine.summaries import Summaries

if TYPE_CHECKING:
    from ringback_mock.engine.calls import CallRecord, Calls
    from ringback_mock.engine.people import OrgNow

HEARTBEAT_SECONDS = 30.0
"""Between two heartbeats of a socket (reported)."""
FORGOTTEN = 1_000
"""Turns of forgotten calls that may stand in the agenda before somebody looks for them."""
HERE = "here"
"""What a process is called that serves alone."""
NORMAL, GOING_AWAY, POLICY = 1000, 1001, 1008
"""Why a connection is closed (RFC 6455 section 7.4)."""


def note_listener(channel: Channel, connected: bool, at: float) -> None:
    """Note with the channel that somebody listens, or nobody any more."""
    channel.connected_by, channel.used_at = HERE if connected else "", at


class EventFeed:
    """Tells the listeners of one org's channels, and follows its ``calls`` while anybody listens.

    ``standing`` gives the org as it is, whose switches hold; ``changed`` is told when somebody begins or
    ceases to listen.
    """

    def __init__(
        self,
        calls: Calls,
        standing: Callable[[], OrgNow],
        *,
        changed: Callable[[EventFeed], object] | None = None,
    ) -> None:
        self.agenda = Agenda()
        self._calls = calls
        self._standing = standing
        self._changed = changed
        self.name = HERE
        self.note: Callable[[Channel, bool, float], object] = note_listener
        """Is told who has a listener from a moment on, or has none any more."""
        self._listening: dict[Channel, Listener] = {}
        self._audience: dict[str, dict[Channel, str]] = {}
        """By names of topics: the channels that are told, and how each of them writes the name."""
        self._topics: dict[Channel, tuple[str, ...]] = {}
        self._summaries = Summaries(calls)

    @property
    def busy(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listening)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listening)

    def run(self, now: float) -> None:
        """Tell all that is due by now, in order."""
        self.agenda.run(now)

    # Who listens

    def connect(self, channel: Channel, listener: Listener, now: float) -> None:
        """Tell the listener what comes over the channel, in place of whoever listened to it before."""
        before = channel.listener
        channel.listener = listener
        self.note(channel, True, now)  # noqa: FBT003 - it is what is noted
        self._listening[channel] = listener
        if before is not None:
            self._replace(channel, before)
        self._calls.watcher = self.call_changed
        self.resubscribed(channel, now)
        self.agenda.put(now + HEARTBEAT_SECONDS, lambda at: self._beat(channel, listener, at), LATER)
        self._tell_changed()

    @staticmethod
    def _replace(channel: Channel, listener: Listener) -> None:
        listener.send(messages.no_longer_subscribed(channel))
        listener.close(NORMAL, "another connection to the channel was opened")

    def note_again(self, now: float) -> None:
        """Note with each channel that somebody listens, as earlier notes may be lost."""
        for channel in self._listening:
            self.note(channel, True, now)  # noqa: FBT003 - it is what is noted

    def replaced(self, channel: Channel) -> None:
        """Somebody listens over another process, newer than who is here unless that is yet to be noted."""
        listener = self._listening.get(channel)
        if listener is not None and not channel.noting:
            self._replace(channel, listener)
            self.disconnect(channel, listener)

    def disconnect(self, channel: Channel, listener: Listener) -> None:
        """Tell the listener nothing more."""
        if channel.listener is not listener:
            return
        channel.listener = None
        self.note(channel, False, channel.used_at)  # noqa: FBT003 - it is what is noted
        self.silence(channel)
        self._listening.pop(channel, None)
        if not self._listening:
            self._calls.watcher = None
            self.agenda.clear()
            self._summaries.clear()
            for call in self._calls:
                call.told = None
        self._tell_changed()

    def resubscribed(self, channel: Channel, now: float) -> None:
        """The channel is subscribed to other topics than before."""
        if channel not in self._listening:
            return
        self.silence(channel)
        names = dict(channel.names())
        new = [name for name in names if name not in self._audience]
        for name, written in names.items():
            self._audience.setdefault(name, {})[channel] = written
        self._topics[channel] = tuple(names)
        self._follow(new, now)
        self.agenda.put(channel.expires_at, lambda at: self._expire(channel, at))

    def silence(self, channel: Channel) -> None:
        """Let no event come over the channel. One that is no more has heartbeats all the same (reported)."""
        for name in self._topics.pop(channel, ()):
            del self._audience[name][channel]
            if not self._audience[name]:
                del self._audience[name]

    def revoke(self, channel: Channel) -> None:
        """The token ends by which the channel was made, and with it whoever listens."""
        listener = self._listening.get(channel)
        if listener is not None:
            listener.send(messages.token_revoked(channel))
            listener.close(POLICY, "the token was revoked")
            self.disconnect(channel, listener)

    def close(self, reason: str) -> None:
        """Let nobody listen any more."""
        for channel, listener in tuple(self._listening.items()):
            listener.close(GOING_AWAY, reason)
            self.disconnect(channel, listener)

    def _expire(self, channel: Channel, at: float) -> None:
        listener = self._listening.get(channel)
        if listener is not None and channel.expires_at <= at:
            listener.close(NORMAL, "the channel was not subscribed for a day")
            self.disconnect(channel, listener)

    def _tell_changed(self) -> None:
        if self._changed is not None:
            self._changed(self)

    # What happens by itself

    def _beat(self, channel: Channel, listener: Listener, at: float) -> None:
        if channel.listener is listener:
            listener.send(messages.HEARTBEAT)
            self.agenda.put(at + HEARTBEAT_SECONDS, lambda then: self._beat(channel, listener, then), LATER)

    def _follow(self, names: Iterable[str], now: float) -> None:
        """Await the next turn of the calls that these topics can be about."""
        ids = {notices.entity_of(name) for name in names if notices.of_calls(name)}
        if ids:
            for call in self._calls:
                if call.begins_in_queue or not ids.isdisjoint(call.concerned()):
                    self._summaries.note(call.seen(now), self._summary_wanted)
                    if call.told is None:
                        call.told = call.seen(now)
                        self._await(call.id, call.told)

    def _await(self, call_id: str, told: Conversation) -> None:
        due = next_turn(told)
        if due is not None:
            self.agenda.put(due, lambda at: self._turn(call_id, at), about=call_id)
            if len(self.agenda) > 2 * len(self._calls) + 4 * len(self._listening) + FORGOTTEN:
                self.agenda.keep(self._calls)

    def _turn(self, call_id: str, at: float) -> None:
        """Tell each turn of the call by then."""
        call = self._calls.get(call_id)
        before = call.told if call is not None else None
        if call is None or before is None:
            return
        for after in snapshots(before, at):
            self._tell_call(before, after, after.now)
            before = after
        if before is not call.told:
            call.told = before
            self._await(call_id, before)

    def _summary_wanted(self, user_id: str) -> bool:
        return topic_name(SUMMARY, user_id) in self._audience

    # What somebody does

    def call_changed(self, call: CallRecord) -> None:
        """A call was placed, or a command took effect on it."""
        after = call.latest
        self.agenda.run(after.now)
        before = call.told
        if before is None or before.history != after.history:
            self._tell_call(before, after, after.now)
        call.told = after
        self._await(call.id, after)

    def _tell_call(self, before: Conversation | None, after: Conversation, at: float) -> None:
        held = before is not None and notices.held(before) != notices.held(after)
        times = 2 if held and self._standing().org.hold_told_twice else 1
        for name, body in notices.of_call(after, self._audience):
            for _ in range(times):
                self._publish(name, body, at)

        for user_id in self._summaries.note(after, self._summary_wanted):
            self._publish(topic_name(SUMMARY, user_id), orjson.dumps(self._summaries.told(user_id)), at)
        self._tell_workers(before, after, at)

    def _tell_workers(self, before: Conversation | None, after: Conversation, at: float) -> None:
        """Tell of those who begin to work on the call for a queue, or are done with it."""
        then, now = dict(spans_of(before)) if before is not None else {}, dict(spans_of(after))
        differing = [user_id for user_id, span in now.items() if then.get(user_id) != span]
        if not differing:
            return
        standing, others = self._standing(), [one for one in self._calls.for_queues(at) if one.id != after.id]
        old = standing._replace(interactions=Interactions(lambda: [*others, *([before] if before else ())]))
        new = standing._replace(interactions=Interactions(lambda: [*others, after]))
        for user_id in differing:
            if user_id in standing.org.user_by_id:
                self._tell_user(user_id, old, new, at)

    def user_changed(self, user_id: str, before: OrgNow, after: OrgNow, at: float) -> None:
        """Something about a user has changed."""
        self.agenda.run(at)
        self._tell_user(user_id, before, after, at)

    def _tell_user(self, user_id: str, before: OrgNow, after: OrgNow, at: float) -> None:
        for template, body in user_events.of_change(user_id, before, after):
            name = topic_name(template, user_id)
            if name in self._audience:
                self._publish(name, orjson.dumps(body), at)

    def _publish(self, name: str, body: bytes, at: float) -> None:
        correlation_id = new_id()

        def publish(_: float) -> None:
            for channel, written in tuple(self._audience.get(name, {}).items()):
                self._listening[channel].send(messages.event(written, body, correlation_id))

        delay = self._standing().org.event_delay
        if delay:
            self.agenda.put(at + delay, publish, LATER)
        else:
            publish(at)
