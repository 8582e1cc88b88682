"""A proxy of the environment knows no way to what listens on this machine."""

from __future__ import annotations

from collections.abc import Mapping

HERE = ("127.0.0.1", "localhost", "::1")
VARIABLES = ("NO_PROXY", "no_proxy")
"""Programs read the one or the other, and some only the first that they find."""


def without_proxy_here(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that keep every program's requests to loopback from a proxy, and what they keep now."""
    named = {name: environment.get(name, "") for name in VARIABLES}
    kept = [host.strip() for value in named.values() for host in value.split(",") if host.strip()]
    return dict.fromkeys(VARIABLES, ",".join(dict.fromkeys([*kept, *HERE])))
