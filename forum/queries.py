"""What a named reader may see, ready to be shown. Every reader of posts goes through here.

Doors get `Shown…` values that hold nothing the reader may not have: the words of a post that is not theirs to read
never leave this module, so no template or serializer can let them out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.identity import identity_of
from common.days import day_named, day_words, today
from common.errors import Invalid, NotFound
from common.keyset import Order, Page, cursor_with, page_of
from common.public_id import is_public_id
from forum.authorship import VISITOR, Reader, reaction_tags
from forum.comparing import Change, changes_between
from forum.delays import due_words
from forum.filters import is_filtered, unfiltered_posts, unfiltered_threads
from forum.importing.blog import old_address
from forum.marking import Marked, Piece, marked_in, pieces_around, pieces_of, words_together
from forum.models import (
    CarriedNote,
    Category,
    ContentNote,
    Notice,
    OldAddress,
    Post,
    Quote,
    Reaction,
    ReactionKind,
    ReplyLimit,
    ReplyWish,
    Revision,
    Thread,
)
from forum.models.old_address import address_digest
from forum.policies import (
    can_change_post,
    can_edit_post,
    can_flag,
    can_pause,
    can_put_off,
    can_read_post,
    can_reply,
    can_see_category,
    can_see_post,
    can_see_thread,
    can_undo_flag,
    is_author,
    listed_threads,
    readable_posts,
    visible_categories,
    visible_posts,
    visible_posts_in_thread,
)
from forum.policies import (
    own_posts as own_posts_of,
)
from forum.search.index import holding
from forum.search.words import Part, Term, excerpt_around, marked, terms_of
from forum.states import Flag, PostState
from forum.text import excerpt, words_as_read
from forum.tree import ancestor_paths, branch_end

if TYPE_CHECKING:
    from accounts.models import User

THREADS_BY_ACTIVITY = Order("threads", ("activity", "pk"), descending=True)
THREADS_BY_STORY = Order("stories", ("story_on", "pk"), descending=True)
THREADS_UNANSWERED = Order("unanswered", ("story_on", "pk"))
POSTS_AS_TREE = Order("tree", ("path",))
POSTS_AS_WRITTEN = Order("flat", ("seq",))
POSTS_FOUND = Order("found", ("written_on", "pk"), descending=True)
EXCERPT_CHARS = 220
MOST_DECIDED = 50
MOST_PINNED = 3
MOST_OWN = 20  # of one's own posts that a thread's page leads to

# How far a thread was seen: the highest seq, and those below it that were not published then.
Mark = tuple[int, list[int]]


class View(StrEnum):
    TREE = "tree"
    FLAT = "flat"


class ViewUnknown(Invalid):
    code = "view-unknown"


class Sorting(StrEnum):
    """Of lists of threads."""

    ACTIVITY = "activity"
    STORY = "story"


class SortingUnknown(Invalid):
    code = "order-unknown"


class NameKind(StrEnum):
    PSEUDONYM = "pseudonym"
    THREAD_PSEUDONYM = "thread_pseudonym"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A content note on a post. That a moderator put it there is told to the post's author and to moderators."""

    id: str
    words: str
    is_by_moderator: bool = False

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """What a reply quotes, and who said it. All of it empty where that is not there for the reader."""

    post_id: str = ""
    name: str = ""
    name_kind: NameKind = NameKind.NOBODY
    passage: str = ""
    # Of what is quoted: doors show its words once they are opened, and none under a note that the reader filters.
    notes: tuple[ShownNote, ...] = ()
    is_filtered: bool = False

    @property
    def is_readable(self) -> bool:
        return bool(self.passage)


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as one reader sees it. `html` and `title` are empty where the words are not theirs to read, or are under a
    note that they filter; under other notes a door shows them only once they are opened.
    """

    id: str
    thread_id: str
    parent_id: str | None
    depth: int
    name: str
    name_kind: NameKind
    is_thread_author: bool
    title: str
    html: SafeString
    notes: tuple[ShownNote, ...]
    is_readable: bool
    is_filtered: bool
    state: str
    state_words: str
    when: str
    is_edited: bool
    is_own: bool
    can_change: bool  # the words
    can_erase: bool
    can_reply: bool
    version: int
    # For its author alone: what they wrote, as they wrote it, and what a moderator wrote to them.
    source: str = ""
    word_to_author: str = ""
    word_follows: bool = False
    marks: tuple[Marked, ...] = ()
    help_for: str = ""
    quote: ShownQuote | None = None
    # For its author and moderators: the day, in words, on which what was put off may appear; whether it can be moved.
    waits_until: str = ""
    can_put_off: bool = False
    is_flagged: bool = False  # for moderators, too
    # For whoever began the conversation.
    can_flag: bool = False
    # Somebody reacted: told to whoever reads it. Which kinds are there: to its author alone. Which this reader gave.
    has_warmth: bool = False
    warmth: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    # Under which name the post stands that this one answers, where that one is on the same page.
    parent_name: str = ""

    @property
    def marked_words(self) -> tuple[Piece, ...]:
        """All it says, with the marks in their places: for its author."""
        return pieces_of(words_together(self.title, self.source), self.marks)

    @property
    def marked_excerpt(self) -> tuple[Piece, ...]:
        return pieces_around(words_together(self.title, self.source), self.marks)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A reply of the reader's own, to lead to."""

    id: str
    when: str


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A story in a list. One that carries notes has its title, which its author chose for this, and no excerpt."""

    id: str
    category_id: str
    category_title: str
    title: str
    excerpt: str
    notes: tuple[ShownNote, ...]
    name: str
    name_kind: NameKind
    when: str
    day: dt.date  # the first day of what `when` says, for the feed alone
    is_readable: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class ShownWish:
    """What the author of a story asks of those who answer; empty where the story's words are not the reader's to read,
    unless it only waits.

    `words`: the wish and the limits as they stand on a page.
    """

    wish: str = ""
    limits: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        wish = [ReplyWish(self.wish).label] if self.wish else []
        return [str(label) for label in (*wish, *(ReplyLimit(limit).label for limit in self.limits))]


@dataclass(frozen=True, slots=True)
class PostsPage:
    """`ancestors` lead from the opening post to the first row, so that a page in a branch makes sense alone.

    `own` are the replies in this thread, on whatever page, that this reader may know as their own: the last MOST_OWN.
    """

    posts: list[ShownPost]
    ancestors: list[ShownPost]
    own: list[OwnPlace]
    next: str | None
    prev: str | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """`pinned` stand above the first page of a category, and in none of its pages. `is_filtered`: its reader filters
    something, so that none may mean none to meet.
    """

    threads: list[ShownThread]
    next: str | None
    prev: str | None
    is_filtered: bool = False
    pinned: list[ShownThread] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A published post in which the words were found. The title is its thread's, empty where that is not shown. There
    is no excerpt of a post that carries notes.
    """

    id: str
    thread_id: str
    category_id: str
    category_title: str
    title: tuple[Part, ...]
    excerpt: tuple[Part, ...]
    notes: tuple[ShownNote, ...]
    name: str
    name_kind: NameKind
    when: str
    is_reply: bool


