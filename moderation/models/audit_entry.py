from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditHead(models.Model):
    """One row: where the chain ends. Locked to append."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return "audit head"


class AuditEntry(models.Model):
    """What was done, in a gapless chain. The database refuses to change or remove a row (migration 0002).

    `facts` hold public ids and codes, never words or names: erasing a post leaves nothing of it here. What a member
    or guest did stands with its day only, and without the post if they did it anonymously; what a moderator did, with
    its time.
    """

    number = models.BigIntegerField(unique=True)
    event = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.CharField(max_length=32)  # ISO 8601, a day or a time in UTC: part of what is hashed
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("the log")
        ordering = ("number",)

    def __str__(self) -> str:
        return f"audit entry {self.number}"
