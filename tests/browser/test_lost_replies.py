"""A reply is not lost: to a refusal, a double click, going back, a closed page, a server that dies in the middle.

A visit that ended and a page that is closed while somebody writes are in test_keeping_words.py. A guest has less to
hope for: nothing is kept in the browser (safety.md B4), so words that were never sent are gone with their page, which
says so. What is held against the site here is that nothing that was sent is lost, and nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.people import sign_up
from tests.browser.test_a_story import unique
from tests.browser.test_keeping_words import take_up
from tests.faults.helpers import KilledSite

pytestmark = pytest.mark.browser


def open_reply(page: Page, address: str) -> None:
    """To the story that a new site begins with."""
    page.goto(address)
    page.get_by_role("link", name="Why").first.click()
    page.locator("article").nth(1).get_by_role("link", name="Reply").click()


def words_of(page: Page) -> str:
    return page.get_by_label("Your words", exact=True).input_value()


def write(page: Page, text: str) -> None:
    page.get_by_label("Your words", exact=True).fill(text)


def times_written(page: Page, address: str, text: str) -> int:
    """Under "What I wrote", however often the words stand in each."""
    page.goto(f"{address}/mine/")
    links = page.get_by_role("main").get_by_role("link", name="A reply")
    places = [links.nth(number).get_attribute("href") for number in range(links.count())]
    found = 0
    for place in places:
        page.goto(f"{address}{place}")
        found += page.get_by_role("main").get_by_text(text).count()
    return found


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_a_claim_code_that_was_misread_loses_nothing(phone: Page, site: Site) -> None:
    text = unique("I believe you")
    open_reply(phone, site.address)
    write(phone, text)
    phone.get_by_label("Your six words").fill("six words that open nothing here")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert").first).to_contain_text("What you wrote is still here")
    assert words_of(phone) == text
    phone.get_by_label("Your six words").fill("")
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("**/sent/")
    assert times_written(phone, site.address, text) == 1


def test_looking_at_it_first_loses_nothing_and_sends_nothing(phone: Page, site: Site) -> None:
    text = unique("You are *not* alone")
    open_reply(phone, site.address)
    write(phone, text)
    phone.get_by_role("button", name="See how it will look").click()
    expect(phone.locator("#preview em")).to_have_text("not")
    assert words_of(phone) == text
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("**/sent/")
    assert times_written(phone, site.address, text.replace("*", "")) == 1


# --- Twice, and back --------------------------------------------------------------------------------------------------


def test_a_double_click_writes_once(phone: Page, site: Site) -> None:
    text = unique("Once is enough")
    open_reply(phone, site.address)
    write(phone, text)
    phone.get_by_role("button", name="Send").dblclick()
    phone.wait_for_url("**/sent/")
    assert times_written(phone, site.address, text) == 1


def test_back_after_sending_writes_nothing_twice(phone: Page, site: Site) -> None:
    text = unique("Sent already")
    open_reply(phone, site.address)
    write(phone, text)
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("**/sent/")
    phone.go_back()
    phone.wait_for_url("**/reply/")
    if words_of(phone) == text:  # a browser that kept the page
        phone.get_by_role("button", name="Send").click()
        phone.wait_for_url("**/sent/")
    assert times_written(phone, site.address, text) == 1


def test_a_guest_is_told_that_nothing_is_kept_before_it_is_sent(phone: Page, site: Site) -> None:
    open_reply(phone, site.address)
    expect(phone.get_by_text("Nothing of it is kept before you send it.")).to_be_visible()
    write(phone, "Not sent")
    phone.get_by_role("link", name="Back to the conversation").click()
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.fixture
def scripted(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 780})
    yield context.new_page()
    context.close()


def test_a_member_who_goes_away_from_a_form_that_came_back_finds_the_words_again(scripted: Page, site: Site) -> None:
    """It came back from looking at it, or with a refusal, and nothing was typed since."""
    sign_up(scripted, site)
    text = unique("Came back")
    open_reply(scripted, site.address)
    place = scripted.url
    write(scripted, text)
    scripted.get_by_role("button", name="See how it will look").click()
    expect(scripted.locator("form.composer [data-kept]")).to_have_text("Kept.")
    scripted.get_by_role("link", name="Back to the conversation").click()
    scripted.goto(place)
    take_up(scripted)
    assert words_of(scripted) == text


def test_what_still_fits_is_said_near_the_end_only(scripted: Page, site: Site) -> None:
    scripted.goto(f"{site.address}/new/")
    left = scripted.locator("#id_text_left")
    for length, said in (
        (19_000, ""),
        (19_720, "About 300 characters are left."),
        (20_120, "About 200 characters more"),
    ):
        write(scripted, "x" * length)
        expect(left).to_contain_text(said) if said else expect(left).to_have_text("")


# --- A server that dies -----------------------------------------------------------------------------------------------


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[KilledSite]:
    with KilledSite(tmp_path / "data") as mortal_site:
        yield mortal_site


def test_a_server_that_died_while_somebody_wrote_takes_what_they_send_when_it_is_back(
    chromium: Browser, mortal: KilledSite
) -> None:
    """Pressed while nothing answers, the browser alone holds the words: a draft has them, for members."""
    port = mortal.start().port
    address, text = f"http://127.0.0.1:{port}", unique("Through it all")
    page = chromium.new_context(viewport={"width": 390, "height": 780}).new_page()
    open_reply(page, address)
    write(page, text)
    mortal.kill()
    mortal.start(port)
    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**/sent/")
    assert times_written(page, address, text) == 1
    page.context.close()
