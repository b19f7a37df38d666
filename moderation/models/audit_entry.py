from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RedactedBecause(models.TextChoices):
    """Why facts were taken out of the log: a code, since a sentence could say again what must be gone."""

    FINDS_SOMEBODY = "FINDS", _("they help to find somebody")
    LAW = "LAW", _("a law or a court asks for it")
    SHOULD_NOT_BE_THERE = "MISTAKE", _("they should never have been there")


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

    The digest is made of `facts_digest`, and that of the facts with a drawn `salt`: so the facts can be taken out with
    their salt, for good, and the chain is proved all the same (moderation/services/redaction.py). What was written
    before there were salts has neither; its digest is made of the facts themselves.
    """

    number = models.BigIntegerField(_("number"), unique=True)
    event = models.CharField(_("what was done"), max_length=40)
    facts = models.JSONField(_("facts"), default=dict)
    salt = models.CharField(max_length=22, default="", blank=True)
    facts_digest = models.CharField(_("digest of the facts"), max_length=64, default="", blank=True)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("moderator")
    )
    at = models.CharField(_("when"), max_length=32)  # ISO 8601, a day or a time in UTC: part of what is hashed
    previous = models.CharField(_("digest of the entry before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("the log")
        ordering = ("number",)
        indexes = (models.Index(fields=["at"], name="log_by_day"),)  # a year of it (services/transparency.py)

    def __str__(self) -> str:
        return str(_("entry %(number)s") % {"number": self.number})

    @property
    def is_redacted(self) -> bool:
        return self.facts_digest != "" and self.salt == ""
