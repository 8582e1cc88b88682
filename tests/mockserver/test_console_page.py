"""The console in Chromium: what a stranger sees, does and is kept from."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ringback_mock.resources.call_list import PAGE
from tests.browsing import chromium
from tests.serving import mock_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

CALLS = "/api/v2/conversations/calls"
ALICE = {"Authorization": "Bearer alice"}
UNSCHEMED = {"to": "+442079460100", "from": "user:a11ce000-0000-4000-8000-000000000001"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIEWS = ["calls", "exchanges", "try", "rules", "org", "faults", "api"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def mock() -> Iterator[str]:
    with mock_server() as url:
        yield url


@pytest.fixture
def page(browser: Browser, mock: str) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(15_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(mock)
    yield page
    page.close()
    assert broken == []


def place(mock: str, **body: Any) -> requests.Response:
    body = body or {"phoneNumber": "+442079460100"}
    return requests.post(mock + CALLS, json=body, headers=ALICE, timeout=10)


def clock(mock: str, **command: Any) -> None:
    requests.post(f"{mock}/__ringback/clock", json=command, timeout=10).raise_for_status()


def test_a_stranger_places_a_call_that_is_refused_sees_why_and_places_one_that_works(page: Page) -> None:
    page.get_by_text("No call yet").wait_for()
    page.get_by_role("link", name="Try", exact=True).first.click()
    page.get_by_label("Number").fill("CALL-ALICE")
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_text("phone-number.unreadable").wait_for()
    page.get_by_text("Write the number in E.164").first.wait_for()
    page.get_by_label("Number").fill("+442079460100")
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_role("link", name="follow it").click()
    page.get_by_role("region", name="Call", exact=True).get_by_role("cell", name="connected").first.wait_for()
    page.get_by_role("button", name="hangs up").last.click()
    page.get_by_role("region", name="Call", exact=True).get_by_role(
        "cell", name="terminated"
    ).first.wait_for()


def test_what_others_do_shows_by_itself(page: Page, mock: str) -> None:
    page.get_by_text("live", exact=True).wait_for()
    place(mock)
    page.locator(".list li").wait_for()
    page.goto(f"{mock}/__ringback/#/exchanges")
    page.locator(".list li").wait_for()
    place(mock, phoneNumber="nonsense")
    page.get_by_text("phone-number.unreadable").wait_for()


def test_a_refusal_opens_with_its_reason_and_can_be_sent_again(page: Page, mock: str) -> None:
    place(mock, **UNSCHEMED)
    page.goto(f"{mock}/__ringback/#/exchanges")
    page.locator(".list a").click()
    detail = page.get_by_role("region", name="Exchange", exact=True)
    detail.get_by_role("link", name="address.scheme-missing").wait_for()
    detail.get_by_role("button", name="Send again").click()
    detail.get_by_text("Sent again:").wait_for()
    with page.expect_download() as saved:
        detail.get_by_role("link", name="Save as case").click()
    case = json.loads(saved.value.path().read_text())
    assert case["expect"] == {"rule": "address.scheme-missing"}
    assert case["request"]["body"] == UNSCHEMED


def test_the_exchanges_are_filtered_and_the_address_says_how(page: Page, mock: str) -> None:
    place(mock)
    place(mock, phoneNumber="nonsense")
    page.goto(f"{mock}/__ringback/#/exchanges?status=4")
    page.locator(".list li").wait_for()
    assert page.locator(".list li").count() == 1
    page.get_by_label("Rule").fill("number.")
    page.wait_for_url("**rule=number.**")
    page.get_by_label("Rule").fill("none.such")
    page.get_by_text("None of 2 is so").wait_for()


def test_any_call_is_found_and_all_of_them_are_there_to_be_leafed_through(page: Page, mock: str) -> None:
    oldest = place(mock, phoneNumber="+13172222222").json()["id"]
    for _ in range(PAGE):
        place(mock)
    page.goto(f"{mock}/__ringback/#/calls")
    rows = page.locator(".list li")
    page.get_by_text(f"{PAGE} of {PAGE + 1}").wait_for()
    assert page.locator(f'.list a[href*="{oldest}"]').count() == 0
    page.get_by_role("link", name="Older calls").click()
    page.locator(f'.list a[href*="{oldest}"]').wait_for()
    assert rows.count() == 1
    page.get_by_role("link", name="The newest").click()
    page.get_by_label("Search").fill("+1 317 222 2222")
    page.locator(f'.list a[href*="{oldest}"]').wait_for()
    assert rows.count() == 1
    page.get_by_label("Search").fill("nobody")
    page.get_by_text("No call is so.").wait_for()


def test_any_exchange_is_found_and_all_of_them_are_there_to_be_leafed_through(page: Page, mock: str) -> None:
    oldest = place(mock, phoneNumber="nonsense").headers["ININ-Correlation-Id"]
    for _ in range(PAGE):
        place(mock)
    page.goto(f"{mock}/__ringback/#/exchanges")
    row = page.locator(f'.list a[href*="{oldest}"]')
    page.get_by_role("link", name="Older exchanges").click()
    row.wait_for()
    page.get_by_role("link", name="The newest").click()
    page.get_by_role("link", name="Older exchanges").wait_for()
    assert row.count() == 0
    page.get_by_label("Rule").fill("unreadable")
    row.wait_for()
    assert page.locator(".list li").count() == 1


def test_somebody_rings_and_the_clock_obeys(page: Page, mock: str) -> None:
    page.get_by_role("button", name="Freeze the clock").click()
    page.get_by_text("frozen").wait_for()
    page.get_by_text("Incoming call").click()
    page.get_by_label("For").select_option("Alice")
    page.get_by_role("button", name="Ring", exact=True).click()
    call = page.get_by_role("region", name="Call", exact=True)
    page.get_by_role("button", name="Advance by one second").click()
    call.get_by_role("button", name="answers", exact=True).first.click()
    call.get_by_role("cell", name="connected").first.wait_for()


def test_a_call_is_held_and_passed_on_through_the_api(page: Page, mock: str) -> None:
    call_id = place(mock).json()["id"]
    clock(mock, advance=10)
    page.goto(f"{mock}/__ringback/#/calls/{call_id}")
    call = page.get_by_role("region", name="Call", exact=True)
    call.get_by_role("button", name="hold", exact=True).click()
    call.get_by_role("cell", name="held").first.wait_for()
    call.get_by_role("button", name="unhold").click()
    call.get_by_text("transfer or consult").click()
    call.get_by_role("button", name="consult", exact=True).click()
    call.get_by_role("cell", name="+442079460106").wait_for()
    call.get_by_role("button", name="cancel the consult").click()
    call.get_by_role("row", name="+442079460106").get_by_text("terminated").wait_for()
    call.get_by_label("To", exact=True).fill("nobody at all")
    call.get_by_role("button", name="transfer").click()
    call.get_by_role("alert").wait_for()


def talking(page: Page, mock: str) -> tuple[str, Locator, Locator]:
    """The id of a call on which people talk, its view, and alice's row in it."""
    call_id = place(mock).json()["id"]
    clock(mock, advance=10)
    page.goto(f"{mock}/__ringback/#/calls/{call_id}")
    call = page.get_by_role("region", name="Call", exact=True)
    return call_id, call, call.get_by_role("row").nth(1)


