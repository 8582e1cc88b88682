"""Notes on the address a request was sent to: its host, its region and its path."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ringback_contracts.core.nearest import nearest
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Note
from ringback_explain.meant.placeholders import IN_CODE

_DOMAINS = """
    mypurecloud.com mypurecloud.ie mypurecloud.com.au mypurecloud.jp mypurecloud.de usw2.pure.cloud
    cac1.pure.cloud apne2.pure.cloud euw2.pure.cloud aps1.pure.cloud use2.us-gov-pure.cloud
    sae1.pure.cloud mec1.pure.cloud apne3.pure.cloud euc2.pure.cloud mxc1.pure.cloud
    apse1.pure.cloud edee1.eusc-pure.cloud
"""
REGIONS = tuple(_DOMAINS.split())
"""The domains of all regions that the official SDKs 269 (Python) and 262 (JavaScript) know."""

_OTHER_PRODUCT = re.compile(
    r"(?:^|[.-])(?:cxone|nice-?incontact|incontact|nicecxone|ucontact)\b|genesysengage|^gapi[.-]"
    r"|(?:^|\.)(?:twilio|nexmo|vonage|plivo|telnyx|sinch|signalwire|ringcentral|five9|talkdesk|dialpad|aircall)\.",
    re.IGNORECASE,
)
_OTHER_PATH = re.compile(
    r"/(?:incontactapi|ccapi|ucm|personal-connection|workspace/v3|engagement/v3)\b", re.IGNORECASE
)
_HIDDEN = re.compile(r"[<{$%\[]+[^>}\]]*[>}\]]*|your[\w-]*|\bx{3,}")
_LOCAL = re.compile(
    r"localhost$|\.(?:local|localhost|internal|test|example|invalid)$|(?:^|\.)example\.(?:com|org|net)$"
)

OTHER_PRODUCT = (
    "{host} belongs to another product than Genesys Cloud: neither this path nor this body is known there"
)
OTHER_PATH = (
    "{path} is a path of another product than Genesys Cloud, whose calls are placed with POST " + CALLS_PATH
)
NOT_LOGIN = "tokens are issued at login.{domain}, not at {host}: POST https://login.{domain}/oauth/token"
NOT_API = "the API answers at api.{domain}, not at {host}"
UNKNOWN = (
    "{host} is no host of a Genesys Cloud region; the nearest region is {near}: {label}.{near}. An org's"
    " tokens work in its own region alone"
)
WRONG_PATH = "{path} places no calls on Genesys Cloud: calls are placed with POST " + CALLS_PATH
DIALER = "; paths under /outbound are about campaigns, whose calls the dialer places"
DOUBLED = "{path} has an empty or a doubled part; the path is " + CALLS_PATH
TOKEN_PATH = "the token endpoint is no part of the API: it is /oauth/token on the login host, without /api/v2"


def host_notes(url: str | None, *, token: bool) -> Iterator[Note]:
    """Notes on the host of a URL as it was written; ``token`` says that it asks for a token."""
    host = _host(url)
    if not host or IN_CODE.search(host) or _LOCAL.search(host) or _is_address(host):
        return
    if _OTHER_PRODUCT.search(host):
        yield Note("host.other-product", "Host", OTHER_PRODUCT.format(host=host))
        return
    domain = next((region for region in REGIONS if host == region or host.endswith("." + region)), None)
    label = "login" if token else "api"
    if domain is not None:
        if host != f"{label}.{domain}":
            yield _wrong_label(host, domain, token=token)
    elif not _may_be_region(host):
        near = nearest(host.partition(".")[2], REGIONS, at_least=0)
        yield Note("host.unknown-region", "Host", UNKNOWN.format(host=host, near=near, label=label))


def _may_be_region(host: str) -> bool:
    """Whether a host with a part of it hidden could be one of a region."""
    tail = _HIDDEN.split(host)[-1].strip(".")
    return _HIDDEN.search(host) is not None and (
        "." not in tail or any(name.endswith(tail) for name in REGIONS)
    )


def _wrong_label(host: str, domain: str, *, token: bool) -> Note:
    if token:
        return Note("host.not-login", "Host", NOT_LOGIN.format(host=host, domain=domain))
    return Note("host.not-api", "Host", NOT_API.format(host=host, domain=domain))


def _host(url: str | None) -> str:
    if not url:
        return ""
    written = url.strip() if "//" in url else f"//{url.strip()}"
    try:
        host = urlsplit(written).netloc
    except ValueError:
        return ""
    name = re.sub(r":[0-9]*$", "", host.rpartition("@")[2])
    return name.strip("[]").rstrip(".").lower() if "." in name or ":" in name or name == "localhost" else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_URL = re.compile(r"https?://[^\s\"'`)\\]+")
_OF_API = re.compile(r"/api/v[0-9]|/oauth/|//(?:api|login)[.-]|incontactapi", re.IGNORECASE)


def url_notes(text: str) -> Iterator[Note]:
    """Notes on every address of the API or of the login that stands in a text."""
    for url in dict.fromkeys(_URL.findall(text)):
        if _OF_API.search(url):
            yield from host_notes(
                url, token=re.search(r"/oauth/|//login[.-]", url, re.IGNORECASE) is not None
            )


def path_notes(path: str) -> Iterator[Note]:
    """Notes on a path on which somebody wants to place a call and cannot."""
    shown = path[:100]
    if _OTHER_PATH.search(path):
        yield Note("path.other-product", "path", OTHER_PATH.format(path=shown))
    elif path.endswith("/") or "//" in path:
        yield Note("path.wrong", "path", DOUBLED.format(path=shown))
    else:
        yield Note(
            "path.wrong", "path", WRONG_PATH.format(path=shown) + (DIALER if "/outbound/" in path else "")
        )
