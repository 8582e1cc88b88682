"""One org that is being served: its calls, its journal, and its tokens."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import astuple, replace
from typing import Any

from ringback_contracts.core.model import Caller, TokenState
from ringback_contracts.org import Client, Org, PreIssuedToken, User
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.calls import Calls, LivesNow
from ringback_mock.engine.channels import Channels, Owner
from ringback_mock.engine.clock import OrgClock
from ringback_mock.engine.faults import Faults
from ringback_mock.engine.feed import EventFeed
from ringback_mock.engine.interactions import Interactions
from ringback_mock.engine.journal import Journal
from ringback_mock.engine.people import OrgNow, People, QueueChange, UserChange
from ringback_mock.engine.sessions import Code, Issued, Login, Session
from ringback_mock.engine.weakly import weakly

KEPT_BYTES = 256 * 2**20
"""Most memory, roughly, that the calls and the journals of all orgs take together."""
LOGINS_BYTES, LOGIN_FRAME = 32 * 2**20, 600
"""The same of their tokens and logins, and what each of these takes."""
CHANNELS_BYTES = 32 * 2**20
"""The same of what their channels are subscribed to."""
TOKENS_KEPT = 10_000
"""Issued access tokens, and refresh tokens, that one org remembers; the oldest are forgotten."""
CODES_KEPT = 1_000


class Rooms:
    """The memory that all orgs share, which are told apart so that no call ends a login."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self.kept = Room(kept_bytes)
        self.logins = Room(LOGINS_BYTES)
        self.channels = Room(CHANNELS_BYTES)


