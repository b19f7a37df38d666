from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField


class HoldKind(models.TextChoices):
    LEGAL = "LEGAL", _("kept for a duty or a claim")
    EVIDENCE = "EVIDENCE", _("sealed away as evidence")


class Hold(models.Model):
    """What there is about one post is kept until a day, whatever retention says and whoever erases it.

    Of its words there is a sealed copy, which two people together open (moderation/services/two_people.py); this row
    holds none.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+", verbose_name=_("post"))
    kind = models.CharField(_("kind"), max_length=8, choices=HoldKind)
    reason = models.TextField(_("reason"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_on = models.DateField(_("since"))
    until = models.DateField(_("until"))

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["post", "kind"], name="one_hold_of_a_kind_per_post"),
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="hold_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("placed_on")), name="hold_ends"),
        )

    def __str__(self) -> str:
        return f"hold {self.public_id}"
