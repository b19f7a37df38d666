from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField

ENOUGH = 40  # cases a day; a **proposal**


class Duty(models.Model):
    """How one moderator wants to work. Nobody else sees it, and nothing counts or compares moderators by it."""

    id = RandomKeyField()
    moderator = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    avoided_notes = models.JSONField(default=list)  # content notes' public ids
    enough = models.PositiveSmallIntegerField(_("enough cases for a day"), default=ENOUGH)
    off_until = models.DateField(_("off duty until"), null=True, blank=True)
    words_at_once = models.BooleanField(default=False)  # posts with content notes are not folded at the desk
    uses_keys = models.BooleanField(default=True)  # single keys move about on the pages of the desk

    def __str__(self) -> str:
        return "duty"


class DutyDay(models.Model):
    """How many cases a moderator was given on a day, for the soft stop alone; forgotten after a week."""

    id = RandomKeyField()
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    cases = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["moderator", "day"], name="duty_day_once"),)

    def __str__(self) -> str:
        return "duty day"
