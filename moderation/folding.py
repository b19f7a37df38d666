"""What stands before somebody's words, so that no moderator meets them unprepared; the words open when they are ready.

For pages, which fold, and for programs, which are told (`before_words`). A post is folded that carries a content note,
in which a screener noticed danger or harm, or that somebody reported because of a life. So is one about which somebody
wrote such words in an appeal, which is folded with it. A moderator can have all words open at once
(`Duty.words_at_once`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from forum.queries import first_words, notes_on
from moderation import queries
from moderation.explaining import hard_words
from moderation.services.duty import duty_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from forum.queries import ShownPost
    from moderation.models import Duty


@dataclass(frozen=True, slots=True)
class Fold:
    """`notes` are of the post, `noticed` is what was said of it by screeners and readers."""

    notes: tuple[str, ...]
    noticed: tuple[_StrOrPromise, ...]
    opens_at_once: bool = False

    @property
    def is_shut(self) -> bool:
        return bool(self.notes or self.noticed) and not self.opens_at_once

    @property
    def told_first(self) -> tuple[_StrOrPromise, ...]:
        """What `stands_for` says already."""
        return self.noticed if self.is_shut and not self.notes else ()

    def stands_for(self, post: Post) -> str:
        """In a list: the first words, or what has to be known before them."""
        if not self.is_shut:
            return first_words(post)
        if self.notes:
            return _("Content notes: %(notes)s") % {"notes": ", ".join(self.notes)}
        return _("Words to be ready for: %(noticed)s") % {"noticed": "; ".join(map(str, self.noticed))}


def folds_of(posts: Iterable[Post], *, moderator: User, duty: Duty | None = None) -> dict[int, Fold]:
    """By row. Three queries at most, however many posts: `duty` where it was read already."""
    posts = list(posts)
    notes, reasons = notes_on(posts), queries.reasons_about(posts)
    at_once = (duty or duty_of(moderator)).words_at_once
    return {
        post.pk: Fold(tuple(map(str, notes[post.pk])), hard_words(reasons.get(post.pk, ())), at_once) for post in posts
    }


def fold_of(post: Post, *, moderator: User, duty: Duty | None = None) -> Fold:
    return folds_of([post], moderator=moderator, duty=duty)[post.pk]


def fold_before_a_second_look(shown: ShownPost, reasons: Iterable[str], *, moderator: User) -> Fold:
    """Of what the first moderator had before them: nothing that came later."""
    notes = tuple(str(note) for note in shown.notes if not note.is_by_moderator)
    return Fold(notes, hard_words(reasons), duty_of(moderator).words_at_once)
