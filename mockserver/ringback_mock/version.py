"""The version of Ringback: the packages that are built take it from here."""

from __future__ import annotations

VERSION = "0.2.0"
