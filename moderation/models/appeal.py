from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import PublicIdField, RandomKeyField


class Outcome(models.TextChoices):
    UPHELD = "UPHELD", _("it stays as it was decided")
    OVERTURNED = "OVERTURNED", _("it is decided anew")
    TAKEN_BACK = "TAKEN_BACK", _("the team took the decision back by itself")


class Appeal(models.Model):
    """Somebody asks that another moderator decides again: an author, of a statement; a reporter, of their report.

    Once for each, unless the team took that back before anybody looked. It waits in the queue as a case of its own, and
    `decided_by` is never `first_moderator`: the database refuses it. `answer` is what whoever asked reads, once
    `decision`, in which stands what was done, is told. It holds no key of a person.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    statement = models.OneToOneField("moderation.Statement", models.PROTECT, null=True, related_name="appeal")
    report = models.ForeignKey("moderation.Report", models.PROTECT, null=True, related_name="appeals")
    text = models.TextField(blank=True)  # none once whoever wrote it has erased it
    made_on = models.DateField(default=today)
    first_moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    decision = models.ForeignKey("moderation.Decision", models.PROTECT, null=True, related_name="appeals")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=["decided_on"], name="appeals_decided"),)
        constraints = (
            models.UniqueConstraint(
                fields=["report"], condition=~Q(outcome=Outcome.TAKEN_BACK), name="appeal_of_a_report_once"
            ),
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
                | Q(decision__isnull=False, decided_on__isnull=False)
                & (
                    Q(outcome__in=["UPHELD", "OVERTURNED"], decided_by__isnull=False)
                    | Q(outcome="TAKEN_BACK", decided_by__isnull=True)
                )
                & ~Q(answer=""),
                name="appeal_is_decided_in_words",
            ),
        )

    def __str__(self) -> str:
        return f"appeal {self.public_id}"

    @property
    def answer_words(self) -> str:
        """As whoever reads it is answered: what the team says of itself is kept in English and read in any language."""
        return gettext(self.answer) if self.outcome == Outcome.TAKEN_BACK else self.answer

    @property
    def is_waiting(self) -> bool:
        return not self.outcome

    @property
    def is_answered(self) -> bool:
        """For whoever asked."""
        return self.decision is not None and self.decision.is_told
