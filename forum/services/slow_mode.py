"""Slow mode: some minutes between two replies of one name in one conversation.

When somebody wrote is nowhere in the database. A mark lies in the cache, in memory only, until its minutes are over;
it is made with the seal key, so that whoever reads the memory learns neither of whom it is nor where.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from common.errors import TooMany
from common.sealing import tags
from forum.authorship import SpeaksAs

if TYPE_CHECKING:
    from forum.authorship import Speaker
    from forum.models import Thread


class SlowMode(TooMany):
    code = "slow-mode"
    message = _(
        "This conversation goes slowly, so that everybody can follow. Your words are still here: please send them "
        "again in a few minutes."
    )


@contextmanager
def taking_turns(thread: Thread, speaker: Speaker) -> Iterator[None]:
    """Around a reply, under the thread's lock. Raises SlowMode where the last one under this name is too new.

    A name, not a person: whoever holds her phone would else learn, by being told to wait, that she has another one.
    """
    if not thread.minutes_between:
        yield
        return
    seconds = thread.minutes_between * 60
    voice = "named" if speaker.speaks_as is SpeaksAs.PSEUDONYM else "anonymous"
    newest, *older = (f"slow:{tag}" for tag in tags("slow-mode", speaker.identity, voice, thread.public_id))
    if any(cache.get(key) for key in older) or not cache.add(newest, 1, timeout=seconds):
        raise SlowMode(seconds)
    try:
        yield
    except BaseException:
        cache.delete(newest)
        raise
