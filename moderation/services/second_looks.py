"""Blind double review: of every so many decided cases one is read by a second moderator, who is not told what the first
one decided. Only a figure comes of it: how far moderators agree. Nothing about the post changes, and nothing says who.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid
from forum.queries import carrying, post_version
from moderation.models import Action, Agreement, Decision, Lane, SecondLook, Verdict
from moderation.policies import not_ones_own
from moderation.services.duty import note_given, require_on_duty
from moderation.services.roles import require_moderator
from moderation.states import LEASE

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models import Case

KEPT_DAYS = 14
_TRIED_AT_ONCE = 20
_VERDICTS = {
    Action.PUBLISH: Verdict.STAYS,
    Action.LEAVE: Verdict.STAYS,
    Action.RETURN: Verdict.RETURNED,
    Action.HIDE: Verdict.HIDDEN,
}


class VerdictUnknown(Invalid):
    code = "verdict-unknown"
    message = _("Say what you would have done, or leave it.")


class LookOver(Conflict):
    code = "second-look-over"
    message = _("This look is over: its minutes have passed, or the post was changed. Nothing is lost by that.")


def sample(decision: Decision, case: Case) -> None:
    """Perhaps it is read again. Inside the transaction of the decision; never where a life may be at risk."""
    one_in = settings.SECOND_LOOK_ONE_IN
    if not one_in or case.lane == Lane.LIFE or secrets.randbelow(one_in):
        return
    version = post_version(case.post.public_id)
    SecondLook.objects.create(decision=decision, post_version=version, made_on=today())


def take_second_look(*, actor: User, goes_on: bool = False) -> SecondLook | None:
    """One that somebody else decided, lent for some minutes; None when there is none for this moderator.

    What they avoid is left to others. Raises OffDuty, and EnoughForToday unless they go on all the same: reading is
    reading.
    """
    require_moderator(actor)
    duty = require_on_duty(actor, goes_on=goes_on)
    with transaction.atomic():
        looks = _free_for(actor)
        if duty.avoided_notes:
            looks = looks.exclude(decision__case__post__in=carrying(duty.avoided_notes))
        for look in looks.select_for_update(skip_locked=True, of=("self",))[:_TRIED_AT_ONCE]:
            if not _still_stands(look):
                look.delete()
                continue
            if look.lent_to_id != actor.pk:
                note_given(actor)
            look.lent_to, look.lent_until = actor, timezone.now() + LEASE
            look.save(update_fields=["lent_to", "lent_until"])
            return look
    return None


def second_look_of(moderator: User, public_id: str) -> SecondLook:
    """While it is lent to them. Raises LookOver."""
    lent = SecondLook.objects.filter(public_id=public_id, lent_to=moderator, lent_until__gt=timezone.now())
    look = lent.select_related("decision__case__post__thread__category").first()
    if look is None:
        raise LookOver
    return look


@transaction.atomic
def say_second(public_id: str, *, actor: User, verdict: str) -> None:
    """What they would have done; empty: they would rather not say, and nothing is counted. The look goes with it.

    Raises VerdictUnknown, LookOver.
    """
    require_moderator(actor)
    if verdict and verdict not in Verdict.values:
        raise VerdictUnknown(fields={"verdict": [VerdictUnknown.message]})
    locked = SecondLook.objects.select_for_update(of=("self",)).filter(pk=second_look_of(actor, public_id).pk)
    look = locked.select_related("decision__case__post").first()
    if look is None:
        raise LookOver
    stands = _still_stands(look)
    look.delete()
    if not verdict or not stands:
        return
    first = _VERDICTS[Action(look.decision.action)]
    month = today().replace(day=1)
    row, _is_new = Agreement.objects.get_or_create(month=month, first=first, second=verdict)
    Agreement.objects.filter(pk=row.pk).update(looks=F("looks") + 1)


def _free_for(moderator: User) -> QuerySet[SecondLook]:
    """The oldest first; one that is lent to them already before all others."""
    since = today() - dt.timedelta(days=KEPT_DAYS)
    is_free = Q(lent_until__isnull=True) | Q(lent_until__lte=timezone.now()) | Q(lent_to=moderator)
    looks = SecondLook.objects.filter(is_free, made_on__gt=since).exclude(decision__moderator=moderator)
    looks = looks.filter(not_ones_own(moderator, "decision__case__post"))  # it says why their words waited
    looks = looks.select_related("decision__case__post__thread__category")
    return looks.order_by(F("lent_until").desc(nulls_last=True), "made_on", "pk")


def _still_stands(look: SecondLook) -> bool:
    """The decision was not undone or followed by another, and the post is as it left it."""
    decision = look.decision
    is_last = not Decision.objects.filter(case=decision.case_id, pk__gt=decision.pk).exists()
    return is_last and not decision.is_undone and decision.case.post.version == look.post_version
