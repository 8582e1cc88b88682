"""Values that come again and again, such as the plans of calls: each is written, and read, once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson

KEPT = 512


class Remembered:
    """The texts of the last values, by the very value, and the values of the last texts. None may change."""

    def __init__(self, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        self._write = write
        self._read = read
        self._texts: OrderedDict[int, tuple[Any, str]] = OrderedDict()
        self._values: OrderedDict[str, Any] = OrderedDict()

    def text(self, value: Any) -> str:
        """The value as JSON's text."""
        known = self._texts.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        text = orjson.dumps(self._write(value)).decode()
        self._texts[id(value)] = (value, text)
        if len(self._texts) > KEPT:
            self._texts.popitem(last=False)
        return text

    def value(self, text: str) -> Any:
        """The value whose text it is."""
        if text in self._values:
            return self._values[text]
        value = self._values[text] = self._read(orjson.loads(text))
        if len(self._values) > KEPT:
            self._values.popitem(last=False)
        return value
