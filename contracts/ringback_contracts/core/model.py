"""The words of the contract: requests, callers, rules, findings and verdicts.

Everything here is a plain value. Nothing does I/O, and nothing knows HTTP libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.pairs import first_of_each
from ringback_contracts.core.plain import plain

if TYPE_CHECKING:
    from ringback_contracts.core.operation import Operation, Selection
    from ringback_contracts.life.commands import Instruction
    from ringback_contracts.life.values import Conversation
    from ringback_contracts.org import Client, User


Contract = Literal["published", "participants"]
PUBLISHED: Contract = "published"
PARTICIPANTS: Contract = "participants"
CONTRACTS: tuple[Contract, ...] = (PUBLISHED, PARTICIPANTS)


HEADER_BYTES = 150
"""What a header weighs beside its texts."""


class Evidence(StrEnum):
    """How we know that the platform behaves as a rule says."""

    PUBLISHED = "published"
    OBSERVED = "observed"
    REPORTED = "reported"
    MISSION = "mission"
    ASSUMED = "assumed"


class Stage(IntEnum):
    """The platform's order of checks. A request is refused by the first stage that objects."""

    ROUTE = 0
    AUTHENTICATE = 1
    RATE = 2
    AUTHORIZE = 3
    MEDIA_TYPE = 4
    SIZE = 5
    JSON = 6
    SCHEMA = 7
    ADDRESSES = 8
    CALLER = 9
    DESTINATION = 10
    NUMBER = 11
    STATION = 12
    STATE = 13
    """What a call allows as it stands just now."""


class Knowledge(IntEnum):
    """What must be known to decide a rule; each includes the ones before it."""

    REQUEST = 0
    """The request alone decides: a client can know before it sends."""
    ORG = 1
    """Who asks, and the org's users, numbers, switches and state decide."""


@plain(slots=False)
class Request:
    """One HTTP request as plain values.

    ``path`` is percent-decoded and carries no query; header names are in lower case. What can hold a
    secret or somebody's number stays out of the repr.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    query: str = field(default="", repr=False)
    host_allowed: bool = True
    well_formed: bool = True

    @lazy
    def head_bytes(self) -> int:
        """Roughly the memory that everything but the body takes."""
        text = "".join((self.path, self.query, *self.headers, *self.headers.values()))
        return HEADER_BYTES * len(self.headers) + len(text)

    @lazy
    def parameters(self) -> Mapping[str, str]:
        """The parameters of the query; of those that stand there twice, the first."""
        return first_of_each(self.query)


class TokenState(StrEnum):
    """What the bearer token of a request turned out to be."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Quota:
    """A token's use of its rate limit: requests a minute, those used, seconds until it starts anew."""

    allowed: int
    count: int
    reset: int

    @property
    def exceeded(self) -> bool:
        return self.count > self.allowed


class Lives(Protocol):
    """Calls by their ids, each as it stands now; ``None`` where no more is known than that it is there."""

    def __contains__(self, call_id: object, /) -> bool: ...

    def get(self, call_id: str, /) -> Conversation | None: ...


class NoLives(Lives):
    """There are no calls."""

    def __contains__(self, call_id: object, /) -> bool:
        return False

    def get(self, call_id: str, /) -> Conversation | None:
        """No call."""


NO_CALLS: Lives = NoLives()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Caller:
    """Who sends a request: the token, whose it is, what it may do, and what it can see.

    ``user`` is set for a user's token, ``client`` for one of the client-credentials grant; ``app`` is the id
    of the client that the token was issued to, as far as anybody knows. ``scopes`` is ``None`` where scopes
    do not apply (client credentials). ``calls`` and ``channels`` are those that it can see: these with what
    they are subscribed to.
    """

    token: TokenState
    user: User | None = None
    client: Client | None = None
    scopes: frozenset[str] | None = None
    quota: Quota | None = None
    calls: Lives = NO_CALLS
    channels: Mapping[str, Collection[str]] = field(default_factory=dict, compare=False, repr=False)
    app: str | None = None

    @property
    def permissions(self) -> frozenset[str]:
        holder = self.user or self.client
        return holder.permissions if holder else frozenset()


