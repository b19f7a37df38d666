"""Leaving in a hurry (safety.md L1-L4), in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import FLAGS, Site, _Elsewhere, chromium_path, new_context

pytestmark = pytest.mark.browser


def open_thread(page: Page, site: Site) -> str:
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()
    text: str = page.locator("article p").nth(3).inner_text()
    assert len(text) > 20
    return text


def assert_gone(page: Page, site: Site, text: str) -> None:
    page.wait_for_url(site.elsewhere)
    for _ in range(3):
        page.go_back()
        assert text not in page.content()
    page.go_forward()
    assert text not in page.content()


def test_the_link_leaves_and_back_shows_nothing(phone: Page, site: Site) -> None:
    text = open_thread(phone, site)
    phone.locator("a.leave").click()
    assert_gone(phone, site, text)


def test_nothing_tells_the_next_page_where_somebody_came_from(phone: Page, site: Site) -> None:
    open_thread(phone, site)
    _Elsewhere.referrers.clear()
    phone.locator("a.leave").click()
    phone.wait_for_url(site.elsewhere)
    assert set(_Elsewhere.referrers) == {None}


def test_it_is_first_in_tab_order_and_in_view_after_scrolling(phone: Page, site: Site) -> None:
    phone.set_viewport_size({"width": 320, "height": 568})
    open_thread(phone, site)
    phone.keyboard.press("Tab")
    assert phone.locator("a.leave:focus").count() == 1
    phone.mouse.wheel(0, 3000)
    box = phone.locator("a.leave").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= 320 - box["width"]
    assert 0 <= box["y"] <= 568 - box["height"]
    assert box["height"] >= 44


def test_a_visit_that_was_left_cannot_be_taken_up_again(phone: Page, site: Site) -> None:
    phone.goto(f"{site.address}/accounts/login/")
    phone.locator("main input[name=login]").fill(site.moderator)
    phone.locator("main input[name=password]").fill(site.password)
    phone.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    phone.wait_for_url(f"{site.address}/")
    cookies = phone.context.cookies()
    phone.locator("a.leave").click()
    phone.wait_for_url(site.elsewhere)
    phone.context.clear_cookies()
    phone.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they came
    phone.goto(f"{site.address}/admin/")
    assert "/accounts/login/" in phone.url


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
class TestWithTheKeyboard:
    def test_shift_three_times_leaves(self, phone: Page, site: Site) -> None:
        text = open_thread(phone, site)
        for _ in range(3):
            phone.keyboard.press("Shift")
        assert_gone(phone, site, text)

    def test_another_key_between_begins_anew(self, phone: Page, site: Site) -> None:
        open_thread(phone, site)
        before = phone.url
        for key in ("Shift", "Shift", "a", "Shift", "Shift"):
            phone.keyboard.press(key)
        phone.keyboard.press("Shift+A")
        phone.keyboard.press("Shift")
        assert phone.url == before
        expect(phone.locator("article").first).to_be_visible()

    def test_the_page_is_covered_in_the_same_frame(self, phone: Page, site: Site) -> None:
        open_thread(phone, site)
        phone.route("**/leave/", lambda route: route.abort())
        covered = phone.evaluate(
            """() => new Promise(resolve => {
                 document.querySelector('a.leave').click();
                 const box = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
                 resolve(box === null || !box.closest('article, main, header'));
               })"""
        )
        assert covered


def test_who_comes_back_finds_a_door(phone: Page, site: Site) -> None:
    open_thread(phone, site)
    phone.locator("a.leave").click()
    phone.wait_for_url(site.elsewhere)
    phone.goto(site.address)
    expect(phone.locator("article")).to_have_count(0)
    phone.get_by_role("link").or_(phone.get_by_role("button")).first.click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert phone.url == f"{site.address}/"


# --- Words that a guest was writing, when the browser kept their page for Back ----------------------------------------


@pytest.fixture
def keeping(chromium: Browser, site: Site, javascript: bool) -> Iterator[Page]:
    """In a browser that keeps pages for Back, as people's do; what drives it here switches that off."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield new_context(browser, site, javascript=javascript).new_page()
    browser.close()


def look_at_the_rules_while_writing(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Your words").fill("It began slowly.")
    page.locator("main").get_by_role("link", name="house rules").click()
    page.wait_for_url("**/rules/")


def test_who_looks_at_the_rules_and_comes_back_finds_their_words(keeping: Page, site: Site) -> None:
    look_at_the_rules_while_writing(keeping, site)
    keeping.go_back(wait_until="commit")  # a page that was kept does not load
    expect(keeping.get_by_label("Your words")).to_have_value("It began slowly.")
    expect(keeping.get_by_label("Your words")).to_be_visible()


def test_who_left_from_there_finds_none(keeping: Page, site: Site) -> None:
    look_at_the_rules_while_writing(keeping, site)
    keeping.locator("a.leave").click()
    keeping.wait_for_url(site.elsewhere)
    keeping.goto(f"{site.address}/")
    keeping.get_by_role("link", name="Open").click()  # the mark goes, and the old pages are still behind Back
    keeping.wait_for_url(f"{site.address}/")
    for _step in range(20):
        if keeping.url.endswith("/new/"):
            break
        with suppress(Error):  # the one page is not gone yet and the other not there: asked again
            keeping.go_back(wait_until="commit")
    expect(keeping.get_by_label("Your words")).to_be_visible()
    expect(keeping.get_by_label("Your words")).to_have_value("")


def test_six_words_that_were_written_down_stand_behind_no_back(keeping: Page, site: Site) -> None:
    keeping.goto(f"{site.address}/new/")
    keeping.get_by_label("Title").fill("Six words")
    keeping.get_by_label("Your words", exact=True).fill("It began slowly.")
    keeping.get_by_role("button", name="Send").click()
    expect(keeping.locator(".claim-code")).to_be_visible()
    keeping.get_by_role("button", name="I have written them down").click()
    expect(keeping.locator(".claim-code")).to_have_count(0)
    keeping.get_by_role("link", name="Read what others wrote").click()
    keeping.wait_for_url(f"{site.address}/")
    while not keeping.url.endswith("/new/"):
        keeping.go_back(wait_until="commit")
        expect(keeping.locator(".claim-code")).to_have_count(0)