@dataclass(frozen=True, slots=True)
class ShownBefore:
    """What a post said before an edit."""

    number: int
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class ShownRevision:
    """What a post said before an edit, and what that edit changed. `earlier` and `later`: the edits beside it."""

    number: int
    of: int
    when: str
    title: str
    source: str
    title_changes: tuple[Change, ...]
    text_changes: tuple[Change, ...]
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class HitsPage:
    hits: list[ShownHit]
    next: str | None
    prev: str | None


# --- Finding one ------------------------------------------------------------------------------------------------------


def categories_for(reader: Reader) -> list[Category]:
    return list(Category.objects.filter(visible_categories(reader)))


def category_with(public_id: str) -> Category:
    """For moderators. Raises NotFound."""
    category = Category.objects.filter(public_id=public_id).first() if is_public_id(public_id) else None
    if category is None:
        raise NotFound
    return category


def categories_to_move_to() -> list[Category]:
    """For moderators: all of them."""
    return list(Category.objects.order_by("title", "pk"))


def category_for(reader: Reader, public_id: str) -> Category:
    category = Category.objects.filter(public_id=public_id).first() if is_public_id(public_id) else None
    if category is None or not can_see_category(reader, category):
        raise NotFound
    return category


def place_to_pin(scope: str, text: str) -> str | None:
    """The public id of the thread or category that staff named, by its id or by an address of it; None: there is none.
    Crisis asks this before a helpline is pinned (CRISIS_PLACES).
    """
    letter, rows = ("t", Thread.objects.all()) if scope == "THREAD" else ("c", Category.objects.all())
    at = re.search(rf"/{letter}/([^/?#]+)/", f"{text}/")
    public_id = at[1] if at else text
    is_there = is_public_id(public_id) and rows.filter(public_id=public_id).exists()
    return public_id if is_there else None


def notes_offered(also: Iterable[int] = ()) -> list[ContentNote]:
    """To choose from; with those that are chosen already, by their rows."""
    return list(ContentNote.objects.filter(Q(is_offered=True) | Q(pk__in=also)))


def carrying(notes: Collection[str]) -> QuerySet[Post]:
    """Posts that carry one of these notes, by their public ids; to leave out of a query of another app's."""
    return Post.objects.filter(carried_notes__note__public_id__in=notes)


def notes_on(posts: Iterable[Post]) -> dict[int, tuple[ShownNote, ...]]:
    """By row, as moderators see them; for lists of other apps. One query, none where no post carries any."""
    posts = list(posts)
    _fetch_carried_notes(posts)
    return {post.pk: _notes_of(post, tells_whose=True) for post in posts}


def show_notes(notes: Iterable[ContentNote]) -> list[ShownNote]:
    return [ShownNote(note.public_id, str(note.words)) for note in notes]


def thread_for(reader: Reader, public_id: str) -> Thread:
    """One query; the thread comes with its category and, as `opening_post`, its opening post. Raises NotFound."""
    threads = _with_warmth(Post.objects.select_related("thread__category", "author", "thread_pseudonym"))
    opening = _only(threads.filter(thread__public_id=public_id, parent__isnull=True))
    if opening is None or not can_see_thread(reader, opening.thread, opening):
        raise NotFound
    thread = opening.thread
    thread.opening_post = opening  # type: ignore[attr-defined]  # carried along, so that nobody asks for it twice
    return thread


def team_words(text: str) -> str:
    """What the team says of itself is kept in English and read in any language; what a moderator wrote, as they did."""
    return _(text) if text else ""


def thread_at_old_address(reader: Reader, address: str) -> Thread:
    """The thread that a page became which stood at this path elsewhere. Raises NotFound. One or two queries."""
    digest = address_digest(old_address(address))
    thread_id = OldAddress.objects.filter(digest=digest).values_list("thread__public_id", flat=True).first()
    if thread_id is None:
        raise NotFound
    return thread_for(reader, thread_id)


