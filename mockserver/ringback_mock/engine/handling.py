"""What carries out an operation once the rules have granted it: its handler, declared beside its resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson

from ringback_contracts.core.model import Accepted, Caller, Request
from ringback_contracts.core.operation import Operation
from ringback_contracts.core.unheeded import Query
from ringback_contracts.org import Org
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.channels import Channel, Owner
from ringback_mock.engine.people import OrgNow
from ringback_mock.engine.plans import Plan
from ringback_mock.engine.writes import Write

T = TypeVar("T")
Applied = tuple[int, Any, *tuple[Write, ...]]
"""A status, the value of the JSON body, and what is to be written.

The value is ``None`` for no body, and a generator of its bytes for one that is made piece by piece.
"""


class CallsSeen(Protocol):
    """The calls of an org, to look at."""

    def get(self, call_id: str) -> CallRecord | None: ...

    def of_user(self, user_id: str, now: float) -> Iterator[CallRecord]: ...

    def __iter__(self) -> Iterator[CallRecord]: ...

    def __len__(self) -> int: ...


class ChannelsSeen(Protocol):
    """The channels of an org, to look at."""

    def get(self, channel_id: str) -> Channel | None: ...

    def of(self, owner: Owner) -> list[Channel]: ...


class TenantSeen(Protocol):
    """An org, to look at: what a handler wants changed it says by what it gives back."""

    @property
    def org(self) -> Org: ...

    @property
    def calls(self) -> CallsSeen: ...

    @property
    def channels(self) -> ChannelsSeen: ...

    @property
    def standing(self) -> OrgNow: ...


class Ask(NamedTuple):
    """A granted request: of which org, by whom, for what, and when (seconds since 1970)."""

    tenant: TenantSeen
    caller: Caller
    verdict: Accepted
    plan: Plan | None
    authorization: str | None
    now: float
    request: Request
    sockets: str | None = None
    """Where the sockets of channels are opened; nowhere, on a server that has none."""

    @property
    def query(self) -> Query:
        """What the request's query says."""
        return Query.read(self.request.query)

    @property
    def body(self) -> Mapping[str, Any]:
        """The JSON object of the request, which the rules have found to be one."""
        body: Mapping[str, Any] = orjson.loads(self.request.body)
        return body

    @property
    def entries(self) -> list[Any]:
        """The JSON array of the request, the same way."""
        entries: list[Any] = orjson.loads(self.request.body)
        return entries


Handler = Callable[[Ask], Applied]
Handlers = Mapping[str, Handler]
"""The handler of each operation, by its id."""

_DECLARED: dict[str, Handler] = {}


def handles(*operation_ids: str) -> Callable[[Handler], Handler]:
    """Let the function below carry out these operations; raises ``ValueError`` where another one does."""

    def declare(handler: Handler) -> Handler:
        for operation_id in operation_ids:
            if operation_id in _DECLARED:
                raise ValueError(f"two handlers carry out {operation_id}")
            _DECLARED[operation_id] = handler
        return handler

    return declare


def handlers_of(operations: Iterable[Operation]) -> Handlers:
    """The declared handler of each; raises ``ValueError`` for an operation that has none, or none for it."""
    served = {operation.id: operation for operation in operations}
    for operation in served.values():
        if operation.id not in _DECLARED:
            raise ValueError(
                f"{operation.id} ({operation.method} {operation.template}) is served, and nothing carries it "
                f"out: declare a handler with @handles in ringback_mock/resources"
            )
    for operation_id in _DECLARED:
        if operation_id not in served:
            raise ValueError(f"a handler carries out {operation_id!r}, and no operation of this id is served")
    return {operation_id: _DECLARED[operation_id] for operation_id in served}


def required(value: T | None) -> T:
    """A value that the rules have made sure of."""
    if value is None:
        raise AssertionError("a rule has let through what it must refuse")
    return value
