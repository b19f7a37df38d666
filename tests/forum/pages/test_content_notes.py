"""Choosing content notes and a filter on the pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.identity import identity_of
from forum.authorship import Reader
from forum.models import CarriedNote, Category, ContentNote, Post
from forum.services.content_notes import add_team_notes, create_first_notes, put_notes
from forum.services.drafts import drafts_by
from forum.services.posts import change_notes
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
KEY = "a-key-that-a-form-was-given"


@pytest.fixture
def note(db: None) -> ContentNote:
    create_first_notes()
    return ContentNote.objects.earliest("position")


@pytest.fixture
def story(trusted_member: User, category: Category, note: ContentNote) -> Post:
    post = written_by(trusted_member, category, title="Evenings", text="Sentinel words.")
    put_notes(post, [note], is_by_moderator=False)
    return post


def chosen_in(page: str) -> list[str]:
    return re.findall(r'name="notes" value="(\w+)"[^>]* checked', page)


def carried() -> list[str]:
    return list(CarriedNote.objects.values_list("note__shipped", flat=True))


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_a_story_is_sent_with_notes(client: Client, category: Category, note: ContentNote) -> None:
    assert "Content notes" in client.get("/new/").content.decode()
    fields = {"title": "T", "text": "Words.", "form_key": KEY, "category": category.public_id}
    answer = client.post("/new/", {**fields, "notes": [note.public_id]})
    assert answer.status_code == 302
    assert carried() == ["VIOLENCE"]


def test_a_forum_without_a_list_asks_for_none(client: Client, category: Category) -> None:
    assert "Content notes" not in client.get("/new/").content.decode()


def test_chosen_notes_come_back_with_a_refusal(client: Client, category: Category, note: ContentNote) -> None:
    fields = {"title": "", "text": "Words.", "form_key": KEY, "category": category.public_id}
    chosen = [each.public_id for each in ContentNote.objects.all()[:2]]
    page = client.post("/new/", {**fields, "notes": chosen}).content.decode()
    assert chosen_in(page) == chosen
    page = client.post(
        "/new/", {**fields, "title": "T", "notes": chosen, "claim_code": "no-such-code"}
    ).content.decode()
    assert chosen_in(page) == chosen
    assert not Post.objects.exists()


def test_chosen_notes_come_back_when_the_form_was_open_too_long(category: Category, note: ContentNote) -> None:
    fields = {"title": "T", "text": "Words.", "form_key": KEY, "category": category.public_id}
    answer = Client(enforce_csrf_checks=True).post("/new/", {**fields, "notes": [note.public_id]})
    assert f'<input type="hidden" name="notes" value="{note.public_id}">' in answer.content.decode()


def test_a_note_that_is_not_on_the_list_is_refused(client: Client, category: Category, note: ContentNote) -> None:
    fields = {"title": "T", "text": "Words.", "form_key": KEY, "category": category.public_id}
    answer = client.post("/new/", {**fields, "notes": ["no such note"]})
    assert answer.status_code == 400
    assert not Post.objects.exists()


def test_drafts_keep_them(client: Client, trusted_member: User, category: Category, note: ContentNote) -> None:
    sign_in(client, trusted_member)
    client.post("/new/", {"title": "T", "text": "Words.", "notes": [note.public_id], "do": "keep"})
    (kept,) = drafts_by(identity_of(trusted_member))
    assert kept.words.notes == [note.public_id]


def test_an_author_changes_them_later_and_sees_what_the_team_added(
    client: Client, trusted_member: User, moderator: User, story: Post
) -> None:
    second = ContentNote.objects.get(shipped="DEATH")
    add_team_notes(story, [second], actor=moderator)
    sign_in(client, trusted_member)
    address = f"/p/{story.public_id}/notes/"
    page = client.get(address).content.decode()
    assert len(chosen_in(page)) == 1
    assert "The team added “death or grief”" in page
    assert client.post(address, {"notes": []}).status_code == 302
    assert carried() == ["DEATH"]


def test_nobody_else_finds_that_page(client: Client, other_member: User, story: Post) -> None:
    assert sign_in(client, other_member).get(f"/p/{story.public_id}/notes/").status_code == 404


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_noted_words_stand_in_a_closed_part_that_says_what_and_who(client: Client, story: Post) -> None:
    page = client.get(f"/t/{story.thread.public_id}/").content.decode()
    assert '<details class="noted"><summary>Content notes: violence · quiet harbour</summary>' in page
    assert "Sentinel" not in client.get("/").content.decode()
    assert "Content notes: violence" in client.get("/").content.decode()


def test_its_author_reads_it_openly(client: Client, trusted_member: User, story: Post) -> None:
    page = sign_in(client, trusted_member).get(f"/t/{story.thread.public_id}/").content.decode()
    assert "Sentinel words." in page
    assert '<details class="noted"' not in page


# --- A filter ---------------------------------------------------------------------------------------------------------


def test_looking_sets_no_session_and_choosing_sets_one(client: Client, note: ContentNote) -> None:
    client.get("/without/")
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    client.post("/without/", {"without": []})
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    assert not Session.objects.exists()
    client.post("/without/", {"without": [note.public_id]})
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert Session.objects.count() == 1


def test_a_visitors_filter_leaves_stories_out_until_it_is_taken_back(
    client: Client, story: Post, note: ContentNote, category: Category
) -> None:
    places = ["/", f"/c/{category.public_id}/"]
    assert all("Evenings" in client.get(place).content.decode() for place in places)
    client.post("/without/", {"without": [note.public_id]})
    assert not any("Evenings" in client.get(place).content.decode() for place in places)
    assert "checked" in client.get("/without/").content.decode()
    client.post("/without/", {"without": [each.public_id for each in ContentNote.objects.all()]})
    client.post("/without/", {"all": "1"})
    assert all("Evenings" in client.get(place).content.decode() for place in places)


def test_a_post_that_is_left_out_is_shown_when_it_is_asked_for(client: Client, story: Post, note: ContentNote) -> None:
    client.post("/without/", {"without": [note.public_id]})
    thread = f"/t/{story.thread.public_id}/"
    page = client.get(thread).content.decode()
    assert "You leave this out: violence." in page
    assert "Sentinel" not in page
    assert "Evenings" not in page
    link = f"{thread}?branch={story.public_id}&amp;show={story.public_id}"
    assert f'href="{link}"' in page
    page = client.get(link.replace("&amp;", "&")).content.decode()
    assert "Sentinel words." in page
    assert '<details class="noted" open>' in page


@pytest.mark.parametrize("where", ["reply", "report"])
def test_pages_about_one_post_leave_it_out_as_well(client: Client, story: Post, note: ContentNote, where: str) -> None:
    client.post("/without/", {"without": [note.public_id]})
    page = client.get(f"/p/{story.public_id}/{where}/").content.decode()
    assert "You leave this out: violence." in page
    assert "Sentinel" not in page
    assert "Evenings" not in page


def test_a_search_can_leave_something_out_this_once(
    client: Client, trusted_member: User, category: Category, story: Post, note: ContentNote
) -> None:
    written_by(trusted_member, category, title="Mornings", text="Sentinel, too.")

    def found(**fields: object) -> str:
        answer = client.post("/search/", {"words": "sentinel", **fields})
        return client.get(answer.headers["Location"]).content.decode()

    assert "Evenings" in found()
    assert "Mornings" in found()
    page = found(without=[note.public_id])
    assert "Evenings" not in page
    assert "Mornings" in page
    assert "Evenings" in client.get("/").content.decode()


def test_what_is_below_something_left_out_names_it_and_shows_nothing(
    client: Client, other_member: User, story: Post, note: ContentNote
) -> None:
    answer = answered_by(other_member, story)
    Post.objects.filter(pk=answer.pk).update(state="PUBLISHED")
    client.post("/without/", {"without": [note.public_id]})
    page = client.get(f"/t/{story.thread.public_id}/?branch={answer.public_id}").content.decode()
    assert "What led here" in page
    assert "You leave this out: violence." in page
    assert "Sentinel" not in page
    assert "Evenings" not in page


def test_ones_own_is_never_left_out(client: Client, trusted_member: User, story: Post, note: ContentNote) -> None:
    change_notes(story, actor=Reader(trusted_member), notes=[note])
    sign_in(client, trusted_member).post("/without/", {"without": [note.public_id]})
    assert "Evenings" in client.get("/").content.decode()
    assert "Sentinel words." in client.get(f"/t/{story.thread.public_id}/").content.decode()
