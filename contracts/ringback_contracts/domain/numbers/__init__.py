"""Numbers: which can ring, which are kept for fiction, which are emergencies, and how texts are dialled.

libphonenumber is loaded when a number is first assessed, not with this package.
"""

from __future__ import annotations

from ringback_contracts.domain.numbers.assessment import Assessment, Problem, assess
from ringback_contracts.domain.numbers.dial import Dialled, DialReason, NotDialable, dialable, is_extension
from ringback_contracts.domain.numbers.emergency import is_emergency
from ringback_contracts.domain.numbers.reserved import RESERVED, ReservedRange, reserved_range

__all__ = [
    "RESERVED",
    "Assessment",
    "DialReason",
    "Dialled",
    "NotDialable",
    "Problem",
    "ReservedRange",
    "assess",
    "dialable",
    "is_emergency",
    "is_extension",
    "reserved_range",
]
