"""The search for users: what may be asked, and whom it finds."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence

from ringback_contracts.core import payload
from ringback_contracts.core.case import Case
from ringback_contracts.core.criteria import Wanted, are_met, each_of, sought
from ringback_contracts.core.declare import FINE, SDK, found, rule
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import Change, Operation, Parameter
from ringback_contracts.http.served import served
from ringback_contracts.resources.users.operations import EXPANDED, READING, SHOWN
from ringback_contracts.schemas import validator

SEARCH = "postUsersSearch"
SEARCH_AGAIN = "getUsersSearch"
PATH = "/api/v2/users/search"
TYPES: Mapping[str, Callable[[str, str], bool]] = {
    "EXACT": lambda value, sought: value == sought,
    "STARTS_WITH": lambda value, sought: value.startswith(sought),
    "CONTAINS": lambda value, sought: sought in value,
    "TERM": lambda value, sought: sought in value.split(),
    "TERMS": lambda value, sought: sought in value.split(),
    "QUERY_STRING": lambda value, sought: sought in value,
}
"""How a value is compared with what is sought, both in small letters."""
OF_FIELDS_ALONE = ("REQUIRED_FIELDS", "MATCH_ALL")
FIELDS = ("id", "name", "email", "username", "state", "addresses", "primaryContactInfo")
"""What users can be searched by."""


class SearchFacts(Case):
    """A search for users: in the body, or packed into the query."""

    @lazy
    def search(self) -> Wanted | None:
        """The search, if it can be read."""
        return (
            self.body if self.operation and self.operation.reads else unpacked(self.query.text("q64") or "")
        )

    @lazy
    def notes(self) -> tuple[str, ...]:
        asked = self.search or {}
        unknown = [word for word in asked.get("expand") or () if word not in EXPANDED]
        told = [f"expand has no effect in Ringback but for {', '.join(EXPANDED)}"] if unknown else []
        if asked.get("sort") or asked.get("sortBy", "name") != "name":
            told.append("users are sorted by name alone in Ringback")
        return (*super().notes, *told)


def packed(search: Wanted) -> str:
    """The search as one word of a query."""
    return base64.urlsafe_b64encode(json.dumps(search, separators=(",", ":")).encode()).decode()


def unpacked(word: str) -> Wanted | None:
    """The search that the word stands for; ``None`` where it stands for none."""
    try:
        read = payload.read(base64.b64decode(word.translate({45: "+", 95: "/"}), validate=True))
    except (binascii.Error, ValueError):
        return None
    return read.value if read.readable and isinstance(read.value, dict) else None


def _searching(operation: Operation) -> bool:
    return operation.id in (SEARCH, SEARCH_AGAIN)


OPERATIONS = (
    served(
        SEARCH,
        summary="Search users",
        success=200,
        scopes=READING,
        reads="UserSearchRequest",
        heeded=("query", "sort", "sortBy", "sortOrder", "pageSize", "pageNumber", "expand"),
        answers="UsersSearchResponse",
        changes=Change.NOTHING,
        facts=SearchFacts,
    ),
    served(
        SEARCH_AGAIN,
        summary="Search users by what a search has said of its pages",
        success=200,
        scopes=READING,
        answers="UsersSearchResponse",
        changes=Change.NOTHING,
        facts=SearchFacts,
        query={
            "q64": Parameter(),
            "expand": Parameter("array", heeded=EXPANDED),
            "integrationPresenceSource": SHOWN["integrationPresenceSource"],
        },
    ),
)


@rule(
    id="search.malformed",
    stage=Stage.SCHEMA,
    status=400,
    message="The search is not valid",
    title="The search is none that Ringback can read",
    fix='Send {"query": [{"type": "EXACT", "fields": ["email"], "value": "..."}]}: the type is one of '
    f"{', '.join((*TYPES, *OF_FIELDS_ALONE))}; fields are {', '.join(FIELDS)}.",
    evidence=Evidence.ASSUMED,
    source=f"models UserSearchRequest and UserSearchCriteria of the {SDK}; what is refused is our choice",
    operations=_searching,
    rejects=[
        Example({"query": "alice"}, path=PATH),
        Example({"query": [{"fields": ["name"], "value": "alice"}]}, path=PATH),
        Example({"query": [{"type": "REGEX", "fields": ["name"], "value": "a.*"}]}, path=PATH),
        Example({"query": [{"type": "EXACT", "fields": ["shoeSize"], "value": "9"}]}, path=PATH),
        Example({"query": [{"type": "EXACT", "fields": ["name"]}]}, path=PATH),
        Example({"pageSize": 0}, path=PATH),
        Example(method="GET", path=f"{PATH}?q64=alice"),
        Example(method="GET", path=PATH),
    ],
    accepts=[
        Example({}, path=PATH),
        Example({"query": [{"type": "EXACT", "fields": ["email"], "value": "a@example.com"}]}, path=PATH),
        Example({"query": [{"type": "TERMS", "fields": ["name"], "values": ["alice", "bob"]}]}, path=PATH),
    ],
)
def search_malformed(case: SearchFacts) -> Sequence[Violation]:
    """A search must be one that can be carried out."""
    if case.operation and case.operation.reads and case.body is None:
        return FINE  # the rules of bodies say so
    search = case.search
    place = "" if case.operation and case.operation.reads else "query"
    if search is None:
        return found("q64 is no JSON object in base64", place)
    if not validator("UserSearchRequest").is_valid(search):
        return found("a member of it has the wrong type", place)
    if any(not 1 <= search.get(name, 1) <= MOST for name in ("pageSize", "pageNumber")):
        return found(f"pageSize and pageNumber are 1 to {MOST}", place)
    return _wrong(search.get("query", ()), place)


MOST = 10_000


def _wrong(criteria: Sequence[Wanted], place: str) -> Sequence[Violation]:
    for one in each_of(criteria):
        kind, fields = one.get("type"), one.get("fields", ())
        if kind not in TYPES and kind not in OF_FIELDS_ALONE:
            return found("a criterion has no type that is searched by", place)
        if any(field not in FIELDS for field in fields) or (not fields and kind != "MATCH_ALL"):
            return found("a criterion names no field, or one that is not searched by", place)
        if kind in TYPES and not ("value" in one or one.get("values")):
            return found("a criterion has neither a value nor values", place)
    return FINE


def matches(criteria: Sequence[Wanted], values: Mapping[str, Sequence[str]]) -> bool:
    """Whether the values of a user are such as the criteria want."""
    return are_met(criteria, lambda one: _meets(one, values))


def _meets(one: Wanted, values: Mapping[str, Sequence[str]]) -> bool:
    kind, fields = one["type"], one.get("fields", ())
    if kind == "MATCH_ALL":
        return True
    if kind == "REQUIRED_FIELDS":
        return all(any(values[field]) for field in fields)
    texts = [text.lower() for text in sought(one)]
    compare = TYPES[kind]
    return any(compare(value.lower(), text) for field in fields for value in values[field] for text in texts)
