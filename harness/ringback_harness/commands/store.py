"""``ringback store``: what a Redis keeps of orgs that are served, and its end."""

from __future__ import annotations

import asyncio
import json
import sys

import click

from ringback_contracts.life.moments import timestamp
from ringback_harness.exits import Exit, SetupError
from ringback_harness.options import alone
from ringback_harness.terminal import echo, one_line
from ringback_mock.replicas.kept import Kept, delete, look
from ringback_mock.replicas.log import StoreError

DAY = 86_400


@click.command("store")
@click.option(
    "--store",
    "url",
    required=True,
    metavar="URL",
    envvar="RINGBACK_STORE",
    show_envvar=True,
    help="The Redis, as of 'ringback serve --store'.",
)
@click.option(
    "--delete",
    "prefix",
    metavar="PREFIX",
    help="Delete what is kept under the prefix. Who serves it just now begins anew.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(url: str, prefix: str | None, as_json: bool) -> None:
    """Show what the store keeps, by prefixes, or delete what is under one.

    Exit code: 0 fine, 1 nothing is kept under the prefix, 2 the store cannot be used.
    """
    try:
        if prefix is not None:
            alone("prefix", "url")
            sys.exit(_delete(url, prefix))
        kept = asyncio.run(look(url))
    except StoreError as error:
        raise SetupError(str(error)) from error
    if as_json:
        echo(json.dumps([one._asdict() for one in kept]))
        return
    if not kept:
        echo("The store keeps nothing of Ringback.")
    for one in kept:
        echo(_line(one))


def _delete(url: str, prefix: str) -> Exit:
    if asyncio.run(delete(url, prefix)):
        echo(f"Deleted what was kept under {one_line(prefix)}.")
        return Exit.FINE
    echo(f"Nothing is kept under {one_line(prefix)}; without --delete all prefixes are listed.")
    return Exit.FINDING


def _line(one: Kept) -> str:
    return (
        f"{one_line(one.prefix)}: since {timestamp(one.began)}, {one.entries:,} entries, "
        f"{one.bytes / 2**20:.1f} MiB, written by Ringback {one_line(one.by)} "
        f"(data of version {one.format}), forgotten after {one.idle_seconds / DAY:.0f} idle days"
    )
