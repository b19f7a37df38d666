"""The sealed minimum: what a post said when readers reported it as unlawful, kept until its case is decided.

Whoever wrote it may erase it at any time, and then it is gone for everybody. But nobody ends the question by erasing it
(safety.md 3, number 9): the copy lies under the seal, for two people together (two_people.py), and goes with the case.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from accounts import sealed_records
from common.days import today
from forum.queries import every_word_of
from moderation.models import Case
from moderation.states import LIVE

if TYPE_CHECKING:
    from forum.models import Post

UNLAWFUL = frozenset({"CHILD", "IMAGES"})  # reasons of a report
LONGEST = dt.timedelta(days=90)  # whoever reports falsely keeps nobody's words longer
_AFTER = dt.timedelta(days=1)  # a decision can be undone

MINIMUM = sealed_records.Kind(
    "sealed-minimum",
    what="what a post said when somebody reported that a child is in danger or that it leads to intimate pictures",
    kept="until a moderator has decided, and three months at most",
    copied="no: it is what your post said, and opened by two people of the team together alone",
    erased="it stays until then, for nobody to read but those two: or whoever does harm could end the question by "
    "erasing",
    is_of_identity=False,
)


def keep_minimum(case: Case, *, reason: str) -> None:
    """When a report comes in. Once its words are gone, what was kept before stays. Inside a transaction."""
    if reason in UNLAWFUL and (words := every_word_of(case.post)):
        sealed_records.write(MINIMUM, case.public_id, words, forget_on=today() + LONGEST)


def let_minimum_go(case: Case) -> None:
    """The case is closed. No query for most."""
    if UNLAWFUL.isdisjoint(reason.partition(":")[2] for reason in case.reasons):
        return
    words = sealed_records.read(MINIMUM, case.public_id)
    if words is not None:
        sealed_records.write(MINIMUM, case.public_id, words, forget_on=today() + _AFTER)


def minimum_of(post: Post) -> list[str] | None:
    """Of its live cases; None: there is none."""
    live = Case.objects.filter(post_id=post.pk, state__in=LIVE).values_list("public_id", flat=True)
    found = sealed_records.read_many(MINIMUM, live)
    return next(iter(found.values()), None)
