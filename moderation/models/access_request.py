from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField
from forum.states import PostState

STANDS = dt.timedelta(hours=24)  # what was asked for and nobody approved is over then
OPEN = dt.timedelta(hours=1)  # what was approved and nobody looked at, too


class Access(models.TextChoices):
    UNMASKING = "UNMASKING", _("which account wrote it under an anonymous name")
    EVIDENCE = "EVIDENCE", _("the words that are kept sealed")


class AccessRequest(models.Model):
    """Two people together: a lead asks for one look at one thing, somebody else approves it, and then it runs out.

    The row holds who asked, who approved and why; never what was seen, and no key of an author.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    access = models.CharField(_("what to look at"), max_length=9, choices=Access)
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+", verbose_name=_("post"))
    reason = models.TextField(_("reason"))
    quiet_because = models.TextField(_("why its author is not told"), blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("look of two people")
        verbose_name_plural = _("looks of two people")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(access__in=Access.values), name="access_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="access_has_a_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("asked_by")),
                name="access_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True) | Q(approved_at__isnull=False),
                name="access_looked_at_is_approved",
            ),
        )
        indexes = (models.Index(fields=["-asked_at", "-id"], name="access_newest_first"),)

    def __str__(self) -> str:
        return f"look {self.public_id}"

    @property
    def runs_out_at(self) -> dt.datetime:
        return self.asked_at + STANDS if self.approved_at is None else self.approved_at + OPEN

    @property
    def is_over(self) -> bool:
        return self.looked_at is not None or timezone.now() >= self.runs_out_at

    @property
    def is_told_or_quiet(self) -> bool:
        """Nobody is looked up in silence: who erased the post comes back to it no more, so for that a reason is on
        record why they are not told.
        """
        is_quiet = self.access != Access.UNMASKING or self.quiet_because != ""
        return is_quiet or self.post.state != PostState.ERASED

    @property
    def is_approved(self) -> bool:
        """And nobody has looked, and there is time left."""
        return self.approved_at is not None and not self.is_over

    @property
    def waits_for_a_second(self) -> bool:
        return self.approved_at is None and not self.is_over
