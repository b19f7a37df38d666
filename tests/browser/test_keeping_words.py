"""Words are not lost: to a visit that ended, to a closed page, to leaving. With JavaScript and without."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, new_context
from tests.browser.people import PASSWORD, sign_up
from tests.browser.test_a_story import unique

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Your name here").fill(name)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def take_up(page: Page) -> None:
    """It may take the password."""
    page.get_by_role("button", name="Take them up").click()
    if page.get_by_role("heading", name="Your password once more").count():
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Take them up").click()


def end_visit(page: Page) -> None:
    """Over on the server, while the form stands open."""
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"] != "s"]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave is what it takes


def test_a_visit_that_ended_while_somebody_wrote_loses_nothing(phone: Page, site: Site) -> None:
    name, text = sign_up(phone, site), unique("It began slowly")
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill("Interrupted")
    phone.get_by_label("Your words").fill(text)
    phone.get_by_label("another name, in this conversation only").check()
    end_visit(phone)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert").first).to_contain_text("You are not signed in any more")

    phone.get_by_role("main").get_by_role("button", name="Sign in and go on").click()
    sign_in(phone, name)

    phone.wait_for_url(f"{site.address}/new/")
    expect(phone.get_by_label("Your words")).to_have_value(text)
    expect(phone.get_by_label("Title")).to_have_value("Interrupted")
    expect(phone.get_by_label("another name, in this conversation only")).to_be_checked()
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("**/sent/")


def test_a_visit_whose_cookies_all_went_gives_the_words_back_to_be_sent(phone: Page, site: Site) -> None:
    text = unique("All cookies gone")
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill("No cookies")
    phone.get_by_label("Your words").fill(text)
    phone.context.clear_cookies()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_label("Your words", exact=True)).to_have_value(text)
    phone.get_by_role("button", name="Send it again").click()
    phone.wait_for_url("**/sent/")


def test_words_are_kept_by_the_button_offered_and_taken_up(phone: Page, site: Site) -> None:
    sign_up(phone, site)
    text = unique("Not ready yet")
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Your words").fill(text)
    phone.get_by_role("button", name="Keep for later").click()
    expect(phone.get_by_text("Your words are kept for thirty days")).to_be_visible()
    phone.goto(f"{site.address}/new/")
    expect(phone.get_by_text(text)).to_have_count(0)
    take_up(phone)
    expect(phone.get_by_label("Your words")).to_have_value(text)
    phone.goto(f"{site.address}/drafts/")
    expect(phone.get_by_text(text)).to_be_visible()


@pytest.fixture
def scripted(chromium: Browser, site: Site) -> Iterator[Page]:
    context = new_context(chromium, site)
    yield context.new_page()
    context.close()


def test_words_are_kept_while_they_are_written_and_gone_when_they_are_sent(scripted: Page, site: Site) -> None:
    sign_up(scripted, site)
    text = unique("Kept by itself")
    scripted.goto(f"{site.address}/new/")
    scripted.get_by_label("Title").fill("Kept")
    scripted.get_by_label("Your words").fill(text)
    expect(scripted.locator("form.composer [data-kept]")).to_have_text("Kept.")
    scripted.get_by_label("Your words").fill(f"{text} and more")
    expect(scripted.locator("form.composer [data-kept]")).to_have_text("")
    expect(scripted.locator("form.composer [data-kept]")).to_have_text("Kept.")
    assert scripted.evaluate("localStorage.length + sessionStorage.length") == 0

    # A page that is closed in the middle.
    scripted.goto(f"{site.address}/new/")
    take_up(scripted)
    expect(scripted.get_by_label("Your words")).to_have_value(f"{text} and more")
    scripted.get_by_label("Your words").fill(f"{text}, and more, and more")
    deadline = monotonic() + 15
    while True:  # what is sent for a page that is gone may arrive after the next one
        scripted.goto(f"{site.address}/drafts/")
        if scripted.get_by_text(f"{text}, and more, and more").count():
            break
        assert monotonic() < deadline, "not kept"
    scripted.goto(f"{site.address}/new/")
    take_up(scripted)
    expect(scripted.get_by_label("Your words")).to_have_value(f"{text}, and more, and more")

    scripted.get_by_label("Title").fill("Kept")
    scripted.get_by_role("button", name="Send").click()
    scripted.wait_for_url("**/sent/")
    scripted.goto(f"{site.address}/drafts/")
    expect(scripted.get_by_text("Nothing is kept for later.")).to_be_visible()


def test_it_says_when_it_could_not_keep(scripted: Page, site: Site) -> None:
    sign_up(scripted, site)
    scripted.goto(f"{site.address}/new/")
    end_visit(scripted)
    scripted.get_by_label("Your words").fill("Not kept")
    expect(scripted.locator("form.composer [data-kept]")).to_contain_text("not signed in any more")


def test_leaving_keeps_nothing_more_and_loses_nothing_that_was_kept(scripted: Page, site: Site) -> None:
    name = sign_up(scripted, site)
    text = unique("Kept before")
    scripted.goto(f"{site.address}/new/")
    scripted.get_by_label("Your words").fill(text)
    expect(scripted.locator("form.composer [data-kept]")).to_have_text("Kept.")
    scripted.get_by_label("Your words").fill(f"{text}, and a word more")
    asked: list[str] = []
    scripted.on("request", lambda sent: asked.append(sent.url) if "/drafts/" in sent.url else None)
    scripted.get_by_role("link", name="Leave this site").click()
    scripted.wait_for_url(site.elsewhere)
    assert asked == []
    scripted.go_back()
    expect(scripted.get_by_text(text)).to_have_count(0)

    scripted.context.clear_cookies()
    scripted.goto(f"{site.address}/accounts/login/?next=/new/")
    sign_in(scripted, name)
    expect(scripted.get_by_text("You kept words here")).to_be_visible()
    expect(scripted.get_by_text(text)).to_have_count(0)
    take_up(scripted)
    expect(scripted.get_by_label("Your words")).to_have_value(text)
