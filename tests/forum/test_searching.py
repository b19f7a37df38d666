"""What is found, by whom, in which order; that the index follows every state; what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from common.days import today
from common.errors import HearthError
from common.keyset import CursorUnreadable, PageSizeUnreadable
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post, SearchEntry
from forum.queries import HitsPage, search_page
from forum.search import index
from forum.search.words import NothingToLookFor
from forum.services.posts import edit_post, put_back_post
from forum.services.visibility import erase_post, hide_post, hold_post, publish_post, return_post, withdraw_post
from forum.states import PostState
from tests.forum.building import grow, wide
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def found(words: str, reader: Reader = VISITOR, **options: Any) -> list[str]:
    return [hit.id for hit in search_page(reader, words, **options).hits]


def told(page: HitsPage) -> list[str]:
    return ["".join(f"[{part.text}]" if part.is_hit else part.text for part in hit.excerpt) for hit in page.hits]


@pytest.fixture
def published(trusted_member: User, category: Category) -> Post:
    return written_by(
        trusted_member, category, title="The *first* night", text="I slept at **Zoë**'s café. No contact."
    )


# --- Finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "slept",
        "SLEPT cafe",
        "zoe first",
        '"the first night"',
        '"at zoë s café" night',
        "zoë's",
        "no-contact",
        "“no contact”",
    ],
)
def test_a_post_is_found_by_its_words(published: Post, words: str) -> None:
    assert found(words) == [published.public_id]


@pytest.mark.parametrize(
    "words",
    [
        "slept elsewhere",  # all of them
        "sle",  # whole ones
        '"contact no"',  # in order
        '"night i"',  # no phrase leads from the title into the text
        "slept OR elsewhere",  # no operators
        "sle*",
        "NOT elsewhere",
        "words:slept",
        "quiet harbour",  # its author's name
    ],
)
def test_it_is_not_found_by_others(published: Post, words: str) -> None:
    assert found(words) == []


def test_no_sign_of_either_database_does_anything(published: Post) -> None:
    for sign in "\"'()*^-+:&|!<>\\{}[],;%_~@#$?\x00":
        for words in (f"slept {sign}", f"{sign}slept", f"at{sign}zoe", f"{sign}{sign} slept {sign}"):
            assert found(words) == [published.public_id]


def test_a_hit_says_where_it_is_and_shows_the_words_around(published: Post, trusted_member: User) -> None:
    reply = answered_by(trusted_member, published, text="<b>Contact</b> is hard, the first time.")
    page = search_page(VISITOR, "contact first")
    assert set(told(page)) == {
        "<b>[Contact]</b> is hard, the [first] time.",
        "I slept at Zoë's café. No [contact].",
    }
    of_reply, of_story = sorted(page.hits, key=lambda hit: not hit.is_reply)
    assert (of_reply.id, of_reply.is_reply) == (reply.public_id, True)
    assert (of_story.id, of_story.is_reply) == (published.public_id, False)
    for hit in page.hits:
        assert "".join(part.text for part in hit.title) == "The *first* night"
        assert [part.text for part in hit.title if part.is_hit] == ["first"]
        assert hit.thread_id == published.thread.public_id
        assert (hit.name, hit.when, hit.category_title) == ("quiet harbour", "today", "Stories")


def test_the_title_of_a_story_that_was_taken_down_is_not_shown_above_an_answer(
    published: Post, trusted_member: User, moderator: User
) -> None:
    answered_by(trusted_member, published, text="Contact is hard.")
    hide_post(published, actor=moderator, word="")
    (hit,) = search_page(VISITOR, "contact").hits
    assert hit.title == ()


def test_a_category_can_be_chosen(published: Post, trusted_member: User, members_category: Category) -> None:
    among_members = written_by(trusted_member, members_category, text="We slept.")
    reader = Reader(trusted_member)
    assert found("slept") == [published.public_id]
    assert set(found("slept", reader)) == {among_members.public_id, published.public_id}
    assert found("slept", reader, category=members_category) == [among_members.public_id]


def test_a_query_without_words_is_refused(published: Post) -> None:
    with pytest.raises(NothingToLookFor):
        search_page(VISITOR, "*")


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_pages_hold_everything_once_the_newest_day_first(trusted_member: User, category: Category) -> None:
    """Within a day in no order that says who wrote before whom."""
    posts = [written_by(trusted_member, category, text=f"Needle {number}.") for number in range(7)]
    for number, post in enumerate(posts):
        post.written_on = today() - dt.timedelta(days=number // 3)
        post.save(update_fields=["written_on"])
    posts.sort(key=lambda post: (post.written_on, post.pk), reverse=True)
    wanted = [post.public_id for post in posts]
    pages: list[HitsPage] = []
    for _number in range(3):
        cursor = pages[-1].next if pages else None
        pages.append(search_page(VISITOR, "needle", cursor=cursor, size=3))
    assert [hit.id for page in pages for hit in page.hits] == wanted
    assert pages[-1].next is None
    assert pages[0].prev is None
    assert found("needle", cursor=pages[-1].prev, size=3) == wanted[3:6]


def test_a_page_marker_belongs_to_its_words_and_its_category(trusted_member: User, category: Category) -> None:
    for number in range(3):
        written_by(trusted_member, category, text=f"Needle in hay {number}.")
    cursor = search_page(VISITOR, "needle", size=1).next
    assert found("NEEDLE", cursor=cursor, size=1)
    with pytest.raises(CursorUnreadable):
        found("hay", cursor=cursor)
    with pytest.raises(CursorUnreadable):
        found("needle", cursor=cursor, category=category)
    with pytest.raises(PageSizeUnreadable):
        found("needle", size=101)


# --- The index follows the post ---------------------------------------------------------------------------------------


def test_what_waits_is_found_by_nobody(category: Category, member: User, moderator: User) -> None:
    post = written_by(member, category, text="Needle.")
    assert post.state == PostState.HELD
    for reader in (VISITOR, Reader(member), Reader(moderator, is_moderator=True)):
        assert found("needle", reader) == []
    assert not SearchEntry.objects.filter(pk=post.pk).exists()
    publish_post(post, actor=None)
    assert found("needle") == [post.public_id]


AWAY: dict[str, Callable[[Post, Reader, User], object]] = {
    "held": lambda post, _author, _moderator: hold_post(post, actor=None),
    "returned": lambda post, _author, moderator: return_post(post, actor=moderator, word="Please."),
    "hidden": lambda post, _author, moderator: hide_post(post, actor=moderator, word="Please."),
    "withdrawn": lambda post, author, _moderator: withdraw_post(post, actor=author),
    "erased": lambda post, author, _moderator: erase_post(post, actor=author),
}


@pytest.mark.parametrize("way", AWAY)
def test_what_goes_out_of_sight_goes_out_of_the_index(
    published: Post, trusted_member: User, moderator: User, way: str
) -> None:
    author = Reader(trusted_member)
    AWAY[way](published, author, moderator)
    for reader in (VISITOR, author, Reader(moderator, is_moderator=True)):
        assert found("slept", reader) == []
    assert not SearchEntry.objects.filter(pk=published.pk).exists()


def test_what_is_put_back_is_found_once_it_is_published(published: Post, trusted_member: User) -> None:
    author = Reader(trusted_member)
    withdraw_post(published, actor=author)
    put_back_post(Post.objects.select_related("thread__category", "author").get(pk=published.pk), actor=author)
    assert found("slept") == []
    publish_post(published, actor=None)
    assert found("slept") == [published.public_id]


def test_an_edited_post_is_found_by_what_it_says_now(published: Post, trusted_member: User) -> None:
    edit_post(published, actor=Reader(trusted_member), version=published.version, title="New", text="I woke.")
    assert found("woke new") == [published.public_id]
    assert found("slept") == []


def test_an_edit_that_waits_for_a_look_is_found_by_neither_text(category: Category) -> None:
    guest = written_by_guest(category, text="I slept.")
    post = publish_post(guest.post, actor=None)
    edit_post(post, actor=guest.reader, version=post.version, title="A title", text="I woke.")
    assert Post.objects.get(pk=post.pk).state == PostState.HELD
    assert found("slept") == found("woke") == []


def test_a_deed_that_is_undone_leaves_the_index_as_it_was(published: Post, trusted_member: User) -> None:
    with transaction.atomic():
        edit_post(published, actor=Reader(trusted_member), version=published.version, title="New", text="I woke.")
        transaction.set_rollback(True)
    assert found("slept") == [published.public_id]
    assert found("woke") == []
    with transaction.atomic():
        withdraw_post(published, actor=Reader(trusted_member))
        transaction.set_rollback(True)
    assert found("slept") == [published.public_id]


def test_a_refused_deed_leaves_the_index_as_it_was(published: Post, other_member: User) -> None:
    before = list(SearchEntry.objects.values_list("pk", "made_by"))
    with pytest.raises(HearthError):
        erase_post(published, actor=Reader(other_member))
    with pytest.raises(HearthError):
        publish_post(published, actor=None)
    assert list(SearchEntry.objects.values_list("pk", "made_by")) == before
    assert found("slept") == [published.public_id]


# --- What is stored ---------------------------------------------------------------------------------------------------


def test_no_word_stands_in_the_index(published: Post) -> None:
    tables = [name for name in connection.introspection.table_names() if name.startswith("forum_searchentry")]
    assert tables
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own tables' names
            kept = b" ".join(
                value if isinstance(value, bytes) else str(value).encode() for row in cursor for value in row
            )
            assert not [word for word in (b"slept", b"zoe", b"contact", b"night") if word in kept.lower()], table


def test_a_post_is_found_under_a_key_that_is_no_longer_the_newest(published: Post, settings: Any) -> None:
    settings.SEAL_KEYS = ["a newer key than that", *settings.SEAL_KEYS]
    assert found('"no contact" slept') == [published.public_id]
    settings.SEAL_KEYS = settings.SEAL_KEYS[:1]
    assert found("slept") == []


def test_a_word_that_fills_a_text_and_a_text_that_fills_the_index_are_kept(published: Post) -> None:
    published.html = f"<p>{'very ' * 400}sad {'word ' * index.MAX_INDEXED}end</p>"
    index.keep(published)
    assert found('"very very" "very sad"') == []  # only the first places of a word
    assert found("very sad night word") == [published.public_id]
    assert found("end") == []


# --- What it costs ----------------------------------------------------------------------------------------------------


def index_all() -> None:
    for post in Post.objects.filter(search_entry__isnull=True, state=PostState.PUBLISHED):
        index.keep(post)


def test_a_page_asks_twice_however_much_there_is(category: Category, trusted_member: User) -> None:
    for answers in (3, 60):
        grow(category, wide(answers), author=trusted_member)
        index_all()
        with CaptureQueriesContext(connection) as asked:
            page = search_page(Reader(trusted_member), "words", size=50)
        assert len(page.hits) == min(50, answers + 2)  # the opening, and one of before
        assert len(asked) == 2


def test_the_index_costs_one_statement_where_something_appears_changes_or_goes(
    published: Post, trusted_member: User
) -> None:
    author = Reader(trusted_member)

    def of_the_index(deed: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as asked:
            deed()
        return sum("forum_searchentry" in query["sql"] for query in asked)

    assert of_the_index(lambda: written_by(trusted_member, published.thread.category)) == 1
    assert (
        of_the_index(lambda: edit_post(published, actor=author, version=published.version, title="New", text="Other."))
        == 1
    )
    assert of_the_index(lambda: hold_post(published, actor=None)) == 1
    assert of_the_index(lambda: withdraw_post(published, actor=author)) == 0
    assert of_the_index(lambda: erase_post(published, actor=author)) == 0


def test_a_rare_word_is_looked_up_and_not_searched_for(category: Category, published: Post) -> None:
    common = " ".join(f"word{number}" for number in range(150))
    for post in grow(category, wide(2_000)).posts:
        post.html = f"{common} {post.seq}"
        index.keep(post)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT gin_clean_pending_list('forum_searchentry_words')")  # as autovacuum does
            cursor.execute("ANALYZE forum_post")
            cursor.execute("ANALYZE forum_searchentry")
        with CaptureQueriesContext(connection) as asked:
            assert found("slept cafe") == [published.public_id]
        sql = asked[0]["sql"].replace("%", "%%")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
        plan = "\n".join(str(row[-1]) for row in cursor)
    if connection.vendor == "postgresql":
        assert "Bitmap Index Scan on forum_searchentry_words" in plan, plan
        assert "Seq Scan on forum_searchentry" not in plan
    else:
        assert "SCAN forum_searchentry VIRTUAL TABLE INDEX" in plan.splitlines()[0]
        assert ":M" in plan.splitlines()[0]  # by MATCH
    assert "SCAN forum_post" not in plan
    assert "Seq Scan on forum_post" not in plan
