"""The door of a replica: a reply waits for the log, and meanwhile others are served."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ringback_contracts.core.model import Request
from ringback_mock.edges.door import CHANNELS, Door
from ringback_mock.edges.familiar import Familiar
from ringback_mock.edges.turns import Turns
from ringback_mock.patience import Patience
from ringback_mock.replicas.site import SharedSite

if TYPE_CHECKING:
    from ringback_mock.edges.socket import Noted

OPENS_SOCKET = b"GET " + CHANNELS


class SharedDoor(Door):
    """What is said over one connection to a replica."""

    site: ClassVar[SharedSite]

    def data_received(self, data: bytes) -> None:
        """Take it; whether there is a channel is asked of the log first, as another replica may have it."""
        if data.startswith(OPENS_SOCKET) and self._is_free():
            self.transport.pause_reading()
            self._sending = self.loop.create_task(self.site.replica.catch_up())
            self._sending.add_done_callback(lambda _: self._take_late(data))
        else:
            super().data_received(data)

    def _take_late(self, data: bytes) -> None:
        self._sending = None
        if not self.transport.is_closing():
            self.transport.resume_reading()
            super().data_received(data)

    def _noting(self) -> Noted:
        return self.site.replica.catch_up

    def _answer(self, request: Request, *, keep_alive: bool) -> None:
        at_once = self.site.probed(request)
        if at_once is not None:
            self._send(at_once, request.method, keep_alive=keep_alive)
        else:
            self._answer_with(self._answer_from_log(request, keep_alive=keep_alive), keep_alive=keep_alive)

    async def _answer_from_log(self, request: Request, *, keep_alive: bool) -> None:
        """Answer once the log has taken what was decided."""
        try:
            response = await self.site.replica.answer(request, self.peer)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            response, self._keep_alive = self.site.crashed(error, request), False
        if response.feed is not None:
            self._keep_alive = False
            await self._follow(response, response.feed)
        elif response.delivery is not None:
            await self._deliver(response, request.method, keep_alive)
        else:
            keeps = keep_alive and self._keep_alive
            head = self._head(response, len(response.body), keep_alive=keeps)
            self.transport.write(head if request.method == "HEAD" else head + response.body)


def shared_door_to(site: SharedSite, turns: Turns, patience: Patience) -> type[SharedDoor]:
    """The protocol class whose connections open to the replica."""
    own = {"site": site, "patience": patience, "turns": turns, "familiar": Familiar()}
    return type("SharedDoor", (SharedDoor,), own)
