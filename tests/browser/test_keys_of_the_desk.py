"""The desk by single keys: they lead and choose, send nothing, are letters while one types, and can be switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, go_to_desk, new_context
from tests.browser.test_a_story import open_case, unique, write_story

pytestmark = pytest.mark.browser
DANGER = "He has a knife and he says he is coming in. The door is locked. Please."


def has_focus(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(selector) => document.activeElement.matches(selector)", selector))


def test_in_the_queue_they_go_from_case_to_case_and_the_list_stays_where_it_is(
    phone: Page, desk: Page, site: Site
) -> None:
    for number in range(2):
        write_story(phone, site, unique(f"Story {number}"), "Some quiet words.")
    desk.goto(f"{site.address}/admin/moderation/case/")
    rows = desk.locator("[data-row]")
    texts, address = rows.all_inner_texts(), desk.url
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        desk.keyboard.press(key)
        assert desk.evaluate("document.activeElement.innerText") == texts[place]
    desk.keyboard.press("n")
    assert has_focus(desk, "button.default")
    assert (rows.all_inner_texts(), desk.url) == (texts, address)


def test_on_a_case_they_open_the_words_and_lead_and_only_ctrl_enter_sends(phone: Page, desk: Page, site: Site) -> None:
    text = unique(DANGER)
    write_story(phone, site, unique("Tonight"), text)
    desk.goto(f"{site.address}/admin/moderation/case/?lane=0")
    desk.locator("ol.cases li").filter(has=desk.locator(".fold")).last.locator("[data-row]").click()
    words = desk.locator(".the-post .words")
    expect(words).to_be_hidden()
    desk.keyboard.press("o")
    expect(words).to_be_visible()
    desk.keyboard.press("?")
    expect(desk.get_by_text("open or fold the words")).to_be_visible()
    desk.keyboard.press("h")
    expect(desk.get_by_label("hide", exact=True)).to_be_checked()
    desk.keyboard.press("r")
    expect(desk.get_by_label("return with a word", exact=True)).to_be_checked()
    desk.keyboard.press("w")
    desk.keyboard.type("phrow")
    expect(desk.get_by_label("A word to the author")).to_have_value("phrow")
    expect(desk.get_by_label("return with a word", exact=True)).to_be_checked()
    expect(words).to_be_visible()
    address = desk.url
    desk.keyboard.press("Enter")
    desk.get_by_label("return with a word", exact=True).focus()
    desk.keyboard.press("Control+p")
    desk.keyboard.press("Alt+p")
    expect(desk.get_by_label("return with a word", exact=True)).to_be_checked()
    assert desk.url == address
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Done: return with a word.")).to_be_visible()


def test_who_does_not_want_them_switches_them_off(phone: Page, desk: Page, site: Site) -> None:
    title = unique("A story")
    write_story(phone, site, title, "Some quiet words.")
    for wanted in (False, True):
        desk.goto(f"{site.address}/admin/moderation/case/duty/")
        desk.get_by_label("Single keys move about at the desk").set_checked(wanted)
        desk.get_by_role("button", name="Keep").click()
        open_case(desk, site, title)
        assert desk.locator(".keys").count() == wanted
        desk.keyboard.press("h")
        assert desk.get_by_label("hide", exact=True).is_checked() is wanted


def test_what_was_refused_is_met_first_and_without_javascript_too(
    phone: Page, site: Site, chromium: Browser, javascript: bool
) -> None:
    title = unique("A story")
    write_story(phone, site, title, "Some quiet words.")
    context = new_context(chromium, site, javascript=javascript, width=320)
    page = context.new_page()
    go_to_desk(page, site)
    open_case(page, site, title)
    assert page.locator(".keys").is_visible() is javascript
    page.get_by_label("hide", exact=True).check()
    page.get_by_label("A word to the author").fill("Typed with care.")
    page.get_by_role("button", name="Decide", exact=True).click()
    summary = page.locator("#errors")
    expect(summary).to_be_in_viewport(ratio=1)
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Hearth")
    summary.get_by_role("link", name="The reason").click()
    expect(page.locator("#id_reason")).to_be_in_viewport()
    expect(page.get_by_label("A word to the author")).to_have_value("Typed with care.")
    context.close()


def test_a_link_skips_to_the_decision(phone: Page, desk: Page, site: Site) -> None:
    title = unique("A story")
    write_story(phone, site, title, "Some quiet words.")
    open_case(desk, site, title)
    for _press in range(2):
        desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.innerText") == "Skip to the decision"
    desk.keyboard.press("Enter")
    expect(desk.locator("#decide")).to_be_in_viewport()
    desk.keyboard.press("Tab")
    assert has_focus(desk, "[name=action]")


def test_enter_in_a_field_of_the_decision_presses_nothing(phone: Page, desk: Page, site: Site) -> None:
    title = unique("Enter")
    write_story(phone, site, title, "Some quiet words.")
    open_case(desk, site, title)
    desk.get_by_text("Something for whoever wrote it, too").click()
    days = desk.get_by_label("For how many days")
    days.fill("7")
    desk.evaluate("document.body.dataset.same = 'page'")
    days.press("Enter")
    desk.wait_for_load_state("networkidle")
    expect(days).to_have_value("7")
    expect(desk.locator("body[data-same=page]")).to_have_count(1)
    expect(desk.get_by_role("alert")).to_have_count(0)
