"""The queue, and what stands around a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from common.days import today
from common.errors import NotFound
from common.keyset import Order, Page, page_of
from common.public_id import is_public_id
from forum.authorship import name_of
from forum.policies import is_for_reading_only
from forum.queries import own_post_for
from moderation.models import (
    AccessRequest,
    Audience,
    Case,
    CaseNote,
    CaseState,
    Decision,
    Hold,
    Lane,
    RaidSwitch,
    Report,
    Sanction,
    Signal,
    Statement,
)
from moderation.models.access_request import STANDS
from moderation.policies import can_decide
from moderation.stating import automation_words, effects, reasons

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.authorship import Reader
    from forum.models import Post
    from moderation.models import Appeal

QUEUE = Order("queue", ("lane", "due_at", "pk"))
QUEUE_OF_LANE = Order("queue-of-lane", ("due_at", "pk"))  # as if "lane" came first; SQLite would sort the whole lane
SANCTIONS_NEWEST_FIRST = Order("sanctions", ("given_on", "pk"), descending=True)
QUEUE_PAGE = 50
MOST_LOOKS = 50
WAITING_AT_MOST = 100  # of a lane, counted; more is "100 and more"


def open_cases() -> QuerySet[Case]:
    """In the order of the queue; within the hour in no order, but always the same."""
    cases = Case.objects.filter(state=CaseState.OPEN).select_related("post__thread__category")
    return cases.order_by(*QUEUE.fields)


def queue_page(
    *, state: str = CaseState.OPEN, lane: int | None = None, cursor: str | None = None, size: int = QUEUE_PAGE
) -> Page[Case]:
    """One query of a page and one row, whatever waits behind it."""
    cases = Case.objects.filter(state=state).select_related("post__thread__category", "claimed_by")
    order = QUEUE
    if lane is not None:
        cases, order = cases.filter(lane=lane), QUEUE_OF_LANE
    return page_of(cases, order, size=size, cursor=cursor, bound_to=f"{state}:{lane}")


def lives_with_a_lead() -> int:
    """What may be about a life and was passed on: it must not drop out of sight. Counted up to WAITING_AT_MOST."""
    return Case.objects.filter(state=CaseState.ESCALATED, lane=Lane.LIFE)[:WAITING_AT_MOST].count()


def waiting_by_lane() -> dict[Lane, int]:
    """How many open cases of each lane, counted up to WAITING_AT_MOST: the cost has an end, whatever waits."""
    return {lane: Case.objects.filter(state=CaseState.OPEN, lane=lane)[:WAITING_AT_MOST].count() for lane in Lane}


def raid_switches() -> list[RaidSwitch]:
    """Those that are set just now."""
    rows = RaidSwitch.objects.filter(until__gt=timezone.now())
    return list(rows.select_related("moderator").order_by("switch"))


def looks(public_id: str = "") -> list[AccessRequest]:
    """What two people look at together, the newest first; those of the last days."""
    rows = AccessRequest.objects.select_related("post__thread__category", "asked_by", "approved_by")
    if public_id:
        rows = rows.filter(public_id=public_id)
    return list(rows.order_by("-asked_at", "-pk")[:MOST_LOOKS])


def waits_for_a_second(moderator: User) -> bool:
    """Whether somebody else asks this moderator to approve a look, and there is time left."""
    asked = AccessRequest.objects.filter(approved_at=None, asked_at__gt=timezone.now() - STANDS)
    return asked.exclude(asked_by=moderator).exists()


def look_with(public_id: str) -> AccessRequest:
    found = looks(public_id) if is_public_id(public_id) else []
    if not found:
        raise NotFound
    return found[0]


def holds() -> list[Hold]:
    """Those that hold, the ones that end first before the others."""
    rows = Hold.objects.filter(until__gt=today()).select_related("post__thread__category")
    return list(rows.order_by("until", "pk"))


def hold_with(public_id: str) -> Hold:
    hold = Hold.objects.select_related("post__thread__category").filter(public_id=public_id).first()
    if hold is None:
        raise NotFound
    return hold


def case_for_moderator(public_id: str) -> Case:
    """The door has asked whether it is one. Raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    case = (
        Case.objects.select_related("post__thread__category", "claimed_by", "appeal")
        .filter(public_id=public_id)
        .first()
    )
    if case is None:
        raise NotFound
    return case


def has_other_moderators(moderator: User) -> bool:
    """Whether somebody else could decide what this one decided first."""
    others = get_user_model().objects.filter(is_staff=True, is_active=True).exclude(pk=moderator.pk)
    return any(can_decide(other) for other in others)


def sanctions_in_force(appeal: Appeal) -> list[Sanction]:
    """Of those that came with what an author appeals from."""
    given = appeal.statement.sanctions.select_related("category") if appeal.statement else []
    return [sanction for sanction in given if sanction.is_in_force]


def reports_of(case: Case) -> list[Report]:
    return list(case.reports.order_by("reported_on", "pk"))


