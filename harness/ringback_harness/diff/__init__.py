"""The same requests on the mock and on a target, and in what their answers differ."""

from ringback_harness.diff.compare import Aspect, differences
from ringback_harness.diff.known import KnownDifference, read_known
from ringback_harness.diff.run import Comparison, Difference, compare_cassettes, compare_target

__all__ = [
    "Aspect",
    "Comparison",
    "Difference",
    "KnownDifference",
    "compare_cassettes",
    "compare_target",
    "differences",
    "read_known",
]
