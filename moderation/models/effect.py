from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.public_id import RandomKeyField


class EffectKind(models.TextChoices):
    """What a decision does beside its action (moderation.md 2.6). The first two are care, and count against nobody."""

    REACH_OUT = "REACH_OUT", _("reach out: your word comes with people who can help")
    FOLLOW_UP = "FOLLOW_UP", _("look again on a day")
    LOCK_BRANCH = "LOCK_BRANCH", _("no more replies below this post")
    REPLY = "REPLY", _("the word began from a canned reply")
    MOVE = "MOVE", _("move the conversation to another category")
    MARK = "MARK", _("words of the post were marked")
    NOTES = "NOTES", _("content notes put on it")


class DecisionEffect(models.Model):
    """`facts` are codes, days, ids, rows and places in the post's words: what it takes to read what was done, and to
    undo it.
    """

    id = RandomKeyField()
    decision = models.ForeignKey("moderation.Decision", models.PROTECT, related_name="effects")
    kind = models.CharField(max_length=11, choices=EffectKind)
    facts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["decision", "kind"], name="effect_once_in_a_decision"),
            models.CheckConstraint(condition=Q(kind__in=EffectKind.values), name="effect_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"effect {self.kind}"


class FollowUp(models.Model):
    """Somebody of the team looks again at a post on a day; then its case is there again, and this row goes."""

    id = RandomKeyField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+")
    decision = models.OneToOneField("moderation.Decision", models.PROTECT, related_name="follow_up")
    due_on = models.DateField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "follow-up"


class Audience(models.TextChoices):
    MODERATORS = "MODERATORS", _("moderators")
    LEADS = "LEADS", _("leads alone")


class CaseNote(models.Model):
    """What one moderator writes for the next, or for leads. Its author and readers never see it: they get the word."""

    id = RandomKeyField()
    case = models.ForeignKey("moderation.Case", models.CASCADE, related_name="notes")
    audience = models.CharField(_("for"), max_length=10, choices=Audience, default=Audience.MODERATORS)
    text = models.TextField(_("note"))
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_on = models.DateField(default=today)

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="case_note_says_something"),)

    def __str__(self) -> str:
        return "case note"
