"""The desk in a real browser: what is returned comes back, a slip is undone, a word begins from a text of the leads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, go_to_desk, new_context, reload_until
from tests.browser.test_a_story import decide, find_case, open_case, unique, write_story

pytestmark = pytest.mark.browser


def test_a_story_is_returned_with_words_marked_comes_back_first_to_the_same_moderator_and_is_published(
    phone: Page, site: Site, chromium: Browser, javascript: bool
) -> None:
    title = unique("The second winter")
    write_story(phone, site, title, "We lived in *Elm* Street, and I left.")
    code = re.findall(r"[a-z]+", phone.locator(".claim-code").inner_text().lower())
    desk = new_context(chromium, site, width=1200, javascript=javascript).new_page()
    go_to_desk(desk, site)
    open_case(desk, site, title)
    desk.get_by_role("button", name="Take this case").click()
    desk.get_by_text("Mark the words it is about").click()
    mark_selected = desk.get_by_role("button", name="Mark what I selected")
    if javascript:
        mark_selected.click()
        expect(desk.get_by_text("Select words of the post first.")).to_be_visible()
        desk.locator(".the-post em").dblclick()
        for _letter in " Street":
            desk.keyboard.press("Shift+ArrowRight")
        mark_selected.click()
        expect(desk.get_by_text("It stands in the field.")).to_be_visible()
        expect(desk.get_by_label("Which words it is about")).to_have_value("Elm Street")
    else:
        expect(mark_selected).to_have_count(0)
        desk.get_by_label("Which words it is about").fill("Elm Street")
    decide(desk, "return with a word", word="Could you leave out the street?")

    author = new_context(chromium, site).new_page()
    author.goto(f"{site.address}/claim/")
    author.get_by_label("Your six words").fill("-".join(code))
    author.get_by_role("main").get_by_role("button").first.click()
    author.get_by_role("main").get_by_role("link", name=title).first.click()
    reload_until(author, "Could you leave out the street?")
    marked = author.locator("mark")
    expect(marked).to_have_text("(marked: *Elm* Street end of the mark)")
    author.get_by_role("link", name="The words it is about are marked below.").click()
    author.get_by_role("link", name="Change it and send it again").click()
    expect(marked).to_have_text("(marked: *Elm* Street end of the mark)")
    author.get_by_label("Your words").fill("We lived in a small street, and I left.")
    author.get_by_role("button", name="Send it again").click()

    open_case(desk, site, title)
    expect(desk.get_by_text("its author changed it, or sent it again", exact=True)).to_be_visible()
    expect(desk.locator("del").first).to_contain_text("Elm")
    expect(desk.locator("mark")).to_have_text("(marked: *Elm* Street end of the mark)")
    decide(desk, "publish")
    author.reload()
    expect(author.get_by_role("main")).to_contain_text("Others can read it, and answer.")


def test_what_is_selected_is_marked_as_the_post_says_it_and_nothing_else_is(site: Site, chromium: Browser) -> None:
    title = unique("Links and lists")
    author = new_context(chromium, site).new_page()
    text = "See [my page](https://my.example/x) and go.\n\n1. I am very afraid\n2. He has a knife"
    write_story(author, site, title, text)
    author.get_by_role("button", name="Send it as it is").click()
    expect(author.locator(".claim-code")).to_be_visible()
    desk = new_context(chromium, site, width=1200).new_page()
    go_to_desk(desk, site)
    open_case(desk, site, title)
    desk.get_by_role("button", name="Take this case").click()
    desk.get_by_text("Mark the words it is about").click()
    desk.get_by_text("Its words", exact=True).click()
    mark_selected = desk.get_by_role("button", name="Mark what I selected")
    field = desk.get_by_label("Which words it is about")
    select = "(selector) => document.getSelection().selectAllChildren(document.querySelector(selector))"

    wanted = []
    for selector, words in [
        (".the-post .words p", "See my page and go."),
        (".the-post .words ol", "I am very afraid He has a knife"),
        (".the-post .marked", f"{title} {' '.join(text.split())}"),
    ]:
        desk.evaluate(select, selector)
        mark_selected.click()
        expect(desk.get_by_text("It stands in the field.")).to_be_visible()
        wanted.append(words)
        expect(field).to_have_value("\n".join(wanted))
    expect(desk.locator(".the-post sup").first).to_be_visible()

    desk.evaluate(select, ".the-post .words p")
    desk.evaluate(select, "#content h1")
    mark_selected.click()
    expect(desk.get_by_text("Select words of the post first.")).to_be_visible()
    expect(field).to_have_value("\n".join(wanted))
    decide(desk, "return with a word", word="Could you leave out the page?")
    expect(desk.get_by_text("does not stand in the post")).to_have_count(0)


def test_a_slip_is_undone_and_what_was_typed_stands_in_the_form(
    phone: Page, site: Site, chromium: Browser, javascript: bool
) -> None:
    title = unique("The wrong button")
    write_story(phone, site, title, "I wrote this carefully.")
    desk = new_context(chromium, site, width=1200, javascript=javascript).new_page()
    go_to_desk(desk, site)
    open_case(desk, site, title)
    decide(desk, "hide", word="Typed with care.", reason="By mistake.")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Undone. Nobody was told.")).to_be_visible()
    expect(desk.get_by_label("A word to the author")).to_have_value("Typed with care.")
    expect(desk.get_by_role("textbox", name="The reason")).to_have_value("By mistake.")
    expect(desk.get_by_label("hide", exact=True)).to_be_checked()
    phone.reload()
    expect(phone.get_by_role("main")).not_to_contain_text("taken down")


def test_a_word_begins_from_a_text_of_the_leads_and_is_edited(
    phone: Page, site: Site, chromium: Browser, javascript: bool
) -> None:
    title = unique("A house with a number")
    write_story(phone, site, title, "Words to begin from.")
    desk = new_context(chromium, site, width=1200, javascript=javascript).new_page()
    go_to_desk(desk, site)
    open_case(desk, site, title)
    desk.get_by_label("A word to the author").fill("Dear you.")
    desk.get_by_label("Begin from a text").select_option(label="something tells who or where somebody is")
    desk.get_by_label("In", exact=True).select_option("de")
    desk.get_by_role("button", name="Put it into the word").click()
    word = desk.get_by_label("A word to the author")
    expect(word).to_have_value(re.compile(r"^Dear you\.\n\nDanke, dass du das geschrieben hast\."))
    decide(desk, "return with a word", word=re.sub(r"\[[^]]*\]", "...", word.input_value()))
    open_case_of_its_author = new_context(chromium, site, width=1200, javascript=javascript).new_page()
    go_to_desk(open_case_of_its_author, site)
    find_case(open_case_of_its_author, site, title, state="WAITING").click()
    expect(open_case_of_its_author.get_by_text("the word began from a canned reply")).to_be_visible()
