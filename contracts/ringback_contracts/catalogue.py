"""Everything that Ringback knows of the platform: its operations, its rules, what they say of a request."""

from __future__ import annotations

from typing import get_args

from ringback_contracts.core.case import Case
from ringback_contracts.core.complete import check_complete
from ringback_contracts.core.judge import findings_on, verdict_on
from ringback_contracts.core.model import Caller, Finding, Knowledge, Request, TokenState, Verdict
from ringback_contracts.core.operation import Change, Operation, Route
from ringback_contracts.core.table import Table, declared
from ringback_contracts.http import access, caller, query
from ringback_contracts.http import body as json_body
from ringback_contracts.http.faults import FaultOperation
from ringback_contracts.http.routing import Router
from ringback_contracts.org import ContractChoice, Org
from ringback_contracts.resources.calls import operations as calls
from ringback_contracts.resources.calls import past
from ringback_contracts.resources.calls.rules import addressing, body, calling, destination, number, sip
from ringback_contracts.resources.conversations import (
    address_rules,
    assign_rules,
    call_back_rules,
    joining_rules,
    life_rules,
    transfer_rules,
    wrap_up_rules,
)
from ringback_contracts.resources.conversations import further_operations as further
from ringback_contracts.resources.conversations import joining_operations as joining
from ringback_contracts.resources.conversations import leg_operations as legs
from ringback_contracts.resources.conversations import operations as conversations
from ringback_contracts.resources.conversations import rules as of_conversations
from ringback_contracts.resources.conversations import (
    searching as attribute_search,
)
from ringback_contracts.resources.conversations import transfer_operations as transfers
from ringback_contracts.resources.notifications import operations as notifications
from ringback_contracts.resources.notifications import rules as of_channels
from ringback_contracts.resources.organizations import operations as organizations
from ringback_contracts.resources.presence import operations as presence
from ringback_contracts.resources.presence import rules as of_presences
from ringback_contracts.resources.routing import operations as routing
from ringback_contracts.resources.routing import rules as of_queues
from ringback_contracts.resources.routing import wrapup_operations as wrap_up_codes
from ringback_contracts.resources.routing import wrapup_rules as of_codes
from ringback_contracts.resources.stations import operations as stations
from ringback_contracts.resources.stations import rules as of_stations
from ringback_contracts.resources.tokens import operations as tokens
from ringback_contracts.resources.tokens import rules as of_clients
from ringback_contracts.resources.users import forwarding, searching
from ringback_contracts.resources.users import operations as users
from ringback_contracts.resources.users import rules as of_users
from ringback_contracts.resources.voicemail import operations as voicemail
from ringback_contracts.schemas import names

OPERATIONS: tuple[Operation, ...] = (
    *calls.OPERATIONS,
    *past.OPERATIONS,
    *conversations.OPERATIONS,
    *transfers.OPERATIONS,
    *legs.OPERATIONS,
    *joining.OPERATIONS,
    *further.OPERATIONS,
    *attribute_search.OPERATIONS,
    *users.OPERATIONS,
    *searching.OPERATIONS,
    *forwarding.OPERATIONS,
    *organizations.OPERATIONS,
    *stations.OPERATIONS,
    *presence.OPERATIONS,
    *routing.OPERATIONS,
    *wrap_up_codes.OPERATIONS,
    *notifications.OPERATIONS,
    *tokens.OPERATIONS,
    *voicemail.OPERATIONS,
)
"""Every operation that is served."""
BY_ID = {operation.id: operation for operation in OPERATIONS}
PLACING = frozenset(operation.id for operation in OPERATIONS if operation.changes is Change.NEW_CALL)
"""The ids of those that place a call."""

RULES = (
    access,
    json_body,
    query,
    caller,
    of_users,
    searching,
    forwarding,
    of_stations,
    of_presences,
    of_queues,
    of_codes,
    of_clients,
    of_channels,
    of_conversations,
    past,
    body,
    addressing,
    sip,
    calling,
    destination,
    number,
    life_rules,
    wrap_up_rules,
    address_rules,
    transfer_rules,
    joining_rules,
    assign_rules,
    call_back_rules,
    attribute_search,
)
"""The modules of rules: within a stage the platform's order of checks is theirs."""
TABLE = Table(rule for module in RULES for rule in declared(module))
"""Every rule that Ringback ships."""

check_complete(OPERATIONS, TABLE, names(), get_args(FaultOperation))

route = Router(OPERATIONS).route
"""Which operation a method and a path name."""


def case_of(request: Request, caller: Caller, org: Org) -> Case:
    """The request as the rules see it, with the facts that its operation has."""
    found: Route = route(request.method, request.path)
    facts = Case if found.operation is None else found.operation.facts
    return facts(request, caller, org, found)


def judge(request: Request, caller: Caller, org: Org, table: Table = TABLE) -> Verdict:
    """Accept the request, or reject it with the first rule that objects, in the platform's order.

    Pure and total: it never raises, whatever the request is.
    """
    return verdict_on(case_of(request, caller, org), table)


def findings(request: Request, caller: Caller, org: Org, table: Table = TABLE) -> list[Finding]:
    """Everything that the rules have against the request, in the platform's order."""
    return list(findings_on(case_of(request, caller, org), table))


def preflight(request: Request, contract: ContractChoice = "any", table: Table = TABLE) -> list[Finding]:
    """What can be held against a request before it is sent, without knowing the org or the caller."""
    case = case_of(request, Caller(TokenState.VALID), Org(id="", name="", contract=contract))
    return [found for found in findings_on(case, table) if found.rule.knowledge is Knowledge.REQUEST]
