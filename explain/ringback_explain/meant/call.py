"""What a body asks for, in whatever words: whom to ring, who calls, what to show, and what is left open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.resources.calls.forms import DESTINATION_KEYS, PARTICIPANT_KEYS
from ringback_explain.meant.keys import INSIDE, NESTED, ROOT, WORDS, KeyRole, Side, norm, published_key
from ringback_explain.meant.party import TYPES, Kind, MeantParty, party, party_of_id
from ringback_explain.meant.placeholders import gap_in, join, texts
from ringback_explain.table import table

MOST_PARTIES = 50
"""Nobody asks for more in one body, and a long list need not be read to its end."""
_SIDES: Mapping[str, Side] = {"to": "to", "from": "from"}
_TAKES = table("meant/keys")["takes"]
"""What published fields take that take no text."""


@dataclass(slots=True)
class MeantCall:
    """The facts of one wished call, collected from a body.

    ``kept`` are fields of the published body that can stay as they are.
    """

    to: list[MeantParty] = field(default_factory=list)
    caller_ids: list[MeantParty] = field(default_factory=list)
    agents: list[MeantParty] = field(default_factory=list)
    queues: list[MeantParty] = field(default_factory=list)
    campaigns: list[MeantParty] = field(default_factory=list)
    undirected: list[MeantParty] = field(default_factory=list)
    agents_in_data: list[MeantParty] = field(default_factory=list)
    not_ids: list[MeantParty] = field(default_factory=list)
    """Ids in published fields that are none."""
    empty: list[str] = field(default_factory=list)
    skills: list[tuple[str, str]] = field(default_factory=list)
    languages: list[tuple[str, str]] = field(default_factory=list)
    caller_name: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    unfit: list[tuple[str, Any, str]] = field(default_factory=list)
    """Values that a published field cannot have: where, which, and what it takes."""

    @property
    def parties(self) -> list[MeantParty]:
        """Everybody that could be dialled or shown."""
        return [*self.to, *self.caller_ids, *self.undirected]


def meant_call(body: Mapping[str, Any]) -> MeantCall:
    """Collect what a body asks for; never raises."""
    wish = MeantCall()
    _root(wish, body, "")
    return wish


def _root(wish: MeantCall, body: Mapping[str, Any], above: str) -> None:
    for key, value in body.items():
        pointer = join(above, key)
        name = published_key(key)
        if value is None:
            continue
        if name is not None:
            _published(wish, name, value, pointer)
        elif wraps_call(key, value):
            _root(wish, value, pointer)
        elif (reader := _BY_ROLE.get(ROOT.get(norm(key)))) is not None:
            reader(wish, value, pointer)


def wraps_call(key: str, value: Any) -> bool:
    """Whether a key only wraps the body that was meant."""
    wrapped = value if norm(key) in WORDS["wrappers"] and isinstance(value, dict) else {}
    return any(inner in PARTICIPANT_KEYS or published_key(inner) in DESTINATION_KEYS for inner in wrapped)


def _published(wish: MeantCall, key: str, value: Any, pointer: str) -> None:
    if key in _READERS:
        _READERS[key](wish, value, pointer)
    elif (kept := _coerced(key, value)) is not None:
        wish.kept[key] = kept
    elif _says_something(value):
        wish.unfit.append((pointer, value, _TAKES.get(key, "a text")))


def _says_something(value: Any) -> bool:
    """Whether a value was meant to say something, and is no placeholder, which is asked about."""
    return _said(value) if isinstance(value, str) else value not in (None, [], {})


def _said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and gap_in(value) is None


Reader = Callable[[MeantCall, Any, str], None]
"""Takes from a value, which stands at a pointer, what it says of the call."""


def _call_from_queue(wish: MeantCall, value: Any, pointer: str) -> None:
    found = _id_text(value)
    if found and is_uuid(found):
        wish.kept["callFromQueueId"] = found
    elif found:
        wish.not_ids.append(party_of_id(found, pointer, Kind.QUEUE))


def _caller_id(wish: MeantCall, value: Any, pointer: str) -> None:
    if not isinstance(value, str) or value.strip():
        _side(wish, value, pointer, "from")


def _caller_name(wish: MeantCall, value: Any, pointer: str) -> None:  # noqa: ARG001 - one signature for all readers
    if _said(value):
        wish.caller_name = value


def _attributes(wish: MeantCall, value: Any, pointer: str) -> None:
    if not isinstance(value, dict):
        if _says_something(value) and published_key(pointer.rpartition("/")[2]) == "attributes":
            wish.unfit.append((pointer, value, "an object of texts"))
        return
    for key, item in value.items():
        if isinstance(item, str):
            if INSIDE.get(norm(key)) == "agent" and is_uuid(item):
                wish.agents_in_data.append(party(item, join(pointer, key), Kind.USER))
            text = item
        else:
            is_empty = item is None or item in ({}, [])
            text = "" if is_empty else json.dumps(item, ensure_ascii=False, allow_nan=False, default=str)
        if text:
            wish.attributes[key] = text


def _coerced(key: str, value: Any) -> Any:
    """A simple field in the type that the published body wants, where the value leaves no doubt."""
    if key == "priority":
        if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,10}\s*", value):
            value = int(value)
        is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
        return value if is_whole else None
    if key in ("routingSkillsIds", "conversationIds"):
        return [item for item in (value if isinstance(value, list) else [value]) if _said(item)] or None
    return value if _said(value) else None


def _contact(wish: MeantCall, value: Any, pointer: str) -> None:
    found = _id_text(value)
    if found and is_uuid(found):
        wish.kept.setdefault("externalContactId", found)
    elif isinstance(value, dict):
        _side(wish, value, pointer, "to")


def _routing(wish: MeantCall, value: Any, pointer: str) -> None:
    for key, item in value.items() if isinstance(value, dict) else ():
        where = join(pointer, key)
        name, reader = published_key(key), _IN_ROUTING.get(NESTED.get(norm(key)))
        if item is not None and name not in (None, "participants"):
            _published(wish, name or "", item, where)
        elif item is not None and reader is not None:
            reader(wish, item, where)


def _id_text(value: Any) -> str | None:
    """An id, written alone or inside an object."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("userId") or value.get("queueId")
    return value.strip() if isinstance(value, str) else None


