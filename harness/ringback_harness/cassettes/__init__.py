"""Recorded exchanges: HAR files without secrets or people's numbers, which still replay."""

from ringback_harness.cassettes.numbers import StableNumbers
from ringback_harness.cassettes.recorder import Origin, Recorder
from ringback_harness.cassettes.replay import Cassette, Tape, read_cassettes

__all__ = ["Cassette", "Origin", "Recorder", "StableNumbers", "Tape", "read_cassettes"]
