"""Replying and deciding with nothing but keys; pages as a screen reader is given them, by the accessibility tree."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_a_story import find_case, open_case, unique, write_story

pytestmark = pytest.mark.browser

FURTHEST = 250  # presses of Tab: more than any page has stops
WITHOUT_A_NAME = re.compile(r"^\s*- (?:link|button|textbox|radio|checkbox|combobox|navigation)(?! \")", re.MULTILINE)


def tab_to(page: Page, wanted: Locator) -> None:
    """Forwards only, as somebody goes who does not know the page. Any one of `wanted` will do."""
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if wanted.evaluate_all("(found) => found.includes(document.activeElement)"):
            return
    pytest.fail(f"no way by Tab to {wanted}")


def follow(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def read_out(page: Page) -> str:
    """Fit to be read out: one heading of the first level, none that skips one, and all that can be used has a name."""
    tree = page.locator("body").aria_snapshot()
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", tree)]
    assert levels.count(1) == 1, tree
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels
    assert WITHOUT_A_NAME.findall(tree) == [], tree
    return tree


def thread(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_role("link", name="Why").first.click()


def test_a_reply_is_written_and_sent_by_keyboard_alone(phone: Page, site: Site) -> None:
    words = unique("I believe you")
    phone.goto(site.address)
    follow(phone, phone.get_by_role("main").get_by_role("link", name="Why"))
    phone.wait_for_url("**/t/*/")
    follow(phone, phone.get_by_role("article").nth(1).get_by_role("link", name="Reply:"))
    phone.wait_for_url("**/reply/")
    tab_to(phone, phone.get_by_label("Your words"))
    phone.keyboard.type(words)
    follow(phone, phone.get_by_role("button", name="Send", exact=True))
    phone.wait_for_url("**/sent/")
    expect(phone.locator(".claim-code li")).to_have_count(6)
    follow(phone, phone.get_by_role("main").get_by_role("link", name="Look at it"))
    expect(phone.get_by_role("main")).to_contain_text(words)


def test_a_moderator_decides_by_keyboard_alone(phone: Page, desk: Page, site: Site) -> None:
    title = unique("To be decided by keys")
    write_story(phone, site, title, "Some words.")
    phone.wait_for_url("**/sent/")
    follow(desk, find_case(desk, site, title))
    expect(desk.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    publish = desk.get_by_role("radio", name="publish", exact=True)
    tab_to(desk, desk.get_by_role("radio"))
    for _ in range(desk.get_by_role("radio").count()):
        if publish.is_checked():
            break
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Space")
    expect(publish).to_be_checked()
    tab_to(desk, desk.get_by_label("The reason"))
    desk.keyboard.type("Kind words.")
    follow(desk, desk.get_by_role("button", name="Decide", exact=True))
    expect(desk.get_by_role("status").filter(has_text="Done:")).to_be_visible()
    phone.goto(site.address)
    expect(phone.get_by_role("link", name=title)).to_be_visible()


def test_a_conversation_is_read_out_in_order_each_post_under_its_name(phone: Page, site: Site) -> None:
    thread(phone, site)
    tree = read_out(phone)
    assert tree.index('link "Leave this site"') < tree.index('navigation "Main"') < tree.index("- main")
    replies = phone.get_by_role("article").all()[1:]
    assert len(replies) > 3
    for reply in replies:
        (name,) = re.findall(r"^[\w ]+", reply.get_by_role("heading").first.inner_text())
        expect(reply.get_by_role("link", name=f"Reply: {name.strip()}")).to_have_count(1)
    expect(phone.get_by_role("main").get_by_role("heading", name="Replies", exact=True)).to_have_count(1)


def test_a_reply_that_cannot_be_sent_is_told_at_once_and_at_its_field(
    phone: Page, site: Site, javascript: bool
) -> None:
    thread(phone, site)
    phone.get_by_role("article").nth(1).get_by_role("link", name="Reply:").click()
    read_out(phone)
    phone.get_by_label("Your words").fill("word " * 4_001)
    if javascript:  # a kind count, read out when it changes
        expect(phone.get_by_role("status").filter(has_text="more than fit here")).to_have_count(1)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("alert").first).to_contain_text("long")
    words = phone.get_by_role("textbox", name="Your words")
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_have_accessible_description(re.compile("long"))
    read_out(phone)


def test_a_case_is_read_out_with_every_choice_in_a_group_that_says_what_is_asked(
    phone: Page, desk: Page, site: Site
) -> None:
    title = unique("Read out at the desk")
    write_story(phone, site, title, "Some words.")
    phone.wait_for_url("**/sent/")
    open_case(desk, site, title)
    read_out(desk)
    for radio in desk.get_by_role("radio").all():
        assert radio.evaluate("(one) => one.closest('fieldset')?.querySelector('legend')?.innerText.trim()")
    for words, help_text in (("A word to the author", "Kindly."), ("The reason", "Its author reads it.")):
        field = desk.get_by_role("textbox", name=words, exact=True)
        expect(field).to_have_accessible_description(re.compile(re.escape(help_text)))
    desk.get_by_role("button", name="Decide", exact=True).click()
    expect(desk.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
