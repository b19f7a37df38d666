"""The only module that changes a saved post's state.

Each verb locks the thread, then the post, checks the move (forum/states.py), and keeps what hangs on it true in the
same transaction: the version, the placeholders above it, whether the thread is listed and waits for an answer, whether
search finds it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, NotAllowed
from forum import signals
from forum.delays import moment_of
from forum.models import CarriedNote, Post, Quote, Thread
from forum.policies import can_change_post, is_author, is_for_reading_only
from forum.search import index
from forum.services.anonymity import ClaimForReadingOnly
from forum.services.idempotency import forget_answers
from forum.services.places import next_place
from forum.services.quoting import empty_quotes
from forum.states import Flag, PostState, may_move

if TYPE_CHECKING:
    from accounts.models import User
    from forum.authorship import Reader
    from forum.marking import Place


ANYWHERE: Final = "*"
_ACTIVITIES_A_DAY = 1_000_000
PUT_OFF: Final = frozenset({PostState.HELD, PostState.SCHEDULED, PostState.RETURNED})  # in which an hour is kept


class MoveNotAllowed(Conflict):
    code = "post-state-does-not-allow"
    message = _("This cannot be done with the post as it stands now. Please look at it again.")


class NotYourPost(NotAllowed):
    code = "not-your-post"
    message = _("Only whoever wrote this can do that. If it was you, open it with your six words or your password.")


def require_own(post: Post, reader: Reader) -> None:
    """Whoever does something with a post as its author. Raises NotYourPost, or ClaimForReadingOnly."""
    if not is_author(reader, post):
        raise NotYourPost
    if is_for_reading_only(reader, post):
        raise ClaimForReadingOnly


def require_changeable(post: Post, reader: Reader) -> None:
    """The same, of a post whose words are still there."""
    require_own(post, reader)
    if not can_change_post(reader, post):
        raise NotYourPost


@transaction.atomic
def publish_post(
    post: Post, *, actor: User | None, word: str = "", leaves_at: dt.datetime | None = None, at_once: bool = False
) -> Post:
    """Everybody who sees its category reads it; if its author put it off, when it is due (services/scheduling.py).

    `actor` None: it needed no first look, or its day has come. `at_once`: its author waits no longer. Here and below,
    its author reads `word` from `leaves_at` on, and everybody sees what became of the post at once.
    """
    _thread, fresh = lock_post(post)
    if at_once or fresh.due_at is None or moment_of(fresh.due_at, fresh.public_id) <= timezone.now():
        published = _move(post, PostState.PUBLISHED, word_to_author=word, word_leaves_at=leaves_at)
        if fresh.state == PostState.SCHEDULED:
            signals.post_appeared.send(Post, post=published)
        return published
    if fresh.state == PostState.SCHEDULED:
        return fresh
    return _move(post, PostState.SCHEDULED, word_to_author=word, word_leaves_at=leaves_at)


def hold_post(post: Post, *, actor: User | None) -> Post:
    """It waits for a (new) first look. `actor` None: an edit or its author's putting it back asked for one; otherwise
    a moderator takes back what they decided.
    """
    return _move(post, PostState.HELD)


def hold_flagged(post: Post, *, actor: Reader) -> Post:
    """Whoever began the conversation flagged it (forum/services/flagging.py)."""
    return _move(post, PostState.HELD, flag=Flag.WAITS)


@transaction.atomic
def release_flagged(post: Post, *, actor: Reader) -> Post:
    """As if it had never been flagged: the thread does not rise in lists."""
    thread, fresh = lock_post(post)
    if fresh.flag != Flag.WAITS:
        raise MoveNotAllowed
    _change(thread, fresh, PostState.PUBLISHED, {"flag": Flag.NONE})
    return fresh


def return_post(
    post: Post, *, actor: User, word: str, marks: Iterable[Place] = (), leaves_at: dt.datetime | None = None
) -> Post:
    """Back to its author, with a word only they and moderators read, and which of their words it is about."""
    kept = [list(place) for place in marks]
    return _move(post, PostState.RETURNED, word_to_author=word, word_leaves_at=leaves_at, marks=kept)


def hide_post(post: Post, *, actor: User, word: str, leaves_at: dt.datetime | None = None) -> Post:
    return _move(post, PostState.HIDDEN, word_to_author=word, word_leaves_at=leaves_at)


@transaction.atomic
def tell_author(
    post: Post, *, actor: User, word: str, leaves_at: dt.datetime | None = None, after_the_last: bool = False
) -> Post:
    """A word from the team about a post that stays as it is, in the place of the last one or below it."""
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.ERASED:
        raise MoveNotAllowed
    before = fresh.word_to_author if after_the_last else ""
    fresh.word_to_author = "\n\n".join(filter(None, (before, word)))
    fresh.word_leaves_at = leaves_at or (fresh.word_leaves_at if before else None)
    fresh.version += 1
    fresh.save(update_fields=["word_to_author", "word_leaves_at", "version"])
    return fresh


@transaction.atomic
def offer_help(post: Post, *, actor: User, country: str) -> Post:
    """With the word its author reads who can help them: in a country, or ANYWHERE. "" takes it away."""
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.ERASED:
        raise MoveNotAllowed
    fresh.help_for = country
    fresh.save(update_fields=["help_for"])
    return fresh


def forget_when_words_left() -> int:
    """Of those that left: a post keeps no time of what was done about it. Whether this runs changes nothing shown."""
    return Post.objects.filter(word_leaves_at__lte=timezone.now()).update(word_leaves_at=None)


@contextmanager
def remembering(post: Post) -> Iterator[dict[str, Any]]:
    """Around what a moderator does with a post: what `take_back` needs to undo all of it, none of the post's words
    among it. Complete once the block is left. Inside the transaction.
    """
    thread, fresh = lock_post(post)
    notes = dict(fresh.carried_notes.values_list("note", "is_by_moderator"))
    memento: dict[str, Any] = {
        "post": {name: getattr(fresh, name) for name in _REMEMBERED},
        "thread": {name: getattr(thread, name) for name in _REMEMBERED_OF_THREAD},
        "children": fresh.children,
    }
    yield memento
    thread, fresh = lock_post(post)
    carried = dict(fresh.carried_notes.values_list("note", "is_by_moderator"))
    memento |= {
        "version": fresh.version,
        "activity": thread.activity,
        "notes_new": sorted(carried.keys() - notes.keys()),
        "notes_before": sorted(notes.items() - carried.items()),
    }


_REMEMBERED = (
    "state", "word_to_author", "word_leaves_at", "marks", "help_for", "flag", "due_at", "seq", "path", "written_on",
)  # fmt: skip
_REMEMBERED_OF_THREAD = ("activity", "active_on", "story_on")


class SomethingHappenedSince(Conflict):
    code = "something-happened-since"
    message = _("Something has happened with this post since, so this cannot be undone. Decide anew, as it stands now.")


@transaction.atomic
def take_back(post: Post, memento: dict[str, Any], *, actor: User) -> Post:
    """As it was before `remembering`: state, word, notes, its place, and its thread's. Its version goes on.

    `memento` may come from JSON. Raises SomethingHappenedSince if anybody changed the post since.
    """
    thread, fresh = lock_post(post)
    if fresh.version != memento["version"]:
        raise SomethingHappenedSince
    before = _values(Post, memento["post"])
    if fresh.children != memento["children"]:  # somebody answered where it appeared: it stays in its place
        before |= {name: getattr(fresh, name) for name in ("seq", "path", "written_on")} | {"due_at": None}
    _change(thread, fresh, PostState(before.pop("state")), before)
    of_thread = _values(Thread, memento["thread"])
    if thread.activity == memento["activity"]:
        thread.activity, thread.active_on = of_thread["activity"], of_thread["active_on"]
    if not thread.is_shown:
        thread.story_on = of_thread["story_on"]
    thread.save(update_fields=["activity", "active_on", "story_on"])
    fresh.carried_notes.filter(note__in=[*memento["notes_new"], *dict(memento["notes_before"])]).delete()
    CarriedNote.objects.bulk_create(
        CarriedNote(post=fresh, note_id=note, is_by_moderator=is_theirs) for note, is_theirs in memento["notes_before"]
    )
    fresh.has_notes = fresh.carried_notes.exists()
    fresh.save(update_fields=["has_notes"])
    return fresh


def _values(model: type[Post | Thread], kept: dict[str, Any]) -> dict[str, Any]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in kept.items()}


@transaction.atomic
def withdraw_post(post: Post, *, actor: Reader) -> Post:
    """Its author takes it back; nobody else reads it until they put it back."""
    require_own(post, actor)
    if (standing := _already(post, PostState.WITHDRAWN)) is not None:
        return standing
    post = _move(post, PostState.WITHDRAWN)
    signals.post_withdrawn.send(Post, post=post)
    return post


@transaction.atomic
def erase_post(post: Post, *, actor: Reader) -> Post:
    """Text, title, notes, revisions and stored answers that held them are gone; there is no way back (safety.md D4)."""
    require_own(post, actor)
    if (standing := _already(post, PostState.ERASED)) is not None:
        return standing
    post = _erase(post)
    signals.post_erased.send(Post, post=post, with_account=False)
    return post


@transaction.atomic
def erase_with_account(post: Post) -> None:
    """The same when its author leaves: with the words goes the name, and no line of a log puts it beside their others.

    Also of what was erased before. Twice is once.
    """
    name = post.thread_pseudonym
    if post.state != PostState.ERASED:
        post = _erase(post)
        signals.post_erased.send(Post, post=post, with_account=True)
    thread = lock_thread(post.thread_id)
    Post.objects.filter(pk=post.pk).update(author=None, thread_pseudonym=None)
    settle_unanswered(thread)
    if name is not None and not name.posts.exists():
        name.delete()


@transaction.atomic
def take_out_of_the_world(post: Post, *, actor: User | None) -> None:
    """A lead seals it away as evidence (moderation/services/holds.py): here its words are gone as if it were erased."""
    if _already(post, PostState.ERASED) is None:
        _erase(post)


@transaction.atomic
def put_out_of_sight(post: Post) -> None:
    """Of an account that was closed this moment; the words go a moment later. Nobody is told, and its version stays:
    one step more than what is erased by hand would tell which posts went with an account.
    """
    thread, fresh = lock_post(post)
    _change(thread, fresh, PostState.WITHDRAWN, {"version": fresh.version})


@transaction.atomic
def restore_post(
    post: Post, state: str, *, author_id: int | None, thread_pseudonym_id: int | None, words: dict[str, Any]
) -> bool:
    """An account that was sealed is open again: its post carries its name, and has its words if they were gone: True.

    The one way out of ERASED, for the words are kept nowhere but in what the author alone could open. Its version comes
    back with them: else every post of somebody who ever closed an account would stand out by it, under all their names.
    """
    thread, fresh = lock_post(post)
    fresh.author_id, fresh.thread_pseudonym_id = author_id, thread_pseudonym_id
    fresh.save(update_fields=["author", "thread_pseudonym"])
    was_gone = fresh.state == PostState.ERASED != state
    if was_gone:
        _change(thread, fresh, PostState(state), words)
    settle_unanswered(thread)
    return was_gone


@transaction.atomic
def take_author_off(post: Post) -> None:
    """Its words stay as they stand when its author's account goes."""
    thread = lock_thread(post.thread_id)
    Post.objects.filter(pk=post.pk).update(author=None)
    settle_unanswered(thread)


