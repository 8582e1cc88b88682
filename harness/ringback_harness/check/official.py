"""The official SDK's models as an oracle: whatever they lose or do not know, their users never see."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from ringback_client.errors import ReplyLost
from ringback_client.transport import Reply
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.operations import LIST_CALLS, PLACE_CALL
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.tokens.operations import GET_TOKEN
from ringback_contracts.resources.users.operations import GET_ME
from ringback_harness import strategies
from ringback_harness.check.client import as_alice
from ringback_harness.check.generated import Effort, explore, left_out, verdict_on
from ringback_harness.check.reasons import ERRORS, Unread, of_transport
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip, operation_of
from ringback_harness.check.rules import Worlds, refuse_guesses
from ringback_harness.targets import OutOfReach, World

SUITE = "oracles"
SUBJECT = "the official SDK's models"
NAME = "PureCloudPlatformClientV2"
MISSING = f"the official SDK is not there: pip install {NAME}"
STILL = "[general]\nlive_reload_config = false\n"
"""A configuration of the SDK with which it starts no file watcher."""
READ = {
    GET_ME: ("/api/v2/users/me", "UserMe"),
    LIST_CALLS: (CALLS_PATH, "CallConversationEntityListing"),
    GET_TOKEN: ("/api/v2/tokens/me", "TokenInfo"),
}
"""What can be read without a call, and the model of each answer."""


def check_official(worlds: Worlds, effort: Effort) -> Iterator[Result]:
    """Let the SDK read generated published bodies that are accepted, and every kind of answer."""
    subject = Result(SUITE, SUBJECT, PLACE_CALL, CheckOutcome.NOT_REACHED)
    world = worlds.get()
    if effort.over:  # before the seconds that it takes to load the SDK
        yield left_out(subject, len(READ) + effort.at(world).examples)
        return
    try:
        models = Models(load())
    except ImportError:
        yield replace(subject, reasons=(MISSING,))
        return
    for path, model in READ.values():
        yield _read(models, world, path, model)
    requests = strategies.requests(world.org, body=strategies.published_bodies(world.org))
    yield from explore(
        requests.map(as_alice), lambda request: _placed(models, world, request), effort.at(world), subject
    )


@cache
def load() -> ModuleType:
    """The SDK, which takes seconds to load. Raises ``ImportError`` where it is not installed.

    It reads a configuration from the home folder, and may watch it from then on: here it finds one of ours.
    """
    with _quiet_home(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import PureCloudPlatformClientV2

        sdk: ModuleType = PureCloudPlatformClientV2
        return sdk


@contextmanager
def _quiet_home() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, HOME=home, USERPROFILE=home):
        config = Path(home, ".genesyscloudpython", "config")
        config.parent.mkdir()
        config.write_text(STILL, "utf-8")
        yield


@dataclass(frozen=True)
class SdkResponse:
    """A body as the SDK takes one from its transport."""

    data: str

    def getheader(self, _: str) -> str:
        return "application/json"


class Models:
    """Reads JSON into the SDK's models and writes it out of them again."""

    def __init__(self, sdk: ModuleType) -> None:
        self._client = sdk.ApiClient()

    def losses(self, value: Any, model: str) -> tuple[str, ...]:
        """What of a JSON value a model loses or does not know, by place; nulls count as nothing."""
        try:
            held = self._client.deserialize(SdkResponse(json.dumps(value)), model)
            kept = self._client.sanitize_for_serialization(held)
        except Exception as error:  # noqa: BLE001 - the SDK raises whatever its code runs into
            return (Unread(model, f"cannot read it: {type(error).__name__}"),)
        return tuple(Unread(model, loss) for loss in _losses(value, kept, ""))


def _losses(value: Any, kept: Any, place: str) -> Iterator[str]:
    if isinstance(value, Mapping) and isinstance(kept, Mapping):
        for name, member in value.items():
            if member is not None:
                yield from _losses(member, kept.get(name), f"{place}/{name}")
    elif isinstance(value, list) and isinstance(kept, list) and len(value) == len(kept):
        for one, other in zip(value, kept, strict=True):
            yield from _losses(one, other, f"{place}/-")
    elif kept is None:
        yield f"does not know {place or 'it'}"
    elif value != kept and not _same_instant(value, kept):
        yield f"makes another value of {place or 'it'}"


def _same_instant(value: object, kept: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)) == datetime.fromisoformat(str(kept))
    except (TypeError, ValueError):
        return False


def _read(models: Models, world: World, path: str, model: str) -> Result:
    request = Request("GET", path, {"authorization": "Bearer alice", "host": "127.0.0.1"})
    attempt = _attempt(request)
    try:
        reply = world.send(request)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    except ReplyLost as error:
        return replace(attempt, outcome=CheckOutcome.FAILED, reasons=(of_transport(error),))
    return _judged(attempt, request, reply, models.losses(reply.document, _model(reply, model)))


def _placed(models: Models, world: World, request: Request) -> Result:
    """A body, which must survive where it is accepted, its answer, and the call that it placed."""
    attempt = _attempt(request)
    try:
        expected = verdict_on(world, request)[0]
        refuse_guesses(world, request, expected)
        reply = world.send(request)
        found = models.losses(reply.document, _model(reply, "CreateCallResponse"))
        if reply.status < 300:
            found += models.losses(json.loads(request.body), "CreateCallRequest")
            found += _call(models, world, str(reply.document.get("id")))
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    except ReplyLost as error:
        return replace(attempt, outcome=CheckOutcome.FAILED, reasons=(of_transport(error),))
    if (reply.status < ERRORS) is not (expected.status < ERRORS):
        return replace(attempt, reasons=("the answer is another than the expected one, which others tell",))
    return _judged(attempt, request, reply, found)


def _call(models: Models, world: World, call_id: str) -> tuple[str, ...]:
    headers = {"authorization": "Bearer alice", "host": "127.0.0.1"}
    reply = world.send(Request("GET", f"{CALLS_PATH}/{call_id}", headers))
    return models.losses(reply.document, _model(reply, "CallConversation"))


def _model(reply: Reply, usual: str) -> str:
    return usual if reply.status < 300 else "ErrorBody"


def _attempt(request: Request) -> Result:
    return Result(
        SUITE, SUBJECT, operation_of(request), CheckOutcome.NOT_REACHED, exchange=RoundTrip(request)
    )


def _judged(attempt: Result, request: Request, reply: Reply, found: tuple[str, ...]) -> Result:
    outcome = CheckOutcome.FAILED if found else CheckOutcome.HELD
    return replace(attempt, outcome=outcome, reasons=found, exchange=RoundTrip(request, reply))