def post_for(reader: Reader, public_id: str) -> Post:
    """One query; with thread, category and names. Raises NotFound, also for what is only a placeholder's thread."""
    post = _post(public_id)
    if post is None or not can_see_post(reader, post):
        raise NotFound
    return post


def post_at_desk(public_id: str) -> Post:
    """Like `post_for`, whatever its state: its place, for a moderator, where the words may be gone. Raises NotFound."""
    post = _post(public_id)
    if post is None:
        raise NotFound
    return post


def every_word_of(post: Post) -> list[str]:
    """What it says, and what it said before it was changed, the newest first; nothing, once it is erased."""
    fresh = Post.objects.get(pk=post.pk)
    said = [(fresh.title, fresh.source), *fresh.revisions.order_by("-number").values_list("title", "source")]
    return [words for title, source in said if (words := f"{title}\n{source}".strip())]


def _post(public_id: str) -> Post | None:
    if not is_public_id(public_id):  # a parameter may be anything; PostgreSQL takes no NUL
        return None
    return _only(_with_names(Post.objects.filter(public_id=public_id)).select_related("thread__category"))


def _only(posts: QuerySet[Post]) -> Post | None:
    """Of at most one. first() would put it in order, and to work out how costs Django more than the query itself."""
    return next(iter(posts[:1]), None)


def wish_of(reader: Reader, thread: Thread) -> ShownWish:
    """Of a thread from `thread_for`: no query."""
    return _wish(reader, opening_of(thread))


def wish_above(reader: Reader, post: Post) -> ShownWish:
    """For whoever answers a post from `post_for`. One query, none where it is the story itself or nothing is asked."""
    thread = post.thread
    if not (thread.reply_wish or thread.reply_limits):
        return ShownWish()
    if post.parent_id is None:
        return _wish(reader, post)
    return _wish(reader, opening_above(post))


def wish_of_others(reader: Reader, post: Post) -> ShownWish:
    """What a reply below a post from `post_for`, or a reply itself, should keep to. One query more at most. Empty for
    whoever began the conversation: what they ask of others is not asked of them.
    """
    thread = post.thread
    if not (thread.reply_wish or thread.reply_limits):
        return ShownWish()
    opening = opening_above(post)
    return ShownWish() if is_author(reader, opening) else _wish(reader, opening)


def opening_above(post: Post) -> Post:
    """The story a post from `post_for` stands below. One query, none if it is one itself."""
    if post.parent_id is None:
        return post
    opening = Post.objects.get(thread=post.thread_id, parent__isnull=True)
    opening.thread = post.thread
    return opening


def flaggable_for(reader: Reader, public_id: str) -> Post:
    """Like `post_for`; whoever began the conversation finds what they flagged, too."""
    post = _post(public_id)
    if post is None or not (can_see_post(reader, post) or can_undo_flag(reader, post, opening_above(post))):
        raise NotFound
    return post


def held_by_flag(reader: Reader, thread: Thread) -> list[ShownPost]:
    """Replies that this reader flagged and nobody has decided on, for whoever began a thread from `thread_for`: when
    and by whom, no words. One query; none for anybody else.
    """
    opening = opening_of(thread)
    if not can_pause(reader, opening):
        return []
    waiting = _with_names(thread.posts.filter(flag=Flag.WAITS)).order_by("seq")[:MOST_OWN]
    return [show_post(reader, post, opening) for post in waiting]


def wish_of_story(post: Post) -> ShownWish:
    """For its author's copy: of a reply nothing."""
    if post.parent_id is not None:
        return ShownWish()
    return ShownWish(post.thread.reply_wish, tuple(post.thread.reply_limits))


def _wish(reader: Reader, opening: Post) -> ShownWish:
    """The thread's: it stands while the story waits for another look, too, for its replies can still be answered."""
    waits = opening.state == PostState.HELD and can_see_post(reader, opening)
    return wish_of_story(opening) if waits or can_read_post(reader, opening) else ShownWish()


def opening_of(thread: Thread) -> Post:
    """Of a thread from `thread_for`: no query."""
    opening: Post = thread.opening_post  # type: ignore[attr-defined]  # carried along by thread_for
    return opening


def own_post_for(reader: Reader, public_id: str) -> Post:
    """Like `post_for`, for its author. Somebody else's post looks like none."""
    post = post_for(reader, public_id)
    if not is_author(reader, post):
        raise NotFound
    return post


def post_in(reader: Reader, thread: Thread, public_id: str) -> Post:
    """Like `post_for`, and of this thread."""
    post = post_for(reader, public_id)
    if post.thread_id != thread.pk:
        raise NotFound
    return post


def just_written(public_id: str) -> Post:
    """For answering its author right after writing: whoever asks was there when it was written."""
    return _with_names(Post.objects.filter(public_id=public_id)).select_related("thread__category").get()


def pseudonyms_of(post: Post) -> frozenset[int]:
    return frozenset({post.thread_pseudonym_id}) if post.thread_pseudonym_id else frozenset()


def has_held_post(member: User) -> bool:
    """Under their own pseudonym; of the others nobody knows whose they are."""
    return Post.objects.filter(author=member, state=PostState.HELD).exists()


def ids_of_named_posts(member: User) -> QuerySet[Post, str]:
    """Of everything under their own name, as a condition for others' queries."""
    return Post.objects.filter(author=member).values_list("public_id", flat=True)


