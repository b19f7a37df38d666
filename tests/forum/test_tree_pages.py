"""A thread read page by page: nothing lost, nothing twice, nothing out of order, whoever reads, whatever happens."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.errors import HearthError, NotFound
from common.keyset import CursorUnreadable, PageSizeUnreadable
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post, Thread
from forum.queries import PostsPage, View, ViewUnknown, post_in, posts_page, thread_for
from forum.services.posts import put_back_post, reply_to
from forum.services.visibility import erase_post, hide_post, publish_post, return_post, withdraw_post
from forum.states import PostState
from tests.forum.building import depth_first, grow, shapes, taken_back, wide
from tests.personas import GUEST, answered_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
examples = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a failure small would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
views = st.sampled_from(View)
sizes = st.integers(1, 7)


@dataclass
class Cast:
    """Those who read and write here. `author` wrote everything but the guests' answers."""

    category: Category
    author: User
    stranger: User
    moderator: User
    guest_names: set[int] = field(default_factory=set)

    def readers(self) -> dict[str, Reader]:
        return {
            "visitor": VISITOR,
            "author": Reader(self.author),
            "stranger": Reader(self.stranger),
            "guest": Reader(opened=frozenset(self.guest_names)),
            "moderator": Reader(self.moderator, is_moderator=True),
        }

    def reader(self, name: str) -> Reader:
        return self.readers()[name]


BASE_64 = string.ascii_letters + string.digits + "-_"
MOST_PAGES = 100  # of the small threads here
READERS = ("visitor", "author", "stranger", "guest", "moderator")


@pytest.fixture
def people(category: Category, member: User, other_member: User, moderator: User) -> Cast:
    return Cast(category, member, other_member, moderator)


# --- What should be seen, said a second time without paths or queries -------------------------------------------------


class Facts:
    """A thread's rows at one moment, and who sees which of them, found by walking from parent to child."""

    def __init__(self, thread: Thread) -> None:
        self.posts = list(Post.objects.select_related("thread_pseudonym").filter(thread=thread).order_by("seq"))
        self.answers: dict[int, list[Post]] = {post.pk: [] for post in self.posts}
        for post in self.posts:
            if post.parent_id is not None:
                self.answers[post.parent_id].append(post)
        self.is_shown: dict[int, bool] = {}
        for post in reversed(self.posts):  # an answer is written after what it answers
            has_shown = any(self.is_shown[answer.pk] for answer in self.answers[post.pk])
            self.is_shown[post.pk] = post.state == PostState.PUBLISHED or has_shown

    def sees(self, reader: Reader, post: Post) -> bool:
        own = reader.member is not None and post.author_id == reader.member.pk
        own = own or (post.thread_pseudonym_id in reader.opened)
        return self.is_shown[post.pk] or own or reader.is_moderator

    def in_order(self, reader: Reader, view: str, branch: Post | None = None) -> list[str]:
        rows = self.posts if view == View.FLAT else self._walk()
        if branch is not None:
            below = self._below(branch)
            rows = [post for post in rows if post.pk in below]
        return [post.public_id for post in rows if self.sees(reader, post)]

    def parents_above(self, post: Post) -> list[Post]:
        by_key = {each.pk: each for each in self.posts}
        above: list[Post] = []
        while post.parent_id is not None:
            post = by_key[post.parent_id]
            above.insert(0, post)
        return above

    def _walk(self) -> list[Post]:
        index = {post.pk: number for number, post in enumerate(self.posts)}
        parents = [index[post.parent_id] for post in self.posts[1:] if post.parent_id is not None]
        return [self.posts[number] for number in depth_first(parents)]

    def _below(self, branch: Post) -> set[int]:
        found, waiting = set(), [branch.pk]
        while waiting:
            key = waiting.pop()
            found.add(key)
            waiting += [answer.pk for answer in self.answers[key]]
        return found


def ids(page: PostsPage) -> list[str]:
    return [post.id for post in page.posts]


def forwards(
    reader: Reader,
    thread: Thread,
    *,
    view: str = View.TREE,
    size: int,
    branch: Post | None = None,
    between: Callable[[], object] = lambda: None,
) -> Iterator[PostsPage]:
    """Page after page, as a reader turns them; `between` happens while they read one."""
    cursor = None
    for _page in range(MOST_PAGES):
        page = posts_page(reader, thread, view=view, cursor=cursor, size=size, branch=branch)
        yield page
        if page.next is None:
            return
        cursor = page.next
        between()
    pytest.fail("the pages never end")


