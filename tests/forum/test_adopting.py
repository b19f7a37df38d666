from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts import sealed_records
from accounts.identity import identity_of
from accounts.models import SealedRecord
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.services.adopting import adopt_posts
from forum.services.anonymity import (
    OWN_POSTS,
    ClaimForReadingOnly,
    ClaimUnknown,
    open_member,
    read_claim,
    read_claims,
)
from forum.services.claims import make_code
from forum.services.posts import edit_post, reply_to
from forum.services.visibility import publish_post
from moderation.models import AuditEntry
from tests.personas import GuestPost, written_by_guest
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


def speak(member: User, parent: Post) -> Post:
    return reply_to(parent, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, member), text="Words.").post


def test_the_posts_become_the_members_and_stay_under_their_names(guest: GuestPost, member: User) -> None:
    adopt_posts(read_claim(guest.code), actor=member)

    opened = open_member(member)
    assert opened.post_ids == (guest.post.public_id,)
    post = Post.objects.select_related("thread__category").get(pk=guest.post.pk)
    assert (post.author, post.thread_pseudonym_id) == (None, guest.post.thread_pseudonym_id)
    edit_post(post, actor=Reader(member, opened=opened.pseudonyms), version=post.version, title="T", text="Changed.")


def test_every_code_ends_and_the_guests_own_records_go(guest: GuestPost, member: User) -> None:
    claim = read_claim(guest.code)
    further = make_code(claim, may_write=False)

    adopt_posts(claim, actor=member)

    assert read_claims([claim.code, further.code]) == []
    assert {owner for _kind, owner, _value in kept()} == {identity_of(member)}


def test_what_the_member_had_written_is_still_theirs(guest: GuestPost, member: User) -> None:
    own = speak(member, publish_post(guest.post, actor=None))

    adopt_posts(read_claim(guest.code), actor=member)

    assert set(open_member(member).post_ids) == {own.public_id, guest.post.public_id}


def test_in_the_adopted_thread_they_go_on_under_the_adopted_name(guest: GuestPost, member: User) -> None:
    adopt_posts(read_claim(guest.code), actor=member)

    assert speak(member, publish_post(guest.post, actor=None)).thread_pseudonym_id == guest.post.thread_pseudonym_id
    assert ThreadPseudonym.objects.count() == 1


def test_who_had_a_name_of_their_own_there_keeps_it_for_what_they_write_next(guest: GuestPost, member: User) -> None:
    story = publish_post(guest.post, actor=None)
    before = speak(member, story)

    adopt_posts(read_claim(guest.code), actor=member)

    assert speak(member, story).thread_pseudonym_id == before.thread_pseudonym_id
    assert ThreadPseudonym.objects.count() == 2


def test_the_database_does_not_show_it(guest: GuestPost, member: User) -> None:
    """Two copies, from before and after: no row of a thread, of the log or of the account differs."""

    def shown() -> list[object]:
        return [
            list(model.objects.order_by("pk").values()) for model in (Post, ThreadPseudonym, AuditEntry, type(member))
        ]

    before = shown()

    adopt_posts(read_claim(guest.code), actor=member)

    assert shown() == before


def test_a_code_for_reading_only_gives_nothing_to_anybody(guest: GuestPost, member: User) -> None:
    reading = make_code(read_claim(guest.code), may_write=False)
    before = set(SealedRecord.objects.values_list("lookup", "pk"))

    with pytest.raises(ClaimForReadingOnly):
        adopt_posts(reading, actor=member)

    assert set(SealedRecord.objects.values_list("lookup", "pk")) == before
    assert open_member(member).post_ids == ()


def test_what_somebody_adopted_a_moment_ago_is_not_adopted_again(
    guest: GuestPost, member: User, other_member: User
) -> None:
    claim = read_claim(guest.code)
    adopt_posts(claim, actor=member)

    with pytest.raises(ClaimUnknown):
        adopt_posts(claim, actor=other_member)

    assert open_member(other_member).post_ids == ()
    assert sealed_records.items(OWN_POSTS, identity_of(member))
