from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import PublicIdField, RandomKeyField


class Level(models.TextChoices):
    WARNING = "WARNING", _("warning")
    PREMODERATION = "PREMODERATION", _("first look")
    SUSPENSION = "SUSPENSION", _("suspension")
    BAN = "BAN", _("ban")


class Sanction(models.Model):
    """A step against whoever wrote a post, put on the name that the post stands under, and on nothing else.

    It holds no key of an author: what it does is kept by forum, under the name, found by `public_id`
    (forum/services/restricting.py). `category` is where it holds, everywhere without one; `until` the first day without
    it. A day ends it or a moderator lifts it, perhaps with a decision (`lifted_with`); otherwise nothing in it changes.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+", verbose_name=_("post"))
    decision = models.ForeignKey("moderation.Decision", models.PROTECT, null=True, related_name="sanctions")
    statement = models.ForeignKey("moderation.Statement", models.PROTECT, related_name="sanctions")
    level = models.CharField(_("level"), max_length=13, choices=Level)
    category = models.ForeignKey("forum.Category", models.PROTECT, null=True, related_name="+", verbose_name=_("where"))
    reason = models.TextField(_("reason, for its author"))
    until = models.DateField(_("until"), null=True)
    given_on = models.DateField(_("given"))
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_on = models.DateField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_with = models.ForeignKey("moderation.Decision", models.PROTECT, null=True, related_name="lifted")
    why_lifted = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        default_permissions = ()  # whoever decides cases sees and lifts them
        constraints = (
            models.CheckConstraint(condition=Q(level__in=Level.values), name="sanction_level_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="sanction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(level="SUSPENSION", until__isnull=False)
                | Q(level__in=["WARNING", "BAN"], until__isnull=True)
                | Q(level="PREMODERATION"),
                name="sanction_ends_as_its_level_does",
            ),
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True, lifted_by__isnull=True, why_lifted="")
                | Q(lifted_on__isnull=False, lifted_by__isnull=False) & ~Q(why_lifted=""),
                name="sanction_lifted_by_somebody_for_a_reason",
            ),
        )
        indexes = (models.Index(fields=["-given_on", "-id"], name="sanctions_newest_first"),)

    def __str__(self) -> str:
        return f"sanction {self.public_id}"

    @property
    def is_in_force(self) -> bool:
        return self.level != Level.WARNING and self.lifted_on is None and not self._is_over

    @property
    def told_lifted_on(self) -> dt.date | None:
        """For its author: a lifting that can still be undone is none."""
        return self.lifted_on if self.lifted_with is None or self.lifted_with.is_told else None

    @property
    def told_why_lifted(self) -> str:
        """For its author, in the team's words; empty where they are told of no lifting."""
        return "" if self.told_lifted_on is None else self.why_lifted

    @property
    def _is_over(self) -> bool:
        return self.until is not None and today() >= self.until
