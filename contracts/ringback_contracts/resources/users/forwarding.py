"""Where a user's calls are to go instead: what is kept of it, and for what it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from ringback_contracts.core.declare import (
    ALICE,
    ALICE_PHONE,
    CAROL_PHONE,
    ERIN,
    FINE,
    SWAGGER_2018,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Rule, Stage, Violation
from ringback_contracts.core.operation import Change, reading
from ringback_contracts.core.payload import said_in
from ringback_contracts.domain.numbers import Dialled
from ringback_contracts.http.body import ModelledCase
from ringback_contracts.http.served import served
from ringback_contracts.org import User
from ringback_contracts.org.people import (
    ON_QUEUE,
    USUAL_PRESENCES,
    CallForwarding,
    CallRoute,
    CallTarget,
    TargetType,
)
from ringback_contracts.resources.calls.facts import read_number
from ringback_contracts.resources.users.operations import READING, THE_USER, WRITING

READ = "getUserCallforwarding"
PUT = "putUserCallforwarding"
PATCH = "patchUserCallforwarding"
PATH = f"/api/v2/users/{ALICE}/callforwarding"
ON_QUEUE_ID = next(one.id for one in USUAL_PRESENCES if one.name == ON_QUEUE)
TYPES: tuple[str, ...] = get_args(TargetType)
Said = Mapping[str, Any]


class ForwardingFacts(ModelledCase):
    """A request that says where a user's calls are to go."""

    @lazy
    def errors(self) -> list[tuple[str, str]]:
        """Where the body is not of its model (JSON pointers), and how; of a target's type a rule tells."""
        return [one for one in super().errors if not one[0].endswith("/type")]

    @lazy
    def fields(self) -> Said:
        """What the body says, where it is of its model; null says nothing."""
        return {} if self.errors else said_in(self.body)

    @lazy
    def targets(self) -> list[tuple[str, Said]]:
        """Every place that the body names, with its pointer."""
        return [
            (f"/calls/{at}/targets/{place}", target)
            for at, call in enumerate(self.fields.get("calls", ()))
            for place, target in enumerate(call.get("targets") or ())
        ]

    @lazy
    def made(self) -> CallForwarding:
        """What comes of it."""
        user = self.org.user_by_id.get(self.route.params.get("userId", "").lower())
        return forwarding_made(self.fields, user, self.request.method)


def forwarding_made(body: Said, user: User | None, method: str) -> CallForwarding:
    """What comes of a body that no rule refuses; PATCH leaves as it was what it does not say."""
    before = user.call_forwarding if user and method == "PATCH" else CallForwarding()
    said = said_in(body)
    calls = before.calls
    if "calls" in said:
        calls = tuple(
            CallRoute(targets=tuple(_target(one) for one in call.get("targets") or ()))
            for call in said["calls"]
        )
    voicemail = said.get("voicemail", before.voicemail).upper()
    return CallForwarding(enabled=said.get("enabled", before.enabled), calls=calls, voicemail=voicemail)


def _target(said: Said) -> CallTarget:
    return CallTarget(type=cast("TargetType", str(said.get("type")).upper()), value=said.get("value") or "")


SETTING = {
    "scopes": WRITING,
    "reads": "CallForwarding",
    "heeded": ("enabled", "calls", "voicemail"),
    "answers": "CallForwarding",
    "changes": Change.ORG,
    "unknown": THE_USER,
    "facts": ForwardingFacts,
}
OPERATIONS = (
    served(
        READ,
        summary="Read where a user's calls are to go",
        scopes=READING,
        answers="CallForwarding",
        changes=Change.NOTHING,
        unknown=THE_USER,
    ),
    served(PUT, summary="Say where a user's calls are to go", **SETTING),
    served(PATCH, summary="Say otherwise where a user's calls are to go", **SETTING),
)


def _said(*targets: Said, **more: Any) -> dict[str, Any]:
    return {"enabled": True, "calls": [{"targets": list(targets)}], **more}


NUMBER = {"type": "PHONENUMBER", "value": TEST_NUMBER}
STATION = {"type": "STATION", "value": ALICE_PHONE}


def _put(body: Said) -> Example:
    return Example(dict(body), method="PUT", path=PATH)


AT_WORK = Example(
    {"presenceDefinition": {"id": ON_QUEUE_ID}},
    method="PATCH",
    path=f"/api/v2/users/{ERIN}/presences/purecloud",
)
"""Somebody goes on queue."""


def _refused(
    name: str,
    word: str,
    title: str,
    fix: str,
    wrong: Callable[[ForwardingFacts], str | None],
    *rejects: Said | Example,
) -> Rule:
    """The rule with a published code of forwarding; ``wrong`` gives the pointer of what it objects to."""

    def check(case: ForwardingFacts) -> Sequence[Violation]:
        pointer = wrong(case) if case.body is not None and not case.errors else None
        return FINE if pointer is None else found(title[0].lower() + title[1:], pointer)

    return rule(
        id=f"forwarding.{name}",
        stage=Stage.STATE,
        status=409,
        code=f"callforwarding.{word}",
        message=title,
        title=title,
        fix=fix,
        evidence=Evidence.PUBLISHED,
        source=f"{SWAGGER_2018}: callforwarding.{word}; what it stands for is read from its name",
        operations=reading("CallForwarding"),
        rejects=[body if isinstance(body, Example) else _put(body) for body in rejects],
        accepts=[_put(_said(NUMBER)), _put(_said(STATION)), _put({"enabled": False})],
    )(check)


