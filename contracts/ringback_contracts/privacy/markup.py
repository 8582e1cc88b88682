"""Secrets by their names in XML, HTML and multipart bodies, and where the name stands beside the value."""

from __future__ import annotations

import re
from functools import partial

from ringback_contracts.privacy.carriers import (
    QUOTE,
    QUOTED,
    STATE,
    Found,
    Judge,
    given,
    hidden,
    hidden_text,
    tells,
)
from ringback_contracts.privacy.names import names_secret, word_set
from ringback_contracts.privacy.shapes import Hide, has_any

_TAG = re.compile(r"<[A-Za-z_?][\w:.-]*+\s(?P<attributes>[^<>]++)>")
_ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])(?P<name>[\w:.-]++)\s*+=\s*+(?:\\{0,4}["'](?P<quoted>[^"'\\]*+)|(?P<bare>[^\s"'>]++))"""
)
_ELEMENT = re.compile(
    r"<(?P<name>[A-Za-z_][\w:.-]*+)(?P<attributes>(?:\s[^<>]*+)?)>\s*+(?:<!--[^<>]*+>\s*+)?"
    r"(?:<(?:\w{1,20}:)?(?i:value|val|v|string|text|data|item|element|entry)>\s*+)?(?:<!\[CDATA\[)?+(?P<value>(?:(?<=<!\[CDATA\[)(?:(?!\]\]>).)++|[^<]++))",
    re.DOTALL,
)
_PAIRED_ELEMENTS = re.compile(
    r">\s*+(?P<name>[\w.$-]{2,80}+)\s*+</[\w:.-]++>\s*+<[^<>/]++>\s*+(?:<!\[CDATA\[)?(?P<value>[^<]++)"
)
_TOLD = re.compile(
    r"(?<![\w-])(?P<name>[\w-]{1,40}+(?: [\w-]{1,40}+){0,3}?)(?: (?:is|was|are|to|now))?"
    r"(?:[\s:]{0,6}</?[\w:.-]{1,20}(?:\s[^<>]{0,120})?>){1,4}[\s:]{0,6}(?:<[\w:.-]{1,20}(?:\s[^<>]{0,120})?>\s{0,9})?"
    r"(?P<value>[^<>\s]{3,256}+)(?=\s{0,40}<)"
)
_YOUR_CODE = re.compile(r"(?:^|\s)your (?:\w{1,20} )?code$", re.IGNORECASE)
"""What people read: a name, and the value in an element of its own."""
_NAMING = word_set("name key id property field autocomplete type for n k")
_VALUES = word_set("value content v val data default text expr")
_VALUE_NAMES = (
    r"(?:val|v|content|data|text|example|default"
    r"|(?:(?:new|old|current|initial|default|secret|string|parameter|attribute|variable|option)_?)?value)"
)
_NAME_NAMES = (
    r"(?:(?:parameter|attribute|variable|option)?(?:key|name)|label|id|title|k|field|header|parameter|variable|param|n"
    r"|type(?=.?\s?[:=]\s?.?(?:password|secret)\b))"
)
_PAIR = re.compile(
    rf"(?<!\w){_NAME_NAMES}(?:{QUOTE})?\s*+[:=]\s*+(?:{QUOTE})?(?P<name>[\w.$-]{{1,80}}+)"
    rf"[^{{}}<>]{{0,160}}?(?<!\w){_VALUE_NAMES}(?:{QUOTE})?\s*+[:=]\s*+(?:{QUOTED}|(?P<bare>[^\s,}}\]&<>]++))",
    re.IGNORECASE | re.DOTALL,
)
_PAIR_REVERSED = re.compile(
    rf"(?<!\w){_VALUE_NAMES}(?:{QUOTE})?\s*+[:=]\s*+(?:{QUOTED}|(?P<bare>[^\s,}}\]&<>]++))"
    rf"(?=[^{{}}<>]{{0,160}}?(?<!\w){_NAME_NAMES}(?:{QUOTE})?\s*+[:=]\s*+(?:{QUOTE})?(?P<name>[\w.$-]{{1,80}}+))",
    re.IGNORECASE | re.DOTALL,
)
_PART = re.compile(
    r"form-data;[^\n]{0,80}?\bname\*?=(?:UTF-8'')?\\?[\"']?(?P<name>[^\"\\\r\n;]{1,80})[^\n]{0,200}\r?\n(?:[^\r\n]{1,300}\r?\n){0,5}\r?\n"
    r"(?P<value>(?:(?!\r?\n--)[\s\S])++)",
    re.IGNORECASE,
)
"""A field of multipart/form-data (RFC 7578)."""


def _attributes(found: Found) -> dict[str, str]:
    read = _ATTRIBUTE.finditer(found["attributes"])
    return {
        pair["name"].lower(): pair["quoted"] if pair["quoted"] is not None else pair["bare"] for pair in read
    }


def _named_by(attributes: dict[str, str]) -> list[str]:
    return [value for name, value in attributes.items() if name.rpartition(":")[2] in _NAMING]


def _tag(found: Found, hide: Hide) -> str:
    """``<input name="csrf_token" value="...">``: the value of what another attribute names."""
    attributes = _attributes(found)
    names = _named_by(attributes)
    start, text = found.start(), found[0]
    for pair in reversed(list(_ATTRIBUTE.finditer(found["attributes"]))):
        name = pair["name"].rpartition(":")[2]
        part = "quoted" if pair["quoted"] is not None else "bare"
        telling = [name, *names] if name.lower() in _VALUES else [name]
        if any(tells(found, each, pair[part], "=") for each in telling):
            offset = found.start("attributes") - start
            text = text[: offset + pair.start()] + hidden(pair, hide, part) + text[offset + pair.end() :]
    return text


def _element(found: Found, hide: Hide) -> str:
    names = [found["name"].rpartition(":")[2], *_named_by(_attributes(found))]
    telling = any(tells(found, name, found["value"].strip()) for name in names) and not _is_name(
        found["value"]
    )
    return hidden(found, hide, "value") if telling else found[0]


def _is_name(value: str) -> bool:
    """Whether a label says again what the field is called."""
    return value.replace(" ", "").strip().isalpha() and names_secret(value.strip())


def _value(found: Found, hide: Hide) -> str:
    if STATE.fullmatch(found["value"].strip()):
        return found[0]
    return hidden(found, hide, "value") if tells(found, found["name"], found["value"].strip()) else found[0]


def _without_told(text: str, hide: Hide) -> str:
    pieces, done, at = [], 0, 0
    while found := _TOLD.search(text, at):
        value = found["value"]
        at = found.end("name")
        told = tells(found, found["name"], value) or (value.isdigit() and _YOUR_CODE.search(found["name"]))
        if told and any(map(str.isdigit, value)):
            pieces += [text[done : found.start("value")], hidden_text(value, hide)]
            at = done = found.end("value")
    return "".join([*pieces, text[done:]]) if pieces else text


def _pair(found: Found, hide: Hide) -> str:
    part = given(found)
    return hidden(found, hide, part) if tells(found, found["name"], found[part]) else found[0]


_MARKUP: tuple[tuple[str, re.Pattern[str], Judge], ...] = (
    ("<", _TAG, _tag),
    ("<", _ELEMENT, _element),
    ("</", _PAIRED_ELEMENTS, _value),
    ("form-data", _PART, _value),
    (": =", _PAIR, _pair),
    (": =", _PAIR_REVERSED, _pair),
)


def without_marked(text: str, hide: Hide) -> str:
    """The text without the secrets of markup, and of pairs of a name and a value."""
    for sign, pattern, judge in _MARKUP:
        if has_any(text, sign):
            text = pattern.sub(partial(judge, hide=hide), text)
    return _without_told(text, hide) if "</" in text else text
