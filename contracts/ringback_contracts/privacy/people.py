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
_AT = (
    r"(?:@|%40|\\x40|\uff20|\ufe6b|&#(?:0{0,4}64|[xX]0{0,4}40);|&commat;| ?[\[({<] ?(?:at|AT|At|@) ?[\])}>] ?"
    r"| (?:AT|at|@) (?=[\w-]{1,63}(?:\.| (?:dot|DOT) | ?[\[({]dot)))"
)
_DOT = r"(?:\.|\u3002|\uff0e| ?[\[({] ?(?:dot|DOT|Dot|\.) ?[\])}] ?| (?:dot|DOT) )"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LOCAL = r"[\w.!#$'^`{|}~+-]"
ADDRESS = re.compile(
    rf"(?:(?P<quoted>\"[^\"\s@<>]{{1,32}}(?: [^\"\s@<>]{{1,32}}){{0,3}}\"(?=@))"
    rf"|(?<!{_LOCAL})(?<![*])(?P<local>{_LOCAL}{{1,64}}))"
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


def without_addresses(text: str) -> str:
    """The text without what stands before the domain of anybody's address."""
    if not _SUSPECT.search(text):
        return text
    return ADDRESS.sub(_without_local_part, text)


_SUSPECT = re.compile(r"@|[%x]40|\uff20|\ufe6b|[\s\[({<]at[\s\])}>]|&#|commat", re.IGNORECASE)


def _without_local_part(found: re.Match[str]) -> str:
    return found[0] if is_nobodys(found["domain"]) else HIDDEN + found["at"] + found["domain"]
