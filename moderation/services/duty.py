"""Looking after whoever looks after others: what a moderator would rather not meet, when it is enough, when off.

Volunteers are often survivors. What they avoid "take next" does not bring them; after so many cases in a day it says so
once, softly; while they are off duty it brings nothing. A case can still be opened by hand: a lock that nobody can
open would be one more thing that decides over them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from forum.queries import notes_offered
from moderation.models import Duty, DutyDay
from moderation.models.duty import ENOUGH
from moderation.policies import DECIDE, can_decide

if TYPE_CHECKING:
    from accounts.models import User

MOST_ENOUGH = 500
LONGEST_OFF = dt.timedelta(days=366)


class OffDuty(Conflict):
    code = "off-duty"
    message = _(
        "You are off duty. Nothing here needs you now; somebody else is looking. You can end it on your own page."
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
    moderator: User, *, actor: User, avoided_notes: Collection[str], enough: int, off_until: dt.date | None
) -> Duty:
    """Each for themselves."""
    if actor != moderator or not can_decide(moderator):
        raise NotAllowed
    fields: dict[str, list[object]] = {}
    offered = {note.public_id for note in notes_offered()}
    if not set(avoided_notes) <= offered:
        fields["avoided_notes"] = [_("One of these notes is not offered any more. Choose again.")]
    if not 1 <= enough <= MOST_ENOUGH:
        fields["enough"] = [_("Choose between 1 and 500.")]
    if off_until is not None and not today() <= off_until <= today() + LONGEST_OFF:
        fields["off_until"] = [_("Choose a day within the next year.")]
    if fields:
        raise DutyUnreadable(fields=fields)  # type: ignore[arg-type]  # lists of texts
    chosen = {"avoided_notes": sorted(avoided_notes), "enough": enough, "off_until": off_until}
    duty, _is_new = Duty.objects.update_or_create(moderator=moderator, defaults=chosen)
    return duty


def require_on_duty(moderator: User, *, goes_on: bool) -> Duty:
    """Before they are given a case. Raises OffDuty, and EnoughForToday unless they go on all the same."""
    duty = duty_of(moderator)
    if duty.off_until is not None and today() < duty.off_until:
        raise OffDuty
    if not goes_on and cases_today(moderator) >= duty.enough:
        raise EnoughForToday
    return duty


def all_back_on() -> dt.date | None:
    """The first day on which one of the team is on duty again; None: somebody is today. Says of nobody who it is.

    What crisis asks before it says that somebody is here (TEAM_ASKED_WHEN_BACK in config/settings.py). Two queries.
    """
    off = Duty.objects.filter(off_until__gt=today(), moderator__in=_team())
    found = off.aggregate(first=Min("off_until"), off=Count("pk"))
    first: dt.date | None = found["first"]
    return first if first and found["off"] == _team().count() else None


def _team() -> QuerySet[User]:
    """Whoever may decide by their role; a superuser keeps the machine and need not read here."""
    app, codename = DECIDE.split(".")
    may = {"content_type__app_label": app, "codename": codename}
    permissions = Permission.objects.filter(**may)
    members = get_user_model().objects.filter(is_active=True, is_staff=True)
    return members.filter(Q(groups__permissions__in=permissions) | Q(user_permissions__in=permissions)).distinct()


def cases_today(moderator: User) -> int:
    return DutyDay.objects.filter(moderator=moderator, day=today()).values_list("cases", flat=True).first() or 0


def note_given(moderator: User) -> None:
    """One more case. Inside the transaction that gives it."""
    DutyDay.objects.get_or_create(moderator=moderator, day=today())
    DutyDay.objects.filter(moderator=moderator, day=today()).update(cases=F("cases") + 1)
