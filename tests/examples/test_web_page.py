"""The page of examples/web in Chromium, on another origin than the mock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.browsing import chromium, pages_of
from tests.serving import mock_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.node]

EXAMPLES = Path(__file__).parents[2] / "examples"
GRANTS = {"pkce": "Log in (code with PKCE)", "implicit": "Log in (implicit grant)"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not (EXAMPLES / "node_modules").is_dir():
        pytest.skip("the SDK is not installed (npm ci --prefix examples)")
    with chromium() as browser:
        yield browser


@pytest.fixture
def mock() -> Iterator[str]:
    with mock_server("--speed", "20") as url:
        yield url


@pytest.fixture
def page(browser: Browser, mock: str) -> Iterator[Page]:
    with pages_of(EXAMPLES) as port:
        page = browser.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"http://localhost:{port}/web/?mock={mock}")
        yield page
        page.close()


def log_in(page: Page, grant: str = "pkce", user: str = "Alice") -> None:
    page.get_by_role("button", name=GRANTS[grant]).click()
    page.get_by_role("button", name=user).click()
    page.get_by_role("button", name="Call", exact=True).wait_for()


def dial(page: Page, number: str) -> None:
    page.get_by_label("Number").fill(number)
    page.get_by_role("button", name="Call", exact=True).click()


@pytest.mark.parametrize("grant", GRANTS)
def test_a_call_is_placed_followed_and_ended(page: Page, mock: str, grant: str) -> None:
    log_in(page, grant)
    dial(page, "+442079460100")
    page.get_by_text("+442079460100 · connected").wait_for()
    page.get_by_role("button", name="Hang up").click()
    page.get_by_text("Nobody is on the line").wait_for()
    alice = {"Authorization": "Bearer alice"}
    assert requests.get(f"{mock}/api/v2/conversations/calls", headers=alice, timeout=10).json()["total"] == 0


def test_every_change_is_told_over_the_channel(page: Page, mock: str) -> None:
    log_in(page)
    page.get_by_text("Told of every change").wait_for()
    dial(page, "+442079460100")
    page.get_by_text("+442079460100 · connected").wait_for()
    page.get_by_role("button", name="Hold", exact=True).click()
    page.get_by_text("+442079460100 · held").wait_for()
    page.get_by_role("button", name="Unhold").click()
    page.get_by_role("button", name="Mute", exact=True).click()
    page.get_by_role("button", name="Unmute").wait_for()
    alice = {"Authorization": "Bearer alice"}
    [call] = requests.get(f"{mock}/api/v2/conversations/calls", headers=alice, timeout=10).json()["entities"]
    far = call["participants"][-1]["id"]
    path = f"{mock}/__ringback/calls/{call['id']}/parties/{far}"
    requests.post(path, json={"act": "hangs_up"}, timeout=10).raise_for_status()
    page.get_by_text("Nobody is on the line").wait_for()


def test_a_refusal_is_shown_with_its_reason(page: Page) -> None:
    log_in(page)
    dial(page, "CALL-ALICE")
    problem = page.get_by_role("alert")
    problem.wait_for()
    shown = problem.inner_text()
    assert "400 " in shown
    assert "ringback rules phone-number.unreadable" in shown


def test_a_refusal_is_in_sight_however_many_calls_there_are(page: Page) -> None:
    log_in(page)
    for _ in range(12):
        dial(page, "+442079460100")
    page.locator("#calls li").nth(11).wait_for()
    page.set_viewport_size({"width": 360, "height": 700})
    dial(page, "CALL-ALICE")
    page.get_by_role("alert").wait_for()
    box = page.get_by_role("alert").bounding_box()
    assert box
    assert box["y"] + box["height"] < 700


def test_a_call_whose_own_phone_is_not_up_says_so(page: Page, mock: str) -> None:
    requests.post(f"{mock}/__ringback/clock", json={"freeze": True}, timeout=10).raise_for_status()
    log_in(page)
    dial(page, "+442079460100")
    page.get_by_text("Your phone · contacting").wait_for()


def test_a_user_who_may_not_call_is_told_so(page: Page) -> None:
    log_in(page, user="Carol")
    dial(page, "+442079460100")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text().startswith("403 ")


def test_a_person_logs_out_and_in_again(page: Page) -> None:
    log_in(page)
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name=GRANTS["pkce"]).wait_for()
    log_in(page, "implicit", "Bob")
    assert "Bob" in page.locator("#who").inner_text()


def test_names_stay_whole_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.get_by_role("button", name=GRANTS["pkce"]).click()
    page.get_by_role("button", name="Carol").wait_for()
    heights = {name.evaluate("name => name.clientHeight") for name in page.locator("form b").all()}
    assert len(heights) == 1, "a name is broken into lines"
