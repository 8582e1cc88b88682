"""``--watch`` with a store: a changed file is served by every replica whose own file says the same."""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from ringback_contracts.org import Org, default_org, default_org_text
from tests.mockserver.process import ALICE, PATIENCE, Process
from tests.mockserver.wire import CALLS
from tests.replicas.conftest import Start
from tests.replicas.test_killed import until
from tests.replicas.within import replica as within
from tests.serving import RINGBACK

if TYPE_CHECKING:
    import pytest

TEXT = default_org_text()
RENAMED = re.sub(r'(?m)^name = "Ringback"', 'name = "Elsewhere"', TEXT, count=1)


def written(file: Path, text: str) -> Path:
    """The file, put in the place of what it was, as editors do."""
    new = file.with_suffix(".new")
    new.write_text(text, "utf-8")
    return new.replace(file)


def name(replica: Process) -> Any:
    """What the replica calls its org; ``None`` while it can answer nothing."""
    found = requests.get(f"{replica.url}/api/v2/organizations/me", headers=ALICE, timeout=PATIENCE)
    return found.json()["name"] if found.ok else None


def test_all_replicas_serve_what_is_written_while_they_run(start: Start, tmp_path: Path) -> None:
    file = written(tmp_path / "org.toml", TEXT)
    one, other = (start("--org", str(file), "--watch") for _ in range(2))
    call = one.place().json()["id"]
    assert other.get(f"{CALLS}/{call}").ok
    written(file, RENAMED)
    for replica in (one, other):
        until("served", lambda replica=replica: name(replica) == "Elsewhere")
        assert replica.get(f"{CALLS}/{call}").status_code == 404, "the org begins anew"
    again = one.place().json()["id"]
    assert other.get(f"{CALLS}/{again}").ok
    assert start("--org", str(file)).get(f"{CALLS}/{again}").ok, "who joins brings the same"


def test_a_replica_whose_own_file_says_something_else_is_unready_until_it_does_not(
    redis_url: str, prefix: str, start: Start, tmp_path: Path
) -> None:
    here, there = (written(tmp_path / f"{place}.toml", TEXT) for place in ("here", "there"))
    one, other = (start("--org", str(file), "--watch") for file in (here, there))
    written(here, RENAMED)  # nobody has asked for anything, so that the log was empty
    until("served", lambda: name(one) == "Elsewhere")
    until("noticed", lambda: "another org" in other.get("/healthz").json().get("store", ""))
    call = one.place().json()["id"]
    old = [*RINGBACK, "serve", "--port", "0", "--store", redis_url, "--store-prefix", prefix]
    joining = subprocess.run(
        [*old, "--org", str(there)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert joining.returncode == 2
    assert "another org" in joining.stderr
    written(there, RENAMED)
    until("well again", lambda: name(other) == "Elsewhere")
    assert other.get(f"{CALLS}/{call}").ok


def test_a_file_that_changes_again_while_it_is_taken_in_is_served_as_it_is_by_then(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (replace(default_org(), name=name) for name in ("First", "Second"))

    async def served() -> str:
        async with within(redis_url, prefix) as one:
            opened = one.log.open

            async def changing(org: Org, speed: float, before: Org | None = None) -> float:
                began = await opened(org, speed, before)
                if org is first:
                    one.site.replica.serve_later(second)
                return began

            monkeypatch.setattr(one.log, "open", changing)
            one.site.replica.serve_later(first)
            name, end = "", asyncio.get_running_loop().time() + PATIENCE
            while name != "Second" and asyncio.get_running_loop().time() < end:
                name = (await one.json("GET", "/api/v2/organizations/me"))["name"]
            return name

    assert asyncio.run(served()) == "Second"