def unanswered_stories() -> QuerySet[Post]:
    """Published, by somebody, and answered by nothing that is published under another name.

    Their author's own words under a second name count as an answer: a list that knew better would join the two.
    """
    stories = Post.objects.filter(parent=None, state=PostState.PUBLISHED, thread__began_elsewhere=False)
    named = Q(author__isnull=False) & ~Exists(_answers_under_another("author"))
    anonymous = Q(thread_pseudonym__isnull=False) & ~Exists(_answers_under_another("thread_pseudonym"))
    return stories.filter(named | anonymous)


def _answers_under_another(name: str) -> QuerySet[Post]:
    answers = Post.objects.filter(thread=OuterRef("thread"), parent__isnull=False, state=PostState.PUBLISHED)
    return answers.filter(Q(**{name: None}) | ~Q(**{name: OuterRef(name)}))


def settle_unanswered(thread: Thread) -> None:
    """Under the thread's lock."""
    is_unanswered = unanswered_stories().filter(thread=thread).exists()
    if thread.is_unanswered != is_unanswered:
        thread.is_unanswered = is_unanswered
        thread.save(update_fields=["is_unanswered"])


def rebuild_unanswered(*, check_only: bool = False) -> int:
    """How many threads said something else than their posts; they are put right, one by one, under their locks."""
    is_waiting = Q(pk__in=unanswered_stories().values("thread"))
    wrong = Thread.objects.filter(is_waiting, is_unanswered=False) | Thread.objects.filter(
        ~is_waiting, is_unanswered=True
    )
    rows = list(wrong.values_list("pk", flat=True))
    for row in [] if check_only else rows:
        with transaction.atomic():
            settle_unanswered(lock_thread(row))
    return len(rows)


