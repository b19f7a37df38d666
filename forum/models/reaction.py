from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import RandomKeyField


class ReactionKind(models.TextChoices):
    BELIEVE = "BELIEVE", _("I believe you")
    NOT_YOUR_FAULT = "NOT_YOUR_FAULT", _("not your fault")
    ME_TOO = "ME_TOO", _("me too")
    WITH_YOU = "WITH_YOU", _("with you")


class Reaction(models.Model):
    """Presence, never a number. `tag` says who only to the holder of the seal key, and is another on every post.

    `giver` is who, sealed: from it the tag is made again when the key turns, and a member's are found when they go.
    """

    id = RandomKeyField()
    post = models.ForeignKey("forum.Post", models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=14, choices=ReactionKind)
    tag = models.CharField(max_length=43)
    giver = models.BinaryField(default=b"")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["post", "kind", "tag"], name="reaction_once"),
            models.CheckConstraint(condition=Q(kind__in=ReactionKind.values), name="reaction_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"reaction {self.kind}"
