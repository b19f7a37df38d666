from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.sealed_records import seal_records_anew
from accounts.second_factors import seal_second_factors_anew
from accounts.sessions import seal_visits_anew
from accounts.turning import Turned
from common.days import today
from forum.services.anonymity import OWN_POSTS, tag_anew
from forum.services.reactions import seal_reactions_anew
from forum.services.searching import mend_search_index
from moderation.services.reports import forget_reporters

KEEP_OLD_KEY = dt.timedelta(days=2)  # as long as an answer is given again to a request that is sent again

# What is sealed, and the function that seals it anew. Whoever adds a sealed column adds a line.
SEALED: tuple[tuple[str, Callable[[], Turned]], ...] = (
    ("sealed records", lambda: seal_records_anew({OWN_POSTS: tag_anew})),
    ("reactions", seal_reactions_anew),
    ("visits", seal_visits_anew),
    ("second steps", seal_second_factors_anew),
)


class Command(BaseCommand):
    """In which order, and what several hosts need: docs/running.md. The site goes on meanwhile; killed, it goes on."""

    help = "Seals and tags everything anew with the first key of SEAL_KEY, so that the others can be forgotten."

    def handle(self, *args: Any, **options: Any) -> None:
        if len(settings.SEAL_KEYS) < 2:
            message = (
                "SEAL_KEY holds one key. Put the new one in front of it, with a comma, and start the site with both."
            )
            raise CommandError(message)
        for name, seal_anew in SEALED:
            turned = seal_anew()
            self.stdout.write(f"{name}: {turned.anew} sealed anew, {turned.lost} that no key opens")
        self.stdout.write(f"reports: {forget_reporters()} whose reader cannot be told any more, and may report again")
        self.stdout.write(f"search: {mend_search_index()} posts indexed anew")
        if left := sum(seal_anew().anew for _name, seal_anew in SEALED):
            message = (
                f"{left} were sealed with an old key meanwhile: some server has it in front. Change that; run again."
            )
            raise CommandError(message)
        day = today() + KEEP_OLD_KEY
        self.stdout.write(f"Everything is sealed with the new key. From {day} on SEAL_KEY may hold that alone.")
