"""Notes on the address a request was sent to: its host, its region and its path."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from ringback_contracts.core.nearest import nearest
from ringback_explain.explanation import Note
from ringback_explain.meant.placeholders import IN_CODE
from ringback_explain.table import table
from ringback_explain.tell.questions import note

REGIONS = tuple(table("tell/hosts")["regions"].split())
"""The domains of all regions that the official SDKs know."""
_HIDDEN = re.compile(r"[<{$%\[]+[^>}\]]*[>}\]]*|your[\w-]*|\bx{3,}")
_URL = re.compile(r"https?://[^\s\"'`)\\]+")
_OF_API = re.compile(r"/api/v[0-9]|/oauth/|//(?:api|login)[.-]|incontactapi", re.IGNORECASE)
_OF_LOGIN = re.compile(r"/oauth/|//login[.-]", re.IGNORECASE)


def host_notes(url: str | None, *, token: bool) -> Iterator[Note]:
    """Notes on the host of a URL as it was written; ``token`` says that it asks for a token."""
    host, known = _host(url), table("tell/hosts")
    if not host or IN_CODE.search(host) or re.search(known["local"], host) or _is_address(host):
        return
    if re.search(known["other-host"], host):
        yield note("host.other-product", "Host", host=host)
        return
    domain = next((region for region in REGIONS if host == region or host.endswith("." + region)), None)
    label = "login" if token else "api"
    if domain is not None:
        if host != f"{label}.{domain}":
            yield note("host.not-login" if token else "host.not-api", "Host", host=host, domain=domain)
    elif not _may_be_region(host):
        near = nearest(host.partition(".")[2], REGIONS, at_least=0)
        yield note("host.unknown-region", "Host", host=host, near=near, label=label)


def _may_be_region(host: str) -> bool:
    """Whether a host with a part of it hidden could be one of a region."""
    tail = _HIDDEN.split(host)[-1].strip(".")
    is_end = "." not in tail or any(name.endswith(tail) for name in REGIONS)
    return is_end and _HIDDEN.search(host) is not None


def _host(url: str | None) -> str:
    written = (url or "").strip()
    host = ""
    with suppress(ValueError):
        host = urlsplit(written if "//" in written else f"//{written}").netloc
    name = re.sub(r":[0-9]*$", "", host.rpartition("@")[2])
    return name.strip("[]").rstrip(".").lower() if "." in name or ":" in name or name == "localhost" else ""


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


def url_notes(text: str) -> Iterator[Note]:
    """Notes on every address of the API or of the login that stands in a text."""
    for url in dict.fromkeys(_URL.findall(text)):
        if _OF_API.search(url):
            yield from host_notes(url, token=_OF_LOGIN.search(url) is not None)


def path_notes(path: str) -> Iterator[Note]:
    """Notes on a path on which somebody wants to place a call and cannot."""
    shown = path[:100]
    if re.search(table("tell/hosts")["other-path"], path):
        yield note("path.other-product", "path", path=shown)
    elif path.endswith("/") or "//" in path:
        yield note("path.wrong", "path", "path.doubled", path=shown)
    else:
        yield note("path.wrong", "path", "path.of-dialer" if "/outbound/" in path else "", path=shown)
