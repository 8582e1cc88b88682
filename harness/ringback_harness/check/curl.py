"""A request as a line that can be pasted into a POSIX shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from ringback_client.target import DEFAULT_MOCK
from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.terminal import shown

TOKEN_VARIABLE = "$RINGBACK_ACCESS_TOKEN"
LONGEST_BODY = 4_000
"""Octets of a body that are shown as they are."""
_RUNS = re.compile(rb"(?s)(?P<run>(.)\2{63,})|(?:(?!(.)\3{63}).)+")
"""Either one octet many times, or what stands between such runs."""
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"\\'")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
"""Segments of a path that curl would take as directions."""
_GLOB = re.compile(r"[\[\]{}]")
"""What curl takes for a range of URLs."""


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
    body that is no text that can be copied, or too long a one, is made by ``printf`` and read from a pipe.
    """
    words = ["curl", option, *_method(request.method or "POST", request.body), *_place(request, url, known)]
    for name, value in request.headers.items():
        if name != "host":
            words += ["-H", _header(name, value, public=public, tokens=tokens)]
    if not request.host_allowed or not request.well_formed:
        words += ["-H", "'Host: ringback.invalid'"]
    return _with_body(words, request, known)


def _with_body(words: list[str], request: Request, known: Mapping[str, str]) -> str:
    body = request.body
    if not body:
        return " ".join(words)
    if "content-type" not in request.headers:
        words = [*words, "-H", "'content-type:'"]  # curl would say that it is a form
    if _can_be_copied(body):
        # --data and --data-binary would take what begins with an @ for the name of a file to send.
        return " ".join([*words, "--data-raw", _quoted(body.decode(), known)])
    return " ".join([_printed(body), "|", *words, "--data-binary", "@-"])


def _place(request: Request, url: str, known: Mapping[str, str]) -> Iterator[str]:
    if _DOTS.search(request.path):
        yield "--path-as-is"
    if _GLOB.search(request.query):
        yield "--globoff"
    yield _quoted(url + quote(request.path) + (f"?{request.query}" if request.query else ""), known)


def _method(method: str, body: bytes) -> list[str]:
    if method == "HEAD" and not body:
        return ["--head"]
    if method == "HEAD":
        # curl takes --head with no body, and waits for that of the answer where it does not know of the HEAD.
        return ["-X", "HEAD", "--ignore-content-length", "-H", "'connection: close'"]
    return [] if method == ("POST" if body else "GET") else ["-X", shlex.quote(method)]


def _can_be_copied(body: bytes) -> bool:
    """Whether a terminal shows the body as it is: a text, without characters that it would obey."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return len(body) <= LONGEST_BODY and shown(text) == text and "\ufffd" not in text


def _printed(body: bytes) -> str:
    """A command that prints the octets in any POSIX shell; of a long run only the length is written."""
    parts = [_run(found[0]) if found[1] else _escaped(found[0]) for found in _RUNS.finditer(body)]
    return parts[0] if len(parts) == 1 else "{ " + "; ".join(parts) + "; }"


def _run(octets: bytes) -> str:
    spaces = f"printf '%{len(octets)}s' ''"
    return spaces if octets[0] == ord(" ") else f"{spaces} | LC_ALL=C tr ' ' '\\{octets[0]:03o}'"


def _escaped(octets: bytes) -> str:
    safe = "".join(
        chr(octet) if octet in _PLAIN else f"\\0{octet:03o}"  # the form that %b reads
        for octet in octets
    )
    return f"printf '%b' '{safe}'"


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
    cleaner.secrets.meet(request.headers, request.body)
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
