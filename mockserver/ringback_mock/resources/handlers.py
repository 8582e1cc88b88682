"""The handlers of every operation that is served: an operation without one stops the start."""

from __future__ import annotations

from ringback_contracts.catalogue import OPERATIONS
from ringback_mock.engine.handling import handlers_of
from ringback_mock.resources import (
    attribute_search,
    calls,
    conversations,
    further,
    notifications,
    organizations,
    past_calls,
    presence,
    routing,
    stations,
    tokens,
    user_search,
    users,
    voicemail,
    wrapup_codes,
)

RESOURCES = (
    attribute_search,
    calls,
    conversations,
    further,
    notifications,
    organizations,
    past_calls,
    presence,
    routing,
    stations,
    tokens,
    user_search,
    users,
    voicemail,
    wrapup_codes,
)
"""The modules that declare handlers."""
HANDLERS = handlers_of(OPERATIONS)
