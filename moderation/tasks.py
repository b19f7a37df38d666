"""What moderation does without being asked. Each may run twice without harm (config/housekeeping.py)."""

from __future__ import annotations

from django_tasks import task

from moderation.services.appeals import forget_answered_appeals
from moderation.services.claims import bring_up
from moderation.services.retention import forget_what_is_due


@task
def bring_up_cases() -> None:
    """What was put off and what nobody has answered comes into the queue, whether somebody takes cases or not; and what
    somebody wrote about a post they erased goes, once it is answered.
    """
    bring_up()
    forget_answered_appeals()


@task
def enforce_retention() -> None:
    """The words of the desk whose time has come (moderation/services/retention.py)."""
    forget_what_is_due()