def _first(case: ForwardingFacts, wrong: Callable[[Said], bool]) -> str | None:
    return next((pointer for pointer, target in case.targets if wrong(target)), None)


def _of(kind: str, target: Said) -> bool:
    return str(target.get("type", "")).upper() == kind


def _without_targets(case: ForwardingFacts) -> str | None:
    calls = enumerate(case.fields.get("calls", ()))
    return next((f"/calls/{at}" for at, call in calls if not call.get("targets")), None)


def _twice(case: ForwardingFacts) -> str | None:
    seen = [(str(one.get("type")).upper(), one.get("value")) for _, one in case.targets]
    return next((case.targets[at][0] for at, one in enumerate(seen) if one in seen[:at]), None)


def _last_is_a_station(case: ForwardingFacts) -> str | None:
    last = case.targets[-1] if case.targets else None
    voicemail = case.fields.get("voicemail", "").upper() == "LASTCALL"
    return last[0] if voicemail and last and _of("STATION", last[1]) else None


ENABLED = _refused(
    "enabled-unsaid",
    "enabledcannotbenull",
    "It is not said whether forwarding is on",
    'Say "enabled": true or false; PATCH alone can leave it out.',
    lambda case: "/enabled" if case.request.method == "PUT" and "enabled" not in case.fields else None,
    {"calls": [{"targets": [NUMBER]}]},
)
NO_TARGET = _refused(
    "call-without-target",
    "callrequiresatleastonetarget",
    "One of the calls has no target",
    'Give each call a target, {"targets": [{"type": "PHONENUMBER", "value": "+..."}]}.',
    _without_targets,
    _said(),
)
NO_TYPE = _refused(
    "target-without-type",
    "calltargetrequirestype",
    "A target has no type",
    f"Give it one of {', '.join(TYPES)}.",
    lambda case: _first(case, lambda one: one.get("type") is None),
    _said({"value": TEST_NUMBER}),
)
UNKNOWN_TYPE = _refused(
    "target-type-unknown",
    "calltargetunknowntype",
    "A target has a type that there is not",
    f"Give it one of {', '.join(TYPES)}.",
    lambda case: _first(case, lambda one: str(one.get("type") or NUMBER["type"]).upper() not in TYPES),
    _said({"type": "PIGEON", "value": "home"}),
)
NO_NUMBER = _refused(
    "number-missing",
    "calltargetphonenumberrequiresvalue",
    "A target that is a number has no value",
    "Give the number as its value.",
    lambda case: _first(case, lambda one: _of("PHONENUMBER", one) and not one.get("value")),
    _said({"type": "PHONENUMBER"}),
)
BAD_NUMBER = _refused(
    "number-malformed",
    "invalidphonenumberformat",
    "A target's number cannot be dialled",
    "Write it as + and digits.",
    lambda case: _first(case, lambda one: _of("PHONENUMBER", one) and _is_no_number(one.get("value"))),
    _said({"type": "PHONENUMBER", "value": "home"}),
)
NO_STATION = _refused(
    "target-unknown",
    "calltargetstationrequiresstation",
    "A target that is a station names none of the org",
    "Give the id of a station as its value; GET /api/v2/stations lists them.",
    lambda case: _first(
        case,
        lambda one: _of("STATION", one) and str(one.get("value")).lower() not in case.org.station_by_id,
    ),
    _said({"type": "STATION"}),
    _said({"type": "STATION", "value": "my-phone"}),
)
NOT_THEIRS = _refused(
    "target-of-another",
    "webrtcstationmustbelongtouser",
    "A target is the station of another user",
    "Take the user's own station, or give the station to the user first.",
    lambda case: _first(case, lambda one: _of("STATION", one) and _is_anothers(case, one.get("value"))),
    _said({"type": "STATION", "value": CAROL_PHONE}),
)
TWICE = _refused(
    "target-twice",
    "duplicatetargetnotallowed",
    "A target is named twice",
    "Name each place once.",
    _twice,
    _said(NUMBER, NUMBER),
)
NO_CALLS = _refused(
    "without-calls",
    "enablednotallowedwithoutcalls",
    "Forwarding is to be on, and leads nowhere",
    "Give at least one call with a target.",
    lambda case: "/calls" if case.made.enabled and not case.made.calls else None,
    {"enabled": True},
)
ON_QUEUE_NOW = _refused(
    "on-queue",
    "enablednotallowedwhileonqueue",
    "Forwarding is to be on while the user is on queue",
    "Put the user into another presence first: PATCH .../presences/purecloud.",
    lambda case: "/enabled" if case.made.enabled and _is_on_queue(case) else None,
    replace(_put(_said(NUMBER)), path=PATH.replace(ALICE, ERIN), given=(AT_WORK,)),
)
LAST_STATION = _refused(
    "last-without-number",
    "voicemaillastcallcannotusestation",
    "The voicemail is to be that of the last call, which is a station",
    'Let the last target be a number, or the voicemail "PURECLOUD" or "NONE".',
    _last_is_a_station,
    _said(STATION, voicemail="LASTCALL"),
)


def _is_anothers(case: ForwardingFacts, station_id: object) -> bool:
    station = case.org.station_by_id.get(str(station_id).lower())
    holder = case.org.holder_of(station) if station else None
    return holder is not None and holder.id != case.route.params.get("userId", "").lower()


def _is_on_queue(case: ForwardingFacts) -> bool:
    user = case.org.user_by_id.get(case.route.params.get("userId", "").lower())
    return user is not None and case.org.presence_of(user).system_presence == ON_QUEUE


def _is_no_number(value: object) -> bool:
    return bool(value) and not isinstance(read_number(str(value)), Dialled)
