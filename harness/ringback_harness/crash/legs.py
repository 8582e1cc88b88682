"""The legs that requests dial into calls that are there: consults, transfers, whoever else is brought in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ringback_contracts.core.model import Accepted
from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Command,
    Invite,
    StartConsult,
    Supervise,
)
from ringback_contracts.life.parties import Party
from ringback_mock.engine.journal import Exchange


def dialled_legs(exchange: Exchange) -> list[Party]:
    """Whom a request that was granted has rung into a call."""
    return [party for _, command in _commands(exchange) for party in _rung(command)]


def most_to_one(exchanges: Iterable[Exchange]) -> int:
    """The legs that were dialled to one party of one call, where it was most; those of a consult that was
    called off before the next are no second ones.
    """
    legs: Counter[tuple[str, Party]] = Counter()
    most = 0
    for exchange in exchanges:
        for call_id, command in _commands(exchange):
            if isinstance(command, CancelConsult):
                for leg in [leg for leg in legs if leg[0] == call_id]:
                    del legs[leg]
            for party in _rung(command):
                legs[call_id, _who(party)] += 1
                most = max(most, legs[call_id, _who(party)])
    return most


def _commands(exchange: Exchange) -> Iterator[tuple[str, Command]]:
    if isinstance(exchange.verdict, Accepted):  # it has none where a fault struck before
        yield from exchange.verdict.instructions


def _rung(command: Command) -> tuple[Party, ...]:
    match command:
        case StartConsult(to=Party() as party) | BlindTransfer(to=Party() as party) | CallBack(to=party):
            return (party,)
        case Invite(parties=parties):
            return parties
        case Supervise(supervisor=party):
            return (party,)
        case _:
            return ()


def _who(party: Party) -> Party:
    """Whom it rings, whatever becomes of it."""
    return Party(party.kind, party.id, party.address)
