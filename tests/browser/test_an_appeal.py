"""What was taken down, and why; another look by somebody else; it is in its place again. With a script and without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, go_to_desk, new_context, reload_until
from tests.browser.people import letters
from tests.browser.test_a_story import decide, open_case, unique, write_story

pytestmark = pytest.mark.browser
WHY, HOW, ANSWER = "It names a street.", "It is the name of a song.", "You are right, it is a song. It is back."


def _no_complaints(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def second_desk(chromium: Browser, site: Site) -> Iterator[Page]:
    """Another moderator, whom the operator adds by the command for it."""
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_THEIRS}
    told = subprocess.run(
        [sys.executable, "manage.py", "create_moderator", f"desk {letters()}"],
        cwd=ROOT,
        env=environment | {"HEARTH_DATA_DIR": str(site.data)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    name, password = re.findall(r": (.+)", told)
    context = new_context(chromium, site, width=1200)
    page = context.new_page()
    go_to_desk(page, replace(site, moderator=name, password=password))
    yield page
    context.close()


_NOT_THEIRS = ("SECRET_KEY", "SEAL_KEY", "DATABASE_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE", "HEARTH_DATA_DIR")


def test_hidden_read_why_asked_again_and_put_back(
    chromium: Browser, site: Site, phone: Page, desk: Page, second_desk: Page, javascript: bool
) -> None:
    title, text = unique("A kitchen"), unique("Words about a kitchen")
    write_story(phone, site, title, text)
    open_case(desk, site, title)
    decide(desk, "publish")

    # Another guest answers, and a third below that: the answer in the middle is what this is about.
    reader = new_context(chromium, site).new_page()
    for page, answer in ((reader, "The answer in the middle"), (phone, "The answer at the end")):
        _reply(page, site, title, answer)
        open_case(desk, site, answer)
        decide(desk, "publish")
    order = _order(phone, site, title, of=3)

    # It is reported, and the first moderator hides it.
    phone.get_by_role("article").nth(1).get_by_role("link", name="Report").click()
    phone.get_by_label("something else").check()
    phone.get_by_role("button", name="Send", exact=True).click()
    open_case(desk, site, "The answer in the middle")
    decide(desk, "hide", reason=WHY)
    _order(phone, site, title, of=2)

    # Its author reads why, and asks for another look.
    reader.goto(f"{site.address}/mine/")
    reader.get_by_role("link", name="A reply").click()
    reader.get_by_role("link", name="What was decided, and why").click()
    reload_until(reader, WHY)
    expect(reader.get_by_role("main")).to_contain_text("Whether somebody had told the team about it")
    _looked_at(reader, "statement", javascript=javascript)
    reader.get_by_role("link", name="Ask somebody else to look again").click()
    _looked_at(reader, "asking", javascript=javascript)
    reader.get_by_label("How you see it").fill(HOW)
    reader.get_by_role("button", name="Send", exact=True).click()
    expect(reader.get_by_role("main")).to_contain_text("You asked for another look")

    # Whoever decided may not decide again.
    open_case(desk, site, "The answer in the middle")
    expect(desk.get_by_text(HOW)).to_be_visible()
    expect(desk.get_by_text("You took the decision that this is about")).to_be_visible()
    expect(desk.get_by_role("button", name="Decide", exact=True)).to_have_count(0)
    _looked_at(desk, "first", javascript=javascript)

    # Somebody else takes it back.
    open_case(second_desk, site, "The answer in the middle")
    expect(second_desk.get_by_text(HOW)).to_be_visible()
    _looked_at(second_desk, "second", javascript=javascript)
    second_desk.get_by_label("it was not right").check()
    second_desk.get_by_label("Your answer to whoever asks").fill(ANSWER)
    second_desk.get_by_role("button", name="Decide", exact=True).click()
    expect(second_desk.get_by_text("Answered:")).to_be_visible()

    # It is where it was, and its author reads the answer.
    assert _order(phone, site, title, of=3) == order
    reader.goto(f"{site.address}/inbox/")
    reload_until(reader, "There is a word from the team for you.")
    reader.goto(f"{site.address}/mine/")
    reader.get_by_role("link", name="A reply").click()
    expect(reader.get_by_role("main")).to_contain_text(ANSWER)
    reader.get_by_role("link", name="What was decided, and why").click()
    expect(reader.get_by_role("main")).to_contain_text("took it back")
    _looked_at(reader, "answered", javascript=javascript)
    reader.context.close()


def _reply(page: Page, site: Site, title: str, text: str) -> None:
    page.goto(site.address)
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("article").first.get_by_role("link", name="Reply").click()
    page.get_by_label("Your words").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("first look")


def _order(page: Page, site: Site, title: str, *, of: int) -> list[str]:
    page.goto(site.address)
    page.get_by_role("link", name=title).first.click()
    words = page.get_by_role("article").locator(".words")
    expect(words).to_have_count(of)
    return words.all_inner_texts()


def _looked_at(page: Page, name: str, *, javascript: bool) -> None:
    if javascript or name in {"first", "second"}:
        _no_complaints(page)
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=f"{shots}/{name}-{javascript}.png", full_page=True)
