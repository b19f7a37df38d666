"""For whom a case waits that was passed on: the leads who could take it. While there is none, it is everybody's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When

from moderation.models import Case, CaseState, Lane, Report, ReportReason
from moderation.policies import is_lead
from moderation.services.duty import leads_of_the_team, leads_on_duty

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from accounts.models import User


def needs_lead(case: Case, actor: User) -> bool:
    """Whether this is not for `actor`, since it was passed on and there is a lead for it. No query else."""
    return case.state == CaseState.ESCALATED and not is_lead(actor) and has_lead(case)


def has_lead(case: Case, *, besides: User | None = None) -> bool:
    """Somebody who leads and could take it."""
    return not without_lead(Case.objects.filter(pk=case.pk), besides=besides).exists()


def without_lead(cases: QuerySet[Case], *, besides: User | None = None) -> QuerySet[Case]:
    """Of these, those that no lead could take, because each wrote the post, or decided first what an appeal is about.
    `besides`: as if this one were none.

    Where a life may be at risk, whoever is off duty or has had enough for today is none either. There must be two where
    one may be a reporter who leaves it to others, or what is refused would tell who: of what a reporter asks to be
    looked at again, and of what somebody reported as by someone who hurt them.
    """
    every, here = ([each for each in leads if each != besides] for leads in (leads_of_the_team(), leads_on_duty()))
    could = Choose(When(lane=Lane.LIFE, then=_how_many_of(here)), default=_how_many_of(every))
    fears = Report.objects.filter(case__post=OuterRef("post"), reason=ReportReason.SOMEONE_WHO_HURT_ME)
    needed = Choose(When(Q(appeal__report__isnull=False) | Q(Exists(fears)), then=2), default=1)
    return cases.alias(could=could, needed=needed).filter(could__lt=F("needed"))


def _how_many_of(leads: Iterable[User]) -> Combinable:
    """Could decide it."""
    number: Combinable = Value(0)
    for lead in leads:
        is_barred = Q(post__author=lead) | Q(appeal__first_moderator=lead)
        number += Choose(When(is_barred, then=0), default=1)
    return number
