"""``ringback init``: write a commented org file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from ringback_contracts.org import default_org_text
from ringback_harness.exits import SetupError

HEADER = """\
# An org for Ringback, to be changed at will; serve it with: ringback serve --org FILE
# It starts as the default org. A key that Ringback does not know, or a value that could never work, stops the
# load with a message that names the place and says what to write.
# Ids of users, queues and campaigns are UUIDs, in either case; ids of clients, and tokens, any visible ASCII.
# Numbers are E.164: + and country code and digits alone. A range of test numbers has at most 10000.
# Any permission and scope is taken, but for slips in those that calls need: they would grant nothing.

"""


@click.command("init")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default=Path("org.toml"))
def command(path: Path) -> None:
    """Write a commented org file to PATH (org.toml), which must not exist yet."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(HEADER + default_org_text())
    except FileExistsError as error:
        raise SetupError(f"{path} exists already; give another name, or remove it first") from error
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}; serve it with: ringback serve --org {path}")
