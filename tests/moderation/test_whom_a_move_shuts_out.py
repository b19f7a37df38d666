"""Nobody who wrote without an account is shut out of the conversation they wrote in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.arranging import MovesInTheOpen, WouldShutGuestsOut, move_thread
from forum.services.posts import CannotReply, reply_to, start_thread
from forum.services.visibility import erase_post, publish_post
from forum.states import PostState
from moderation.models import Case, CaseState, Decision, Seen
from moderation.services.cases import open_case
from tests.house.doors import guest, signed_in
from tests.personas import GUEST, GuestPost, answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


def moved(post: Post, by: User, category: Category) -> None:
    move_thread(fresh(post).thread, actor=by, category=category)


@pytest.mark.parametrize("state", sorted({*PostState} - {PostState.SCHEDULED, PostState.ERASED}))
def test_a_guests_story_stays_where_its_guest_can_read_it_whatever_became_of_it(
    written: GuestPost, moderator: User, members_category: Category, category: Category, state: PostState
) -> None:
    Post.objects.filter(pk=written.post.pk).update(state=state)
    with pytest.raises(WouldShutGuestsOut):
        moved(written.post, moderator, members_category)
    assert fresh(written.post).thread.category == category


def test_so_does_a_members_story_in_which_somebody_wrote_under_a_name_of_it_alone(
    story: Post, trusted_member: User, moderator: User, members_category: Category
) -> None:
    """Whether that is a guest nobody here knows, and a move does not tell."""
    reply_to(fresh(story), actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="Words.")
    with pytest.raises(WouldShutGuestsOut):
        moved(story, moderator, members_category)


def test_a_guests_reply_that_waits_or_is_put_off_or_erased_keeps_it_too(
    story: Post, moderator: User, members_category: Category
) -> None:
    waiting = reply_to(fresh(story), actor=GUEST, text="Words.", delay_hours=24)
    with pytest.raises(WouldShutGuestsOut):
        moved(story, moderator, members_category)
    erase_post(fresh(waiting.post), actor=GuestPost(waiting.post, waiting.claim_code).reader)
    with pytest.raises(WouldShutGuestsOut):
        moved(story, moderator, members_category)


def test_where_members_wrote_under_their_names_it_is_moved(
    story: Post, trusted_member: User, moderator: User, members_category: Category
) -> None:
    answered_by(trusted_member, story)
    moved(story, moderator, members_category)
    assert fresh(story).thread.category == members_category


def test_between_two_that_everybody_reads_and_among_members_it_is_moved_as_before(
    written: GuestPost, trusted_member: User, moderator: User, members_category: Category
) -> None:
    moved(written.post, moderator, Category.objects.create(title="Reading together"))
    masked = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    inside = start_thread(members_category, actor=masked, title="T", text="Words.").post
    moved(inside, moderator, Category.objects.create(title="Only us", is_members_only=True))


def test_a_guest_who_answers_in_the_moment_of_the_move_is_refused_and_keeps_the_words(
    story: Post, moderator: User, members_category: Category
) -> None:
    """What they read was there for everybody; where it stands now they could not come back to."""
    before = fresh(story)
    moved(story, moderator, members_category)
    with pytest.raises(CannotReply):
        reply_to(before, actor=GUEST, text="Words.")
    assert not Post.objects.filter(parent=story).exists()


# --- By the doors -----------------------------------------------------------------------------------------------------


def case_about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post, state=CaseState.OPEN)


def test_the_desk_says_why_and_keeps_what_was_typed(
    written: GuestPost, moderator: User, members_category: Category
) -> None:
    post = publish_post(written.post, actor=None)
    case = case_about(post)
    typed = {"seen": str(Seen.of(case)), "action": "LEAVE", "word": "Sentinel word.", "reason": "Sentinel reason."}
    place = f"/admin/moderation/case/{case.pk}/change/"
    page = signed_in(moderator).ask(place, "POST", data={**typed, "also-move_to": members_category.public_id})
    assert page.status == 400
    assert "among members they could not come back to it" in page.text
    assert "Sentinel word." in page.text
    assert not Decision.objects.exists()
    assert guest(written.code).ask(f"/t/{post.thread.public_id}/").status == 200


def test_the_api_refuses_it_by_a_code(written: GuestPost, moderator: User, members_category: Category) -> None:
    post = publish_post(written.post, actor=None)
    case = case_about(post)
    body = {"action": "LEAVE", "reason": "Words.", "also": {"move_to": members_category.public_id}}
    address = f"/api/v1/desk/cases/{case.public_id}/decisions/"
    answer = signed_in(moderator).ask(address, "POST", data=body, **{"If-Match": f'"{Seen.of(case)}"'})
    assert (answer.status, json.loads(answer.text)["code"]) == (409, "would-shut-guests-out")


@pytest.mark.parametrize("is_for_members", [True, False])
def test_a_category_with_conversations_changes_its_readers_no_more_than_a_move_would(
    written: GuestPost, moderator: User, members_category: Category, category: Category, is_for_members: bool
) -> None:
    """The form of a category is a door, too: it would move all of them at once."""
    changed = category if is_for_members else members_category
    start_thread(members_category, actor=Speaker(SpeaksAs.PSEUDONYM, moderator), title="T", text="Words.")
    typed = {"title": "Sentinel title", "description": "", "position": 1, "slow_minutes": 0, "pace": 0}
    place = f"/admin/forum/category/{changed.pk}/change/"
    page = signed_in(moderator).ask(place, "POST", data=typed | ({"is_members_only": "on"} if is_for_members else {}))
    assert str((WouldShutGuestsOut if is_for_members else MovesInTheOpen).message)[:60] in page.text
    assert "Sentinel title" in page.text
    changed.refresh_from_db()
    assert changed.is_members_only != is_for_members


def test_an_empty_one_changes_them(moderator: User, members_category: Category) -> None:
    typed = {"title": "Among members", "description": "", "position": 1, "slow_minutes": 0}
    place = f"/admin/forum/category/{members_category.pk}/change/"
    assert signed_in(moderator).ask(place, "POST", data=typed).status == 302
    members_category.refresh_from_db()
    assert not members_category.is_members_only
