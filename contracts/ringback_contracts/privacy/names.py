"""Names that say whether what they name is a secret."""

from __future__ import annotations

import re

_SECRET_NAME = re.compile(
    r"code|codeverifier|(?:.*(?:apikey|assertion|authorization|cookie|credentials?|passwd|password|passphrase"
    r"|privatekey|pwd|secret|secretkey|token))"
)
"""A whole name in lower case without its hyphens and underscores, such as ``clientsecret``."""
_ERROR_CODE = re.compile(r"[a-z]+(?:\.[a-z]+)+|[0-9]{1,3}")
"""What ``code`` is in an error: such as ``bad.request``, or a status. It is no authorization code."""


def names_secret(name: str) -> bool:
    """Whether what has this name, such as a header or a member of JSON, is a secret."""
    return _SECRET_NAME.fullmatch(name.lower().replace("-", "").replace("_", "")) is not None


def is_error_code(name: str, value: object) -> bool:
    """Whether ``code`` has a value as in an error, and is no authorization code."""
    return name.lower() == "code" and _ERROR_CODE.fullmatch(str(value)) is not None
