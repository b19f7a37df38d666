from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    PUBLISH = "PUBLISH", _("publish")
    RETURN = "RETURN", _("return with a word")
    HIDE = "HIDE", _("hide")
    LEAVE = "LEAVE", _("leave as it is")
    REOPEN = "REOPEN", _("take a decision back, and open the case again")


DECIDABLE = (Action.PUBLISH, Action.RETURN, Action.HIDE, Action.LEAVE)  # the other follows from undoing a batch


RESTRICTING = ("RETURN", "HIDE")  # its author is told why in a statement, and can ask for another look


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        """Without those that were undone before anybody was told."""
        return self.filter(undone__isnull=True)


class Decision(models.Model):
    """What a moderator did about a case, why, and which version of the post they had read. Written once.

    `statement` is what its author is told where it restricts them.
    """

    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="decisions")
    action = models.CharField(_("action"), max_length=7, choices=Action)
    word = models.TextField(_("word to the author"), blank=True)
    reason = models.TextField(_("reason, for moderators"), blank=True)
    post_version = models.PositiveIntegerField()
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    statement = models.OneToOneField("moderation.Statement", models.PROTECT, null=True, related_name="decision")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = (
            models.CheckConstraint(condition=Q(action__in=Action.values), name="decision_action_is_known"),
            models.CheckConstraint(condition=~Q(action="RETURN") | ~Q(word=""), name="decision_return_has_a_word"),
            models.CheckConstraint(condition=~Q(action="HIDE") | ~Q(reason=""), name="decision_hide_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(action__in=RESTRICTING) | Q(statement__isnull=False),
                name="decision_that_restricts_says_why",
            ),
        )
        indexes = (models.Index(fields=["-decided_at"], name="decisions_newest_first"),)

    def __str__(self) -> str:
        return f"decision {self.action}"

    @property
    def is_undone(self) -> bool:
        return hasattr(self, "undone")
