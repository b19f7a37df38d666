from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.marking import Marked, Piece, as_read, pieces_around


class Action(models.TextChoices):
    PUBLISH = "PUBLISH", _("publish")
    RETURN = "RETURN", _("return with a word")
    HIDE = "HIDE", _("hide")
    LEAVE = "LEAVE", _("leave as it is")
    REOPEN = "REOPEN", _("take a decision back, and open the case again")


DECIDABLE = (Action.PUBLISH, Action.RETURN, Action.HIDE, Action.LEAVE)  # the other takes one of these back
RESTRICTING = ("RETURN", "HIDE")  # its author is told why in a statement, and can ask for another look
MOVING = ("PUBLISH", *RESTRICTING)  # says where the post is; the last that moved it holds


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        """Without those that were undone before anybody was told."""
        return self.filter(undone__isnull=True)

    def in_effect(self) -> DecisionQuerySet:
        """Of those the ones that no later decision took back."""
        return self.standing().filter(~_reversed())

    def with_fate(self) -> DecisionQuerySet:
        """Each says in `is_taken_back` whether a later one took it back."""
        return self.annotate(is_taken_back=_reversed())

    def told(self) -> DecisionQuerySet:
        """Of those the ones whose words have left: until then nobody outside the team hears that one was taken."""
        return self.filter(is_told())


def is_told(decision: str = "") -> Q:
    """`Decision.is_told` as a condition, also on rows that name one: `decision` is the way to it ("decision__")."""
    is_over = Q(**{f"{decision}undoing": None}) | Q(**{f"{decision}undoing__until__lte": timezone.now()})
    return Q(**{f"{decision}undone": None}) & is_over


def _reversed() -> models.Exists:
    return models.Exists(Decision.objects.standing().filter(reverses=OuterRef("pk")))


class Decision(models.Model):
    """What a moderator did about a case, why, and which version of the post they had read. Written once.

    `statement` is what its author is told where it restricts them; `reverses` the decision that this one takes back.
    """

    case = models.ForeignKey("moderation.Case", models.PROTECT, related_name="decisions")
    action = models.CharField(_("action"), max_length=7, choices=Action)
    word = models.TextField(_("word to the author"), blank=True)
    reason = models.TextField(_("reason, for moderators"), blank=True)
    post_version = models.PositiveIntegerField()
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"))
    statement = models.OneToOneField("moderation.Statement", models.PROTECT, null=True, related_name="decision")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")

    # Which words it marked, in what the post said then: `queries.with_marks` reads them.
    marks: tuple[Marked, ...] = ()
    said: str = ""

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

    @property
    def is_told(self) -> bool:
        """It was not undone, and can be no more."""
        return not self.is_undone and not (hasattr(self, "undoing") and self.undoing.until > timezone.now())

    @property
    def marked_excerpt(self) -> tuple[Piece, ...]:
        return pieces_around(self.said, self.marks)

    @property
    def marked_lines(self) -> str:
        """As a moderator types them."""
        return "\n".join(as_read(self.said, self.marks))
