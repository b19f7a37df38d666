"""axe finds nothing on any page type, light and dark; nothing is wider than a small phone (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _thread(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()


def _reply(page: Page, site: Site) -> None:
    _thread(page, site)
    page.locator("article").nth(1).get_by_role("link", name="Reply").click()


def _report(page: Page, site: Site) -> None:
    _thread(page, site)
    page.locator("article").nth(1).get_by_role("link", name="Report").click()


def _refused(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_role("button", name="Send").click()


def _sent(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill("Read by axe")
    page.get_by_label("Your words").fill("Some words, and https://example.org/ too.\n\n> a quote\n\n- a list")
    page.get_by_role("button", name="Send").click()


def _own(page: Page, site: Site) -> None:
    _sent(page, site)
    page.get_by_role("main").get_by_role("link", name="Look at it").click()


def _mine(page: Page, site: Site) -> None:
    _sent(page, site)
    page.goto(f"{site.address}/mine/")


def _erase(page: Page, site: Site) -> None:
    _own(page, site)
    page.get_by_role("link", name="Erase").click()


def _at(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        page.goto(f"{site.address}{path}")

    return go


def _as_member(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        page.goto(f"{site.address}/accounts/signup/")
        page.get_by_label("A password").fill("seven calm herons wade")
        page.get_by_role("main").get_by_role("button").click()
        page.goto(f"{site.address}{path}")
        if page.get_by_role("heading", name="Your password once more").is_visible():
            page.get_by_label("Your password").fill("seven calm herons wade")
            page.get_by_role("button", name="Go on").click()

    return go


def _copy(page: Page, site: Site) -> None:
    _as_member("/accounts/export/")(page, site)
    page.get_by_role("button", name="Make a copy").click()
    for _look in range(40):
        if page.get_by_role("heading", name="It is ready").is_visible():
            return
        page.get_by_role("link", name="Look again").click()


def _case(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/admin/moderation/case/")
    page.locator("#result_list a").first.click()


PAGES = {
    "home": _at("/"),
    "thread": _thread,
    "composer": _at("/new/"),
    "refused": _refused,
    "reply": _reply,
    "report": _report,
    "sent": _sent,
    "own post": _own,
    "mine": _mine,
    "erase": _erase,
    "claim": _at("/claim/"),
    "help": _at("/help/?country=GB"),
    "staying safe": _at("/staying-safe/"),
    "sign in": _at("/accounts/login/"),
    "sign up": _at("/accounts/signup/"),
    "visits": _as_member("/accounts/visits/"),
    "copy": _copy,
    "closing an account": _as_member("/accounts/erase/"),
    "opening one again": _at("/accounts/reopen/"),
    "not found": _at("/t/00000000000000/"),
}
DESK = {
    "desk": _at("/admin/"),
    "queue": _at("/admin/moderation/case/"),
    "case": _case,
    "the log": _at("/admin/moderation/auditentry/"),
}


@pytest.fixture(params=["light", "dark"])
def small_phone(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=request.param)
    yield context.new_page()
    context.close()


def flaws(page: Page) -> list[str]:
    """Axe is injected by the browser's debugger, which the page's policy does not bind."""
    found = Axe().run(page).response["violations"]
    return [f"{flaw['id']}: {node['html'][:120]}" for flaw in found for node in flaw["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_flaw_and_fits_a_small_phone(small_phone: Page, site: Site, name: str) -> None:
    PAGES[name](small_phone, site)
    assert flaws(small_phone) == []
    assert small_phone.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", DESK)
def test_the_desk_has_no_flaw(desk: Page, site: Site, name: str) -> None:
    DESK[name](desk, site)
    assert flaws(desk) == []


def test_a_story_is_written_and_sent_by_keyboard_alone(chromium: Browser, site: Site) -> None:
    page = chromium.new_page()
    page.goto(f"{site.address}/new/")
    for key in ("Title", "By keyboard"), ("Your words", "Nothing but keys."):
        label, words = key
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.labels?.[0]?.innerText") == label:
                break
        page.keyboard.type(words)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Send":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")
    page.close()
