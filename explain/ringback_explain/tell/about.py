"""Notes on the text around a request: scopes, permissions, errors that it quotes, addresses and SDKs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.nearest import nearest
from ringback_contracts.http.granted import doubt_on_permission
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_explain.explanation import Context, Note
from ringback_explain.meant.placeholders import IN_CODE
from ringback_explain.meant.subject import is_service
from ringback_explain.table import table
from ringback_explain.tell.questions import listed_names, note

_PLACE, _FOR_USER = (" or ".join(BY_ID[operation].any_of) for operation in (PLACE_CALL, PLACE_CALL_FOR_USER))
CALLING = (
    f"calls need the scope conversations; the permission goes into a role: {_PLACE} for POST /calls,"
    f" {_FOR_USER} for POST /calls/user/{{userId}}"
)
PKCE_STEPS = ("token.pkce-steps", "/code_verifier")
REGIONS = tuple(table("tell/hosts")["regions"].split())
"""The domains of all regions that the official SDKs know."""
_HIDDEN = re.compile(r"[<{$%\[]+[^>}\]]*[>}\]]*|your[\w-]*|\bx{3,}")
_URL = re.compile(r"https?://[^\s\"'`)\\]+")
_OF_API = re.compile(r"/api/v[0-9]|/oauth/|//(?:api|login)[.-]|incontactapi", re.IGNORECASE)
_OF_LOGIN = re.compile(r"/oauth/|//login[.-]", re.IGNORECASE)


def name_notes(context: Context) -> Iterator[Note]:
    """Say of the scopes and permissions that are none what they are instead, and once what is right."""
    asked = dict.fromkeys(name for name in context.permissions if name not in context.scopes)
    doubts = [doubt for name in asked if (doubt := doubt_on_permission(name))]
    notes = list(_of_scopes(context))
    notes += [Note("permission.unknown", "", "; ".join(doubts))] if doubts else []
    reading = table("tell/notes")["scope.of-users"]
    for each in notes:
        is_last = each is notes[-1] and reading not in each.message
        yield replace(each, message=f"{each.message}; {CALLING}") if is_last else each


def _of_scopes(context: Context) -> Iterator[Note]:
    named = dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed))
    strange = [scope for scope in named if scope and scope not in SCOPES]
    for kind, is_permission in (("scope.is-a-permission", True), ("scope.unknown", False)):
        alike = [scope for scope in strange if (scope.count(":") > 1) is is_permission]
        if alike:
            made = note(kind, "scope", names=listed_names(alike))
            of_users = all(re.match(r"users?\b", scope) for scope in alike)
            reading = f"; {table('tell/notes')['scope.of-users']}" if of_users else ""
            yield replace(made, message=made.message + reading)


def symptom_notes(context: Context) -> Iterator[Note]:
    """Say what the error texts among the pasted text mean, and what a login with PKCE lacks."""
    for known in table("tell/symptoms")["symptom"]:
        if re.search(known["pattern"], context.text, re.IGNORECASE):
            yield Note(known["id"], "", known["text"].format(calling=CALLING))
    challenge, hashes = table("tell/symptoms")["pkce"]
    is_pkce = "verifier" in context.text.lower() and re.search(challenge, context.text)
    if is_pkce and not re.search(hashes, context.text):
        yield note("pkce.challenge-not-hashed")


def grant_notes(context: Context) -> Iterator[Note]:
    """What a client-credentials token cannot do."""
    if is_service(context):
        yield note("grant.client-credentials", "Authorization")


def pkce_notes(context: Context) -> Iterator[Note]:
    """How a login with PKCE goes, where the token comes from one."""
    if (context.grant or "").lower() == "pkce":
        yield note(*PKCE_STEPS)


def host_notes(url: str | None, *, token: bool) -> Iterator[Note]:
    """Notes on the host of a URL as it was written; ``token`` says that it asks for a token."""
    host, known = _host(url), table("tell/hosts")
    if not host or IN_CODE.search(host) or re.search(known["local"], host):
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
        near = nearest(host.partition(".")[2], REGIONS, at_least=0.8)
        # A typing error leaves most of the last part too; with another there it is no region's name.
        is_near = near and nearest(host.rpartition(".")[2], [near.rpartition(".")[2]])
        text = "" if is_near else "host.no-region"
        yield note("host.unknown-region", "Host", text, host=host, near=near, label=label)


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


def sdk_notes(text: str, path: str = "") -> Iterator[Note]:
    """Say what of the pasted code does not exist, or not yet; ``path`` is where the request should go."""
    known = table("tell/sdks")
    real = tuple(known["packages"])
    named = [name for name in dict.fromkeys(_packages(text)) if re.search("genesys|purecloud", name.lower())]
    invented = [name for name in named if not name.lower().startswith((".", *real))]
    for official, names in groupby(sorted(invented, key=_official), _official):
        yield note("sdk.unknown-package", names=listed_names(names), official=official)
    for misused in known["misused"]:
        if re.search(misused["pattern"], text):
            yield Note(misused["id"], "", misused["text"])
    if re.search(known["of-sdk"], text):
        yield from _unknown_names(text)
    if release := re.search(known["release"], text):
        version = int(release[1] or release[2])
        for later in known["since"]:
            if version < later["release"] and re.search(later["pattern"], f"{text}\n{path}"):
                yield note("sdk.too-old", what=later["what"], needed=later["release"], version=version)


def _unknown_names(text: str) -> Iterator[Note]:
    known = table("tell/sdks")
    classes = (found[0] for found in re.finditer(known["call-class"], text))
    own = {*known["classes"].split(), *re.findall(known["own-class"], text)}
    if unknown := listed_names(name for name in classes if name not in own):
        yield note("sdk.unknown-class", names=unknown)
    methods = (found[1] or found[2] for found in re.finditer(known["call-method"], text))
    if unknown := listed_names(name for name in methods if name not in known["methods"].split()):
        yield note("sdk.unknown-method", names=unknown)


def _packages(text: str) -> Iterator[str]:
    for pattern in table("tell/sdks")["imports"]:
        yield from (found[found.lastindex or 0] for found in re.finditer(pattern, text))
    for listed in re.findall(table("tell/sdks")["installed"], text):
        yield from (re.split(r"[=<>~!\[]", word)[0] for word in listed.split() if not word.startswith("-"))


def _official(package: str) -> str:
    known = table("tell/sdks")["official"]
    return str(next(each["sdk"] for each in known if re.search(each["named"], package.rstrip("."))))
