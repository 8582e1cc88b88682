"""Who is taken to send a request, in which org it is judged, and whether what is shown instead would pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from ringback_contracts.core.judge import judge
from ringback_contracts.core.model import Caller, Rejected, Request, TokenState, Verdict
from ringback_contracts.http import payload
from ringback_contracts.operations import CALLS_PATH
from ringback_contracts.org import ContractChoice, Org
from ringback_explain.explanation import Equivalent, Suggestion
from ringback_explain.judge.imagined import filled, imagined
from ringback_explain.tell import questions as q
from ringback_explain.tell.questions import ask


class Court:
    """The caller and the org that are given, and what stands in for those that are not."""

    def __init__(self, caller: Caller | None, org: Org | None, contract: ContractChoice) -> None:
        self.given_caller = caller
        self.given_org = org
        self.contract = contract

    def hear(self, request: Request, *, service: bool) -> tuple[Request, Caller, Org]:
        """The request as it is judged, with its caller and org."""
        if self.given_org is None:
            request = filled(request)
            caller, org = imagined(request, service=service, contract=self.contract)
            return request, self.given_caller or caller, org
        org = self.given_org if self.contract == "any" else replace(self.given_org, contract=self.contract)
        return request, self.given_caller or _bearer(request, org, service=service), org

    def is_service(self, request: Request) -> bool:
        """Whether the caller is known to be a client without a user."""
        if self.given_org is None and self.given_caller is None:
            return False
        _, caller, _ = self.hear(request, service=False)
        return caller.client is not None and caller.user is None

    def upheld(self, made: Suggestion, request: Request, *, service: bool) -> Suggestion:
        """The suggestion with a request that this caller can send to this org, else with what to change.

        Where neither is given only a repetition of the refused request is withdrawn.
        """
        if made.equivalent is None or not self._doubts(made.equivalent, request):
            return made
        refusals = []
        for equivalent in _ways(made.equivalent, self.hear(request, service=service)[1]):
            verdict = self._verdict(equivalent, request, service=service)
            if not isinstance(verdict, Rejected):
                return replace(made, equivalent=equivalent)
            refusals.append(verdict)
        first = refusals[0].finding
        question = ask(q.REFUSED_HERE, detail=first.detail, fix=first.rule.fix)
        return Suggestion(None, (*made.questions, question))

    def _doubts(self, equivalent: Equivalent, request: Request) -> bool:
        known = self.given_org is not None or self.given_caller is not None
        return known or repeats(equivalent, request)

    def _verdict(self, equivalent: Equivalent, request: Request, *, service: bool) -> Verdict:
        return judge(*self.hear(_sent_by_the_same(equivalent, request), service=service))


def repeats(equivalent: Equivalent, request: Request) -> bool:
    """Whether an equivalent is the request itself: the method, the path and the JSON value of the body."""
    same_place = (equivalent.method, equivalent.path) == (request.method, request.path)
    body = payload.read(request.body)
    return same_place and body.readable and body.value == equivalent.body


def _sent_by_the_same(equivalent: Equivalent, request: Request) -> Request:
    headers = {"content-type": "application/json"}
    if "authorization" in request.headers:
        headers["authorization"] = request.headers["authorization"]
    return Request(equivalent.method, equivalent.path, headers, json.dumps(equivalent.body).encode())


def _ways(equivalent: Equivalent, caller: Caller) -> Iterator[Equivalent]:
    """The equivalent; for who calls for themselves also the path that needs no right to call for others."""
    yield equivalent
    if caller.user and equivalent.path == f"{CALLS_PATH}/user/{caller.user.id}":
        yield replace(equivalent, path=CALLS_PATH)


def _bearer(request: Request, org: Org, *, service: bool) -> Caller:
    """The holder of the request's token, where the org knows it; else somebody who may do everything."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = org.token_by_value.get(value.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        return imagined(request, service=service)[0]
    if token.expired:
        return Caller(TokenState.EXPIRED)
    return Caller(
        TokenState.VALID,
        user=org.user_by_id[token.user] if token.user else None,
        client=org.client_by_id[token.client] if token.client else None,
        scopes=frozenset(token.scopes) if token.user else None,
    )
