from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Stale
from forum.authorship import Reader
from forum.models import Category, Post, Revision
from forum.queries import revisions_of
from forum.services.posts import EditNotAllowed, NotWithdrawn, edit_post, put_back_post
from forum.services.visibility import (
    MoveNotAllowed,
    NotYourPost,
    erase_post,
    hide_post,
    publish_post,
    return_post,
    withdraw_post,
)
from forum.states import PostState
from moderation.models import Case, CaseState
from moderation.services.reports import report_post
from tests.personas import GuestPost, answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


def edited(guest: GuestPost, text: str = "New words.") -> Post:
    post = Post.objects.get(pk=guest.post.pk)
    return edit_post(post, actor=guest.reader, version=post.version, title="New title", text=text)


def test_what_it_said_before_becomes_a_revision(guest: GuestPost) -> None:
    post = edited(guest)
    assert (post.title, post.source, post.is_edited) == ("New title", "New words.", True)
    assert "New words." in post.html
    assert [(r.title, r.source) for r in revisions_of(guest.reader, post)] == [("A title", "Some words.")]


def test_a_guests_published_post_waits_again(guest: GuestPost) -> None:
    publish_post(guest.post, actor=None)
    Case.objects.update(state=CaseState.CLOSED)
    assert edited(guest).state == PostState.HELD
    assert Case.objects.filter(state=CaseState.OPEN).count() == 1


def test_a_trusted_members_post_stays_published(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    post = edit_post(post, actor=Reader(trusted_member), version=post.version, title="T", text="New.")
    assert post.state == PostState.PUBLISHED


def test_a_returned_post_goes_back_for_a_first_look(guest: GuestPost, moderator: User) -> None:
    return_post(guest.post, actor=moderator, word="Please leave out the street.")
    post = edited(guest)
    assert post.state == PostState.HELD
    assert "resubmitted" in Case.objects.get(state=CaseState.OPEN).reasons


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_returned_post_goes_back_with_the_same_words_too(
    guest: GuestPost, moderator: User, client: Client, door: str
) -> None:
    return_post(guest.post, actor=moderator, word="Please leave out the street.")
    said = {"title": guest.post.title, "text": guest.post.source}
    if door == "api":
        headers = {"Authorization": f"Bearer {guest.code}", "If-Match": "*"}
        place = f"/api/v1/posts/{guest.post.public_id}/"
        assert client.patch(place, said, content_type="application/json", headers=headers).json()["state"] == "HELD"
    else:
        client.post(reverse("forum:claim"), {"code": guest.code})
        place = reverse("forum:post-edit", args=[guest.post.public_id])
        version = client.get(place).context["form"].initial["version"]
        assert client.post(place, said | {"version": version}).status_code == 302
    post = Post.objects.get()
    assert (post.state, post.is_edited, post.marks) == (PostState.HELD, False, [])
    assert "resubmitted" in Case.objects.get(state=CaseState.OPEN).reasons
    assert not Revision.objects.exists()


def test_the_same_words_change_nothing_else(guest: GuestPost) -> None:
    publish_post(guest.post, actor=None)
    Case.objects.update(state=CaseState.CLOSED)
    post = Post.objects.get()
    same = edit_post(post, actor=guest.reader, version=post.version, title=post.title, text=post.source)
    assert (same.state, same.version, same.is_edited) == (PostState.PUBLISHED, post.version, False)
    assert not Revision.objects.exists()
    assert not Case.objects.filter(state=CaseState.OPEN).exists()


def test_an_old_version_is_refused_and_nothing_is_written(guest: GuestPost) -> None:
    edited(guest)
    with pytest.raises(Stale):
        edit_post(guest.post, actor=guest.reader, version=guest.post.version, title="T", text="Lost?")
    assert Post.objects.get().source == "New words."
    assert Revision.objects.count() == 1


def test_nobody_else_edits_not_even_a_moderator(guest: GuestPost, member: User, moderator: User) -> None:
    for reader in (Reader(), Reader(member), Reader(moderator, is_moderator=True)):
        with pytest.raises(NotYourPost):
            edit_post(guest.post, actor=reader, version=guest.post.version, title="T", text="Mine now.")
    assert Post.objects.get().source == "Some words."


def test_what_was_taken_down_is_not_edited(guest: GuestPost, moderator: User) -> None:
    hide_post(guest.post, actor=moderator, word="An address.")
    with pytest.raises(EditNotAllowed):
        edited(guest)


def test_withdrawing_closes_the_case_and_putting_back_opens_one(guest: GuestPost) -> None:
    post = withdraw_post(guest.post, actor=guest.reader)
    assert post.state == PostState.WITHDRAWN
    assert not Case.objects.filter(state=CaseState.OPEN).exists()
    assert put_back_post(post, actor=guest.reader).state == PostState.HELD
    assert Case.objects.filter(state=CaseState.OPEN).count() == 1


@pytest.mark.parametrize("state", ["RETURNED", "PUBLISHED", "HIDDEN"])
def test_only_what_was_taken_back_is_put_back(
    trusted_member: User, category: Category, moderator: User, state: str
) -> None:
    post = written_by(trusted_member, category)
    if state == "RETURNED":
        post = return_post(post, actor=moderator, word="A word.")
    if state == "HIDDEN":
        post = hide_post(post, actor=moderator, word="A reason.")
    with pytest.raises(NotWithdrawn):
        put_back_post(post, actor=Reader(trusted_member))
    assert Post.objects.get(pk=post.pk).state == state


def test_what_is_put_back_waits_for_a_look_whoever_wrote_it(trusted_member: User, category: Category) -> None:
    post = withdraw_post(written_by(trusted_member, category), actor=Reader(trusted_member))
    assert put_back_post(post, actor=Reader(trusted_member)).state == PostState.HELD
    assert Case.objects.get(state=CaseState.OPEN, post_id=post.pk).reasons == ["put_back"]


def test_taking_back_does_not_close_a_reported_case(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    report_post(post, actor="a reader", reason="BLAMES")
    withdraw_post(post, actor=Reader(trusted_member))
    assert Case.objects.get(state=CaseState.OPEN, post_id=post.pk).reasons == ["reported:BLAMES"]


def test_erased_words_are_nowhere(guest: GuestPost) -> None:
    edited(guest, text="Second sentinel.")
    erase_post(Post.objects.get(), actor=guest.reader)
    post = Post.objects.get()
    assert (post.title, post.source, post.html, post.word_to_author) == ("", "", "", "")
    assert not Revision.objects.exists()
    with pytest.raises(MoveNotAllowed):
        publish_post(post, actor=None)


def test_an_erased_post_is_nobodys_to_change(guest: GuestPost) -> None:
    erase_post(guest.post, actor=guest.reader)
    with pytest.raises(MoveNotAllowed):
        withdraw_post(Post.objects.get(), actor=guest.reader)


def test_taking_back_what_others_answered_leaves_a_placeholder_until_they_go(
    trusted_member: User, other_member: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    answer = answered_by(trusted_member, story)
    withdraw_post(story, actor=Reader(trusted_member))
    story = Post.objects.get(pk=story.pk)
    assert story.is_shown
    assert story.thread.is_shown
    withdraw_post(answer, actor=Reader(trusted_member))
    story = Post.objects.get(pk=story.pk)
    assert not story.is_shown
    assert not story.thread.is_shown
