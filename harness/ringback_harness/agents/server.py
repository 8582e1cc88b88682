"""The tools over the Model Context Protocol, by its official SDK."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from ringback_client import RingbackError
from ringback_harness.agents.desk import Desk
from ringback_harness.exits import CommandError
from ringback_mock.version import VERSION

INSTRUCTIONS = """\
Ringback is a Genesys Cloud Calls API that runs on this machine and says why it refuses a request. Nobody's
telephone rings. Explain a request before you change the code that sends it. To try code, let it run against
the mock, then read the exchanges: each refusal has a rule and a fix."""

P = ParamSpec("P")
T = TypeVar("T")


def server_of(desk: Desk) -> MCPServer:
    """The server whose tools are those of the desk."""
    server = MCPServer("ringback", version=VERSION, instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in desk.tools:
        server.tool()(_readable(tool))
    return server


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
