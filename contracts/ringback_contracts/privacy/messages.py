"""Headers and bodies without secrets and people's numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ringback_contracts.http.written import Members
from ringback_contracts.privacy.names import is_error_code, names_secret
from ringback_contracts.privacy.secrets import HIDDEN
from ringback_contracts.privacy.text import redact_text

# The escapes that JSON allows for visible characters, but for those that have a meaning of their own in it.
_ESCAPE = re.compile(r"\\u(?!0022|005[cC]|00[01]|007[fF]|00[89]|[dD][89a-fA-F])([0-9a-fA-F]{4})")


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without secrets and people's numbers; of credentials the scheme stays."""
    return {redact_text(name): _header(name, value) for name, value in headers.items()}


def _header(name: str, value: str) -> str:
    if not names_secret(name):
        return redact_text(value)
    scheme = value.partition(" ")[0]
    return f"{scheme} {HIDDEN}" if scheme.lower() in ("bearer", "basic") and scheme != value else HIDDEN


def redact_body(body: bytes, content_type: str = "") -> str:
    """The body as text without secrets and people's numbers.

    JSON is read as such whatever its media type says, so that no escape hides anything; it is written anew
    only if something in it had to be hidden.
    """
    shown = _json(body)
    if shown is not None:
        return shown
    # Without its NULs, damaged UTF-16 is as readable as people would make it.
    text = body.replace(b"\0", b"").decode("utf-8", "replace")
    return _form(text) if "x-www-form-urlencoded" in content_type.lower() else _broken(text)


def _json(body: bytes) -> str | None:
    try:
        text = body.decode(json.detect_encoding(body))
        value = json.loads(text, object_pairs_hook=Members)
        shown = _redacted(value)
        # A lone surrogate, which no encoding takes, is escaped again.
        return text if shown == value else written(shown).encode("utf-8", "backslashreplace").decode()
    except (ValueError, RecursionError):
        return None


def _broken(text: str) -> str:
    """Text that may be damaged JSON, in which escapes still stand for characters."""
    return redact_text(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))


def _redacted(value: Any) -> Any:
    if isinstance(value, Members):
        return Members((redact_text(name), _member(name, member, value)) for name, member in value)
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, str):
        return redact_text(value)
    return _number(value)


def _member(name: str, value: Any, siblings: Iterable[tuple[str, Any]]) -> Any:
    """The value of one member; a HAR file writes the name of a secret beside it, not in front."""
    names = [other for key, other in siblings if key == "name"] if name == "value" else [name]
    if value in (None, "", []) or not any(names_secret(str(other)) for other in names):
        return _redacted(value)
    return value if is_error_code(name, value) else HIDDEN


def _number(value: Any) -> Any:
    """A JSON number that may be somebody's phone number becomes a text; null and booleans stay."""
    if not value or (isinstance(value, float) and not math.isfinite(value)) or abs(value) < 10**6:
        return value
    return redact_text(format(value, ".0f") if isinstance(value, float) else str(value))


def written(value: Any) -> str:
    """JSON that was read with all its members, as a text."""
    if isinstance(value, Members):
        return "{" + ", ".join(f"{written(name)}: {written(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _form(text: str) -> str:
    return "&".join(map(_field, text.split("&")))


def _field(field: str) -> str:
    from urllib.parse import quote_plus, unquote_plus

    name, equals, value = field.partition("=")
    if names_secret(unquote_plus(name)) and value:
        return f"{name}={HIDDEN}"
    parts = [(part, redact_text(unquote_plus(part))) for part in (name, value)]
    return equals.join(
        part if shown == unquote_plus(part) else quote_plus(shown, safe="*") for part, shown in parts
    )