def own_posts(reader: Reader, post_ids: Sequence[str] = ()) -> list[ShownPost]:
    """A member's posts under their own pseudonym, and those of `post_ids` that this reader has opened; newest first."""
    posts = _with_names(Post.objects.filter(public_id__in=post_ids)).select_related("thread__category")
    if reader.member is not None:
        named = _with_names(Post.objects.filter(author=reader.member.pk)).select_related("thread__category")
        posts = posts | named
    # A day is all that is known of the time; on one day, what was opened stands in the order of its author's own list.
    place = {post_id: number for number, post_id in enumerate(post_ids)}
    rows = sorted(
        (post for post in posts if is_author(reader, post) and post.state != PostState.ERASED),
        key=lambda post: (post.written_on, place.get(post.public_id, -1), post.seq),
        reverse=True,
    )
    return [show_post(reader, post, None) for post in rows]


def own_posts_decided(reader: Reader, told: Mapping[str, int]) -> list[ShownPost]:
    """Own posts that were published, held by a flag, sent back or taken down, or bear a word of the team, and not told
    of yet; newest first.
    """
    return [show_post(reader, post, None) for post in rows_decided(reader, told)]


def rows_decided(reader: Reader, told: Mapping[str, int]) -> list[Post]:
    """`told`: the version of each that was not published, or bore a word, when its author was last told. One query."""
    bears_word = ~Q(word_to_author="") & (Q(word_leaves_at__isnull=True) | Q(word_leaves_at__lte=timezone.now()))
    published = Q(state=PostState.PUBLISHED) & (Q(public_id__in=told) | bears_word)
    turned_down = Q(state__in=[PostState.RETURNED, PostState.HIDDEN]) | Q(flag=Flag.WAITS)
    posts = _with_names(Post.objects.filter(own_posts_of(reader), published | turned_down))
    newest_first = posts.select_related("thread__category").order_by("-written_on", "pk")
    return [post for post in newest_first if told.get(post.public_id) != post.version][:MOST_DECIDED]


def revisions_of(reader: Reader, post: Post) -> list[ShownBefore]:
    """What a post said before, the newest first: for its author and moderators. Numbered from one: a row's own number
    counts what was decided, too.
    """
    return [ShownBefore(number, row.title, row.source) for number, row in _rows_before(reader, post)]


def _rows_before(reader: Reader, post: Post) -> list[tuple[int, Revision]]:
    if not (reader.is_moderator or is_author(reader, post)):
        raise NotFound
    return list(enumerate(post.revisions.order_by("number"), 1))[::-1]


def words_of(reader: Reader, post: Post) -> str:
    """As they were written: the title, a line break, the source. For its author and moderators; empty to others."""
    if not (is_author(reader, post) or reader.is_moderator) or not can_read_post(reader, post):
        return ""
    return words_together(post.title, post.source)


def marks_on(post: Post) -> tuple[Marked, ...]:
    """For its author alone, who reads them with the word they came with."""
    return () if post.word_follows else marked_in(words_together(post.title, post.source), post.marks)


def words_at(post: Post, versions: Iterable[int]) -> dict[int, str]:
    """For moderators: what it said in each of these versions. Empty where the words are gone. One query."""
    if post.state == PostState.ERASED:
        return {}
    before = list(post.revisions.order_by("number").values_list("number", "title", "source"))
    now = (post.version, post.title, post.source)
    found = {}
    for version in versions:
        _number, title, source = next((then for then in before if then[0] >= version), now)
        found[version] = words_together(title, source)
    return found


def words_changed_since(post: Post, version: int) -> tuple[Change, ...]:
    """For moderators: what its author changed since a version, as one text. Empty where the words are gone or alike."""
    if post.state == PostState.ERASED:
        return ()
    then = post.revisions.filter(number__gte=version).order_by("number").first()
    return changes_between(f"{then.title}\n{then.source}", f"{post.title}\n{post.source}") if then else ()


def revision_of(reader: Reader, post: Post, number: int | None = None) -> ShownRevision:
    """One edit, the newest unless its number is given: for the same. Two versions are compared, never more."""
    rows = _rows_before(reader, post)
    number = len(rows) if number is None else number
    if not 0 < number <= len(rows):
        raise NotFound
    after: Revision | Post = post if number == len(rows) else rows[-number - 1][1]
    return _changed(rows, number, after)


def edits_since(reader: Reader, post: Post, version: int) -> ShownRevision | None:
    """All that its author changed since a version, as one edit: for the same. None where the words are alike."""
    rows = _rows_before(reader, post)
    number = next((number for number, row in reversed(rows) if row.number >= version), None)
    if number is None or (rows[-number][1].title, rows[-number][1].source) == (post.title, post.source):
        return None
    return _changed(rows, number, post)


def _changed(rows: Sequence[tuple[int, Revision]], number: int, after: Revision | Post) -> ShownRevision:
    """`rows`: the newest first."""
    before = rows[-number][1]
    last = rows[0][1] if isinstance(after, Post) else before  # the edit that made `after`
    return ShownRevision(
        number=number,
        of=len(rows),
        when=day_words(last.replaced_on),
        title=before.title,
        source=before.source,
        title_changes=changes_between(before.title, after.title),
        text_changes=changes_between(before.source, after.source),
        earlier=number - 1 or None,
        later=number + 1 if number < len(rows) else None,
    )


