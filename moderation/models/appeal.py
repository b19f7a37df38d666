from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import PublicIdField, RandomKeyField


class Outcome(models.TextChoices):
    UPHELD = "UPHELD", _("it stays as it was decided")
    OVERTURNED = "OVERTURNED", _("it is decided anew")


class Appeal(models.Model):
    """Somebody asks that another moderator decides again: an author, of a statement; a reporter, of their report.

    Once for each. It waits in the queue as a case of its own, and `decided_by` is never `first_moderator`: the database
    refuses it. `answer` is what whoever asked reads; what was done stands in `decision`. It holds no key of a person.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    statement = models.OneToOneField("moderation.Statement", models.PROTECT, null=True, related_name="appeal")
    report = models.OneToOneField("moderation.Report", models.PROTECT, null=True, related_name="appeal")
    text = models.TextField(blank=True)  # none once whoever wrote it has erased it
    made_on = models.DateField(default=today)
    first_moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    decision = models.OneToOneField("moderation.Decision", models.PROTECT, null=True, related_name="appeal")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=["decided_on"], name="appeals_decided"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(statement__isnull=True, report__isnull=False)
                | Q(statement__isnull=False, report__isnull=True),
                name="appeal_is_of_an_author_or_a_reporter",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("first_moderator")),
                name="appeal_is_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answer="", decision=None, decided_by=None, decided_on=None)
                | Q(
                    outcome__in=Outcome.values,
                    decision__isnull=False,
                    decided_by__isnull=False,
                    decided_on__isnull=False,
                )
                & ~Q(answer=""),
                name="appeal_is_decided_in_words",
            ),
        )

    def __str__(self) -> str:
        return f"appeal {self.public_id}"

    @property
    def is_waiting(self) -> bool:
        return not self.outcome
