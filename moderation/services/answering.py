"""No story is left without an answer: one that nobody has answered for some hours comes to the desk (moderation.md 1).

Only a person who is not its author answers a story; an anonymous author is known by their name in the thread.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from forum.queries import is_answered, is_published, opening_post_of
from forum.states import PostState
from moderation.models import UnansweredStory
from moderation.services.cases import close, hour_of, live_case_of, open_case

if TYPE_CHECKING:
    from forum.models import Post

UNANSWERED = "unanswered"


@transaction.atomic
def note_published(post: Post) -> None:
    """A post is there for everybody. In the transaction of that deed."""
    if not is_published(post):
        return  # its author put it off: it comes here again when it appears
    opening = opening_post_of(post)
    if is_answered(opening):
        _forget(opening)
    elif post.pk == opening.pk and settings.UNANSWERED_AFTER_HOURS:
        due_at = hour_of(timezone.now()) + dt.timedelta(hours=settings.UNANSWERED_AFTER_HOURS)
        UnansweredStory.objects.get_or_create(post=opening, defaults={"due_at": due_at})


def open_cases_of_unanswered() -> int:
    """Stories whose hours are over. Any number of processes at once; each story costs a transaction of its own."""
    opened = 0
    for story in UnansweredStory.objects.filter(due_at__lte=timezone.now()):  # joined, SQLite would read every post
        with transaction.atomic():
            if UnansweredStory.objects.filter(pk=story.pk).delete()[0] and story.post.state == PostState.PUBLISHED:
                open_case(story.post, reasons=[UNANSWERED])
                opened += 1
    return opened


def remember_waiting(post: Post) -> dict[str, Any]:
    """Before a moderator decides about a post: whether its story waits for an answer. For `wait_again`."""
    opening = opening_post_of(post)
    story = UnansweredStory.objects.filter(post=opening).first()
    case = live_case_of(opening)
    has_case = case is not None and opening.pk != post.pk and UNANSWERED in case.reasons
    return {"due_at": story.due_at if story else None, "has_case": has_case}


def wait_again(post: Post, before: dict[str, Any]) -> None:
    """What was decided is undone, so the story waits as it did, unless somebody else answered it."""
    opening = opening_post_of(post)
    UnansweredStory.objects.filter(post=opening).delete()
    if is_answered(opening):
        return
    if before["due_at"]:
        UnansweredStory.objects.create(post=opening, due_at=before["due_at"])
    if before["has_case"]:
        open_case(opening, reasons=[UNANSWERED])


def _forget(opening: Post) -> None:
    """It is answered; a case that waits for nothing else is over."""
    UnansweredStory.objects.filter(post=opening).delete()
    case = live_case_of(opening)
    if case is not None and case.reasons == [UNANSWERED]:
        close(case)