def written_since(day: dt.date) -> Iterator[Post]:
    """Every post of these days that still has words, for the operator; in constant memory, in no order."""
    posts = Post.objects.filter(written_on__gte=day).exclude(state=PostState.ERASED)
    yield from posts.only("public_id", "parent_id", "title", "source").order_by("pk").iterator(chunk_size=500)


def stories_since(day: dt.date) -> tuple[int, int]:
    """How many stories that are there now were published since then, and how many of them somebody has answered."""
    stories = Thread.objects.filter(is_shown=True, story_on__gte=day)
    counted = stories.aggregate(all=Count("pk"), answered=Count("pk", filter=Q(is_unanswered=False)))
    return counted["all"], counted["answered"]


def has_published_before(member: User) -> bool:
    """Under their own pseudonym: what was said anonymously says nothing about an account."""
    return Post.objects.filter(author=member, state=PostState.PUBLISHED).exists()


# --- Lists ------------------------------------------------------------------------------------------------------------


def threads_page(
    reader: Reader,
    category: Category | None = None,
    *,
    order: str = Sorting.ACTIVITY,
    cursor: str | None = None,
    size: int | None = None,
) -> ThreadsPage:
    """Newest activity first, or newest story. Two queries, however many threads there are, and one for the notes they
    carry. A category's pinned threads stand above its first page instead, for one query more.
    """
    if order not in set(Sorting):
        raise SortingUnknown(_("Conversations can be sorted by activity or by story."))
    by = THREADS_BY_ACTIVITY if order == Sorting.ACTIVITY else THREADS_BY_STORY
    threads = _threads_listed(reader, category)
    pinned = threads.filter(is_pinned=True).order_by("-activity", "-pk") if category else None
    if category is not None:
        threads = threads.filter(is_pinned=False)
    return _page_of_threads(reader, threads, by, category, cursor=cursor, size=size, pinned=pinned)


def unanswered_page(
    reader: Reader, category: Category | None = None, *, cursor: str | None = None, size: int | None = None
) -> ThreadsPage:
    """Stories that nobody has answered yet and somebody may, the one that waits longest first. Two queries.

    Of all stories, not of first ones alone: of an anonymous author each may be the first, and nobody can say.
    """
    threads = _threads_listed(reader, category).filter(is_unanswered=True, is_locked=False, is_paused=False)
    return _page_of_threads(reader, threads, THREADS_UNANSWERED, category, cursor=cursor, size=size)


def _threads_listed(reader: Reader, category: Category | None) -> QuerySet[Thread]:
    """What every list of threads begins with."""
    threads = Thread.objects.select_related("category").filter(listed_threads(reader), unfiltered_threads(reader))
    return threads if category is None else threads.filter(category=category)


def _page_of_threads(
    reader: Reader,
    threads: QuerySet[Thread],
    order: Order,
    category: Category | None,
    *,
    cursor: str | None,
    size: int | None,
    pinned: QuerySet[Thread] | None = None,
) -> ThreadsPage:
    page = page_of(
        threads,
        order,
        size=settings.FORUM_PAGE_SIZE if size is None else size,
        cursor=cursor,
        bound_to=category.public_id if category else "",
    )
    above = list(pinned[:MOST_PINNED]) if pinned is not None and page.prev is None else []
    openings = {
        post.thread_id: post
        for post in Post.objects.select_related("author", "thread_pseudonym").filter(
            thread__in=[*above, *page.rows], parent__isnull=True
        )
    }
    _fetch_notes(openings.values())
    now = today()

    def shown(threads: list[Thread]) -> list[ShownThread]:
        return [
            _show_thread(reader, thread, openings[thread.pk], now, day=_day_in(order, thread)) for thread in threads
        ]

    return ThreadsPage(shown(page.rows), page.next, page.prev, bool(reader.filtered), shown(above))


def notice_for(reader: Reader, public_id: str) -> Notice:
    now = today()
    notice = (
        Notice.objects.select_related("category")
        .filter(public_id=public_id, shown_from__lte=now, shown_until__gte=now)
        .first()
    )
    if notice is None or (notice.category and not can_see_category(reader, notice.category)):
        raise NotFound
    return notice


def notices_for(reader: Reader, category: Category | None = None, *, away: Collection[str] = ()) -> list[Notice]:
    """Shown today on a category's page, or on the first; not those that were put `away` in this visit. One query."""
    if category is not None and not can_see_category(reader, category):
        return []
    now = today()
    current = Notice.objects.filter(category=category, shown_from__lte=now, shown_until__gte=now)
    return list(current.exclude(public_id__in=away))


def _day_in(order: Order, thread: Thread) -> dt.date | None:
    return thread.active_on if order is THREADS_BY_ACTIVITY else thread.story_on


def feed_of(category_id: str) -> list[ShownThread]:
    """The first page of a category as a visitor reads it, without anything that carries a note. Raises NotFound where
    there is no feed. In the order of days as they are shown, and of drawn ids.
    """
    category = category_for(VISITOR, category_id)
    if not category.has_feed:
        raise NotFound
    careful = replace(VISITOR, filtered=frozenset(ContentNote.objects.values_list("pk", flat=True)))
    page = threads_page(careful, category)
    stories = [thread for thread in [*page.pinned, *page.threads] if thread.is_readable]
    return sorted(stories, key=lambda thread: (-thread.day.toordinal(), thread.id))


