"""Serve an org's file anew when it changes. One that is wrong changes nothing, and is told of in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ringback_contracts.http.faults import FaultError
from ringback_contracts.org import Org, OrgError
from ringback_mock.engine.store import Store

LOOK_SECONDS = 0.5
"""Between two looks, which work on volumes of containers and shared folders too: these tell of no change."""
logger = logging.getLogger("ringback")


@dataclass(frozen=True)
class WatchedOrg:
    """The file of an org, and what reads it; that raises ``OrgError`` or ``FaultError``."""

    path: Path
    read: Callable[[], Org]


class Rereading:
    """Takes what a file says into a store, in place of the default org. ``now`` is what it says already."""

    def __init__(self, watched: WatchedOrg, store: Store, now: Org) -> None:
        self._watched = watched
        self._store = store
        self._now = now
        self._seen = self._state()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """Take in the file if it has changed since it was last looked at."""
        state = self._state()
        if state in (None, self._seen):  # where it is gone, an editor may just be about to put it back
            return
        self._seen = state
        path = self._watched.path
        try:
            org = self._watched.read()
        except (OrgError, FaultError) as error:
            logger.warning("the org stays as it was, for its file is wrong: %s", error)
            return
        if org == self._now:
            return
        self._now = org
        self._store.replace_default(org)
        logger.info(
            "%s was read again: org %s, %d users, %d queues; it begins anew, without calls and logins",
            path,
            org.name,
            len(org.users),
            len(org.queues),
        )

    def _state(self) -> tuple[int, int, int] | None:
        """What a change of the file changes; ``None`` where there is no file."""
        try:
            found = self._watched.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
