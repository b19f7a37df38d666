from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.public_id import PublicIdField, RandomKeyField


class CaseState(models.TextChoices):
    OPEN = "OPEN", _("open")
    CLOSED = "CLOSED", _("closed")


class Case(models.Model):
    """Everything that waits for a moderator about one post; one open case per post.

    `reasons` are the screeners' and reporters' codes, in the order they came. An urgent one, where somebody may be in
    danger or found, is looked at before all others, and of those the gravest first (3: now, 2: serious). `opened_at`
    is rounded down to the hour, and to the day once the case is closed: it ages the case, and joins nothing.
    """

    id = RandomKeyField()
    public_id = PublicIdField()
    post = models.ForeignKey("forum.Post", models.PROTECT, related_name="+", verbose_name=_("post"))
    state = models.CharField(_("state"), max_length=6, choices=CaseState, default=CaseState.OPEN)
    reasons = models.JSONField(default=list)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    severity = models.PositiveSmallIntegerField(_("how grave it may be"), default=0)
    opened_at = models.DateTimeField(_("waiting since"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            models.UniqueConstraint(fields=["post"], condition=Q(state=CaseState.OPEN), name="one_open_case_per_post"),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_is_known"),
        )
        indexes = (
            models.Index(
                fields=["-is_urgent", "-severity", "opened_at", "id"],
                name="case_open_in_order",
                condition=Q(state=CaseState.OPEN),
            ),
        )

    def __str__(self) -> str:
        return f"case {self.public_id}"
