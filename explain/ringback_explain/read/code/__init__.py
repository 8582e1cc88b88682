"""Read the requests of program code, by the grammar of its language."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import urlencode

from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.meant.body import closed_at
from ringback_explain.meant.placeholders import stand_in
from ringback_explain.read import described
from ringback_explain.read.code.calls import follow_call
from ringback_explain.read.code.languages import LONGEST, Program, programs, unread_language
from ringback_explain.read.code.sent import fields_of, found_request, is_of_ours, is_open
from ringback_explain.read.code.values import Sending, decoded, plain
from ringback_explain.read.code.walker import Walker
from ringback_explain.read.found import FoundRequest, ReadError
from ringback_explain.read.text import without_prose
from ringback_explain.table import pattern

LIKELY = 0.6
"""The share of a text that a grammar has to know for the text to be read in it."""
SURELY = 0.95
"""The share from which on a text is said to be code."""
MOST_TRIED = 3
CURL_FIELDS = "CURLOPT_POSTFIELDS"
MOST_REQUESTS = 50

_VARIABLE_KEY = re.compile(rb'"\xe2\x80\xb9[^"]*"\s*:')
"""A key that only the running program knows, as names become that are read in a language not their own."""

_ERROR_LINE = re.compile(r"(?:Uncaught )?(?:[\w.]+\.)?\w*(?:Error|Exception)(?: \[\w+\])?: .*")
"""What a program said when it failed: words, whatever a grammar makes of them."""

_QUOTED_JSON = re.compile(r"@[\"'][ \t]*\n(\s*\{.*?)\n[\"']@|'(\{\s*\"[^']*\})'", re.DOTALL)
"""JSON in a here-string, or in single quotes."""
_HEADERS = re.compile(r"-Headers[ \t]+(?:@\{|(\$\w+))", re.IGNORECASE)
_IN_QUOTES = re.compile(r"\$(?:([A-Za-z_][\w:]*)|\(([^()\n]*)\))")
"""What PowerShell fills in between double quotes."""
_HASH = re.compile(r"@(?=\{)")
_TOKEN = re.compile(r'"(?:`.|[^"`])*"|\'[^\']*\'|#[^\n]*|@(?=\{)|=|;|\n|\$(?=true\b|false\b|null\b)')
_NAME = re.compile(r"\w+(?=[\"']?\s*=)")
_DOUBLED = re.compile(r"([{,])\s*(?:,\s*)+")
_WRITTEN = {"@": "", "=": ":", ";": ",", "$": "", "\n": ",\n"}


def requests_of(text: str) -> list[FoundRequest]:
    """The requests that a program sends, in their order; none where no grammar finds one.

    Raises ``ReadError`` where a request is sent of which the text does not say what it asks for.
    """
    unread = unread_language(text)
    if unread is not None:
        return _of_powershell(text) if unread == "PowerShell" else []
    opened: tuple[Sending, str] | None = None
    doubtful: list[FoundRequest] = []
    for program in _candidates(text):
        found, unread_sending = _followed(program, text)
        if any(_VARIABLE_KEY.search(each.request.body) for each in found):
            doubtful = doubtful or found
        elif found:
            return found
        if unread_sending is not None:
            opened = opened or (unread_sending, program.language.title)
            if program.fit >= SURELY and program.signs:
                break
    if opened is None or doubtful:
        return doubtful
    sending, language = opened
    shown = re.sub("[\u2039\u203a]", "`", str(plain(sending.body)))
    raise ReadError("open", line=sending.line, language=language, body=shown)


def _followed(program: Program, text: str) -> tuple[list[FoundRequest], Sending | None]:
    """What a program sends, and a request of which the text does not say what it asks for."""
    language = program.language
    walker = Walker(program, follow_call)
    walker.follow()
    sendings = [sending for sending in walker.sendings if is_of_ours(sending)][:MOST_REQUESTS]
    told = [sending for sending in sendings if not is_open(sending)]
    found = [found_request(sending, language, text) for sending in told]
    # Among the objects that nothing was seen to send the heaviest one is the body.
    values = [*walker.records, *filter(None, map(decoded, reversed(walker.texts)))]
    telling = [value for value in values if described.weight(value) or CURL_FIELDS in value]
    body = max(described.outermost(telling), key=described.heaviest, default=None)
    # JSON among words is a program of some language too.
    is_code = program.signs or all(value != body for value in described.objects_in(text))
    if body and is_code and not any(fields_of(sending.body) for sending in told):
        left = Sending(0, body=body)
        if CURL_FIELDS in body:
            left.set(CURL_FIELDS, body[CURL_FIELDS])
        found.append(found_request(left, language, text))
    found = found or [found_request(login, language, text) for login in walker.logins]
    return found, next((sending for sending in sendings if is_open(sending)), None)


def refuse(text: str) -> None:
    """Say of a program without a request that it has none: what it prints of errors is nobody's answer."""
    unread = unread_language(text)
    if unread is not None:
        raise ReadError("language", language=unread)
    program = next(iter(_candidates(text)), None)
    if program and program.signs and program.fit >= (SURELY if program.signs == 1 else LIKELY):
        raise ReadError("no-request", language=program.language.title)


