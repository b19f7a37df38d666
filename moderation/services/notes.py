"""Notes on a case: from one moderator to the next, or to leads; and who outside the team was told of it. Shown with the
case's history, and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from forum.text import said
from moderation import audit
from moderation.models import Audience, AuditEntry, Case, CaseNote
from moderation.services.roles import require_moderator

if TYPE_CHECKING:
    from accounts.models import User

MAX_NOTE_CHARS = 2_000
_TWICE = dt.timedelta(minutes=1)  # in which the same by the same hand is a button pressed once more


class Whom(TextChoices):
    EMERGENCY = "EMERGENCY", _("the emergency services")
    POLICE = "POLICE", _("the police")
    CHILDREN = "CHILDREN", _("whoever protects children")
    AUTHORITY = "AUTHORITY", _("another authority")


class Ground(TextChoices):
    LIFE = "LIFE", _("a life was in danger")
    CHILD = "CHILD", _("a child was in danger")
    ASKED = "ASKED", _("a court or an authority asked for it")
    LAW = "LAW", _("a law says so")


class TellingUnfit(Invalid):
    code = "telling-unfit"
    message = _("Choose who was told, and why.")


class NoteUnfit(Invalid):
    code = "case-note-unfit"
    message = _("A note needs some words, 2,000 characters at most.")


@transaction.atomic
def add_note(case: Case, *, actor: User, text: str, audience: str = Audience.MODERATORS) -> CaseNote:
    """Also on a closed case, as `write_note` does. Twice within a minute is once."""
    _lock(case)
    if _just_logged("case_note_written", case, actor, audience=audience):
        newest = case.notes.filter(moderator=actor, audience=audience).order_by("-pk").first()
        if newest is not None and newest.text == said(text):
            return newest
    return write_note(case, actor=actor, text=text, audience=audience)


@transaction.atomic
def write_note(case: Case, *, actor: User, text: str, audience: str) -> CaseNote:
    """One of its own, that a decision can take away again with itself. That there is one stands in the log, without its
    words. Raises NotAModerator, NoteUnfit.
    """
    require_moderator(actor)
    text = said(text)
    if not text or len(text) > MAX_NOTE_CHARS or audience not in Audience.values:
        raise NoteUnfit(fields={"text": [NoteUnfit.message]})
    note = CaseNote.objects.create(case=case, text=text, audience=audience, moderator=actor)
    audit.append("case_note_written", moderator=actor, case=case.public_id, audience=audience)
    return note


@transaction.atomic
def note_telling(case: Case, *, actor: User, whom: str, ground: str) -> None:
    """That somebody outside was told of it (DSA art. 18), once it was done. Whom and why stay in the log; more of it is
    for a note. Twice within a minute is once.
    """
    choices = (("whom", whom, Whom), ("ground", ground, Ground))
    unfit = {name: [TellingUnfit.message] for name, chosen, known in choices if chosen not in known.values}
    if unfit:
        raise TellingUnfit(fields=unfit)
    _lock(case)
    if _just_logged("outside_told", case, actor, whom=whom, ground=ground):
        return
    words = {"whom": Whom(whom).label, "ground": Ground(ground).label}
    text = gettext("Told: %(whom)s. Why: %(ground)s.") % words
    write_note(case, actor=actor, text=text, audience=Audience.MODERATORS)
    audit.append("outside_told", moderator=actor, case=case.public_id, whom=whom, ground=ground)


def _lock(case: Case) -> None:
    """Before the end of the log, as whoever decides locks them: in the other order each would wait for the other."""
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
    audit.locked_head()


def _just_logged(event: str, case: Case, actor: User, **facts: str) -> bool:
    """A note keeps its day alone: the log knows the minute. Under the lock of its end, so that of two presses at once
    the later sees what the other wrote.
    """
    since = (timezone.now() - _TWICE).isoformat(timespec="seconds")
    about = {f"facts__{name}": fact for name, fact in {"case": case.public_id, **facts}.items()}
    return AuditEntry.objects.filter(event=event, moderator=actor, at__gte=since, **about).exists()
