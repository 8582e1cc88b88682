"""What tells who somebody is: names, and addresses of electronic mail."""

from __future__ import annotations

import re

NAMES = frozenset(
    {
        "callerIdName",
        "displayName",
        "firstName",
        "fullName",
        "lastName",
        "name",
        "nickname",
        "preferredName",
    }
)
"""Fields that say what somebody, or something of the org, is called."""
ADDRESSES = frozenset({"email", "username"})
"""Fields that hold an address, of whatever form."""
ADDRESS = re.compile(r"[\w.+-]{1,64}(?:@|%40)(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}", re.IGNORECASE)
