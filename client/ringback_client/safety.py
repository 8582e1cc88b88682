"""What is checked before anything leaves: whom a call might ring, and whether it can be accepted."""

from __future__ import annotations

import inspect
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path

from ringback_client.bodies import loose_words, parties
from ringback_client.errors import RingbackWarning, SafetyRefusal
from ringback_client.target import Target
from ringback_client.verdicts import error_of_finding
from ringback_contracts.catalogue import preflight
from ringback_contracts.core.model import Evidence, Finding, Request
from ringback_contracts.domain.numbers import is_emergency
from ringback_contracts.privacy import redact_text

KNOWN_ON_THE_PLATFORM = frozenset({Evidence.PUBLISHED, Evidence.OBSERVED})
"""The evidence on which a real target's answer can be foretold."""

CODED = "content-encoding"
HERE = str(Path(__file__).parent)


def refuse_danger(request: Request, target: Target, *, allow_calls: bool) -> None:
    """Raise ``SafetyRefusal`` for a region that nobody allowed, and for an emergency or crisis line.

    On a real target also for a body that cannot be looked into.
    """
    if target.real and any(map(is_emergency, _dialled(request))):
        raise SafetyRefusal(
            "the destination is an emergency number or a crisis line; it is never dialled on a real target"
        )
    if target.real and any(name.strip().lower() == CODED for name in request.headers):
        raise SafetyRefusal("nobody can tell whom a coded body rings; send it without Content-Encoding")
    if target.region and not allow_calls:
        raise SafetyRefusal(
            f"{target} is a region of the platform, where calls ring people; "
            "say allow_calls=True (on the command line: --allow-calls) to place one there"
        )


def _dialled(request: Request) -> Iterator[str]:
    """Whatever a server might dial: the parties, and each word of a body that is no JSON."""
    named = parties(request)
    yield from (*named.dialled, *named.ids)
    yield from filter(_has_digit, loose_words(request.body))


def _has_digit(text: str) -> bool:
    return any(unicodedata.numeric(character, None) is not None for character in text)


def refuse_hopeless(request: Request, target: Target) -> None:
    """Raise the error that the target would answer with, as far as the request alone tells.

    On a real target a rule that nobody has seen at work there gives a ``RingbackWarning`` instead.
    """
    findings = preflight(request)
    for finding in findings:
        if not target.real or finding.rule.evidence in KNOWN_ON_THE_PLATFORM:
            raise error_of_finding(finding)
    for finding in findings:
        warnings.warn(_doubt(finding), RingbackWarning, stacklevel=_levels())


def _levels() -> int:
    """The frames up to whoever uses this package, so that a warning points at their line."""
    levels, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        levels, frame = levels + 1, frame.f_back
    return levels


def _doubt(finding: Finding) -> str:
    rule = finding.rule
    return redact_text(
        f"the target may answer {rule.status} {rule.code}: {finding.detail}. {rule.fix} "
        f"(rule {rule.id}, evidence: {rule.evidence})"
    )
