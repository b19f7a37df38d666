"""A closed decision was wrong: it is taken back on its page, and its author reads why. With a script and without."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, new_context, reload_until
from tests.browser.test_a_story import decide, open_case, unique, write_story

pytestmark = pytest.mark.browser
WRONG, WHY = "It names a street.", "It is the name of a song. We are sorry."


def test_hidden_by_mistake_taken_back_and_decided_anew(
    chromium: Browser, site: Site, phone: Page, desk: Page, javascript: bool
) -> None:
    title, text = unique("A kitchen"), unique("Words about a kitchen")
    write_story(phone, site, title, text)
    open_case(desk, site, title)
    place = desk.url
    decide(desk, "hide", reason=WRONG)
    phone.goto(f"{site.address}/mine/")
    phone.get_by_role("link", name=title).click()
    phone.get_by_role("link", name="What was decided, and why").click()
    reload_until(phone, WRONG)

    # The page says what follows; without why nothing is done, and what is done can be undone for some seconds.
    desk.set_viewport_size({"width": 320, "height": 640})
    desk.goto(place)
    expect(desk.get_by_text("The post is there for others, in its place")).to_be_visible()
    _looked_at(desk, "reversal")
    desk.get_by_role("button", name="Take the decision back").click()
    expect(desk.get_by_role("alert").filter(has_text="Say in a sentence why it was not right")).to_be_in_viewport()
    desk.get_by_label("Why it was not right").fill(WHY)
    desk.get_by_role("button", name="Take the decision back").click()
    expect(desk.get_by_text("Taken back. For some seconds you can undo that.")).to_be_visible()
    _looked_at(desk, "reversed")
    desk.get_by_role("button", name="Undo", exact=True).click()
    expect(desk.get_by_label("Why it was not right")).to_have_value(WHY)
    desk.get_by_role("button", name="Take the decision back").click()
    expect(desk.get_by_text("Taken back since:")).to_be_visible()

    # Everybody reads the story; its author reads why, and that nothing stands against it.
    anybody = new_context(chromium, site, javascript=javascript).new_page()
    anybody.goto(site.address)
    expect(anybody.get_by_role("link", name=title).first).to_be_visible()
    reload_until(phone, WHY)
    expect(phone.get_by_role("main")).to_contain_text("The team has taken this back since.")
    if javascript:  # axe is a script
        _looked_at(phone, "told")

    # And what was left where it is can be decided anew.
    desk.goto(place)
    desk.get_by_label("Why it was not right").fill("It does name a street.")
    desk.get_by_role("button", name="Take the decision back, and decide anew").click()
    expect(desk.get_by_role("button", name="Decide", exact=True)).to_be_visible()
    _looked_at(desk, "anew")
    anybody.reload()
    expect(anybody.get_by_role("link", name=title).first).to_be_visible()
    anybody.context.close()


def _looked_at(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)
