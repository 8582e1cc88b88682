"""Take the pictures of docs/images: each view of the console, in both themes.

python tools/screenshots.py docs/images
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import requests
from playwright.sync_api import Browser, sync_playwright

CALLS = "/api/v2/conversations/calls"
ALICE = {"Authorization": "Bearer alice"}
USER = "user:a11ce000-0000-4000-8000-000000000001"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@contextmanager
def serving() -> Iterator[str]:
    """The URL of a mock in whose journal there is something to see."""
    command = [shutil.which("ringback") or "ringback", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield (server.stdout or sys.stdin).readline().removeprefix("ringback ready on ").strip()
        server.terminate()


def story(url: str) -> dict[str, str]:
    """Let something happen; the places to look at, by the names of their pictures."""

    def post(path: str, **body: object) -> requests.Response:
        return requests.post(url + path, json=body, headers=ALICE, timeout=10)

    post("/__ringback/clock", freeze=True)
    call = post(CALLS, phoneNumber="+442079460100").json()["id"]
    post(CALLS, phoneNumber="+442079460102")
    refused = post(CALLS, to="+442079460100", **{"from": USER}).headers["ININ-Correlation-Id"]
    post("/__ringback/clock", advance=8)
    parties = requests.get(f"{url}/__ringback/calls/{call}", timeout=10).json()["parties"]
    post(f"/__ringback/calls/{call}/parties/{parties[1]['id']}", act="holds")
    post("/__ringback/clock", advance=6)
    return {
        "call": f"calls/{call}",
        "refusal": f"exchanges/{refused}",
        "try": "try",
        "rules": "rules/number.impossible",
        "org": "org",
        "faults": "faults",
        "api": "api/postConversationsCalls",
    }


def main() -> None:
    """Take them all."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as url, sync_playwright() as playwright:
        places = story(url)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in SCHEMES:
            take(chromium, url, places, scheme, folder)
        chromium.close()


def take(
    chromium: Browser, url: str, places: dict[str, str], scheme: Literal["light", "dark"], folder: Path
) -> None:
    """A picture of each place in one theme."""
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    for name, place in places.items():
        page.goto(f"{url}/__ringback/#/{place}")
        page.get_by_text("live", exact=True).wait_for()
        page.locator(".detail" if "/" in place else "main section").first.wait_for()
        page.get_by_text("Asking…").wait_for(state="detached")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}-{scheme}.png")
    context.close()


if __name__ == "__main__":
    main()
