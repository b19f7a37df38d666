"""The queue, and what stands around a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from common.days import today
from common.errors import NotFound
from common.keyset import Order, Page, page_of
from common.public_id import is_public_id
from forum.authorship import name_of
from forum.marking import marked_in
from forum.policies import is_for_reading_only
from forum.queries import has_held_post, ids_of_named_posts, own_post_for, team_words, words_at
from moderation.models import (
    Access,
    AccessRequest,
    Audience,
    AuditEntry,
    Case,
    CaseNote,
    CaseState,
    Decision,
    EffectKind,
    Hold,
    Lane,
    RaidSwitch,
    Report,
    Sanction,
    Signal,
    Statement,
)
from moderation.models.access_request import STANDS
from moderation.models.decision import MOVING, is_told
from moderation.policies import can_decide, is_lead, not_ones_own
from moderation.stating import automation_words, besides_of, effects, reasons

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


def queue_page(
    moderator: User,
    *,
    state: str = CaseState.OPEN,
    lane: int | None = None,
    cursor: str | None = None,
    size: int = QUEUE_PAGE,
) -> Page[Case]:
    """What this moderator may see of it. One query of a page and one row, whatever waits behind it."""
    cases = Case.objects.filter(not_ones_own(moderator), state=state)
    cases = cases.select_related("post__thread__category", "claimed_by")
    order = QUEUE
    if lane is not None:
        cases, order = cases.filter(lane=lane), QUEUE_OF_LANE
    return page_of(cases, order, size=size, cursor=cursor, bound_to=f"{state}:{lane}")


def reasons_about(posts: Iterable[Post]) -> dict[int, set[str]]:
    """Why each of these posts, by row, ever had a case. One query."""
    found: dict[int, set[str]] = {}
    for post_id, codes in Case.objects.filter(post__in=posts).values_list("post_id", "reasons").order_by():
        found.setdefault(post_id, set()).update(codes)
    return found


def lives_with_a_lead(moderator: User) -> int:
    """What may be about a life and was passed on: it must not drop out of sight. Counted up to WAITING_AT_MOST."""
    return _count_for(moderator, state=CaseState.ESCALATED, lane=Lane.LIFE)


def waiting_by_lane(moderator: User) -> dict[Lane, int]:
    """How many open cases of each lane, counted up to WAITING_AT_MOST: the cost has an end, whatever waits."""
    return {lane: _count_for(moderator, state=CaseState.OPEN, lane=lane) for lane in Lane}


def _count_for(moderator: User, *, state: CaseState, lane: Lane) -> int:
    """Of what they may see: a figure one higher than the list would tell them what they may not."""
    return Case.objects.filter(not_ones_own(moderator), state=state, lane=lane)[:WAITING_AT_MOST].count()


def raid_switches() -> list[RaidSwitch]:
    """Those that are set just now."""
    rows = RaidSwitch.objects.filter(until__gt=timezone.now())
    return list(rows.select_related("moderator").order_by("switch"))


def looks(moderator: User) -> list[AccessRequest]:
    """What two people look at together, as this moderator may see it, the newest first."""
    rows = AccessRequest.objects.filter(not_ones_own(moderator)).select_related("post__thread__category")
    return list(rows.order_by("-asked_at", "-pk")[:MOST_LOOKS])


def waits_for_a_second(moderator: User) -> bool:
    """Whether somebody else asks this moderator to approve a look, and there is time left."""
    since = timezone.now() - STANDS
    asked = AccessRequest.objects.filter(not_ones_own(moderator), approved_at=None, asked_at__gt=since)
    return asked.exclude(asked_by=moderator).exists()


def look_with(public_id: str) -> AccessRequest:
    rows = AccessRequest.objects.select_related("post__thread__category")
    asked = rows.filter(public_id=public_id).first() if is_public_id(public_id) else None
    if asked is None:
        raise NotFound
    return asked


def holds(moderator: User) -> list[Hold]:
    """Those that hold, as this moderator may see them, the ones that end first before the others."""
    rows = Hold.objects.filter(not_ones_own(moderator), until__gt=today()).select_related("post__thread__category")
    return list(rows.order_by("until", "pk"))


def hold_with(public_id: str) -> Hold:
    hold = Hold.objects.select_related("post__thread__category").filter(public_id=public_id).first()
    if hold is None:
        raise NotFound
    return hold


def case_for_moderator(public_id: str) -> Case:
    """The door has asked whether it is one. Raises NotFound."""
    case = cases_with_all().filter(public_id=public_id).first() if is_public_id(public_id) else None
    if case is None:
        raise NotFound
    return case


def cases_with_all() -> QuerySet[Case]:
    """With what its page shows of each."""
    return Case.objects.select_related("post__thread__category", "claimed_by", "appeal")


def live_case_about(post: Post) -> Case | None:
    """Never an appeal's."""
    return Case.objects.live_about(post.pk).first()


