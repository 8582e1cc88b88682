"""What is to be written once it is decided. To decide changes nothing, so that a store may be far away."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field

from ringback_contracts.core.model import Request
from ringback_contracts.core.plain import plain
from ringback_contracts.life.commands import Command
from ringback_contracts.org import Client, Org, User
from ringback_contracts.resources.notifications.facts import Subscription
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.channels import Channel
from ringback_mock.engine.clock import Course
from ringback_mock.engine.commands import when_in_effect
from ringback_mock.engine.faults import Armed
from ringback_mock.engine.people import QueueChange, UserChange
from ringback_mock.engine.sessions import Code, Issued, Login
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant


class Write(ABC):
    """One thing to be written."""

    __slots__ = ()

    @abstractmethod
    def to(self, tenant: Tenant) -> None:
        """Write it to the org."""


@plain(compared=False)
class KeepCall(Write):
    """A call was placed."""

    call: CallRecord

    def to(self, tenant: Tenant) -> None:
        tenant.calls.keep(self.call)
        settle(tenant, self.call.placed_at)


@plain(compared=False)
class GiveCommand(Write):
    """A command to a call is accepted, at that moment in seconds since 1970."""

    call: CallRecord
    command: Command
    at: float

    def to(self, tenant: Tenant) -> None:
        tenant.calls.give(self.call, when_in_effect(self.command, tenant.org), self.at)
        settle(tenant, self.at)


@plain(compared=False)
class RevokeToken(Write):
    """A token ends, and the login that it came from."""

    token: str = field(repr=False)

    def to(self, tenant: Tenant) -> None:
        tenant.revoke(self.token)


@plain(compared=False)
class WithdrawToken(Write):
    """A token ends; a new one can be had."""

    token: str = field(repr=False)

    def to(self, tenant: Tenant) -> None:
        tenant.withdraw(self.token)


@plain(compared=False)
class CountFaults(Write):
    """The faults take a request, and some of them fire."""

    what: str
    numbers: tuple[str, ...] = field(repr=False)

    def to(self, tenant: Tenant) -> None:
        tenant.faults.count(self.what, self.numbers)


@plain(compared=False)
class HoldToken(Write):
    """An access token is good from now on, for the client itself or for a user."""

    issued: Issued
    client: Client
    user: User | None

    def to(self, tenant: Tenant) -> None:
        tenant.hold(self.issued, self.client, self.user)


@plain(compared=False)
class HoldCode(Write):
    """A user logged in, and the authorization code can be changed for tokens."""

    code: str = field(repr=False)
    stands_for: Code

    def to(self, tenant: Tenant) -> None:
        tenant.hold_code(self.code, self.stands_for)


@plain(compared=False)
class UseUpCode(Write):
    """An authorization code is good no more, whatever comes of it."""

    code: str = field(repr=False)
    client: Client

    def to(self, tenant: Tenant) -> None:
        tenant.use_up(self.code, self.client)


@plain(compared=False)
class RevokeReplayed(Write):
    """A code came a second time: what it gave ends."""

    code: str = field(repr=False)

    def to(self, tenant: Tenant) -> None:
        tenant.revoke_replayed(self.code)


@plain(compared=False)
class BeginLogin(Write):
    """A code gave a login, for which a refresh token stands."""

    login: Login
    code: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def to(self, tenant: Tenant) -> None:
        tenant.begin_login(self.login, self.code, self.refresh_token)


@plain(compared=False)
class ChangeUser(Write):
    """A user is otherwise from now on."""

    change: UserChange

    def to(self, tenant: Tenant) -> None:
        tenant.change_user(self.change)
        settle(tenant, self.change.at)


@plain(compared=False)
class OpenChannel(Write):
    """Somebody has a channel from now on."""

    channel: Channel

    def to(self, tenant: Tenant) -> None:
        tenant.channels.open(self.channel)


@plain(compared=False)
class Subscribe(Write):
    """A channel is subscribed to these topics from now on, and to no others."""

    channel: Channel
    subscriptions: tuple[Subscription, ...]

    def to(self, tenant: Tenant) -> None:
        tenant.channels.subscribe(self.channel, self.subscriptions)
        tenant.feed.resubscribed(self.channel, tenant.clock())


@plain(compared=False)
class ChangeQueue(Write):
    """A queue has other members from now on."""

    change: QueueChange

    def to(self, tenant: Tenant) -> None:
        tenant.change_queue(self.change)
        settle(tenant, self.change.at)


# --- what tests command ---------------------------------------------------------------------------------


class ResetOrg(Write):
    """The org is as it was at the start."""

    def to(self, tenant: Tenant) -> None:
        tenant.reset()


@plain(compared=False)
class ServeCopy(Write):
    """A copy of the org is served too."""

    store: Store
    copy: Org

    def to(self, _: Tenant) -> None:
        self.store.serve(self.copy)


@plain(compared=False)
class DropCopy(Write):
    """A copy of the org is served no longer."""

    store: Store
    copy: Tenant

    def to(self, _: Tenant) -> None:
        self.store.drop_org(self.copy)


@plain(compared=False)
class SetFaults(Write):
    """More faults strike from now on."""

    armed: tuple[Armed, ...]

    def to(self, tenant: Tenant) -> None:
        tenant.faults.add(self.armed)


class ClearFaults(Write):
    """No fault strikes any more."""

    def to(self, tenant: Tenant) -> None:
        tenant.faults.clear()


@plain(compared=False)
class ClearFault(Write):
    """The fault with that place strikes no more."""

    place: int

    def to(self, tenant: Tenant) -> None:
        tenant.faults.drop(self.place)


@plain(compared=False)
class SetClock(Write):
    """The org's clock goes otherwise."""

    course: Course

    def to(self, tenant: Tenant) -> None:
        before = tenant.clock()
        tenant.clock.go(self.course)
        if (back := before - tenant.clock()) > 0:
            tenant.feed.agenda.set_back(back)


@plain(compared=False)
class NoteChange(Write):
    """What was commanded stands in the org's journal."""

    context_id: str
    request: Request
    status: int
    at: float

    def to(self, tenant: Tenant) -> None:
        tenant.journal.changes.record(self.context_id, self.at, self.request, self.status)
