"""One moderator as a process of its own: takes the next case, decides it, until nothing waits. May be killed anywhere.

usage: python -m tests.faults.moderator NAME [MINUTES]    MINUTES: how much later it is than it is
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import time_machine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import OperationalError  # noqa: E402 - after Django is set up
from django.utils import timezone  # noqa: E402 - after Django is set up

from accounts.models import User  # noqa: E402
from common.errors import HearthError  # noqa: E402
from forum.states import PostState  # noqa: E402
from moderation.models import Case, Seen  # noqa: E402
from moderation.services.claims import take_next  # noqa: E402
from moderation.services.decisions import decide  # noqa: E402


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def work(name: str) -> None:
    moderator = User.objects.get(pseudonym=name)
    goes_on = True
    while goes_on:
        try:
            goes_on = works_on_one(moderator)
        except HearthError as refused:
            say("refused", refused.code)
        except OperationalError as busy:  # eight without a pause on one SQLite: one may find no turn in its 20 seconds
            if "locked" not in str(busy):
                raise
            say("busy")


def works_on_one(moderator: User) -> bool:
    case = take_next(actor=moderator, goes_on=True)
    if case is None:
        return False
    case = Case.objects.select_related("post").get(pk=case.pk)
    action = "PUBLISH" if case.post.state == PostState.HELD else "LEAVE"
    decide(case, actor=moderator, action=action, seen=Seen.of(case))
    say("decided", case.public_id)
    return True


if __name__ == "__main__":
    with time_machine.travel(timezone.now() + timedelta(minutes=int((*sys.argv, "0")[2])), tick=True):
        work(sys.argv[1])
