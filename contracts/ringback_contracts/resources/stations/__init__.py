"""Stations: the phones of an org."""
