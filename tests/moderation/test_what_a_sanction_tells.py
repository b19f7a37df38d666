"""Over communities that chance made: what a sanction changes for everybody else, and what could be learned from it.

The oracle it must not be: a moderator puts it on an anonymous name, and watches whose other words it meets.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils.safestring import SafeString

from accounts.identity import identity_of
from forum.authorship import Name, Reader, Speaker, SpeaksAs, name_of
from forum.models import Category, Post
from forum.queries import NameKind, ShownPost, posts_page, show_post, thread_for, threads_page
from forum.services.posts import reply_to, start_thread
from forum.services.restricting import WritingPaused
from forum.services.visibility import publish_post
from moderation.models import Case, Level
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from tests.personas import make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NAMES = ("amber willow", "copper lantern", "quiet harbour", "stone bridge")
NAMED, MASKED = SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM
SEEDS = range(4)
STEPS = [Terms(Level.PREMODERATION, "Why."), Terms(Level.SUSPENSION, "Why.", days=3), Terms(Level.BAN, "Why.")]


@pytest.fixture
def people(category: Category) -> list[User]:
    members = [make_member(name) for name in NAMES]
    for member in members:
        publish_post(written_by(member, category), actor=None)
    return members


def loaded(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "author", "thread_pseudonym").get(pk=post.pk)


def community(chance: random.Random, people: list[User], category: Category) -> list[Post]:
    posts: list[Post] = []
    for _number in range(14):
        speaker = Speaker(chance.choice((NAMED, MASKED)), chance.choice(people))
        if len(posts) < 4:
            post = start_thread(category, actor=speaker, title="A title", text="Some words.").post
        else:
            post = reply_to(loaded(chance.choice(posts)), actor=speaker, text="I believe you.").post
        posts.append(post)
    return posts


def pages_of(reader: Reader) -> dict[str, ShownPost]:
    listed = [thread.id for thread in threads_page(reader, size=100).threads]
    return {
        post.id: post for thread in listed for post in posts_page(reader, thread_for(reader, thread), size=100).posts
    }


@dataclass(frozen=True, slots=True)
class Later:
    """What the desk sees of one post that somebody wrote after it: nothing of it says who."""

    name: Name | None
    state: str
    reasons: tuple[str, ...]
    shown: ShownPost


def everybody_goes_on(people: list[User], threads: list[Post], desk: Reader) -> dict[tuple[str, str, SpeaksAs], Later]:
    """Each of them in each thread under both names, as the desk sees it; what is refused is nowhere."""
    seen: dict[tuple[str, str, SpeaksAs], Later] = {}
    for opening in threads:
        for member in people:
            for voice in (NAMED, MASKED):
                with suppress(WritingPaused):
                    post = reply_to(loaded(opening), actor=Speaker(voice, member), text="More words.").post
                    seen[identity_of(member), opening.public_id, voice] = as_the_desk_sees(post, desk)
    return seen


def as_the_desk_sees(post: Post, desk: Reader) -> Later:
    post = loaded(post)
    reasons = [reason for case in Case.objects.filter(post=post) for reason in case.reasons]
    return Later(name_of(post), post.state, tuple(reasons), show_post(desk, post, None))


def undone(work: Callable[[], Any]) -> Any:
    with transaction.atomic():
        answer = work()
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("terms", STEPS, ids=lambda terms: terms.level)
def test_what_everybody_else_reads_stays_as_it_is(
    seed: int, terms: Terms, people: list[User], category: Category, moderator: User
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same community for the same number
    post = loaded(chance.choice([post for post in community(chance, people, category) if not post.author_id]))
    readers = [*map(Reader, people), Reader(), Reader(moderator, is_moderator=True)]
    before = [pages_of(reader) for reader in readers]

    sanction_author(post, actor=moderator, terms=terms)

    for reader, pages in zip(readers, before, strict=True):
        here = pages[post.public_id]
        told = show_post(reader, loaded(post), None)
        changed = replace(here, version=told.version, word_to_author=told.word_to_author)
        assert pages_of(reader) == pages | {post.public_id: changed}
        assert bool(told.word_to_author) == reader.is_moderator  # its author has not opened it


@pytest.mark.parametrize("seed", SEEDS)
def test_watching_an_anonymous_name_changes_nothing_about_any_name_that_is_known(
    seed: int, people: list[User], category: Category, moderator: User
) -> None:
    """Set beside the same days without it. What is new looks as what any guest writes, in it and after it."""
    chance = random.Random(seed)  # noqa: S311 - the same community for the same number
    posts = community(chance, people, category)
    post = loaded(chance.choice([post for post in posts if not post.author_id]))
    new = publish_post(written_by_guest(category).post, actor=None)  # where none of them has another name yet
    threads, desk = [*posts[:4], new], Reader(moderator, is_moderator=True)
    known = {name_of(loaded(other)) for other in [*posts, new]} | {Name(identity_of(member)) for member in people}
    without = undone(lambda: everybody_goes_on(people, threads, desk))

    sanction = sanction_author(post, actor=moderator, terms=STEPS[0])
    during = everybody_goes_on(people, threads, desk)
    lift_sanction(sanction, actor=moderator, why="Enough.")
    afterwards = everybody_goes_on(people, threads, desk)

    is_met = [later for later in during.values() if later.state == "HELD" and later.name not in known]
    assert is_met  # else what follows would hold of nothing
    guests = as_the_desk_sees(written_by_guest(category).post, desk)
    assert without.keys() == during.keys() == afterwards.keys()
    for place, later in during.items():
        if later.name == name_of(post):
            assert (later.state, later.reasons) == ("HELD", ("watched",))
        elif later.name in known:
            assert (later.state, later.reasons) == (without[place].state, without[place].reasons)
        elif later.state == "HELD":
            assert _alike(later) == _alike(guests)
        if later.name != name_of(post):
            assert (later.state, later.reasons) == (afterwards[place].state, afterwards[place].reasons)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("terms", STEPS[1:], ids=lambda terms: terms.level)
def test_a_pause_of_an_anonymous_name_leaves_no_trace_of_whom_it_met(
    seed: int, terms: Terms, people: list[User], category: Category, moderator: User
) -> None:
    """One of them writes nothing, and what the others write is what it would have been."""
    chance = random.Random(seed)  # noqa: S311 - the same community for the same number
    posts = community(chance, people, category)
    post = loaded(chance.choice([post for post in posts if not post.author_id]))
    threads, desk = posts[:4], Reader(moderator, is_moderator=True)
    without = undone(lambda: everybody_goes_on(people, threads, desk))

    sanction_author(post, actor=moderator, terms=terms)
    during = everybody_goes_on(people, threads, desk)

    silent = {owner for owner, _thread, _voice in without} - {owner for owner, _thread, _voice in during}
    assert len(silent) == 1
    assert {place: (later.state, later.reasons) for place, later in during.items()} == {
        place: (later.state, later.reasons) for place, later in without.items() if place[0] not in silent
    }


def _alike(later: Later) -> ShownPost:
    """But for what is another's in any case: ids, places, words and made-up names."""
    assert later.shown.name_kind == NameKind.THREAD_PSEUDONYM
    return replace(
        later.shown, id="", thread_id="", parent_id="", depth=0, name="", title="", html=SafeString(), version=0
    )
