"""A call from outside, as somebody orders it for a test: who rings whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from ringback_contracts.core.decode import DecodeError, decode, shown
from ringback_contracts.life.commands import Ring
from ringback_contracts.life.parties import Party, Takes
from ringback_contracts.org import E164, Org, Queue, Seconds, User
from ringback_contracts.org.values import Line
from ringback_contracts.resources.calls.placement import as_contact, at_queue, forwarding, phone

T = TypeVar("T", User, Queue)

CALLER = "+442079460150"
"""The number that rings where none is given: one of those that are nobody's."""


class InboundError(ValueError):
    """Nobody can ring so: what is wrong, and what would do."""


def _texts(value: dict[Any, Any]) -> dict[str, str]:
    for key, text in value.items():
        if not isinstance(text, str):
            raise ValueError(f"{key}: expected a text, found {shown(text)}")  # noqa: TRY004 - told with its place
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who rings, and whom: a user or a queue, by id or by name.

    ``dialled`` is the number that the caller chose; ``ivr`` puts a menu before a queue; ``hangs_up_after``
    is how many seconds the caller stays once the call is connected.
    """

    user: Line | None = None
    queue: Line | None = None
    number: E164 = CALLER
    name: Line | None = None
    dialled: E164 | None = None
    ivr: bool = True
    hangs_up_after: Seconds | None = None
    attributes: Annotated[dict, _texts] = field(default_factory=dict)  # type: ignore[type-arg]  # its check says of what


def ring_from(data: object, org: Org) -> Ring:
    """The command that begins the call which a JSON object orders; raises ``InboundError``."""
    try:
        order = decode(Order, data)
    except DecodeError as error:
        raise InboundError(str(error)) from error
    to, dialled = _rung(order, org)
    takes = Takes("waits", hangs_up_after=order.hangs_up_after)
    ani = f"tel:{order.number}"
    return Ring(
        as_contact(Party("address", None, ani, order.name, takes), org),
        to,
        ani,
        order.name,
        f"tel:{dialled}" if dialled else None,
        order.ivr,
        order.attributes,
    )


def _rung(order: Order, org: Org) -> tuple[Party, str | None]:
    """Who is rung, and by which number."""
    if (order.user is None) == (order.queue is None):
        raise InboundError('name either a "user" or a "queue" to ring, by id or by name')
    ours = next(iter(org.numbers), None)
    if order.queue is not None:
        queue = _found("queue", order.queue, org.queues)
        return at_queue(queue), order.dialled or ours
    user = _found("user", order.user or "", org.users)
    rings = phone(user)
    rings = rings._replace(forwarding=forwarding(user, rings, org))
    return rings, order.dialled or next(iter(user.numbers), ours)


def _found(kind: str, wanted: str, known: tuple[T, ...]) -> T:
    by_id = [one for one in known if one.id == wanted.lower()]
    found = by_id or [one for one in known if one.name.casefold() == wanted.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found)
        raise InboundError(f"{len(found)} {kind}s have the name {shown(wanted)}; give an id: {ids}")
    names = ", ".join(f"{one.name} ({one.id})" for one in known) or "none"
    raise InboundError(f"the org has no {kind} {shown(wanted)}; its {kind}s: {names}")
