"""The paths under /__ringback/ that the console's page uses, which programs may too."""

from __future__ import annotations

from ringback_contracts.openapi import admin
from ringback_contracts.openapi.login import PROBLEM
from ringback_contracts.openapi.parts import Json, as_json, ref, reply

MOMENT: Json = {"type": "string", "format": "date-time"}
PERHAPS_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
FLAG: Json = {"type": "boolean"}
PERHAPS_SECONDS: Json = {"type": ["number", "null"]}
TEXT, NUMBER, PERHAPS = admin.TEXT, admin.NUMBER, admin.PERHAPS

NAMED_PARTY = admin.made_of(
    **admin.PARTY["properties"],
    name={"description": "A user's name; of somebody outside what may be shown of the address."} | TEXT,
    muted=FLAG,
    confined={"description": "Whether it is kept from hearing the others."} | FLAG,
    error={"description": "Why its leg failed."} | PERHAPS,
)
CALL: Json = {
    "id": TEXT,
    "startedAt": MOMENT,
    "active": {"description": "Whether anybody is still on it, or about to be."} | FLAG,
    "state": {"description": "How it stands, as its far end does; else ended, held or new."} | TEXT,
    "nextTurnAt": {"description": "When something happens next by itself."} | PERHAPS_MOMENT,
    "parties": admin.several(NAMED_PARTY),
    "held": FLAG,
    "consult": {
        "description": "The ids of the parties of a consult that goes on: who asks, and about whom.",
        "anyOf": [{"type": "null"}, admin.made_of(by=TEXT, about=TEXT)],
    },
    "transfers": NUMBER,
}
BAR = admin.made_of(state=TEXT, held=FLAG, muted=FLAG, begins=MOMENT, ends=PERHAPS_MOMENT) | {
    "description": "A stretch in which nothing changed for a party; the last one goes on."
}
MARK = admin.made_of(at=MOMENT, what=TEXT, participantId=PERHAPS) | {
    "description": "A command at its moment."
}
PACE: Json = {
    "now": MOMENT,
    "speed": {"type": "number", "description": "Seconds of the org's clock in one of the world's."},
    "wakeIn": {"description": "Seconds of the world until something changes by itself."} | PERHAPS_SECONDS,
}
CALL_TEXT: Json = {
    "name": "text",
    "in": "query",
    "description": "Only calls in which each of its words stands (people, state, queue, ids), or "
    "that have this number, of which the last seven digits are enough.",
    "schema": TEXT,
}
CALL_BEFORE: Json = {
    "name": "before",
    "in": "query",
    "description": "Only calls that are older than the one of this id.",
    "schema": TEXT,
}
PICTURE = admin.made_of(**CALL, **PACE, lanes=admin.by_name(admin.several(BAR)), marks=admin.several(MARK))
ORG = admin.made_of(
    id=TEXT,
    name=TEXT,
    users=admin.several(
        admin.made_of(id=TEXT, name=TEXT, enabled=FLAG, station=FLAG, permissions=admin.several(TEXT))
    ),
    tokens=admin.several(admin.made_of(value=TEXT, mark=TEXT, user=PERHAPS, client=PERHAPS, expired=FLAG)),
    clients=admin.several(
        admin.made_of(id=TEXT, grants=admin.several(TEXT), redirectUris=admin.several(TEXT))
    ),
    queues=admin.several(admin.made_of(id=TEXT, name=TEXT, members=admin.several(TEXT))),
    wrapUpCodes=admin.several(admin.made_of(id=TEXT, name=TEXT)),
    testNumbers=admin.several(
        admin.made_of(
            first=TEXT, last=TEXT, outcome=TEXT, after=PERHAPS_SECONDS, hangsUpAfter=PERHAPS_SECONDS
        )
    ),
)
EXPLANATION: Json = {
    "description": "What is said of a request, or of an error, that was found in the text.",
    "allOf": [ref("Explanation")],
    "properties": {
        "request": {"anyOf": [{"type": "null"}, admin.made_of(method=TEXT, path=TEXT)]},
    },
}


def paths() -> Json:
    """What the page asks for, but for its files and its feed."""
    older = {"description": "The id of the call before which there may be more; null at the end."} | PERHAPS
    calls = admin.made_of(**PACE, total=NUMBER, older=older, calls=admin.several(admin.made_of(**CALL)))
    again = admin.made_of(id=PERHAPS, status=NUMBER)
    explained = admin.made_of(explanations=admin.several(EXPLANATION))
    explain = admin.posting(
        "postExplain", "Explain a text", ("200", reply("What is said.", as_json(explained))), admin.ORG_ID
    )
    explain["post"]["requestBody"] = {"content": {"text/plain": {"schema": TEXT}}}
    explain["post"]["responses"]["413"] = reply("The text is too long.", as_json(PROBLEM))
    sent = reply("It was sent, and this is the answer.", as_json(again))
    resend = admin.posting("postAgain", "Send a request once more", ("200", sent), admin.ID, admin.ORG_ID)
    resend["post"]["responses"]["409"] = reply("It was not kept whole.", as_json(PROBLEM))
    return {
        "/__ringback/calls": admin.getting(
            "getKeptCalls",
            "List the newest calls, or find any that is kept",
            reply("The calls, the newest first.", as_json(calls)),
            admin.ORG_ID,
            CALL_TEXT,
            CALL_BEFORE,
        ),
        "/__ringback/calls/{callId}/lanes": admin.getting(
            "getLanes",
            "See a call as a picture",
            reply("The picture.", as_json(PICTURE)),
            admin.CALL_ID,
            admin.ORG_ID,
        ),
        "/__ringback/org": admin.getting(
            "getOrg", "See what there is to try", reply("The org.", as_json(ORG)), admin.ORG_ID
        ),
        "/__ringback/explain": explain,
        "/__ringback/exchanges/{exchangeId}/again": resend,
    }