def own_leg(mock: str, call_id: str) -> dict[str, Any]:
    read = requests.get(f"{mock}{CALLS}/{call_id}", headers=ALICE, timeout=10).json()
    leg: dict[str, Any] = read["participants"][0]
    return leg


def test_a_supervisor_listens_and_a_call_is_recorded(page: Page, mock: str) -> None:
    call_id, call, alice = talking(page, mock)
    alice.get_by_text("supervise", exact=True).click()
    alice.get_by_role("combobox").select_option(label="Grace")
    alice.get_by_role("button", name="monitor", exact=True).click()
    call.get_by_role("row", name="Grace").wait_for()
    alice.get_by_text("recording", exact=True).click()
    with page.expect_response(lambda answer: answer.url.endswith("/recordingstate")) as recorded:
        alice.get_by_role("button", name="record", exact=True).click()
    assert recorded.value.ok
    assert page.get_by_role("alert").count() == 0
    assert own_leg(mock, call_id)["state"] == "connected"


def test_a_consult_is_completed_through_the_api(page: Page, mock: str) -> None:
    _, call, alice = talking(page, mock)
    alice.get_by_text("transfer or consult").click()
    alice.get_by_role("button", name="consult", exact=True).click()
    call.get_by_role("row", name="+442079460106").wait_for()
    with page.expect_response(lambda answer: answer.url.endswith("/consult")) as spoken:
        alice.get_by_role("button", name="both", exact=True).click()
    assert spoken.value.ok
    clock(mock, advance=10)
    alice.get_by_role("button", name="complete the consult").click()
    alice.get_by_text("terminated").wait_for()
    call.get_by_role("row", name="+442079460106").get_by_text("connected").wait_for()


