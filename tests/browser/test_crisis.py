"""Help at once for whoever may be in danger, and names taken out before anything is stored, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Site, new_context
from tests.browser.people import letters, sign_up
from tests.browser.test_lost_replies import open_reply

pytestmark = pytest.mark.browser


def write(page: Page, site: Site, title: str, text: str) -> None:
    page.goto(f"{site.address}/new/")
    page.get_by_label("Where").select_option(label="Your story")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your words").fill(text)
    page.get_by_role("button", name="Send").click()


def test_a_guest_in_danger_now_is_shown_help_at_once_and_read_first(
    chromium: Browser, javascript: bool, desk: Page, site: Site
) -> None:
    context = new_context(chromium, site, javascript=javascript)
    phone, title = context.new_page(), f"At home {letters()}"
    phone.goto(f"{site.address}/help/?country=NZ")
    phone.get_by_role("button", name="Remember this country").click()
    write(phone, site, title, "We had tea. He has a knife and he is outside the door now. Please.")

    # What her press led to, with nothing more to press.
    card = phone.locator(".help-card")
    expect(card).to_contain_text("Your country: New Zealand.")
    expect(card.get_by_role("link", name="111", exact=True)).to_have_attribute("href", "tel:111")
    expect(card).to_contain_text("You can also leave this page quickly")
    assert phone.url.endswith("/sent/")  # where sending led
    expect(phone.locator(".claim-code")).to_be_visible()
    card.get_by_text("What contacting them leaves behind").click()
    expect(card).to_contain_text("list of calls")

    # At the desk it stands above what came after it, with the words marked.
    later = f"Earlier or later {letters()}"
    write(new_context(chromium, site).new_page(), site, later, "My sister likes tea.")
    desk.goto(f"{site.address}/admin/moderation/case/")
    urgent = desk.locator("ol.cases > li.urgent").filter(has_text=title)
    expect(urgent).to_contain_text("somebody may be in danger")
    queue = desk.locator("ol.cases").text_content() or ""
    assert 0 <= queue.index(title) < queue.index(later)
    urgent.locator("h2 a").click()
    expect(desk.locator(".marked mark").first).to_contain_text("He has a")
    expect(desk.locator(".marked mark").filter(has_text="knife")).to_have_count(1)
    expect(desk.locator(".signals")).to_contain_text("somebody may be in danger from another person")

    # The helpline she opens from the card is not told where she came from.
    referrers: list[str | None] = []

    def helpline(route: Route) -> None:
        referrers.append(route.request.headers.get("referer"))
        route.fulfill(status=200, content_type="text/html", body="<h1>A helpline</h1>")

    link = card.get_by_role("link", name="Website").first
    context.route(f"{link.get_attribute('href')}**", helpline)
    link.click()
    expect(phone.get_by_role("heading", name="A helpline")).to_be_visible()
    assert referrers[0] is None
    context.close()


def test_a_name_a_number_and_a_school_are_taken_out_before_anything_is_stored(phone: Page, site: Site) -> None:
    title = f"My week {letters()}"
    kept, gone = letters(), ("Oyelaran", "07700 900417", "Larkrise")
    text = (
        f"My ex is called Marcus Oyelaran.\n\nHe rings from 07700 900417 and teaches at Larkrise Primary School. {kept}"
    )
    write(phone, site, title, text)

    expect(phone.get_by_role("heading", name="Before it is sent")).to_be_visible()
    expect(phone.get_by_role("heading", name="Marcus Oyelaran")).to_be_visible()
    expect(phone.get_by_text("A number can be called, and looked up.")).to_be_visible()
    phone.get_by_role("button", name="Say “[a name]” instead").click()
    expect(phone.get_by_role("heading", name="Marcus Oyelaran")).to_have_count(0)
    phone.get_by_role("button", name="more vaguely, and send").click()

    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    phone.get_by_role("link", name="Look at it").click()
    expect(phone.get_by_role("main")).to_contain_text("[a name]")
    expect(phone.get_by_role("main")).to_contain_text("[a workplace or school]")
    files = b"".join(file.read_bytes() for file in site.data.glob("hearth.sqlite3*"))
    assert kept.encode() in files  # else this would look in the wrong place
    assert not [word for word in gone if word.encode() in files]


def test_it_can_be_sent_as_it_is_and_gone_back_from(phone: Page, site: Site) -> None:
    title = f"My week {letters()}"
    write(phone, site, title, "He rings from 07700 900528.")
    phone.get_by_role("button", name="Go back and change it myself").click()
    expect(phone.get_by_label("Your words")).to_have_value("He rings from 07700 900528.")
    expect(phone.get_by_label("Title")).to_have_value(title)
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("button", name="Send it as it is").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()


@pytest.mark.parametrize(
    ("is_member", "is_reply"), [(True, True), (False, False)], ids=["a member's reply", "a guest's story"]
)
def test_back_and_forward_lose_nothing_and_ask_for_nothing(
    phone: Page, site: Site, is_member: bool, is_reply: bool
) -> None:
    """The phone's own Back, from the step before sending; also after a wording was taken over."""
    if is_member:
        sign_up(phone, site)
    title, text = f"My week {letters()}", "He is Marcus Oyelaran, and he rings from 07700 900634."
    if is_reply:
        open_reply(phone, site.address)
        phone.get_by_label("Your words", exact=True).fill(text)
        phone.get_by_role("button", name="Send").click()
    else:
        write(phone, site, title, text)
    step, words = phone.get_by_role("heading", name="Before it is sent"), phone.get_by_label("Your words", exact=True)
    expect(step).to_be_visible()
    phone.go_back()
    expect(words).to_have_value(text)
    if not is_reply:
        expect(phone.get_by_label("Title")).to_have_value(title)
    phone.go_forward()
    expect(step).to_be_visible()

    phone.get_by_role("button", name="Say “[a name]” instead").click()
    expect(phone.get_by_role("heading", name="Marcus Oyelaran")).to_have_count(0)
    phone.go_back()
    expect(phone.get_by_role("main")).to_contain_text("[a name]")
    phone.go_forward()
    expect(step).to_be_visible()
    expect(phone.get_by_role("heading", name="07700 900634")).to_be_visible()
    phone.get_by_role("button", name="Send it as it is").click()
    phone.wait_for_url("**/sent/")

    phone.go_back()
    phone.wait_for_url(lambda url: url.endswith(("/new/", "/reply/")))
    expect(phone.get_by_role("main")).not_to_contain_text("07700 900634")


@pytest.mark.parametrize("country", ["GB", "CA", "US", "DE", ""])
def test_who_can_help_prints_on_one_page_that_does_not_say_where_it_is_from(
    chromium: Browser, site: Site, country: str
) -> None:
    page = new_context(chromium, site).new_page()
    page.goto(f"{site.address}/help/?country={country}")
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "12mm")
    printed = page.pdf(format="A4", margin=margins)  # type: ignore[arg-type]  # its own kind of dict
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1

    unchecked = page.get_by_text("nobody of those who made this sheet has tried it")
    expect(unchecked).to_be_hidden()
    page.emulate_media(media="print")
    expect(unchecked).to_be_visible()
    expect(page.get_by_text("Hearth", exact=True).first).to_be_hidden()
    expect(page.locator(".resource-phone, .resource-web").first).to_be_visible()