def decisions_about(case: Case) -> list[Decision]:
    """On this case and on earlier ones about the same post, newest first."""
    about = Decision.objects.filter(case__post_id=case.post_id).select_related("moderator", "undone")
    return list(about.prefetch_related("effects").order_by("-pk"))


def notes_about(case: Case, *, is_lead: bool) -> list[CaseNote]:
    """On this case and on earlier ones about the same post, newest first; those for leads only for one."""
    notes = (
        CaseNote.objects.filter(case__post_id=case.post_id).select_related("moderator").order_by("-written_on", "-pk")
    )
    return list(notes if is_lead else notes.exclude(audience=Audience.LEADS))


def signals_of(case: Case) -> list[Signal]:
    """In the order of the text."""
    return list(case.signals.order_by("start", "end", "rule"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a post's words; `why` are the numbers of the signals that are about it, from one."""

    text: str
    why: tuple[int, ...] = ()


def passages(words: str, signals: Sequence[Signal]) -> list[Passage]:
    """All the words, cut where a signal begins or ends. Those of a closed case may be of words that are no more; those
    of words that were changed since have no place.
    """
    placed = [(n, signal) for n, signal in enumerate(signals, 1) if not signal.is_of_earlier_words]
    cuts = {place for _n, signal in placed for place in (signal.start, signal.end) if place <= len(words)}
    return [
        Passage(
            words[start:end],
            tuple(n for n, signal in placed if signal.start <= start and end <= signal.end),
        )
        for start, end in pairwise(sorted({0, len(words), *cuts}))
    ]


def sanctions() -> QuerySet[Sanction]:
    """With what is shown of each."""
    of_post = ("post__thread__category", "post__author", "post__thread_pseudonym")
    return Sanction.objects.select_related(*of_post, "category")


def sanctions_page(*, cursor: str | None = None, size: int | None = None) -> Page[Sanction]:
    """Newest first, those that are over among them."""
    size = settings.FORUM_PAGE_SIZE if size is None else size
    return page_of(sanctions(), SANCTIONS_NEWEST_FIRST, size=size, cursor=cursor)


def sanction_with(public_id: str) -> Sanction:
    sanction = sanctions().filter(public_id=public_id).first() if is_public_id(public_id) else None
    if sanction is None:
        raise NotFound
    return sanction


def sanctions_on_name_of(post: Post) -> list[Sanction]:
    """Every one on the name that a post stands under, newest first. Of that person's other names nothing is known."""
    if name_of(post) is None:
        return []
    same_name = Q(post__author=post.author_id) if post.author_id else Q(post__thread_pseudonym=post.thread_pseudonym_id)
    return list(sanctions().filter(same_name).order_by("-given_on", "-pk"))


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """As its author reads it: never who decided, nor anything of who reported."""

    id: str
    post_id: str
    made_on: dt.date
    restriction: str
    sanctions: tuple[Sanction, ...]
    effects: tuple[str, ...]
    reasons: tuple[str, ...]
    automation: str
    automation_words: _StrOrPromise
    rules_version: int | None
    appeal_until: dt.date
    may_appeal: bool
    appeal: Appeal | None

    @property
    def is_over(self) -> bool:
        return today() > self.appeal_until


def statements_about(reader: Reader, post_id: str) -> list[ShownStatement]:
    """For the post's author, newest first, also once the words are gone. To anybody else there is no such post."""
    post = own_post_for(reader, post_id)
    return [show_statement(reader, each) for each in told_statements().filter(post=post).order_by("-made_on", "-pk")]


def statement_for(reader: Reader, public_id: str) -> Statement:
    """For the author of what it is about. Raises NotFound."""
    statement = told_statements().filter(public_id=public_id).first() if is_public_id(public_id) else None
    if statement is None:
        raise NotFound
    own_post_for(reader, statement.post.public_id)
    return statement


def show_statement(reader: Reader, statement: Statement) -> ShownStatement:
    appeal: Appeal | None = getattr(statement, "appeal", None)
    is_in_time = today() <= statement.appeal_until
    return ShownStatement(
        id=statement.public_id,
        post_id=statement.post.public_id,
        made_on=statement.made_on,
        restriction=statement.restriction,
        sanctions=tuple(statement.sanctions.all()),
        effects=tuple(effects(statement)),
        reasons=tuple(reasons(statement)),
        automation=statement.automation,
        automation_words=automation_words(statement),
        rules_version=statement.rules_version,
        appeal_until=statement.appeal_until,
        may_appeal=appeal is None and is_in_time and not is_for_reading_only(reader, statement.post),
        appeal=appeal,
    )


def told_statements() -> QuerySet[Statement]:
    """Those that have left: of a decision that can still be undone nobody is told, nor of one that was."""
    has_left = Q(decision__undoing__isnull=True) | Q(decision__undoing__until__lte=timezone.now())
    standing = Statement.objects.filter(has_left, decision__undone__isnull=True)
    return standing.select_related("post", "appeal").prefetch_related("sanctions__category")
