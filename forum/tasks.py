"""What forum does without being asked. Each may run twice without harm (config/housekeeping.py)."""

from __future__ import annotations

from django_tasks import task

from forum.search import index
from forum.services.scheduling import publish_due
from forum.services.searching import mend_search_index
from forum.services.visibility import forget_when_words_left


@task
def publish_what_is_due() -> None:
    """What its author put off, when its day has come; and the moments at which words left are forgotten."""
    publish_due()
    forget_when_words_left()


@task
def sweep_search_index() -> None:
    """What was erased leaves the index's files, too."""
    index.sweep()


@task
def mend_search() -> None:
    """After an update or with a new seal key, the index is made anew without anybody asking for it."""
    mend_search_index()
