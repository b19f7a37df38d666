"""The audit log: appended in the transaction of the deed, gapless, each row's digest made with the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from common.days import today
from moderation.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def append(event: str, *, moderator: User | None, **facts: Any) -> AuditEntry:
    """`facts` are public ids, codes and numbers; words never (they could not be erased)."""
    head, _is_new = AuditHead.objects.select_for_update().get_or_create(pk=1)
    at = timezone.now().isoformat(timespec="seconds") if moderator else today().isoformat()
    number = head.number + 1
    digest = _digest(head.digest, number, event, facts, moderator.pk if moderator else None, at)
    entry = AuditEntry.objects.create(
        number=number, event=event, facts=facts, moderator=moderator, at=at, previous=head.digest, digest=digest
    )
    head.number, head.digest = number, digest
    head.save(update_fields=["number", "digest"])
    return entry


def problems() -> Iterator[str]:
    """What does not fit, row by row; nothing when the chain is whole. Reads every row, in constant memory."""
    previous, number = "0" * 64, 0
    for entry in AuditEntry.objects.order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield f"entry {number} is missing"
            number = entry.number
        if entry.previous != previous:
            yield f"entry {entry.number} does not follow the one before it"
        if entry.digest != _digest(
            entry.previous, entry.number, entry.event, entry.facts, entry.moderator_id, entry.at
        ):
            yield f"entry {entry.number} was changed"
        previous = entry.digest
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    if (head.number, head.digest) != (number, previous):
        yield "the end of the log is missing"


def _digest(previous: str, number: int, *content: Any) -> str:
    """`content`: event, facts, moderator's row or None, at."""
    chained = json.dumps([previous, number, *content], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(chained.encode()).hexdigest()
