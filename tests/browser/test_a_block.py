"""A hostile member, as he would try it: what he, she and a guest see of each other before a block and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, new_context
from tests.browser.people import new_name, sign_up
from tests.browser.test_a_story import decide, open_case, unique, write_story

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Person:
    page: Page
    name: str


@pytest.fixture
def people(chromium: Browser, site: Site) -> Iterator[list[Person]]:
    """She, he, and a guest, each in a browser of their own, without JavaScript."""
    pages = [new_context(chromium, site, javascript=False).new_page() for _ in range(3)]
    yield [Person(page, new_name() if number < 2 else "") for number, page in enumerate(pages)]
    for page in pages:
        page.context.close()


def write(person: Person, site: Site, desk: Page, title: str, *, waits: bool = False, masked: bool = False) -> str:
    """A story, published; where it stands."""
    page = person.page
    page.goto(f"{site.address}/new/")
    if masked:
        page.get_by_label("Where").select_option(label="Your story")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Your words").fill(f"{title}, in full.")
        page.get_by_label("another name, in this conversation only").check()
        page.get_by_role("button", name="Send").click()
    else:
        write_story(page, site, title, f"{title}, in full.")
    if waits:
        open_case(desk, site, title)
        decide(desk, "publish")
    page.goto(site.address)
    page.get_by_role("link", name=title).first.click()
    return page.url


def reply(person: Person, thread: str, text: str) -> None:
    person.page.goto(thread)
    person.page.locator("article.opening").get_by_role("link", name="Reply").first.click()
    person.page.get_by_label("Your words").fill(text)
    person.page.get_by_role("button", name="Send").click()


def everywhere(person: Person, site: Site, *threads: str) -> str:
    """All they are shown: the lists, each thread as a tree, flat, and its branches' links, their own page and inbox."""
    page, shown = person.page, []
    category = None
    for address in (site.address, *threads, *(f"{thread}?view=flat" for thread in threads)):
        answer = page.goto(address)
        assert answer is not None
        shown.append(page.get_by_role("main").inner_text() if answer.status == 200 else "")
        if category is None:
            category = page.get_by_role("link", name="Your story").first.get_attribute("href")
            page.goto(f"{site.address}{category}")
            shown.append(page.get_by_role("main").inner_text())
    for address in ("/inbox/", "/mine/"):
        page.goto(f"{site.address}{address}")
        shown.append(page.get_by_role("main").inner_text())
    return "\n".join(shown)


def status_of(person: Person, address: str) -> int:
    answer = person.page.goto(address)
    assert answer is not None
    return answer.status


def test_what_each_sees_of_the_other_before_and_after_a_block(people: list[Person], desk: Page, site: Site) -> None:
    her, him, guest = people
    hers, masked, his, said, answer = (unique(words) for words in ("Hers", "Masked", "His", "She said", "He said"))
    for person in (her, him):
        sign_up(person.page, site, person.name)
    her_thread = write(her, site, desk, hers, waits=True)
    her_other_thread = write(her, site, desk, masked, masked=True)
    his_thread = write(him, site, desk, his, waits=True)
    reply(her, his_thread, said)
    reply(him, her_thread, answer)
    threads = (her_thread, her_other_thread, his_thread)

    # Before: everybody reads everything; he leaves a reaction, she has his answer in her inbox.
    for person in people:
        seen = everywhere(person, site, *threads)
        assert all(words in seen for words in (hers, masked, his, said, answer))
    him.page.goto(her_thread)
    him.page.locator("article.opening").get_by_role("button", name="I believe you").click()
    him.page.locator("article.opening").get_by_role("link", name="Link").click()
    permalink = him.page.url
    her.page.goto(f"{site.address}/inbox/")
    expect(her.page.get_by_role("region", name="Somebody wrote in").get_by_role("link", name=hers)).to_be_visible()

    # She blocks him from one of his posts. She is told what it cannot do.
    her.page.goto(his_thread)
    her.page.locator("article.opening").get_by_role("link", name="Block").click()
    expect(her.page.get_by_role("main")).to_contain_text("without signing in")
    her.page.get_by_role("main").get_by_role("button", name="Block").click()
    expect(her.page.get_by_role("main")).to_contain_text("They were not told")

    # Now he finds nothing under her name, in no list, by no address.
    seen = everywhere(him, site, *threads)
    assert hers not in seen
    assert said not in seen
    assert her.name not in seen
    assert his in seen
    assert masked in seen, "her other name stays: if both vanished he would know that they are one"
    never_there = f"{site.address}/t/23456789abcdef/"
    assert status_of(him, never_there) == 404
    nothing = him.page.get_by_role("main").inner_text()
    for address in (her_thread, f"{her_thread}?view=flat", permalink):
        assert status_of(him, address) == 404
        assert him.page.get_by_role("main").inner_text() == nothing

    # She finds nothing under his, in her own conversation and inbox too.
    seen = everywhere(her, site, *threads)
    assert his not in seen
    assert answer not in seen
    assert him.name not in seen
    assert all(words in seen for words in (hers, masked))
    assert status_of(her, his_thread) == 404

    # The guest, signed out, sees what everybody sees: that is its limit, and it is said.
    seen = everywhere(guest, site, *threads)
    assert all(words in seen for words in (hers, masked, his, said, answer))

    # She undoes it, and all is as it was.
    her.page.goto(f"{site.address}/blocks/")
    expect(her.page.get_by_role("main")).to_contain_text(him.name)
    her.page.get_by_role("main").get_by_role("button", name="Undo").click()
    for person in (her, him):
        seen = everywhere(person, site, *threads)
        assert all(words in seen for words in (hers, masked, his, said, answer))


def test_someone_who_hurt_her_loses_all_her_words_at_once_and_is_not_told(
    people: list[Person], desk: Page, site: Site
) -> None:
    her, him, _guest = people
    hers, masked, his = (unique(words) for words in ("Hers", "Masked", "His"))
    for person in (her, him):
        sign_up(person.page, site, person.name)
    her_thread = write(her, site, desk, hers, waits=True)
    her_other_thread = write(her, site, desk, masked, masked=True)
    his_thread = write(him, site, desk, his, waits=True)

    her.page.goto(his_thread)
    her.page.locator("article.opening").get_by_role("link", name="Report").click()
    her.page.get_by_label("someone who hurt me may be here").check()
    her.page.get_by_role("main").get_by_role("button", name="Send").click()
    expect(her.page.get_by_role("main")).to_contain_text("is hidden from whoever wrote this")

    seen = everywhere(him, site, her_thread, her_other_thread, his_thread)
    assert hers not in seen
    assert masked not in seen
    assert his in seen
    assert his in everywhere(her, site, his_thread)
    desk.goto(f"{site.address}/admin/moderation/case/")
    urgent = desk.locator("ol.cases > li.urgent")
    expect(urgent.filter(has_text="someone who hurt me may be here").first).to_be_visible()
