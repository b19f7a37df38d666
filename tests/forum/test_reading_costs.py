"""How many times a page asks the database: the same however long, wide or deep the thread, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.identity import Identity
from accounts.models import User
from crisis.services import load_directory
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import MAX_DEPTH, PATH_STEP, Post, Reaction, ReactionKind
from forum.queries import PostsPage, View, posts_page, thread_for, threads_page
from forum.services.anonymity import new_guest
from forum.services.blocking import block_author, hide_from_author
from forum.services.posts import start_thread
from forum.services.reactions import nobodys_reaction
from forum.services.visibility import publish_post
from forum.tree import ancestor_paths
from forum.visit import with_unseen
from tests.forum.building import chain, depth_first, grow, scattered, wide
from tests.personas import sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from forum.models import Category

pytestmark = pytest.mark.django_db

LONG = 1_999  # answers: a thread of 2,000 posts
THREAD_PAGE = 4
LIST_PAGE = 5
PINNED = 1  # more, above the first page of a category


@pytest.fixture
def helplines() -> None:
    """As on every site that was started once: each page shows some, for one query."""
    load_directory()


def asked(deed: Callable[[], Any]) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as queries:
        result = deed()
    return len(queries), result


def test_two_thousand_posts_are_walked_in_forty_full_pages_in_the_order_of_the_tree(category: Category) -> None:
    parents = scattered(LONG)
    grown = grow(category, parents)
    thread = thread_for(VISITOR, grown.thread.public_id)
    for view, order in ((View.TREE, depth_first(parents)), (View.FLAT, range(LONG + 1))):
        rows, cursor = [], None
        for _page in range(40):
            page = posts_page(VISITOR, thread, view=view, cursor=cursor, size=50)
            assert len(page.posts) == 50
            rows += page.posts
            cursor = page.next
        assert cursor is None
        assert [post.id for post in rows] == [grown.posts[index].public_id for index in order]
        assert [post.parent_id for post in rows[1:]] == [
            grown.posts[parents[index - 1]].public_id for index in list(order)[1:]
        ]


def test_a_chain_far_below_the_limit_is_walked_in_order_and_each_row_names_what_it_answers(category: Category) -> None:
    parents = chain(3 * MAX_DEPTH)
    grown = grow(category, parents)
    thread = thread_for(VISITOR, grown.thread.public_id)
    rows, cursor = [], None
    for _page in range(10):
        page = posts_page(VISITOR, thread, cursor=cursor, size=10)
        above = ancestor_paths(Post.objects.get(public_id=page.posts[0].id).path)
        assert [post.id for post in page.ancestors] == [post.public_id for post in grown.posts[: len(above)]]
        rows += page.posts
        cursor = page.next
    assert cursor is None
    assert [post.id for post in rows] == [post.public_id for post in grown.posts]
    assert [post.depth for post in rows] == [min(number, MAX_DEPTH - 1) for number in range(len(rows))]
    assert [post.parent_id for post in rows] == [None, *(post.public_id for post in grown.posts[:-1])]
    assert max(len(post.path) for post in grown.posts) == MAX_DEPTH * PATH_STEP


# --- A visit ----------------------------------------------------------------------------------------------------------


def test_a_visit_that_opened_a_code_costs_the_same_however_much_it_opens(category: Category) -> None:
    costs = []
    for posts in (1, 5):
        claim = new_guest()
        speaker = Speaker(SpeaksAs.GUEST, guest=claim.guest)
        post, *others = [
            start_thread(category, actor=speaker, title="T", text="Words.").post for _number in range(posts)
        ]
        for one in (post, *others):
            publish_post(one, actor=None)
        client = Client()
        address = f"/t/{post.thread.public_id}/"
        client.get("/")
        alone, _answer = asked(partial(client.get, address))
        client.post("/claim/", {"code": claim.code})
        client.get(address)  # notes that the visit goes on
        with_code, _answer = asked(partial(client.get, address))
        costs.append(with_code - alone)
    # The session, the code, the list of what it opens, what is kept from its names, what is theirs on this page,
    # what they hold there by a flag, and the kinds of reactions to it.
    assert costs == [7, 7]


# --- A thread ---------------------------------------------------------------------------------------------------------

SHAPES = {
    "50 posts": scattered(49),
    "2,000 posts": scattered(LONG),
    "2,000 answers to one": wide(LONG),
    "a chain past the limit": chain(3 * MAX_DEPTH),
}


def pages_of(category: Category) -> dict[str, tuple[str, str | None, str | None]]:
    """For each shape its thread's id, and cursors of a middle page as a tree and flat."""
    found = {}
    for name, parents in SHAPES.items():
        thread = thread_for(VISITOR, grow(category, parents).thread.public_id)
        middle = {}
        for view in View:
            page = posts_page(VISITOR, thread, view=view, size=20)
            middle[view] = posts_page(VISITOR, thread, view=view, size=20, cursor=page.next).next
        found[name] = (thread.public_id, middle[View.TREE], middle[View.FLAT])
    return found


