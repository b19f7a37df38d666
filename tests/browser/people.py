"""Members who are already there. That the pages let somebody sign up is for test_a_story.py."""

from __future__ import annotations

import http.client
import re
import secrets
from collections.abc import Mapping
from contextlib import closing
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import Site

PASSWORD = "seven calm herons wade"


def letters() -> str:
    """Drawn; for what nothing else here is called. No digits and no vowels: a page takes heed of what could be a
    telephone number, a house's or a year, and of words that hurt.
    """
    return "".join(secrets.choice("bdfhkmpt") for _ in range(8))


def new_name() -> str:
    return f"Amber Willow{letters()}"


def sign_up(page: Page, site: Site, name: str = "") -> str:
    """The name, a new one if none is given; the page is signed in. Each from an address of their own: from one, only
    some may sign up in an hour.
    """
    name = name or new_name()
    source = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}.{secrets.randbelow(250) + 1}"
    with closing(http.client.HTTPConnection(urlsplit(site.address).netloc, source_address=(source, 0))) as visitor:
        cookies, form = _asked(visitor, "GET", "", {})
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        body = urlencode({"username": name, "password1": PASSWORD, "csrfmiddlewaretoken": token[1]})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": site.address}
        headers["Cookie"] = "; ".join(f"{key}={cookie.value}" for key, cookie in cookies.items())
        signed_in, _way_on = _asked(visitor, "POST", body, headers)
    cookies |= signed_in
    page.context.add_cookies([{"name": key, "value": c.value, "url": site.address} for key, c in cookies.items()])
    page.goto(f"{site.address}/")
    return name


def _asked(
    visitor: http.client.HTTPConnection, method: str, body: str, headers: Mapping[str, str]
) -> tuple[SimpleCookie, str]:
    visitor.request(method, "/accounts/signup/", body, headers)
    answer = visitor.getresponse()
    cookies: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        cookies.load(line)
    return cookies, answer.read().decode()