def threads_with_news(reader: Reader, marks: Mapping[str, Mark]) -> list[ShownThread]:
    """Of the threads that are marked: those where somebody else's words, for this reader to read, came later; newest
    activity first. Two queries, none without marks.
    """
    if not marks:
        return []
    openings = Post.objects.select_related("thread__category", "author", "thread_pseudonym").filter(
        visible_posts(reader), unfiltered_posts(reader), parent__isnull=True, thread__public_id__in=marks
    )
    found = {opening.thread_id: opening for opening in openings}
    later = Q(pk__in=[])
    for row, opening in found.items():
        later |= Q(thread=row) & _since(marks[opening.thread.public_id])
    with_news = set(_others_words(reader).filter(later).values_list("thread_id", flat=True).distinct())
    _fetch_notes(found[row] for row in with_news)
    now = today()
    newest_first = sorted((found[row] for row in with_news), key=lambda post: (-post.thread.activity, -post.thread_id))
    return [_show_thread(reader, opening.thread, opening, now) for opening in newest_first]


def first_since(reader: Reader, thread: Thread, mark: Mark) -> Post | None:
    """The earliest of somebody else's words in a thread, for this reader to read, that came after the mark."""
    return _others_words(reader).filter(_since(mark), thread=thread).order_by("seq").first()


def _since(mark: Mark) -> Q:
    seen, waiting = mark
    return Q(seq__gt=seen) | Q(seq__in=waiting)


def _others_words(reader: Reader) -> QuerySet[Post]:
    to_read = Post.objects.filter(readable_posts(reader), unfiltered_posts(reader), state=PostState.PUBLISHED)
    return to_read.exclude(own_posts_of(reader))


def posts_page(
    reader: Reader,
    thread: Thread,
    *,
    view: str = View.TREE,
    cursor: str | None = None,
    size: int | None = None,
    branch: Post | None = None,
    at: Post | None = None,
) -> PostsPage:
    """One page of a thread from `thread_for`: one query for the posts, one more for ancestors past the first page, one
    for the notes that any of them carry, and for whoever is known one for what is theirs and one for reactions.

    `branch` narrows the tree to a post and what answers it. `at` begins with a post, where no cursor says otherwise.
    """
    if view not in set(View):
        raise ViewUnknown(_("A thread can be read as a tree or flat."))
    order = POSTS_AS_TREE if view == View.TREE else POSTS_AS_WRITTEN
    posts = _with_names(thread.posts.filter(visible_posts_in_thread(reader)))
    if branch is not None:
        posts = posts.filter(path__gte=branch.path, path__lt=branch_end(branch.path))
    bound_to = f"{thread.public_id}|{branch.public_id if branch else ''}"
    if at is not None and at.parent_id is not None and cursor is None:
        cursor = cursor_with(at, order, bound_to=bound_to)
    page: Page[Post] = page_of(
        posts, order, size=settings.FORUM_PAGE_SIZE if size is None else size, cursor=cursor, bound_to=bound_to
    )
    ancestors: list[Post] = []
    if view == View.TREE and page.rows and len(above := ancestor_paths(page.rows[0].path)) > 0:
        visible = thread.posts.filter(visible_posts_in_thread(reader), path__in=above)
        ancestors = list(_with_names(visible).order_by("path"))
    _fetch_notes([opening_of(thread), *ancestors, *page.rows])
    shown = _show_posts(reader, thread, [*ancestors, *page.rows])
    above_all, shown = shown[: len(ancestors)], shown[len(ancestors) :]
    return PostsPage(
        posts=_with_parents(shown, above_all),
        ancestors=above_all,
        own=_own_places(reader, thread),
        next=page.next,
        prev=page.prev,
        is_first=page.is_first,
    )


def _with_parents(shown: list[ShownPost], above: list[ShownPost]) -> list[ShownPost]:
    """Only of what is on the page: of a post that is not for this reader not even the name leaves."""
    names = {post.id: post.name for post in (*above, *shown)}
    return [replace(post, parent_name=names.get(post.parent_id or "", "")) for post in shown]


def _own_places(reader: Reader, thread: Thread) -> list[OwnPlace]:
    if reader.member is None and not reader.opened:
        return []
    replies = thread.posts.filter(own_posts_of(reader), parent__isnull=False).exclude(state=PostState.ERASED)
    newest = list(replies.order_by("-seq").values_list("public_id", "written_on")[:MOST_OWN])
    now = today()
    return [OwnPlace(public_id, day_words(day, now=now)) for public_id, day in reversed(newest)]


def search_page(
    reader: Reader,
    words: str,
    category: Category | None = None,
    *,
    cursor: str | None = None,
    size: int | None = None,
) -> HitsPage:
    """Published posts that hold all of the words, by day, the newest first. Raises what `terms_of` does. Two queries,
    and one for what notes they carry.

    The order is of days alone: a rank would move while somebody turns pages, and says little of a few words. Within a
    day it is by drawn numbers, so that it does not say who wrote before whom (safety.md D1).
    """
    terms = terms_of(words)
    found = Post.objects.filter(
        holding(terms),
        readable_posts(reader),
        unfiltered_posts(reader),
        unfiltered_threads(reader, "thread"),
        state=PostState.PUBLISHED,
    )
    if category is not None:
        found = found.filter(thread__category=category)
    page = page_of(
        _with_names(found).select_related("thread__category"),
        POSTS_FOUND,
        size=settings.FORUM_PAGE_SIZE if size is None else size,
        cursor=cursor,
        bound_to=f"{category.public_id if category else ''}|{terms}",
    )
    threads = {post.thread_id: post.thread for post in page.rows}
    openings = {}
    for opening in Post.objects.filter(thread__in=threads, parent__isnull=True):
        opening.thread = threads[opening.thread_id]
        openings[opening.thread_id] = opening
    _fetch_notes([*page.rows, *openings.values()])
    now = today()
    return HitsPage(
        [_show_hit(reader, post, openings[post.thread_id], terms, now) for post in page.rows], page.next, page.prev
    )