def read(reader: Reader, public_id: str, view: View, cursor: str | None) -> PostsPage:
    return posts_page(reader, thread_for(reader, public_id), view=view, cursor=cursor, size=20)


@pytest.mark.parametrize("view", list(View))
def test_a_visitors_page_of_a_thread_asks_as_often_whatever_its_shape(category: Category, view: View) -> None:
    first, middle = {}, {}
    for name, (public_id, tree, flat) in pages_of(category).items():
        cursor = tree if view == View.TREE else flat
        first[name], page = asked(partial(read, VISITOR, public_id, view, None))
        assert len(page.posts) == 20
        middle[name], page = asked(partial(read, VISITOR, public_id, view, cursor))
        assert page.posts
    assert set(first.values()) == {2}
    assert len(set(middle.values())) == 1
    assert max(middle.values()) <= THREAD_PAGE


def test_a_members_page_asks_twice_more_for_reactions_and_for_what_is_theirs(category: Category, member: User) -> None:
    numbers = set()
    for public_id, cursor, _flat in pages_of(category).values():
        number, _page = asked(partial(read, Reader(member), public_id, View.TREE, cursor))
        numbers.add(number)
    assert len(numbers) == 1
    assert max(numbers) <= THREAD_PAGE + 2


def test_warmth_costs_a_visitor_nothing_and_an_author_one_query_however_much_there_is(
    category: Category, member: User
) -> None:
    grown = grow(category, wide(19), author=member)
    costs = []
    for givers in (0, 1, 40):
        for kind in ReactionKind:
            Reaction.objects.bulk_create(
                nobodys_reaction(post, kind) for post in grown.posts for _giver in range(givers)
            )
        visitor, page = asked(partial(read, VISITOR, grown.thread.public_id, View.TREE, None))
        assert {post.has_warmth for post in page.posts} == {givers > 0}
        author, page = asked(partial(read, Reader(member), grown.thread.public_id, View.TREE, None))
        assert {post.warmth for post in page.posts} == {tuple(ReactionKind.values) if givers else ()}
        costs.append((visitor, author))
    assert costs == [(2, 4)] * 3  # and one for what is theirs in the thread


ADDRESSES = {
    "page": "/t/{id}/?{query}",
    "API": "/api/v1/threads/{id}/posts/?page_size=20&{query}",
}


@pytest.mark.parametrize("door", ADDRESSES)
def test_a_thread_is_served_to_a_visitor_in_as_many_queries_whatever_its_shape(
    category: Category, client: Client, helplines: None, door: str, settings: Any
) -> None:
    settings.FORUM_PAGE_SIZE = 20
    numbers: dict[str, set[int]] = {"first": set(), "middle": set(), "flat": set()}
    for public_id, tree, flat in pages_of(category).values():
        for place, query in (("first", ""), ("middle", f"cursor={tree}"), ("flat", f"view=flat&cursor={flat}")):
            address = ADDRESSES[door].format(id=public_id, query=query)
            number, response = asked(partial(client.get, address))
            assert response.status_code == 200
            numbers[place].add(number)
    assert all(len(seen) == 1 for seen in numbers.values()), numbers
    assert max(number for seen in numbers.values() for number in seen) <= THREAD_PAGE, numbers