def live_case_or(case: Case) -> Case:
    """The post's case that lives, into which this one may have been taken up; or this one."""
    return live_case_about(case.post) or case


def has_other_moderators(moderator: User) -> bool:
    """Whether somebody else could decide what this one decided first."""
    return any(can_decide(other) for other in others_of_the_team(moderator))


def has_other_leads(moderator: User) -> bool:
    return any(is_lead(other) for other in others_of_the_team(moderator))


def own_post_waits_for_nobody(moderator: User) -> bool:
    """Whether their own post waits for a first look and nobody else could take one."""
    return has_held_post(moderator) and not has_other_moderators(moderator)


# --- The log ----------------------------------------------------------------------------------------------------------

_WHO_REPORTED = frozenset({"reported_it"})  # facts that say that whoever did something had reported the post


def the_log(moderator: User) -> QuerySet[AuditEntry]:
    """As this moderator may read it. Each entry says in `is_about_own` whether it is about words of theirs: of these
    they are shown the number, the day and the digests, and nothing that could tell who reported them.
    """
    about = {
        "post": ids_of_named_posts(moderator),
        "case": Case.objects.filter(post__author=moderator).values("public_id"),
        "sanction": Sanction.objects.filter(post__author=moderator).values("public_id"),
    }
    is_own = Q()
    for name, ids in about.items():
        is_own |= Q(**{f"of_{name}__in": ids})
    entries = AuditEntry.objects.alias(**{f"of_{name}": KT(f"facts__{name}") for name in about})
    return entries.annotate(is_about_own=ExpressionWrapper(is_own, BooleanField()))


def facts_shown(entry: Any, moderator: User) -> dict[str, Any]:
    """Of one of `the_log`. That whoever decided had reported it is told to leads alone."""
    if entry.is_about_own:
        return {}
    hidden = frozenset[str]() if is_lead(moderator) else _WHO_REPORTED
    return {name: fact for name, fact in entry.facts.items() if name not in hidden}


def others_of_the_team(moderator: User) -> QuerySet[User]:
    """Whoever may open the desk; what each may do there is asked one by one."""
    return get_user_model().objects.filter(is_staff=True, is_active=True).exclude(pk=moderator.pk)


def sanctions_in_force(appeal: Appeal) -> list[Sanction]:
    """Of those that came with what an author appeals from."""
    given = appeal.statement.sanctions.select_related("category") if appeal.statement else []
    return [sanction for sanction in given if sanction.is_in_force]


def reports_of(case: Case) -> list[Report]:
    return list(case.reports.order_by("reported_on", "pk"))


def decisions_about(case: Case) -> list[Decision]:
    """On this case and on earlier ones about the same post, newest first."""
    about = Decision.objects.with_fate().filter(case__post_id=case.post_id).select_related("moderator", "undone")
    return with_marks(about.prefetch_related("effects").order_by("-pk"), case.post)


def with_marks(decisions: Iterable[Decision], post: Post) -> list[Decision]:
    """As far as the words they were about are still there. One query if any marked something."""
    found = list(decisions)
    places = [(each, kept) for each in found for kept in each.effects.all() if kept.kind == EffectKind.MARK]
    words = words_at(post, {each.post_version for each, _kept in places}) if places else {}
    for decision, kept in places:
        decision.said = words.get(decision.post_version, "")
        decision.marks = marked_in(decision.said, kept.facts["places"])
    return found


def standing_of(decisions: Sequence[Decision]) -> Decision | None:
    """Of these, the newest first: the last that was not undone."""
    return next((each for each in decisions if not each.is_undone), None)


