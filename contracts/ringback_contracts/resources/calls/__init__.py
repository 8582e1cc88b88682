"""Placing, reading and ending calls."""