def _ids(wish: MeantCall, value: Any, pointer: str, listed: str, kind: Kind) -> None:
    """Read ids of that kind into that list."""
    values = value if isinstance(value, list) else [value]
    found = map(_id_text, values[:MOST_PARTIES])
    getattr(wish, listed).extend(party_of_id(text, pointer, kind) for text in found if text)


def _texts(wish: MeantCall, value: Any, pointer: str, listed: str) -> None:
    """Read all texts into that list, with their places."""
    getattr(wish, listed).extend((where, text) for where, text in texts(value, pointer) if text.strip())


def _side(wish: MeantCall, value: Any, pointer: str, side: Side, hint: Kind | None = None) -> None:
    """Read what stands for a party: a text, a number, an object, or a list of those."""
    if isinstance(value, bool | None):
        return
    if isinstance(value, dict):
        _object(wish, value, pointer, side)
    elif isinstance(value, list):
        for position, item in enumerate(value[:MOST_PARTIES]):
            _side(wish, item, f"{pointer}/{position}", side, hint)
    elif str(value).strip():
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        _add(wish, party(text, pointer, hint), side)
    else:
        wish.empty.append(pointer)


def _add(wish: MeantCall, found: MeantParty, side: Side) -> None:
    if found.kind is Kind.CAMPAIGN:
        wish.campaigns.append(found)
    elif side == "from" and (found.kind in (Kind.USER, Kind.ID) or found.is_mail):
        wish.agents.append(replace(found, kind=Kind.USER, value=found.value.removeprefix("sip:")))
    elif side == "from" and found.kind is Kind.QUEUE:
        wish.queues.append(found)
    else:
        {"from": wish.caller_ids, "to": wish.to}.get(side, wish.undirected).append(found)


@dataclass(slots=True)
class _Object:
    """An address object while it is read."""

    wish: MeantCall
    pointer: str
    side: Side
    hint: Kind | None
    ids: list[tuple[str, Any]] = field(default_factory=list)
    name: str | None = None


