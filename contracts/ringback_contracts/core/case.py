"""One request as the rules see it: every derived fact is worked out once, when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ringback_contracts.core import payload
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Caller, Contract, Request
from ringback_contracts.core.payload import Payload
from ringback_contracts.core.unheeded import Query, of_body, of_needless_body, of_query, of_release

if TYPE_CHECKING:
    from ringback_contracts.core.operation import Route
    from ringback_contracts.org import Org

OMITTED = Payload({})
"""A body that is left out, where it may be."""
NO_BODY = Payload(error="the operation takes no body")


class Case:
    """A request, who sends it, the org it is sent to, and the operation it names.

    The facts of a resource are a class made of this one, which its operations name.
    """

    contracts: ClassVar[tuple[Contract, ...]] = ()
    """The contracts that a body can be written in, where there is more than the published one."""
    instructions: Any = ()
    """What the request tells calls that are there to do, in a tuple."""
    marks: Any = None
    """What the request holds, by which rules are left out that cannot object (a frozenset of texts); ``None``
    leaves out none."""
    contract: Any = None
    """The ``Contract`` the body is judged by; none where there is no choice, or no body to judge."""

    def __init__(self, request: Request, caller: Caller, org: Org, route: Route) -> None:
        self.request = request
        self.caller = caller
        self.org = org
        self.route = route
        self.operation = route.operation

    @lazy
    def payload(self) -> Payload:
        if self.operation is None or self.operation.reads is None:
            return NO_BODY
        if self.operation.body_optional and self.request.body.strip() in (b"", b"null"):
            return OMITTED
        return payload.shared(self.request.body)

    @lazy
    def body(self) -> Mapping[str, Any] | None:
        """The JSON object of the body, if it is one."""
        value = self.payload.value
        return value if isinstance(value, dict) else None

    @lazy
    def query(self) -> Query:
        return Query.read(self.request.query)

    @property
    def heeded(self) -> tuple[str, ...]:
        """The fields of the body that have an effect."""
        return (self.operation and self.operation.heeded) or ()

    @lazy
    def notes(self) -> tuple[str, ...]:
        """What of the request has no effect, one sentence each."""
        return tuple(dict.fromkeys(self.idle()))

    def idle(self) -> Iterator[str]:
        """The same, one after another."""
        if self.operation is None:
            return
        if "purecloud-sdk" in self.request.headers:
            yield from of_release(self.operation, self.request.headers)
        if self.request.query:
            yield from of_query(self.operation, self.query)
        if self.operation.reads is None:
            if self.request.body:
                yield from of_needless_body(self.request.body)
        elif self.body is not None:
            yield from of_body(self.body, self.heeded)
        else:
            for part in self.payload.value if isinstance(self.payload.value, list) else ():
                yield from of_body(part if isinstance(part, dict) else {}, self.heeded)
