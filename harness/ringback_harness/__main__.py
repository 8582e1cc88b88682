"""``python -m ringback_harness``: the command ``ringback``, where its script is not on the path."""

from __future__ import annotations

from ringback_harness.cli import main

main(prog_name="ringback")
