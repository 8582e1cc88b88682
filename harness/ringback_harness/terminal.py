"""Text in a terminal: wrapped behind labels, code as it is, nothing that a terminal would obey."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import IO, Protocol

import click

NARROWEST = 40
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_NO_COMMAND = "\\1:\N{MIDDLE DOT}"
_BREAK = re.compile(r"\s*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]\s*")


class Screen(Protocol):
    """Where lines are shown: a console of rich, or anything that has a width and a file."""

    @property
    def width(self) -> int:
        """The columns of a line."""

    @property
    def file(self) -> IO[str]:
        """What the lines are written to."""


@dataclass(frozen=True, slots=True)
class Output:
    """Standard output, without what it takes to draw tables."""

    @property
    def width(self) -> int:
        return shutil.get_terminal_size().columns

    @property
    def file(self) -> IO[str]:
        return sys.stdout


def styled(text: str, style: str) -> str:
    """The text in a style in words, such as ``bold green``."""
    words = style.split()
    color = next((word for word in words if word not in ("bold", "dim")), None)
    dim, bold = (word in words or None for word in ("dim", "bold"))
    return click.style(text, fg=color, bold=bold, dim=dim) if words else text


def show(screen: Screen, text: str = "") -> None:
    """Print lines as they stand; their styles only where a terminal shows them."""
    click.echo(text, file=screen.file, color=False if os.environ.get("NO_COLOR") else None)


def show_title(screen: Screen, title: str) -> None:
    """Print a title below an empty line."""
    show(screen, "\n" + styled(shown(title), "bold"))


def show_wrapped(screen: Screen, label: str, text: str, style: str = "") -> None:
    """Print a text of whatever length behind a label, which its further lines leave free."""
    wrapped = textwrap.fill(
        shown(text),
        max(NARROWEST, screen.width),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )
    show(screen, styled(_COMMAND.sub(_NO_COMMAND, wrapped), style))


def show_code(screen: Screen, code: str) -> None:
    """Print code, which keeps its lines however narrow the terminal is: it is there to be copied."""
    show(screen, shown(code))


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