def make_a_mess(people: Cast, posts: list[Post], chance: random.Random, deeds: int) -> None:
    """Things that happen to a thread, by everybody, through the services. What is refused is refused."""
    for _deed in range(deeds):
        post = Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=chance.choice(posts).pk)
        author = people.reader("author") if post.author_id else people.reader("guest")
        deed = chance.choice(DEEDS)
        try:
            made = deed(people, post, author)
        except HearthError:
            continue
        if isinstance(made, Post) and made.pk not in {known.pk for known in posts}:
            posts.append(made)


def _answer(people: Cast, post: Post, _author: Reader) -> Post:
    return answered_by(people.author, post)


def _answer_as_guest(people: Cast, post: Post, _author: Reader) -> Post:
    written = reply_to(post, actor=GUEST, text="I was there too.").post
    assert written.thread_pseudonym is not None
    people.guest_names.add(written.thread_pseudonym.pk)
    return written


DEEDS: Sequence[Callable[[Cast, Post, Reader], object]] = (
    _answer,
    _answer,
    _answer_as_guest,
    lambda people, post, _author: publish_post(post, actor=people.moderator),
    lambda people, post, _author: hide_post(post, actor=people.moderator, word="It names a place."),
    lambda people, post, _author: return_post(post, actor=people.moderator, word="Leave the name out."),
    lambda _people, post, author: withdraw_post(post, actor=author),
    lambda _people, post, author: put_back_post(post, actor=author),
    lambda _people, post, author: erase_post(post, actor=author),
)


# --- While nothing happens --------------------------------------------------------------------------------------------


@settings(examples, max_examples=8)
@given(parents=shapes(max_answers=14), chance=st.randoms(use_true_random=False), size=sizes)
def test_all_pages_together_are_what_the_reader_may_see_once_and_in_order(
    people: Cast, parents: list[int], chance: random.Random, size: int
) -> None:
    with taken_back():
        grown = grow(people.category, parents, author=people.author)
        make_a_mess(people, grown.posts, chance, deeds=12)
        facts = Facts(grown.thread)
        for name in READERS:
            reader = people.reader(name)
            if not facts.sees(reader, facts.posts[0]):
                with pytest.raises(NotFound):
                    thread_for(reader, grown.thread.public_id)
                continue
            thread = thread_for(reader, grown.thread.public_id)
            for view in View:
                expected = facts.in_order(reader, view)
                pages = list(forwards(reader, thread, view=view, size=size))
                assert [post for page in pages for post in ids(page)] == expected, (name, view)
                assert all(len(page.posts) == size for page in pages[:-1])
                assert pages[-1].posts
                assert [page.is_first for page in pages] == [True] + [False] * (len(pages) - 1)


@examples
@given(parents=shapes(max_answers=30), size=sizes, view=views)
def test_going_back_shows_the_same_pages_the_other_way_round(
    people: Cast, parents: list[int], size: int, view: View
) -> None:
    with taken_back():
        grown = grow(people.category, parents, author=people.author)
        thread = thread_for(VISITOR, grown.thread.public_id)
        pages = list(forwards(VISITOR, thread, view=view, size=size))
        back = [pages[-1]]
        while (cursor := back[-1].prev) is not None and len(back) < MOST_PAGES:
            back.append(posts_page(VISITOR, thread, view=view, cursor=cursor, size=size))
        assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]
        assert [page.ancestors for page in reversed(back)] == [page.ancestors for page in pages]
        again = back[-1]
        for page in pages[1:]:
            assert again.next is not None
            again = posts_page(VISITOR, thread, view=view, cursor=again.next, size=size)
            assert ids(again) == ids(page)


@examples
@given(
    parents=shapes(max_answers=20), chance=st.randoms(use_true_random=False), size=sizes, name=st.sampled_from(READERS)
)
def test_a_branch_is_a_post_and_all_below_it_and_nothing_else(
    people: Cast, parents: list[int], chance: random.Random, size: int, name: str
) -> None:
    with taken_back():
        grown = grow(people.category, parents, author=people.author)
        make_a_mess(people, grown.posts, chance, deeds=8)
        facts, reader = Facts(grown.thread), people.reader(name)
        if not facts.sees(reader, facts.posts[0]):
            return
        thread = thread_for(reader, grown.thread.public_id)
        for branch in facts.posts:
            if not facts.sees(reader, branch):
                with pytest.raises(NotFound):
                    post_in(reader, thread, branch.public_id)
                continue
            pages = list(forwards(reader, thread, size=size, branch=post_in(reader, thread, branch.public_id)))
            assert [post for page in pages for post in ids(page)] == facts.in_order(reader, View.TREE, branch)
            assert [post.id for post in pages[0].ancestors] == [
                post.public_id for post in facts.parents_above(branch) if facts.sees(reader, post)
            ]


