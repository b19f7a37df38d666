from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField
from moderation.policies import is_lead


class Switch(models.TextChoices):
    NO_SIGN_UPS = "NO_SIGN_UPS", _("no new accounts")
    HOLD_EVERYTHING = "HOLD_EVERYTHING", _("everything that is written waits for a first look")


class RaidSwitch(models.Model):
    """What the team set against a raid, and until when. One row of each; one whose time is over sets nothing."""

    id = RandomKeyField()
    switch = models.CharField(_("switch"), max_length=15, choices=Switch, unique=True)
    until = models.DateTimeField(_("until"))
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("raid switch")
        verbose_name_plural = _("raid switches")
        default_permissions = ()  # whoever decides cases sets and ends them
        constraints = (models.CheckConstraint(condition=Q(switch__in=Switch.values), name="raid_switch_is_known"),)

    def __str__(self) -> str:
        return f"raid switch {self.switch}"

    @property
    def is_by_lead(self) -> bool:
        """All that is told of who set it: a role. The log says more to whoever may read it."""
        return is_lead(self.moderator)

    @classmethod
    def on(cls, switch: Switch) -> Self | None:
        """As long as its time lasts. One query."""
        return cls.objects.filter(switch=switch, until__gt=timezone.now()).first()
