"""The log in Redis: one stream of writes, what is said about it, and the snapshot that it goes on from.

All keys of one prefix lie in one slot of a cluster.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ringback_contracts.org import Org
from ringback_mock.replicas.values import UnreadableError, writer
from ringback_mock.version import VERSION

if TYPE_CHECKING:
    from redis.asyncio import Redis

FORMAT = 1
"""The version of the data. It rises when an older Ringback would misread what this one writes."""
MOST_AT_ONCE = 1_000
"""Entries that are read in one go."""
IDLE_MILLISECONDS = 30 * 86_400 * 1000
"""What nobody writes to for so long is forgotten."""
GENESIS = b"0-0"
USUAL_PREFIX = "ringback"


class StoreError(Exception):
    """Why the store cannot be used, and what to do."""


class LostError(Exception):
    """The log does not go on from what this replica knows: it was deleted, cut or set back."""


class AwayError(Exception):
    """The store does not answer: what happened instead, as clients may know it."""

    @property
    def told(self) -> str:
        """The same for whoever runs the mock: with the words of Redis or of the network."""
        return f"does not answer as it should: {self}: {self.__cause__}"


@cache
def _failures() -> tuple[type[Exception], ...]:
    """What the client raises where the store does not answer as it should."""
    from redis.exceptions import RedisClusterException, RedisError

    return RedisError, RedisClusterException, OSError, TimeoutError


@contextmanager
def asking() -> Iterator[None]:
    """Ask the store; raises ``AwayError`` where it does not answer."""
    try:
        yield
    except _failures() as error:
        raise AwayError(type(error).__name__) from error


class Keys(NamedTuple):
    """The names of what one prefix keeps."""

    log: str
    about: str
    snapshot: str

    @classmethod
    def of(cls, prefix: str) -> Keys:
        return cls(*(f"{{{prefix}}}:{name}" for name in cls._fields))


class Proposal(NamedTuple):
    """What is to be appended, if nothing has changed that it ``hangs_on``; without a text, a question."""

    hangs_on: str
    changes: str
    text: bytes


class Told(NamedTuple):
    """What the log answers: entries that were not known, and what became of each proposal.

    A fate is the id of the entry, ``stands`` for a question, and nothing where the proposal hangs on what
    has changed. ``length`` is that of the log.
    """

    entries: Sequence[tuple[bytes, bytes]]
    fates: Sequence[bytes]
    length: int = 0
    more: bool = False


class Log:
    """The log of one prefix. ``position`` is the last entry that is known, ``began`` when the log began."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.keys = Keys.of(prefix)
        self.position = GENESIS
        self.began = 0.0
        self._client = client
        self._append = client.register_script(_script("append.lua"))
        self._open = client.register_script(_script("open.lua"))
        self._cut = client.register_script(_script("cut.lua"))
        self._load = client.register_script(_script("load.lua"))

    async def open(self, org: Org, speed: float, before: Org | None = None) -> float:
        """When the log began: now, if there is none yet, or one of the org that was served ``before``.

        Raises ``StoreError`` for one that is another's.
        """
        mark = fingerprint(org, speed)
        old = mark if before is None else fingerprint(before, speed)
        arguments: list[Any] = [FORMAT, repr(time.time()), mark, VERSION, IDLE_MILLISECONDS, old]
        with asking():
            said = await self._open([self.keys.about, self.keys.log, self.keys.snapshot], arguments)
        known, began, kept_mark, by = (value.decode() for value in said)
        if int(known) > FORMAT:
            raise StoreError(
                f"the store was written by Ringback {by}, whose data (version {known}) this one, {VERSION}, "
                f"cannot read: start a newer Ringback, or take another --store-prefix"
            )
        if kept_mark != mark:
            raise StoreError(
                "the store keeps the state of another org, or of this one as its file, --contract, --fault "
                "or --speed was before: take another --store-prefix, or delete what is kept with "
                "'ringback store --delete PREFIX'"
            )
        self.began = float(began)
        return self.began

    async def load(self) -> list[bytes]:
        """The snapshot from which the log goes on, in parts."""
        base, *parts = await self._snapshot()
        self.position = base
        return parts

    async def load_base(self) -> bytes:
        """The position of the snapshot from which the log goes on."""
        return (await self._snapshot())[0]

    async def _snapshot(self) -> list[bytes]:
        """The snapshot's position and its parts, of one moment."""
        with asking():
            said: list[bytes] = await self._load([self.keys.about, self.keys.snapshot])
        if not said:
            raise LostError
        return said

    async def append(self, proposals: Iterable[Proposal]) -> Told:
        """Append what still stands, and say what is new. Raises ``LostError``."""
        arguments: list[Any] = [self.position, MOST_AT_ONCE, FORMAT, IDLE_MILLISECONDS, repr(self.began)]
        for proposal in proposals:
            arguments += proposal
        with asking():
            answer = await self._append([self.keys.log, self.keys.about], arguments)
        kind = answer[0]
        if kind == b"gone":
            raise LostError
        if kind == b"newer":
            raise StoreError(
                f"a newer Ringback writes to the store now (data of version {answer[1].decode()}); "
                f"this one, {VERSION}, is to be replaced"
            )
        entries = [(entry_id, values[3]) for entry_id, values in answer[1]]
        if kind == b"more":
            return Told(entries, (), more=True)
        return Told(entries, answer[2], answer[3])

    async def cut(self, base: bytes, parts: Sequence[bytes]) -> None:
        """Let the log go on from a snapshot of what it said up to ``base``."""
        fresh = f"{self.keys.snapshot}:{base.decode()}"
        pipeline: Any = self._client.pipeline(transaction=False)
        pipeline.delete(fresh)
        for part in parts:
            pipeline.rpush(fresh, part)
        pipeline.pexpire(fresh, IDLE_MILLISECONDS)
        with asking():
            await pipeline.execute()
            await self._cut([*self.keys, fresh], [base, IDLE_MILLISECONDS])

    async def may_cut(self, seconds: int) -> bool:
        """Whether no other replica makes a snapshot just now; then it is this one's turn."""
        with asking():
            return bool(await self._client.set(f"{self.keys.snapshot}:turn", VERSION, nx=True, ex=seconds))

    async def write_anything(self) -> None:
        """Raise ``AwayError`` where the store takes no writes: one that is full answers questions."""
        with asking():
            await self._client.set(f"{self.keys.about}:tried", VERSION, ex=1)

    async def close(self) -> None:
        await self._client.aclose()


def fingerprint(org: Org, speed: float) -> str:
    """What tells an org and its usual clock from others."""
    written = orjson.dumps([writer(Org)(org), speed], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(written).hexdigest()


def _script(name: str) -> str:
    return (files("ringback_mock") / "replicas" / name).read_text("utf-8")


def read_entry(text: bytes) -> tuple[str, float, list[Any]]:
    """The org, the moment and the writes of an entry; raises ``UnreadableError``."""
    try:
        org_id, moment, writes = orjson.loads(text)
        return org_id, float(moment), writes
    except (ValueError, TypeError) as error:
        raise UnreadableError(f"an entry of the log cannot be read: {error}") from error
