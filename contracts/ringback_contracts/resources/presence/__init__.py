"""Presences: which there are, and which users are in."""
