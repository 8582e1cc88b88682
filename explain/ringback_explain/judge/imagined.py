"""Hold a request to the rules: as whose and where, if that is said; else where everything exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ringback_contracts.catalogue import OPERATIONS, case_of, findings, route
from ringback_contracts.core import payload
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import ANONYMOUS, NO_CALLS, Caller, Finding, Lives, Request, TokenState
from ringback_contracts.domain.addresses import TelAddress
from ringback_contracts.domain.uuids import UUID
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.org import (
    Campaign,
    Client,
    ContractChoice,
    ExternalContact,
    Org,
    Queue,
    User,
    WrapUpCode,
    default_org,
)
from ringback_contracts.org.people import PresenceDefinition, Station
from ringback_contracts.resources.calls.facts import CallFacts
from ringback_explain.meant.keys import norm
from ringback_explain.meant.placeholders import (
    IN_CODE,
    NOT_THERE,
    PROTECTION,
    Gap,
    gap_in,
    no_ids,
    path_name,
    texts,
)
from ringback_explain.table import pattern, table

_STAND_INS = table("judge/stand_ins")
SOMEBODY: str = _STAND_INS["somebody"]
"""Id of the user whose token sends the request, and of whoever stands where an id was withheld."""
SOME_NUMBER: str = _STAND_INS["number"]
PHONES = dict.fromkeys(("work_phone", "cell_phone", "home_phone", "other_phone"), SOME_NUMBER)
"""The numbers of somebody outside."""
EVERYTHING = frozenset(permission for operation in OPERATIONS for permission in operation.any_of)


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


def imagined(
    request: Request, fields: Mapping[str, Any], *, service: bool = False, contract: ContractChoice = "any"
) -> tuple[Caller, Org]:
    """A caller and an org in which every id of the request exists and every number is owned.

    ``fields`` are those of its body. ``service`` makes the token one of the client-credentials grant.
    """
    body = request.body[: payload.MAX_BYTES].decode("utf-8", "replace")
    written = set(UUID.findall(f"{request.path} {body}"))
    ids = {found.lower() for found in written} | {SOMEBODY}
    usual = default_org()
    stations, presences = ids - usual.station_by_id.keys(), ids - usual.presence_by_id.keys()
    org = replace(
        usual,
        id="imagined",
        name="Imagined",
        contract=contract,
        users=tuple(_user(found) for found in sorted(ids)),
        stations=(*usual.stations, *(Station(id=found, name="a station") for found in sorted(stations))),
        presence_definitions=(
            *usual.presence_definitions,
            *(PresenceDefinition(id=one, name=one, system_presence="Available") for one in sorted(presences)),
        ),
        queues=tuple(
            Queue(id=found, name="a queue", members=tuple(ids), wrap_up_codes=tuple(ids))
            for found in sorted(ids)
        ),
        wrap_up_codes=tuple(WrapUpCode(id=found, name="a code") for found in sorted(ids)),
        external_contacts=tuple(
            ExternalContact(id=found, name="a contact", **PHONES) for found in sorted(ids)
        ),
        campaigns=tuple(Campaign(id=found, name="a campaign") for found in sorted(ids)),
        clients=tuple(Client(id=found, secret="") for found in sorted(ids | written)),
        tokens=(),
        numbers=(*usual.numbers, SOME_NUMBER),
    )
    calls = dict.fromkeys(ids | {found.upper() for found in ids} | written)
    channel = route(request.method, request.path).params.get("channelId", SOMEBODY)
    caller = replace(
        somebody(request, service=service, calls=calls), channels=dict.fromkeys((channel, SOMEBODY), ())
    )
    facts = case_of(request, caller, org)
    if "from" in fields and isinstance(facts, CallFacts) and isinstance(address := facts.from_, TelAddress):
        # The number in from is the only one that has to be owned.
        org = replace(org, numbers=(*org.numbers, address.number))
    return caller, org


def adverse(request: Request, fields: Mapping[str, Any]) -> Iterator[tuple[Caller, Org]]:
    """Callers and orgs in which nothing exists that the request names, and nobody may do anything."""
    _, org = imagined(request, fields)
    bare = User(id=SOMEBODY, name="a user", station=None)
    nothing = replace(
        org,
        users=(bare,),
        queues=(),
        wrap_up_codes=(),
        external_contacts=(),
        campaigns=(),
        clients=(),
        numbers=(),
        sip_trunking=False,
        strict_numbers=True,
    )
    able = replace(bare, permissions=EVERYTHING)
    queues = tuple(Queue(id=queue.id, name=queue.name) for queue in org.queues)
    disabled = replace(org, users=(replace(able, enabled=False),), queues=queues)
    scopes = frozenset({"conversations"})
    yield ANONYMOUS, nothing
    yield Caller(TokenState.VALID, user=bare, scopes=scopes), nothing
    yield Caller(TokenState.VALID, user=able, scopes=scopes), replace(nothing, users=(able,))
    yield Caller(TokenState.VALID, user=able, scopes=scopes), disabled
    yield Caller(TokenState.VALID, client=Client(id="a client", secret="")), nothing


def somebody(request: Request, *, service: bool, calls: Lives = NO_CALLS) -> Caller:
    """Somebody who may do everything; nobody, where the ``Authorization`` cannot be a bearer token."""
    if "authorization" in request.headers and token_of(request) is None:
        return ANONYMOUS
    if service:
        client = Client(id="a client", secret="", permissions=EVERYTHING)
        return Caller(TokenState.VALID, client=client, calls=calls)
    return Caller(TokenState.VALID, user=_user(SOMEBODY), scopes=SCOPES, calls=calls)


def _user(found: str) -> User:
    return User(id=found, name="a user", station="a phone", permissions=EVERYTHING)


def filled(request: Request, value: Any) -> Request:
    """The request with something good where its writer hid a value, or wrote a name instead of an id.

    ``value`` is what its body holds.
    """
    path = pattern("not-in-path").sub(rf"\g<1>{SOMEBODY}", request.path)
    name = path_name(path)
    request = replace(request, path=f"{path.removesuffix(name)}{SOMEBODY}" if name else path)
    withholds = any(gap_in(text) in NOT_THERE for _, text in texts(value))
    if not withholds and not any(no_ids(value)):
        return request
    body = _fill(value, "")
    for no_id in list(no_ids(body)):
        no_id.within[no_id.key] = SOMEBODY
    return replace(request, body=json.dumps(body).encode())


def _fill(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        made = {name: _fill(item, name) for name, item in value.items()}
        return {name: item for name, item in made.items() if item is not None or value[name] is None}
    if isinstance(value, list):
        return [_fill(item, _STAND_INS["of-item"].get(norm(key), key)) for item in value]
    if not isinstance(value, str) or gap_in(value) not in NOT_THERE:
        return value
    return _stand_in(value, norm(key))


def _stand_in(text: str, key: str) -> Any:
    if gap_in(text) is Gap.PROTECTED:
        return PROTECTION.sub("agent@example.com", text)
    if text.startswith("v2."):  # a topic, with the id of what it tells of
        return IN_CODE.sub(SOMEBODY, text)
    if key in _STAND_INS["by-key"]:
        return _STAND_INS["by-key"][key]
    scheme, colon, rest = text.strip().partition(":")
    if colon and (part := _STAND_INS["by-scheme"].get(scheme.lower())):
        return re.sub("\u2039[^\u203a]*\u203a", "x", text) if "@" in rest else f"{scheme}:{part}"
    if key.endswith(("id", "ids")) and key != "callerid":
        return SOMEBODY
    written = f"tel:{SOME_NUMBER}" if key in ("to", "from") else SOME_NUMBER
    return written if pattern("dialled").search(key) else None
