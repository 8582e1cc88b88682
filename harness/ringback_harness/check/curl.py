"""A request as a line that can be pasted into a POSIX shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from ringback_client.target import DEFAULT_MOCK
from ringback_contracts.model import Request
from ringback_contracts.org import default_org
from ringback_harness.cassettes.cleaning import Cleaner

TOKEN_VARIABLE = "$RINGBACK_ACCESS_TOKEN"
LONGEST_BODY = 4_000


NOTHING: Mapping[str, str] = {}


def as_curl(
    request: Request,
    url: str = DEFAULT_MOCK,
    *,
    public: bool = True,
    option: str = "-i",
    tokens: Mapping[str, str] = NOTHING,
    known: Mapping[str, str] = NOTHING,
) -> str:
    """The request to the target at ``url``. Where the default org's tokens are ``public`` they are shown.

    Any other stays a variable; ``tokens`` and ``known`` (ids) name the variables of those that have one. A
    body that is too long for a line, or no text, is made by ``printf`` or left to the reader.
    """
    words = ["curl", option]
    if request.method != ("POST" if request.body else "GET"):
        words += ["-X", shlex.quote(request.method)]
    words.append(_quoted(url + quote(request.path) + (f"?{request.query}" if request.query else ""), known))
    for name, value in request.headers.items():
        if name != "host":
            words += ["-H", _header(name, value, public=public, tokens=tokens)]
    if not request.host_allowed or not request.well_formed:
        words += ["-H", "'Host: ringback.invalid'"]
    return " ".join(words + _data(request, known))


def _quoted(text: str, known: Mapping[str, str]) -> str:
    """The text as a word of a shell, with variables in place of what they hold."""
    if not any(value in text for value in known):
        return shlex.quote(text)
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", text)
    return "".join(f'"${known[part]}"' if part in known else shlex.quote(part) for part in parts if part)


def clean(request: Request, cleaner: Cleaner | None = None) -> Request:
    """The request without secrets, and with test numbers for people's.

    Who asks stays, by the name that ``as_curl`` shows or hides.
    """
    cleaner = cleaner or Cleaner()
    asks = {name: value for name, value in request.headers.items() if name == "authorization"}
    return replace(
        request,
        path=cleaner.text(request.path),
        query=cleaner.text(request.query),
        headers={**cleaner.headers(request.headers), **asks},
        body=cleaner.body(request.body, request.headers.get("content-type", "")),
    )


def _header(name: str, value: str, *, public: bool, tokens: Mapping[str, str]) -> str:
    if name != "authorization":
        # curl leaves out a header without a value unless it ends in a semicolon.
        return shlex.quote(f"{name}: {value}" if value else f"{name};")
    scheme, space, token = value.partition(" ")
    if token in tokens:
        return f'"{name}: {scheme} ${tokens[token]}"'
    if token in ("nobody", "") or (public and token in default_org().token_by_value):
        return shlex.quote(f"{name}: {scheme}{space}{token}")
    return f'"{name}: {scheme} {TOKEN_VARIABLE}"'


def _data(request: Request, known: Mapping[str, str]) -> list[str]:
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
    return ["--data-binary", _quoted(text, known)]
