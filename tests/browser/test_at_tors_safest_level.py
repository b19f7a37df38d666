"""Tor Browser at its safest level runs no JavaScript and shows no SVG, no fonts of a site's own, no media. Nothing here
needs them (safety.md M3), and no page asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from config.env import BASE_DIR
from tests.browser.conftest import Site
from tests.browser.test_a_story import unique, write_story

pytestmark = pytest.mark.browser

BLOCKED_KINDS = {"font", "media", "websocket", "manifest"}
# What such a browser leaves out of a page, and what asks for it.
LEFT_OUT = "svg, canvas, video, audio, object, embed, iframe, [src*='.svg'], [href*='.svg'], [src^='data:']"


@dataclass
class Safest:
    """A browser at that level. `asked` is what pages asked it for and it would not have loaded."""

    page: Page
    asked: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def let_through(self, route: Route) -> None:
        request = route.request
        if request.resource_type in BLOCKED_KINDS or ".svg" in request.url:
            self.asked.append(request.url)
            route.abort()
        else:
            route.continue_()

    def look(self) -> None:
        found = self.page.locator(LEFT_OUT)
        self.left_out += [found.nth(place).evaluate("(part) => part.outerHTML") for place in range(found.count())]


@pytest.fixture
def safest(chromium: Browser, site: Site) -> Iterator[Safest]:
    context = chromium.new_context(
        java_script_enabled=False, locale="en-US", timezone_id="UTC", viewport={"width": 1000, "height": 700}
    )
    browser = Safest(context.new_page())
    context.route("**/*", browser.let_through)
    yield browser
    context.close()
    assert browser.asked == []
    assert browser.left_out == []


def test_she_reads_writes_and_comes_back_with_her_six_words(safest: Safest, site: Site) -> None:
    page, title = safest.page, unique("Only words")
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()
    expect(page.locator("article").nth(3)).to_be_visible()
    safest.look()

    write_story(page, site, title, "Nothing but text.")
    safest.look()
    code = "-".join(re.findall(r"[a-z]+", page.locator(".claim-code").inner_text().lower()))
    page.context.clear_cookies()
    page.goto(f"{site.address}/claim/")
    page.get_by_label("Your six words").fill(code)
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("main").get_by_role("link", name=title).first.click()

    expect(page.get_by_role("main")).to_contain_text("waiting for a first look", ignore_case=True)
    safest.look()


def test_she_answers_somebody(safest: Safest, site: Site) -> None:
    page = safest.page
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()
    page.locator("article").nth(1).get_by_role("link", name="Reply").click()
    page.get_by_label("Your words").fill(unique("I believe you"))
    safest.look()
    page.get_by_role("main").get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/")
    safest.look()


def test_she_finds_help_searches_and_leaves(safest: Safest, site: Site) -> None:
    page = safest.page
    page.goto(f"{site.address}/help/")
    page.get_by_label("Country").select_option("GB")
    page.get_by_role("main").get_by_role("button", name="Show").click()
    expect(page.locator('a[href="tel:999"]').first).to_be_visible()
    safest.look()
    page.goto(f"{site.address}/search/")
    page.get_by_label("Words to look for").fill("contact")
    page.get_by_role("button", name="Look for it").click()
    expect(page.locator("main mark").first).to_be_visible()
    safest.look()
    page.get_by_role("contentinfo").get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("a.leave").click()
    page.wait_for_url(site.elsewhere)


def test_our_style_fetches_nothing() -> None:
    style = (BASE_DIR / "static" / "hearth.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@font-face|@import", style)
