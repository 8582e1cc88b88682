"""Find a body written like YAML, as forum software and some tools show one."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from ringback_explain.meant.body import Form, read
from ringback_explain.read.described import weight

_HEADING = re.compile(r"\s*(?:payload|body|data|json|request)[ \t]*:[ \t]*\n", re.IGNORECASE)


def yaml_body(text: str) -> tuple[dict[str, Any], str] | None:
    """What the body says, and its text without a heading such as ``payload:``; none where it is no YAML."""
    heading = _HEADING.match(text)
    body = textwrap.dedent(text[heading.end() :] if heading else text).strip()
    reading = read(body.encode("utf-8", "replace"))
    if reading.form is Form.CUT or not weight(reading.fields):
        return None
    return reading.fields, body
