from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class ShippedNote(models.TextChoices):
    """The list a forum begins with. Their words stand in our code, so that each reader has them in their language."""

    VIOLENCE = "VIOLENCE", _("violence")
    SEXUAL_VIOLENCE = "SEXUAL_VIOLENCE", _("sexual violence")
    SELF_HARM = "SELF_HARM", _("self-harm or suicide")
    CHILDREN = "CHILDREN", _("children being hurt")
    ANIMALS = "ANIMALS", _("animals being hurt")
    STALKING = "STALKING", _("being followed or watched")
    DEATH = "DEATH", _("death or grief")
    PREGNANCY = "PREGNANCY", _("pregnancy or loss of a child")
    BODY = "BODY", _("food or the body")
    DRUGS = "DRUGS", _("alcohol or drugs")
    RELIGION = "RELIGION", _("religion")


class ContentNote(models.Model):
    """What a post may contain that a reader may want to avoid. The list is the operator's, edited in the admin.

    `title` is in the operator's own words; while it is empty, those of `shipped` are shown, translated. A note is never
    deleted, as posts carry it: it is no longer offered.
    """

    public_id = PublicIdField()
    shipped = models.CharField(max_length=15, choices=ShippedNote, blank=True, editable=False)
    title = models.CharField(
        _("title"),
        max_length=60,
        blank=True,
        help_text=_("Left empty, a note that came with this software is shown in each reader's language."),
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_offered = models.BooleanField(_("offered to people who write"), default=True)

    class Meta:
        verbose_name = _("content note")
        verbose_name_plural = _("content notes")
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["shipped"], condition=~Q(shipped=""), name="content_note_shipped_once"),
            models.CheckConstraint(condition=~Q(title="", shipped=""), name="content_note_has_words"),
            models.CheckConstraint(condition=Q(shipped__in=["", *ShippedNote.values]), name="content_note_is_known"),
        )

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> _StrOrPromise:
        return self.title or ShippedNote(self.shipped).label

    def clean(self) -> None:
        if not (self.title or self.shipped):
            raise ValidationError({"title": _("Say in a few words what it is about.")})


class CarriedNote(models.Model):
    """That a post carries a note. Its author cannot take off what a moderator put there."""

    id = RandomKeyField()
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="carried_notes")
    note = models.ForeignKey("forum.ContentNote", models.PROTECT, related_name="+")
    is_by_moderator = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["post", "note"], name="note_carried_once"),)

    def __str__(self) -> str:
        return "carried note"
