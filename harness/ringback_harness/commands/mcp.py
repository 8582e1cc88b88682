"""``ringback mcp``: the tools that a coding agent uses."""

from __future__ import annotations

from pathlib import Path

import click

from ringback_client import DEFAULT_MOCK, RingbackError
from ringback_contracts.org import OrgError
from ringback_harness.commands.calls import NotDone
from ringback_harness.exits import SetupError
from ringback_mock.engine.orgfile import read_org


@click.command("mcp")
@click.option(
    "--target",
    envvar="RINGBACK_URL",
    default=DEFAULT_MOCK,
    show_default=True,
    help="URL of the mock on which calls are placed; also RINGBACK_URL.",
)
@click.option(
    "--org",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of your org: its ids and numbers hold where a request is explained.",
)
def command(target: str, org: Path | None) -> None:
    """Serve tools to a coding agent over the Model Context Protocol, by standard input and output.

    The agent can explain requests, read rules, place and follow calls on a running mock, and read what was
    exchanged. It needs pip install 'ringback[mcp]'. A real org is refused with exit code 4.
    """
    try:
        from ringback_harness.agents.desk import Desk
        from ringback_harness.agents.server import DeskServer
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "pydantic"):
            raise
        raise SetupError("'ringback mcp' needs the extra mcp: pip install 'ringback[mcp]'") from error
    try:
        desk = Desk(target, read_org(org))
    except RingbackError as error:
        raise NotDone(error) from error
    except OrgError as error:
        raise SetupError(str(error)) from error
    DeskServer(desk).run("stdio")
