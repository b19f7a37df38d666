"""Members, made as a member makes herself: through the pages."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page

from tests.browser.conftest import Site

PASSWORD = "seven calm herons wade"


def new_name() -> str:
    return f"Amber Willow{''.join(secrets.choice('bcdfghjk') for _ in range(6))}"


def sign_up(page: Page, site: Site, name: str = "") -> str:
    """The name, a new one if none is given. On the way she is shown her recovery words."""
    name = name or new_name()
    page.goto(f"{site.address}/accounts/signup/")
    page.locator("main input[name=username]").fill(name)
    page.locator("main input[name=password1]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.get_by_role("button", name="I have them, go on").click()
    page.wait_for_url(f"{site.address}/")
    return name
