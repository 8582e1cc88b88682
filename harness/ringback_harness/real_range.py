"""A range of real numbers, as options have them."""

from __future__ import annotations

import math
from typing import Any

import click


class RealRange(click.FloatRange):
    """A range that does not hold NaN, which compares as neither too small nor too large."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number
