"""The version of Ringback that is installed."""

from __future__ import annotations

VERSION = "0.1.0"
"""Equals the distribution's version; a test holds the two together, since reading metadata costs start-up time."""
