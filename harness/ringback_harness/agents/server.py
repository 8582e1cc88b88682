"""The tools over the Model Context Protocol, by its official SDK."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from ringback_client import RingbackError
from ringback_contracts.core.nearest import nearest
from ringback_harness.agents.desk import Desk
from ringback_harness.exits import CommandError
from ringback_mock.version import VERSION

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

INSTRUCTIONS = """\
Ringback is a Genesys Cloud Calls API that runs on this machine and says why it refuses a request. Nobody's
telephone rings. Explain a request before you change the code that sends it. To try code, let it run against
the mock, then read the exchanges: each refusal has a rule and a fix."""

P = ParamSpec("P")
T = TypeVar("T")


class DeskServer(MCPServer):
    """The server whose tools are those of the desk, and which passes over no argument as the SDK does."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("ringback", version=VERSION, instructions=INSTRUCTIONS, log_level="WARNING")
        self._taken = {tool.__name__: tuple(inspect.signature(tool).parameters) for tool in desk.tools}
        for tool in desk.tools:
            self.tool()(_readable(tool))

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> Any:
        """Call a tool; raises ``ToolError`` for an argument that it does not have."""
        for given in arguments:
            if name in self._taken and given not in self._taken[name]:
                near = nearest(given, self._taken[name], at_least=0)
                has = ", ".join(self._taken[name])
                raise ToolError(f"{name} has no argument {given!r}, the nearest is {near!r}; it has {has}")
        return await super().call_tool(name, arguments, context)


def _readable(tool: Callable[P, T]) -> Callable[P, T]:
    """The tool, whose errors an agent can read."""

    @functools.wraps(tool)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return tool(*args, **kwargs)
        except CommandError as error:
            raise ToolError(error.format_message()) from error
        except (RingbackError, ValueError) as error:
            raise ToolError(str(error)) from error

    return told
