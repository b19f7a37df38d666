"""What a reader would rather not meet. A wish of theirs for this visit, no permission: forum/policies.py says who may.

In plain words:

- Words under a content note that a reader filters are not sent to them: in a conversation a placeholder says so.
- A story under such a note is in no list, and nothing said below it is found by search.
- One's own words are never filtered, nor is the one post that a reader asked for on purpose.

Like every rule about readers it stands twice, as yes/no and as a condition for the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from forum.models import CarriedNote
from forum.policies import is_author, own_posts
from forum.tree import ROOT

if TYPE_CHECKING:
    from forum.authorship import Reader
    from forum.models import Post


def is_filtered(reader: Reader, post: Post) -> bool:
    """Costs a query for a post that carries notes, unless they were fetched with it."""
    if not reader.filtered or not post.has_notes or post.public_id == reader.asked_for or is_author(reader, post):
        return False
    return any(carried.note_id in reader.filtered for carried in post.carried_notes.all())


def unfiltered_posts(reader: Reader) -> Q:
    if not reader.filtered:
        return Q()
    return Q(has_notes=False) | Q(~Exists(_filtered(reader).filter(post=OuterRef("pk"))))


def unfiltered_threads(reader: Reader, thread: str = "pk") -> Q:
    """Whose story is not filtered. `thread` is the way from the model asked to its thread's row: "pk", "thread"."""
    if not reader.filtered:
        return Q()
    stories = _filtered(reader).filter(post__thread=OuterRef(thread), post__path=ROOT)
    return Q(~Exists(stories))


def _filtered(reader: Reader) -> QuerySet[CarriedNote]:
    to_meet = own_posts(reader, "post__") | Q(post__public_id=reader.asked_for)
    return CarriedNote.objects.filter(note__in=reader.filtered).exclude(to_meet)
