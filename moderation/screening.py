"""Moderation answers what forum asks (FORUM_POST_SCREENERS): does this need a first look?"""

from __future__ import annotations

from forum.authorship import SpeaksAs
from forum.queries import has_published_before
from forum.screening import Submission, Verdict


def screen(submission: Submission) -> Verdict:
    newcomer = _newcomer(submission)
    reasons = (*_premoderated(submission), *_watched(submission), *newcomer)
    return Verdict(reasons, name_waits="guest" in newcomer)


def _premoderated(submission: Submission) -> tuple[str, ...]:
    return ("premoderated",) if submission.is_premoderated else ()


def _watched(submission: Submission) -> tuple[str, ...]:
    """Said of the very name that a decision stands against, where everybody at the desk can see that it does. Never of
    another name of the same person: whose it is would be told.
    """
    return ("watched",) if submission.is_name_watched else ()


def _newcomer(submission: Submission) -> tuple[str, ...]:
    """Guests always wait; members until a post under their pseudonym was published once; under anonymous names also
    members of whom another name is watched.

    Of an anonymous post the reason does not say which of the three it was, and all that follows under its name is
    treated as its first post was: whatever changed later could be set beside what changed for another name.
    """
    is_trusted = submission.member is not None and has_published_before(submission.member)
    if submission.speaks_as is SpeaksAs.PSEUDONYM:
        return () if is_trusted else ("newcomer",)
    waits = submission.name_waits
    if waits is None:
        waits = not is_trusted or submission.is_author_watched
    return ("guest",) if waits or submission.speaks_as is SpeaksAs.GUEST else ()
