"""A failure as lines for a POSIX shell that come to it again, whatever has to be there first."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ringback_client.target import DEFAULT_MOCK
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_harness.cases import SUITE as CASES
from ringback_harness.cassettes.cleaning import Cleaner
from ringback_harness.check.curl import as_curl, clean
from ringback_harness.check.results import Result, Step
from ringback_harness.targets import ADMIN

FIELD = r"""field() { tr ',{}' '\n\n\n' | sed -n "s/^ *\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }"""
"""Takes the first text of a name out of JSON, with what every POSIX system has."""


def _as_it_is(request: Request) -> Request:
    return request


@dataclass(frozen=True, slots=True)
class RecipeTarget:
    """Where the lines are to work.

    ``public``: the default org's tokens are shown by their names, where ``$RINGBACK_ACCESS_TOKEN`` stands
    otherwise, or the variable that ``variables`` has for a token. ``makes_orgs``: it makes copies of its org,
    as the check has them. ``in_its_words`` says a request with who is meant there.
    """

    url: str = DEFAULT_MOCK
    public: bool = True
    makes_orgs: bool = True
    in_its_words: Callable[[Request], Request] = _as_it_is
    variables: Mapping[str, str] = field(default_factory=dict)

    def recipe(self, failure: Result) -> str | None:
        """The lines, if anything was sent. What a user wrote may hold secrets, which are hidden."""
        steps = _clean(failure) if failure.suite == CASES else _sent(failure)
        return self._lines(
            failure, [replace(step, request=self.in_its_words(step.request)) for step in steps]
        )

    def reported(self, failure: Result) -> str | None:
        """The lines for a report, with nobody's secrets and numbers."""
        return self._lines(failure, _clean(failure))

    def _lines(self, failure: Result, steps: list[Step]) -> str | None:
        own = self.makes_orgs and (len(steps) > 1 or failure.switches)
        return "\n".join(_Script(self, failure.switches if own else None).lines(steps)) or None


def _clean(failure: Result) -> list[Step]:
    cleaner = Cleaner()
    return [replace(step, request=clean(step.request, cleaner)) for step in _sent(failure)]


def _sent(failure: Result) -> list[Step]:
    if failure.steps:
        return list(failure.steps)
    return [Step(failure.exchange.request, failure.exchange.reply)] if failure.exchange else []


@dataclass
class _Script:
    """The lines for some steps; with ``switches`` in orgs of their own, the first of which has them."""

    place: RecipeTarget
    switches: Mapping[str, Any] | None = None
    ids: dict[str, str] = field(default_factory=dict)
    """The variables for the ids that replies gave."""
    several: bool = False
    """Whether more than one reply is printed."""

    def lines(self, steps: list[Step]) -> Iterator[str]:
        wanted, self.several = _wanted(steps), len(steps) > 1
        if wanted or self.switches is not None:
            yield FIELD
        if self.switches is not None:
            yield from self._orgs(steps)
        for _, alike in itertools.groupby(enumerate(steps), lambda each: _same(each[0], each[1], wanted)):
            repeated = [step for _, step in alike]
            yield self._line(repeated[0], len(repeated), wanted)

    def _orgs(self, steps: list[Step]) -> Iterator[str]:
        for org in sorted({step.org for step in steps}):
            switches = self.switches if org == 0 else None
            data = f" --data-raw {shlex.quote(json.dumps(switches))}" if switches else ""
            kind = " -H 'content-type: application/json'" if switches else ""
            yield f"org{org or ''}=$(curl -s -X POST{kind}{data} {self.place.url}{ADMIN}/orgs)"
            for token in dict.fromkeys(_token(step) for step in steps if step.org == org):
                if token in default_org().token_by_value:
                    yield f"""{token}{org or ""}=$(printf '%s' "$org{org or ""}" | field {token})"""

    def _line(self, step: Step, times: int, wanted: frozenset[str]) -> str:
        pause = f"sleep {step.pause:g}; " if step.pause else ""
        call_id = _id(step)
        if call_id in wanted and call_id not in self.ids:
            line = self._curl(step, "-s")
            self.ids[call_id] = f"call{len(self.ids) + 1}"
            return f"{pause}{self.ids[call_id]}=$({line} | field id)"
        # A reply ends without a new line, and the next one would begin behind it.
        line = f"{pause}{self._curl(step, '-i')}{'; echo' if self.several else ''}"
        return line if times == 1 else f"n=0; while [ $n -lt {times} ]; do n=$((n+1)); {line}; done"

    def _curl(self, step: Step, option: str) -> str:
        tokens = dict(self.place.variables)
        if self.switches is not None:
            tokens = {name: f"{name}{step.org or ''}" for name in default_org().token_by_value}
        return as_curl(
            step.request,
            self.place.url,
            public=self.place.public,
            option=option,
            tokens=tokens,
            known=self.ids,
        )


def _wanted(steps: list[Step]) -> frozenset[str]:
    """The ids of replies that a later request names."""
    return frozenset(
        call_id
        for position, step in enumerate(steps)
        if (call_id := _id(step)) and any(_names(later.request, call_id) for later in steps[position + 1 :])
    )


def _id(step: Step) -> str:
    """The id of what a request made; empty where the reply has none."""
    found = step.reply.document.get("id") if step.reply and step.request.method == "POST" else None
    return found if isinstance(found, str) else ""


def _names(request: Request, call_id: str) -> bool:
    return call_id in request.path or call_id.encode() in request.body


def _token(step: Step) -> str:
    return token_of(step.request) or ""


def _same(position: int, step: Step, wanted: frozenset[str]) -> object:
    """What neighbouring requests have in common that can be one line: none whose id is taken."""
    return position if _id(step) in wanted else replace(step, reply=None)
