"""Passkeys in a real browser, with an authenticator of the browser's own making (WebDriver's virtual one, over CDP)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.conftest import Site, new_context
from tests.browser.people import new_name

pytestmark = pytest.mark.browser
PASSWORD = "nine slow turtles sing"


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    page: Page
    device: CDPSession
    authenticator: str
    address: str  # by name: a passkey can be made for no IP address

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name).click()

    def sign_out(self) -> None:
        self.page.get_by_role("navigation").get_by_role("button", name="Sign out").click()

    def give_password(self) -> None:
        self.page.get_by_label("Your password").fill(PASSWORD)
        self.press("Go on")

    def passkeys_on_device(self) -> list[dict[str, object]]:
        answer = self.device.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        return list(answer["credentials"])

    def make_passkey(self, *, signs_in: bool) -> None:
        self.go("/accounts/passkeys/add/")
        self.give_password()
        if signs_in:
            self.page.get_by_label("Let it sign me in without a password").check()
        self.press("Make it now")
        self.page.wait_for_url("**/second-step/codes/")


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = new_context(chromium, site)
    yield context
    context.close()


@pytest.fixture
def member(context: BrowserContext, site: Site) -> Member:
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    address = site.address.replace("127.0.0.1", "localhost")
    member = Member(new_name(), page, device, made["authenticatorId"], address)
    member.go("/accounts/signup/")
    page.get_by_label("A name to be known by").fill(member.name)
    page.get_by_label("A password").fill(PASSWORD)
    member.press("Sign up")
    page.wait_for_url("**/recovery-words/")
    member.press("I have them, go on")
    return member


def test_a_passkey_signs_in_without_name_and_password(member: Member) -> None:
    member.make_passkey(signs_in=True)
    [kept] = member.passkeys_on_device()
    assert (kept["isResidentCredential"], kept["rpId"]) == (True, "localhost")
    assert member.name not in str(kept)
    member.sign_out()

    member.go("/accounts/login/")
    member.press("Sign in with a passkey")

    expect(member.page.get_by_text(f"You are signed in as {member.name}")).to_be_visible()


def test_what_a_passkey_answered_is_taken_once(member: Member) -> None:
    member.make_passkey(signs_in=True)
    member.sign_out()
    member.go("/accounts/login/")
    with member.page.expect_request(lambda sent: sent.method == "POST") as sent:
        member.press("Sign in with a passkey")
    expect(member.page.get_by_text(f"You are signed in as {member.name}")).to_be_visible()
    answer = parse_qs(sent.value.post_data or "")["credential"][0]
    member.sign_out()
    member.go("/accounts/login/")

    token = member.page.locator("form[data-passkey] input[name=csrfmiddlewaretoken]").input_value()
    form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "credential": answer}
    again = member.page.request.post(f"{member.address}/accounts/passkeys/sign-in/", form=form)

    assert again.url.endswith("/accounts/login/")
    member.go("/")
    expect(member.page.get_by_role("link", name="Account")).to_have_count(0)


def test_a_passkey_is_the_second_step_after_the_password(member: Member) -> None:
    member.make_passkey(signs_in=False)
    member.sign_out()

    member.go("/accounts/login/")
    member.press("Sign in with a passkey")
    expect(member.page.get_by_text("That did not work, or it was stopped")).to_be_visible()

    member.page.get_by_label("Your name here").fill(member.name)
    member.page.get_by_label("Your password").fill(PASSWORD)
    member.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(member.page.get_by_role("heading", name="Your second step")).to_be_visible()
    member.press("Use a passkey")
    expect(member.page.get_by_text(f"You are signed in as {member.name}")).to_be_visible()


def test_a_passkey_stands_for_the_password_where_that_is_asked_again(member: Member) -> None:
    member.make_passkey(signs_in=True)
    member.go("/accounts/passkeys/again/?next=/accounts/second-step/")

    member.press("Use a passkey")

    member.page.wait_for_url("**/second-step/")


def test_a_passkey_that_was_removed_opens_nothing(member: Member) -> None:
    member.make_passkey(signs_in=True)
    member.go("/accounts/passkeys/")
    member.page.get_by_role("link", name="Remove it").click()
    member.press("Remove it")
    expect(member.page.get_by_text("You have none.")).to_be_visible()
    member.sign_out()

    member.go("/accounts/login/")
    member.press("Sign in with a passkey")

    expect(member.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(member.page.get_by_role("link", name="Account")).to_have_count(0)


def test_no_address_of_a_passkey_holds_a_number(member: Member) -> None:
    member.make_passkey(signs_in=True)
    member.go("/accounts/passkeys/")
    place = member.page.get_by_role("link", name="Remove it").get_attribute("href")
    assert place
    assert len(place.split("/")[-3]) > 20


def test_without_javascript_it_is_said_kindly(chromium: Browser, site: Site) -> None:
    context = new_context(chromium, site, javascript=False)
    page = context.new_page()
    page.goto(f"{site.address}/accounts/login/")
    expect(page.get_by_text("A passkey can only be used with JavaScript, which is off here.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    context.close()


def test_at_an_address_without_a_name_it_is_said_kindly(chromium: Browser, site: Site) -> None:
    context = new_context(chromium, site)
    page = context.new_page()
    page.goto(f"{site.address}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This browser cannot use passkeys, or not at this address.")).to_be_visible()
    context.close()
