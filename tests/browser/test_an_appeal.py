"""What was taken down, and why: its author reads it behind their six words, on a phone, with a script and without."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _no_complaints(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_whoever_wrote_what_was_hidden_reads_why(site: Site, phone: Page, desk: Page, javascript: bool) -> None:
    title = f"A kitchen {'with' if javascript else 'without'}"
    phone.goto(f"{site.address}/new/")
    phone.get_by_label("Title").fill(title)
    phone.get_by_label("Your words").fill("Words about a kitchen.")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("first look")

    desk.goto(f"{site.address}/admin/moderation/case/")
    desk.get_by_role("link", name=title, exact=True).click()
    desk.get_by_label("hide", exact=True).check()
    desk.get_by_role("textbox", name="The reason").fill("It names a street.")
    desk.get_by_role("button", name="Decide", exact=True).click()
    expect(desk.get_by_text("Done: hide.")).to_be_visible()

    phone.goto(f"{site.address}/mine/")
    phone.get_by_role("link", name=title, exact=True).click()
    phone.get_by_role("link", name="What was decided, and why").click()
    expect(phone.get_by_role("main")).to_contain_text("It names a street.")
    if javascript:
        _no_complaints(phone)
    if shots := os.environ.get("SHOTS"):
        phone.screenshot(path=f"{shots}/statement-{javascript}.png", full_page=True)
