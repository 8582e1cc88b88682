"""Users as the API shows them (models User and UserMe of the SDKs)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import Org, User
from ringback_contracts.resources.users.forwarding import PATCH, PUT, READ, forwarding_made
from ringback_contracts.resources.users.operations import (
    ASSOCIATE,
    ASSOCIATE_OWN,
    CLEAR_DEFAULT_STATION,
    DISSOCIATE,
    DISSOCIATE_OWN,
    EXPANDED,
    GET_ME,
    GET_USER,
    LIST_USERS,
    OWN_STATION,
    ROUTING_STATUS,
    SET_DEFAULT_STATION,
    SET_ROUTING_STATUS,
    STATION,
)
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.people import OrgNow, UserChange
from ringback_mock.engine.writes import ChangeUser
from ringback_mock.resources.listings import listing, of_ids, ordered
from ringback_mock.resources.organizations import division, organization
from ringback_mock.resources.presence import presence_body, user_presence
from ringback_mock.resources.stations import station_in_path
from ringback_mock.resources.tokens import token_info

Json = dict[str, Any]


@handles(GET_ME)
def me(ask: Ask) -> Applied:
    """The token's user."""
    org = ask.tenant.org
    besides: Mapping[str, Callable[[], Any]] = {
        "date": lambda: {"currentDate": timestamp(ask.now)},
        "organization": lambda: organization(org),
        "presenceDefinitions": lambda: [presence_body(one) for one in org.presence_definitions],
        "token": lambda: token_info(ask.caller, org),
    }
    expand = ask.query.all("expand")
    shown = user_profile(_own(ask), ask.tenant.standing, expand)
    return 200, shown | {name: besides[name]() for name in expand if name in besides}


@handles(GET_USER)
def user(ask: Ask) -> Applied:
    """The user in the path."""
    return 200, user_profile(user_in_path(ask), ask.tenant.standing, ask.query.all("expand"))


@handles(LIST_USERS)
def listed(ask: Ask) -> Applied:
    """The users that the query asks for; those in use unless it says otherwise."""
    state = ask.query.text("state") or "active"
    users = [one for one in of_ids(ask, ask.tenant.org.user_by_id) if state in (_state(one), "any")]
    expand = ask.query.all("expand")
    return listing(
        ask,
        ordered(ask, users, {"name": lambda one: one.name}),
        lambda one: user_profile(one, ask.tenant.standing, expand),
    )


@handles(STATION, OWN_STATION)
def stations(ask: Ask) -> Applied:
    """The stations of the user."""
    return 200, user_stations(_meant(ask), ask.tenant.standing)


@handles(ASSOCIATE, ASSOCIATE_OWN)
def associated(ask: Ask) -> Applied:
    """Give the user the station in the path, in place of another perhaps."""
    user, station = _meant(ask), station_in_path(ask)
    if ask.tenant.org.station_of(user) == station:
        return 202, None
    return 202, None, ChangeUser(UserChange(user.id, {"station": station.id}, ask.now))


@handles(DISSOCIATE, DISSOCIATE_OWN)
def dissociated(ask: Ask) -> Applied:
    """Take the user's station away; who has none is left as they are."""
    return 202, None, ChangeUser(UserChange(_meant(ask).id, {"station": None}, ask.now))


@handles(SET_DEFAULT_STATION)
def default_set(ask: Ask) -> Applied:
    """Let the station in the path be the user's by default; several may have the same."""
    change = UserChange(user_in_path(ask).id, {"default_station": station_in_path(ask).id}, ask.now)
    return 202, None, ChangeUser(change)


@handles(CLEAR_DEFAULT_STATION)
def default_cleared(ask: Ask) -> Applied:
    """Let the user have no station by default."""
    return 202, None, ChangeUser(UserChange(user_in_path(ask).id, {"default_station": None}, ask.now))


@handles(ROUTING_STATUS)
def status(ask: Ask) -> Applied:
    """Whether routing offers the user work."""
    return 200, routing_status(user_in_path(ask), ask.tenant.standing)


@handles(SET_ROUTING_STATUS)
def status_set(ask: Ask) -> Applied:
    """Say whether routing may offer the user work."""
    change = UserChange(user_in_path(ask).id, {"routing_status": ask.body["status"]}, ask.now)
    after = change.made(ask.tenant.standing)
    return 200, routing_status(after.org.user_by_id[change.user_id], after), ChangeUser(change)


