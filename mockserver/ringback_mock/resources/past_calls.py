"""The calls of a user that are over, and how large a conference may be."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from ringback_contracts.life.values import Conversation
from ringback_contracts.life.views.history import Expand, past_call
from ringback_contracts.life.views.parts import Json
from ringback_contracts.resources.calls.past import MOST_PARTIES, PAST_CALLS, interval
from ringback_mock.engine.conversation import A_FEW
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.resources.listings import listing
from ringback_mock.resources.routing import queue_body
from ringback_mock.resources.users import user_profile


@handles(PAST_CALLS)
def past_calls(ask: Ask) -> Applied:
    """The user's calls that are over, the newest first."""
    return 200, _in_pieces(ask)


def _in_pieces(ask: Ask) -> Iterator[bytes]:
    """The listing as JSON. A few calls are brought to life for each piece, and all but the last are empty."""
    user_id = required(ask.caller.user).id
    calls, over = list(ask.tenant.calls)[::-1], []
    for start in range(0, len(calls), A_FEW):
        few = (call for call in calls[start : start + A_FEW] if call.involves(user_id, ask.now))
        over += [life for life in (call.at(ask.now) for call in few) if _is_past(ask, life, user_id)]
        yield b""
    yield orjson.dumps(listing(ask, over, lambda life: past_call(life, user_id, _expansion(ask)))[1])


def _is_past(ask: Ask, life: Conversation, user_id: str) -> bool:
    """Whether the call is over, the user had a leg of it, and it began in the interval that is asked for."""
    if life.active or all(one.user_id != user_id for one in life.participants):
        return False
    asked = interval(ask.query.text("interval") or "")
    return asked is None or asked[0].timestamp() <= life.started_at <= asked[1].timestamp()


def _expansion(ask: Ask) -> Expand:
    standing, words = ask.tenant.standing, ask.query.all("expand")

    def expand(word: str, entity_id: str) -> Json | None:
        org = standing.org
        if word not in words:
            return None
        if word == "user":
            user = org.user_by_id.get(entity_id)
            return user_profile(user, standing) if user else None
        queue = org.queue_by_id.get(entity_id)
        return queue_body(queue, org) if queue else None

    return expand


@handles(MOST_PARTIES)
def most_parties(ask: Ask) -> Applied:
    """What the org says of it."""
    return 200, {"maxParticipants": ask.tenant.org.conference_parties}
