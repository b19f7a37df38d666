from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField

MOST_SLOW_MINUTES = 1_440


class Category(models.Model):
    """A named part of the forum, with its own defaults."""

    public_id = PublicIdField()
    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_members_only = models.BooleanField(_("for members only"), default=False)
    is_premoderated = models.BooleanField(_("every post waits for a first look"), default=False)
    has_feed = models.BooleanField(
        _("has an Atom feed"),
        default=False,
        help_text=_(
            "What a feed reader has fetched stays there, also when it is taken back here. None for members only."
        ),
    )
    slow_minutes = models.PositiveSmallIntegerField(
        _("minutes between two replies"),
        default=0,
        validators=[MaxValueValidator(MOST_SLOW_MINUTES)],
        help_text=_("Of one person in one conversation. 0: no pause."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title