@examples
@given(
    parents=shapes(max_answers=16), chance=st.randoms(use_true_random=False), size=sizes, name=st.sampled_from(READERS)
)
def test_each_page_carries_the_posts_above_its_first_row_as_far_as_the_reader_may_see_them(
    people: Cast, parents: list[int], chance: random.Random, size: int, name: str
) -> None:
    with taken_back():
        grown = grow(people.category, parents, author=people.author)
        make_a_mess(people, grown.posts, chance, deeds=12)
        facts, reader = Facts(grown.thread), people.reader(name)
        by_id = {post.public_id: post for post in facts.posts}
        if not facts.sees(reader, facts.posts[0]):
            return
        thread = thread_for(reader, grown.thread.public_id)
        for page in forwards(reader, thread, size=size):
            above = [post for post in facts.parents_above(by_id[page.posts[0].id]) if facts.sees(reader, post)]
            assert [post.id for post in page.ancestors] == [post.public_id for post in above]
        for page in forwards(reader, thread, view=View.FLAT, size=size):
            assert page.ancestors == []


def test_the_posts_above_an_own_answer_that_waits_tell_nothing_that_its_author_may_not_see(people: Cast) -> None:
    """Ruth's answer still waits when the post she answered is taken back: she sees hers, and no trace of the other."""
    opening, answered = grow(people.category, wide(1), author=people.author).posts
    waiting = answered_by(people.stranger, answered)
    withdraw_post(answered, actor=people.reader("author"))
    reader = people.reader("stranger")
    thread = thread_for(reader, opening.thread.public_id)
    page = list(forwards(reader, thread, size=1))[-1]
    assert ids(page) == [waiting.public_id]
    assert [post.id for post in page.ancestors] == [opening.public_id]


# --- While others write and take back ---------------------------------------------------------------------------------


@settings(examples, max_examples=15)
@given(
    parents=shapes(max_answers=12),
    chance=st.randoms(use_true_random=False),
    size=st.integers(1, 4),
    view=views,
    name=st.sampled_from(READERS),
)
def test_what_is_there_all_the_while_is_neither_lost_nor_repeated_nor_moved(
    people: Cast, parents: list[int], chance: random.Random, size: int, view: View, name: str
) -> None:
    with taken_back():
        grown = grow(people.category, parents, author=people.author)
        make_a_mess(people, grown.posts, chance, deeds=4)
        facts = Facts(grown.thread)
        if not facts.sees(people.reader(name), facts.posts[0]):
            return
        thread = thread_for(people.reader(name), grown.thread.public_id)
        moments = [set(facts.in_order(people.reader(name), view))]

        def meanwhile() -> None:
            if len(moments) < 6:  # or a slow reader never comes to the end of a flat thread
                make_a_mess(people, grown.posts, chance, deeds=3)
            moments.append(set(Facts(grown.thread).in_order(people.reader(name), view)))

        # The guest reads with what was theirs at first: their own new answers do not open themselves in this visit.
        reader, read = people.reader(name), []
        for number, page in enumerate(forwards(reader, thread, view=view, size=size, between=meanwhile)):
            assert set(ids(page)) <= moments[number]
            assert len(page.posts) == size or page.next is None
            read += ids(page)

        throughout = set.intersection(*moments) & set(read + _all_ids(grown.thread, reader))
        order = [post.public_id for post in _rows(grown.thread, view)]
        assert len(set(read)) == len(read)
        assert read == [post for post in order if post in set(read)]
        assert [post for post in read if post in throughout] == [post for post in order if post in throughout]


def _rows(thread: Thread, view: View) -> list[Post]:
    moderator = Reader(is_moderator=True)
    by_id = {post.public_id: post for post in Post.objects.filter(thread=thread)}
    return [by_id[public_id] for public_id in Facts(thread).in_order(moderator, view)]


def _all_ids(thread: Thread, reader: Reader) -> list[str]:
    return Facts(thread).in_order(reader, View.FLAT)


