"""Stations: the phones of an org, and who has them."""

from __future__ import annotations

from typing import Any

from ringback_contracts.org import Org, User
from ringback_contracts.org.people import WEBRTC, Station
from ringback_contracts.resources.stations.operations import FREE_STATION, GET_STATION, LIST_STATIONS
from ringback_mock.engine.handling import Applied, Ask, handles
from ringback_mock.engine.people import UserChange
from ringback_mock.engine.writes import ChangeUser
from ringback_mock.resources.listings import listing, named, of_ids, ordered

Json = dict[str, Any]


@handles(LIST_STATIONS)
def listed(ask: Ask) -> Applied:
    """The stations that the query asks for."""
    org = ask.tenant.org
    stations = named(ask, of_ids(ask, org.station_by_id), lambda one: one.name)
    owner = ask.query.text("webRtcUserId")
    if owner is not None:
        stations = [one for one in stations if station_body(one, org).get("webRtcUserId") == owner.lower()]
    keys = {
        "name": lambda one: one.name,
        "id": lambda one: one.id,
        "type": lambda one: one.type,
        "status": lambda one: _status(org.holder_of(one)),
    }
    return listing(ask, ordered(ask, stations, keys), lambda one: station_body(one, org))


@handles(GET_STATION)
def shown(ask: Ask) -> Applied:
    """The station in the path."""
    return 200, station_body(station_in_path(ask), ask.tenant.org)


@handles(FREE_STATION)
def freed(ask: Ask) -> Applied:
    """Nobody has the station any longer."""
    holder = ask.tenant.org.holder_of(station_in_path(ask))
    if holder is None:
        return 200, None
    return 200, None, ChangeUser(UserChange(holder.id, {"station": None}, ask.now))


def station_in_path(ask: Ask) -> Station:
    """The station that the path names."""
    return ask.tenant.org.station_by_id[ask.verdict.params["stationId"].lower()]


def station_body(station: Station, org: Org) -> Json:
    """A station as the API shows it (model Station of the SDKs)."""
    holder = org.holder_of(station)
    body: Json = {
        "id": station.id,
        "name": station.name,
        "status": _status(holder),
        "type": station.type,
        "selfUri": f"/api/v2/stations/{station.id}",
    }
    if holder is not None:
        body["userId"] = holder.id
        if station.type == WEBRTC:
            body["webRtcUserId"] = holder.id
    return body


def _status(holder: User | None) -> str:
    return "ASSOCIATED" if holder else "AVAILABLE"
