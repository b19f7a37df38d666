"""The three jobs in a real browser, with JavaScript and without: a story, a reply, a decision at the real desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Site, new_context, reload_until
from tests.browser.people import letters, new_name

pytestmark = pytest.mark.browser


def unique(words: str) -> str:
    return f"{words} {letters()}"


def write_story(page: Page, site: Site, title: str, text: str) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Where").select_option(label="Your story")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your words").fill(text)
    page.get_by_role("button", name="Send").click()


def find_case(desk: Page, site: Site, title: str, *, state: str = "OPEN") -> Locator:
    """Its link, on the page of the queue where it stands: what other tests left may fill some before it.

    Also of one whose words are folded: its link says what they are about.
    """
    desk.goto(f"{site.address}/admin/moderation/case/?state={state}")
    row = desk.locator("ol.cases li").filter(has_text=title)
    while not row.count():
        with desk.expect_navigation():
            desk.get_by_role("link", name="After these").click()
    return row.locator("[data-row]")


def open_case(desk: Page, site: Site, title: str) -> None:
    find_case(desk, site, title).click()
    # The click is over before the page is: a key pressed now would still be the list's.
    desk.wait_for_url("**/moderation/case/*/change/")


def decide(desk: Page, action: str, *, word: str = "", reason: str = "") -> None:
    desk.get_by_label(action, exact=True).check()
    desk.get_by_label("A word to the author").fill(word)
    desk.get_by_role("textbox", name="The reason").fill(reason)
    desk.get_by_role("button", name="Decide", exact=True).click()
    expect(desk.get_by_text("Done:")).to_be_visible()


def test_a_guest_reads_writes_waits_comes_back_and_is_published(
    phone: Page, desk: Page, site: Site, chromium: Browser
) -> None:
    title, text = unique("The first night"), unique("It was quiet after he slept")
    # She reads the seeded discussion.
    phone.goto(site.address)
    phone.get_by_role("link", name="Why").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("no contact", ignore_case=True)

    # She posts, and gets six words.
    write_story(phone, site, title, text)
    expect(phone.get_by_role("main").get_by_text("waiting for a first look", exact=False).first).to_be_visible()
    words = phone.locator(".claim-code").inner_text()
    code = "-".join(re.findall(r"[a-z]+", words.lower()))
    assert len(code.split("-")) == 6
    assert sum(word in phone.url for word in code.split("-")) < 3

    # Nobody else sees it.
    stranger = new_context(chromium, site).new_page()
    stranger.goto(site.address)
    expect(stranger.get_by_text(title)).to_have_count(0)

    # On another phone the six words open it; she edits it.
    other = new_context(chromium, site).new_page()
    other.goto(f"{site.address}/claim/")
    other.get_by_label("Your six words").fill(code.replace("-", "  ").upper())
    other.get_by_role("main").get_by_role("button").first.click()
    other.get_by_role("main").get_by_role("link", name=title).first.click()
    other.get_by_role("link", name="Change").first.click()
    other.get_by_label("Your words").fill(text + ", and I left.")
    other.get_by_role("main").get_by_role("button").first.click()
    expect(other.get_by_role("main")).to_contain_text("waiting for a first look", ignore_case=True)

    # At the desk it is returned with a word; she reads the word, writes it again, and it is published.
    open_case(desk, site, title)
    expect(desk.get_by_text("and I left.").first).to_be_visible()
    decide(desk, "return with a word", word="Could you leave out the night?")
    other.reload()
    expect(other.get_by_role("main")).to_contain_text("A word from the team is on its way")
    reload_until(other, "Could you leave out the night?")
    other.get_by_role("link", name="Change").first.click()
    other.get_by_label("Your words").fill(text)
    other.get_by_role("main").get_by_role("button").first.click()
    open_case(desk, site, title)
    decide(desk, "publish")
    stranger.reload()
    stranger.get_by_role("link", name=title).first.click()
    expect(stranger.get_by_text(text)).to_be_visible()
    expect(stranger.get_by_text("and I left.")).to_have_count(0)

    # She takes it back, puts it back, and in the end erases it.
    other.reload()
    other.get_by_role("button", name="Take it back").click()
    stranger.reload()
    expect(stranger.get_by_text(text)).to_have_count(0)
    other.get_by_role("button", name="Put it back").click()
    other.get_by_role("link", name="Erase").click()
    other.get_by_role("main").get_by_role("button", name="Erase").click()
    other.goto(f"{site.address}/mine/")
    expect(other.get_by_text(title)).to_have_count(0)
    stranger.context.close()
    other.context.close()


def test_a_member_signs_up_writes_under_two_names_replies_and_reacts(phone: Page, desk: Page, site: Site) -> None:
    name = new_name()
    first, second = unique("Under my own name"), unique("Under another name")

    # A name and a password, nothing else; then six words to keep.
    phone.goto(f"{site.address}/accounts/signup/")
    assert phone.locator("main input:visible:not([type=radio])").count() == 2
    phone.locator("main input[name=username]").fill(name)
    phone.locator("main input[name=password1]").fill("seven calm herons wade")
    phone.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(phone.locator(".claim-code li")).to_have_count(6)
    phone.get_by_role("button", name="I have them, go on").click()
    phone.wait_for_url(f"{site.address}/")

    # Her first story waits, as a newcomer's.
    write_story(phone, site, first, "I am here.")
    expect(phone.get_by_role("main").get_by_text("waiting for a first look", exact=False).first).to_be_visible()
    open_case(desk, site, first)
    decide(desk, "publish")

    # Under a thread pseudonym her name does not show.
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Where").select_option(label="Your story")
    phone.get_by_label("Title").fill(second)
    phone.get_by_label("Your words").fill("I am here, too.")
    phone.get_by_label("another name, in this conversation only").check()
    phone.get_by_role("button", name="Send").click()
    phone.goto(site.address)
    phone.get_by_role("link", name=second).first.click()
    expect(phone.locator("article").first).not_to_contain_text(name)

    # She answers inside a branch of the seeded discussion, and leaves a reaction.
    phone.goto(site.address)
    phone.get_by_role("link", name="Why").first.click()
    answer = unique("I believe you.")
    a_reply = phone.locator("article").nth(2)
    a_reply.get_by_role("link", name="Reply").click()
    phone.get_by_label("Your words").fill(answer)
    phone.get_by_role("button", name="Send").click()
    phone.goto(site.address)
    phone.get_by_role("link", name="Why").first.click()
    expect(phone.get_by_text(answer)).to_be_visible()
    reaction = phone.locator("article").nth(1).get_by_role("button", name="I believe you")
    reaction.click()
    expect(phone.locator("article").nth(1).locator("button[aria-pressed=true]")).to_have_count(1)


def test_a_first_time_visitor_posts_a_story_within_ten_actions_of_the_front_page(phone: Page, site: Site) -> None:
    """An action is a touch or a stretch of typing."""
    phone.goto(site.address)
    title, words, said = phone.get_by_label("Title"), phone.get_by_label("Your words"), unique("In few steps")
    actions: list[Callable[[], object]] = [
        phone.get_by_role("navigation", name="Main").get_by_role("link", name="Share your story").click,
        title.click,
        lambda: phone.keyboard.type(said),
        words.click,
        lambda: phone.keyboard.type("It began slowly."),
        phone.get_by_role("button", name="Send").click,
    ]
    for act in actions:
        act()
    phone.wait_for_url("**/sent/")
    expect(phone.locator(".claim-code li")).to_have_count(6)
    assert len(actions) <= 10
    phone.goto(f"{site.address}/mine/")
    expect(phone.get_by_role("link", name=said)).to_have_count(1)


def test_what_was_typed_is_never_lost_to_an_error(phone: Page, site: Site) -> None:
    long = "word " * 4_001
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill("Kept")
    phone.get_by_label("Your words").fill(long)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert").first).to_contain_text("long")
    assert phone.get_by_label("Your words").input_value().strip() == long.strip()
    assert phone.get_by_label("Title").input_value() == "Kept"


def test_sending_twice_writes_once(phone: Page, site: Site) -> None:
    title = unique("Pressed twice")
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill(title)
    phone.get_by_label("Your words").fill("Once.")
    phone.get_by_role("button", name="Send").dblclick()
    phone.wait_for_url("**/sent/")
    phone.goto(f"{site.address}/mine/")
    expect(phone.get_by_role("link", name=title)).to_have_count(1)
