from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from common.public_id import RandomKeyField


class Undoing(models.Model):
    """How things were before a decision, while whoever took it may still undo it (services/undoing.py).

    `before` is of the post, its case and what hangs on them; `typed` what its form needs to stand there as it was sent.
    """

    id = RandomKeyField()
    decision = models.OneToOneField("moderation.Decision", models.CASCADE, related_name="undoing")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField()
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    typed = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "undoing"


class UndoneDecision(models.Model):
    """A decision that was undone before anybody was told: it stands as if it had not been taken.

    `typed` until its case is closed, for whoever decides it anew.
    """

    id = RandomKeyField()
    decision = models.OneToOneField("moderation.Decision", models.CASCADE, related_name="undone")
    typed = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "undone decision"
