"""Read an HTTP request written out as text: request line, headers, body."""

from __future__ import annotations

import re

from ringback_explain.meant.body import closed_at
from ringback_explain.meant.placeholders import stand_in
from ringback_explain.read import described
from ringback_explain.read.found import FoundRequest

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_PLACE = r"(?:[A-Za-z]+://|/|\{\{|\$\{|<)\S*"
_LINE = re.compile(rf"^[ \t]*(?:\$ )?({_METHODS})[ \t]+({_PLACE})(?:[ \t]+HTTP/[\d.]+)?[ \t]*$", re.MULTILINE)
_HEADER = re.compile(r"[ \t]*([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:(?!//)[ \t]*(.*)")
_HEADINGS = frozenset({"body", "payload", "data", "headers", "request"})
_TRACE_NOISE = re.compile(r"^[*<{}] ", re.MULTILINE)
_SEPARATOR = re.compile(r"^###.*$", re.MULTILINE)
"""What stands between the requests in a file of an HTTP client."""
_VARIABLE = re.compile(r"^@([\w.-]+)[ \t]*=[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_FILLED = re.compile(r"(?<!//)(?<![A-Z][ \t])\{\{[ ]*([$\w.-]+)[^{}]*\}\}")
_OF_PLATFORM = re.compile(r"^(?:/api/|/oauth/)")
_RESPONSE = re.compile(r"^HTTP/[\d.]+ \d{3}", re.MULTILINE)


def readings(text: str) -> list[FoundRequest]:
    """The requests of the text; none where no line is a request line.

    A trace of ``curl -v`` shows a POST without its body, so none is read from it.
    """
    if "\n> " in f"\n{text}" and _TRACE_NOISE.search(text):
        return []
    whole = text
    if _SEPARATOR.search(text):
        # What the variables of a file for an HTTP client hold is filled in when it is sent.
        known = dict(_VARIABLE.findall(text))
        whole = _FILLED.sub(lambda found: known.get(found[1], stand_in(found[1])), text)
    lines = list(_LINE.finditer(whole))
    ends = [*(line.start() for line in lines[1:]), len(whole)]
    found = [
        _reading(line, _SEPARATOR.split(whole[line.end() + 1 : end])[0], text)
        for line, end in zip(lines, ends, strict=False)
    ]
    return [each for each in found if each is found[0] or _OF_PLATFORM.search(each.request.path)]


def _reading(line: re.Match[str], rest: str, text: str) -> FoundRequest:
    headers: dict[str, str] = {}
    lines = rest.split("\n")
    while lines and (field := _HEADER.fullmatch(lines[0])):
        if field[1].lower() not in _HEADINGS:
            headers[field[1].lower()] = field[2].strip()
        del lines[0]
    # Without the reply and the words that follow it.
    body = _RESPONSE.split("\n".join(lines))[0].strip()
    body = body[: closed_at(body)] if body.startswith("{") else body
    host, target = headers.get("host"), line[2]
    url = f"https://{host}{target}" if host and target.startswith("/") else target
    message = {"method": line[1], "url": url, "headers": headers, "body": body}
    return described.request_of_description(message, text, "an HTTP message")
