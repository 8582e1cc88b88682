"""Every reason to be refused a token, and how we know it: the table of rules has those of the API alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.core.model import Evidence, Example
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain.explanation import Explained
from ringback_explain.table import table


@dataclass(frozen=True, slots=True)
class LoginRule:
    """One reason why the login host issues no token.

    ``code`` is the ``error`` of its answer. Where only the answer tells of it, and no request, there are no
    examples.
    """

    id: str
    code: str
    title: str
    fix: str
    source: str
    evidence: Evidence = Evidence.ASSUMED
    status: int = 400
    pointer: str = ""
    rejects: tuple[Example, ...] = field(default=(), repr=False, compare=False)
    accepts: tuple[Example, ...] = field(default=(), repr=False, compare=False)

    def explained(self, detail: str | None = None) -> Explained:
        """The finding that it makes; ``detail`` says what is wrong with the very request."""
        return Explained(
            self.id, self.pointer, detail or self.title, self.fix, self.evidence.value, self.source
        )


def _rules() -> Iterator[LoginRule]:
    examples = table("tell/login_rules")["examples"]
    for entry in table("tell/login_rules")["rule"]:
        made = {
            key: tuple(_example(examples[each] if isinstance(each, str) else each) for each in entry[key])
            for key in ("rejects", "accepts")
            if key in entry
        }
        yield LoginRule(**{**entry, **made, "evidence": Evidence(entry["evidence"])})


def _example(asked: Mapping[str, Any]) -> Example:
    headers = {"content-type": asked.get("media", FORM_TYPE)}
    if "authorization" in asked:
        headers["authorization"] = asked["authorization"]
    return Example(
        asked.get("json"),
        token=None,
        method=asked.get("method", "POST"),
        path=asked.get("path", TOKEN_PATH),
        raw=asked["form"].encode() if "form" in asked else None,
        headers=headers,
    )


_ALL = tuple(_rules())
FOUND = tuple(rule for rule in _ALL if rule.rejects)
"""What can be seen in a token request, in the order of the token endpoint."""
ANSWERED = tuple(rule for rule in _ALL if not rule.rejects)
"""What the ``error`` of an answer means."""
LOGIN_RULES: Mapping[str, LoginRule] = {rule.id: rule for rule in (*FOUND, *ANSWERED)}
"""All of them by their ids."""
_BY_ERROR = {rule.code: rule for rule in ANSWERED}


def of_error(code: str | None) -> LoginRule | None:
    """The rule behind the ``error`` of a token endpoint's answer."""
    return _BY_ERROR.get((code or "").lower())
