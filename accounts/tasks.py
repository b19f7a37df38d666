"""What accounts does without being asked. Each may run twice without harm (config/housekeeping.py)."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import task

from accounts import sealed_records


@task
def forget_ended_sessions() -> None:
    """A visit ends with the browser, which tells nobody: its row stays until it expires, and then until this runs."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@task
def forget_old_records() -> None:
    """What was kept for so many days only."""
    sealed_records.forget_old()
