"""``ringback export``: the examples of the rules and the operations, for other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from ringback_client import DEFAULT_MOCK
from ringback_harness.exits import SetupError


@click.command("export")
@click.argument("form", type=click.Choice(["postman", "http", "openapi"]))
@click.option(
    "--target",
    envvar="RINGBACK_URL",
    default=DEFAULT_MOCK,
    show_default=True,
    help="URL of the mock that the requests go to; also RINGBACK_URL.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file, not to the screen.",
)
def command(form: Literal["postman", "http", "openapi"], target: str, output: Path | None) -> None:
    """Write requests that each operation accepts and each rule refuses, to send to a mock of the default org.

    postman is a collection for Postman, Insomnia, Bruno or newman, http a file for the REST clients of
    editors, openapi the description of the API.
    """
    text = _text(form, target.rstrip("/"))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {output}")


def _text(form: str, url: str) -> str:
    if form == "openapi":
        from ringback_contracts.openapi import openapi_document

        document = {**openapi_document("any"), "servers": [{"url": url}]}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    from ringback_harness.export.forms import postman, requests_file

    return postman(url) if form == "postman" else requests_file(url)
