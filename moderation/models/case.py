from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField
from moderation.states import LIVE, TO_DECIDE, CaseState, Lane


class News(models.TextChoices):
    """What comes in about a post while somebody reads its case, apart from other words of its author."""

    REPORT = "report"
    REASON = "reason"


class CaseQuerySet(models.QuerySet["Case"]):
    def most_pressing_first(self) -> CaseQuerySet:
        """The order of the queue: by lane, then by when somebody should look."""
        return self.order_by("lane", "due_at", "pk")

    def not_taken(self) -> CaseQuerySet:
        return self.filter(Q(claim_expires_at__isnull=True) | Q(claim_expires_at__lte=timezone.now()))

    def live_about(self, post_id: int) -> CaseQuerySet:
        """The post's own one, if it lives; never an appeal's."""
        return self.filter(post=post_id, appeal=None, state__in=LIVE)


class Case(models.Model):
    """Everything that waits for a moderator about one post; one live case per post, and one more for each appeal.

    `reasons` are the screeners' and reporters' codes, in the order they came; `lane` and `due_at` order the queue
    (moderation/states.py), and `head_start` holds the parts that made it due. `opened_at` is rounded down to the hour,
    and to the day once the case is closed: it ages the case, and joins nothing.

    `version` counts what can be read of it; `claim_epoch` counts who took it. Whoever writes with an old one of either
    is refused (`Seen`). A lease that has run out is nobody's.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+", verbose_name=_("post"))
    appeal = models.OneToOneField("moderation.Appeal", models.PROTECT, null=True, related_name="case")
    state = models.CharField(_("state"), max_length=9, choices=CaseState, default=CaseState.OPEN)
    reasons = models.JSONField(default=list)
    lane = models.PositiveSmallIntegerField(_("lane"), choices=Lane, default=Lane.RULES)
    head_start = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("waiting since"))
    due_at = models.DateTimeField(_("due"))
    wakes_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    news = models.JSONField(default=dict)  # by `News`: the version in which such a thing came last
    is_looked_at = models.BooleanField(default=False)  # by any moderator, once; for a figure (services/looks.py)

    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    claim_expires_at = models.DateTimeField(null=True, blank=True)
    claim_epoch = models.PositiveIntegerField(default=0)
    # Who returned it has the first look at what comes back, for some hours.
    first_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    first_until = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = (("lead", _("Can decide what was passed on, and take over what somebody else has taken")),)
        constraints = (
            models.UniqueConstraint(
                fields=["post"], condition=Q(state__in=LIVE, appeal__isnull=True), name="one_live_case_per_post"
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_is_known"),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="case_lane_is_known"),
            models.CheckConstraint(
                condition=~Q(state=CaseState.SNOOZED) | Q(wakes_at__isnull=False), name="case_put_off_wakes"
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.SNOOZED, lane=Lane.LIFE), name="case_of_a_life_is_not_put_off"
            ),
        )
        indexes = (
            models.Index(fields=["lane", "due_at", "id"], name="case_queue", condition=Q(state=CaseState.OPEN)),
            models.Index(
                fields=["lane", "due_at", "id"], name="case_queue_of_leads", condition=Q(state=CaseState.ESCALATED)
            ),
            # Beside that of the key: most cases are nobody's, so of the whole column the planner thinks little.
            models.Index(fields=["claimed_by"], name="case_claims", condition=Q(claimed_by__isnull=False)),
            models.Index(fields=["wakes_at"], name="case_wakes", condition=Q(state=CaseState.SNOOZED)),
        )

    def __str__(self) -> str:
        return f"case {self.public_id}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_to_decide(self) -> bool:
        return self.state in TO_DECIDE

    @property
    def is_urgent(self) -> bool:
        return self.lane == Lane.LIFE

    def is_taken_by(self, moderator_id: int) -> bool:
        return self.claimed_by_id == moderator_id and self.is_taken

    @property
    def is_taken(self) -> bool:
        return self.claim_expires_at is not None and self.claim_expires_at > timezone.now()


class UnansweredStory(models.Model):
    """A published story that nobody has answered. At the hour in `due_at` it comes to the desk, and this row goes."""

    id = RandomKeyField()
    post = models.OneToOneField("forum.Post", models.CASCADE, related_name="+")
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "unanswered story"


class HandedOver(models.Model):
    """A moderator gave a case back, without a reason: "take next" does not bring it to them again.

    Of a case about a life that holds for `case_version` alone, and only while there is somebody else (claims.py).
    """

    id = RandomKeyField()
    case = models.ForeignKey("moderation.Case", models.CASCADE, related_name="handed_over")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    case_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "moderator"], name="handed_over_once"),)

    def __str__(self) -> str:
        return "handed over"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a moderator had before them: every write about a case carries it, from the form as from the API.

    Written "3.1.2": the case's version, its claim's epoch, the post's version. As a strong ETag in quotation marks.
    """

    case_version: int
    claim_epoch: int
    post_version: int

    @classmethod
    def of(cls, case: Case) -> Self:
        """`case` comes with its post."""
        return cls(case.version, case.claim_epoch, case.post.version)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        numbers = text.strip().removeprefix("W/").strip('"').split(".")
        if len(numbers) != 3 or not all(number.isascii() and number.isdigit() for number in numbers):
            return None
        return cls(*(int(number[:9]) for number in numbers))

    def __str__(self) -> str:
        return f"{self.case_version}.{self.claim_epoch}.{self.post_version}"
