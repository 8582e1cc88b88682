"""The tables that lie beside the code: words, texts and names that are data."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """A table by its place in this package, such as ``tell/questions``."""
    return tomllib.loads(files("ringback_explain").joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the table ``patterns``."""
    return re.compile(table("patterns")[name])
