"""Start the server: one process, one event loop, one protocol class."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import uvicorn

from ringback_contracts.administration import TOKEN_VARIABLE
from ringback_contracts.catalogue import OPERATIONS, TABLE
from ringback_contracts.http.faults import FaultError
from ringback_contracts.http.granted import idle_grants
from ringback_contracts.org import Org, OrgError, default_org
from ringback_mock.collector import collect_what_is_new
from ringback_mock.edges.accepting import Acceptor
from ringback_mock.edges.alarm import Alarm
from ringback_mock.edges.door import Door, door_to
from ringback_mock.edges.half_open import HalfOpen
from ringback_mock.edges.handshake import let_expire
from ringback_mock.edges.rereading import Rereading, WatchedOrg
from ringback_mock.edges.turns import Turns
from ringback_mock.engine.cors import Cors
from ringback_mock.engine.guard import Guard
from ringback_mock.engine.hosts import WILDCARDS, HostCheck, is_loopback
from ringback_mock.engine.store import Store
from ringback_mock.patience import Patience
from ringback_mock.site import Site

if TYPE_CHECKING:
    from ringback_mock.replicas.site import SharedSite

BACKLOG = 2048
GRACE_SECONDS = 1
"""Time after which the end waits for nobody; the door is done before."""

logger = logging.getLogger("ringback")


class ServeError(Exception):
    """Why the server cannot start, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to serve: see the options of ``ringback serve``, which have the same names.

    ``tls_expired`` is a certificate with its key, of the same authority as ``tls_cert``, that has expired:
    the fault of that kind shows it. ``request_timeout`` and ``keep_alive`` are those of ``Patience``;
    ``speed`` is that of every org's clock, ``stub`` is as in ``Pipeline``. ``store`` is the URL of
    a Redis that keeps what is served, under names that begin with ``store_prefix``; ``store_timeout`` is how
    long it is waited for. ``watched`` is the org's file, where a change of it is to be served.
    ``workers`` is how many processes serve, of which only one can do without a store.
    """

    host: str = "127.0.0.1"
    port: int = 8010
    allow_host: Sequence[str] = ()
    cors_origin: Sequence[str] = ()
    journal_size: int = 2_000
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_expired: Path | None = None
    admin_token: str | None = field(default=None, repr=False)
    request_timeout: float = Patience.request
    keep_alive: float = Patience.idle
    speed: float = 1.0
    stub: bool = False
    watched: WatchedOrg | None = None
    store: str | None = field(default=None, repr=False)
    store_prefix: str = "ringback"
    store_timeout: float = 1.0
    workers: int = 1

    @property
    def patience(self) -> Patience:
        return Patience(self.request_timeout, self.keep_alive)


def serve(org: Org, settings: Settings) -> None:
    """Serve the org until SIGTERM or SIGINT. Prints the URL once connections are accepted.

    Raises ``ServeError`` for an address that cannot be listened on, a certificate that cannot be used, an
    admin token that no header can carry, or a host or an origin that is none.
    """
    if settings.workers > 1:
        _check_workers(settings)
    with listen(settings.host, settings.port) as listener:
        url = _url(settings, listener)
        with _asked_by("--allow-host"):
            hosts = HostCheck(settings.host, settings.allow_host)
        with _asked_by(f"--admin-token ({TOKEN_VARIABLE})"):
            guard = Guard(settings.admin_token, settings.host)
        with _asked_by("--cors-origin"):
            cors = Cors(settings.cors_origin)
        can_expire = settings.tls_expired is not None
        edges = {"hosts": hosts, "guard": guard, "cors": cors, "url": url, "can_expire": can_expire}
        config = configuration(_site(org, settings, **edges), settings)
        logger.info("org %s: %d operations, %d rules", org.name, len(OPERATIONS), len(TABLE))
        for idle in idle_grants(org):
            logger.warning("%s", idle)
        logger.info("try: %s", _first_step(org, _from_here(settings, url)))
        if not is_loopback(settings.host):
            logger.warning(
                "listening on %s: others on the network can reach this mock, by a name only if --allow-host "
                "(RINGBACK_ALLOW_HOST) gives it%s",
                settings.host,
                _closed(guard),
            )
        if settings.workers == 1:
            _Announced(config, settings, partial(_announce, url)).run([listener])
            return
        from ringback_mock.edges.workers import Ties, Workers

        def work(ties: Ties) -> None:
            own = configuration(_site(_by_now(org, settings), settings, **edges), settings)
            _Announced(own, settings, ties.tell, ties.life).run([listener])

        Workers(settings.workers, work).run(partial(_announce, url))


def _by_now(org: Org, settings: Settings) -> Org:
    """The org as its file says by now, where that is watched and can be read."""
    if settings.watched is not None:
        with suppress(OrgError, FaultError):
            return settings.watched.read()
    return org


def _check_workers(settings: Settings) -> None:
    """Raise ``ServeError`` where several processes could not serve the same."""
    if settings.store is None:
        raise ServeError(
            f"--workers {settings.workers} needs --store: each process would serve an org of its own, and a "
            "call that one places the next would not know"
        )
    if not hasattr(os, "fork"):
        raise ServeError("--workers takes a system that has fork; start processes on ports of their own")


def _announce(url: str) -> None:
    print(f"ringback ready on {url}", flush=True)  # noqa: T201 - a promise to whoever started it


def _site(org: Org, settings: Settings, **edges: Any) -> Site:
    site = _plain_or_shared(org, settings, **edges)
    site.pipeline.stub = settings.stub
    return site


def _plain_or_shared(org: Org, settings: Settings, **edges: Any) -> Site:
    if settings.store is None:
        return Site(Store(org, journal_size=settings.journal_size, speed=settings.speed), **edges)
    from ringback_mock.edges.replicated import shared_site
    from ringback_mock.replicas.log import StoreError

    try:
        return shared_site(settings, org, **edges)
    except StoreError as error:
        raise ServeError(str(error)) from error


def _door_to(site: Site, settings: Settings) -> type[Door]:
    if settings.store is None:
        return door_to(site, Turns(), settings.patience)
    from ringback_mock.edges.shared_door import shared_door_to

    return shared_door_to(cast("SharedSite", site), Turns(), settings.patience)


def _first_step(org: Org, url: str) -> str:
    """What to do next: ask with a token that is everybody's, as one of an org's own may be a secret."""
    known = next((token.value for token in default_org().tokens if token in org.tokens), None)
    ask = f"curl -H 'Authorization: Bearer {known}' {url}/api/v2/users/me, or " if known else ""
    return f"{ask}open {url}/ in a browser; a refusal is logged here with what to do about it"


def _from_here(settings: Settings, url: str) -> str:
    """The URL as this machine reaches it: an address that stands for all of them is not one to go to."""
    if settings.host not in WILDCARDS:
        return url
    return f"{url.partition('://')[0]}://localhost:{url.rpartition(':')[2]}"


@contextmanager
def _asked_by(option: str) -> Iterator[None]:
    """Raise ``ServeError``, which names the option, for a ``ValueError`` about its value."""
    try:
        yield
    except ValueError as error:
        raise ServeError(f"{option}: {error}") from error


def _closed(guard: Guard) -> str:
    """What becomes of the admin paths, where others can reach them."""
    if guard.token is not None:
        return ""
    return f"; its admin paths are closed until it is started with {TOKEN_VARIABLE} set"


def configuration(site: Site, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the site. Raises ``ServeError`` for a certificate that cannot be used."""
    config = uvicorn.Config(
        _nothing,
        http=_door_to(site, settings),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )
    if settings.tls_key and not settings.tls_cert:
        raise ServeError("--tls-key needs --tls-cert, the certificate that it belongs to")
    try:
        config.load()
        if config.ssl is not None:
            config.ssl.sslobject_class = HalfOpen
        if config.ssl is not None and settings.tls_expired is not None:
            let_expire(config.ssl, settings.tls_expired, site)
    except (OSError, ssl.SSLError) as error:
        flaw = _flaw(settings, error)
        raise ServeError(f"cannot use the certificate {settings.tls_cert}: {flaw}") from error
    return config


