"""Certificates for a mock of one's own: a good one, one that has expired, and the authority of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ringback_harness.exits import SetupError


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files: each certificate with its key, and the authority to trust."""

    good: Path
    expired: Path
    authority: Path


def why_none() -> str | None:
    """Why no certificate can be made here, which takes a library that is not always installed."""
    try:
        import trustme  # noqa: F401 - whether it is there is all that is asked
    except ImportError:
        return "it needs trustme: pip install 'ringback[harness]'"
    return None


def issue(folder: Path, names: Iterable[str]) -> Certificates:
    """Make certificates for the hosts in the folder. Raises ``SetupError`` where they cannot be made."""
    if (why := why_none()) is not None:
        raise SetupError(f"no certificate can be made here: {why}")
    import trustme

    hosts, authority, now = tuple(dict.fromkeys(names)), trustme.CA(), datetime.now(UTC)
    made = Certificates(folder / "server.pem", folder / "expired.pem", folder / "authority.pem")
    good = authority.issue_cert(*hosts)
    expired = authority.issue_cert(
        *hosts, not_before=now - timedelta(days=9), not_after=now - timedelta(days=1)
    )
    good.private_key_and_cert_chain_pem.write_to_path(str(made.good))
    expired.private_key_and_cert_chain_pem.write_to_path(str(made.expired))
    authority.cert_pem.write_to_path(str(made.authority))
    return made