def _candidates(text: str) -> list[Program]:
    if len(text) > LONGEST or _ERROR_LINE.fullmatch(text.strip()):
        return []
    return [program for program in programs(without_prose(text)) if program.fit >= LIKELY][:MOST_TRIED]


def _of_powershell(text: str) -> list[FoundRequest]:
    """The request with the hash table, or the JSON in quotes, that a script makes its body of."""
    quoted, script = _QUOTED_JSON.search(text), _as_script(text)
    if quoted is not None:
        bodies = [quoted[2] or _filled_in(quoted[1])]
    else:
        bodies = [found.request.body.decode() for found in requests_of(script)] if script else []
    found = [described.request_of_body(None, body, text, "PowerShell code") for body in bodies]
    # A whole command, as far as it gives headers, declares what is sent, or that it is a form.
    if "-Headers" not in text or pattern("type-said").search(text):
        return found
    is_text = quoted is not None or "ConvertTo-Json" in text
    if is_text and not _shows_headers(text):
        return found
    sent = [
        each.request.body if is_text else urlencode(json.loads(each.request.body)).encode() for each in found
    ]
    form = {"content-type": FORM_TYPE}
    return [
        replace(each, request=replace(each.request, headers=form, body=body))
        for each, body in zip(found, sent, strict=True)
    ]


def _shows_headers(text: str) -> bool:
    """Whether the command's headers stand in the text, and not only their name."""
    given = _HEADERS.search(text)
    return given is not None and (
        given[1] is None or re.search(rf"\{given[1]}[ \t]*=", text, re.IGNORECASE) is not None
    )


def _filled_in(text: str) -> str:
    """A text in double quotes with stand-ins for what the program fills in."""
    return _IN_QUOTES.sub(lambda found: stand_in(found[1] or found[2]), text)


def _as_script(text: str) -> str | None:
    """The hash table of the text with the most keys of a body, and little else, as a call of JavaScript."""
    tables = []
    for found in _HASH.finditer(text):
        end = closed_at(text[found.end() :])
        if end is not None:
            tables.append(text[found.end() : found.end() + end])
    if not tables:
        return None
    chosen = max(tables, key=lambda each: (described.weight(dict.fromkeys(_NAME.findall(each))), -len(each)))
    return "send(" + _DOUBLED.sub(r"\1 ", _TOKEN.sub(_token, chosen)) + ")"


def _token(found: re.Match[str]) -> str:
    """A piece of a hash table as JavaScript has it."""
    begins = found[0][0]
    return (
        _filled_in(found[0]) if begins == '"' else "" if begins == "#" else _WRITTEN.get(found[0], found[0])
    )
