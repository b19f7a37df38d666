"""Retention: which words of the desk are forgotten, and after how long. The table, and what enforces it.

What was decided stays for good, as a count needs it: what, about which post, when. The words about it are kept for as
long as somebody can ask for another look, and then a dash stands in their place; with the post nothing does. Nothing
goes while a case about the post is live, or while there is a hold on it. Whole rows that go by themselves:
personal_data.py (`goes`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from common.days import today
from forum.services.retention import bearing_a_word, forget_revisions_of_hidden, forget_words_to_authors
from forum.states import PostState
from moderation import audit
from moderation.models import (
    APPEAL_DAYS,
    AccessRequest,
    Action,
    Appeal,
    AuditEntry,
    Case,
    CaseNote,
    CaseState,
    Decision,
    Hold,
    Level,
    Report,
    Sanction,
    Statement,
)
from moderation.states import LIVE

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from forum.models import Post

FORGOTTEN = "—"  # in the place of words that are gone: that there were some stays true
_BATCH = 200
_EVENT = "words_forgotten"


@dataclass(frozen=True, slots=True)
class Rule:
    """`due`: rows whose time has come on a day, of which `forget` takes some away and says how many."""

    name: str  # in the log
    what: _StrOrPromise
    since: _StrOrPromise
    days: int
    due: Callable[[dt.date], QuerySet[Any]]
    forget: Callable[[QuerySet[Any], Sequence[int]], int]
    words: tuple[type[models.Model], tuple[str, ...]] | None = None


def _words(
    name: str,
    model: type[models.Model],
    fields: tuple[str, ...],
    *,
    what: _StrOrPromise,
    since: _StrOrPromise,
    post: str,
    old: Callable[[dt.date], Q],
) -> Rule:
    """Words in `fields`, of rows that are about the post at the end of the path `post`."""

    def due(day: dt.date) -> QuerySet[Any]:
        left = Q()
        for field in fields:
            left |= ~Q(**{f"{field}__in": ["", FORGOTTEN]})
        rows = model._default_manager.filter(old(day), left)  # noqa: SLF001 - Django documents it
        return _free(rows, post)

    def forget(rows: QuerySet[Any], keys: Sequence[int]) -> int:
        dashes = {field: models.Case(When(**{field: ""}, then=Value("")), default=Value(FORGOTTEN)) for field in fields}
        return rows.filter(pk__in=keys).update(**dashes)

    return Rule(name, what, since, APPEAL_DAYS, due, forget, (model, fields))


def _free(rows: QuerySet[Any], post: str) -> QuerySet[Any]:
    """Without those about whose post a case is live, or on which there is a hold."""
    live = Case.objects.filter(post=OuterRef(post), state__in=LIVE)
    held = Hold.objects.filter(post=OuterRef(post), until__gt=today())
    return rows.filter(~Exists(live), ~Exists(held))


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _decided_since(day: dt.date, case: str) -> Exists:
    return Exists(Decision.objects.filter(case=OuterRef(case), decided_at__gte=_end_of(day)))


def _sanction_is_over(day: dt.date) -> Q:
    return Q(lifted_on__lte=day) | Q(lifted_on=None, until__lte=day) | Q(level=Level.WARNING, given_on__lte=day)


def _told_long_ago(day: dt.date) -> QuerySet[Post]:
    """Posts that bear a word of the team, with nothing that was done about them since."""
    decided = Decision.objects.filter(case__post=OuterRef("pk"))
    given = Sanction.objects.filter(post=OuterRef("pk"))
    looked = AccessRequest.objects.filter(post=OuterRef("pk"), looked_at__isnull=False)
    # Of one that was brought in from elsewhere no day is known.
    told = bearing_a_word().filter(Exists(decided) | Exists(given) | Exists(looked))
    since = (
        decided.filter(decided_at__gte=_end_of(day)),
        given.exclude(_sanction_is_over(day)),
        looked.filter(looked_at__gte=_end_of(day)),
    )
    return _free(told.filter(*(~Exists(each) for each in since)), "pk")


def _forget_words(rows: QuerySet[Any], keys: Sequence[int]) -> int:
    return forget_words_to_authors(rows.filter(pk__in=keys))


def _hidden_long_ago(day: dt.date) -> QuerySet[Case]:
    """Cases whose post was hidden, is so still, and holds what it said before."""
    hidden = Case.objects.filter(
        decisions__action=Action.HIDE, post__state=PostState.HIDDEN, post__revisions__isnull=False
    )
    return _free(hidden.filter(~_decided_since(day, "pk")), "post").distinct()


def _forget_revisions(rows: QuerySet[Any], keys: Sequence[int]) -> int:
    return forget_revisions_of_hidden(list(rows.filter(pk__in=keys).values_list("post_id", flat=True)))


RULES = (
    _words(
        "decisions",
        Decision,
        ("word", "reason"),
        what=_("a decision's words to the author, and its reason"),
        since=_("the decision"),
        post="case__post",
        old=lambda day: Q(case__state=CaseState.CLOSED, decided_at__lt=_end_of(day)),
    ),
    _words(
        "statements",
        Statement,
        ("facts",),
        what=_("what a statement of reasons says"),
        since=_("the statement"),
        post="post",
        old=lambda day: Q(made_on__lte=day),
    ),
    _words(
        "sanctions",
        Sanction,
        ("reason", "why_lifted"),
        what=_("a sanction's reasons"),
        since=_("its last day, or its lifting; of a warning the day it was given"),
        post="post",
        old=_sanction_is_over,
    ),
    _words(
        "reports",
        Report,
        ("text",),
        what=_("what a reader wrote in a report"),
        since=_("the last decision about it, or the report"),
        post="case__post",
        old=lambda day: Q(case__state=CaseState.CLOSED, reported_on__lte=day) & ~Q(_decided_since(day, "case")),
    ),
    _words(
        "case_notes",
        CaseNote,
        ("text",),
        what=_("a moderator's note on a case"),
        since=_("the note"),
        post="case__post",
        old=lambda day: Q(case__state=CaseState.CLOSED, written_on__lte=day),
    ),
    _words(
        "appeals",
        Appeal,
        ("text", "answer"),
        what=_("what somebody wrote to have a decision looked at again, and what they were answered"),
        since=_("the answer"),
        post="case__post",
        old=lambda day: Q(decided_on__lte=day),
    ),
    Rule(
        "revisions",
        _("what a hidden post said before it was changed"),
        _("the last decision about it"),
        APPEAL_DAYS,
        _hidden_long_ago,
        _forget_revisions,
    ),
    Rule(
        "words_to_authors",
        _("what the team wrote to an author, as it stands with the post"),
        _("the last decision about it, or the end of what was put on the name with it"),
        APPEAL_DAYS,
        _told_long_ago,
        _forget_words,
    ),
)


def due_now() -> dict[str, int]:
    """How many rows of each rule would be forgotten."""
    return {rule.name: rule.due(_last_day(rule)).count() for rule in RULES}


def forget_what_is_due() -> dict[str, int]:
    """How many rows of each rule were forgotten. Batch for batch, each with its line in the log: killed, it has lost
    nothing, and the next run goes on. Two at once forget nothing twice.
    """
    return {rule.name: _forget(rule) for rule in RULES}


def _forget(rule: Rule) -> int:
    forgotten, rows = 0, rule.due(_last_day(rule))
    while keys := list(rows.values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            count = rule.forget(rows, keys)
            if count:
                audit.append(_EVENT, moderator=None, rule=rule.name, rows=count)
        if not count:  # somebody else was quicker
            break
        forgotten += count
    return forgotten


def _last_day(rule: Rule) -> dt.date:
    """Of what is forgotten today. On the last of its days it is still there."""
    return today() - dt.timedelta(days=rule.days + 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one rule: how many rows wait for the next run, and how many were forgotten in a year, by the log."""

    rule: Rule
    due: int
    forgotten: int


def retention_report() -> list[Kept]:
    """Reads a year of the log's lines about it."""
    due = due_now()
    forgotten = dict.fromkeys(due, 0)
    year_ago = (today() - dt.timedelta(days=365)).isoformat()
    for facts in AuditEntry.objects.filter(event=_EVENT, at__gte=year_ago).values_list("facts", flat=True):
        if facts.get("rule") in forgotten:  # none, where a lead took the facts out
            forgotten[facts["rule"]] += facts["rows"]
    return [Kept(rule, due[rule.name], forgotten[rule.name]) for rule in RULES]


def retention_table() -> str:
    """For docs/running.md."""
    with translation.override("en"):
        return _table()


def _table() -> str:
    lines = [f"| {rule.what} | {rule.days} days after {rule.since} |" for rule in RULES]
    return "\n".join(["| what is forgotten | when |", "|---|---|", *lines])