def last_marked(decisions: Sequence[Decision]) -> Decision | None:
    """Of these, the newest first: the one that stands, if it marked words that are still there."""
    standing = standing_of(decisions)
    return standing if standing and standing.marks else None


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
class ShownAppeal:
    """As whoever asked reads it: while an answer can still be undone it waits."""

    text: str
    made_on: dt.date
    outcome: str = ""
    answer: str = ""
    decided_on: dt.date | None = None

    @classmethod
    def of(cls, appeal: Appeal) -> Self:
        if not appeal.is_answered:
            return cls(appeal.text, appeal.made_on)
        return cls(appeal.text, appeal.made_on, appeal.outcome, appeal.answer, appeal.decided_on)

    @property
    def is_waiting(self) -> bool:
        return not self.outcome


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """As its author reads it: never who decided, nor anything of who reported."""

    id: str
    post_id: str
    made_on: dt.date
    restriction: str
    besides: tuple[EffectKind, ...]
    sanctions: tuple[Sanction, ...]
    effects: tuple[str, ...]
    reasons: tuple[str, ...]
    automation: str
    automation_words: _StrOrPromise
    rules_version: int | None
    appeal_until: dt.date
    may_appeal: bool
    appeal: ShownAppeal | None
    is_taken_back: bool
    taken_back_because: str

    @property
    def is_over(self) -> bool:
        return today() > self.appeal_until


def statements_about(reader: Reader, post_id: str) -> list[ShownStatement]:
    """For the post's author, newest first, also once the words are gone. To anybody else there is no such post."""
    post = own_post_for(reader, post_id)
    return [
        show_statement(reader, each)
        for each in told_statements().filter(post=post).order_by("-made_on", "-decision__pk", "-pk")
    ]


@dataclass(frozen=True, slots=True)
class ShownLook:
    """That two people looked up which account wrote something, as its author reads it: never who."""

    looked_on: dt.date
    reason: str


def looks_at_author(reader: Reader, post_id: str) -> list[ShownLook]:
    """For the post's author, newest first, also once the words are gone; none of which a reason is on record why they
    are not told. To anybody else there is no such post.
    """
    told = told_looks(own_post_for(reader, post_id)).order_by("-looked_at", "-pk")
    return [ShownLook(timezone.localdate(each.looked_at), each.reason) for each in told]


def told_looks(post: Post) -> QuerySet[AccessRequest]:
    """Those at which account wrote it, of which its author is told."""
    return AccessRequest.objects.filter(post=post, access=Access.UNMASKING, quiet_because="", looked_at__isnull=False)


def statement_for(reader: Reader, public_id: str) -> Statement:
    """For the author of what it is about. Raises NotFound."""
    statement = told_statements().filter(public_id=public_id).first() if is_public_id(public_id) else None
    if statement is None:
        raise NotFound
    own_post_for(reader, statement.post.public_id)
    return statement


def show_statement(reader: Reader, statement: Statement) -> ShownStatement:
    appeal: Appeal | None = getattr(statement, "appeal", None)
    may_appeal = appeal is None and today() <= statement.appeal_until and statement.taken_back_because is None
    return ShownStatement(
        id=statement.public_id,
        post_id=statement.post.public_id,
        made_on=statement.made_on,
        restriction=statement.restriction,
        besides=tuple(besides_of(statement)),
        sanctions=tuple(statement.sanctions.all()),
        effects=tuple(effects(statement)),
        reasons=tuple(reasons(statement)),
        automation=statement.automation,
        automation_words=automation_words(statement),
        rules_version=statement.rules_version,
        appeal_until=statement.appeal_until,
        may_appeal=may_appeal and not is_for_reading_only(reader, statement.post),
        appeal=ShownAppeal.of(appeal) if appeal else None,
        is_taken_back=statement.taken_back_because is not None,
        taken_back_because=team_words(statement.taken_back_because or ""),
    )


def told_statements() -> QuerySet[Statement]:
    """Those that have left: of a decision that can still be undone nobody is told, nor of one that was. Each with the
    word of the one that took it back, and whether a later one took its place.
    """
    later = Decision.objects.told().filter(
        case__post=OuterRef("post"), action__in=MOVING, pk__gt=OuterRef("decision__pk")
    )
    reversals = Decision.objects.told().filter(reverses__statement=OuterRef("pk")).order_by("-pk")
    sanctions = Sanction.objects.select_related("category", "lifted_with__undone", "lifted_with__undoing")
    with_all = Statement.objects.filter(is_told("decision__")).select_related(
        "post__thread__category", "decision", "appeal__decision__undone", "appeal__decision__undoing"
    )
    with_all = with_all.prefetch_related(Prefetch("sanctions", sanctions), "decision__effects")
    return with_all.annotate(reversed_because=Subquery(reversals.values("word")[:1]), replaced=Exists(later))