@pytest.mark.parametrize("door", ADDRESSES)
def test_a_branch_is_served_in_as_many_queries_wherever_it_hangs(
    category: Category, client: Client, helplines: None, door: str
) -> None:
    numbers = set()
    for parents in (wide(49), scattered(LONG), chain(3 * MAX_DEPTH)):
        grown = grow(category, parents)
        for post in (grown.posts[1], grown.posts[len(parents) // 2], grown.posts[-1]):
            address = ADDRESSES[door].format(id=grown.thread.public_id, query=f"branch={post.public_id}")
            number, response = asked(partial(client.get, address))
            assert response.status_code == 200
            numbers.add(number)
    assert len(numbers) == 1
    assert max(numbers) <= THREAD_PAGE + 1  # to find the post that the branch hangs from


# --- What blocks keep away --------------------------------------------------------------------------------------------


def test_a_visitor_costs_nothing_more_and_a_member_whom_nothing_is_kept_from_two(
    category: Category, trusted_member: User
) -> None:
    named = written_by(trusted_member, category)
    assert asked(lambda: with_unseen(VISITOR))[0] == 0
    assert asked(lambda: with_unseen(Reader(trusted_member)))[0] == 2
    for _ in range(20):
        start_thread(category, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), title="A title", text="Words.")
    assert asked(lambda: with_unseen(Reader(trusted_member)))[0] == 2
    guest = written_by_guest(category).reader
    assert asked(lambda: with_unseen(guest))[0] == 1
    for number in range(30):
        hide_from_author(named, actor=Identity(f"guest:{number}"), hides="everything")
        blocker = User.objects.create(username=f"blocker {number}", pseudonym=f"blocker {number}")
        block_author(named, actor=Reader(blocker))
    number, reader = asked(lambda: with_unseen(Reader(trusted_member)))
    assert number == 4
    assert len(reader.unseen.members) == 30


# --- Lists of threads -------------------------------------------------------------------------------------------------


def test_a_list_of_threads_asks_twice_however_many_there_are(category: Category) -> None:
    for wanted in (5, 195):
        for _number in range(wanted):
            grow(category, wide(1))
        number, page = asked(lambda: threads_page(VISITOR, size=100))
        assert len(page.threads) == min(100, wanted)
        assert number == 2


LISTS = (
    "/",
    "/?order=story",
    "/c/{category}/",
    "/c/{category}/?order=story",
    "/unanswered/",
    "/api/v1/threads/",
    "/api/v1/threads/?category={category}",
    "/api/v1/threads/?category={category}&order=story",
    "/api/v1/threads/unanswered/?category={category}",
)


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("is_member", [False, True], ids=["visitor", "member"])
def test_a_list_of_threads_is_served_in_as_many_queries_at_five_and_at_two_hundred(
    category: Category, client: Client, member: User, helplines: None, address: str, is_member: bool
) -> None:
    if is_member:
        sign_in(client, member).get("/api/v1/categories/")  # a visit is marked as begun, once
    numbers = []
    for wanted in (5, 195):
        for _number in range(wanted):
            grow(category, wide(1), author=member)
        number, response = asked(partial(client.get, address.format(category=category.public_id)))
        assert response.status_code == 200
        numbers.append(number)
    assert numbers[0] == numbers[1]
    above = PINNED * ("category" in address)
    # Of a member: the visit, the account, own names, and what is kept from them.
    assert numbers[0] <= LIST_PAGE + above + 4 * is_member
