"""Bringing posts in leaves a thread as if they had been written one by one, however many come at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.days import today
from common.public_id import new_public_id
from forum.authorship import VISITOR, Reader
from forum.models import MAX_DEPTH, Post, SearchEntry, Thread, ThreadPseudonym
from forum.queries import threads_page
from forum.services.bringing_in import Arrival, arrival, bring_in_posts, bring_in_thread, strangers_in
from forum.services.visibility import erase_post
from forum.states import PostState
from forum.text import TextEmpty
from moderation.models import AuditEntry, Case
from tests.forum.building import chain, depth_first, paths_of, shapes, taken_back
from tests.personas import written_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
DAY = dt.date(2019, 5, 4)


# What waits for its day waits for a first look where it comes in: an hour does not travel (exchange.py).
COMING: list[PostState] = [state for state in PostState if state != PostState.SCHEDULED]


def coming(answers: str | None, *, state: PostState = PostState.PUBLISHED, **changes: Any) -> Arrival:
    said: dict[str, Any] = {"source": "Words.", "html": "<p>Words.</p>"}
    if state == PostState.ERASED:
        said = {"source": "", "html": ""}
    return Arrival(new_public_id(), answers, written_on=DAY, state=state, **said, **changes)


def tree(parents: list[int], states: list[PostState]) -> list[Arrival]:
    posts = [coming(None, state=states[0])]
    for place, parent in enumerate(parents, start=1):
        posts.append(coming(posts[parent].public_id, state=states[place % len(states)]))
    return posts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    parents=shapes(max_answers=12),
    states=st.lists(st.sampled_from(COMING), min_size=1, max_size=5),
    size=st.integers(1, 13),
)
def test_any_tree_in_any_portions_stands_as_it_should(
    category: Category, parents: list[int], states: list[PostState], size: int
) -> None:
    with taken_back():
        thread = bring_in_thread(category, active_on=DAY)
        arrivals = tree(parents, states)
        for start in range(0, len(arrivals), size):
            bring_in_posts(thread, arrivals[start : start + size])

        posts = list(thread.posts.order_by("seq"))
        by_path = list(thread.posts.order_by("path"))
        assert [post.public_id for post in posts] == [each.public_id for each in arrivals]
        assert [post.seq for post in posts] == list(range(1, len(posts) + 1))
        assert [post.path for post in posts] == paths_of(parents)
        assert [post.seq - 1 for post in by_path] == depth_first(parents)
        for post in posts:
            below = [other for other in posts if other.parent_id == post.pk]
            assert post.shown_children == sum(1 for other in below if other.is_shown)
        thread.refresh_from_db()
        assert thread.is_shown == posts[0].is_shown
        assert thread.last_seq == len(posts)


def test_a_chain_deeper_than_any_path_costs_few_queries(category: Category, django_assert_max_num_queries: Any) -> None:
    thread = bring_in_thread(category, active_on=DAY)
    arrivals = tree(chain(3 * MAX_DEPTH), [PostState.PUBLISHED])
    bring_in_posts(thread, arrivals)

    with django_assert_max_num_queries(30):
        bring_in_posts(thread, [coming(arrivals[-1].public_id), coming(arrivals[-2].public_id)])

    out = StringIO()
    call_command("rebuild_paths", "--check", stdout=out)
    assert out.getvalue().startswith("0 posts")


def test_an_answer_to_what_was_erased_brings_placeholders_back_up_to_the_opening_post(
    category: Category, trusted_member: User
) -> None:
    opening = written_by(trusted_member, category)
    erased = erase_post(opening, actor=Reader(trusted_member))
    assert not Thread.objects.get(pk=opening.thread_id).is_shown

    bring_in_posts(erased.thread, [coming(opening.public_id)])

    assert Thread.objects.get(pk=opening.thread_id).is_shown
    assert Post.objects.get(pk=opening.pk).shown_children == 1


def test_what_comes_in_published_is_found_and_nothing_else_is(category: Category) -> None:
    thread = bring_in_thread(category, active_on=DAY)
    posts = bring_in_posts(thread, tree([0] * (len(COMING) - 1), COMING))

    found = set(SearchEntry.objects.values_list("pk", flat=True))
    assert found == {post.pk for post in posts if post.state == PostState.PUBLISHED} != set()


def test_what_comes_in_held_gets_a_case_and_nothing_else_does(category: Category) -> None:
    thread = bring_in_thread(category, active_on=DAY)
    posts = bring_in_posts(thread, tree([0, 0, 0], [PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN]))

    case = Case.objects.get()
    assert (case.post_id, case.reasons) == (posts[1].pk, ["brought_in"])
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts) == ("posts_brought_in", {"thread": thread.public_id, "posts": 4})


def test_an_answer_to_nothing_known_adds_nothing(category: Category) -> None:
    thread = bring_in_thread(category, active_on=DAY)

    with pytest.raises(KeyError):
        bring_in_posts(thread, [coming(None), coming(new_public_id())])

    assert not Post.objects.exists()
    assert not AuditEntry.objects.exists()


def test_text_that_could_not_be_posted_is_refused(category: Category) -> None:
    thread = bring_in_thread(category, active_on=DAY)
    (person,) = strangers_in(thread, 1)

    with pytest.raises(TextEmpty) as refused:
        arrival(" \n", answers=None, person=person, written_on=DAY)
    assert refused.value.code == "text-empty"


def test_an_old_thread_stands_among_the_old_ones(category: Category, trusted_member: User) -> None:
    def opened_on(day: dt.date) -> str:
        thread = bring_in_thread(category, active_on=day)
        bring_in_posts(thread, [replace(coming(None), written_on=day)])
        return thread.public_id

    newest = written_by(trusted_member, category).thread.public_id
    older, oldest = opened_on(DAY), opened_on(DAY - dt.timedelta(days=1))
    between, also_older = opened_on(DAY + dt.timedelta(days=1)), opened_on(DAY)

    listed = [thread.id for thread in threads_page(VISITOR).threads]
    assert listed[0] == newest
    assert listed[-4:] == [between, also_older, older, oldest]


def test_a_newer_answer_moves_its_thread_up(category: Category) -> None:
    first, second = (bring_in_thread(category, active_on=DAY) for _thread in range(2))
    for thread in (first, second):
        bring_in_posts(thread, tree([], [PostState.PUBLISHED]))
    opening = first.posts.get()

    bring_in_posts(first, [replace(coming(opening.public_id), written_on=today())])

    assert [thread.id for thread in threads_page(VISITOR).threads] == [first.public_id, second.public_id]
    assert Thread.objects.get(pk=first.pk).active_on == today()


def test_strangers_carry_names_that_nobody_has(category: Category, member: User) -> None:
    thread = bring_in_thread(category, active_on=DAY)

    names = [person.name for person in strangers_in(thread, 30) + strangers_in(thread, 30)]

    assert len(set(names)) == 60
    assert member.pseudonym not in names
    assert ThreadPseudonym.objects.values("tag").distinct().count() == 60
