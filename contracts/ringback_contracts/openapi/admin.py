"""The paths under /__ringback/, which tests use: reset, exchanges, clock, calls, rules, orgs.

``/metrics`` is guarded like them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from ringback_contracts.administration import FASTEST, TOKEN_HEADER, TOKEN_VARIABLE
from ringback_contracts.core.model import CONTRACTS, Evidence, Knowledge, Stage
from ringback_contracts.life.commands import KEYS, FarAct
from ringback_contracts.openapi.login import MISDIRECTED, PROBLEM
from ringback_contracts.openapi.parts import Json, as_json, link, ref, reply
from ringback_contracts.org.values import LARGEST_COUNT
from ringback_contracts.org.values import LONGEST_SECONDS as LONGEST_CALL

DESCRIPTION = """\
What tests ask of a running Ringback: a clean state, what was exchanged, an org of their own. The platform has
none of it. A server on loopback asks for no login here, unless it was started with an admin token; one that
others can reach has these paths closed until it has such a token. Pages of another origin are refused. What
is shown is redacted."""

TOKEN: Json = {
    "type": "apiKey",
    "in": "header",
    "name": TOKEN_HEADER,
    "description": f"The token that the server was started with ({TOKEN_VARIABLE}, or --admin-token).",
}

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
PERHAPS: Json = {"type": ["string", "null"]}


def made_of(**properties: Json) -> Json:
    """An object of exactly these properties."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def several(items: Json) -> Json:
    """A list of these."""
    return {"type": "array", "items": items}


def by_name(values: Json) -> Json:
    """An object whose members are all of this kind."""
    return {"type": "object", "additionalProperties": values}


EXAMPLE: Json = {
    "type": "object",
    "description": "A request that alice posts to /api/v2/conversations/calls; what differs is said.",
}
RULE = made_of(
    id=TEXT,
    stage={"enum": [stage.name.lower() for stage in Stage]},
    status={"type": "integer", "minimum": 400, "maximum": 599},
    code=TEXT,
    message=TEXT,
    title=TEXT,
    fix=TEXT,
    evidence={"enum": [str(evidence) for evidence in Evidence]},
    source=TEXT,
    contracts=several({"enum": list(CONTRACTS)}),
    knowledge={"enum": [knowledge.name.lower() for knowledge in Knowledge]},
    operations={"type": ["array", "null"], "items": TEXT},
    rejects=several(EXAMPLE),
    accepts=several(EXAMPLE),
)
VERDICT: Json = {
    "description": "What the rules decided; null where no rule was asked, as at the token endpoint.",
    "anyOf": [
        {"type": "null"},
        made_of(operation=TEXT, rule={"type": "null"}, notes=several(TEXT)),
        made_of(operation=PERHAPS, rule=TEXT, pointer=TEXT, detail=TEXT),
    ],
}
SENT = made_of(
    method=TEXT, path=TEXT, query=TEXT, headers=by_name(TEXT), body={"description": "JSON, or a text."}
)
CALLER = {
    "description": "Whose token it was sent with; null where it came without.",
    "oneOf": [
        {"type": "null"},
        made_of(
            token={"description": "What tells one token from another, and nobody what it is."} | TEXT,
            user=PERHAPS,
            client=PERHAPS,
        ),
    ],
}
EXCHANGE = made_of(
    id={"description": "The reply's ININ-Correlation-Id.", "type": "string", "format": "uuid"},
    time={"type": "string", "format": "date-time"},
    org=TEXT,
    truncated={"description": "Whether a body was too long to be kept whole.", "type": "boolean"},
    request=SENT,
    response=made_of(status=NUMBER, headers=by_name(TEXT), body={"description": "JSON, or a text."}),
    verdict=VERDICT,
    conversationId={"description": "Id of the call that was placed."} | PERHAPS,
    caller=CALLER,
)
FORGOTTEN = made_of(
    exchanges={"description": "How many had to make room since the last reset."} | NUMBER,
    refusals={"description": "How many of them ended in an error."} | NUMBER,
    newestRefusals=several(
        made_of(id=TEXT, method=TEXT, path=TEXT, status=NUMBER, rule=PERHAPS, fault=PERHAPS)
    ),
)
CHANGE = made_of(
    id={"description": "The reply's ININ-Correlation-Id.", "type": "string", "format": "uuid"},
    time={"type": "string", "format": "date-time"},
    method=TEXT,
    path=TEXT,
    query=TEXT,
    body={"description": "Redacted; where it is long, its size."} | TEXT,
    status=NUMBER,
) | {"description": "What somebody changed about the org under /__ringback/; a reset does not forget it."}
EXPLAINED = made_of(
    **EXCHANGE["properties"],
    explanation={
        "description": "All there is to say about the request; where its body was cut, about the verdict.",
        "allOf": [ref("Explanation")],
    },
)
FRESH_ORG = made_of(
    id={"type": "string", "format": "uuid"},
    tokens={"description": "The org's tokens by their names in the default org."} | by_name(TEXT),
    clients={"description": "The org's clients by their ids in the default org."}
    | by_name(made_of(id=TEXT, secret=TEXT)),
)

