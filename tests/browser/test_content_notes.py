"""Content notes, from choosing them to opening what they stand for: by keyboard, with a script and without."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, new_context
from tests.browser.test_a_story import open_case

pytestmark = pytest.mark.browser


def _no_complaints(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_noted_story_is_opened_by_keyboard_and_left_out_by_whoever_wishes(
    chromium: Browser, site: Site, phone: Page, desk: Page, javascript: bool
) -> None:
    title = f"{'Scripted' if javascript else 'Plain'} evenings"
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill(title)
    phone.get_by_label("Your words").fill("Words that are behind it.")
    assert not phone.get_by_label("violence", exact=True).is_visible()
    phone.get_by_role("group").filter(has_text="Content notes").locator("summary").click()
    phone.get_by_label("death or grief").check()
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("first look")

    open_case(desk, site, title)
    desk.get_by_label("publish", exact=True).check()
    desk.get_by_text("Content notes to put on it").first.click()
    desk.get_by_label("violence", exact=True).check()
    desk.get_by_role("button", name="Decide", exact=True).click()
    expect(desk.get_by_text("Done: publish.")).to_be_visible()

    context = new_context(chromium, site, javascript=javascript)
    reader = context.new_page()
    reader.goto(site.address)
    entry = reader.get_by_role("listitem").filter(has_text=title)
    expect(entry).to_contain_text("Content notes: violence, death or grief")
    expect(entry).not_to_contain_text("behind it")
    entry.get_by_role("link", name=title).click()
    words = reader.get_by_text("Words that are behind it.")
    assert not words.is_visible()
    if javascript:
        _no_complaints(reader)
    summary = reader.locator(".noted > summary")
    expect(summary).to_contain_text("Content notes: violence, death or grief ·")
    for _press in range(40):
        reader.keyboard.press("Tab")
        if reader.locator(".noted > summary:focus").count():
            break
    reader.keyboard.press("Enter")
    expect(words).to_be_visible()
    if javascript:
        _no_complaints(reader)

    reader.goto(f"{site.address}/without/")
    reader.get_by_label("violence", exact=True).check()
    reader.get_by_role("button", name="Leave these out").click()
    expect(reader.get_by_text("is left out now")).to_be_visible()
    if javascript:
        _no_complaints(reader)
    here = reader.url
    reader.goto(site.address)
    assert reader.get_by_role("link", name=title).count() == 0
    reader.goto(here)
    reader.get_by_role("button", name="Show me everything again").click()
    reader.goto(site.address)
    assert reader.get_by_role("link", name=title).count() == 1
    context.close()
