from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import PublicIdField


class Notice(models.Model):
    """Some words of the team, above the conversations: on the first page, or on a category's."""

    public_id = PublicIdField()
    text = models.TextField(_("text"), max_length=600)
    category = models.ForeignKey(
        "forum.Category",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("category"),
        help_text=_("On its page. None: on the first page."),
    )
    shown_from = models.DateField(_("from"), default=today)
    shown_until = models.DateField(_("until"), help_text=_("The last day on which it is shown."))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-shown_from", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(shown_until__gte=F("shown_from")),
                name="notice_ends_after_it_begins",
                violation_error_message=_("The last day comes before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.public_id}"
