"""Verdicts that were given before: judging is pure, so the same question has the same answer."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple
from weakref import ref

from ringback_contracts.catalogue import PLACING, judge
from ringback_contracts.core.model import Accepted, Caller, DestinationKind, Request, Stage, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.likeness import Form, likeness
from ringback_mock.engine.plans import Plan, plan

LONGEST = 2_048
"""Longer requests are judged each time: they are rare, and would fill the memory."""
KEPT, KNOWN = 1_024, 4_096
"""Verdicts that are remembered, and requests of which it is known that they came once."""

Asked = tuple[int, str, str, str, str]
"""What a verdict hangs on beside the body: who asks, and what of the rest of the request."""
Key = tuple[*Asked, bytes | Form]


class Judged(NamedTuple):
    """A verdict, and what it leads to where it grants a call."""

    verdict: Verdict
    plan: Plan | None


class Memo:
    """Judges calls to be placed, and remembers the verdicts of the last ones.

    Tests send the same bodies again and again, and a dialler bodies of the same form: what comes for the
    second time is remembered. A verdict is remembered only where nothing that changes goes into it: not for
    a caller with a rate limit, and not where it hangs on calls that exist.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: OrderedDict[Key, tuple[ref[Caller], Judged]] = OrderedDict()
        self._came = [0] * KNOWN
        """The hashes of requests that came once, each in the place that it gives itself."""

    def judge(self, request: Request, caller: Caller, org: Org) -> Judged:
        """What ``judge`` says, from memory where it can be. The caller object stands for its org."""
        asked = _asked(request, caller) if _plain(request, caller) else None
        if asked is None:
            return self._anew(request, caller, org)
        known = self._known((*asked, request.body), caller)
        if known is not None:
            return known
        like = likeness(request.body, org)
        known = self._known((*asked, like.form), caller) if like else None
        if like is not None and known is not None and isinstance(known.verdict, Accepted):
            return _judged(like.of(known.verdict), org)
        judged = self._anew(request, caller, org)
        sent = like.form if like is not None and like.is_told_by(judged.verdict) else request.body
        self._remember((*asked, sent), caller, judged)
        return judged

    def _known(self, key: Key, caller: Caller) -> Judged | None:
        known = self._kept.get(key)
        # A caller that is gone may have left its id to another; held for good, it would hold its org's calls.
        return known[1] if known is not None and known[0]() is caller else None

    def _came_before(self, hashed: int) -> bool:
        place = hashed % KNOWN
        if self._came[place] == hashed:
            return True
        self._came[place] = hashed
        return False

    def _anew(self, request: Request, caller: Caller, org: Org) -> Judged:
        return _judged(judge(request, caller, org, self._table), org)

    def _remember(self, key: Key, caller: Caller, judged: Judged) -> None:
        """Keep the verdict, if the same was asked before and nothing goes into it that changes."""
        if not (self._came_before(hash(key)) and _lasting(judged.verdict)):
            return
        self._kept[key] = (ref(caller), judged)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _judged(verdict: Verdict, org: Org) -> Judged:
    intent = verdict.intent if isinstance(verdict, Accepted) else None
    return Judged(verdict, plan(intent, org) if intent else None)


def _plain(request: Request, caller: Caller) -> bool:
    return (
        request.method == "POST"
        and caller.quota is None
        and request.host_allowed
        and request.well_formed
        and "content-encoding" not in request.headers
    )


def _asked(request: Request, caller: Caller) -> Asked | None:
    """The same of a plain request, unless it is long."""
    path, query, headers = request.path, request.query, request.headers
    media_type, sdk = headers.get("content-type", ""), headers.get("purecloud-sdk", "")
    if len(request.body) + len(path) + len(query) + len(media_type) + len(sdk) > LONGEST:
        return None
    return id(caller), path, query, media_type, sdk


def _lasting(verdict: Verdict) -> bool:
    """Whether the verdict would be the same whatever calls there are."""
    if verdict.operation is None or verdict.operation.id not in PLACING:
        return False
    if isinstance(verdict, Accepted):
        destinations = verdict.intent.destinations if verdict.intent else ()
        return all(destination.kind is not DestinationKind.CONVERSATIONS for destination in destinations)
    return verdict.finding.rule.stage < Stage.DESTINATION