def _flaw(settings: Settings, error: OSError) -> str:
    """What is wrong with the files: OpenSSL names the place in its own source."""
    if settings.tls_cert is None or not isinstance(error, ssl.SSLError):
        return str(error)
    text = settings.tls_cert.read_bytes()
    if b"-BEGIN CERTIFICATE-" not in text:
        return "it holds no certificate in PEM form"
    if settings.tls_key is None and b"PRIVATE KEY-" not in text:
        return "it holds no private key; give the key's file with --tls-key"
    return str(error)


async def _nothing(_scope: object, _receive: object, _send: object) -> None:
    """The ASGI application, which nobody asks: the door leads to the site."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that has its port alone; port 0 takes any free one.

    Raises ``ServeError`` where another server holds the port, or the host is not of this machine.
    """
    try:
        family, address = _resolved(host, port)
        # Named as TCP, or asyncio leaves Nagle's algorithm on: each reply in two writes would take 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise ServeError(f"{host} is no address of this machine: {error.strerror}") from error
    try:
        _claim(listener, address)
    except OSError as error:
        listener.close()
        hint = "; stop what listens there, or try --port 0" if error.errno == errno.EADDRINUSE else ""
        raise ServeError(f"cannot listen on {host} port {port}: {error.strerror}{hint}") from error
    return listener


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return found[0][0], found[0][4]


