"""Who may see what: both forms of every rule agree, and both say what the table in tests/who_sees_what.py says.

One post for every state, category, author and for "answered or not"; every persona looks at all of them. The agreement
alone would pass if both forms were wrong together, so the table says by hand what is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.sessions import SessionStore
from common.days import today
from common.public_id import new_public_id, new_row_key
from forum.authorship import Reader, Unseen
from forum.models import Category, Post, Thread, ThreadPseudonym
from forum.policies import (
    can_change_post,
    can_read_post,
    can_reply,
    can_see_category,
    can_see_post,
    can_see_thread,
    is_author,
    is_unseen,
    listed_threads,
    readable_posts,
    visible_categories,
    visible_posts,
    visible_posts_in_thread,
)
from forum.states import PostState
from forum.visit import reader_of
from tests.personas import make_member
from tests.who_sees_what import (
    ANSWERED,
    BARE,
    EXPECTED,
    GUEST,
    MEMBERS,
    NAMED,
    NOBODY,
    PARTS,
    PSEUDONYMOUS,
    PUBLIC,
    STATES,
    expected,
)

pytestmark = pytest.mark.django_db
OUTSIDE = {"visitor", "guest with the code", "guest with a reading-only code", "guest with another code"}


@dataclass(frozen=True, slots=True)
class Case:
    post: Post
    state: PostState
    category: str
    answered: str
    name: str

    def __str__(self) -> str:
        place = "reply" if self.post.parent_id else "opening"
        return f"{self.state.value} {place}, {self.name}, {self.category}, {self.answered}"


@dataclass(frozen=True, slots=True)
class World:
    readers: dict[str, Reader]
    categories: list[Category]
    cases: list[Case]

    def posts(self) -> list[Post]:
        return [case.post for case in self.cases]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: nobody here changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made()
        transaction.set_rollback(True)


def _made() -> World:
    named, masked, other, staff, desk = (make_member(name) for name in ("one", "two", "three", "four", "five"))
    categories = {
        PUBLIC: Category.objects.create(title=PUBLIC),
        MEMBERS: Category.objects.create(title=MEMBERS, is_members_only=True),
    }
    opened: dict[str, set[int]] = {PSEUDONYMOUS: set(), GUEST: set()}
    threads, pseudonyms, openings, replies, cases = [], [], [], [], []
    kinds = product(STATES, (PUBLIC, MEMBERS), (BARE, ANSWERED), (NAMED, PSEUDONYMOUS, GUEST, NOBODY), (False, True))
    for state, kind, answered, name, is_reply in kinds:
        thread = Thread(category=categories[kind], active_on=today(), story_on=today())
        opening = _post(thread, PostState.PUBLISHED)
        post = _post(thread, state, parent=opening) if is_reply else opening
        post.state, post.shown_children = state, int(answered == ANSWERED)
        post.due_at = timezone.now() if state == PostState.SCHEDULED else None
        post.source = "" if state == PostState.ERASED else "Words."
        post.author = named if name == NAMED else None
        if name in opened:
            post.thread_pseudonym = ThreadPseudonym(thread=thread, name="somebody", tag=new_public_id())
            opened[name].add(post.thread_pseudonym.pk)
            pseudonyms.append(post.thread_pseudonym)
        if is_reply:
            opening.shown_children = int(post.is_shown)
            replies.append(post)
        thread.is_shown = opening.is_shown
        threads.append(thread)
        openings.append(opening)
        cases.append(Case(post, state, kind, answered, name))
    Thread.objects.bulk_create(threads)
    ThreadPseudonym.objects.bulk_create(pseudonyms)
    Post.objects.bulk_create(openings)
    Post.objects.bulk_create(replies)
    named_openings = {case.post.thread.pk for case in cases if case.name != NOBODY and case.post.parent_id is None}
    kept_away = Unseen(
        frozenset({named.pk}), frozenset(opened[PSEUDONYMOUS] | opened[GUEST]), frozenset(named_openings)
    )
    return World(
        readers={
            "visitor": Reader(),
            "other member": Reader(other),
            "author, by name": Reader(named),
            "author behind a thread pseudonym, opened": Reader(masked, opened=frozenset(opened[PSEUDONYMOUS])),
            "author behind a thread pseudonym, not opened": Reader(masked),
            "guest with the code": Reader(opened=frozenset(opened[GUEST])),
            "guest with a reading-only code": Reader(
                opened=frozenset(opened[GUEST]), for_reading_only=frozenset(opened[GUEST])
            ),
            "guest with another code": Reader(opened=frozenset({new_row_key()})),
            "member who opened a code too": Reader(other, opened=frozenset(opened[GUEST])),
            "member it is hidden from": Reader(other, unseen=kept_away),
            "member who blocks its author": Reader(other, unseen=kept_away),
            "moderator": Reader(desk, is_moderator=True),
            "staff without the permission": Reader(staff),
        },
        categories=list(categories.values()),
        cases=cases,
    )


def _post(thread: Thread, state: PostState, *, parent: Post | None = None) -> Post:
    """A row as it is: how a post comes into a state is the services' business, who sees it is not."""
    return Post(
        thread=thread,
        parent=parent,
        path="0000" if parent is None else "00000001",
        seq=1 if parent is None else 2,
        state=state,
        source="Words.",
        renderer_version=1,
        written_on=today(),
    )


