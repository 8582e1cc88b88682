"""Who is meant by a name on the command line: a token, a user or an OAuth client of an org."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.core.model import Caller, TokenState
from ringback_contracts.core.nearest import nearest
from ringback_contracts.org import Client, Org, PreIssuedToken, User
from ringback_harness.exits import SetupError

USUAL_SCOPES = frozenset({"conversations"})
"""What the token of a user is taken to have who is named without one."""


def caller(org: Org, name: str) -> Caller:
    """The caller of that name: the value of a token, a user's name, email or id, or a client's id.

    Raises ``SetupError``, which names the nearest.
    """
    token = org.token_by_value.get(name)
    if token is not None:
        return _of_token(org, token)
    found = find_user(org, name)
    if found is not None:
        return Caller(TokenState.VALID, user=found, scopes=USUAL_SCOPES)
    client = org.client_by_id.get(name)
    if client is not None:
        return _of_client(client)
    raise SetupError(_nobody(name, sorted(_names(org))))


def find_user(org: Org, name: str) -> User | None:
    """The user of that name, email or id; case does not matter."""
    wanted = name.lower()
    return next(
        (user for user in org.users if wanted in (user.id, user.name.lower(), user.email.lower())), None
    )


def user_id(org: Org | None, name: str) -> str:
    """The id of a user that is named; without an org the name is taken for the id. Raises ``SetupError``."""
    if org is None:
        return name
    found = find_user(org, name)
    if found is None:
        raise SetupError(_nobody(name, sorted(user.name for user in org.users)))
    return found.id


def _of_token(org: Org, token: PreIssuedToken) -> Caller:
    if token.expired:
        return Caller(TokenState.EXPIRED)
    if token.user is None:
        return _of_client(org.client_by_id[token.client or ""])
    return Caller(TokenState.VALID, user=org.user_by_id[token.user], scopes=frozenset(token.scopes))


def _of_client(client: Client) -> Caller:
    return Caller(TokenState.VALID, client=client)


def _names(org: Org) -> Iterator[str]:
    yield from org.token_by_value
    yield from (user.name for user in org.users)
    yield from org.client_by_id


def _nobody(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join(known) or 'none'}"
    return f"the org knows nobody called {name!r}; {hint}"
