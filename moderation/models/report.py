from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField


class ReportReason(models.TextChoices):
    SOMEONE_IN_DANGER = "DANGER", _("someone is in danger")
    SOMEONE_WHO_HURT_ME = "HURT_ME", _("someone who hurt me may be here")
    IDENTIFIES_SOMEONE = "IDENTIFIES", _("it says who or where somebody is")
    BLAMES = "BLAMES", _("it blames the one who was hurt")
    HOSTILE = "HOSTILE", _("it is cruel or threatening")
    SPAM = "SPAM", _("it sells something or asks for contact")
    OTHER = "OTHER", _("something else")


URGENT = frozenset({ReportReason.SOMEONE_IN_DANGER, ReportReason.SOMEONE_WHO_HURT_ME})


class Report(models.Model):
    """A reader's word about a post. `reporter_tag` keeps one per reader, case and reason without saying who (J7)."""

    id = RandomKeyField()
    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="reports")
    reason = models.CharField(_("reason"), max_length=10, choices=ReportReason)
    text = models.TextField(_("in the reader's words"), blank=True)
    reporter_tag = models.CharField(max_length=43)
    reported_on = models.DateField()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (
            models.UniqueConstraint(fields=["case", "reporter_tag", "reason"], name="one_report_per_reader_and_reason"),
            models.CheckConstraint(condition=Q(reason__in=ReportReason.values), name="report_reason_is_known"),
        )

    def __str__(self) -> str:
        return "report"
