"""What ``code`` is: an authorization code is a secret, the code of an error is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.privacy.names import word_set

_SHAPE = re.compile(
    r"[a-z]+(?:[._-][a-z]+)*|[A-Z]+(?:[._-][A-Z]+)*|(?:[A-Z][a-z]+){1,6}|[A-Z]{1,4}-?[0-9]{2,5}"
)
"""How an error's code is spelled: ``bad.request``, ``NOT_FOUND``, ``NotFound``, ``E42``."""
_STATUS = re.compile("[0-9]{1,3}")
_LONGEST = 80
_ERROR = word_set(
    "message messages status statuscode statustext error errors errorcode errno syscall contextid details"
    " detail messagewithparams messageparams description reason phrase fieldname severity name"
    " durationseconds notes"
)
"""What stands beside the code of an error, of a wrap-up or of a country."""
_NEAR = 200
"""Characters before and behind in which it stands, in a text."""
_NAME = re.compile(r"[A-Za-z]\w*")


def is_error_code(name: str, value: object, beside: Iterable[str] = ()) -> bool:
    """Whether ``code`` has a value as in an error: a status, a known one, or words with its other members."""
    if name.lower() != "code":
        return False
    text = str(value)
    if _STATUS.fullmatch(text) or text in _known():
        return True
    spelled = len(text) <= _LONGEST and (_SHAPE.fullmatch(text) or is_uuid(text))
    return bool(spelled) and not _ERROR.isdisjoint(each.lower().replace("_", "") for each in beside)


def names_near(found: re.Match[str]) -> list[str]:
    """The words around what was found in a text."""
    start, end = found.span()
    return _NAME.findall(found.string, max(0, start - _NEAR), end + _NEAR)


@cache
def _known() -> frozenset[str]:
    """The codes of the errors that Ringback knows; they are read when the first is asked for."""
    from ringback_contracts.catalogue import TABLE

    return frozenset(rule.code for rule in TABLE)