@pytest.mark.parametrize("view", list(View))
def test_a_page_that_emptied_meanwhile_still_leads_back(people: Cast, view: View) -> None:
    """Whoever turned to it is not left on a page without a way out."""
    posts = grow(people.category, wide(3), author=people.author).posts
    thread = thread_for(VISITOR, posts[0].thread.public_id)
    first = posts_page(VISITOR, thread, view=view, size=2)
    for post in posts[2:]:
        withdraw_post(post, actor=people.reader("author"))
    emptied = posts_page(VISITOR, thread, view=view, size=2, cursor=first.next)
    assert emptied.posts == []
    assert emptied.next is None
    assert emptied.prev is not None
    assert ids(posts_page(VISITOR, thread, view=view, size=2, cursor=emptied.prev)) == ids(first)


# --- Cursors that do not fit ------------------------------------------------------------------------------------------


def test_a_cursor_fits_its_own_list_and_no_other(people: Cast) -> None:
    posts = grow(people.category, [0, 1, 2, 0, 0, 0], author=people.author).posts
    others = grow(people.category, wide(6), author=people.author).posts
    thread, other = (thread_for(VISITOR, each[0].thread.public_id) for each in (posts, others))
    lists = [
        partial(posts_page, VISITOR, thread, size=1),
        partial(posts_page, VISITOR, thread, size=1, view=View.FLAT),
        partial(posts_page, VISITOR, other, size=1),
        partial(posts_page, VISITOR, other, size=1, view=View.FLAT),
        partial(posts_page, VISITOR, thread, size=1, branch=posts[1]),
        partial(posts_page, VISITOR, thread, size=1, branch=posts[2]),
    ]
    for wanted in lists:
        cursor = wanted().next
        back = wanted(cursor=cursor).prev
        for mark in (cursor, back):
            assert mark is not None
            for each in lists:
                if each is wanted:
                    assert each(cursor=mark).posts
                else:
                    with pytest.raises(CursorUnreadable):
                        each(cursor=mark)


def test_somebody_elses_cursor_shows_each_reader_only_what_is_theirs(people: Cast) -> None:
    """A cursor is a place, not a right: it may be in a link that is passed on."""
    posts = grow(people.category, wide(5), author=people.author).posts
    hide_post(posts[2], actor=people.moderator, word="It names a place.")
    desk = people.reader("moderator")
    thread = thread_for(desk, posts[0].thread.public_id)
    cursor = posts_page(desk, thread, size=2).next
    everything = [post.public_id for post in posts[2:]]
    assert ids(posts_page(desk, thread, size=5, cursor=cursor)) == everything
    assert ids(posts_page(VISITOR, thread, size=5, cursor=cursor)) == everything[1:]


@settings(examples, max_examples=60)
@given(garbage=st.text(min_size=1, max_size=200), view=views)
def test_garbage_for_a_cursor_is_refused(people: Cast, garbage: str, view: View) -> None:
    with taken_back():
        thread = thread_for(VISITOR, grow(people.category, wide(1)).thread.public_id)
        with pytest.raises(CursorUnreadable):
            posts_page(VISITOR, thread, view=view, cursor=garbage)


@settings(examples, max_examples=40)
@given(place=st.integers(0, 1_000), turn=st.integers(1, 63))
def test_a_cursor_with_one_character_changed_is_refused(people: Cast, place: int, turn: int) -> None:
    with taken_back():
        thread = thread_for(VISITOR, grow(people.category, wide(3)).thread.public_id)
        cursor = posts_page(VISITOR, thread, size=1).next
        assert cursor is not None
        place %= len(cursor) - 1  # the last one holds bits that say nothing
        other = BASE_64[(BASE_64.index(cursor[place]) + turn) % 64]
        with pytest.raises(CursorUnreadable):
            posts_page(VISITOR, thread, size=1, cursor=cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("size", [-1, 0, 101, 10**9])
def test_a_page_of_an_impossible_size_is_refused(people: Cast, size: int) -> None:
    thread = thread_for(VISITOR, grow(people.category, wide(1)).thread.public_id)
    with pytest.raises(PageSizeUnreadable):
        posts_page(VISITOR, thread, size=size)


def test_a_view_that_does_not_exist_is_refused(people: Cast) -> None:
    thread = thread_for(VISITOR, grow(people.category, wide(1)).thread.public_id)
    with pytest.raises(ViewUnknown):
        posts_page(VISITOR, thread, view="sideways")