ORG_ID: Json = {
    "name": "org",
    "in": "query",
    "description": "Id of the org; the default one where it is not given.",
    "schema": TEXT,
}
PAGE, LONGEST_PAGE = 100, 500
"""Exchanges that a listing shows unless it is asked for more or less, and at most."""
LIMIT: Json = {
    "name": "limit",
    "in": "query",
    "description": f"The newest so many; {LONGEST_PAGE} are shown at most.",
    "schema": {"type": "integer", "minimum": 0, "default": PAGE},
}
BEFORE: Json = {
    "name": "before",
    "in": "query",
    "description": "Only exchanges before the one with this number; they are numbered from 0.",
    "schema": {"type": "integer", "minimum": 0},
}
FILTERS = {
    "status": "Only those whose status begins so, such as 4 or 404.",
    "rule": "Only those refused by a rule in whose id this stands.",
    "operation": "Only those of an operation in whose id this stands.",
    "path": "Only those in whose path this stands.",
    "token": "Only those of a token that is called so: its name in the org, whose it is, its mark; or none.",
    "text": "Only those in which this stands anywhere, as they are shown.",
}
"""What a listing can be narrowed by, whatever the case of the letters."""
NARROWING: tuple[Json, ...] = tuple(
    {"name": name, "in": "query", "description": told, "schema": TEXT} for name, told in FILTERS.items()
)
ID: Json = {
    "name": "exchangeId",
    "in": "path",
    "required": True,
    "description": "The ININ-Correlation-Id of a reply.",
    "schema": {"type": "string", "format": "uuid"},
}

