"""Who stands for whom: the default org's names in the words of a real org, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from ringback_client.transport import Reply
from ringback_contracts.catalogue import judge
from ringback_contracts.core.credentials import token_of, with_token
from ringback_contracts.core.declare import ALICE, BOB, TEST_NUMBER
from ringback_contracts.core.model import Accepted, Example, Request
from ringback_contracts.examples import situation
from ringback_contracts.org import Org, default_org
from ringback_harness.targets import OutOfReach


@dataclass(frozen=True, slots=True)
class Counterparts:
    """``me`` is the user whose token it is; ``number`` and ``user`` are those who may be rung."""

    me: str | None = None
    number: str | None = field(default=None, repr=False)
    user: str | None = None

    @property
    def names(self) -> dict[str, str]:
        """Ids of the real org, each with the id of the default org that it stands for."""
        pairs = ((self.me, ALICE), (self.user, BOB))
        return {real: known for real, known in pairs if real}

    @property
    def sure(self) -> Org:
        """The default org with nobody and nothing in it that has no counterpart."""
        org = default_org()
        known = set(self.names.values())
        users = tuple(user if user.id in known else replace(user, id=str(uuid4())) for user in org.users)
        ids = {user.id: kept.id for user, kept in zip(org.users, users, strict=True)}
        return replace(
            org,
            users=users,
            tokens=tuple(replace(token, user=ids.get(token.user or "")) for token in org.tokens),
            queues=(),
            campaigns=(),
            numbers=(),
            test_numbers=(replace(org.test_numbers[0], first=TEST_NUMBER, last=TEST_NUMBER),)
            if self.number
            else (),
            faults=(),
        )

    def there(self, request: Request, *, granted: bool) -> Request:
        """The request in the real org's words; only one that will be granted names somebody to ring.

        Raises ``OutOfReach`` where it names somebody who has no counterpart.
        """
        _refuse_strangers(request, self._known(granted=granted))
        return self.in_their_words(request, granted=granted)

    def _known(self, *, granted: bool) -> dict[str, str]:
        swaps = {ALICE: self.me}
        if granted:
            swaps |= {BOB: self.user, TEST_NUMBER: self.number}
        return {name: real for name, real in swaps.items() if real}

    def in_their_words(self, request: Request, *, granted: bool) -> Request:
        """The request with everybody's counterpart; whoever has none is named as here."""
        known = self._known(granted=granted)
        path, query, body = request.path, request.query, request.body
        for name, real in known.items():
            path = re.sub(re.escape(name), real, path, flags=re.IGNORECASE)
            query = re.sub(re.escape(name), real, query, flags=re.IGNORECASE)
            body = re.sub(re.escape(name.encode()), real.encode(), body, flags=re.IGNORECASE)
        return replace(request, path=path, query=query, body=body)

    def in_our_words(self, reply: Reply) -> Reply:
        """The reply with those of the default org in place of their counterparts."""
        body = reply.body
        for real, known in (*self.names.items(), *([(self.number, TEST_NUMBER)] if self.number else ())):
            body = body.replace(real.encode(), known.encode())
        return replace(reply, body=body)


def _refuse_strangers(request: Request, known: Mapping[str, str]) -> None:
    org = default_org()
    named = {user.id: user.name for user in org.users}
    named |= {queue.id: queue.name for queue in org.queues}
    named |= {campaign.id: campaign.name for campaign in org.campaigns}
    for entity_id in named.keys() - known.keys():
        if (
            entity_id in f"{request.path}?{request.query}".lower()
            or entity_id.encode() in request.body.lower()
        ):
            raise OutOfReach(f"nobody there stands for {named[entity_id]}")
    if any(number.encode() in request.body for number in org.numbers):
        raise OutOfReach("the org's own numbers there are not known")


def granted(request: Request) -> bool:
    """Whether the default org would take the request and place a call."""
    plain = Example(
        raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
    )
    there = situation(plain)
    verdict = judge(request, there.caller, there.org)
    return isinstance(verdict, Accepted) and verdict.intent is not None


def as_named(request: Request, tokens: Mapping[str, str]) -> Request:
    """The request with the token's name in place of its value."""
    value = token_of(request)
    for name, known in tokens.items():
        if value == known:
            return with_token(request, name)
    return request
