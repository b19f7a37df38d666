"""What lets somebody back into an account whose password is lost. No time is kept: not of making, not of use."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class RecoveryWords(models.Model):
    """Six words (common/memorable.py), as a hash. An account without a row has none yet."""

    member = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("member"))
    digest = models.CharField(_("hash of the words"), max_length=128)
    # Somebody with the words said that the second step is lost: from this day on the words alone are enough.
    second_factor_ends_on = models.DateField(_("second step ends on"), null=True)

    class Meta:
        verbose_name = _("recovery words")
        verbose_name_plural = _("recovery words")

    def __str__(self) -> str:
        return "recovery words"  # of nobody: this may stand in a log
