"""Looking after whoever looks after others: what a moderator would rather not meet, when it is enough, when off.

Volunteers are often survivors. What they avoid "take next" does not bring them; after so many cases in a day, however
they came to them, it says so once, softly; while they are off duty it brings nothing. A case can still be opened by
hand: a lock that nobody can open would be one more thing that decides over them. That a case about a life waits is told
them all the same, in one line without its words (claims.life_left_to_choose): whether they take it is theirs, and
nobody learns it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from forum.queries import notes_offered
from moderation.models import Duty, DutyDay
from moderation.models.duty import ENOUGH
from moderation.policies import DECIDE, LEAD, can_decide, is_lead

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models import Case

MOST_ENOUGH = 500
LONGEST_OFF = dt.timedelta(days=366)
ENOUGH_UNREADABLE = _("Choose between 1 and 500.")


class OffDuty(Conflict):
    code = "off-duty"
    message = _(
        "You are off duty, so no case is given to you, and you need not say why. You can end it on your own page."
    )


class EnoughForToday(Conflict):
    code = "enough-for-today"
    message = _("You have looked at many cases today. A break is part of the work. To go on, ask once more.")


class DutyUnreadable(Invalid):
    code = "duty-unreadable"
    message = _("Something needs changing before this can be kept.")


def duty_of(moderator: User) -> Duty:
    """As they chose, or as everybody begins; not saved."""
    return Duty.objects.filter(moderator=moderator).first() or Duty(moderator=moderator, enough=ENOUGH)


@transaction.atomic
def choose_duty(
    moderator: User,
    *,
    actor: User,
    avoided_notes: Collection[str],
    enough: int,
    off_until: dt.date | None,
    words_at_once: bool = False,
    uses_keys: bool = True,
) -> Duty:
    """Each for themselves."""
    if actor != moderator or not can_decide(moderator):
        raise NotAllowed
    fields: dict[str, list[object]] = {}
    offered = {note.public_id for note in notes_offered()}
    if not set(avoided_notes) <= offered:
        fields["avoided_notes"] = [_("One of these notes is not offered any more. Choose again.")]
    if not 1 <= enough <= MOST_ENOUGH:
        fields["enough"] = [ENOUGH_UNREADABLE]
    if off_until is not None and not today() <= off_until <= today() + LONGEST_OFF:
        fields["off_until"] = [_("Choose a day within the next year.")]
    if fields:
        raise DutyUnreadable(fields=fields)  # type: ignore[arg-type]  # lists of texts
    chosen = {
        "avoided_notes": sorted(avoided_notes),
        "enough": enough,
        "off_until": off_until,
        "words_at_once": words_at_once,
        "uses_keys": uses_keys,
    }
    duty, _is_new = Duty.objects.update_or_create(moderator=moderator, defaults=chosen)
    return duty


def would_be_given(duty: Duty) -> bool:
    """Whether "take next" brings them anything just now."""
    return not _is_off(duty) and cases_today(duty.moderator) < duty.enough


def _is_off(duty: Duty) -> bool:
    return duty.off_until is not None and today() < duty.off_until


def require_on_duty(moderator: User, *, goes_on: bool) -> Duty:
    """Before they are given a case. Raises OffDuty, and EnoughForToday unless they go on all the same."""
    duty = duty_of(moderator)
    if _is_off(duty):
        raise OffDuty
    if not goes_on and cases_today(moderator) >= duty.enough:
        raise EnoughForToday
    return duty


def others_on_duty(moderator: User) -> list[User]:
    """Of the team, whom "take next" brings something today. One query. Nobody is told who that is."""
    return list(_on_duty(_team().exclude(pk=moderator.pk)))


def leads_of_the_team() -> list[User]:
    return [each for each in _team(LEAD) if is_lead(each)]


def leads_on_duty() -> list[User]:
    """Whom "take next" brings something today."""
    return [each for each in _on_duty(_team(LEAD)) if is_lead(each)]


def _on_duty(team: QuerySet[User]) -> QuerySet[User]:
    off = Duty.objects.filter(moderator=OuterRef("pk"), off_until__gt=today())
    enough = Duty.objects.filter(moderator=OuterRef("moderator")).values("enough")
    had = DutyDay.objects.filter(moderator=OuterRef("pk"), day=today(), cases__gte=Coalesce(Subquery(enough), ENOUGH))
    return team.exclude(Exists(off)).exclude(Exists(had))


def all_back_on() -> dt.date | None:
    """The first day on which one of the team is on duty again; None: somebody is today. Says of nobody who it is.

    What crisis asks before it says that somebody is here (TEAM_ASKED_WHEN_BACK in config/settings.py). Two queries.
    """
    off = Duty.objects.filter(off_until__gt=today(), moderator__in=_team())
    found = off.aggregate(first=Min("off_until"), off=Count("pk"))
    first: dt.date | None = found["first"]
    return first if first and found["off"] == _team().count() else None


def _team(permission: str = DECIDE) -> QuerySet[User]:
    """Whoever may decide, or lead, by their role; a superuser keeps the machine and need not read here."""
    app, codename = permission.split(".")
    may = {"content_type__app_label": app, "codename": codename}
    permissions = Permission.objects.filter(**may)
    members = get_user_model().objects.filter(is_active=True, is_staff=True)
    return members.filter(Q(groups__permissions__in=permissions) | Q(user_permissions__in=permissions)).distinct()


def cases_today(moderator: User) -> int:
    return DutyDay.objects.filter(moderator=moderator, day=today()).values_list("cases", flat=True).first() or 0


def note_met(case: Case, moderator: User) -> None:
    """One more case, unless they had it last, or gave it back: the same words count once. Of a locked case, before
    they have it. Which one it was is kept nowhere.
    """
    if case.claimed_by_id != moderator.pk and not case.handed_over.filter(moderator=moderator).exists():
        note_given(moderator)


def note_given(moderator: User) -> None:
    """One more case. Inside the transaction that gives it."""
    DutyDay.objects.get_or_create(moderator=moderator, day=today())
    DutyDay.objects.filter(moderator=moderator, day=today()).update(cases=F("cases") + 1)
