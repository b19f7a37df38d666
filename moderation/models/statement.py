from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.days import today
from common.public_id import PublicIdField, RandomKeyField
from moderation.models.decision import RESTRICTING

APPEAL_DAYS = 183  # six months, in which its author can ask for another look (DSA art. 20)


class Automation(models.TextChoices):
    """What a machine did before a person decided. None ever decides."""

    NONE = ""
    HELD = "HELD"  # it waited for a first look by a rule
    NOTICED = "NOTICED"  # a screener noticed something in it


class Statement(models.Model):
    """What its author is told of a decision that restricts them, as it was then (DSA art. 17). Written once.

    A decision that hides or returns cannot be saved without one, nor can a sanction. `restriction` is what became of
    the post, "" where there is a sanction alone; how far and until when follows from it and from `sanctions`.
    `rules_version` is the version of the house rules that held, where there were any: those are never changed.
    It holds nothing of who reported, and counts nobody (docs/decisions/0021-statements-and-appeals.md).
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+")
    restriction = models.CharField(max_length=7, blank=True)
    facts = models.TextField()
    was_reported = models.BooleanField()
    automation = models.CharField(max_length=7, choices=Automation, blank=True, default=Automation.NONE)
    rules_version = models.PositiveIntegerField(null=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_on = models.DateField(default=today)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=~Q(facts=""), name="statement_says_why"),
            models.CheckConstraint(
                condition=Q(restriction__in=["", *RESTRICTING]), name="statement_restriction_is_known"
            ),
            models.CheckConstraint(condition=Q(automation__in=Automation.values), name="statement_automation_is_known"),
        )

    def __str__(self) -> str:
        return f"statement {self.public_id}"

    @property
    def taken_back_because(self) -> str | None:
        """The word of the decision that took it back, of one of `told_statements`; None: it stands."""
        return getattr(self, "reversed_because", None)

    @property
    def is_replaced(self) -> bool:
        """Of one of `told_statements`: whether the team has said since where the post stands, by a later decision."""
        return bool(getattr(self, "replaced", False))

    @property
    def appeal_until(self) -> dt.date:
        """The last day."""
        return self.made_on + dt.timedelta(days=APPEAL_DAYS)
