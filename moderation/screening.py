"""Moderation answers what forum asks (FORUM_POST_SCREENERS): does this need a first look?"""

from __future__ import annotations

from forum.authorship import SpeaksAs
from forum.queries import has_published_before
from forum.screening import Submission, Verdict


def screen(submission: Submission) -> Verdict:
    return Verdict((*_premoderated(submission), *_newcomer(submission)))


def _premoderated(submission: Submission) -> tuple[str, ...]:
    return ("premoderated",) if submission.is_premoderated else ()


def _newcomer(submission: Submission) -> tuple[str, ...]:
    """Guests always wait; members until a post under their pseudonym was published once.

    Of an anonymous post the reason does not say which of the two it was: new members are few.
    """
    if submission.speaks_as is SpeaksAs.GUEST or submission.member is None:
        return ("guest",)
    if has_published_before(submission.member):
        return ()
    return ("newcomer",) if submission.speaks_as is SpeaksAs.PSEUDONYM else ("guest",)