def lock_thread(thread_id: int) -> Thread:
    """The first lock of every writing transaction in a thread. SQLite locks the whole file at BEGIN instead."""
    return Thread.objects.select_for_update().select_related(None).get(pk=thread_id)


def lock_post(post: Post) -> tuple[Thread, Post]:
    thread = lock_thread(post.thread_id)
    fresh = Post.objects.select_related("thread_pseudonym").get(pk=post.pk)
    fresh.thread = post.thread
    return thread, fresh


def _already(post: Post, state: PostState) -> Post | None:
    """Pressing twice is once: the post as it is, if it is there already."""
    _thread, fresh = lock_post(post)
    return fresh if fresh.state == state else None


def _erase(post: Post) -> Post:
    post = _move(
        post,
        PostState.ERASED,
        title="",
        source="",
        html="",
        word_to_author="",
        word_leaves_at=None,
        help_for="",
        has_notes=False,
    )
    post.revisions.all().delete()
    post.carried_notes.all().delete()
    if post.parent_id is None:
        Thread.objects.filter(pk=post.thread_id).update(reply_wish="", reply_limits=[])
    empty_quotes(post.quotes.all())
    Quote.objects.filter(post=post).delete()
    forget_answers([post.public_id])
    return post


@transaction.atomic
def _move(post: Post, to: PostState, **changes: Any) -> Post:
    thread, fresh = lock_post(post)
    if not may_move(fresh.state, to):
        raise MoveNotAllowed
    _change(thread, fresh, to, changes)
    if to == PostState.PUBLISHED:
        _bump(thread)
    return fresh