def _found(condition: Q, world: World) -> set[int]:
    return set(Post.objects.filter(condition, pk__in=[post.pk for post in world.posts()]).values_list("pk", flat=True))


def _differ(world: World, yes: set[int], found: set[int]) -> list[str]:
    return [
        f"{case}: yes/no says {case.post.pk in yes}, the condition says {case.post.pk in found}"
        for case in world.cases
        if (case.post.pk in yes) != (case.post.pk in found)
    ]


def test_every_persona_of_the_table_is_in_the_world_and_every_state_in_the_table(world: World) -> None:
    assert set(world.readers) == set(PARTS)
    assert set(STATES) == set(PostState)
    assert {part for parts in PARTS.values() for part in parts.values()} == {part for part, _c, _a in EXPECTED}
    assert len(world.cases) == len(STATES) * 2 * 2 * 4 * 2


@pytest.mark.parametrize("persona", PARTS)
def test_yes_or_no_is_what_the_table_says(world: World, persona: str) -> None:
    reader = world.readers[persona]
    wrong = []
    for case in world.cases:
        where = (case.name, case.category, case.answered, case.state)
        right = expected(persona, *where, is_opening=case.post.parent_id is None)
        said = "r" if can_read_post(reader, case.post) else "p" if can_see_post(reader, case.post) else "-"
        if said != right:
            wrong.append(f"{case}: {said}, should be {right}")
    assert not wrong


@pytest.mark.parametrize("persona", PARTS)
def test_the_words_are_read_by_the_same_readers_in_both_forms(world: World, persona: str) -> None:
    reader = world.readers[persona]

    yes = {post.pk for post in world.posts() if can_read_post(reader, post)}

    assert _differ(world, yes, _found(readable_posts(reader), world)) == []


@pytest.mark.parametrize("persona", PARTS)
def test_posts_are_seen_by_the_same_readers_in_both_forms(world: World, persona: str) -> None:
    reader = world.readers[persona]

    yes = {post.pk for post in world.posts() if can_see_post(reader, post)}

    assert _differ(world, yes, _found(visible_posts(reader), world)) == []


@pytest.mark.parametrize("persona", PARTS)
def test_inside_a_thread_the_short_form_says_the_same_wherever_its_category_is_seen(world: World, persona: str) -> None:
    reader = world.readers[persona]
    seen = [category.pk for category in world.categories if can_see_category(reader, category)]

    yes = {post.pk for post in world.posts() if post.thread.category_id in seen and can_see_post(reader, post)}

    assert _differ(world, yes, _found(visible_posts_in_thread(reader) & Q(thread__category__in=seen), world)) == []


