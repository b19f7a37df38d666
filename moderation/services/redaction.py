"""Taking facts out of the log, when they may find somebody; the proof stays, and the log says that it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, NotAllowed, NotFound
from moderation import audit
from moderation.models import AuditEntry, RedactedBecause
from moderation.policies import is_lead

if TYPE_CHECKING:
    from accounts.models import User


class OnlyLeads(NotAllowed):
    code = "only-leads"
    message = _("Only leads do this.")


class EntryStays(Conflict):
    code = "entry-stays"
    message = _(
        "Nothing can be taken out of this entry: it says itself that something was taken out, or it is too old."
    )


class RedactionUnexplained(Invalid):
    code = "redaction-unexplained"
    message = _("Choose why.")


def require_lead(member: User) -> None:
    if not is_lead(member):
        raise OnlyLeads


@transaction.atomic
def redact_entry(number: int, *, actor: User, why: str) -> AuditEntry:
    """The facts of one entry go for good; its event, time and moderator stay. Twice is once.

    The database allows this one change of an entry (migration 0007), and `verify_audit` finds one that was emptied
    without the entry that is written here. Raises NotFound, EntryStays.
    """
    require_lead(actor)
    if why not in RedactedBecause.values:
        raise RedactionUnexplained(fields={"why": [RedactionUnexplained.message]})
    audit.locked_head()
    entry = AuditEntry.objects.filter(number=number).first()
    if entry is None:
        raise NotFound
    if entry.is_redacted:
        return entry
    if entry.event == audit.REDACTED or not entry.facts_digest:
        raise EntryStays
    entry.facts, entry.salt = {}, ""
    entry.save(update_fields=["facts", "salt"])
    audit.append(audit.REDACTED, moderator=actor, entry=number, why=why)
    return entry
