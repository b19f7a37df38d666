from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField
from moderation.models.report import Judgement


class Act(models.TextChoices):
    """What can be done about several cases at once."""

    PUBLISH = "PUBLISH", _("publish")
    LEAVE = "LEAVE", _("leave as it is")
    HIDE = "HIDE", _("hide")
    JUDGE = "JUDGE", _("say what the reports were; the posts stay as they are")


class Batch(models.Model):
    """One act about several cases. Each item is a decision of its own; this joins them, so that all can be undone."""

    id = RandomKeyField()
    public_id = PublicIdField()
    act = models.CharField(_("act"), max_length=7, choices=Act)
    reason = models.TextField(_("reason"), blank=True)
    judgement = models.CharField(_("judgement"), max_length=9, choices=Judgement, blank=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("several at once")
        verbose_name_plural = _("several at once")
        default_permissions = ()  # whoever decides cases
        constraints = (models.CheckConstraint(condition=Q(act__in=Act.values), name="batch_act_is_known"),)
        indexes = (models.Index(fields=["-done_on", "-id"], name="batches_newest_first"),)

    def __str__(self) -> str:
        return f"batch {self.public_id}"


class BatchItem(models.Model):
    """What became of one case: a decision, or judged reports, or the code of why nothing did.

    `state_before` and `post_version`, as the act left it, are for undoing: of a post that somebody has touched since
    nothing is undone.
    """

    id = RandomKeyField()
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="+")
    decision = models.ForeignKey("moderation.Decision", models.PROTECT, null=True, related_name="+")
    judged = models.JSONField(default=list)  # rows of reports
    problem = models.CharField(max_length=40, blank=True)
    state_before = models.CharField(max_length=9, blank=True)
    post_version = models.PositiveIntegerField(default=0)
    is_undone = models.BooleanField(default=False)
    undoing = models.ForeignKey("moderation.Decision", models.PROTECT, null=True, related_name="+")
    undo_problem = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "case"], name="batch_has_a_case_once"),)

    def __str__(self) -> str:
        return "item of a batch"
