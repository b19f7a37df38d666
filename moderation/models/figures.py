from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField
from moderation.states import Lane


class Waited(models.TextChoices):
    """Until somebody looked at a case for the first time, counted from the full hour before it came."""

    HOUR = "HOUR", _("within an hour")
    TWO_HOURS = "TWO_HOURS", _("within two hours")
    SIX_HOURS = "SIX_HOURS", _("within six hours")
    DAY = "DAY", _("within a day")
    LONGER = "LONGER", _("later")


class FirstLooks(models.Model):
    """How many cases of a lane were looked at for the first time in a month, by how long they had waited."""

    id = RandomKeyField()
    month = models.DateField()  # its first day
    lane = models.PositiveSmallIntegerField(choices=Lane)
    waited = models.CharField(max_length=9, choices=Waited)
    cases = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "lane", "waited"], name="first_looks_once"),
            models.CheckConstraint(condition=Q(waited__in=Waited.values), name="first_looks_waited_is_known"),
        )

    def __str__(self) -> str:
        return "first looks"


class Verdict(models.TextChoices):
    """What a decision comes to, for comparing two."""

    STAYS = "STAYS", _("it can stand there for everybody")
    RETURNED = "RETURNED", _("it goes back to its author with a word")
    HIDDEN = "HIDDEN", _("it is taken down")


class SecondLook(models.Model):
    """A decided case that somebody else reads as if it were new, to see how far moderators agree.

    It goes when they have said what they think, and what they said is only counted (`Agreement`). `post_version` is
    that after the decision: what was changed since is compared with nothing. `lent_to` reads it for some minutes.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    decision = models.OneToOneField("moderation.Decision", models.PROTECT, related_name="+")
    post_version = models.PositiveIntegerField()
    made_on = models.DateField()
    lent_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lent_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"second look {self.public_id}"


class Agreement(models.Model):
    """How often in a month a first and a second moderator came to this. Of nobody in particular."""

    id = RandomKeyField()
    month = models.DateField()
    first = models.CharField(max_length=8, choices=Verdict)
    second = models.CharField(max_length=8, choices=Verdict)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["month", "first", "second"], name="agreement_once"),)

    def __str__(self) -> str:
        return "agreement"
