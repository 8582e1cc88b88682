"""Hold a request to the rules: as whose, and in which org, where that is not said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ringback_contracts.catalogue import findings
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import Caller, Finding, Request, TokenState
from ringback_contracts.org import ContractChoice, Org
from ringback_explain.judge.imagined import filled, imagined, somebody


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is taken to send a request, and to which org: what is given, else what is imagined."""

    caller: Caller
    org: Org
    knows_caller: bool
    knows_org: bool

    @property
    def is_known(self) -> bool:
        """Whether anything about the sender was given."""
        return self.knows_caller or self.knows_org


def sender_of(
    request: Request,
    fields: Mapping[str, Any],
    given: tuple[Caller | None, Org | None, ContractChoice],
    *,
    service: bool,
) -> Sender:
    """The sender of a request. ``service`` makes an imagined one a client without a user."""
    caller, org, contract = given
    if org is None:
        imagined_caller, org = imagined(request, fields, service=service, contract=contract)
        return Sender(caller or imagined_caller, org, knows_caller=caller is not None, knows_org=False)
    org = org if contract == "any" else replace(org, contract=contract)
    holder = caller or _holder(request, org) or somebody(request, service=service)
    return Sender(holder, org, knows_caller=caller is not None, knows_org=True)


def _holder(request: Request, org: Org) -> Caller | None:
    """The holder of the request's bearer token, where the org knows it."""
    token = org.token_by_value.get(token_of(request) or "")
    if token is None:
        return None
    if token.expired:
        return Caller(TokenState.EXPIRED)
    return Caller(
        TokenState.VALID,
        user=org.user_by_id[token.user] if token.user else None,
        client=org.client_by_id[token.client] if token.client else None,
        scopes=frozenset(token.scopes) if token.user else None,
    )


def judged(request: Request, value: Any, sender: Sender) -> list[Finding]:
    """What the rules have against a request, in the platform's order: the first decides.

    ``value`` is what its body holds. What was hidden before the request was shown counts as good where the
    org is imagined.
    """
    if not sender.knows_org:
        request = filled(request, value)
    return findings(request, sender.caller, sender.org)