ANONYMOUS = Caller(TokenState.MISSING)


@plain()
class Violation:
    """What a rule found: where (a JSON pointer, or the name of a header or ``path``) and what.

    ``params`` fill the braces of the rule's message.
    """

    detail: str
    pointer: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


Violations = Sequence[Violation]
Check = Callable[[Any], Violations]
"""A rule's function: of the case, or of the facts that all its operations have."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request that a rule must accept or reject, in the default org changed by ``org``.

    ``given`` is what happened before: requests that were granted, and seconds that passed. ``body`` is sent
    as JSON; ``raw`` is sent as it stands. ``token`` ``None`` sends none.
    ``used`` is how many requests the token has already made this minute.
    """

    body: Any = None
    token: str | None = "alice"
    method: str = "POST"
    path: str = "/api/v2/conversations/calls"
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    org: Mapping[str, Any] = field(default_factory=dict)
    used: int = 0
    contract: Contract = PUBLISHED
    host_allowed: bool = True
    well_formed: bool = True
    given: tuple[Example | float, ...] = ()


ASTRAY = "a path that leads to no operation"
"""The mark of such a request."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to refuse a request, and how we know that the platform refuses it.

    ``message`` is the text of the envelope, with ``{braces}`` for a violation's params.
    ``source`` says where the evidence can be found. ``fix`` tells a person what to do.
    """

    id: str
    stage: Stage
    status: int
    code: str
    message: str
    title: str
    fix: str
    evidence: Evidence
    source: str
    check: Check = field(repr=False, compare=False)
    rejects: tuple[Example, ...] = field(repr=False, compare=False)
    accepts: tuple[Example, ...] = field(repr=False, compare=False)
    contracts: tuple[Contract, ...] = CONTRACTS
    knowledge: Knowledge = Knowledge.ORG
    operations: Selection | None = field(default=None, repr=False, compare=False)
    """Which operations it holds for; ``None`` means every request."""
    only: frozenset[str] = frozenset()
    """Marks of a request (see ``Case.marks``), without any of which the rule has nothing to object."""

    def concerns(self, operation: Operation | None) -> bool:
        """Whether it holds for requests that name the operation, or none."""
        return self.operations is None or (operation is not None and self.operations(operation))


@plain()
class Finding:
    """A rule that a request breaks, with the place and the reason."""

    rule: Rule
    violation: Violation

    @property
    def pointer(self) -> str:
        return self.violation.pointer

    @property
    def detail(self) -> str:
        return self.violation.detail

    @property
    def message(self) -> str:
        """The envelope's text, filled in."""
        return self.rule.message.format_map(self.violation.params)


class DestinationKind(StrEnum):
    """What a call is placed to."""

    PHONE = "phone"
    EXTENSION = "extension"
    SIP = "sip"
    USER = "user"
    QUEUE = "queue"
    CONVERSATIONS = "conversations"
    PARTICIPANTS = "participants"


@plain()
class Destination:
    """One party to ring: its kind and its normalised address or id."""

    kind: DestinationKind
    value: str
    name: str | None = None


@plain()
class Intent:
    """What an accepted request asks for: whom to ring, for which user, as which number."""

    contract: Contract
    destinations: tuple[Destination, ...]
    user_id: str | None = None
    campaign_id: str | None = None
    caller_id: str | None = None
    caller_id_name: str | None = None
    from_queue_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    uui_data: str | None = None
    contact_id: str | None = None


@plain()
class Accepted:
    """The request is granted. ``params`` are those of the path; ``notes`` say what of it has no effect.

    ``instructions`` are the commands that it gives to calls that are there already.
    """

    operation: Operation
    params: Mapping[str, str]
    intent: Intent | None = None
    notes: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = ()


@plain()
class Rejected:
    """The request is refused by its first finding, in the platform's order."""

    finding: Finding
    operation: Operation | None = None


Verdict = Accepted | Rejected