# --- Showing ----------------------------------------------------------------------------------------------------------


def show_post(reader: Reader, post: Post, opening: Post | None, now: dt.date | None = None) -> ShownPost:
    """`opening` is the thread's opening post, to mark its author's answers; None where that does not matter."""
    may_read = can_read_post(reader, post)
    _fetch_notes([post])
    filtered = may_read and is_filtered(reader, post)
    readable = may_read and not filtered
    own = is_author(reader, post)
    reads_word = reader.is_moderator or (own and not post.word_follows)
    name, name_kind = _name_of(post)
    # What a block keeps from this reader stands like whatever waits.
    state = PostState.HELD if post.state == PostState.PUBLISHED and not may_read else PostState(post.state)
    return ShownPost(
        id=post.public_id,
        thread_id=post.thread.public_id,
        parent_id=getattr(post, "parent_public_id", None),
        depth=post.depth,
        name=name,
        name_kind=name_kind,
        is_thread_author=opening is not None and _same_name(post, opening),
        title=post.title if readable else "",
        html=mark_safe(post.html) if readable else SafeString(),  # noqa: S308 - forum/text.py made it safe when it was written
        notes=_notes_of(post, tells_whose=own or reader.is_moderator) if may_read else (),
        is_readable=readable,
        is_filtered=filtered,
        state=state,
        state_words=str(state.label if own else state.to_others),
        when=day_words(post.written_on, now=now),
        is_edited=post.is_edited and readable,
        is_own=own,
        can_change=can_edit_post(reader, post),
        can_erase=can_change_post(reader, post),
        can_reply=can_reply(reader, post),
        version=post.version,
        source=post.source if own and readable else "",
        word_to_author=team_words(post.word_to_author) if reads_word else "",
        word_follows=post.word_follows and own,
        marks=marks_on(post) if own and readable else (),
        help_for=post.help_for if reads_word else "",
        quote=quote_of(reader, post) if readable else None,
        waits_until=due_words(post.due_at) if post.due_at and (own or reader.is_moderator) else "",
        can_put_off=can_put_off(reader, post),
        is_flagged=post.flag == Flag.WAITS and (own or reader.is_moderator),
        can_flag=opening is not None and can_flag(reader, post, opening),
        has_warmth=readable and (own or state == PostState.PUBLISHED) and getattr(post, "has_reactions", False),
    )


def show_alone(reader: Reader, post: Post) -> ShownPost:
    """A post from `post_for` on its own page: with what its author and whoever reacted may know. One query more."""
    return _with_reactions(reader, [post], [show_post(reader, post, None)])[0]


def quote_of(reader: Reader, post: Post) -> ShownQuote | None:
    """No query for a post that was found here."""
    if post.parent_id is None or not can_read_post(reader, post):
        return None
    quote: Quote | None = getattr(post, "quote", None)  # loaded by _with_names
    if quote is None:
        return None
    quoted = quote.quoted
    quoted.thread = post.thread
    if not quote.passage or not can_read_post(reader, quoted):
        return ShownQuote()
    name, name_kind = _name_of(quoted)
    notes = _notes_of(quoted) if not is_author(reader, quoted) else ()
    if is_filtered(reader, quoted):
        return ShownQuote(notes=notes, is_filtered=True)
    return ShownQuote(quoted.public_id, name, name_kind, quote.passage, notes)


def _show_posts(reader: Reader, thread: Thread, posts: Iterable[Post]) -> list[ShownPost]:
    now = today()
    opening = opening_of(thread)
    shown = []
    rows = list(posts)
    for post in rows:
        post.thread = thread
        shown.append(show_post(reader, post, opening, now))
    return _with_reactions(reader, rows, shown)


def _with_reactions(reader: Reader, rows: list[Post], shown: list[ShownPost]) -> list[ShownPost]:
    """One query: the kinds that a post's author may know of, and those that this reader gave. None for visitors."""
    own = {post.pk for post, view in zip(rows, shown, strict=True) if view.is_own}
    known = Q(post__in=own)
    if reader.member is not None:
        identity = identity_of(reader.member)
        known |= Q(post__in=rows, tag__in=[tag for post in rows for tag in reaction_tags(identity, post.public_id)])
    elif not own:
        return shown
    warmth: dict[int, set[str]] = defaultdict(set)
    given: dict[int, set[str]] = defaultdict(set)
    for post_id, kind in Reaction.objects.filter(known).values_list("post_id", "kind").distinct():
        (warmth if post_id in own else given)[post_id].add(kind)
    return [
        replace(view, warmth=_in_order(warmth[post.pk]), given=_in_order(given[post.pk]))
        for post, view in zip(rows, shown, strict=True)
    ]


def _in_order(kinds: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in ReactionKind.values if kind in kinds)


