"""axe finds nothing on any page type, light and dark; nothing is wider than a small phone (WCAG 2.2 AA).

A page is known by the name of its address: a new one without a line here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, Page

from tests.accounts.factors import totp
from tests.browser.conftest import Site
from tests.browser.people import PASSWORD, sign_up
from tests.browser.test_a_story import decide, open_case, unique, write_story
from tests.browser.test_keeping_words import take_up
from tests.house.doors import url_names

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


def _category(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.locator(".categories a").first.click()


def _refused(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_role("button", name="Send").click()


def _sent(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill("Read by axe")
    page.get_by_label("Your words").fill("Some words.\n\n> a quote\n\n- a list")
    page.get_by_role("button", name="Send").click()


def _noticed(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill("Read by axe")
    page.get_by_label("Your words").fill("Some words, and https://example.org/ too.")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Send it as it is").wait_for()


def _own(page: Page, site: Site) -> None:
    _sent(page, site)
    page.get_by_role("main").get_by_role("link", name="Look at it").click()


def _mine(page: Page, site: Site) -> None:
    _sent(page, site)
    page.goto(f"{site.address}/mine/")


def _changed(page: Page, site: Site) -> None:
    _own(page, site)
    _follow(page, "edit")
    page.get_by_label("Your words").fill("Some other words.")
    _press(page, "Save the change")
    _follow(page, "before")


def _delayed(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Title").fill("Read by axe")
    page.get_by_label("Your words").fill("Some words.")
    page.get_by_label("When should it appear?").select_option(label="in a day or more")
    _press(page, "Send")
    page.get_by_role("main").get_by_role("link", name="Look at it").click()
    _follow(page, "delay")


def _wishes(page: Page, site: Site) -> None:
    """Of a thread that is held: of all it has, its author's page names the address for pausing it."""
    _own(page, site)
    pause = page.locator('main form[action$="/pause/"]').get_attribute("action") or ""
    page.goto(f"{site.address}{pause.replace('/pause/', '/wish/')}")


