"""Who may see what. Each rule stands twice, side by side: as yes/no, and as a condition for the database.

In plain words:

- A category for members is seen by members and moderators. Every other is seen by everybody.
- The words of a post are read by everybody once it is published; by its author in every state; by moderators in
  every state. Erased words are read by nobody: they are gone.
- A post that is not published leaves a placeholder, without words, where published posts answer it.
- A thread is there for whoever sees its opening post.
- What a reader may not see looks exactly like what is not there.

`tests/forum/test_policies_agree.py` proves both forms equal for every state and persona.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from forum.states import PostState

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


def _own_posts(reader: Reader, prefix: str = "") -> Q:
    own = Q(pk__in=[])
    if reader.member is not None:
        own |= Q(**{f"{prefix}author": reader.member.pk})
    if reader.opened:
        own |= Q(**{f"{prefix}thread_pseudonym__in": reader.opened})
    return own


def can_read_post(reader: Reader, post: Post) -> bool:
    """The words. `post` comes with its thread and category loaded, or costs queries."""
    if not can_see_category(reader, post.thread.category) or post.state == PostState.ERASED:
        return False
    return post.state == PostState.PUBLISHED or reader.is_moderator or is_author(reader, post)


def readable_posts(reader: Reader) -> Q:
    readable = Q(state=PostState.PUBLISHED)
    if reader.is_moderator:
        readable = ~Q(state=PostState.ERASED)
    elif not reader.is_visitor:
        readable |= _own_posts(reader) & ~Q(state=PostState.ERASED)
    return visible_categories(reader, "thread__category__") & readable


def can_see_post(reader: Reader, post: Post) -> bool:
    """The post or its placeholder."""
    if can_read_post(reader, post):
        return True
    if not can_see_category(reader, post.thread.category):
        return False
    return post.shown_children > 0 or reader.is_moderator or is_author(reader, post)


def visible_posts(reader: Reader) -> Q:
    return visible_categories(reader, "thread__category__") & visible_posts_in_thread(reader)


def visible_posts_in_thread(reader: Reader) -> Q:
    """The same for the posts of one thread whose category the reader is known to see: no join."""
    if reader.is_moderator:
        return Q()
    seen = Q(state=PostState.PUBLISHED) | Q(shown_children__gt=0)
    return seen if reader.is_visitor else seen | _own_posts(reader)


def can_see_thread(reader: Reader, thread: Thread, opening: Post) -> bool:
    return can_see_category(reader, thread.category) and can_see_post(reader, opening)


def listed_threads(reader: Reader) -> Q:
    """Threads in lists: those that everybody who sees the category sees. One's own waiting story is under "mine"."""
    return visible_categories(reader, "category__") & Q(is_shown=True)


def can_reply(reader: Reader, post: Post) -> bool:
    """Answers go to what is published, in a thread that is open."""
    return can_read_post(reader, post) and post.state == PostState.PUBLISHED and not post.thread.is_locked


def can_change_post(reader: Reader, post: Post) -> bool:
    """Its author, at any time, in a locked thread too (safety.md D4). Nobody else, moderators included."""
    return is_author(reader, post) and post.state != PostState.ERASED
