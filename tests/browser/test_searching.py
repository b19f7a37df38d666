"""Looking for something, opening it, going back: with a script and without, and no word of it in any address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_a_search_is_opened_left_by_back_and_never_stands_in_an_address(phone: Page, site: Site) -> None:
    addresses: list[str] = []
    phone.on("framenavigated", lambda frame: addresses.append(frame.url))
    phone.goto(site.address)
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    phone.get_by_label("Words to look for").fill("no contact")
    phone.get_by_role("button", name="Look for it").click()

    found = phone.get_by_role("region", name="What was found")
    expect(found.get_by_role("link").first).to_be_visible()
    expect(found.locator("mark", has_text="contact").first).to_be_visible()
    expect(phone.get_by_label("Words to look for")).to_have_value("no contact")

    found.get_by_role("link").first.click()
    expect(phone.locator("article").first).to_be_visible()
    phone.go_back()
    expect(found.get_by_role("link").first).to_be_visible()
    phone.reload()
    expect(found.get_by_role("link").first).to_be_visible()
    assert len(addresses) >= 5
    assert not [address for address in addresses if "contact" in address]

    here = phone.url
    phone.get_by_role("link", name="Leave this site").click()
    phone.wait_for_url(site.elsewhere)
    phone.goto(here)
    assert phone.locator("mark").count() == 0
    assert "contact" not in phone.content()
