"""Notes on a case: from one moderator to the next, or to leads. Shown with the case's history, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from moderation import audit
from moderation.models import Audience, Case, CaseNote
from moderation.services.cases import require_moderator

if TYPE_CHECKING:
    from accounts.models import User

MAX_NOTE_CHARS = 2_000


class NoteUnfit(Invalid):
    code = "case-note-unfit"
    message = _("A note needs some words, 2,000 characters at most.")


@transaction.atomic
def add_note(case: Case, *, actor: User, text: str, audience: str = Audience.MODERATORS) -> CaseNote:
    """Also on a closed case. That there is one stands in the log, without its words."""
    require_moderator(actor)
    text = text.replace("\0", "").strip()
    if not text or len(text) > MAX_NOTE_CHARS or audience not in Audience.values:
        raise NoteUnfit(fields={"text": [NoteUnfit.message]})
    note = CaseNote.objects.create(case=case, text=text, audience=audience, moderator=actor)
    audit.append("case_note_written", moderator=actor, case=case.public_id, audience=audience)
    return note