def _show_thread(
    reader: Reader, thread: Thread, opening: Post, now: dt.date, *, day: dt.date | None = None
) -> ShownThread:
    """`day`: by which it is sorted, the last one on which somebody wrote in it where none is given."""
    opening.thread = thread
    readable = can_read_post(reader, opening) and not is_filtered(reader, opening)
    name, name_kind = _name_of(opening)
    return ShownThread(
        id=thread.public_id,
        category_id=thread.category.public_id,
        category_title=thread.category.title,
        title=opening.title if readable else "",
        excerpt=excerpt(opening.source, max_chars=EXCERPT_CHARS) if readable and not opening.has_notes else "",
        notes=_notes_of(opening) if readable else (),
        name=name,
        name_kind=name_kind,
        when=day_words(day or thread.active_on, now=now),
        day=day_named(day or thread.active_on, now=now),
        is_readable=readable,
        is_locked=thread.is_locked,
    )


def _show_hit(reader: Reader, post: Post, opening: Post, terms: Sequence[Term], now: dt.date) -> ShownHit:
    name, name_kind = _name_of(post)
    shows_title = can_read_post(reader, opening) and not is_filtered(reader, opening)
    return ShownHit(
        id=post.public_id,
        thread_id=post.thread.public_id,
        category_id=post.thread.category.public_id,
        category_title=post.thread.category.title,
        title=marked(opening.title, terms) if shows_title else (),
        excerpt=() if post.has_notes else excerpt_around(words_as_read(post.html), terms, max_chars=EXCERPT_CHARS),
        notes=_notes_of(post),
        name=name,
        name_kind=name_kind,
        when=day_words(post.written_on, now=now),
        is_reply=post.parent_id is not None,
    )


def _fetch_notes(posts: Iterable[Post]) -> None:
    """For all at once. No query where none carries any, or they are there already."""
    posts = list(posts)
    quotes = [getattr(post, "quote", None) for post in posts if post.parent_id]
    _fetch_carried_notes([*posts, *(quote.quoted for quote in quotes if quote)])


def _fetch_carried_notes(posts: Iterable[Post]) -> None:
    noted = [post for post in posts if post.has_notes]
    in_order = CarriedNote.objects.select_related("note").order_by("note__position", "note")
    prefetch_related_objects(noted, Prefetch("carried_notes", in_order))


def _notes_of(post: Post, *, tells_whose: bool = False) -> tuple[ShownNote, ...]:
    if not post.has_notes:
        return ()
    return tuple(
        ShownNote(carried.note.public_id, str(carried.note.words), carried.is_by_moderator and tells_whose)
        for carried in post.carried_notes.all()
    )


def _name_of(post: Post) -> tuple[str, NameKind]:
    if post.thread_pseudonym is not None:
        return post.thread_pseudonym.name, NameKind.THREAD_PSEUDONYM
    if post.author is not None:
        return post.author.pseudonym, NameKind.PSEUDONYM
    return _("someone"), NameKind.NOBODY


def label_of(post: Post) -> str:
    """The name it stands under, for its blocker's own list."""
    return _name_of(post)[0]


def _same_name(post: Post, other: Post) -> bool:
    if post.thread_pseudonym is not None:
        return post.thread_pseudonym_id == other.thread_pseudonym_id
    return post.author_id is not None and post.author_id == other.author_id


def _with_names(posts: QuerySet[Post]) -> QuerySet[Post]:
    names = ("author", "thread_pseudonym", "quote__quoted__author", "quote__quoted__thread_pseudonym")
    words = ("title", "source", "html", "word_to_author")  # of what is quoted the passage is enough
    with_names = posts.select_related(*names).defer(*(f"quote__quoted__{name}" for name in words))
    return _with_warmth(with_names.annotate(parent_public_id=F("parent__public_id")))


def _with_warmth(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Whether anybody reacted: the first reaction found answers it, however many there are."""
    return posts.annotate(has_reactions=Exists(Reaction.objects.filter(post=OuterRef("pk"))))


def is_published(post: Post) -> bool:
    """As it stands now."""
    return Post.objects.filter(pk=post.pk, state=PostState.PUBLISHED).exists()


def post_version(public_id: str) -> int:
    """What a decision or an edit pins itself to."""
    return Post.objects.values_list("version", flat=True).get(public_id=public_id)


def version_of_words(post: Post) -> int:
    """The version in which its author gave it the words that it has; 0 if they are its first. One query."""
    edited: int | None = post.revisions.aggregate(last=Max("number"))["last"]
    return 0 if edited is None else edited + 1


def opening_post_of(post: Post) -> Post:
    """The story that a post belongs to; itself if it is one. At most one query."""
    return post if post.parent_id is None else Post.objects.get(thread=post.thread_id, parent__isnull=True)


def is_answered(opening: Post) -> bool:
    """Somebody who is not its author answered, and it is there for everybody. One query."""
    answers = Post.objects.filter(thread=opening.thread_id, parent__isnull=False, state=PostState.PUBLISHED)
    if opening.author_id is not None:
        answers = answers.exclude(author=opening.author_id)
    elif opening.thread_pseudonym_id is not None:
        answers = answers.exclude(thread_pseudonym=opening.thread_pseudonym_id)
    return answers.exists()


def ancestors_of(reader: Reader, post: Post) -> list[ShownPost]:
    """From the opening post to the parent. One query."""
    found = Post.objects.filter(thread=post.thread_id, path__in=ancestor_paths(post.path)).order_by("path")
    above = list(_with_names(found))
    _fetch_notes(above)
    shown = []
    for ancestor in above:
        ancestor.thread = post.thread
        shown.append(show_post(reader, ancestor, None))
    return shown


def first_words(post: Post) -> str:
    """For lists that only moderators read."""
    return post.title or excerpt(post.source, max_chars=60) or "…"