def _object(wish: MeantCall, value: Mapping[str, Any], pointer: str, side: Side) -> None:
    hint = next((TYPES[word] for word in _words(value, "type") if word in TYPES), None)
    reader = _Object(wish, pointer, _direction(value, side), hint)
    before = _counts(wish)
    for key, item in value.items():
        if item is not None:
            _inside(reader, key, item)
    # An object without an address is named by its id; who calls may have an id beside a number.
    is_unnamed = _counts(wish) == before
    is_caller = reader.side == "from" and _counts(wish)[3:] == before[3:]
    for where, item in reader.ids if is_unnamed or is_caller else ():
        if is_unnamed or (isinstance(item, str) and (is_uuid(item.strip()) or gap_in(item))):
            _identified(reader, where, item)
    if name := reader.name:
        wish.to[before[0] :] = [replace(found, name=found.name or name) for found in wish.to[before[0] :]]
        if len(wish.caller_ids) > before[1] and not gap_in(name):
            wish.caller_name = wish.caller_name or name


def _counts(wish: MeantCall) -> tuple[int, ...]:
    return len(wish.to), len(wish.caller_ids), len(wish.undirected), len(wish.agents), len(wish.queues)


def _words(value: Mapping[str, Any], role: KeyRole) -> list[str]:
    """The texts of an object under keys of that role."""
    named = ((INSIDE.get(norm(key)), item) for key, item in value.items())
    return [norm(item) for own, item in named if own == role and isinstance(item, str)]


def _direction(value: Mapping[str, Any], side: Side) -> Side:
    """Who the party is, where the object says it, or says where a call comes from and not whom it is for."""
    words = set(_words(value, "direction"))
    keys = {norm(key) for key, item in value.items() if item is not None}
    is_addressed = any(key == "to" or INSIDE.get(key) == "address" for key in keys)
    if words & WORDS["callers"] or ("from" in keys and not is_addressed):
        return "from"
    return "to" if words & WORDS["called"] else side


def _inside(reader: _Object, key: str, value: Any) -> None:
    role = INSIDE.get(norm(key))
    where = join(reader.pointer, key)
    wish, side = reader.wish, reader.side
    if role == "address":
        _side(wish, value, where, side, reader.hint)
    elif role in ("to", "from"):
        # "from" inside a party is about the caller; other words inside an address only wrap it.
        turned = _SIDES.get(norm(key), side)
        _side(wish, value, where, turned, reader.hint)
    elif role == "id":
        reader.ids.append((where, value))
    elif role == "name" and isinstance(value, str):
        reader.name = reader.name or value
    elif role in ("agent", "queue") and side != "from" and not norm(key).startswith("agent"):
        # A user or a queue named inside an address is dialled in "to".
        _ids(wish, value, where, "to", Kind.USER if role == "agent" else Kind.QUEUE)
    elif role in _BY_ROLE:
        _BY_ROLE[role](wish, value, where)
    elif role is None and (name := published_key(key)) is not None:
        _published(wish, name, value, where)


def _identified(reader: _Object, where: str, value: Any) -> None:
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        return
    found = party(str(value), where, reader.hint)
    if reader.side == "from" and found.kind in (Kind.GAP, Kind.UNREADABLE):
        found = replace(found, kind=Kind.USER)
    _add(reader.wish, found, reader.side)


_READERS: Mapping[str, Reader] = {
    "phoneNumber": partial(_side, side="to"),
    "callUserId": partial(_ids, listed="to", kind=Kind.USER),
    "callQueueId": partial(_ids, listed="to", kind=Kind.QUEUE),
    "callFromQueueId": _call_from_queue,
    "participants": partial(_side, side="to"),
    "callerId": _caller_id,
    "callerIdName": _caller_name,
    "attributes": _attributes,
}
_IN_ROUTING: Mapping[KeyRole | None, Reader] = {
    "agent": partial(_ids, listed="agents", kind=Kind.USER),
    "queue": partial(_ids, listed="queues", kind=Kind.QUEUE),
    "campaign": partial(_ids, listed="campaigns", kind=Kind.CAMPAIGN),
    "skill": partial(_texts, listed="skills"),
    "language": partial(_texts, listed="languages"),
    "contact": _contact,
    "attributes": _attributes,
    "caller-name": _caller_name,
}
_BY_ROLE: Mapping[KeyRole | None, Reader] = {
    **_IN_ROUTING,
    "to": partial(_side, side="to"),
    "from": partial(_side, side="from"),
    "parties": partial(_side, side="parties"),
    "routing": _routing,
}
