"""The search for what was kept with participants of conversations: by when, and by id, not by the texts."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.criteria import Wanted, are_met, each_of, kind_of, sought
from ringback_contracts.core.declare import FINE, NOBODY, SDK, found, rule
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import Change, reading
from ringback_contracts.http.body import ModelledCase
from ringback_contracts.http.served import served
from ringback_contracts.life import Conversation
from ringback_contracts.life.moments import read_moment, timestamp
from ringback_contracts.life.views.parts import Json
from ringback_contracts.resources.calls.paths import READING

SEARCH = "postConversationsParticipantsAttributesSearch"
MODEL = "ConversationParticipantSearchRequest"
PATH = "/api/v2/conversations/participants/attributes/search"
ROWS = 50
"""So many conversations come at a time (reported)."""
FIELDS = {"EXACT": ("conversationId", "divisionId"), "DATE_RANGE": ("startTime", "endTime")}
"""What can be searched by, and how (reported)."""
TYPE = "participant_attributes"
RAN = "github.com/laggyzee/genesys-mcp, which ran it on 2026-07-28"


class AttributeSearchFacts(ModelledCase):
    """A search for what was kept with participants."""

    @lazy
    def criteria(self) -> Sequence[Wanted]:
        """What is searched by, where that can be read."""
        query: Sequence[Wanted] = () if self.errors else (self.body or {}).get("query") or ()
        return query

    @lazy
    def cursor(self) -> str | None:
        """Where the page before ended, if there was one: the id of its last conversation."""
        return None if self.errors else (self.body or {}).get("cursor")


OPERATIONS = (
    served(
        SEARCH,
        summary="Search conversations for what was kept with their participants",
        scopes=READING,
        reads=MODEL,
        heeded=("query", "cursor"),
        answers="JsonCursorSearchResponse",
        changes=Change.NOTHING,
        facts=AttributeSearchFacts,
    ),
)


def _by(kind: str, field: str, **more: object) -> Example:
    return Example({"query": [{"type": kind, "fields": [field], **more}]}, path=PATH)


TODAY = {"startValue": "2026-12-01T00:00:00Z", "endValue": "2026-12-02T00:00:00Z"}
GOOD = (
    Example({}, path=PATH),
    _by("DATE_RANGE", "startTime", **TODAY),
    _by("EXACT", "conversationId", value=NOBODY),
)


@rule(
    id="attribute-search.unsupported",
    stage=Stage.SCHEMA,
    status=400,
    message="Search not supported.",
    title="The search is by something that conversations are not searched by",
    fix="Search by conversationId or divisionId (EXACT), or by startTime or endTime (DATE_RANGE), and pick "
    "the rows with the attribute yourself.",
    evidence=Evidence.REPORTED,
    source=f"{RAN}: neither an attribute nor another time is searched by; the code is assumed",
    operations=reading(MODEL),
    rejects=[
        _by("EXACT", "participantData.order", value="7"),
        _by("DATE_RANGE", "segments.start", **TODAY),
        _by("EXACT", "startTime", value="2026-12-01T00:00:00Z"),
        Example({"query": [{"fields": ["conversationId"], "value": NOBODY}]}, path=PATH),
    ],
    accepts=GOOD,
)
def attribute_search_unsupported(case: AttributeSearchFacts) -> Sequence[Violation]:
    """Not everything can be searched by."""
    for one in each_of(case.criteria):
        known = FIELDS.get(kind_of(one), ())
        for field in one.get("fields") or ("",):
            if field not in known:
                by = " or ".join(known) or "nothing that there is"
                return found(f"a criterion is by {field or 'nothing'}, and its type is by {by}", "/query")
    return FINE


@rule(
    id="attribute-search.without-values",
    stage=Stage.SCHEMA,
    status=400,
    message="The search is not valid",
    title="A criterion of the search lacks what it is compared with, or the cursor is of no page",
    fix="Give EXACT a value, and DATE_RANGE a startValue or endValue (RFC 3339); send cursors as they came.",
    evidence=Evidence.ASSUMED,
    source=f"model {MODEL} of the {SDK}; what is refused is our choice",
    operations=reading(MODEL),
    rejects=[
        _by("EXACT", "conversationId"),
        _by("DATE_RANGE", "startTime"),
        _by("DATE_RANGE", "endTime", startValue="today"),
        Example({"cursor": "next"}, path=PATH),
    ],
    accepts=GOOD,
)
def attribute_search_without_values(case: AttributeSearchFacts) -> Sequence[Violation]:
    """What is searched by has to be said, and a page has to follow one."""
    for one in each_of(case.criteria):
        ends = [one[name] for name in ("startValue", "endValue") if one.get(name)]
        if kind_of(one) == "EXACT" and not sought(one):
            return found("an EXACT has neither a value nor values", "/query")
        if kind_of(one) == "DATE_RANGE" and (not ends or None in map(read_moment, ends)):
            return found("a DATE_RANGE has no startValue and no endValue that is a date and time", "/query")
    if case.cursor and case.cursor not in case.caller.calls:
        return found("the cursor is none that a page of this search ended with", "/cursor")
    return FINE


def row(call: Conversation, division_id: str) -> Json | None:
    """What the search tells of a conversation (reported); of one with which nothing was kept, nothing."""
    kept = [one for one in call.participants if one.attributes]
    if not kept:
        return None
    told: Json = {
        "conversationId": call.id,
        "startTime": timestamp(call.started_at),
        "divisionIds": [division_id],
        "participantData": [
            {
                "participantId": one.id,
                "participantPurpose": one.purpose,
                "participantAttributes": dict(one.attributes),
                "sessionIds": [one.call.id],
            }
            for one in kept
        ],
        "truncatedData": False,
        "_type": TYPE,
    }
    if not call.active:
        told["endTime"] = timestamp(max(one.call.ended_at or 0.0 for one in call.participants))
    return told


def is_sought(told: Json, criteria: Sequence[Wanted]) -> bool:
    """Whether the row of a conversation is one that the criteria want."""
    values = {**told, "divisionId": told["divisionIds"][0]}
    return are_met(criteria, lambda one: any(_meets(one, values.get(field)) for field in one["fields"]))


def _meets(one: Wanted, value: str | None) -> bool:
    if value is None:
        return False
    if kind_of(one) == "EXACT":
        return value.lower() in [text.lower() for text in sought(one)]
    at = read_moment(value)
    begins, ends = (read_moment(one.get(name)) for name in ("startValue", "endValue"))
    return at is not None and (begins is None or begins <= at) and (ends is None or at <= ends)


def page(rows: Sequence[Json]) -> Json:
    """The first page of the rows, with the cursor that leads to the next if there is one."""
    body: Json = {"types": [TYPE], "results": list(rows[:ROWS])}
    return body | {"cursor": rows[ROWS - 1]["conversationId"]} if len(rows) > ROWS else body
