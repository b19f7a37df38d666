"""Over communities that chance made: what a block takes from whom, and that it takes nothing else from anybody.

The oracle it must not be: block a name, and learn from what goes with it which other names are the same person's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from django.utils.safestring import SafeString

from accounts.identity import identity_of
from forum.authorship import Name, Reader, Speaker, SpeaksAs, name_of
from forum.models import Category, Post
from forum.queries import ShownPost, View, posts_page, thread_for, threads_page
from forum.services.anonymity import open_member
from forum.services.blocking import Voice, block_author, hide_from_author
from forum.services.posts import reply_to, start_thread
from forum.services.visibility import publish_post
from forum.visit import with_unseen
from tests.personas import make_member, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

NAMES = ("amber willow", "copper lantern", "quiet harbour", "stone bridge")
VOICES = (SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM)
Pages = dict[str, dict[str, list[ShownPost]]]  # by view and thread


@pytest.fixture
def people(category: Category) -> list[User]:
    members = [make_member(name) for name in NAMES]
    for member in members:
        publish_post(written_by(member, category), actor=None)
    return members


@dataclass(frozen=True, slots=True)
class Community:
    posts: list[Post]
    authors: dict[str, User]  # by a post's id

    def names(self) -> dict[str, Name | None]:
        """By a post's id; of the first posts that everybody was trusted for, too."""
        return {post.public_id: name_of(post) for post in Post.objects.all()}


def community(chance: random.Random, people: list[User], category: Category) -> Community:
    posts: list[Post] = []
    authors = {}
    for _ in range(14):
        author, voice = chance.choice(people), chance.choice(VOICES)
        speaker = Speaker(voice, author)
        if len(posts) < 3 or chance.random() < 0.15:
            post = start_thread(category, actor=speaker, title="A title", text="Some words.").post
        else:
            post = reply_to(chance.choice(posts), actor=speaker, text="I believe you.").post
        post = Post.objects.select_related("thread__category", "author", "thread_pseudonym").get(pk=post.pk)
        posts.append(post)
        authors[post.public_id] = author
    return Community(posts, authors)


def pages_of(reader: Reader) -> Pages:
    """Everything in every view, as one reader is shown it; lists first, since they say what there is."""
    listed = [thread.id for thread in threads_page(reader, size=100).threads]
    return {
        view: {thread: posts_page(reader, thread_for(reader, thread), view=view, size=100).posts for thread in listed}
        for view in View
    }


def without(pages: Pages, names: set[Name], world: Community) -> Pages:
    """The same with nothing under these names: threads gone, posts gone, or waiting where others answered."""
    left: Pages = {}
    name = world.names()
    for view, threads in pages.items():
        left[view] = {}
        for thread, posts in threads.items():
            answered = {post.parent_id for post in posts}
            is_kept = {post.id: not post.is_own and name[post.id] in names for post in posts}
            opening = min(posts, key=lambda post: post.depth)
            if is_kept[opening.id]:
                continue
            left[view][thread] = [
                _waiting(post) if is_kept[post.id] else post
                for post in posts
                if not is_kept[post.id] or post.id in answered
            ]
    return left


def _waiting(post: ShownPost) -> ShownPost:
    return replace(
        post,
        title="",
        html=SafeString(),
        is_readable=False,
        can_reply=False,
        is_edited=False,
        state="HELD",
        state_words="waiting for a first look",
        has_warmth=False,
        warmth=(),
        given=(),
    )


def readers(people: list[User]) -> list[Reader]:
    """Everybody, signed in, with what they wrote opened and without; and somebody who is signed out."""
    opened = [Reader(member, opened=open_member(member).pseudonyms) for member in people]
    return [with_unseen(reader) for reader in (*map(Reader, people), *opened, Reader())]


COMMUNITIES = range(8)


@pytest.mark.parametrize("seed", COMMUNITIES)
def test_a_block_takes_one_name_from_each_of_the_two_and_nothing_from_anybody_else(
    seed: int, people: list[User], category: Category
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same community for the same number
    world = community(chance, people, category)
    post = chance.choice(world.posts)
    his, him = name_of(post), world.authors[post.public_id]
    her = chance.choice([member for member in people if member != him])
    voice = chance.choice(list(Voice))
    before = [pages_of(reader) for reader in readers(people)]

    block_author(post, actor=Reader(her), voice=voice)

    hers = Name(identity_of(her))  # a member's pseudonym
    if voice is Voice.HERE:
        spoken = [
            other for other in world.posts
            if other.thread_id == post.thread_id and other.author_id is None
            and world.authors[other.public_id] == her
        ]  # fmt: skip
        hers = name_of(spoken[0]) or hers if spoken else hers
    assert his is not None
    for reader, pages in zip(readers(people), before, strict=True):
        gone = {his} if reader.member == her else {hers} if reader.member == him else set()
        assert pages_of(reader) == without(pages, gone, world)


@pytest.mark.parametrize("seed", COMMUNITIES)
def test_who_may_have_been_hurt_takes_all_her_words_from_him_and_nothing_from_herself_or_others(
    seed: int, people: list[User], category: Category
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same community for the same number
    world = community(chance, people, category)
    post = chance.choice(world.posts)
    him = world.authors[post.public_id]
    her = chance.choice([member for member in people if member != him])
    before = [pages_of(reader) for reader in readers(people)]

    hide_from_author(post, actor=identity_of(her), hides="everything")

    hers = {name_of(other) for other in world.posts if world.authors[other.public_id] == her}
    hers.add(Name(identity_of(her)))  # under which she was trusted
    for reader, pages in zip(readers(people), before, strict=True):
        gone = {name for name in hers if name is not None} if reader.member == him else set()
        assert pages_of(reader) == without(pages, gone, world)