def test_the_far_end_is_confined_the_call_parked_and_keys_are_pressed(page: Page, mock: str) -> None:
    _, call, alice = talking(page, mock)
    far = call.get_by_role("row").nth(2)
    far.get_by_role("button", name="confine").click()
    far.get_by_text("confined", exact=True).wait_for()
    far.get_by_role("button", name="let hear again").click()
    far.get_by_role("button", name="confine").wait_for()
    alice.get_by_text("send digits").click()
    alice.get_by_label("Keys").fill("12#")
    alice.get_by_role("button", name="press", exact=True).click()
    call.get_by_role("listitem").get_by_text("send digits").wait_for()
    alice.get_by_role("button", name="park", exact=True).click()
    alice.get_by_text("parked", exact=True).wait_for()
    alice.get_by_role("button", name="unpark").click()
    alice.get_by_role("button", name="park", exact=True).wait_for()
    assert page.get_by_role("alert").count() == 0


def test_two_calls_are_merged(page: Page, mock: str) -> None:
    place(mock, phoneNumber="+442079460106")
    _, call, alice = talking(page, mock)
    alice.get_by_text("merge", exact=True).click()
    alice.get_by_role("button", name="take in").click()
    call.get_by_role("row", name="+442079460106").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_command_that_is_refused_leads_to_the_reason(page: Page, mock: str) -> None:
    _, _, alice = talking(page, mock)
    alice.get_by_text("send digits").click()
    alice.get_by_label("Keys").fill("none")
    alice.get_by_role("button", name="press", exact=True).click()
    page.get_by_role("link", name="Why?").click()
    page.get_by_role("region", name="Exchange", exact=True).get_by_text("Fix:").first.wait_for()


def test_a_call_is_written_down_also_when_it_is_over(page: Page, mock: str) -> None:
    call_id, _, alice = talking(page, mock)
    alice.get_by_text("attributes and wrap-up").click()
    alice.get_by_label("Attribute").fill("ticket")
    alice.get_by_label("Value").fill(HOSTILE)
    with page.expect_response(lambda answer: answer.url.endswith("/attributes")):
        alice.get_by_role("button", name="set", exact=True).click()
    alice.get_by_role("button", name="end the call").click()
    alice.get_by_text("terminated").wait_for()
    alice.get_by_text("attributes and wrap-up").click()
    alice.get_by_label("Notes").fill("all done")
    with page.expect_response(lambda answer: "/participants/" in answer.url) as wrapped:
        alice.get_by_role("button", name="wrap up").click()
    assert wrapped.value.ok
    own = own_leg(mock, call_id)
    assert (own["attributes"]["ticket"], own["wrapup"]["notes"]) == (HOSTILE, "all done")


