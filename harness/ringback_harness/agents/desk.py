"""The tools themselves: each answers with plain JSON values, or raises what says in words why not.

Their docstrings are what an agent reads to choose among them.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import requests
from pydantic import Field
from urllib3.exceptions import HTTPError

from ringback_client import Call, CallsClient, SafetyRefusal, Target
from ringback_client.credentials import AccessToken
from ringback_client.environment import verify_from
from ringback_client.waiting import Wanted, asked, first
from ringback_client.wire import WireAdapter
from ringback_contracts.org import Org
from ringback_harness.commands.call import DEMO_TOKEN
from ringback_harness.exits import SetupError
from ringback_harness.rules_catalogue import Entry, catalogue, document, named
from ringback_harness.watch import SECONDS, ExchangeWatch
from ringback_mock.resources.explained import explanations

LONGEST_TEXT = 2**18
"""Characters of a text that is explained."""
MOST = 50
"""Exchanges that are listed: an agent reads them all."""
Token = Annotated[str, Field(description="A token of the mock's org: alice, bob, carol, service, ...")]
CallId = Annotated[str, Field(description="The id that place_call answered with.")]
Json = dict[str, Any]


class Desk:
    """One mock, and the org whose rules hold where a text is explained.

    Raises ``SafetyRefusal`` for a target that is no machine of one's own.
    """

    def __init__(self, url: str, org: Org) -> None:
        target = Target.parse(url)
        if target.real and not _of_a_container(target):
            raise SafetyRefusal(
                f"an agent gets a mock and no real org: {target} is neither this machine, nor a container's "
                "plain name, nor a name kept for tests; give the URL of a 'ringback serve'"
            )
        # No proxy is asked: what is called is what has shown to be Ringback.
        self._target = replace(target, real=False)
        self._org = org
        self._watch = ExchangeWatch(target.api, direct=True)

    # What needs no mock

    def explain_request(
        self,
        text: Annotated[
            str,
            Field(
                max_length=LONGEST_TEXT,
                description="A curl command, a JSON body, an HTTP request, code, a HAR file or an error.",
            ),
        ],
    ) -> Json:
        """Say why the platform refuses a call request, which field is wrong, and what to send instead."""
        return {"explanations": explanations(text.encode("utf-8", "replace"), self._org)}

    def list_rules(
        self,
        search: Annotated[str, Field(description="Words that the id or the title must hold.")] = "",
        status: Annotated[int | None, Field(description="An HTTP status, such as 400.")] = None,
    ) -> Json:
        """List the reasons to refuse a request: id, status, title, and how each is known."""
        wanted = search.lower().split()
        listed = [
            {"id": rule.id, "status": rule.status, "title": rule.title, "evidence": rule.evidence.value}
            for rule in catalogue().values()
            if status in (None, rule.status) and all(word in _searched(rule) for word in wanted)
        ]
        return {"rules": listed}

    def read_rule(self, rule_id: Annotated[str, Field(description="Such as tel.no-plus.")]) -> Json:
        """Read one rule in full: its fix, its source, and requests that it refuses and accepts."""
        return document(named(rule_id))

    # What is asked of the mock

    def place_call(
        self,
        to: Annotated[str, Field(description="tel:+442079460100, user:ID or sip:user@host.")],
        caller: Annotated[str | None, Field(description="user:ID, or a caller id.")] = None,
        token: Token = DEMO_TOKEN,
    ) -> Json:
        """Place a call on the mock, which rings nobody; a refusal says its rule and the fix."""
        with self._client(token) as client:
            placed = client.place_call(to, caller)
            return {
                "id": placed.id,
                "selfUri": placed.self_uri,
                "note": placed.note,
                "correlationId": placed.correlation_id,
            }

    def follow_call(
        self,
        call_id: CallId,
        until: Annotated[
            Literal["now", "connected", "disconnected"],
            Field(description="Wait for this state; now looks once."),
        ] = "now",
        seconds: Annotated[float, Field(ge=0, le=120, description="The longest to wait.")] = 30,
        token: Token = DEMO_TOKEN,
    ) -> Json:
        """See who is on a call and how each leg stands, or wait until it is connected or has ended."""
        with self._client(token) as client:
            if until == "now":
                return _told(client.get_call(call_id))
            return _told(first(Wanted(until), asked(client, call_id, seconds, time.sleep), seconds))

    def hang_up(self, call_id: CallId, token: Token = DEMO_TOKEN) -> Json:
        """End a call on the mock for everybody."""
        with self._client(token) as client:
            call = client.call(call_id)
            call.hang_up()
            return _told(call.look())

    def list_exchanges(
        self,
        limit: Annotated[int, Field(ge=1, le=MOST)] = 10,
        only_refused: Annotated[bool, Field(description="Leave out what succeeded.")] = False,
    ) -> Json:
        """List the newest requests that the mock answered: id, method, path, status and rule."""
        newest = self._watch.ask("GET", "exchanges", limit=str(500 if only_refused else limit)).json()
        lines = [_line(each) for each in newest["exchanges"]]
        chosen = [line for line in lines if line["status"] >= 400 or not only_refused]
        return {"exchanges": chosen[-limit:], "total": newest["total"]}

    def read_exchange(
        self, exchange_id: Annotated[str, Field(description="An id of list_exchanges, or of a reply.")]
    ) -> Json:
        """Read one exchange, redacted: both bodies, the verdict, and the explanation with the fix."""
        if not exchange_id.replace("-", "").isalnum():
            raise SetupError(
                "an exchange's id is the ININ-Correlation-Id of a reply: letters, digits, hyphens"
            )
        exchange: Json = self._watch.ask("GET", f"exchanges/{exchange_id}").json()
        return exchange

    @property
    def tools(self) -> tuple[Any, ...]:
        """What an agent may call."""
        return (
            self.explain_request,
            self.list_rules,
            self.read_rule,
            self.place_call,
            self.follow_call,
            self.hang_up,
            self.list_exchanges,
            self.read_exchange,
        )

    def _client(self, token: str) -> CallsClient:
        """A client of what answers there, once that has shown to be Ringback."""
        self._expect_ringback()
        return CallsClient(self._target, AccessToken(token), verify=verify_from(os.environ))

    def _expect_ringback(self) -> None:
        """Raise ``SetupError`` where nothing answers, or what might be a way to a real org."""
        url = self._target.api
        with closing(requests.Session()) as session:
            session.trust_env = False  # a proxy knows no way to this machine
            session.mount(url, WireAdapter(SECONDS))
            try:
                reply = session.get(
                    f"{url}/healthz",
                    timeout=SECONDS,
                    verify=verify_from(os.environ),
                    allow_redirects=False,
                )
            except (requests.RequestException, HTTPError) as error:
                raise SetupError(f"no mock answers at {url}: start one with 'ringback serve'") from error
        if "Ringback-Version" not in reply.headers:
            raise SetupError(f"what answers at {url} is no Ringback, so no call is placed there")


def _of_a_container(target: Target) -> bool:
    """Whether the host is a name without a dot, such as containers have: no domain of the platform is one."""
    host = urlsplit(target.api).hostname or ""
    return target.region is None and re.fullmatch(r"[a-z][a-z0-9_-]*", host) is not None


def _searched(rule: Entry) -> str:
    return f"{rule.id} {rule.title}".lower()


def _line(exchange: Json) -> Json:
    sent, got, verdict = exchange["request"], exchange["response"], exchange["verdict"]
    return {
        "id": exchange["id"],
        "time": exchange["time"],
        "method": sent["method"],
        "path": sent["path"],
        "status": got["status"],
        "rule": verdict and verdict["rule"],
        "conversationId": exchange["conversationId"],
    }


def _told(call: Call) -> Json:
    return {
        "id": call.id,
        "participants": [
            {
                "id": leg.id,
                "purpose": leg.purpose,
                "state": leg.state,
                "held": leg.held,
                "muted": leg.muted,
                "disconnectType": leg.disconnect_type,
            }
            for leg in call.participants
        ],
    }