def _claim(listener: socket.socket, address: Any) -> None:
    """Bind and listen: what is merely bound, another server could still take."""
    if os.name == "posix":  # elsewhere the option lets a second server take the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(BACKLOG)


def _url(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{listener.getsockname()[1]}"


class Server(uvicorn.Server):
    """uvicorn's server, which accepts connections in our own way."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings
        self._accepting: list[asyncio.Task[None]] = []
        self._following: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections of the sockets, which are needed: the lifespan is off, and so is all else."""
        loop = asyncio.get_running_loop()
        self.servers = []
        site = self._door().site
        if self._settings.store is not None:
            from ringback_mock.edges.replicated import begin

            self._following = await begin(self._settings, cast("SharedSite", site))
        site.open_to_sockets(Alarm(site.sockets, loop).set)
        for listener in sockets or []:
            acceptor = Acceptor(listener, self._protocol, self.config.ssl, self._settings.patience.request)
            self._accepting.append(loop.create_task(acceptor.run()))
        self.started = True

    def _door(self) -> type[Door]:
        return cast("type[Door]", self.config.http_protocol_class)

    def _protocol(self) -> asyncio.Protocol:
        return self._door()(config=self.config, server_state=self.server_state, app_state={})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and let uvicorn end what goes on."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        await super().shutdown(sockets)


class _Announced(Server):
    """Says that it serves, for whoever started it waits for that; it ends with whoever holds ``life``."""

    def __init__(
        self,
        config: uvicorn.Config,
        settings: Settings,
        announce: Callable[[], None],
        life: int | None = None,
    ) -> None:
        super().__init__(config, settings)
        self._announce = announce
        self._life = life

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        site = self._door().site
        if self._settings.watched is not None:
            rereading = Rereading(self._settings.watched, site.store, site.store.default.filed)
            self._accepting.append(asyncio.get_running_loop().create_task(rereading.run()))
        self._accepting.append(asyncio.get_running_loop().create_task(collect_what_is_new(site.tally.total)))
        if self._life is not None:
            asyncio.get_running_loop().add_reader(self._life, self._orphaned)
        self._announce()

    def _orphaned(self) -> None:
        """End, as whoever began this process is no more."""
        self.should_exit = True
