"""``ringback serve``: run the mock until it is told to stop."""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback_contracts.administration import FASTEST, TOKEN_VARIABLE
from ringback_contracts.core.model import CONTRACTS
from ringback_contracts.http.faults import FaultError, FaultKind, parse_fault
from ringback_harness.completion import completing
from ringback_harness.exits import Exit, SetupError
from ringback_harness.logs import log_to_stderr
from ringback_harness.options import needs
from ringback_harness.real_range import RealRange
from ringback_mock.collector import nothing_collected
from ringback_mock.patience import Patience

if TYPE_CHECKING:
    from ringback_contracts.org import Org
    from ringback_mock.edges.rereading import WatchedOrg
    from ringback_mock.edges.serve import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
logger = logging.getLogger("ringback")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SECONDS = click.IntRange(1, 86_400)


@click.command("serve", context_settings={"auto_envvar_prefix": "RINGBACK"})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65_535),
    default=8010,
    show_default=True,
    help="Port to listen on (0 picks a free one).",
)
@click.option("--org", type=FILE, help="TOML file of the org to serve; see 'ringback init'.")
@click.option("--watch", is_flag=True, help="Serve the org's file anew when it changes.")
@click.option(
    "--contract",
    type=click.Choice(["any", *CONTRACTS]),
    help="Request bodies to accept, whatever the org says.",
)
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Host name to answer to beside loopback; repeatable."
)
@click.option(
    "--cors-origin",
    multiple=True,
    metavar="ORIGIN",
    envvar="RINGBACK_CORS_ORIGIN",
    help="Origin whose web pages may use the API, such as http://localhost:5173; repeatable. "
    "Without it those of any may.",
)
@click.option(
    "--journal-size",
    type=click.IntRange(0),
    default=2_000,
    show_default=True,
    help="Exchanges to keep for each org.",
)
@click.option("--tls-cert", type=FILE, help="PEM certificate or chain, to serve HTTPS.")
@click.option("--tls-key", type=FILE, help="PEM private key, where the certificate's file has none.")
@click.option(
    "--tls-authority",
    "authority",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="RINGBACK_TLS_AUTHORITY",
    help="Serve HTTPS with a certificate of Ringback's own, and write the authority to trust to this file.",
)
@click.option(
    "--request-timeout",
    type=SECONDS,
    default=int(Patience.request),
    show_default=True,
    metavar="SECONDS",
    envvar="RINGBACK_REQUEST_TIMEOUT",
    help="Time for a whole request, for the first byte of a new connection, and for a TLS handshake.",
)
@click.option(
    "--keep-alive",
    type=SECONDS,
    default=int(Patience.idle),
    show_default=True,
    metavar="SECONDS",
    envvar="RINGBACK_KEEP_ALIVE",
    help="Time that a connection may be idle between two requests.",
)
@click.option(
    "--speed",
    type=RealRange(min=0, min_open=True, max=FASTEST),
    default=1.0,
    show_default=True,
    envvar="RINGBACK_SPEED",
    help="Seconds of the org's time in one of the world's: calls ring, and tokens expire, so much sooner.",
)
@click.option(
    "--store",
    metavar="URL",
    envvar="RINGBACK_STORE",
    help="Redis that keeps what is served, so that it outlives this process and others serve it too, such as "
    "redis://127.0.0.1:6379/0. Others see what stands on a command line: where it has a password, rather set "
    "the variable.",
)
@click.option(
    "--store-prefix",
    default="ringback",
    show_default=True,
    metavar="NAME",
    envvar="RINGBACK_STORE_PREFIX",
    help="What the names of all that is kept in the store begin with; who shares it serves the same.",
)
@click.option(
    "--store-timeout",
    type=RealRange(min=0.05, max=60),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    envvar="RINGBACK_STORE_TIMEOUT",
    help="How long the store is waited for before a request is answered 503.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    envvar="RINGBACK_WORKERS",
    help="Processes that serve on the one port; more than one need --store.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:NAME=VALUE,...]",
    envvar="RINGBACK_FAULT",
    shell_complete=completing(lambda: map(str, FaultKind)),
    help="Fault to set, such as lost-reply or rate-limited:every=2,retry-after=1; repeatable.",
)
@click.option(
    "--admin-token",
    envvar=TOKEN_VARIABLE,
    metavar="TOKEN",
    help="What the paths under /__ringback/ ask for; needed where others can reach the server. "
    "Others see what stands on a command line: rather set the variable.",
)
@click.option(
    "--stub",
    is_flag=True,
    help="Answer any other operation of the official SDK with a body made up from its model, marked "
    "Ringback-Stub: true.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="With json each line of the log is a JSON object, and each request has one.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log each request, not only those that are refused.")
@click.option("-q", "--quiet", is_flag=True, help="Log no request, and nothing at the start but warnings.")
def command(
    *,
    org: Path | None,
    watch: bool,
    contract: str | None,
    authority: Path | None,
    faults: Sequence[str],
    **settings: Any,
) -> None:
    """Serve the mock until SIGTERM or Ctrl-C.

    Prints one line when it accepts connections: 'ringback ready on URL'. What is refused is logged, in a line
    each. Every option has a variable, RINGBACK_ and its name: RINGBACK_PORT, RINGBACK_ALLOW_HOST.
    """
    from ringback_contracts.org import OrgError
    from ringback_mock.edges.serve import ServeError, Settings, serve

    needs("store_prefix", "store")
    needs("store_timeout", "store")
    log_to_stderr(**{name: settings.pop(name) for name in ("log_format", "verbose", "quiet")})
    # A server that is told to stop has done its work: no traceback, and exit code 0.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: sys.exit(Exit.FINE))
    read = partial(_org, org, contract, faults)
    try:
        served = read()
        expires = any(fault.shows_certificate for fault in served.faults)
        if watch:
            settings["watched"] = _watched(org, read, expires=expires)
        with nothing_collected(), _certified(Settings(**settings), authority, expires=expires) as certified:
            serve(served, certified)
    except (OrgError, FaultError, ServeError) as error:
        raise SetupError(str(error)) from error


def _org(file: Path | None, contract: str | None, faults: Sequence[str]) -> Org:
    """The org to serve, with the faults of the command line."""
    from ringback_mock.engine.orgfile import read_org

    org = read_org(file, contract)
    try:
        return replace(org, faults=(*org.faults, *map(parse_fault, faults)))
    except FaultError as error:
        raise FaultError(f"--fault: {error}") from error


def _watched(file: Path | None, read: Callable[[], Org], *, expires: bool) -> WatchedOrg:
    """The file to look at. Raises ``SetupError`` where there is none."""
    from ringback_contracts.org import OrgError
    from ringback_mock.edges.rereading import WatchedOrg

    if file is None:
        raise SetupError("--watch needs --org, the file to look at; 'ringback init' writes one to start from")

    def checked() -> Org:
        org = read()
        if not expires and any(fault.shows_certificate for fault in org.faults):
            raise OrgError(f"{file}: the fault expired-certificate needs a certificate: start Ringback anew")
        return org

    return WatchedOrg(file, checked)


for _option in command.params:
    if isinstance(_option, click.Option):
        _option.show_envvar = True
        # The one that the prefix makes is heeded, too, but not named where its value is wrong.
        _option.envvar = _option.envvar or f"RINGBACK_{str(_option.name).upper()}"


@contextmanager
def _certified(settings: Settings, authority: Path | None, *, expires: bool) -> Iterator[Settings]:
    """The settings with certificates of Ringback's own, where they are asked for or a fault shows them."""
    if authority is None and not expires:
        yield settings
        return
    if settings.tls_cert is not None:
        asked = "--tls-authority" if authority else "the fault expired-certificate"
        raise SetupError(
            f"leave --tls-cert out: for {asked} Ringback makes its own certificates, since only their "
            "authority can issue one that has expired"
        )
    from ringback_harness.certificates import issue

    with tempfile.TemporaryDirectory(prefix="ringback-tls-") as folder:
        made = issue(Path(folder), filter(None, (settings.host, *LOOPBACK, *settings.allow_host)))
        trusted = _copied(made.authority, authority) if authority else made.authority
        logger.info("HTTPS with a certificate of its own; the authority to trust: %s", trusted)
        yield replace(settings, tls_cert=made.good, tls_expired=made.expired)


def _copied(file: Path, to: Path) -> Path:
    try:
        return Path(shutil.copyfile(file, to))
    except OSError as error:
        raise SetupError(f"cannot write {to}: {error.strerror}") from error
