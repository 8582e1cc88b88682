"""The ways in which what is told over a channel can be broken on its way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ringback_harness.event_log import Hear, is_pong
from ringback_mock.engine import messages
from ringback_mock.engine.ids import new_id

Document = dict[str, Any]


def _events(change: Callable[[Document], Iterable[Document]]) -> Hear:
    """Every event is changed, and nothing else that is told."""

    def hear(text: bytes) -> Iterable[bytes]:
        if not messages.is_event(text):
            return (text,)
        return [json.dumps(changed).encode() for changed in change(json.loads(text))]

    return hear


def _edited(edit: Callable[[Document], object]) -> Hear:
    def change(event: Document) -> Iterable[Document]:
        edit(event)
        return (event,)

    return _events(change)


def _of_body(edit: Callable[[Document], object]) -> Hear:
    return _edited(lambda event: edit(event["eventBody"]))


def _when(state: str, edit: Callable[[Document], object]) -> Hear:
    """Bodies in which a leg is in the state are changed."""

    def change(body: Document) -> None:
        if any(leg["state"] == state for leg in body["participants"]):
            edit(body)

    return _of_body(change)


def _legs(edit: Callable[[Document], object]) -> Callable[[Document], object]:
    return lambda body: [edit(leg) for leg in body["participants"]]


def _without_states(*states: str) -> Hear:
    """Events in which a leg is in one of the states are lost."""
    return _events(
        lambda event: (
            () if any(leg["state"] in states for leg in event["eventBody"]["participants"]) else (event,)
        )
    )


def _no_pong(text: bytes) -> Iterable[bytes]:
    return () if is_pong(json.loads(text)) else (text,)


HEARD_MUTANTS: Mapping[str, Hear] = {
    "no event at all": _events(lambda _: ()),
    "events that come twice": _events(lambda event: (event, event)),
    "the end of a call that is not told": _without_states("disconnected", "terminated"),
    "an answer that is not told": _without_states("connected"),
    "events of another topic": _edited(lambda event: event.update(topicName="v2.users.nobody.presence")),
    "events without a correlation id": _edited(lambda event: event.pop("metadata")),
    "events of another call": _of_body(lambda body: body.update(id=new_id())),
    "events that forget who has left": _of_body(
        lambda body: body.update(participants=[leg for leg in body["participants"] if not leg.get("endTime")])
    ),
    "events that make two of one": _of_body(
        lambda body: body["participants"].append(body["participants"][0])
    ),
    "a leg that comes back from its end": _when(
        "terminated", _legs(lambda leg: leg.update(state="connected"))
    ),
    "a state that nobody knows": _when("connected", _legs(lambda leg: leg.update(state="singing"))),
    "a leg that ended at no time": _when("terminated", _legs(lambda leg: leg.pop("endTime", None))),
    "a leg that was connected at another time": _when(
        "terminated", _legs(lambda leg: leg.update(connectedTime="2020-01-01T00:00:00.000Z"))
    ),
    "a leg that ended before it was connected": _of_body(
        _legs(lambda leg: leg.get("endTime") and leg.update(endTime="2020-01-01T00:00:00.000Z"))
    ),
    "holds that are not told": _of_body(_legs(lambda leg: leg.pop("held", None))),
    "legs that stay on hold": _of_body(_legs(lambda leg: leg.update(held=True))),
    "ids that differ from those of the call": _of_body(_legs(lambda leg: leg.update(id=leg["id"][::-1]))),
    "a ping without an answer": _no_pong,
    "something that is no JSON": lambda text: (text[:-1],),
}
"""Each by what is wrong with it."""
