"""Text in a terminal: wrapped behind labels, code as it is, nothing that a terminal would obey."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 40


def show_title(console: Console, title: str) -> None:
    """Print a title below an empty line."""
    console.print()
    console.print(Text(title, style="bold"), soft_wrap=True)


def show_wrapped(console: Console, label: str, text: str, style: str = "") -> None:
    """Print a text of whatever length behind a label, which its further lines leave free."""
    wrapped = textwrap.fill(
        shown(text),
        max(NARROWEST, console.width),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )
    console.print(Text(wrapped, style=style), soft_wrap=True)


def show_code(console: Console, code: str) -> None:
    """Print code, which keeps its lines however narrow the terminal is: it is there to be copied."""
    console.print(Text(shown(code)), soft_wrap=True)


def shown(text: str) -> str:
    """The text without characters that a terminal would obey: they come from whatever was pasted."""
    return "".join(
        mark if mark == "\n" or unicodedata.category(mark)[0] != "C" else "\ufffd" for mark in text
    )
