"""What tells who somebody is: names, and addresses of electronic mail."""

from __future__ import annotations

import re

from ringback_contracts.privacy.shapes import HIDDEN

NAMES = frozenset(
    {
        "callerIdName",
        "displayName",
        "firstName",
        "fullName",
        "lastName",
        "name",
        "nickname",
        "preferredName",
    }
)
"""Fields that say what somebody, or something of the org, is called."""
ADDRESSES = frozenset({"email", "username"})
"""Fields that hold an address, of whatever form."""
_SIGN = (
    r"@|%40|=40|\\x40|\\x\{40\}|\\u0040|\\u\{0{0,4}40\}|\\100|\uff20|\ufe6b|&#(?:0{0,4}64|[xX]0{0,4}40);|&commat;"
    r"| ?[\[({<] ?(?:at|AT|At|@) ?[\])}>] ?|"
    r" (?:AT|at|@) (?=[\w-]{1,63}(?:\.| (?:dot|DOT) | ?[\[({]dot))"
)
_UNSEEN = (
    r"(?:[\u00ad\u200b-\u200f\u2060\ufeff]|</?(?:wbr|span|a|b|i|em|strong|font)(?:\s[^<>]{0,80})?/?>){1,3}"
)
"""What is written between two characters and read by nobody."""
_FOLD = r"[\\=]?\r\n[ \t]{0,8}|[\\=]\n[ \t]{0,8}|(?:\\r)?\\n(?:\\t|[ \t]){1,8}"
"""A line that goes on in the next one: of a header, of a shell, of quoted-printable."""
_DOMAIN_BEHIND = (
    r"(?=(?:[\w-]{1,63}\.){1,8}(?:[a-z]{2}|com|net|org|info|biz|edu|gov|mil|dev|app|cloud|local)(?![\w.(-]))"
)
"""A domain that is no name in code, such as that of a decorator."""
_JOIN = r"(?:[\"'`]|(?<=['`]))\s{0,3}(?:\+|\.\.?|&|\|\||,|<>)?\s{0,3}[\"'`]"
"""What joins two literals of code."""
_AT = (
    rf"(?:{_SIGN}|{_JOIN}@(?:{_JOIN})?|@{_JOIN}|(?:{_FOLD}|\\{{1,4}}|{_UNSEEN})@(?:{_UNSEEN})?|@(?:{_FOLD}|{_UNSEEN})"
    rf"|\n[ \t]{{1,8}}@{_DOMAIN_BEHIND}|@(?: |\n[ \t]{{1,8}}){_DOMAIN_BEHIND}| @{_DOMAIN_BEHIND})"
)
_DOT = r"(?:(?:=\r?\n)?\.(?:=\r?\n)?|\u3002|\uff0e| ?[\[({] ?(?:dot|DOT|Dot|\.) ?[\])}] ?| (?:dot|DOT) )"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LOCAL = r"[\w.!#$'^`|}~+-]"
_LEADS_TO_AT = (
    r"(?=[@%=\\&\[({<\r\n\u00ad\u200b-\u200f\u2060\ufeff\uff20\ufe6b]| (?:[\[({<@]|(?:at|AT) )"
    rf"|{_JOIN}@)"
)
"""What is behind the first part of an address; most words have nothing of it."""
ADDRESS = re.compile(
    rf"(?:(?P<quoted>\"[^\"\s@<>]{{1,32}}(?: [^\"\s@<>]{{1,32}}){{0,3}}\"(?=@))"
    rf"|(?<!{_LOCAL})(?<![*])(?P<local>{_LOCAL}{{1,64}}+(?:(?<=\w)=\r?\n(?=\w){_LOCAL}{{1,64}}+)?)){_LEADS_TO_AT}"
    rf"(?P<at>{_AT})"
    rf"(?P<domain>(?:{_LABEL}{_DOT}){{1,8}}(?:xn--[\w-]{{1,59}}|[^\W\d_]{{2,63}})|\[[0-9A-Fa-f.:IPv]{{7,45}}\]"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.]))"
)
"""An address (RFC 5322) as people and programs write it: ``%40``, ``(at)``, domains of any script."""
_NOBODYS = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)"
    r"|(?:192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]+",
    re.IGNORECASE,
)
"""Domains and networks that are kept for documentation and tests (RFC 2606, RFC 5737, RFC 6761)."""


def is_example(domain: str) -> bool:
    """Whether a domain is itself one that is kept: below it somebody may have been given a name."""
    return (domain.count(".") <= 1 or domain[-1].isdigit()) and is_nobodys(domain)


def is_nobodys(domain: str) -> bool:
    """Whether nobody can have an address of a domain."""
    return _NOBODYS.fullmatch(domain) is not None


def is_role(found: re.Match[str]) -> bool:
    """Whether an address is that of a program, as a remote of git has it: nobody's."""
    return found["local"] in _ROLES


_ROLES = frozenset({"git", "hg", "svn"})


def without_addresses(text: str) -> str:
    """The text without what stands before the domain of anybody's address."""
    if not _SUSPECT.search(text):
        return text
    return ADDRESS.sub(_without_local_part, without_users(text))


_SUSPECT = re.compile(
    r"@|[%x=]40|\{0{0,4}40\}|0040|\\100|\uff20|\ufe6b|[\s\[({<]at[\s\])}>]|&#|commat", re.IGNORECASE
)


_SIP_LOGIN = re.compile(
    r"(?P<scheme>\bsips?:)(?P<user>[^\s:@*<>\"';]{1,64}):(?P<rest>[^\s@<>\"']{1,128}@(?P<domain>[\w.-]{1,253}))",
    re.IGNORECASE,
)
"""A user with a password (RFC 3261, 19.1.1)."""


def without_users(text: str) -> str:
    """The text without the users of SIP who have a password."""
    return _SIP_LOGIN.sub(_without_user, text)


def _without_user(found: re.Match[str]) -> str:
    return found[0] if is_nobodys(found["domain"]) else f"{found['scheme']}{HIDDEN}:{found['rest']}"


def _without_local_part(found: re.Match[str]) -> str:
    return (
        found[0] if is_nobodys(found["domain"]) or is_role(found) else HIDDEN + found["at"] + found["domain"]
    )
