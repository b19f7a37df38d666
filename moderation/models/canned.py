from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import PublicIdField, RandomKeyField
from moderation.models.decision import Action


class ShippedReply(models.TextChoices):
    IDENTIFIES = "IDENTIFIES", _("something tells who or where somebody is")
    BLAMES = "BLAMES", _("a sentence that blames")
    CONTACT = "CONTACT", _("asks for contact elsewhere")
    REACH_OUT = "REACH_OUT", _("to somebody who may be in danger")
    NOTE_ADDED = "NOTE_ADDED", _("published with a content note")


class CannedReply(models.Model):
    """What leads wrote for a word to an author. Each change of its texts is a version of its own; none is deleted."""

    id = RandomKeyField()
    public_id = PublicIdField()
    shipped = models.CharField(max_length=10, choices=ShippedReply, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=80, blank=True)
    action = models.CharField(_("for"), max_length=7, choices=Action, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    is_offered = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        default_permissions = ()
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(title="") | ~Q(shipped=""), name="canned_reply_has_a_title"),
        )

    def __str__(self) -> str:
        return self.title or str(ShippedReply(self.shipped).label)


class CannedVersion(models.Model):
    """Its texts by language, as they were from a day on. Never changed. `moderator` None: it came with Hearth."""

    id = RandomKeyField()
    reply = models.ForeignKey(CannedReply, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField(default=dict)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_on = models.DateField(default=today)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["reply", "number"], name="canned_version_once"),)

    def __str__(self) -> str:
        return f"version {self.number}"
