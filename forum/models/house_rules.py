from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.days import today


class HouseRules(models.Model):
    """One version of the house rules. Never changed: a change is the next version, and old ones stay to be read."""

    version = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    text = models.TextField(_("text"), help_text=_("Markdown. Members are asked to agree before their next post."))
    html = models.TextField(editable=False)
    since = models.DateField(_("since"), default=today, editable=False)

    class Meta:
        verbose_name = _("house rules")
        verbose_name_plural = _("house rules")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"version {self.version}"