def _change(thread: Thread, post: Post, to: PostState, changes: dict[str, Any]) -> None:
    """Under the thread's lock."""
    was_shown, before = post.is_shown, post.state
    if post.flag:
        changes = {"flag": Flag.LEFT if to == PostState.PUBLISHED else Flag.NONE} | changes
    if to not in PUT_OFF:
        changes |= {"due_at": None}
    if to == PostState.PUBLISHED and post.is_put_off:
        parent = Post.objects.get(pk=post.parent_id) if post.parent_id else None
        seq, path = next_place(thread, parent)
        changes |= {"seq": seq, "path": path, "written_on": today()}  # as if it were written now
    changes = {"state": to, "version": post.version + 1, "marks": []} | changes
    for name, value in changes.items():
        setattr(post, name, value)
    post.save(update_fields=[*changes])
    if to == PostState.PUBLISHED:
        index.keep(post)
        if post.parent_id is None and thread.story_on is None:
            thread.story_on = today()
            thread.save(update_fields=["story_on"])
    elif before == PostState.PUBLISHED:
        index.drop(post)
    _tell_those_above(post, thread, was_shown=was_shown)
    if PostState.PUBLISHED in {to, before}:
        settle_unanswered(thread)


def next_activity(day: dt.date) -> int:
    """Above every thread that was last active by that day: what comes in from years ago stands among its own time."""
    first = day.toordinal() * _ACTIVITIES_A_DAY
    so_far = Thread.objects.all() if day >= today() else Thread.objects.filter(activity__lt=first + _ACTIVITIES_A_DAY)
    highest = so_far.aggregate(highest=Max("activity"))["highest"] or 0
    return max(first, highest + 1)


def _bump(thread: Thread) -> None:
    thread.activity = next_activity(today())
    thread.active_on = today()
    thread.save(update_fields=["activity", "active_on"])


def _tell_those_above(post: Post, thread: Thread, *, was_shown: bool) -> None:
    """A post that appears or goes may give its parent a placeholder or take it. At most MAX_DEPTH rows, mostly one."""
    while post.is_shown != was_shown:
        if post.parent_id is None:
            thread.is_shown = post.is_shown
            thread.save(update_fields=["is_shown"])
            return
        parent = Post.objects.get(pk=post.parent_id)
        was_shown_above = parent.is_shown
        parent.shown_children += 1 if post.is_shown else -1
        parent.save(update_fields=["shown_children"])
        post, was_shown = parent, was_shown_above