@handles(READ)
def forwarding(ask: Ask) -> Applied:
    """Where the user's calls are to go."""
    return 200, call_forwarding(user_in_path(ask), ask.tenant.standing)


@handles(PUT, PATCH)
def forwarding_set(ask: Ask) -> Applied:
    """Say where the user's calls are to go."""
    user = user_in_path(ask)
    made = forwarding_made(ask.body, user, ask.request.method)
    change = UserChange(user.id, {}, ask.now, forwarding=made)
    after = change.made(ask.tenant.standing)
    return 200, call_forwarding(after.org.user_by_id[user.id], after), ChangeUser(change)


def call_forwarding(user: User, standing: OrgNow) -> Json:
    """Where a user's calls are to go (model CallForwarding of the SDKs)."""
    return {
        "id": user.id,
        "user": user_reference(user),
        **asdict(user.call_forwarding),
        "modifiedDate": timestamp(standing.people.since(user, "call_forwarding")),
        "selfUri": f"/api/v2/users/{user.id}/callforwarding",
    }


def user_in_path(ask: Ask) -> User:
    """The user that the path names."""
    return ask.tenant.org.user_by_id[ask.verdict.params["userId"].lower()]


def _own(ask: Ask) -> User:
    return required(ask.caller.user)


def _meant(ask: Ask) -> User:
    """The user in the path, or else the token's."""
    return user_in_path(ask) if "userId" in ask.verdict.params else _own(ask)


def _state(user: User) -> str:
    return "active" if user.enabled else "inactive"


def user_profile(user: User, standing: OrgNow, expand: Iterable[str] = ()) -> Json:
    """A user, with the fields that Ringback knows, and with those to be expanded."""
    profile: Json = {
        "id": user.id,
        "name": user.name,
        "division": division(standing.org),
        "primaryContactInfo": [],
        "addresses": [{"address": number, "mediaType": "PHONE", "type": "WORK"} for number in user.numbers],
        "state": _state(user),
        "version": 1,
        "acdAutoAnswer": False,
        "selfUri": f"/api/v2/users/{user.id}",
    }
    if user.email:
        contact = {"address": user.email, "mediaType": "EMAIL", "type": "PRIMARY"}
        profile |= {"email": user.email, "username": user.email, "primaryContactInfo": [contact]}
    return profile | {name: _EXPANDED[name](user, standing) for name in expand if name in EXPANDED}


def user_reference(user: User) -> Json:
    """A user where the API but points to one."""
    return {"id": user.id, "name": user.name, "selfUri": f"/api/v2/users/{user.id}"}


def user_stations(user: User, standing: OrgNow) -> Json:
    """The stations of a user (model UserStations of the SDKs)."""
    org = standing.org
    station, before = org.station_of(user), standing.people.stations_before.get(user.id)
    shown: Json = {}
    if station is not None:
        associated = _user_station(station.id, org) | {
            "associatedUser": user_reference(user),
            "associatedDate": timestamp(standing.people.since(user, "station")),
        }
        shown |= {"associatedStation": associated, "effectiveStation": associated}
    default = org.default_station_of(user)
    if default is not None:
        shown["defaultStation"] = _user_station(default.id, org) | {"defaultUser": user_reference(user)}
        shown.setdefault("effectiveStation", shown["defaultStation"])
    if before is not None:
        shown["lastAssociatedStation"] = _user_station(before, org)
    return shown


def _user_station(station_id: str, org: Org) -> Json:
    station = org.station_by_id[station_id]
    return {"id": station.id, "name": station.name, "type": station.type}


def routing_status(user: User, standing: OrgNow) -> Json:
    """Whether routing offers a user work (model RoutingStatus of the SDKs)."""
    status, since = standing.routed(user)
    return {"userId": user.id, "status": status, "startTime": timestamp(since)}


def _authorization(user: User, _: OrgNow) -> Json:
    """What a user may do; of the roles that say so an org tells nothing."""
    return {"roles": [], "permissions": sorted(user.permissions)}


_EXPANDED: Mapping[str, Callable[[User, OrgNow], Json]] = {
    "authorization": _authorization,
    "presence": user_presence,
    "routingStatus": routing_status,
    "station": user_stations,
}
"""What each word of ``expand`` shows."""
