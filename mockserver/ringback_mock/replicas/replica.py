"""One replica: requests are decided on what it has of the log, and answered once the log has taken that.

Whatever waits goes to Redis together, in one round at a time. A decision that hangs on what has changed
meanwhile is made again on what is new.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import orjson

from ringback_contracts.core.model import Request
from ringback_contracts.org import Org
from ringback_mock.engine.pipeline import Answered
from ringback_mock.http import HERE, Peer, Response
from ringback_mock.replicas.decisions import ANYTHING, QUESTION, Decision, Job
from ringback_mock.replicas.kinds import (
    ALONE,
    Settle,
    WritePlace,
    changed_by,
    channels_key,
    hangs_on,
    read_write,
    write_all,
)
from ringback_mock.replicas.log import AwayError, Log, LostError, Proposal, StoreError, Told, read_entry
from ringback_mock.replicas.snapshot import Rows, captured, parts, restore
from ringback_mock.replicas.trouble import Trouble
from ringback_mock.replicas.values import UnreadableError

if TYPE_CHECKING:
    from ringback_mock.engine.tenant import Tenant
    from ringback_mock.engine.writes import Write
    from ringback_mock.replicas.site import SharedSite

MOST_OF_A_ROUND = 64
"""Requests that are decided in one go: meanwhile nothing else is done."""
LISTENING_SECONDS = 0.02
"""How long a replica that is asked nothing goes without hearing of what the others do."""
MOST_ENTRIES, MOST_BYTES = 20_000, 64 * 2**20
"""How long the log may be before it is cut: it goes on from a snapshot then."""
SNAPSHOT_SECONDS = 10
"""How long no other replica makes a snapshot after one has begun to."""
AGAIN_SECONDS = 0.1
"""From losing the store to looking for it again."""
START_SECONDS = 20.0
"""How long a replica that starts asks a store that answered just before."""
TOLD_SECONDS = 60.0
"""How long another thread waits for what a replica knows: it may have ended meanwhile."""

logger = logging.getLogger("ringback")
T = TypeVar("T")


class Replica:
    """Decides what comes to one process, and applies what comes to all.

    Where the store is away, whoever asks waits no longer than the ``log`` does, and no longer than
    ``patience`` seconds from when it went.
    """

    def __init__(self, site: SharedSite, log: Log, patience: float = 1.0) -> None:
        self._trouble = Trouble(patience)
        self._site = site
        self._store = site.store
        self._log = log
        self._jobs: deque[Job] = deque()
        self._unasked: deque[tuple[Tenant, tuple[Write, ...]]] = deque()
        self._wake = asyncio.Event()
        self._uncut = 0
        """Bytes that the log has grown by since it was cut, as far as this replica knows."""
        self._next_cut = 0.0
        self._cutting: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_read = False
        self._next: Org | None = None
        """What is to be served in place of what is."""
        log.began = self._store.began
        self._store.write_later = self.write_later
        self._store.serve_later = self.serve_later

    @property
    def trouble(self) -> str:
        """Why nothing can be answered just now; empty while all is well."""
        return self._trouble.why

    # What comes

    async def answer(self, request: Request, peer: Peer) -> Response:
        """The answer to the request. It raises for bugs alone."""
        answer = await self._waited(request, peer)
        return self._site.unavailable(request, self.trouble) if answer is None else answer

    async def catch_up(self) -> None:
        """Wait until all is known that the log says by now, or the store is away."""
        await self._waited(None, HERE)

    def told(self, what: Callable[[], T]) -> T:
        """What it says once all is known that the log says by now: for a thread other than the replica's.

        Raises ``StoreError`` where the store is away, or the replica says nothing for ``TOLD_SECONDS``.
        """

        async def asked() -> T:
            await self.catch_up()
            if self.trouble:
                raise StoreError(self.trouble)
            return what()

        if self._loop is None:
            raise StoreError(self.trouble)
        answer = asyncio.run_coroutine_threadsafe(asked(), self._loop)
        try:
            return answer.result(TOLD_SECONDS)
        except TimeoutError as error:
            answer.cancel()
            raise StoreError(f"the replica has told nothing for {TOLD_SECONDS:.0f} s") from error

    async def _waited(self, request: Request | None, peer: Peer) -> Response | None:
        if self.trouble and not await self._trouble.passes():
            return None
        job = Job(request, peer, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._wake.set()
        return await job.answer

    def write_later(self, tenant: Tenant, writes: Iterable[Write]) -> None:
        """Have it written in the next round: nobody waits for it."""
        some = tuple(writes)
        if some and not self.trouble:
            self._unasked.append((tenant, some))
            self._wake.set()

    def serve_later(self, org: Org) -> None:
        """Have every replica serve this org from the next round on."""
        self._next = org
        self._wake.set()

    # Rounds

    async def start(self) -> None:
        """Learn what the log says. Where the store does not answer for long, the rounds go on to ask."""
        self._loop = asyncio.get_running_loop()
        end = self._loop.time() + START_SECONDS
        while not self._has_read:
            try:
                await self._begin_anew()
            except AwayError as error:
                await self._lose(f"the store does not answer ({error})")
                if self._loop.time() >= end:
                    return
            except (LostError, StoreError, UnreadableError) as error:
                await self._lose(str(error) or self.trouble)
                return

    async def run(self) -> None:
        """Do round after round, until cancelled, which the client of Redis may have taken for a timeout."""
        task = asyncio.current_task()
        while task is not None and not task.cancelling():
            try:
                await self._turn()
            except LostError:
                logger.warning(
                    "the store was deleted or set back: this replica begins anew with what is there"
                )
                self._forget()
            except AwayError as error:
                await self._lose(f"the store does not answer ({error})")
            except (StoreError, UnreadableError) as error:
                await self._lose(str(error), lasts=True)
            except Exception as error:  # noqa: BLE001 - what cannot be applied must not end the replica
                self._site.crashed(error)
                self._forget()
                await asyncio.sleep(AGAIN_SECONDS)
            if not (self._jobs or self._unasked):
                timer = asyncio.get_running_loop().call_later(LISTENING_SECONDS, self._wake.set)
                await self._wake.wait()
                timer.cancel()
            self._wake.clear()

    async def _turn(self) -> None:
        """A round; or a new beginning, where the log is to be read from its start."""
        if self._next is not None and self._has_read:
            self._forget()
        await (self._round() if self._has_read else self._begin_anew())

    def _forget(self) -> None:
        """Take nothing that is known for what the log says: it has to be read from its start."""
        self._has_read = False
        self._unasked.clear()
        self._trouble.begin("the store is read anew")

    async def _begin_anew(self) -> None:
        before, speed = self._site.served
        org = self._next or before
        began = await self._log.open(org, speed, before)
        self._site.served = org, speed
        if self._next is org:  # the file may have changed once more meanwhile
            self._next = None
        self._store.begin_anew(began, org)
        await self._load()

    async def _lose(self, why: str, *, lasts: bool = False) -> None:
        """Nothing can be answered for now: say so to all who wait, and look again soon."""
        if why != self.trouble:
            logger.error("%s: requests are answered 503 until it does", why)
        self._trouble.begin(why, lasts=lasts)
        self._fail_all()
        await asyncio.sleep(AGAIN_SECONDS)

    def _fail_all(self) -> None:
        self._unasked.clear()
        while self._jobs:
            self._jobs.popleft().resolve(None)

    async def _load(self) -> None:
        """Read the snapshot and the log as it is by now, after which there is no trouble."""
        parts = await self._log.load()
        with self._store.at(self._store.began, applying=True):
            for part in parts:
                restore(self._store, part)
        self._uncut = 0
        while True:
            told = await self._log.append(())
            self._hear(told)
            if not told.more:
                break
        self._has_read = True
        self._trouble.end()

    async def _round(self) -> None:
        jobs = [self._jobs.popleft() for _ in range(min(len(self._jobs), MOST_OF_A_ROUND))]
        decisions = self._decisions(jobs)
        try:
            told = await self._asked([one.proposal for one in decisions])
        except BaseException:
            for job in jobs:
                job.resolve(None)
            raise
        self._hear(told)
        if self.trouble:
            logger.warning("the store answers again")
            self._trouble.end()
            self._store.note_listeners()
        again = []
        for decision, fate in zip(decisions, told.fates or [b""] * len(decisions), strict=True):
            if not self._settle(decision, fate) and decision.job is not None:
                decision.job.fresh = True
                again.append(decision.job)
        self._jobs.extendleft(reversed(again))
        if self._store.listened:
            self._site.sockets.tell()
        if told.length > MOST_ENTRIES or self._uncut > MOST_BYTES:
            self._cut()

    async def _asked(self, proposals: Sequence[Proposal]) -> Told:
        """What the log says to them; after trouble only where it can be written to, too."""
        began = time.perf_counter()
        if self.trouble:
            await self._log.write_anything()
        told = await self._log.append(proposals)
        self._site.tally.time("round", time.perf_counter() - began)
        return told

    def _cut(self) -> None:
        """Let the log go on from what has come of it by now, unless this has just been tried."""
        now = asyncio.get_running_loop().time()
        if now >= self._next_cut:
            self._next_cut, self._uncut = now + SNAPSHOT_SECONDS, 0
            rows, base = captured(self._store), self._log.position
            self._cutting = asyncio.get_running_loop().create_task(self._write_snapshot(rows, base))

    async def _write_snapshot(self, rows: list[Rows], base: bytes) -> None:
        try:
            if await self._log.may_cut(SNAPSHOT_SECONDS):
                written = []
                for part in parts(rows):
                    written.append(part)
                    await asyncio.sleep(0)
                await self._log.cut(base, written)
        except AwayError as error:
            logger.warning("the log could not be cut, which is tried again: %s", error)

    def _hear(self, told: Told) -> None:
        """Apply what others have written."""
        for entry_id, text in told.entries:
            self._apply_entry(text)
            self._uncut += len(text)
            self._log.position = entry_id
        if told.entries and self._site.feed.listeners:
            self._site.feed.tell()

    def _apply_entry(self, text: bytes) -> None:
        org_id, moment, writes = read_entry(text)
        store = self._store
        tenant = store.tenant(org_id)
        if tenant is None:
            return  # a copy that was dropped meanwhile
        with store.at(moment, applying=True):
            for data in writes:
                write = read_write(data, WritePlace(store, tenant))
                if write is not None:
                    write.to(tenant)

    # Decisions

    def _decisions(self, jobs: Sequence[Job]) -> list[Decision]:
        """What to ask of the log. Where something is due in a queue, that happens first."""
        moment = time.time()
        with self._store.at(moment):
            settled = [
                self._written(tenant, (Settle(tenant.clock()),), moment, ANYTHING)
                for tenant in self._store.unsettled()
            ]
        if settled:
            return [*settled, *(Decision(QUESTION, job) for job in jobs)]
        asked = []
        while self._unasked:
            tenant, writes = self._unasked.popleft()
            asked.append(self._written(tenant, writes, moment, ""))
        return [*asked, *(decision for job in jobs if (decision := self._decided(job, moment)) is not None)]

    def _decided(self, job: Job, moment: float) -> Decision | None:
        if job.request is None or not (job.fresh or job.may_guess):
            return Decision(QUESTION, job)
        reading = self._store.reading
        reading.begin()
        try:
            with self._store.at(moment):
                answered = self._site.decide(job.request, job.peer)
                answered = answered._replace(response=answered.response.whole())
                kept = self._exchange(job.request, answered)
        except Exception as error:  # noqa: BLE001 - whoever asked is told that there is a bug
            if not job.answer.done():
                job.answer.set_exception(error)
            return None
        tenant = answered.tenant
        writes = (*reading.uses, *answered.writes, *kept)
        keys = reading.keys | hangs_on(writes, tenant.org.id)
        if "/notifications/" in job.request.path:
            keys.add(channels_key(tenant.org.id))
        sure = job.fresh and all(isinstance(write, ALONE) for write in writes)
        condition = "" if sure else "\n".join(keys)
        if writes:
            decision = self._written(tenant, writes, moment, condition)
        else:
            decision = Decision(Proposal(condition, "", b""))
        return decision._replace(job=job, tenant=tenant, answered=answered)

    def _exchange(self, request: Request, answered: Answered) -> tuple[Write, ...]:
        if not answered.kept:
            return ()
        return (self._site.exchange(request, answered),)

    @staticmethod
    def _written(tenant: Tenant, writes: Sequence[Write], moment: float, condition: str) -> Decision:
        text = orjson.dumps([tenant.org.id, moment, write_all(writes)])
        changes = "\n".join(changed_by(writes, tenant.org.id))
        return Decision(Proposal(condition, changes, text), None, moment, tenant, writes)

    def _settle(self, decision: Decision, fate: bytes) -> bool:
        """Do as the log has decided; whether that was the end of it."""
        job = decision.job
        if not fate:
            return False
        if decision.tenant is not None and decision.writes:
            self._store.apply(decision.tenant, decision.writes, decision.moment)
            self._log.position = fate
            self._uncut += len(decision.proposal.text)
            if self._site.feed.listeners:
                self._site.feed.tell()
        if job is None:
            return True
        if job.request is None:
            job.resolve(Response(204))
            return True
        if decision.answered is None:
            return False
        job.resolve(self._site.said(job.request, decision.answered, job.began))
        return True
