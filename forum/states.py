"""The states of a post and the moves between them.

    held ──► (scheduled ──►) published ──► hidden  a moderator: publish, return, hide
     ▲ │ ▲             │  ▲──────────┘             the worker: what its author put off, when it is due
     │ │ └─ returned ◄─┤                           the author: write again what was returned,
     │ └──────► ▲      ▼                                       take back, put back, erase
     └──── withdrawn ◄─┘         (any) ──► erased

Held: written, waiting for a first look; its author and moderators see it. Scheduled: it needs no look any more, and
waits for the day its author chose (forum/delays.py). Published: shown. Returned: sent back to its author with a word;
another moderator may find that nothing had to change. Hidden: taken down by a moderator, who may take that back: then
it is published or held, as it was. Withdrawn: taken back by its author; putting it back means a first look again.
Erased: the text is gone for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class PostState(TextChoices):
    HELD = "HELD", _("waiting for a first look")
    SCHEDULED = "SCHEDULED", _("waiting for its day")
    PUBLISHED = "PUBLISHED", _("published")
    RETURNED = "RETURNED", _("sent back to you with a word")
    HIDDEN = "HIDDEN", _("taken down by a moderator")
    WITHDRAWN = "WITHDRAWN", _("taken back by its author")
    ERASED = "ERASED", _("erased by its author")

    @property
    def to_others(self) -> _StrOrPromise:
        """In the words for whoever did not write it."""
        return _("sent back to its author with a word") if self is PostState.RETURNED else self.label


class Flag(TextChoices):
    """Of whoever began the conversation, on a reply that is not what they asked for."""

    NONE = "", _("no flag")
    WAITS = "WAITS", _("held until a moderator has looked")
    LEFT = "LEFT", _("a moderator has looked, and published it")


MOVES: dict[PostState, frozenset[PostState]] = {
    PostState.HELD: frozenset(
        {
            PostState.SCHEDULED,
            PostState.PUBLISHED,
            PostState.RETURNED,
            PostState.HIDDEN,
            PostState.WITHDRAWN,
            PostState.ERASED,
        }
    ),
    PostState.SCHEDULED: frozenset(
        {
            PostState.HELD,
            PostState.PUBLISHED,
            PostState.RETURNED,
            PostState.HIDDEN,
            PostState.WITHDRAWN,
            PostState.ERASED,
        }
    ),
    PostState.PUBLISHED: frozenset(
        {PostState.HELD, PostState.RETURNED, PostState.HIDDEN, PostState.WITHDRAWN, PostState.ERASED}
    ),
    PostState.RETURNED: frozenset(
        {
            PostState.HELD,
            PostState.SCHEDULED,
            PostState.PUBLISHED,
            PostState.HIDDEN,
            PostState.WITHDRAWN,
            PostState.ERASED,
        }
    ),
    PostState.HIDDEN: frozenset({PostState.HELD, PostState.PUBLISHED, PostState.RETURNED, PostState.ERASED}),
    PostState.WITHDRAWN: frozenset({PostState.HELD, PostState.ERASED}),
    PostState.ERASED: frozenset(),
}


# In which its author can write it anew. What was taken down they can erase, or ask somebody else to look at; what they
# took back they put back first.
WORDS_CAN_CHANGE = frozenset({PostState.HELD, PostState.SCHEDULED, PostState.PUBLISHED, PostState.RETURNED})


def may_bear(state: PostState | str, flag: Flag | str) -> bool:
    return flag == Flag.NONE or (state, flag) in {(PostState.HELD, Flag.WAITS), (PostState.PUBLISHED, Flag.LEFT)}


def may_move(before: PostState | str, after: PostState | str) -> bool:
    return PostState(after) in MOVES[PostState(before)]
