from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField


class ReportReason(models.TextChoices):
    SOMEONE_IN_DANGER = "DANGER", _("someone is in danger")
    CHILD_IN_DANGER = "CHILD", _("a child is in danger")
    SOMEONE_WHO_HURT_ME = "HURT_ME", _("someone who hurt me may be here")
    IMAGES = "IMAGES", _("it leads to intimate pictures of somebody")
    IDENTIFIES_SOMEONE = "IDENTIFIES", _("it says who or where somebody is")
    BLAMES = "BLAMES", _("it blames the one who was hurt")
    BREAKS_WISH = "WISH", _("it is not what I asked for here")
    HOSTILE = "HOSTILE", _("it is cruel or threatening")
    SPAM = "SPAM", _("it sells something or asks for contact")
    OTHER = "OTHER", _("something else")


class Judgement(models.TextChoices):
    """Of a report, apart from what is done about the post."""

    RIGHT = "RIGHT", _("it was good to tell us")
    UNFOUNDED = "UNFOUNDED", _("there was nothing in it")
    MISUSED = "MISUSED", _("it was meant to harm somebody")


# What a report of somebody whose earlier ones were good, of anybody, and of somebody whose were not speaks for. Three
# steps and no more: a finer number, always the same person's, would join what one person reported (safety.md J7).
TRUSTED, UNKNOWN, DOUBTED = 1.0, 0.5, 0.25


class Report(models.Model):
    """A reader's word about a post. `reporter_tag` keeps one per reader, case and reason without saying who (J7).

    `reference` is for whoever sent it: with it they look up what became of it.
    """

    id = RandomKeyField()
    reference = PublicIdField()
    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="reports")
    reason = models.CharField(_("reason"), max_length=10, choices=ReportReason)
    text = models.TextField(_("in the reader's words"), blank=True)
    reporter_tag = models.CharField(max_length=43)
    weight = models.FloatField(default=UNKNOWN)
    judgement = models.CharField(_("judgement"), max_length=9, choices=Judgement, blank=True)
    reported_on = models.DateField()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = (
            models.UniqueConstraint(fields=["case", "reporter_tag", "reason"], name="one_report_per_reader_and_reason"),
            models.CheckConstraint(condition=Q(reason__in=ReportReason.values), name="report_reason_is_known"),
            models.CheckConstraint(
                condition=Q(judgement__in=["", *Judgement.values]), name="report_judgement_is_known"
            ),
        )

    def __str__(self) -> str:
        return "report"