def _left_out(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/without/")
    page.get_by_label("violence", exact=True).check()
    _press(page, "Leave these out")
    page.goto(f"{site.address}/without/")


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
    page.get_by_label("Your six words").fill(words)
    page.get_by_role("button", name="Make six more words").click()


def _code_end(page: Page, site: Site) -> None:
    _sent(page, site)
    page.goto(f"{site.address}/claim/code/end/")


def _codes_end(page: Page, site: Site) -> None:
    _code(page, site)
    _follow(page, "end-others")


def _hurt_me(page: Page, site: Site) -> None:
    _report(page, site)
    page.get_by_label("Someone who hurt me may be here").check()
    _press(page, "Send")


def _hide(page: Page, site: Site) -> None:
    sign_up(page, site)
    _report(page, site)
    page.goto(page.url.replace("/report/", "/hide/"))


def _burn(page: Page, site: Site) -> None:
    _own(page, site)
    page.get_by_role("link", name="nobody").click()


def _adopt(page: Page, site: Site) -> None:
    _sent(page, site)
    page.wait_for_url("**/sent/")
    code = "-".join(page.locator(".claim-code li").all_inner_texts())
    sign_up(page, site)
    page.goto(f"{site.address}/claim/")
    page.get_by_label("Your six words").fill(code)
    page.get_by_role("main").get_by_role("button").first.click()
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
    page.locator("ol.cases h2 a").first.click()


def _signed_up(page: Page, site: Site, path: str) -> None:
    sign_up(page, site)
    page.goto(f"{site.address}{path}")


def _as_member(path: str) -> Callable[[Page, Site], None]:
    return lambda page, site: _signed_up(page, site, path)


def _press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def _follow(page: Page, end: str) -> None:
    page.locator(f'main a[href$="/{end}/"]').first.click()


def _own_then(end: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        _own(page, site)
        _follow(page, end)

    return go


def _thread_then(end: str) -> Callable[[Page, Site], None]:
    """As a member."""

    def go(page: Page, site: Site) -> None:
        sign_up(page, site)
        _thread(page, site)
        _follow(page, end)

    return go


def _blocked(page: Page, site: Site) -> None:
    _thread_then("block")(page, site)
    _press(page, "Block")


def _behind_password(path: str) -> Callable[[Page, Site], None]:
    """As a member who gives their password once more."""

    def go(page: Page, site: Site) -> None:
        _signed_up(page, site, path)
        page.get_by_label("Your password").fill(PASSWORD)
        _press(page, "Go on")

    return go


def _with_app(page: Page, site: Site) -> str:
    """Somebody new with a second step, in front of their one-time codes. Returns their name."""
    name = sign_up(page, site)
    page.goto(f"{site.address}/accounts/second-step/app/")
    page.get_by_label("Your password").fill(PASSWORD)
    _press(page, "Go on")
    secret = page.locator(".secret code").inner_text()
    page.get_by_label("The code that the app shows now").fill(totp(secret))
    _press(page, "Switch it on")
    page.wait_for_url("**/second-step/codes/")
    return name


def _one_time_codes(page: Page, site: Site) -> None:
    _with_app(page, site)


def _with_app_at(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        _with_app(page, site)
        page.goto(f"{site.address}{path}")

    return go


def _second_step(page: Page, site: Site) -> None:
    name = _with_app(page, site)
    page.get_by_role("navigation").get_by_role("button", name="Sign out").click()
    page.goto(f"{site.address}/accounts/login/")
    page.get_by_label("Your name here").fill(name)
    page.get_by_label("Your password").fill(PASSWORD)
    _press(page, "Sign in")


def _closed(page: Page, site: Site) -> None:
    _as_member("/accounts/erase/")(page, site)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("My words and my account: erase both").check()
    _press(page, "Close it for good")


# What a page is called here: the name of its address, and the way to it.
PAGES: dict[str, tuple[str, Callable[[Page, Site], None]]] = {
    "home": ("forum:home", _at("/")),
    "a category": ("forum:category-detail", _category),
    "thread": ("forum:thread-detail", _thread),
    "composer": ("forum:story-new", _at("/new/")),
    "refused": ("forum:story-new", _refused),
    "before it is sent": ("forum:story-new", _noticed),
    "reply": ("forum:post-reply", _reply),
    "report": ("moderation:post-report", _report),
    "what became of a report": ("moderation:report-look-up", _at("/reports/")),
    "sent": ("forum:post-sent", _sent),
    "own post": ("forum:post-detail", _own),
    "change it": ("forum:post-edit", _own_then("edit")),
    "what it said before": ("forum:post-revisions", _changed),
    "wishes": ("forum:thread-wish", _wishes),
    "another day": ("forum:post-delay", _delayed),
    "content notes": ("forum:post-notes", _own_then("notes")),
    "left out": ("forum:filter", _left_out),
    "mine": ("forum:mine", _mine),
    "erase": ("forum:post-erase", _erase),
    "search": ("forum:search", _at("/search/")),
    "found": ("forum:search", _search("contact")),
    "not found by words": ("forum:search", _search("quokka")),
    "nothing to look for": ("forum:search", _search("*")),
    "claim": ("forum:claim", _at("/claim/")),
    "another code": ("forum:claim-code", _code),
    "end a code": ("forum:claim-code-end", _code_end),
    "end all others": ("forum:claim-codes-end-others", _codes_end),
    "make it nobody's": ("forum:post-burn", _burn),
    "adopt": ("forum:claim-adopt", _adopt),
    "a draft offered": ("forum:story-new", _offered),
    "a draft taken up": ("forum:story-new", _taken_up),
    "drafts": ("forum:drafts", _drafts),
    "sent too late": ("forum:story-new", _too_old),
    "help": ("crisis:help", _at("/help/?country=GB")),
    "staying safe": ("forum:staying-safe", _at("/staying-safe/")),
    "follow": ("forum:thread-follow", _thread_then("follow")),
    "someone who hurt me": ("moderation:post-report", _hurt_me),
    "hide everything": ("forum:post-hide", _hide),
    "stories nobody has answered": ("forum:unanswered", _at("/unanswered/")),
    "house rules": ("forum:house-rules", _at("/rules/")),
    "earlier house rules": ("forum:house-rules-version", _at("/rules/1/")),
    "report, as a member": ("moderation:post-report", _thread_then("report")),
    "block": ("forum:post-block", _thread_then("block")),
    "blocked": ("forum:post-block", _blocked),
    "blocks": ("forum:blocks", _as_member("/blocks/")),
    "inbox": ("forum:inbox", _as_member("/inbox/")),
    "sign in": ("account_login", _at("/accounts/login/")),
    "sign up": ("account_signup", _at("/accounts/signup/")),
    "a closed account": ("account_inactive", _at("/accounts/inactive/")),
    "recover": ("recover", _at("/accounts/recover/")),
    "account": ("account", _as_member("/accounts/")),
    "sign out": ("account_logout", _as_member("/accounts/logout/")),
    "change the password": ("account_change_password", _as_member("/accounts/password/change/")),
    "the password once more": ("account_reauthenticate", _as_member("/accounts/reauthenticate/")),
    "recovery words": ("recovery-words", _as_member("/accounts/recovery-words/")),
    "second step": ("mfa_index", _as_member("/accounts/second-step/")),
    "second step, switched on": ("mfa_index", _with_app_at("/accounts/second-step/")),
    "second step, asked": ("mfa_authenticate", _second_step),
    "second step, asked again": ("mfa_reauthenticate", _with_app_at("/accounts/second-step/again/")),
    "an app": ("mfa_activate_totp", _behind_password("/accounts/second-step/app/")),
    "no app any more": ("mfa_deactivate_totp", _with_app_at("/accounts/second-step/app/remove/")),
    "one-time codes": ("mfa_view_recovery_codes", _one_time_codes),
    "other one-time codes": ("mfa_generate_recovery_codes", _with_app_at("/accounts/second-step/codes/new/")),
    "second step for the desk": ("second-step-for-desk", _as_member("/accounts/second-step/desk/")),
    "passkeys": ("mfa_list_webauthn", _as_member("/accounts/passkeys/")),
    "a passkey": ("mfa_add_webauthn", _behind_password("/accounts/passkeys/add/")),
    "a break": ("accounts:break", _as_member("/accounts/break/")),
    "visits": ("accounts:visits", _as_member("/accounts/visits/")),
    "copy": ("accounts:export", _copy),
    "closing an account": ("accounts:erase", _as_member("/accounts/erase/")),
    "an account being closed": ("accounts:closing", _closed),
    "opening one again": ("accounts:reopen", _at("/accounts/reopen/")),
    "not found": ("forum:thread-detail", _at("/t/00000000000000/")),
}
# What is no page of its own.
_ANSWERLESS = "it only takes a form, and leads to a page"
NO_PAGE = {
    **dict.fromkeys(
        (
            "forum:thread-pause", "forum:post-flag-undo", "forum:inbox-seen", "forum:post-withdraw",
            "forum:post-put-back", "forum:post-react", "forum:block-undo", "accounts:break-end",
            "forum:draft-drop", "forum:go-on", "language", "recovery-words-kept", "still-here",
            "accounts:export-remove",
            "accounts:visits-end-others", "accounts:visit-end",
        ),
        _ANSWERLESS,
    ),
    **dict.fromkeys(("leave", "away", "come-back"), "it leads away: tests/browser/test_the_way_out.py"),
    **dict.fromkeys(
        (
            "account_email", "account_email_verification_sent", "account_set_password", "account_reset_password",
        ),
        "not here: this site has no mail",
    ),
    **dict.fromkeys(("livez", "readyz"), "one word, for machines"),
    "forum:thread-unread": "it leads to a place in a thread",
    "forum:post-flag": "it needs somebody's published reply to a story of one's own: below",
    **dict.fromkeys(
        ("moderation:post-statements", "moderation:statement-appeal", "moderation:report-appeal"),
        "it needs a moderator's decision: tests/browser/test_an_appeal.py",
    ),
    "forum:notice-away": "it needs a notice of the operator's: below",
    "more-names": "the page of signing up",
    "mfa_login_webauthn": "JSON for the page of signing in",
    "mfa_reauthenticate_webauthn": "it needs a passkey: tests/browser/test_passkeys.py",
    "passkey-remove": "it needs a passkey: tests/browser/test_passkeys.py",
    "accounts:export-file": "a file",
    "forum:category-feed": "for programs that gather feeds",
}  # fmt: skip
DESK = {
    "desk": _at("/admin/"),
    "queue": _at("/admin/moderation/case/"),
    "case": _case,
    "the log": _at("/admin/moderation/auditentry/"),
}


def test_every_page_is_looked_at() -> None:
    """The desk apart: its pages are Django's own, but for those in DESK."""
    pages = {name for name in url_names() if not name.startswith(("api", "headless", "admin"))}
    assert pages == {name for name, _go in PAGES.values()} | set(NO_PAGE)


@pytest.fixture
def small_phone(chromium: Browser, site: Site) -> Iterator[Page]:
    """Where colours change at once, so that none is looked at in between."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def flaws(page: Page) -> list[str]:
    """Axe is injected by the browser's debugger, which the page's policy does not bind."""
    found = Axe().run(page).response["violations"]
    return [f"{flaw['id']}: {node['html'][:120]}" for flaw in found for node in flaw["nodes"]]


LIGHT_AND_DARK: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_flaw_and_fits_a_small_phone_and_a_narrow_desk(small_phone: Page, site: Site, name: str) -> None:
    url_name, go = PAGES[name]
    go(small_phone, site)
    small_phone.wait_for_load_state()
    assert resolve(urlsplit(small_phone.url).path).view_name == url_name
    for colours in LIGHT_AND_DARK:
        small_phone.emulate_media(color_scheme=colours)
        assert flaws(small_phone) == [], colours
    assert small_phone.evaluate("document.documentElement.scrollWidth") <= 320
    small_phone.set_viewport_size({"width": 1000, "height": 640})
    assert small_phone.evaluate("document.documentElement.scrollWidth") <= 1000


@pytest.mark.parametrize("name", DESK)
def test_the_desk_has_no_flaw(desk: Page, site: Site, name: str) -> None:
    DESK[name](desk, site)
    assert flaws(desk) == []


def look_at(page: Page, url_name: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    assert resolve(urlsplit(page.url).path).view_name == url_name
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_flag_on_a_reply_has_no_flaw(chromium: Browser, desk: Page, site: Site) -> None:
    author, other, title, words = chromium.new_page(), chromium.new_page(), unique("Asked for"), unique("A lawyer")
    write_story(author, site, title, "Some words.")
    open_case(desk, site, title)
    decide(desk, "publish")
    other.goto(f"{site.address}/")
    other.get_by_role("link", name=title).first.click()
    _follow(other, "reply")
    other.get_by_label("Your words").fill(words)
    _press(other, "Send")
    other.wait_for_url("**/sent/")
    open_case(desk, site, words)
    decide(desk, "publish")
    author.goto(f"{site.address}/")
    author.get_by_role("link", name=title).first.click()
    _follow(author, "flag")
    look_at(author, "forum:post-flag")
    author.close()
    other.close()


def test_a_notice_has_no_flaw_and_goes_when_it_is_put_away(chromium: Browser, desk: Page, site: Site) -> None:
    desk.goto(f"{site.address}/admin/forum/notice/add/")
    desk.locator("[name=text]").fill("We read less on Sunday.")
    desk.locator("[name=shown_until]").fill(desk.locator("[name=shown_from]").input_value())
    desk.locator("[name=_continue]").click()
    page = chromium.new_page()
    page.goto(site.address)
    page.get_by_role("link", name="Do not show this again in this visit").click()
    look_at(page, "forum:notice-away")
    page.get_by_role("main").get_by_role("button").click()
    assert page.get_by_text("We read less on Sunday.").count() == 0
    page.close()
    desk.goto(desk.url.replace("/change/", "/delete/"))
    desk.locator("#content [type=submit]").click()


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
