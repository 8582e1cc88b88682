"""The version of Ringback that is installed."""

from __future__ import annotations

VERSION = "0.1.0"
"""That of the distribution, which a test compares: reading metadata would cost start-up time."""
