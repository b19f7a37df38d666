from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts import sealed_records
from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs, author_tags, member_name, pseudonym_name
from forum.models import Category, Post, ThreadPseudonym
from forum.policies import can_read_post
from forum.services.anonymity import open_member, read_claim
from forum.services.blocking import UNSEEN, block_author, hide_from_author
from forum.services.burning import UnderOwnName, burn_name
from forum.services.posts import reply_to, start_thread
from forum.services.visibility import NotYourPost, erase_post, publish_post
from forum.visit import with_unseen
from tests.personas import written_by, written_by_guest
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    return publish_post(start_thread(category, actor=speaker, title="A title", text="Words.").post, actor=None)


def opened(member: User) -> Reader:
    return Reader(member, opened=open_member(member).pseudonyms)


def speak(member: User, parent: Post) -> Post:
    return reply_to(parent, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, member), text="More.").post


def test_nobody_can_find_out_whose_it_was_its_author_included(story: Post, member: User) -> None:
    burn_name(story, actor=opened(member), owners={identity_of(member)})

    tag = ThreadPseudonym.objects.get().tag
    assert tag not in author_tags(identity_of(member), story.thread.public_id)
    assert len(tag) == 43
    assert open_member(member).post_ids == ()
    assert not kept()


def test_what_stands_there_stays_as_it_stands(story: Post, member: User) -> None:
    before = Post.objects.values().get()
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert Post.objects.values().get() == before


def test_everything_under_the_name_in_that_thread_goes_and_nothing_of_another_thread(
    story: Post, member: User, category: Category
) -> None:
    speak(member, story)
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    elsewhere = start_thread(category, actor=speaker, title="Elsewhere", text="Words.").post

    burn_name(story, actor=opened(member), owners={identity_of(member)})

    assert open_member(member).post_ids == (elsewhere.public_id,)


def test_who_writes_there_again_has_another_name(story: Post, member: User) -> None:
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    again = speak(member, story)
    assert again.thread_pseudonym_id != story.thread_pseudonym_id


def test_a_visit_that_still_holds_the_name_changes_nothing_with_what_it_opens_next(story: Post, member: User) -> None:
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    with pytest.raises(NotYourPost):
        erase_post(story, actor=opened(member))
    assert Post.objects.get().source == "Words."


def test_a_guest_can_burn_too(category: Category) -> None:
    guest = written_by_guest(category)
    burn_name(guest.post, actor=guest.reader, owners={read_claim(guest.code).guest})
    assert guest.reader.opened == frozenset()


def test_what_stands_under_ones_own_name_cannot_be_let_go(member: User, category: Category) -> None:
    story = written_by(member, category)
    with pytest.raises(UnderOwnName):
        burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert Post.objects.get().author == member


def test_nobody_else_can_burn_it(story: Post, member: User, other_member: User) -> None:
    tag = ThreadPseudonym.objects.get().tag
    with pytest.raises(NotYourPost):
        burn_name(story, actor=Reader(other_member), owners={identity_of(other_member)})
    assert ThreadPseudonym.objects.get().tag == tag
    assert open_member(member).post_ids == (story.public_id,)


def test_erased_words_can_be_let_go_as_well(story: Post, member: User) -> None:
    erase_post(story, actor=opened(member))
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert not kept()


# --- No way round what came upon its author ---------------------------------------------------------------------------


@pytest.fixture
def hurt(other_member: User, category: Category) -> Post:
    """Hers: she hides from the author of the story."""
    return publish_post(written_by(other_member, category, title="Hers"), actor=None)


def reads(reader: Reader, post: Post) -> bool:
    return can_read_post(with_unseen(reader), Post.objects.select_related("thread__category").get(pk=post.pk))


@pytest.mark.parametrize("hides", ["everything", "pseudonym"])
def test_what_was_kept_from_the_name_stays_kept_from_its_author(
    story: Post, member: User, other_member: User, hurt: Post, hides: str
) -> None:
    hide_from_author(story, actor=identity_of(other_member), hides=hides)
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert not reads(opened(member), hurt)
    assert reads(Reader(other_member), story)


def test_in_a_part_for_members_too(story: Post, member: User, other_member: User, members_category: Category) -> None:
    hers = publish_post(written_by(other_member, members_category), actor=None)
    hide_from_author(story, actor=identity_of(other_member), hides="everything")
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert not reads(opened(member), hers)


def test_a_block_stays_as_well(story: Post, member: User, other_member: User, hurt: Post) -> None:
    block_author(story, actor=Reader(other_member))
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert not reads(opened(member), hurt)
    assert not reads(Reader(other_member), story)


def test_of_a_guest_what_their_words_still_open_carries_it_on(
    category: Category, other_member: User, hurt: Post
) -> None:
    guest = written_by_guest(category)
    who = read_claim(guest.code).guest
    another = start_thread(category, actor=Speaker(SpeaksAs.GUEST, guest=who), title="T", text="Words.").post
    hide_from_author(guest.post, actor=identity_of(other_member), hides="everything")
    burn_name(guest.post, actor=guest.reader, owners={who})
    assert guest.reader.opened == {another.thread_pseudonym_id}
    assert not reads(guest.reader, hurt)


def test_nothing_says_from_which_name_it_came(story: Post, member: User, other_member: User, hurt: Post) -> None:
    """Not even to whoever holds the seal key: what is kept from the burnt name is not there any more."""
    assert story.thread_pseudonym_id is not None
    name = pseudonym_name(story.thread_pseudonym_id)
    hide_from_author(story, actor=identity_of(other_member), hides="everything")
    ((row_id, _what),) = sealed_records.read(UNSEEN, name)
    burn_name(story, actor=opened(member), owners={identity_of(member)})
    assert sealed_records.read(UNSEEN, name) is None
    carried = sealed_records.read(UNSEEN, member_name(member.pk))
    assert row_id not in repr(carried)
    assert name not in repr(carried)
