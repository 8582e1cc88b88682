"""The log of ``ringback serve``: lines for people, or lines of JSON for whatever collects logs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Literal

from ringback_harness.exits import SetupError


class JsonLines(logging.Formatter):
    """One JSON object a record. That of an exchange has its parts in place of a message for people."""

    def format(self, record: logging.LogRecord) -> str:
        import orjson

        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        parts = getattr(record, "exchange", None) or {"message": record.getMessage()}
        if record.exc_info:
            parts = {**parts, "trace": self.formatException(record.exc_info)}
        return orjson.dumps({**told, **parts}).decode()


def log_to_stderr(*, log_format: Literal["text", "json"], verbose: bool, quiet: bool) -> None:
    """Log refusals, each request, or none; in JSON each request has its line unless none is wanted."""
    if verbose and quiet:
        raise SetupError("-v logs each request, and -q none: leave one of them out")
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines() if log_format == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    each = (verbose or log_format == "json") and not quiet
    logging.getLogger("ringback").setLevel(logging.WARNING if quiet else logging.INFO)
    logging.getLogger("ringback.access").setLevel(logging.INFO if each else logging.WARNING)
    logging.getLogger("ringback.access.refusals").setLevel(logging.WARNING if quiet else logging.INFO)
