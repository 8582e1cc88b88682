"""Headers and bodies without secrets, people's numbers and addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from ringback_contracts.privacy.codes import is_error_code
from ringback_contracts.privacy.kept import is_count
from ringback_contracts.privacy.names import names_secret
from ringback_contracts.privacy.schemes import gives_credentials
from ringback_contracts.privacy.secrets import hide_all
from ringback_contracts.privacy.shapes import HIDDEN, Hide
from ringback_contracts.privacy.text import redact_text, unescaped
from ringback_contracts.privacy.values import Values, hidden_value

_SCHEMES = ("bearer", "basic", "digest", "negotiate", "ntlm")


def redact_headers(headers: Mapping[str, str], hide: Hide = hide_all) -> dict[str, str]:
    """The headers without secrets and people's numbers; of credentials the scheme stays."""
    return {redact_text(name, hide): _header(name, value, hide) for name, value in headers.items()}


def _header(name: str, value: str, hide: Hide) -> str:
    if is_count(name, value):
        return value
    if gives_credentials(name, value.rpartition(" ")[2]):
        return hidden_value(value, hide)
    if not names_secret(name) or is_error_code(name, value):
        return redact_text(value, hide)
    if "cookie" in name.lower():
        for pair in value.split(";"):
            hidden_value(pair.partition("=")[2].strip(), hide)
        return HIDDEN
    scheme, _, given = value.partition(" ")
    if scheme.lower() in _SCHEMES and given:
        return f"{scheme} {hidden_value(given.strip(), hide)}"
    return hidden_value(value, hide)


def redact_body(body: bytes, content_type: str = "", hide: Hide = hide_all) -> str:
    """The body as text without secrets and people's numbers.

    JSON is read as such whatever its media type says, so that no escape hides anything; it is written anew
    only if something in it had to be hidden.
    """
    # Without its NULs, damaged UTF-16 is as readable as people would make it.
    without_nuls = body.replace(b"\0", b"")
    for octets in dict.fromkeys((body, without_nuls)):
        shown = _json(octets, hide)
        if shown is not None:
            return shown
    text = without_nuls.decode("utf-8", "replace")
    if "x-www-form-urlencoded" in content_type.lower():
        return "&".join(_field(field, hide) for field in text.split("&"))
    # It may be damaged JSON, in which escapes still stand for characters.
    return redact_text(unescaped(text), hide)


def _json(body: bytes, hide: Hide) -> str | None:
    try:
        text = body.decode(json.detect_encoding(body))
    except ValueError:
        return None
    return Values(partial(redact_text, hide=hide), hide).redacted(text)


def _field(field: str, hide: Hide) -> str:
    from urllib.parse import quote_plus, unquote_plus

    name, equals, value = field.partition("=")
    if names_secret(unquote_plus(name)) and value:
        return f"{name}={hidden_value(unquote_plus(value), hide)}"
    parts = [(part, redact_text(unquote_plus(part), hide)) for part in (name, value)]
    return equals.join(
        part if shown == unquote_plus(part) else quote_plus(shown, safe="*") for part, shown in parts
    )
