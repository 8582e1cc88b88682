"""The paths under /__ringback/ by which faults are set, listed and cleared."""

from __future__ import annotations

from typing import get_args

from ringback_contracts.http.faults import LONGEST_SECONDS, FaultKind, FaultOperation, RetryAfterForm
from ringback_contracts.openapi.admin import (
    NUMBER,
    ORG_ID,
    PERHAPS,
    TEXT,
    getting,
    made_of,
    operation,
    posting,
    several,
    with_body,
)
from ringback_contracts.openapi.parts import Json, as_json, reply

SECONDS: Json = {"minimum": 0, "maximum": LONGEST_SECONDS}
COUNT: Json = {"type": ["integer", "null"], "minimum": 1}
FAULT_SETTINGS: Json = {
    "kind": {"enum": [str(kind) for kind in FaultKind]},
    "operation": {"enum": list(get_args(FaultOperation))},
    "number": {"description": "E.164; only requests about a call to it."} | PERHAPS,
    "nth": {"description": "Strike this one request alone."} | COUNT,
    "every": {"description": "Strike the first of each so many."} | COUNT,
    "times": {"description": "Strike so often at most."} | COUNT,
    "seconds": {"description": "Delay of the slow kinds.", "type": "number"} | SECONDS,
    "retry_after": {"description": "What 429 and 503 ask for."} | SECONDS | {"type": ["integer", "null"]},
    "after": {"description": "Events before a socket is lost."} | SECONDS | {"type": "integer"},
    "retry_after_form": {"enum": list(get_args(RetryAfterForm))},
}
FAULT: Json = made_of(**FAULT_SETTINGS) | {"required": ["kind"]}
ARMED = made_of(
    id=TEXT,
    **FAULT_SETTINGS,
    standing={
        "description": "Whether the org has it from its start; a reset sets it anew.",
        "type": "boolean",
    },
    taken=NUMBER,
    fired=NUMBER,
)
FAULTS = made_of(faults=several(ARMED))
FAULT_ID: Json = {
    "name": "faultId",
    "in": "path",
    "required": True,
    "description": "The id that the fault is listed with.",
    "schema": TEXT,
}


def paths() -> Json:
    """The faults of an org, and one of them."""
    listed = reply("The faults that are set, with how often each fired.", as_json(FAULTS))
    added = reply("The faults are set.", as_json(FAULTS))
    cleared = reply("No fault is set any more, not even those of the org's file.")
    one_cleared = reply("The fault is set no more, and the others are.")
    setting = posting("postFaults", "Set a fault, or each of a list", ("201", added), ORG_ID)
    body: Json = {"anyOf": [FAULT, several(FAULT)]}
    return {
        "/__ringback/faults": {
            **getting("getFaults", "List an org's faults", listed, ORG_ID),
            "post": with_body(setting, body)["post"],
            "delete": operation("deleteFaults", "Clear an org's faults", {"204": cleared}, [ORG_ID]),
        },
        "/__ringback/faults/{faultId}": {
            "delete": operation("deleteFault", "Clear one fault", {"204": one_cleared}, [FAULT_ID, ORG_ID])
        },
    }
