"""What changed since a moderator opened a case: for the page and the answer that refuse what they sent (412).

Told by what they had before them (`Seen`), so nothing is kept for it: the words as a difference, and who did what by
role. Of a reader or an author no more is told than the case tells anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from forum.comparing import Change, Kind
from forum.queries import words_changed_since
from forum.states import PostState
from moderation.models import News

if TYPE_CHECKING:
    from moderation.models import Case, Seen


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """`text_changes`: both versions of the post, title and text; empty where its words are the same."""

    said: tuple[str, ...] = ()
    text_changes: tuple[Change, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "what": list(self.said),
            "words": [{"kind": change.kind.value, "text": change.text} for change in self.text_changes],
        }


def what_changed(case: Case, seen: Seen) -> WhatChanged:
    """`case` as it is now, with its post."""
    post, said = case.post, []
    words = words_changed_since(post, seen.post_version) if post.version != seen.post_version else ()
    if any(change.kind is not Kind.SAME for change in words):
        said.append(_("Its author changed the words."))
    elif post.version != seen.post_version:
        said.append(_("The post is now: %(state)s.") % {"state": PostState(post.state).label})
    if case.claim_epoch != seen.claim_epoch:
        said.append(
            _("%(name)s took the case.") % {"name": case.claimed_by}
            if case.claimed_by
            else _("Another moderator had the case.")
        )
    if case.news.get(News.REPORT, 0) > seen.case_version:
        said.append(_("A reader reported it: what they say stands under “Why it is here”."))
    if case.news.get(News.REASON, 0) > seen.case_version:
        said.append(_("There is one more reason why it is here: it stands under “Why it is here”."))
    if case.version != seen.case_version and not said:
        said.append(_("A moderator put it off, passed it on, or took back what they had decided."))
    return WhatChanged(tuple(said), words)
