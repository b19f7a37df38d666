"""Nobody speaks in a conversation under a name like that of somebody who is anonymous there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import User as Account
from accounts.pseudonyms import name_key
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.services.posts import NameCarriedHere, reply_to
from forum.services.visibility import publish_post
from tests.personas import PASSWORD, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(category: Category) -> Post:
    """By a guest who is called Quiet Harbour there."""
    post = publish_post(written_by_guest(category).post, actor=None)
    name = ThreadPseudonym.objects.get(posts=post)
    name.name = "Quiet Harbour"
    name.save()
    return post


def named(name: str) -> User:
    return Account.objects.create_user(name_key(name), pseudonym=name, password=PASSWORD)


def answer(story: Post, member: User, voice: SpeaksAs) -> Post:
    return reply_to(story, actor=Speaker(voice, member), text="It was me all along.").post


@pytest.mark.parametrize("name", ["Quiet Harbour", "quiet-harbour", "QuietHarb0ur", "Qu\u00edet Harbour"])
def test_a_member_with_a_name_like_it_does_not_speak_under_it(story: Post, name: str) -> None:
    with pytest.raises(NameCarriedHere):
        answer(story, named(name), SpeaksAs.PSEUDONYM)
    assert Post.objects.count() == 1


def test_but_under_another_name_they_do(story: Post) -> None:
    reply = answer(story, named("Quiet Harbour"), SpeaksAs.THREAD_PSEUDONYM)
    assert reply.thread_pseudonym is not None
    assert reply.thread_pseudonym.name_key != name_key("Quiet Harbour")


def test_and_in_another_conversation_under_their_own(story: Post, category: Category) -> None:
    other = publish_post(written_by_guest(category).post, actor=None)
    assert answer(other, named("Quiet Harbour"), SpeaksAs.PSEUDONYM).author is not None


def test_it_is_kept_however_a_row_is_made(story: Post) -> None:
    (made,) = ThreadPseudonym.objects.bulk_create([ThreadPseudonym(thread=story.thread, name="Soft Rain", tag="t")])
    assert ThreadPseudonym.objects.get(pk=made.pk).name_key == name_key("Soft Rain")


def test_nobody_is_given_a_name_that_looks_like_one_there(
    story: Post, category: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["Quiet Harb0ur", "Soft Rain"])

    def draws(_folder: object, _words: int) -> str:
        return next(drawn)

    monkeypatch.setattr("accounts.pseudonyms._random_name", draws)
    reply = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="Thank you.").post
    assert reply.thread_pseudonym is not None
    assert reply.thread_pseudonym.name == "Soft Rain"
