"""Remembers what is sent to a world, so that whoever reads of a failure can send it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ringback_client.transport import Reply
from ringback_contracts.core.credentials import token_of, with_token
from ringback_contracts.core.model import Request
from ringback_harness.check.results import Step
from ringback_harness.targets import World


class Trail:
    """The requests to a world and to its neighbours, in order and in the names of the default org."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._pause = 0.0
        self._orgs = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    def followed(self, world: World) -> World:
        """The same world, whose requests are remembered."""
        org, names = self._orgs, {value: name for name, value in world.tokens.items()}
        self._orgs += 1

        def deliver(request: Request) -> Reply:
            step = Step(_named(request, names), org=org, pause=self._pause)
            self._pause = 0.0
            self._steps.append(step)
            reply = world.deliver(request)
            self._steps[-1] = replace(step, reply=reply)
            return reply

        def wait(seconds: float) -> None:
            self._pause += seconds
            world.wait(seconds)

        return replace(world, deliver=deliver, neighbour=lambda: self.followed(world.neighbour()), wait=wait)


def _named(request: Request, names: Mapping[str, str]) -> Request:
    """The request with the token's name in place of its value."""
    value = token_of(request)
    return request if value is None or value not in names else with_token(request, names[value])