@pytest.mark.parametrize("persona", PARTS)
def test_categories_are_seen_by_the_same_readers_in_both_forms(world: World, persona: str) -> None:
    reader = world.readers[persona]
    yes = {category.pk for category in world.categories if can_see_category(reader, category)}
    threads = {thread.pk for thread in Thread.objects.all() if thread.category_id in yes}
    posts = {post.pk for post in Post.objects.select_related("thread") if post.thread.category_id in yes}

    assert set(Category.objects.filter(visible_categories(reader)).values_list("pk", flat=True)) == yes
    assert set(Thread.objects.filter(visible_categories(reader, "category__")).values_list("pk", flat=True)) == threads
    assert (
        set(Post.objects.filter(visible_categories(reader, "thread__category__")).values_list("pk", flat=True)) == posts
    )


@pytest.mark.parametrize("persona", PARTS)
def test_a_category_for_members_is_seen_by_members_and_moderators_alone(world: World, persona: str) -> None:
    public, members = world.categories
    is_outside = persona in OUTSIDE

    assert can_see_category(world.readers[persona], public)
    assert can_see_category(world.readers[persona], members) is not is_outside


@pytest.mark.parametrize("persona", PARTS)
def test_listed_are_the_threads_that_everybody_sees_who_sees_their_category(world: World, persona: str) -> None:
    reader = world.readers[persona]
    anybody = world.readers["other member"]
    openings = Post.objects.select_related("thread__category", "thread_pseudonym").filter(parent__isnull=True)

    yes = {
        opening.thread_id
        for opening in openings
        if can_see_category(reader, opening.thread.category)
        and can_see_thread(anybody, opening.thread, opening)
        and not is_unseen(reader, opening)
    }

    assert set(Thread.objects.filter(listed_threads(reader)).values_list("pk", flat=True)) == yes


@pytest.mark.parametrize("persona", PARTS)
def test_whoever_is_given_a_thread_in_a_list_may_open_it(world: World, persona: str) -> None:
    reader = world.readers[persona]
    openings = Post.objects.select_related("thread__category", "thread_pseudonym").filter(
        parent__isnull=True, thread__in=Thread.objects.filter(listed_threads(reader))
    )

    assert all(can_see_thread(reader, opening.thread, opening) for opening in openings)


@pytest.mark.parametrize("persona", PARTS)
def test_what_can_be_done_never_exceeds_what_is_seen(world: World, persona: str) -> None:
    reader = world.readers[persona]
    for case in world.cases:
        if can_reply(reader, case.post):
            assert can_read_post(reader, case.post), case
            assert case.state == PostState.PUBLISHED, case
        if can_change_post(reader, case.post):
            assert is_author(reader, case.post), case
            assert case.state != PostState.ERASED, case


@pytest.mark.parametrize("persona", PARTS)
def test_only_its_author_may_change_a_post_moderators_included(world: World, persona: str) -> None:
    reader = world.readers[persona]
    own = {name for name, part in PARTS[persona].items() if part in {"author", "guest author"}}

    for case in world.cases:
        assert can_change_post(reader, case.post) == (case.name in own and case.state != PostState.ERASED), case


@pytest.mark.parametrize(
    ("is_staff", "has_permission", "is_active", "is_moderator"),
    [
        (True, True, True, True),
        (True, False, True, False),
        (False, True, True, False),
        (True, True, False, False),
    ],
)
def test_a_moderator_is_active_staff_with_the_permission_to_see_every_post(
    member: User, is_staff: bool, has_permission: bool, is_active: bool, is_moderator: bool
) -> None:
    member.is_staff, member.is_active = is_staff, is_active
    member.save()
    if has_permission:
        member.user_permissions.add(Permission.objects.get(codename="see_every_post"))
    request = RequestFactory().get("/")
    request.user, request.session = User.objects.get(pk=member.pk), SessionStore()

    assert reader_of(request).is_moderator is is_moderator
