"""axe finds nothing on any page type, light and dark; nothing is wider than a small phone (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.people import sign_up
from tests.browser.test_keeping_words import take_up

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


def _search(words: str) -> Callable[[Page, Site], None]:
    def look_for(page: Page, site: Site) -> None:
        page.goto(f"{site.address}/search/")
        page.get_by_label("Words to look for").fill(words)
        page.get_by_role("button", name="Look for it").click()

    return look_for


def _code(page: Page, site: Site) -> None:
    _sent(page, site)
    page.wait_for_url("**/sent/")
    words = "-".join(page.locator(".claim-code li").all_inner_texts())
    page.goto(f"{site.address}/claim/code/")
    page.get_by_label("Your claim code").fill(words)
    page.get_by_role("button", name="Make six more words").click()


def _code_end(page: Page, site: Site) -> None:
    _sent(page, site)
    page.goto(f"{site.address}/claim/code/end/")


def _codes_end(page: Page, site: Site) -> None:
    _code(page, site)
    page.get_by_role("link", name="End all others").click()


def _hurt_me(page: Page, site: Site) -> None:
    _report(page, site)
    page.get_by_label("Someone who hurt me may be here").check()
    page.get_by_role("main").get_by_role("button", name="Send").click()


def _hide(page: Page, site: Site) -> None:
    _report(page, site)
    page.goto(page.url.replace("/report/", "/hide/"))


def _burn(page: Page, site: Site) -> None:
    _own(page, site)
    page.get_by_role("link", name="nobody").click()


def _adopt(page: Page, site: Site) -> None:
    _sent(page, site)
    sign_up(page, site)
    page.goto(f"{site.address}/claim/adopt/")


def _kept(page: Page, site: Site) -> None:
    sign_up(page, site)
    page.goto(f"{site.address}/new/")
    page.get_by_label("Your words").fill("Kept.")
    page.get_by_role("button", name="Keep for later").click()


def _offered(page: Page, site: Site) -> None:
    _kept(page, site)
    page.goto(f"{site.address}/new/")


def _taken_up(page: Page, site: Site) -> None:
    _offered(page, site)
    take_up(page)


def _drafts(page: Page, site: Site) -> None:
    _taken_up(page, site)
    page.goto(f"{site.address}/drafts/")


def _too_old(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill("Read by axe")
    page.get_by_label("Your words").fill("Some words.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send").click()


def _at(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        page.goto(f"{site.address}{path}")

    return go


def _copy(page: Page, site: Site) -> None:
    _as_member("/accounts/export/")(page, site)
    page.get_by_role("button", name="Make a copy").click()
    for _look in range(40):
        if page.get_by_role("heading", name="It is ready").is_visible():
            return
        page.get_by_role("link", name="Look again").click()


def _case(page: Page, site: Site) -> None:
    assert page.context.browser
    visitor = page.context.browser.new_page()
    _sent(visitor, site)  # so that there is one
    visitor.wait_for_url("**/sent/")
    visitor.close()
    page.goto(f"{site.address}/admin/moderation/case/")
    page.locator("#result_list tbody a").first.click()


def _signed_up(page: Page, site: Site, path: str) -> None:
    sign_up(page, site)
    page.goto(f"{site.address}{path}")


def _as_member(path: str) -> Callable[[Page, Site], None]:
    return lambda page, site: _signed_up(page, site, path)


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
    "search": _at("/search/"),
    "found": _search("contact"),
    "not found by words": _search("quokka"),
    "nothing to look for": _search("*"),
    "claim": _at("/claim/"),
    "another code": _code,
    "end a code": _code_end,
    "end all others": _codes_end,
    "someone who hurt me": _hurt_me,
    "make it nobody's": _burn,
    "adopt": _adopt,
    "a draft offered": _offered,
    "a draft taken up": _taken_up,
    "drafts": _drafts,
    "sent too late": _too_old,
    "help": _at("/help/?country=GB"),
    "staying safe": _at("/staying-safe/"),
    "sign in": _at("/accounts/login/"),
    "sign up": _at("/accounts/signup/"),
    "recover": _at("/accounts/recover/"),
    "account": _as_member("/accounts/"),
    "recovery words": _as_member("/accounts/recovery-words/"),
    "an app": _as_member("/accounts/second-step/app/"),
    "second step": _as_member("/accounts/second-step/"),
    "a passkey": _as_member("/accounts/passkeys/add/"),
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


def _block(page: Page, site: Site) -> None:
    _thread(page, site)
    page.locator("article").nth(1).get_by_role("link", name="Block").click()


def _blocked(page: Page, site: Site) -> None:
    _block(page, site)
    page.get_by_role("main").get_by_role("button", name="Block").click()


def _follow(page: Page, site: Site) -> None:
    _thread(page, site)
    page.get_by_role("main").get_by_role("link", name="Follow").click()


MEMBERS = (_thread, _report, _hide, _block, _blocked, _at("/blocks/"), _follow, _at("/inbox/"))


def test_a_members_pages_have_no_flaw_and_fit_a_small_phone_and_a_narrow_desk(small_phone: Page, site: Site) -> None:
    sign_up(small_phone, site)
    for go in MEMBERS:
        go(small_phone, site)
        assert flaws(small_phone) == []
        assert small_phone.evaluate("document.documentElement.scrollWidth") <= 320
    small_phone.set_viewport_size({"width": 1000, "height": 640})
    assert small_phone.evaluate("document.documentElement.scrollWidth") <= 1000


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
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Send":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")
    page.close()
