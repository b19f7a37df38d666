"""The Atom feed of a category: off unless it was switched on, the same for everybody, and silent about the rest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client

from common.days import day_named, day_words
from forum.models import Category, ContentNote, Post, Thread
from forum.services.content_notes import create_first_notes, put_notes
from forum.services.visibility import hold_post
from tests.personas import answered_by, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
_ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def fed(category: Category) -> Category:
    category.has_feed = True
    category.save()
    return category


def feed(client: Client, category: Category) -> ET.Element:
    answer = client.get(f"/c/{category.public_id}/feed/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 - our own


def summaries(client: Client, category: Category) -> list[str]:
    return [entry.findtext(f"{_ATOM}summary", "") for entry in feed(client, category).iter(f"{_ATOM}entry")]


def test_there_is_none_unless_it_was_switched_on(client: Client, category: Category) -> None:
    assert client.get(f"/c/{category.public_id}/feed/").status_code == 404
    assert "feed/" not in client.get(f"/c/{category.public_id}/").content.decode()


def test_there_is_none_for_members_only_not_even_for_members(
    client: Client, member: User, members_category: Category
) -> None:
    members_category.has_feed = True
    members_category.save()
    sign_in(client, member)
    assert client.get(f"/c/{members_category.public_id}/feed/").status_code == 404
    assert "feed/" not in client.get(f"/c/{members_category.public_id}/").content.decode()


def test_it_holds_what_a_visitor_reads_and_its_titles_tell_nothing(
    client: Client, trusted_member: User, fed: Category
) -> None:
    story = written_by(trusted_member, fed, title="Evenings", text="Sentinel & words.")
    root = feed(client, fed)
    titles = [element.text for element in root.iter(f"{_ATOM}title")]
    assert set(titles) == {"Hearth"}
    assert "Evenings\n\nSentinel & words." in summaries(client, fed)
    entry = next(
        entry for entry in root.iter(f"{_ATOM}entry") if "Evenings" in (entry.findtext(f"{_ATOM}summary") or "")
    )
    assert (entry.findtext(f"{_ATOM}id") or "").endswith(f"/t/{story.thread.public_id}/")
    assert "quiet harbour" not in ET.tostring(root, encoding="unicode")
    assert f"/c/{fed.public_id}/feed/" in client.get(f"/c/{fed.public_id}/").content.decode()


def test_what_is_noted_held_or_only_a_placeholder_is_not_in_it(
    client: Client, trusted_member: User, other_member: User, fed: Category
) -> None:
    create_first_notes()
    noted, held, answered, plain = (
        written_by(trusted_member, fed, title=title) for title in ("noted", "held", "answered", "plain")
    )
    put_notes(noted, ContentNote.objects.all()[:1], is_by_moderator=False)
    Post.objects.filter(pk=answered_by(other_member, answered).pk).update(state="PUBLISHED")
    Post.objects.filter(pk=answered.pk).update(shown_children=1)
    hold_post(held, actor=None)
    hold_post(answered, actor=None)
    written_by_guest(fed, title="waiting")
    found = " ".join(summaries(client, fed))
    assert "plain" in found
    assert not any(word in found for word in ("noted", "held", "answered", "waiting"))
    assert plain.thread.public_id in client.get(f"/c/{fed.public_id}/feed/").content.decode()


def test_it_is_the_same_for_everybody_and_sets_no_cookie(client: Client, trusted_member: User, fed: Category) -> None:
    create_first_notes()
    written_by(trusted_member, fed)
    anybody = client.get(f"/c/{fed.public_id}/feed/")
    assert not anybody.cookies
    assert not {"ETag", "Last-Modified"} & set(anybody.headers)
    assert anybody.headers["X-Robots-Tag"].startswith("noindex")
    somebody = Client()
    sign_in(somebody, trusted_member).post("/without/", {"without": [ContentNote.objects.all()[0].public_id]})
    assert somebody.get(f"/c/{fed.public_id}/feed/").content == anybody.content


def test_its_dates_are_as_coarse_as_the_words(client: Client, trusted_member: User, fed: Category) -> None:
    with time_machine.travel("2026-06-18T15:30:00Z", tick=False):  # a Thursday
        ages = {
            0: "2026-06-18", 2: "2026-06-15", 5: "2026-06-08", 15: "2026-06-01", 40: "2026-05-01", 400: "2025-05-01",
        }  # fmt: skip
        for age in ages:
            story = written_by(trusted_member, fed, title=f"{age} days ago")
            day = dt.date(2026, 6, 18) - dt.timedelta(days=age)
            Thread.objects.filter(pk=story.thread_id).update(active_on=day)
        found = {
            (entry.findtext(f"{_ATOM}summary") or "").split(" days")[0]: entry.findtext(f"{_ATOM}updated")
            for entry in feed(client, fed).iter(f"{_ATOM}entry")
        }
        for age, named in ages.items():
            assert found[str(age)] == f"{named}T00:00:00+00:00"
        assert feed(client, fed).findtext(f"{_ATOM}updated") == "2026-06-18T00:00:00+00:00"


def test_an_empty_one_is_as_old_as_the_day(client: Client, fed: Category) -> None:
    with time_machine.travel("2026-06-18T15:30:00Z", tick=False):
        assert feed(client, fed).findtext(f"{_ATOM}updated") == "2026-06-18T00:00:00+00:00"


def test_no_date_says_more_than_the_words_do() -> None:
    """Days of one name have one date: for each day of two years, from some days of a week, a month, a year."""
    for now in (dt.date(2026, 6, 18), dt.date(2026, 1, 1), dt.date(2026, 3, 2), dt.date(2026, 12, 31)):
        dates: dict[str, set[dt.date]] = {}
        for age in range(-1, 730):
            day = now - dt.timedelta(days=age)
            dates.setdefault(day_words(day, now=now), set()).add(day_named(day, now=now))
        assert {len(each) for each in dates.values()} == {1}
