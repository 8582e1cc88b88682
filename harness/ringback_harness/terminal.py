"""Text in a terminal: wrapped behind labels, code as it is, nothing that a terminal would obey."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 40
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_NO_COMMAND = "\\1:\N{MIDDLE DOT}"
_BREAK = re.compile(r"\s*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]\s*")


def show_title(console: Console, title: str) -> None:
    """Print a title below an empty line."""
    from rich.text import Text

    console.print()
    console.print(Text(shown(title), style="bold"), soft_wrap=True)


def show_wrapped(console: Console, label: str, text: str, style: str = "") -> None:
    """Print a text of whatever length behind a label, which its further lines leave free."""
    from rich.text import Text

    wrapped = textwrap.fill(
        shown(text),
        max(NARROWEST, console.width),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )
    wrapped = _COMMAND.sub(_NO_COMMAND, wrapped)
    console.print(Text(wrapped, style=style), soft_wrap=True)


def show_code(console: Console, code: str) -> None:
    """Print code, which keeps its lines however narrow the terminal is: it is there to be copied."""
    from rich.text import Text

    console.print(Text(shown(code)), soft_wrap=True)


def echo(text: str, *, err: bool = False) -> None:
    """Print lines, whoever wrote what is in them."""
    click.echo(shown(text), err=err)


def shown(text: str) -> str:
    """The text without what a terminal or a CI would obey: it comes from targets, and from what was pasted.

    No line of it begins as a workflow command does (``::``), of which CI servers read every log.
    """
    return _COMMAND.sub(_NO_COMMAND, "".join(map(_mark, text)))


def one_line(text: str) -> str:
    """The same in one line, so that whoever wrote it forges no other."""
    return shown(_BREAK.sub(" ", text))


def _mark(mark: str) -> str:
    category = unicodedata.category(mark)
    return mark if mark == "\n" or (category[0] != "C" and category not in ("Zl", "Zp")) else "\ufffd"
