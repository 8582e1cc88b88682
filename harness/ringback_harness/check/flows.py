"""All promises about several requests."""

from __future__ import annotations

from ringback_harness.check.event_flow import EVENT_FLOWS
from ringback_harness.check.flow import FLOWS, Flow

ALL_FLOWS: tuple[Flow, ...] = (*FLOWS, *EVENT_FLOWS)
