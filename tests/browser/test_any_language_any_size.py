"""Every language has room, from right to left too; and so has larger text. Nothing is lost, and the way out stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.people import sign_up

pytestmark = pytest.mark.browser

# What is wrong with how a page lies there. Nothing moves sideways, the way out lies free, no word is cut off. But the
# sign-up's offered name is drawn, and may be longer than a small phone: it moves in its box, and stands whole above it.
LOOK = """() => {
  const wrong = [], width = document.documentElement.clientWidth;
  const box = (element) => element.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left || a.left >= b.right || a.bottom <= b.top || a.top >= b.bottom;
  if (document.documentElement.scrollWidth > width) wrong.push(`wide: ${document.documentElement.scrollWidth}`);
  const exit = document.querySelector(".leave"), around = box(exit);
  const middle = document.elementFromPoint((around.left + around.right) / 2, (around.top + around.bottom) / 2);
  if (middle !== exit || around.left < 0 || around.right > width || around.top < 0) wrong.push("the way out");
  if (!scrollY) for (const element of document.querySelectorAll(".home, .ways-in a, .ways-in button, main h1"))
    if (!apart(box(element), around)) wrong.push(`under the way out: ${element.textContent}`);
  for (const element of document.querySelectorAll("main *, .ways-in *, .bottom *")) {
    const hides = getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    const moves = element.closest(".visually-hidden, [name=username]");
    if (hides && !moves) wrong.push(`cut: ${element.textContent.slice(0, 60)}`);
  }
  return wrong;
}"""

VISITORS = (
    "/",
    "/new/",
    "/search/",
    "/help/?country=GB",
    "/staying-safe/",
    "/claim/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/recover/",
    "/nowhere/",
)
MEMBERS = ("/", "/inbox/", "/mine/", "/drafts/", "/blocks/", "/accounts/", "/accounts/visits/", "/accounts/erase/")


def look(page: Page) -> list[str]:
    wrong: list[str] = page.evaluate(LOOK)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    wrong += page.evaluate(LOOK)
    return wrong


def pages_of_a_thread(page: Page, site: Site) -> list[str]:
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()
    links = page.locator("article .acts a")
    found = [links.nth(place).get_attribute("href") or "" for place in range(min(links.count(), 8))]
    return [page.url.removeprefix(site.address), *found]


def flaws(page: Page, site: Site, change: Callable[[Page], None] = lambda _page: None) -> list[tuple[str, str]]:
    """On the pages that a visitor sees, then on a member's."""
    wrong = []
    for urls in ((*VISITORS, *pages_of_a_thread(page, site)), MEMBERS):
        if urls is MEMBERS:
            sign_up(page, site)
        for url in urls:
            page.goto(f"{site.address}{url}")
            change(page)
            wrong += [(url, each) for each in look(page)]
    return wrong


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_page(width: int, language: str = "en-GB") -> Page:
        contexts.append(chromium.new_context(locale=language, viewport={"width": width, "height": 700}))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", ["es-MX", "fr-FR", "de-DE"])
def test_every_language_fits_a_small_phone(opened: Callable[..., Page], site: Site, language: str) -> None:
    page = opened(320, language)
    assert flaws(page, site) == []
    assert page.locator("html").get_attribute("lang") == language[:2]


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_larger_text_loses_nothing(opened: Callable[..., Page], site: Site, width: int) -> None:
    """As somebody has it who set their browser to letters of 24 pixels instead of 16."""
    enlarge = "document.documentElement.style.fontSize = '159.4%'"
    assert flaws(opened(width), site, lambda page: page.evaluate(enlarge)) == []


# Where things lie, by their middles, as shares of the width.
PLACES = """() => Object.fromEntries([".leave", ".home", ".ways-in li:first-child"].map((name) => {
  const around = document.querySelector(name).getBoundingClientRect();
  return [name, (around.left + around.right) / 2 / document.documentElement.clientWidth];
}))"""
# On which side a paragraph begins, and on which side a reply's line stands.
SIDES = """() => {
  const text = document.createRange();
  const first = document.querySelector("main .about");
  text.selectNodeContents(first);
  const around = first.getBoundingClientRect(), words = text.getBoundingClientRect();
  const reply = getComputedStyle(document.querySelector(".depth-2"));
  return {
    begins: Math.abs(around.right - words.right) < 2 ? "right" : "left",
    line: parseFloat(reply.borderRightWidth) > parseFloat(reply.borderLeftWidth) ? "right" : "left",
    indent: parseFloat(reply.marginRight) > parseFloat(reply.marginLeft) ? "right" : "left",
  };
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_a_language_from_right_to_left_has_everything_mirrored(
    opened: Callable[..., Page], mirrored_site: Site, width: int
) -> None:
    page = opened(width, "he")

    assert flaws(page, mirrored_site) == []
    assert page.locator("html").get_attribute("dir") == "rtl"
    places = page.evaluate(PLACES)
    assert places[".leave"] < 0.5 < places[".home"]
    assert places[".ways-in li:first-child"] > 0.5
    page.goto(f"{mirrored_site.address}{pages_of_a_thread(page, mirrored_site)[0]}")
    assert page.evaluate(SIDES) == {"begins": "right", "line": "right", "indent": "right"}
    # What somebody wrote runs as its own letters do: the first thread is in English.
    assert page.locator("main .words p").first.evaluate("(text) => getComputedStyle(text).direction") == "ltr"


def test_the_same_page_in_english_is_not_mirrored(opened: Callable[..., Page], site: Site) -> None:
    page = opened(1280)
    page.goto(f"{site.address}{pages_of_a_thread(page, site)[0]}")
    assert page.evaluate(SIDES) == {"begins": "left", "line": "left", "indent": "left"}
    places = page.evaluate(PLACES)
    assert places[".home"] < 0.5 < places[".leave"]
