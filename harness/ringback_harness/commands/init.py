"""``ringback init``: write a commented org file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from ringback_contracts.org import default_org_text
from ringback_harness.exits import SetupError

HEADER = """\
# An org for Ringback, to be changed at will; serve it with: ringback serve --org FILE
# It starts as the default org. A key that Ringback does not know stops the load and names the nearest one.

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