class Tenant:
    """An org and everything that happens in it.

    ``org`` is how it stands now, ``filed`` how it was at the start; ``people`` tells since when users differ.
    ``sessions`` maps every access token of every org to whose it is; it is shared by all tenants.
    ``listened`` is told when somebody begins or ceases to listen to a channel.
    """

    calls_kind: type[Calls] = Calls

    def __init__(  # noqa: PLR0913 - what it shares with others, and the bounds of what it keeps
        self,
        org: Org,
        sessions: MutableMapping[str, tuple[Tenant, Session]],
        *,
        rooms: Rooms,
        clock: OrgClock,
        journal_size: int,
        calls_size: int,
        listened: Callable[[Tenant], object] = bool,
    ) -> None:
        self.org = self.filed = org
        self.calls = self.calls_kind(calls_size, rooms.kept)
        self.lives = LivesNow(self.calls, clock)
        self._listened = listened
        self.feed = EventFeed(
            self.calls, weakly(self._as_it_stands), changed=weakly(self._listening_has_changed)
        )
        self.channels = Channels(clock, rooms.channels, self.feed.silence)
        self.journal = Journal(org.id, journal_size, rooms.kept)
        self.faults = Faults(org.faults)
        self.clock = clock
        self.people = People(clock())
        self._sessions = sessions
        logins, frame = rooms.logins, LOGIN_FRAME
        self._issued: Bounded[str, None] = Bounded(
            TOKENS_KEPT, forget=weakly(self._forget), room=logins, frame=frame
        )
        self._logins: Bounded[str, Login] = Bounded(TOKENS_KEPT, room=logins, frame=frame)
        self._codes: Bounded[str, Code] = Bounded(CODES_KEPT, room=logins, frame=frame)
        self._redeemed: Bounded[str, tuple[str, str]] = Bounded(CODES_KEPT, room=logins, frame=frame)
        """By codes that gave tokens: the client, and the refresh token of the login."""
        self._hold_standing_tokens()

    def __repr__(self) -> str:
        return f"Tenant({self.org.id!r})"

    def _hold_standing_tokens(self) -> None:
        for token in self.org.tokens:
            self._sessions[token.value] = (self, self._standing(token))

    def _standing(self, token: PreIssuedToken) -> Session:
        client = self.org.client_by_id[token.client] if token.client is not None else None
        user = self.org.user_by_id[token.user] if token.user is not None else None
        caller = self._caller(user, client, token.scopes)
        return self._session(caller, -math.inf if token.expired else math.inf)

    def _caller(self, user: User | None, client: Client | None, scopes: tuple[str, ...]) -> Caller:
        app = client.id if client else None
        channels = self.channels.seen_by(Owner(user.id if user else None, app))
        if user is None:
            return Caller(TokenState.VALID, client=client, calls=self.lives, channels=channels, app=app)
        return Caller(
            TokenState.VALID,
            user=user,
            scopes=frozenset(scopes),
            calls=self.lives,
            channels=channels,
            app=app,
        )

    def _session(self, caller: Caller, expires_at: float, refresh_token: str | None = None) -> Session:
        return Session(caller, self.org.limits.rate_per_minute, expires_at, refresh_token)

    def session(
        self,
        user: User | None,
        client: Client | None,
        scopes: tuple[str, ...],
        expires_at: float,
        refresh_token: str | None,
    ) -> Session:
        """What a token stands for: the client, or a user who logged in through it."""
        return self._session(self._caller(user, client, scopes), expires_at, refresh_token)

    def sessions(self) -> Iterator[tuple[str, Session, bool]]:
        """The org's tokens that are known, those last that were issued; and whether each was."""
        for value in (*(token.value for token in self.org.tokens), *self._issued):
            owner, session = self._sessions.get(value, (None, None))
            if owner is self and session is not None:
                yield value, session, value in self._issued

    def take_back(self, token: str, session: Session, *, issued: bool) -> None:
        """Let a token be good again that was so before."""
        self._sessions[token] = (self, session)
        if issued:
            self._issued.put(token, None)

    def kept_logins(self) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
        """What codes and refresh tokens stand for: the kind of each, its name, and its values."""
        yield from (("login", key, astuple(one)) for key, one in self._logins.items())
        yield from (("code", key, astuple(one)) for key, one in self._codes.items())
        yield from (("redeemed", key, one) for key, one in self._redeemed.items())

    def take_back_login(self, kind: str, key: str, values: Sequence[Any]) -> None:
        """Let a code or a refresh token stand again for what it did."""
        if kind == "login":
            self._logins.put(key, Login(*values))
        elif kind == "code":
            self._codes.put(key, Code(*values))
        else:
            self._redeemed.put(key, (values[0], values[1]))

    def stand(self, org: Org, people: People) -> None:
        """Let the org be so from now on, and its people."""
        self.org, self.people = org, people
        self._renew_callers()

    def holder(self, token: str) -> Caller | None:
        """Who holds the access token, if it is good; it counts against no limit."""
        owner, session = self._sessions.get(token, (None, None))
        if owner is not self or session is None or session.expires_at <= self.clock():
            return None
        return session.caller

    def use(self, token: str, now: float) -> None:
        """Count a request against the token's limit."""
        owner, session = self._sessions.get(token, (None, None))
        if owner is self and session is not None:
            session.use(now)

    def ends(self, token: str) -> float:
        """When the access token ceases to be good by itself."""
        _, session = self._sessions.get(token, (None, None))
        return math.inf if session is None else session.expires_at

    def hold(self, issued: Issued, client: Client, user: User | None = None) -> None:
        """Let the token be good from now on: for the client, or for a user who logged in through it."""
        token, refresh_token = issued.access_token, issued.refresh_token
        caller = self._caller(user, client, client.scopes)
        expires_at = self.clock() + client.token_seconds
        self._sessions[token] = (self, self._session(caller, expires_at, refresh_token))
        self._issued.put(token, None)

    def begin_login(self, login: Login, code: str, refresh_token: str) -> None:
        """Let the refresh token be good for a login with an authorization code."""
        self._logins.put(refresh_token, login)
        self._redeemed.put(code, (login.client_id, refresh_token))

    def login(self, refresh_token: str) -> Login | None:
        """The login that the refresh token stands for, until it is forgotten or its user logs out."""
        return self._logins.get(refresh_token)

    def hold_code(self, code: str, stands_for: Code) -> None:
        """Let the authorization code be good, once."""
        self._codes.put(code, stands_for)

    def code(self, code: str, client: Client) -> Code | None:
        """What the client's code stands for; ``None`` for one that is unknown, another's, used or too old."""
        found = self._codes.get(code)
        known = found is not None and found.client_id == client.id and self.clock() < found.expires_at
        return found if known else None

    def use_up(self, code: str, client: Client) -> None:
        """Let the client's code be good no more."""
        found = self._codes.get(code)
        if found is not None and found.client_id == client.id:
            self._codes.pop(code)

    def was_redeemed(self, code: str, client: Client) -> bool:
        """Whether the client's code gave tokens: one of the two who held it was not meant to."""
        client_id, _ = self._redeemed.get(code) or (None, "")
        return client_id == client.id

    def revoke_replayed(self, code: str) -> None:
        """End every token that the code gave, itself or through refreshes (RFC 6749 section 4.1.2)."""
        _, refresh_token = self._redeemed.get(code) or (None, None)
        if refresh_token is None:
            return
        self._logins.pop(refresh_token)
        for token in list(self._issued):
            if self._sessions[token][1].refresh_token == refresh_token:
                self.withdraw(token)

    def revoke(self, token: str) -> bool:
        """End an access token and the login that it came from; whether this org had it."""
        owner, session = self._sessions.get(token, (None, None))
        if owner is not self or session is None:
            return False
        self._forget(token)
        self._issued.pop(token)
        if session.refresh_token is not None:
            self._logins.pop(session.refresh_token)
        return True

    def withdraw(self, token: str) -> None:
        """End a token that was issued, but not the login it came from: a new one can be had.

        Those of the org's file stay, for nobody could get them anew.
        """
        if token in self._issued:
            self._forget(token)
            self._issued.pop(token)

    def _listening_has_changed(self, _: EventFeed) -> None:
        self._listened(self)

    @property
    def standing(self) -> OrgNow:
        """The org as it is now, its people, and what these work on."""
        return self._as_it_stands()

    def _as_it_stands(self) -> OrgNow:
        now = self.clock()
        return OrgNow(self.org, self.people, Interactions(lambda: self.calls.for_queues(now)))

    def change_user(self, change: UserChange) -> None:
        """Let a user of the org be otherwise."""
        before = self.standing
        self.org, self.people, _ = change.made(before)
        self._renew_callers()
        if self.feed.busy:
            self.feed.user_changed(change.user_id, before, self.standing, change.at)

    def change_queue(self, change: QueueChange) -> None:
        """Let a queue of the org have other members."""
        self.org, self.people, _ = change.made(self.standing)
        self._renew_callers()

    def _renew_callers(self) -> None:
        """Callers stand for their org, so that what was remembered of them holds no longer."""
        for value in (*self._issued, *(token.value for token in self.org.tokens)):
            owner, session = self._sessions.get(value, (None, None))
            if owner is self and session is not None:
                user = session.caller.user
                session.caller = replace(session.caller, user=user and self.org.user_by_id[user.id])

    def reset(self) -> None:
        """Forget every call, exchange, login and issued token; the org's tokens and faults are fresh, its
        clock tells the world's time."""
        self.clock.reset()
        self.org = self.filed
        self.people = People(self.clock())
        self.calls.clear()
        self.feed.close("the org was reset")
        self.channels.clear()
        self.faults.reset()
        self.journal.clear()
        self.forget_tokens()
        self._hold_standing_tokens()

    def end(self) -> None:
        """Forget everything, for this org is served no longer: its tokens are unknown from now on."""
        self.forget_tokens()
        self.calls.close()
        self.feed.close("the org is served no longer")
        self.channels.close()
        self.journal.close()
        for kept in self._of_logins():
            kept.close()

    def forget_tokens(self) -> None:
        """Let no token be good any more, and no login."""
        for token in (*self._issued, *(token.value for token in self.org.tokens)):
            self._forget(token)
        for kept in self._of_logins():
            kept.clear()

    def _of_logins(self) -> tuple[Bounded[str, Any], ...]:
        return (self._issued, self._logins, self._codes, self._redeemed)

    def _forget(self, token: str, _: None = None) -> None:
        self._sessions.pop(token, None)
        for channel in self.channels.made_with(token) if len(self.channels) else ():
            self.feed.revoke(channel)
            self.channels.drop(channel)
