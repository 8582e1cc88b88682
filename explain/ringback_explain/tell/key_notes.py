"""Notes on the keys of a body: what each is not, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.core.nearest import nearest
from ringback_contracts.resources.calls.forms import ADDRESS_TYPES, PUBLISHED_KEYS
from ringback_explain.explanation import Note
from ringback_explain.meant.call import wraps_call
from ringback_explain.meant.keys import INSIDE, ROOT, KeyRole, norm, published_key
from ringback_explain.meant.placeholders import join
from ringback_explain.tell.questions import FOR_USER

NO_FIELD = "'{key}' is no field of a published call request"
HARMLESS = "; nothing shows that an unknown key alone causes a 400"

SAYS: Mapping[KeyRole, tuple[str, str]] = {
    KeyRole.TO: (
        "key.destination",
        NO_FIELD
        + ": it has one destination, so whom to call goes into phoneNumber (a number or a SIP address) or"
        " callUserId (a colleague)",
    ),
    KeyRole.FROM: (
        "key.caller",
        NO_FIELD
        + ": the token's user calls, another user stands in the path {path} (never in callUserId, which"
        " dials); a number to show goes into callerId, its name into callerIdName",
    ),
    KeyRole.PARTIES: (
        "key.parties",
        NO_FIELD
        + ": whom to call goes into phoneNumber, a number to show into callerId; only a conference has a"
        " list, participants",
    ),
    KeyRole.AGENT: (
        "key.agent",
        (
            "'{key}' names who calls, and a body has no place for that: post to {path}, or use that user's"
            " own token; callUserId would dial that user"
        ),
    ),
    KeyRole.QUEUE: (
        "key.queue",
        (
            "'{key}' does not say what to do with the queue: callFromQueueId calls on its behalf, callQueueId"
            " dials it"
        ),
    ),
    KeyRole.ROUTING: (
        "key.routing",
        NO_FIELD
        + ": a queue goes into callFromQueueId (on its behalf) or callQueueId (dial it); skills, language"
        " and priority into routingSkillsIds, languageId and priority",
    ),
    KeyRole.SKILL: (
        "key.skill",
        NO_FIELD + ": routingSkillsIds takes ids of skills, and counts where a queue is dialled",
    ),
    KeyRole.LANGUAGE: ("key.language", NO_FIELD + ": languageId takes the id of a language"),
    KeyRole.ATTRIBUTES: (
        "key.attributes",
        NO_FIELD + ": data of your own goes into attributes, a map of texts",
    ),
    KeyRole.CALLER_NAME: ("key.caller-name", NO_FIELD + ": a name to show goes into callerIdName"),
    KeyRole.CAMPAIGN: (
        "key.campaign",
        NO_FIELD
        + ": calls of a campaign are placed by the dialer, from contact lists; a single call has none",
    ),
    KeyRole.CONTACT: ("key.contact", NO_FIELD + ": externalContactId takes the id of an external contact"),
    KeyRole.TYPE: (
        "key.type",
        "'{key}' is not needed: no type is declared, the field that is used says what it is",
    ),
    KeyRole.MEDIA: ("key.media", NO_FIELD + ": the path says that it is an outbound call" + HARMLESS),
    KeyRole.WRAP_UP: (
        "key.not-at-creation",
        (
            "'{key}' cannot be set when a call is created: a wrap-up code is set on the agent's participant"
            " once the call is over"
        ),
    ),
    KeyRole.SESSION: ("key.unknown", NO_FIELD + ", and has no counterpart" + HARMLESS),
    KeyRole.ADDRESS: ("key.unknown", NO_FIELD + HARMLESS),
}
UNKNOWN = ("key.unknown", NO_FIELD + HARMLESS)
NEAR = ("key.unknown", NO_FIELD + "; the nearest is {near}" + HARMLESS)
MISSPELT = ("key.misspelt", "'{key}' is read by nobody; the field is spelled {near}")
WRAPPER = ("key.wrapper", "'{key}' is wrapped around the body: its fields belong at the root")


def key_notes(body: Mapping[str, Any], above: str = "") -> Iterator[Note]:
    """Say of each key that the published body does not have where it belongs."""
    for key, value in body.items():
        pointer = join(above, key)
        if wraps_call(key, value):
            yield _note(WRAPPER, key, pointer)
            yield from key_notes(value, pointer)
            continue
        if key not in PUBLISHED_KEYS:
            yield _root_note(key, pointer)
        if key == "participants" or ROOT.get(norm(key)) in _LOOKED_INTO:
            yield from _nested(value, pointer, listed=key == "participants")


def _note(says: tuple[str, str], key: str, pointer: str, near: str = "") -> Note:
    kind, text = says
    return Note(kind, pointer, text.format(key=key[:60], near=near, path=FOR_USER))


def _root_note(key: str, pointer: str) -> Note:
    name = published_key(key)
    if name is not None:
        return _note(MISSPELT, key, pointer, name)
    role = ROOT.get(norm(key))
    if role is not None:
        return _note(SAYS[role], key, pointer)
    near = nearest(key, sorted(PUBLISHED_KEYS), at_least=0.75)
    return _note(NEAR if near else UNKNOWN, key, pointer, near or "")


_LOOKED_INTO = frozenset(
    {KeyRole.TO, KeyRole.FROM, KeyRole.PARTIES, KeyRole.ROUTING, KeyRole.ADDRESS, KeyRole.CONTACT}
)
_NOTED_INSIDE = frozenset(
    {
        KeyRole.AGENT,
        KeyRole.QUEUE,
        KeyRole.SKILL,
        KeyRole.WRAP_UP,
        KeyRole.ATTRIBUTES,
        KeyRole.CAMPAIGN,
        KeyRole.LANGUAGE,
    }
)


def _nested(value: Any, pointer: str, *, listed: bool) -> Iterator[Note]:
    """Notes on keys inside an address or routing data; ``listed`` is for the published participants."""
    if isinstance(value, list):
        for position, item in enumerate(value[:50]):
            yield from _nested(item, f"{pointer}/{position}", listed=listed)
    elif isinstance(value, dict):
        for key, item in value.items():
            where = join(pointer, key)
            yield from _inside(key, item, where, listed=listed)
            if INSIDE.get(norm(key)) in _LOOKED_INTO:
                yield from _nested(item, where, listed=listed)


def _inside(key: str, value: Any, pointer: str, *, listed: bool) -> Iterator[Note]:
    role = INSIDE.get(norm(key))
    if listed and key in ("address", "name", "userId", "queueId"):
        return
    if role is KeyRole.TYPE and not (key == "type" and value in tuple(ADDRESS_TYPES)):
        yield _note(SAYS[KeyRole.TYPE], key, pointer)
    elif role in _NOTED_INSIDE:
        yield _note(SAYS[role], key, pointer)
    elif listed and role in (KeyRole.TO, KeyRole.FROM, KeyRole.ADDRESS, KeyRole.ID):
        yield _note(PARTY, key, pointer)
    elif listed and role is KeyRole.DIRECTION:
        yield _note(PART, key, pointer)


PART = (
    "key.participants",
    (
        "an entry of participants has no '{key}': everybody listed is dialled. Who calls is not listed, but"
        " is the token's user, or stands in the path {path}"
    ),
)
PARTY = (
    "key.participants",
    (
        "an entry of participants has no '{key}': a list is only for a conference, one entry for each party"
        " to dial with its address and name; for a single party phoneNumber is enough"
    ),
)
