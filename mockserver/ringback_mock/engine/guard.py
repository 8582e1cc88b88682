"""Who may use the admin paths and log users in: Ringback's own pages, and programs that were let in.

A web page can make its reader's browser send requests to this machine. It cannot keep the browser from saying
so: ``Origin`` and ``Sec-Fetch-Site`` (Fetch standard; Fetch Metadata) are not a page's to set.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback_contracts.administration import TOKEN_HEADER, TOKEN_VARIABLE
from ringback_contracts.core.credentials import bearer
from ringback_mock.engine.hosts import asked_origin, is_loopback
from ringback_mock.http import Peer

ADMIN = "/__ringback"
OWN_SITES = frozenset({"same-origin", "none"})
"""What ``Sec-Fetch-Site`` says of our own pages, and of an address that somebody typed. Another port of the
same host is ``same-site``, and is somebody else's."""
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request may not be made: status and error as its reply names them, and what to do."""

    status: int
    error: str
    message: str


FOREIGN = Denial(
    403,
    "foreign_origin",
    "a browser sent this for a page of another origin (Origin, Sec-Fetch-Site), and only Ringback's own "
    "pages and programs that are no browser may; type the address into the browser, or use curl",
)
NO_TOKEN = Denial(
    401,
    "admin_token_needed",
    f"this server has an admin token: send it as the header {TOKEN_HEADER}; Ringback's own tools take it "
    f"from the variable {TOKEN_VARIABLE}",
)
WRONG_TOKEN = Denial(
    401, "admin_token_wrong", f"the header {TOKEN_HEADER} holds another token than the server's"
)
EXPOSED = Denial(
    403,
    "admin_closed",
    "others on the network can reach this server, so its admin paths are closed: start it with the variable "
    f"{TOKEN_VARIABLE} set (or --admin-token), and send that token as the header {TOKEN_HEADER}; or let it "
    "listen on 127.0.0.1",
)


@dataclass(frozen=True)
class Guard:
    """Guards the admin paths with a token; without one they are open on loopback alone.

    Raises ``ValueError`` for a token that no header can carry.
    """

    token: str | None = field(default=None, repr=False)
    bound: str = "127.0.0.1"

    def __post_init__(self) -> None:
        if self.token is not None and not (
            self.token and all("!" <= character <= "~" for character in self.token)
        ):
            raise ValueError("an admin token is one or more visible ASCII characters, without spaces")

    def denial(
        self, headers: Mapping[str, str], peer: Peer, *, is_page: bool = False, as_bearer: bool = False
    ) -> Denial | None:
        """Why that client's request to an admin path is refused, if it is.

        A page holds nothing yet, and a browser that goes there can send no token: the page asks for it.
        With ``as_bearer`` the token may come in ``Authorization`` too, where Prometheus sends one.
        """
        if is_foreign(headers, peer.scheme):
            return FOREIGN
        if self.token is None:
            local = is_loopback(self.bound) and (not peer.address or is_loopback(peer.address))
            return None if local else EXPOSED
        if is_page:
            return None
        given = headers.get(TOKEN_HEADER.lower())
        if given is None and as_bearer:
            given = bearer(headers.get("authorization"))
        if given is None:
            return NO_TOKEN
        same = hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())
        return None if same else WRONG_TOKEN


def is_foreign(headers: Mapping[str, str], scheme: str) -> bool:
    """Whether a browser says that a page of another origin than this server's asks."""
    if headers.get("sec-fetch-site", "none").strip().lower() not in OWN_SITES:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    asked = asked_origin(headers, scheme)
    # A proxy may tell its name without the port, which stands in Host then.
    by_host = f"{asked.partition(':')[0]}://{headers.get('host', '')}"
    return _plain(origin) not in (_plain(asked), _plain(by_host))


def _plain(origin: str) -> str:
    """The origin in lower case, without the port that its scheme has anyway."""
    origin = origin.strip().lower()
    return origin.removesuffix(DEFAULT_PORTS.get(origin.partition(":")[0], ":"))
