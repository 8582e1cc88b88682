"""Measure Ringback against its peers; `make bench` runs it."""
