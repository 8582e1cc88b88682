"""A request as a line that can be pasted into a POSIX shell."""

from __future__ import annotations

import shlex
from dataclasses import replace
from urllib.parse import quote

from ringback_client.target import DEFAULT_MOCK
from ringback_contracts.model import Request
from ringback_contracts.org import default_org
from ringback_harness.cassettes.cleaning import Cleaner

TOKEN_VARIABLE = "$RINGBACK_ACCESS_TOKEN"
LONGEST_BODY = 4_000


def as_curl(request: Request, url: str = DEFAULT_MOCK, *, public: bool = True) -> str:
    """The request to the target at ``url``. Where the default org's tokens are ``public`` they are shown.

    Any other stays a variable. A body that is too long for a line, or no text, is made by ``printf`` or left
    to the reader.
    """
    words = ["curl", "-i"]
    if request.method != ("POST" if request.body else "GET"):
        words += ["-X", shlex.quote(request.method)]
    words.append(shlex.quote(url + quote(request.path) + (f"?{request.query}" if request.query else "")))
    for name, value in request.headers.items():
        if name != "host":
            words += ["-H", _header(name, value, public=public)]
    if not request.host_allowed or not request.well_formed:
        words += ["-H", "'Host: ringback.invalid'"]
    return " ".join(words + _data(request))


def clean(request: Request) -> Request:
    """The request without secrets, and with test numbers for people's.

    Who asks stays, by the name that ``as_curl`` shows or hides.
    """
    cleaner = Cleaner()
    asks = {name: value for name, value in request.headers.items() if name == "authorization"}
    return replace(
        request,
        path=cleaner.text(request.path),
        query=cleaner.text(request.query),
        headers={**cleaner.headers(request.headers), **asks},
        body=cleaner.body(request.body, request.headers.get("content-type", "")),
    )


def _header(name: str, value: str, *, public: bool) -> str:
    if name != "authorization":
        # curl leaves out a header without a value unless it ends in a semicolon.
        return shlex.quote(f"{name}: {value}" if value else f"{name};")
    scheme, space, token = value.partition(" ")
    if token in ("nobody", "") or (public and token in default_org().token_by_value):
        return shlex.quote(f"{name}: {scheme}{space}{token}")
    return f'"{name}: {scheme} {TOKEN_VARIABLE}"'


def _data(request: Request) -> list[str]:
    body = request.body
    if not body:
        return []
    if len(body) > LONGEST_BODY:
        return ["--data-binary", "@body.json", f"# body.json: {len(body):,} bytes"]
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or "\x00" in text:
        octets = "".join(f"\\x{byte:02x}" for byte in body)
        return ["--data-binary", f"\"$(printf '{octets}')\""]
    return ["--data-binary", shlex.quote(text)]