SWITCHES: Json = {
    "contract": {"enum": ["any", *CONTRACTS]},
    "sip_trunking": {"type": "boolean"},
    "strict_numbers": {"type": "boolean"},
    "success_status": {"enum": [200, 202]},
    "effect_seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_CALL},
    "event_delay": {"type": "number", "minimum": 0, "maximum": LONGEST_CALL},
    "hold_told_twice": {"type": "boolean"},
    "limits": {
        "type": "object",
        "properties": {"rate_per_minute": {"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT}},
        "additionalProperties": False,
    },
}
"""What a copy of an org can have otherwise, in the words of the org's file."""
OWN_ORG = "file"
DIFFERENCES: Json = {
    "type": ["object", "null"],
    "properties": SWITCHES
    | {
        OWN_ORG: {
            "type": "string",
            "description": "TOML of an org to copy in place of the server's.",
        }
    },
    "additionalProperties": False,
}

CLOCK = made_of(
    now={"type": "string", "format": "date-time"}, frozen={"type": "boolean"}, speed={"type": "number"}
)
CLOCK_COMMAND: Json = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "freeze": {"description": "Stop the clock, or let it go."} | {"type": ["boolean", "null"]},
        "advance": {"description": "So many seconds more."} | {"type": ["number", "null"], "minimum": 0},
        "speed": {"description": "The org's seconds in one of the world's."}
        | {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": FASTEST},
        "now": {"description": "A moment of ISO 8601 with its zone, or seconds since 1970."}
        | {"type": ["string", "number", "null"]},
    },
    "additionalProperties": False,
}
"""What a clock can be told; the moment is set first, then moved, then goes on as is wanted."""

CALL_ID: Json = {
    "name": "callId",
    "in": "path",
    "required": True,
    "description": "The id that placing the call, or ringing, answered with.",
    "schema": TEXT,
}
PARTICIPANT_ID: Json = {
    "name": "participantId",
    "in": "path",
    "required": True,
    "description": "The id of one of the call's participants.",
    "schema": TEXT,
}
ACTS: Json = {"enum": list(get_args(FarAct))}
RINGING: Json = {
    "type": "object",
    "properties": {
        "user": {"description": "Id or name of the user who is rung."} | PERHAPS,
        "queue": {"description": "Id or name of the queue that is rung, if no user is."} | PERHAPS,
        "number": {"description": "E.164; who rings."} | TEXT,
        "name": {"description": "The name that comes with the number."} | PERHAPS,
        "dialled": {"description": "E.164; one of the org's numbers where it is not given."} | PERHAPS,
        "ivr": {"description": "Whether a menu takes the call before the queue.", "type": "boolean"},
        "hangs_up_after": {
            "description": "Seconds that the caller stays once connected.",
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": LONGEST_CALL,
        },
        "attributes": by_name(TEXT),
    },
    "additionalProperties": False,
}
"""Who rings, and whom."""
USE: Json = {
    "type": "object",
    "required": ["act"],
    "properties": {"act": ACTS, "digits": {"type": ["string", "null"], "pattern": f"^{KEYS}$"}},
    "additionalProperties": False,
}
"""What somebody does with a phone."""
PARTY = made_of(
    id=TEXT,
    purpose=TEXT,
    userId=PERHAPS,
    outside={"description": "Whether it is somebody outside the org."} | {"type": "boolean"},
    state=TEXT,
    disconnectType=PERHAPS,
    held={"description": "Whether it has put the others on hold."} | {"type": "boolean"},
    can={"description": "What can be done with its phone just now."} | several(ACTS),
)
CALL = made_of(id=TEXT, selfUri=TEXT, parties=several(PARTY))

_FIRST = "$response.body#/exchanges/0/id"
_ORG_OF_FIRST = "$response.body#/exchanges/0/org"


def paths() -> Json:
    """Every admin path, with its operations."""
    reset = reply("The org is as it was at the start.")
    fresh = reply("The org is served.", as_json(FRESH_ORG)) | {
        "links": {"ListExchanges": link("getExchanges", "See what it was sent.", org="$response.body#/id")}
    }
    total = {"description": "How many there have been since the last reset."} | NUMBER
    older = {"description": "Path and query of the page of older ones; null where there is none."} | PERHAPS
    listed = made_of(
        exchanges=several(EXCHANGE), total=total, forgotten=FORGOTTEN, next=older, changes=several(CHANGE)
    )
    exchanges = reply("The exchanges, the oldest first.", as_json(listed)) | {
        "links": {"ReadExchange": link("getExchange", "Read one.", exchangeId=_FIRST, org=_ORG_OF_FIRST)}
    }
    dropped = reply("The copy is served no longer, and its tokens are unknown.")
    exchange = reply("The exchange.", as_json(EXPLAINED))
    rules = reply("The rules, in the order in which they are asked.", as_json(made_of(rules=several(RULE))))
    numbers = reply("The numbers of all orgs.", {"text/plain": {"schema": TEXT}})
    itself = reply("This document.", as_json({"type": "object", "required": ["openapi"]}))
    return {
        "/__ringback/reset": posting(
            "postReset", "Forget an org's calls, tokens and journal", ("204", reset), ORG_ID
        ),
        "/__ringback/orgs": with_body(
            posting("postOrgs", "Serve an isolated copy of the org", ("201", fresh)), DIFFERENCES
        )
        | {"delete": operation("deleteOrgs", "Serve a copy no longer", {"204": dropped}, [ORG_ID])},
        "/__ringback/exchanges": getting(
            "getExchanges", "List an org's exchanges", exchanges, ORG_ID, LIMIT, BEFORE, *NARROWING
        ),
        "/__ringback/exchanges/{exchangeId}": getting(
            "getExchange", "Read an exchange", exchange, ID, ORG_ID
        ),
        "/__ringback/rules": getting("getRules", "List the rules", rules),
        "/__ringback/clock": _clock(),
        **_calls(),
        "/metrics": getting("getMetrics", "Read what Prometheus reads", numbers),
        "/__ringback/openapi.json": getting("getAdminDocument", "Read this document", itself),
    }


def _clock() -> Json:
    tells = reply("What the org's clock tells, and how it goes.", as_json(CLOCK))
    setting = posting("postClock", "Stop, move or hurry an org's clock", ("200", tells), ORG_ID)
    return {
        **getting("getClock", "Read an org's clock", tells, ORG_ID),
        "post": with_body(setting, CLOCK_COMMAND)["post"],
    }


def _calls() -> Json:
    tells = reply("Who is on the call, in the order in which they came.", as_json(CALL))
    rung = reply("It rings.", as_json(CALL)) | {
        "links": {"ReadCall": link("getRungCall", "See who is on it.", callId="$response.body#/id")}
    }
    ring = posting("postCalls", "Ring a user or a queue from outside", ("201", rung), ORG_ID)
    use = posting("postParty", "Use a party's phone", ("200", tells), CALL_ID, PARTICIPANT_ID, ORG_ID)
    use["post"]["responses"]["409"] = reply("The phone cannot do that just now.", as_json(PROBLEM))
    return {
        "/__ringback/calls": with_body(ring, RINGING),
        "/__ringback/calls/{callId}": getting("getRungCall", "See who is on a call", tells, CALL_ID, ORG_ID),
        "/__ringback/calls/{callId}/parties/{participantId}": with_body(use, USE),
    }


def getting(operation_id: str, summary: str, shown: Json, *parameters: Json) -> Json:
    """A path that is read."""
    return {"get": operation(operation_id, summary, {"200": shown}, parameters)}


def posting(operation_id: str, summary: str, done: tuple[str, Json], *parameters: Json) -> Json:
    """A path to which something is sent."""
    return {"post": operation(operation_id, summary, dict([done]), parameters)}


def with_body(item: Json, schema: Json) -> Json:
    """The operation of a path with a body that may be left out."""
    return {method: {**told, "requestBody": {"content": as_json(schema)}} for method, told in item.items()}


def operation(operation_id: str, summary: str, success: Json, parameters: Sequence[Json]) -> Json:
    """One operation, with what the admin paths are refused by."""
    refused = {
        "400": reply("A parameter or a body that is not known here.", as_json(PROBLEM)),
        "401": reply(
            "The server has an admin token, and this is not it.", as_json(PROBLEM), "WWW-Authenticate"
        ),
        "403": reply(
            "The request comes from a page of another origin, or others can reach the server, which has no "
            "admin token.",
            as_json(PROBLEM),
        ),
        "404": reply("No such org, exchange, call, participant or fault.", as_json(PROBLEM)),
    }
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": ["admin"],
        "security": [{}, {"adminToken": []}],
        "parameters": list(parameters),
        "responses": {**success, **refused, **MISDIRECTED},
    }
