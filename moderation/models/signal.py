from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField

REWRITTEN = "rewritten"


class Screener(models.TextChoices):
    DANGER = "danger", _("danger")
    CARE = "care", _("reply care")


class Signal(models.Model):
    """What one rule of a screener found in a post: the rule and the place, never the words that stand there.

    `start` and `end` are of the title, a line break and the source (without a title: the source), as it stood when
    it was read. `label` and `severity` are what this rule speaks for; `frames` what took weight from it, `REWRITTEN`
    that the words were changed since, so that the place is none any more. `is_right`: what a moderator said of the
    label; nobody yet: None. Gone when the post's words are.
    """

    id = RandomKeyField()
    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="signals")
    screener = models.CharField(_("screener"), max_length=10, choices=Screener)
    label = models.CharField(_("what it may be"), max_length=24)
    severity = models.PositiveSmallIntegerField(_("severity"), default=0)
    rule = models.CharField(_("rule"), max_length=60)
    rule_set = models.CharField(_("version of the rules"), max_length=20)
    frames = models.JSONField(_("what takes weight from it"), default=list)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    is_right = models.BooleanField(_("a moderator found it right"), null=True)

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = (
            models.CheckConstraint(condition=Q(screener__in=Screener.values), name="signal_screener_is_known"),
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="signal_has_a_place"),
        )

    def __str__(self) -> str:
        return f"{self.screener}: {self.rule}"

    @property
    def is_of_earlier_words(self) -> bool:
        return REWRITTEN in self.frames
