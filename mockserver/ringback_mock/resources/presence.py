"""Presences: those that the org has, and those that its users are in."""

from __future__ import annotations

from typing import Any

from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import Org, User
from ringback_contracts.org.people import USUAL_PRESENCES, PresenceDefinition
from ringback_contracts.resources.presence.moving import moved
from ringback_contracts.resources.presence.operations import (
    GET_DEFINITION,
    GET_PRESENCE,
    LIST_DEFINITIONS,
    LIST_PRESENCES,
    LIST_SYSTEM_PRESENCES,
    READ_PRESENCE,
    READ_PRESENCE_OF_SOURCE,
    SET_PRESENCE,
    SET_PRESENCE_OF_SOURCE,
)
from ringback_mock.engine.handling import Applied, Ask, handles
from ringback_mock.engine.people import OrgNow, UserChange
from ringback_mock.engine.writes import ChangeUser
from ringback_mock.resources.listings import listing

Json = dict[str, Any]


@handles(LIST_PRESENCES)
def listed(ask: Ask) -> Applied:
    """The presences of the org, of which none is deleted."""
    return listing(ask, _those(ask, "deleted", ask.tenant.org), presence_body)


@handles(GET_PRESENCE)
def shown(ask: Ask) -> Applied:
    """The presence in the path."""
    return 200, presence_body(ask.tenant.org.presence_by_id[ask.verdict.params["presenceId"].lower()])


@handles(LIST_DEFINITIONS)
def definitions(ask: Ask) -> Applied:
    """The same, as the newer operations show them: all at once."""
    org = ask.tenant.org
    divisions = [each.lower() for each in ask.query.all("divisionId")]
    wanted = not divisions or org.division_id in divisions
    found = _those(ask, "deactivated", org) if wanted else ()
    entities = [definition_body(one, org) for one in found]
    return 200, {"entities": entities, "total": len(entities), "selfUri": ask.request.path}


@handles(GET_DEFINITION)
def definition(ask: Ask) -> Applied:
    """The presence in the path, as the newer operations show it."""
    org = ask.tenant.org
    return 200, definition_body(org.presence_by_id[ask.verdict.params["definitionId"].lower()], org)


@handles(LIST_SYSTEM_PRESENCES)
def system_presences(_: Ask) -> Applied:
    """The platform's own presences, without the envelope of a list."""
    return 200, [{"id": one.id, "name": one.system_presence} for one in USUAL_PRESENCES]


@handles(READ_PRESENCE, READ_PRESENCE_OF_SOURCE)
def read(ask: Ask) -> Applied:
    """The presence that the user is in."""
    return 200, user_presence(_user(ask), ask.tenant.standing)


@handles(SET_PRESENCE, SET_PRESENCE_OF_SOURCE)
def changed(ask: Ask) -> Applied:
    """Put the user into another presence."""
    standing, user = ask.tenant.standing, _user(ask)
    new = standing.org.presence_by_id[ask.body["presenceDefinition"]["id"].lower()]
    then, message = moved(user, new, standing.org), ask.body.get("message")
    change = UserChange(
        user.id,
        {"presence": then.presence, "routing_status": then.routing_status},
        ask.now,
        message if isinstance(message, str) else None,
        then.call_forwarding,
    )
    after = change.made(standing)
    return 200, user_presence(after.org.user_by_id[user.id], after), ChangeUser(change)


def _user(ask: Ask) -> User:
    return ask.tenant.org.user_by_id[ask.verdict.params["userId"].lower()]


def _those(ask: Ask, gone: str, org: Org) -> tuple[PresenceDefinition, ...]:
    """All of them, unless only those are asked for that are not in use."""
    return () if ask.query.flag(gone) else org.presence_definitions


def presence_body(presence: PresenceDefinition) -> Json:
    """A presence as the API shows it (model OrganizationPresence of the SDKs)."""
    return {
        "id": presence.id,
        "languageLabels": {"en_US": presence.name},
        "systemPresence": presence.system_presence,
        "deactivated": False,
        "primary": presence.primary,
        "selfUri": _self_uri(presence),
    }


def definition_body(presence: PresenceDefinition, org: Org) -> Json:
    """The same as an OrganizationPresenceDefinition."""
    return {
        "id": presence.id,
        "type": "System" if presence.primary else "User",
        "languageLabels": {"en_US": presence.name},
        "systemPresence": presence.system_presence.replace(" ", ""),
        "divisionId": org.division_id,
        "deactivated": False,
        "selfUri": f"/api/v2/presence/definitions/{presence.id}",
    }


def user_presence(user: User, standing: OrgNow) -> Json:
    """The presence that a user is in (model UserPresence of the SDKs)."""
    presence = standing.org.presence_of(user)
    body: Json = {
        "source": "PURECLOUD",
        "primary": True,
        "presenceDefinition": {
            "id": presence.id,
            "systemPresence": presence.system_presence,
            "selfUri": _self_uri(presence),
        },
        "message": standing.people.messages.get(user.id, ""),
        "modifiedDate": timestamp(standing.people.since(user, "presence")),
        "selfUri": f"/api/v2/users/{user.id}/presences",
    }
    return body


def _self_uri(presence: PresenceDefinition) -> str:
    return f"/api/v2/presencedefinitions/{presence.id}"
