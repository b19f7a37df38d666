"""Who may see what. Each rule stands twice, side by side: as yes/no, and as a condition for the database.

In plain words:

- A category for members is seen by members and moderators. Every other is seen by everybody.
- The words of a post are read by whoever sees its category once it is published; by its author wherever it stands and
  in every state (safety.md D4); by moderators in every state. Erased words are read by nobody: they are gone.
- A claim code for reading only shows what any other would, and changes nothing.
- A post that is not published leaves a placeholder, without words, where published posts answer it.
- A thread is there for whoever sees its opening post.
- Words under a name that a block keeps from a reader are not theirs to read, and leave no more than such a placeholder;
  a thread that stands under such a name is not there at all. One's own words stay one's own. Moderators see all.
- Whoever began a conversation may flag a reply in it: it waits until a moderator has looked. Its author is told.
- What a reader may not see looks exactly like what is not there.

`tests/forum/test_policies_agree.py` proves both forms equal for every state and persona.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from forum.states import WORDS_CAN_CHANGE, Flag, PostState

if TYPE_CHECKING:
    from forum.authorship import Reader
    from forum.models import Category, Post, Thread


def can_see_category(reader: Reader, category: Category) -> bool:
    return not category.is_members_only or reader.member is not None or reader.is_moderator


def visible_categories(reader: Reader, prefix: str = "") -> Q:
    """`prefix` is the way from the model asked to the category: "", "category__", "thread__category__"."""
    if reader.member is not None or reader.is_moderator:
        return Q()
    return Q(**{f"{prefix}is_members_only": False})


def is_named(post: Post) -> bool:
    """Its author stands under their own pseudonym, so that nothing is said by naming it beside what else they did."""
    return post.author_id is not None


def is_author(reader: Reader, post: Post) -> bool:
    if post.author_id is not None:
        return reader.member is not None and reader.member.pk == post.author_id
    return post.thread_pseudonym_id in reader.opened


def own_posts(reader: Reader, prefix: str = "") -> Q:
    own = Q(pk__in=[])
    if reader.member is not None:
        own |= Q(**{f"{prefix}author": reader.member.pk})
    if reader.opened:
        own |= Q(**{f"{prefix}thread_pseudonym__in": reader.opened})
    return own


def is_unseen(reader: Reader, post: Post) -> bool:
    unseen = reader.unseen
    return (
        post.thread_id in unseen.threads
        or post.author_id in unseen.members
        or post.thread_pseudonym_id in unseen.pseudonyms
    )


def _not_unseen(reader: Reader) -> Q:
    unseen = reader.unseen
    condition = _in_seen_threads(reader)
    if unseen.members:
        condition &= ~Q(author__in=unseen.members)
    if unseen.pseudonyms:
        condition &= ~Q(thread_pseudonym__in=unseen.pseudonyms)
    return condition


def _in_seen_threads(reader: Reader) -> Q:
    return ~Q(thread__in=reader.unseen.threads) if reader.unseen.threads else Q()


def can_read_post(reader: Reader, post: Post) -> bool:
    """The words. `post` comes with its thread and category loaded, or costs queries."""
    if post.state == PostState.ERASED:
        return False
    if is_author(reader, post):
        return True
    if not can_see_category(reader, post.thread.category):
        return False
    return reader.is_moderator or (post.state == PostState.PUBLISHED and not is_unseen(reader, post))


def readable_posts(reader: Reader) -> Q:
    if reader.is_moderator:
        return ~Q(state=PostState.ERASED)
    readable = visible_categories(reader, "thread__category__") & Q(state=PostState.PUBLISHED) & _not_unseen(reader)
    return readable if reader.is_visitor else readable | (own_posts(reader) & ~Q(state=PostState.ERASED))


def can_see_post(reader: Reader, post: Post) -> bool:
    """The post or its placeholder."""
    if can_read_post(reader, post) or is_author(reader, post):
        return True
    if not can_see_category(reader, post.thread.category):
        return False
    return reader.is_moderator or (post.shown_children > 0 and post.thread_id not in reader.unseen.threads)


def visible_posts(reader: Reader) -> Q:
    if reader.is_moderator:
        return Q()
    visible = visible_categories(reader, "thread__category__") & visible_posts_in_thread(reader)
    return visible if reader.is_visitor else visible | own_posts(reader)


def visible_posts_in_thread(reader: Reader) -> Q:
    """The same for the posts of one thread whose category the reader is known to see: no join."""
    if reader.is_moderator:
        return Q()
    seen = Q(state=PostState.PUBLISHED) & _not_unseen(reader) | Q(shown_children__gt=0) & _in_seen_threads(reader)
    return seen if reader.is_visitor else seen | own_posts(reader)


def can_see_thread(reader: Reader, thread: Thread, opening: Post) -> bool:
    return can_see_category(reader, thread.category) and can_see_post(reader, opening)


def listed_threads(reader: Reader) -> Q:
    """Threads in lists: those that everybody who sees the category sees. One's own waiting story is under "mine"."""
    listed = visible_categories(reader, "category__") & Q(is_shown=True)
    return listed & ~Q(pk__in=reader.unseen.threads) if reader.unseen.threads else listed


def can_reply(reader: Reader, post: Post) -> bool:
    """Answers go to what is published, in a thread that is open, not paused, and there for the reader."""
    if post.thread.is_locked or post.thread.is_paused or post.takes_no_replies:
        return False
    if post.thread_id in reader.unseen.threads or post.state != PostState.PUBLISHED:
        return False
    return can_see_category(reader, post.thread.category) and can_read_post(reader, post)


def can_flag(reader: Reader, post: Post, opening: Post) -> bool:
    """Whoever began the conversation, a published reply of somebody else; once more only after its words changed."""
    if post.parent_id is None or post.state != PostState.PUBLISHED or post.flag:
        return False
    is_theirs = is_author(reader, opening) and not is_for_reading_only(reader, opening)
    return is_theirs and not is_author(reader, post) and can_read_post(reader, post)


def can_undo_flag(reader: Reader, post: Post, opening: Post) -> bool:
    """Nobody else is told that there is a flag."""
    return post.flag == Flag.WAITS and is_author(reader, opening) and not is_for_reading_only(reader, opening)


def is_for_reading_only(reader: Reader, post: Post) -> bool:
    """The reader's own, but opened with a code that changes nothing."""
    return post.author_id is None and post.thread_pseudonym_id in reader.for_reading_only


def can_pause(reader: Reader, opening: Post) -> bool:
    """Whoever began the thread, whatever became of the story (safety.md D4)."""
    return is_author(reader, opening) and not is_for_reading_only(reader, opening)


def can_change_post(reader: Reader, post: Post) -> bool:
    """Its author, at any time, in a locked thread too (safety.md D4). Nobody else, moderators included."""
    is_theirs_to_change = is_author(reader, post) and not is_for_reading_only(reader, post)
    return is_theirs_to_change and post.state != PostState.ERASED


def can_edit_post(reader: Reader, post: Post) -> bool:
    """The words themselves."""
    return can_change_post(reader, post) and post.state in WORDS_CAN_CHANGE


def can_put_off(reader: Reader, post: Post) -> bool:
    """Its author, what they put off when they sent it, as long as it has not appeared and nobody decided otherwise."""
    is_waiting = post.state in {PostState.HELD, PostState.SCHEDULED, PostState.RETURNED}
    return post.is_put_off and is_waiting and can_change_post(reader, post)
