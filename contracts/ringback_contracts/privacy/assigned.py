"""Secrets that code, settings and data assign to telling names, whatever the language spells around them."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ringback_contracts.privacy.carriers import (
    COMPARED,
    PROSE,
    QUOTE,
    STATE,
    VARIABLE,
    Found,
    given,
    hidden,
    hidden_text,
    refers,
    tells,
)
from ringback_contracts.privacy.names import SCHEMA, gives_value, is_ordinary, names_secret
from ringback_contracts.privacy.shapes import Hide, has_any

_TRIPLE = r"\"\"\"|'''"
_STRING = rf"""(?P<quote>{_TRIPLE}|{QUOTE})(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\]))*+)"""
_PREFIX = r"(?:[bBfFrRuULN]{1,2}8?|\$?@\$?|\$)?"
"""What stands before a literal and says of which kind it is."""
_TYPE = (
    r"(?:[?!]?\s{0,2}:\s{0,2}(?!=)&?[A-Za-z_][\w.:<>\[\]?|,]{0,60}?(?: ?\| ?[\w.]{1,40}){0,3}\s{0,2}"
    r"(?==[^=>])"
    r"|\s(?:As\s)?(?:\*?str(?:ing)?|\[\]byte|char(?:\[[0-9]{0,6}\])?|text|object|var)\s{0,2}(?=:?=)"
    r"|\[[0-9]{0,6}\]\s{0,2}(?==)|\s{0,2}\{\s?get;[^{}]{0,40}\}\s{0,2}(?==))"
)
"""A type between a name and its value."""
_SIGN = (
    r"(?:=>|:=|<-|->|(?:\?\?|\|\||[?+|.])=|\?\?|\|\||\?:|\bor\b|\{(?=[\"'])|[=!]?={1,2}|by lazy \{"
    r"|\(\)[^\n\"'=;]{0,40}[:{]\s{0,40}return |\\?[:=])"
)
_VISIBILITY = r"(?::(?:protected|(?:\"[\w\\]{1,80}\":)?private))?+"
"""What PHP shows behind the name of a member."""
_SUBSCRIPT = rf"(?:(?:\[|%5B)(?:{QUOTE}|:)?[\w-]{{0,40}}(?:{QUOTE})?(?:\]|%5D))"
_NAMED = re.compile(
    rf"(?<![\w.$-])(?P<name>(?<=[\"'])(?:[\w.$-]++:)++[\w.$-]++(?=[\"']\])|[\w.$-]++)(?:\\?[\])]|%5D){{0,3}}(?P<key>{QUOTE})?{_VISIBILITY}[\])]?(?P<at>{_SUBSCRIPT}{{0,3}}){_TYPE}?"
    rf"(?:\s|\\\r?\n)*+(?P<sign>{_SIGN})(?:[ \t]|\\\r?\n)*+(?:\*\*(?!\*)|__)?"
    r"(?:[&!][\w!:/.-]++[ \t]++){0,2}[ \t]*+",
    re.IGNORECASE,
)
"""A name, and what stands between it and its value."""
_ITEM = re.compile(
    rf"[\[,({{]\s*+(?P<open>{QUOTE})(?:[^\"'`\n]{{0,60}}[=#.[])?[#.-]*+(?P<name>[\w.$-]{{2,80}}+)\]?(?P=open)\s*+(?P<key>,)"
    r"(?P<sign>(?:\s*+\w{1,20}\s?=\s?(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[\w.]{1,40}),){0,4}?"
    r"(?:\s*+(?:default|value|initial|const)\w{0,10}\s?[=:])?\s*+)"
)
"""A name in a list, whose value may be the next item."""
_VALUE = re.compile(
    rf"""\s*+(?P<call>(?:new ?\w{{0,20}})?\[\]\w{{0,20}} ?\{{ ?|(?:\([\w, ]{{0,40}}\)|\w{{1,40}}) ?=> ?"""
    rf"""|(?:(?:new |await |&)?[\w.:]{{0,40}}[(\[]\s*+){{0,2}}|<\w{{1,40}}>|string\([0-9]{{1,9}}\) )"""
    rf"""{_PREFIX}{_STRING}"""
    r"""|%[qQwW]?[(\[{|](?P<ruby>[^)\]}|\n]++)"""
    r"""|(?P<bare>\$?\{\{[^{}\n]{0,120}+\}\}|\[[^\[\]{}]*+|\{[^\s"'`{}:=,]{3,128}+\}|[^\s&"'`<>\[{(][^\s&"'`<>]*+)""",
    re.DOTALL,
)
_OPERAND = r"[\w.$]{1,60}(?:\([^()\n\"']{0,60}\)|\[[^\[\]\n]{0,60}\]){0,2}"
_MORE = re.compile(
    r"(?:[ \t)\]]|\\?\r?\n)*+(?P<op>(?:\.\.?|[+&]|->|\|\||\?\?|\?:|\b(?:or|else)\b|\?|:|[!=]={1,2}|,)\s*+"
    r"(?:\\\r?\n\s*+)?)?"
    rf"(?:(?P<callee>[\w.:]{{0,40}}[(\[]\s*+)?{_PREFIX}{_STRING}(?P=quote)|(?P<operand>{_OPERAND}))",
    re.DOTALL,
)
"""What goes on with a value: a literal behind another, and operators with what they join."""
_SAID = re.compile(
    r"[^\d]* [^\d]*|utf-?8|utf-?16|ascii|latin-?1|hex|base64(?:url)?|sha-?[0-9]{1,3}|[HRE]S[0-9]{3}",
    re.IGNORECASE,
)
"""A message, or the name of an encoding or an algorithm."""
_PLACE = re.compile(r"[A-Za-z0-9][\w-]*")
_AN_OPTION = re.compile(r"--[a-z]+(?:-[a-z]+)*")
_ELSE = ("??", "||", "?:", "or")
"""What is fallen back to, if it is a literal."""
_MOST_OPERANDS = 24
_LONGEST_TAIL = 600
_LONGEST_TEST = 8
"""Characters from the bracket in which a shell tests something to its name."""


def without_assigned(text: str, hide: Hide) -> str:
    """The text without the values of telling names; any other value may be a text with names in it."""
    for signs, names in ((",", _ITEM), (": = { ( -> <- || ??", _NAMED)):
        if has_any(text, signs):
            text = _without(text, names, hide)
    return text


def _without(text: str, names: re.Pattern[str], hide: Hide) -> str:
    pieces, done, at = [], 0, 0
    while named := names.search(text, at):
        value = _VALUE.match(text, named.end()) if names_secret(named["name"]) else None
        if value is None or _ends_a_string(text, named, value) or not _is_of_it(named, value):
            at = named.end("name")
            continue
        at = named.end() - named["sign"].isspace()
        if _is_assigned(named, value):
            pieces += [text[done : value.start()], hidden(value, hide, _part(value))]
            at = done = value.end()
        elif named["key"] == ",":
            at = named.end("name")  # what follows may itself be the name
        if "\n" not in named["sign"] and named["key"] != ",":
            for more in _rest(text, value):
                pieces += [text[done : more.start("quoted")], hidden_text(more["quoted"], hide)]
                at = done = more.end("quoted")
    return "".join([*pieces, text[done:]]) if pieces else text


def _is_of_it(named: Found, value: Found) -> bool:
    """Whether what stands in brackets behind a name leads to the secret: a place in a list, or its value.

    Behind the name of several, as in ``secrets["api"]``, it leads to one of them, where code gives it one.
    """
    places = _PLACE.findall(unquote(named.groupdict().get("at") or ""))
    if all(place.isdigit() or gives_value(place) for place in places):
        return True
    several = named["name"][-1:].lower() == "s" and value["quoted"] is not None
    return several and SCHEMA.isdisjoint(places)


def _ends_a_string(text: str, named: Found, value: Found) -> bool:
    """Whether the quote behind a name is the one that ends its string: ``print("password:", ...)``."""
    before = text[max(0, named.start() - 1) : named.start()]
    return not named["key"] and value["quote"] is not None and before == value["quote"]


def _part(value: Found) -> str:
    return "ruby" if value["ruby"] else given(value)


def _is_assigned(named: Found, found: Found) -> bool:
    part = _part(found)
    value, name = found[part], named["name"]
    if not tells(found, name, value, named["sign"]) or VARIABLE.fullmatch(value):
        return False
    if part == "quoted" and (found["call"] or named["key"] == ",") and _is_name(value):
        return False
    if part == "bare" and (named["sign"] in _ELSE or (_is_compared(named) and PROSE.fullmatch(value))):
        return False
    if (
        part == "bare"
        and named["sign"] != ":"
        and refers(value, in_code=named[0].endswith(f" {named['sign']} "))
    ):
        return False
    if named["sign"] != ":" or part != "bare" or named["key"] or not is_ordinary(name):
        return named["key"] != "," or part == "quoted"
    # A sentence may say "token: nobody issued it".
    said = PROSE.fullmatch(value) or _AN_OPTION.fullmatch(value) or STATE.fullmatch(value)
    return name.lower() != "code" and not said


def _is_compared(named: Found) -> bool:
    """Whether code compares what is named with a variable; in a shell, that would be a word."""
    before = named.string[max(0, named.start() - _LONGEST_TEST) : named.start()]
    return named["sign"] in COMPARED and not {"$", "["} & {*before, *named["name"]}


def _rest(text: str, value: Found) -> list[Found]:
    """The other literals of the expression that begins with a value."""
    found: list[Found] = []
    quoted = value["quoted"] is not None
    at = value.end() + (len(value["quote"]) if quoted else 0)
    end = min(len(text), at + _LONGEST_TAIL)
    called = quoted and bool(value["call"])
    chosen = False
    for _ in range(_MOST_OPERANDS):
        more = _MORE.match(text, at, end)
        if more is None:
            break
        sign = (more["op"] or "").strip()
        if (sign == ":" and not chosen) or (sign == "," and not called):
            break
        if more["operand"] is not None and not sign:
            break
        if not sign and not quoted:
            break
        chosen |= sign == "?"
        literal = more["quoted"]
        quoted = literal is not None
        method = sign == "." and more["callee"]
        if literal and not method and not _is_name(literal) and not _SAID.fullmatch(literal):
            found.append(more)
        at = more.end()
    return found


def _is_name(literal: str) -> bool:
    """Whether a literal names what is looked up, such as a variable of the environment, or asks for it."""
    plain = literal.replace("_", "").replace("-", "").replace(".", "")
    named = plain.isalnum() and (literal.isupper() or (names_secret(literal) and plain.isalpha()))
    return named or literal.endswith((": ", ":", "?", "? "))
