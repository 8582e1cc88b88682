"""Read command lines of HTTPie, and of xh, which takes the same."""

from __future__ import annotations

import getopt
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.read import described, shell
from ringback_explain.read.found import JSON_TYPE, FoundRequest, ReadError

_COMMAND = re.compile(r"^[ \t]*(?:[$%>][ \t]+)?((?:https?|xhs?)[ \t]+\S(?:.*\\\n)*.*)", re.MULTILINE)
_URL = re.compile(r"\S*/(?:api|oauth)/\S+|\S+://\S+")
_ITEM = re.compile(r"((?:\\.|[^:=@\\])*)(:=@|=@|:=|==|=|:|@)(.*)", re.DOTALL)
_FILE = re.compile(r"(?<!<)<[ \t]*([\w./~-]+)(?!\S*>)")
_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)")
_TELLING = ("form", "json", "raw=", "auth=", "auth-type=")
_SILENT = (
    *("ignore-stdin", "offline", "verbose", "headers", "body", "follow", "check-status", "stream", "all"),
    *("print=", "pretty=", "verify=", "timeout=", "session=", "session-read-only=", "proxy="),
)


def readings(text: str) -> Iterator[FoundRequest]:
    """The requests of every HTTPie command in the text; none where a line only begins like one.

    Nor where a body stands behind a command that has none: it was pasted beside it, and is read by itself.
    """
    for found in _COMMAND.finditer(text):
        with suppress(shell.ShellError, getopt.GetoptError):
            fed = _HERE_DOCUMENT.search(found[1])
            command = shell.command(
                shell.unix_form(text[found.start(1) :] if fed else found[1]), shell.assigned(text)
            )
            options, items = getopt.gnu_getopt(command.words[1:], "fja:A:vbhFIp:", [*_TELLING, *_SILENT])
            method = items.pop(0) if items and re.fullmatch("[A-Z]+", items[0]) else ""
            if not items or not _URL.fullmatch(items[0]) or not all(map(_ITEM.fullmatch, items[1:])):
                continue
            if file := _FILE.search(found[1]):
                raise ReadError("file", file=file[1])
            given = dict(options)
            if command.stdin is not None:
                given.setdefault("--raw", command.stdin)
            is_bare = len(items) == 1 and "--raw" not in given and method != "GET"
            if not (is_bare and "{" in text[found.end() :]):
                yield _request(method, items, given, text)


def _request(method: str, items: list[str], options: dict[str, str], text: str) -> FoundRequest:
    """The request of a command: its URL, then headers, fields of the query and of the body.

    Raises ``ShellError`` for fields that HTTPie refuses, and ``ReadError`` for a file.
    """
    url, *pairs = items
    is_form = bool({"-f", "--form"} & options.keys())
    headers, query, body = _fields(pairs, is_form=is_form)
    raw = options.get("--raw", urlencode(body) if is_form else json.dumps(_listed(body)) if body else "")
    if raw:
        headers = {"content-type": FORM_TYPE if is_form else JSON_TYPE, **headers}
    login = options.get("-a", options.get("--auth"))
    if login is not None and "bearer" in (options.get("-A"), options.get("--auth-type")):
        headers["authorization"] = f"Bearer {login}"
    elif login is not None:
        headers["authorization"] = f"Basic {b64encode(login.encode('utf-8', 'replace')).decode()}"
    message = {
        "method": method or ("POST" if raw else "GET"),
        "url": f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url,
        "headers": headers,
        "body": raw,
    }
    return described.request_of_description(message, text, "an HTTPie command")


def _fields(
    pairs: list[str], *, is_form: bool
) -> tuple[dict[str, str], list[tuple[str, str]], dict[str, Any]]:
    """What the items give of the headers, of the query and of the body."""
    headers: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    body: dict[str, Any] = {}
    for name, sign, value in (found.groups() for pair in pairs if (found := _ITEM.fullmatch(pair))):
        if "@" in sign:
            raise ReadError("file", file=value)
        if sign == ":":
            headers[name.lower()] = value
        elif sign == "==":
            query.append((name, value))
        elif is_form:
            body[name] = value
        else:
            _put(body, re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name), _json(value) if sign == ":=" else value)
    return headers, query, body


def _json(value: str) -> Any:
    try:
        return described.parsed(value)
    except ValueError:
        return value


def _put(body: dict[str, Any], path: list[str], value: Any) -> None:
    """Set what ``participants[0][address]`` names; raises ``ShellError`` where that cannot be."""
    for key in path[:-1]:
        body = body.setdefault(key or str(len(body)), {})
        if not isinstance(body, dict):
            raise shell.ShellError(f"{path[0]} is given as a value, and as what holds others")
    key = path[-1] if path else ""
    body[key or str(len(body))] = value


def _listed(value: Any) -> Any:
    """The value with lists for the objects that have numbers for keys."""
    if not isinstance(value, dict):
        return value
    made = {key: _listed(item) for key, item in value.items()}
    return list(made.values()) if made and all(map(str.isdecimal, made)) else made
