"""Forum asks: before a post is saved, the screeners that settings name say whether it needs a first look; and of what
stands in it, which kinds of help its author should be shown.

Forum owns the questions, whoever is named in FORUM_POST_SCREENERS and FORUM_HELP_FINDER owns an answer (the pattern of
Django's password validators). A screener never publishes, hides or deletes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from forum.authorship import SpeaksAs

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Submission:
    """What is about to be saved. `member` is None for guests.

    The team may have decided to look first at what stands under a name, `is_name_watched`, and then at what its author
    writes, `is_author_watched`. `name_waits`: what was settled for an anonymous name with its first post; None at it.
    `is_appearing`: it was put off, was asked about when it was written, and its day has come.
    """

    speaks_as: SpeaksAs
    member: User | None
    is_premoderated: bool
    is_edit: bool
    title: str
    source: str
    is_name_watched: bool = False
    is_author_watched: bool = False
    name_waits: bool | None = None
    is_appearing: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` are codes that moderation explains; none means: publish.

    `name_waits`: whether all that will stand under this anonymous name waits as well.
    """

    reasons: tuple[str, ...] = ()
    name_waits: bool = False

    @property
    def hold(self) -> bool:
        return bool(self.reasons)


Screener = Callable[[Submission], Verdict]


def screen(submission: Submission) -> Verdict:
    """The reasons of all screeners together. One that fails fails the submission: nothing is published unread."""
    screeners: list[Screener] = [import_string(name) for name in settings.FORUM_POST_SCREENERS]
    verdicts = [screener(submission) for screener in screeners]
    reasons = dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)
    return Verdict(tuple(reasons), name_waits=any(verdict.name_waits for verdict in verdicts))


def help_for(title: str, source: str) -> tuple[str, ...]:
    """Kinds of help (crisis.models.Kind), the nearest first; none: nothing says that its author may be in danger.

    For its author alone, and only as an offer: what was found in the words is not said.
    """
    finder: Callable[[str, str], tuple[str, ...]] = import_string(settings.FORUM_HELP_FINDER)
    return finder(title, source)