def test_the_page_asks_when_something_happens_and_not_each_second(page: Page, mock: str) -> None:
    place(mock)
    clock(mock, advance=30)
    page.goto(f"{mock}/__ringback/#/calls")
    page.get_by_text("live", exact=True).wait_for()
    age = page.locator(".list li .soft")
    told = "before => document.querySelector('.list li .soft').innerText !== before"
    page.wait_for_function(told, arg=age.inner_text())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(10):
        asked.clear()
        for _ in range(2):
            page.wait_for_function(told, arg=age.inner_text())
        if not asked:
            return
    pytest.fail(f"the age goes on by itself, and nothing has happened, but the page asked for {asked}")


def test_exchanges_are_filtered_by_whose_token_they_came_with(page: Page, mock: str) -> None:
    place(mock)
    for token in ("bob", "noscope", "nobody-s"):
        requests.get(f"{mock}/api/v2/users/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    requests.get(f"{mock}/api/v2/users/me", timeout=10)
    for asked, count in (("bob", 1), ("alice", 2), ("noscope", 1), ("none", 1), ("", 5)):
        page.goto(f"{mock}/__ringback/#/exchanges?token={asked}")
        page.wait_for_function("count => document.querySelectorAll('.list li').length === count", arg=count)
    page.goto(f"{mock}/__ringback/#/exchanges?token=bob")
    page.locator(".list a").first.click()
    page.get_by_role("link", name="Bob (").click()
    page.wait_for_url("**token=*")
    page.wait_for_function("() => document.querySelectorAll('.list li').length === 1")


def test_a_fault_is_set_listed_and_cleared(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/faults")
    page.get_by_role("button", name="Clear all").click()
    page.get_by_text("Nothing goes wrong on purpose").wait_for()
    page.get_by_label("Kind").select_option("rate-limited")
    page.get_by_role("button", name="Set", exact=True).click()
    page.locator(".list li").wait_for()
    assert place(mock).status_code == 429
    page.get_by_text("fired 1").wait_for()
    page.get_by_role("button", name="Clear rate-limited").click()
    page.get_by_text("Nothing goes wrong on purpose").wait_for()


def test_one_fault_is_cleared_and_those_of_the_org_stand_apart(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/faults")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_role("heading", name="Set since the start").wait_for()
    page.get_by_text("17 of the org itself").click()
    page.get_by_role("button", name="Clear lost-reply of +442079460120").click()
    page.get_by_text("16 of the org itself").wait_for()
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Clear reset of +442079460121'")
    assert page.get_by_role("button", name="Clear lost-reply", exact=True).count() == 1


def test_the_keys_move_search_open_and_leave(page: Page, mock: str) -> None:
    place(mock)
    place(mock)
    page.goto(f"{mock}/__ringback/#/exchanges")
    page.locator(".list li").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("calls")
    page.wait_for_url("**text=calls")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Exchange", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_url("**#/exchanges?text=calls")
    page.keyboard.press("Escape")
    page.wait_for_url("**#/exchanges")


def focused(page: Page) -> str:
    """What has the focus, in a word."""
    told: str = page.evaluate("(e => e.ariaLabel || e.innerText || e.value)(document.activeElement)")
    return told


def test_a_stranger_comes_from_a_refusal_to_a_call_by_the_keyboard_alone(page: Page) -> None:
    page.get_by_text("No call yet").wait_for()

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if focused(page).startswith(name):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
                return
        pytest.fail(f"no Tab leads to {name}")

    page.keyboard.press("Tab")
    assert focused(page) == "To the content"
    page.keyboard.press("Enter")
    tab_to("Try")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    tab_to("is refused")
    page.keyboard.press("Enter")
    tab_to("CALL-ALICE")
    page.keyboard.press("Enter")
    page.get_by_text("phone-number.unreadable").wait_for()
    page.wait_for_function("() => document.getElementById('said').innerText === 'Refused with 400'")
    page.keyboard.press("Control+a")
    page.keyboard.type("+442079460100")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="follow it").wait_for()
    tab_to("follow it")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Call'")


def test_the_focus_is_in_what_opens_and_then_where_it_was(page: Page, mock: str) -> None:
    for _ in range(2):
        place(mock)
    page.goto(f"{mock}/__ringback/#/exchanges")
    page.locator(".list a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Exchange'")
    place(mock)
    page.locator(".list li").nth(2).wait_for()
    assert focused(page) == "Exchange"
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement === document.querySelectorAll('.list a')[2]")
    place(mock)
    page.wait_for_function("() => document.activeElement === document.querySelectorAll('.list a')[3]")


def test_a_list_that_is_held_stands_still(page: Page, mock: str) -> None:
    place(mock)
    page.goto(f"{mock}/__ringback/#/exchanges")
    page.locator(".list li").wait_for()
    hold = page.get_by_role("button", name="Pause the lists")
    hold.click()
    with page.expect_response(lambda answer: "/org" in answer.url):
        place(mock)
    assert page.locator(".list li").count() == 1
    hold.click()
    page.locator(".list li").nth(1).wait_for()


def test_the_page_asks_for_each_thing_once_when_it_opens(browser: Browser, mock: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(mock)
    page.get_by_text("No call yet").wait_for()
    page.wait_for_load_state("load")
    page.get_by_text("real time").wait_for()
    assert sorted(asked) == sorted(set(asked))
    page.close()


def test_a_page_that_was_answered_is_read_as_text(page: Page, mock: str) -> None:
    back = "http://evil.example/cb"
    refused = requests.get(f"{mock}/oauth/authorize?client_id=demo-app&redirect_uri={back}", timeout=10)
    assert refused.status_code == 400
    page.goto(f"{mock}/__ringback/#/exchanges/{refused.headers['ININ-Correlation-Id']}")
    answer = page.locator(".detail pre", has_text="This login cannot go on")
    answer.first.wait_for()
    text = answer.first.inner_text()
    assert f"This came: {back}" in text
    assert "<" not in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("number", "told"), [("+442079460133", "The answer as it came"), ("+442079460122", "broke off")]
)
def test_an_answer_that_a_fault_has_struck_breaks_nothing(
    page: Page, mock: str, number: str, told: str
) -> None:
    page.goto(f"{mock}/__ringback/#/try?number=%2B{number[1:]}")
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_text(told).wait_for()


def test_what_is_opened_far_down_a_long_list_is_in_sight(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/rules")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.locator(".list a").last.click()
        rule = page.get_by_role("region", name="Rule", exact=True)
        rule.wait_for()
        page.wait_for_function("() => document.querySelector('.detail').getBoundingClientRect().top >= 0")
        page.wait_for_function(
            "() => document.querySelector('.detail').getBoundingClientRect().top < innerHeight"
        )
        rule.get_by_role("link", name="Close the rule").click()
        page.wait_for_url("**#/rules")


def test_a_rule_shows_how_it_is_known_and_its_examples(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/rules/number.impossible?text=number.impossible")
    page.locator(".list li").get_by_text("mission").wait_for()
    rule = page.get_by_role("region", name="Rule", exact=True)
    rule.get_by_text('{"body":{"to":"tel:+1202"').wait_for()


def test_the_fields_of_a_body_unfold(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/api/postConversationParticipantDigits")
    operation = page.get_by_role("region", name="Operation", exact=True)
    operation.get_by_text("digits", exact=True).wait_for()
    page.goto(f"{mock}/__ringback/#/api/getConversationsCall")
    for name in ("CallConversation", "list of CallMediaParticipant", "ErrorInfo"):
        operation.locator("summary", has_text=re.compile(f"^{name}$")).first.click()
    operation.get_by_text("The failure, for people.").wait_for()


def test_what_to_send_instead_is_sent_by_a_button(page: Page, mock: str) -> None:
    refused = place(mock, **UNSCHEMED).headers["ININ-Correlation-Id"]
    page.goto(f"{mock}/__ringback/#/exchanges/{refused}")
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("link", name="the call").click()
    page.get_by_role("region", name="Call", exact=True).wait_for()


def test_the_copied_curl_works_as_it_is(page: Page, mock: str) -> None:
    exchange = place(mock).headers["ININ-Correlation-Id"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{mock}/__ringback/#/exchanges/{exchange}")
    page.get_by_role("button", name="Copy as curl").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Bearer alice'" in copied
    answer = subprocess.run(  # it is for a shell
        f"{copied} -s", shell=True, capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(answer.stdout)["id"]


def test_somebody_is_found_in_a_large_org(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/org")
    page.get_by_label("Search").fill("grace")
    page.wait_for_url("**#/org?text=grace")
    page.get_by_role("cell", name="Grace", exact=True).first.wait_for()
    assert page.get_by_role("cell", name="Bob", exact=True).count() == 0


def test_what_is_tried_has_an_address(page: Page, mock: str) -> None:
    page.goto(f"{mock}/__ringback/#/try?number=%2B442079460102&token=grace&text=nonsense")
    assert page.get_by_label("Number").input_value() == "+442079460102"
    page.wait_for_function("() => document.getElementById('try-token').value === 'grace'")
    assert page.get_by_role("textbox", name="A request").input_value() == "nonsense"
    page.get_by_label("Number").fill("0")
    page.wait_for_url("**number=0&**")


OWN_ORG = """
id = "0c0ffee0-0000-4000-8000-00000000000a"
name = "Own"
[[users]]
id = "a11ce000-0000-4000-8000-00000000000a"
name = "Zoe"
email = "zoe@example.com"
station = "zoe-phone"
permissions = ["conversation:conference:add"]
[[tokens]]
value = "zoe"
user = "a11ce000-0000-4000-8000-00000000000a"
scopes = ["conversations"]
"""


def test_in_an_org_without_alice_the_page_sends_what_is_there(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN_ORG)
    with mock_server("--org", str(tmp_path / "own.toml")) as mock:
        page = browser.new_page()
        page.goto(mock)
        page.get_by_text("Bearer zoe").wait_for()
        page.goto(f"{mock}/__ringback/#/try")
        page.get_by_role("button", name="Call", exact=True).click()
        page.get_by_role("link", name="follow it").wait_for()
        page.close()


def test_while_the_server_is_away_the_page_shows_what_it_said_last(browser: Browser) -> None:
    with ExitStack() as until, ExitStack() as again:
        mock = until.enter_context(mock_server())
        place(mock)
        page = browser.new_page()
        page.goto(f"{mock}/__ringback/#/calls")
        page.get_by_text("live", exact=True).wait_for()
        page.locator(".list li").wait_for()
        until.close()
        page.get_by_text("no answer yet, asking again").wait_for()
        page.get_by_role("button", name="Advance by one second").click()
        page.get_by_text("The server does not answer.").wait_for()
        assert page.locator(".list li").count() == 1
        again.enter_context(mock_server("--port", mock.rpartition(":")[2]))
        page.get_by_text("No call yet").wait_for()
        page.get_by_text("live", exact=True).wait_for()
        page.close()


HOSTILE = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"


def test_what_a_caller_sent_is_text_and_never_markup(page: Page, mock: str) -> None:
    headers = {**ALICE, "User-Agent": HOSTILE, "X-Own": HOSTILE}
    requests.post(
        f"{mock}{CALLS}", json={"phoneNumber": HOSTILE, HOSTILE: HOSTILE}, headers=headers, timeout=10
    )
    requests.get(f"{mock}/api/v2/{HOSTILE}?a={HOSTILE}", headers=headers, timeout=10)
    for view in VIEWS:
        page.goto(f"{mock}/__ringback/#/{view}")
        page.wait_for_timeout(100)
    page.goto(f"{mock}/__ringback/#/exchanges")
    for number in range(2):
        page.locator(".list a").nth(number).click()
        page.get_by_role("region", name="Exchange", exact=True).wait_for()
        for summary in page.locator("summary").all():
            summary.click()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


HOSTILE_ORG = OWN_ORG.replace('"Own"', f'"\\u202e{HOSTILE}"').replace(
    '"Zoe"', f'"\\u202e{HOSTILE}{"W" * 200}"'
)


@pytest.mark.parametrize("width", [360, 1280])
def test_whatever_things_are_called_fits_and_breaks_no_policy(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    (tmp_path / "own.toml").write_text(HOSTILE_ORG)
    with mock_server("--org", str(tmp_path / "own.toml")) as mock:
        headers = {"Authorization": "Bearer zoe", "User-Agent": HOSTILE, "Content-Type": "text/html"}
        refused = requests.post(mock + CALLS, data=HOSTILE + "W" * 900, headers=headers, timeout=10)
        page = browser.new_page(viewport={"width": width, "height": 740})
        told: list[str] = []
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda line: told.append(line.text) if "Policy" in line.text else None)
        long = "W" * 900
        for view in (
            "calls",
            f"exchanges/{refused.headers['ININ-Correlation-Id']}",
            f"exchanges?text={long}",
            f"try?number={long}&text={long}",
            f"rules/{long}",
            f"api/{long}",
            "org",
            "rules/%E0%A4",
        ):
            page.goto(f"{mock}/__ringback/#/{view}")
            page.locator("main section").first.wait_for()
            for summary in page.locator("main details:not([open]) > summary").all():
                summary.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        page.close()
        assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_can_be_used_by_everybody(browser: Browser, mock: str, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it has no types

    call_id = place(mock).json()["id"]
    refused = place(mock, phoneNumber="nonsense").headers["ININ-Correlation-Id"]
    clock(mock, advance=10)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for view in [
        *VIEWS,
        f"calls/{call_id}",
        f"exchanges/{refused}",
        "rules/number.impossible",
        "api/postConversationsCalls",
        "nothing",
    ]:
        page.goto(f"{mock}/__ringback/#/{view}")
        page.get_by_text("live", exact=True).wait_for()
        page.locator("main section").first.wait_for()
        page.get_by_text("Asking…").wait_for(state="detached")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, found.generate_report()
    context.close()


@pytest.mark.parametrize("view", [*VIEWS, "calls/{call}", "exchanges/{refused}"])
def test_every_view_fits_a_phone(browser: Browser, mock: str, view: str) -> None:
    call_id = place(mock).json()["id"]
    refused = place(mock, phoneNumber="nonsense").headers["ININ-Correlation-Id"]
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{mock}/__ringback/#/{view.format(call=call_id, refused=refused)}")
    page.locator("main section").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_what_a_fault_strikes_is_read_in_one_line_on_a_phone(browser: Browser, mock: str) -> None:
    requests.post(f"{mock}/__ringback/faults", json={"kind": "rate-limited"}, timeout=10).raise_for_status()
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{mock}/__ringback/#/faults")
    struck = page.get_by_role("listitem").get_by_text("place", exact=True)
    struck.wait_for()
    assert struck.evaluate("text => text.getClientRects().length") == 1
    assert struck.evaluate("text => text.offsetHeight < 2 * parseFloat(getComputedStyle(text).fontSize)")
    page.close()


def test_a_page_that_is_locked_opens_with_the_token(browser: Browser) -> None:
    with mock_server("--admin-token", "s3cret-of-this-test") as mock:
        page = browser.new_page()
        page.goto(mock)
        page.get_by_label("Admin token").fill("s3cret-of-this-test")
        page.get_by_role("button", name="Open").click()
        page.get_by_text("No call yet").wait_for()
        page.get_by_text("live", exact=True).wait_for()
        page.close()
