"""Once: a create that is sent again gets its first answer again (threats.md 3.3).

The record is written in the same transaction as the deed, so that a crash leaves both or neither, and two at
once meet at a unique row: the second waits, then reads the first one's answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid, KeyReused
from common.sealing import CannotOpen, seal, tag, tags, unseal
from forum.models import IdempotencyRecord

Answer = dict[str, Any]
MIN_KEY = 8  # characters


class KeyUnreadable(Invalid):
    code = "idempotency-key-missing"
    message = _("Send an Idempotency-Key of 8 to 255 visible characters, a new one for each thing you create.")


def once(
    *, actor_key: str, deed: str, key: str, request: str, work: Callable[[], tuple[Answer, str]]
) -> tuple[Answer, bool]:
    """Runs `work` unless this actor did `deed` with this `key` before. Returns the answer and whether it was replayed.

    `request` is the canonical body: another body under the same key raises KeyReused. `work` returns its answer
    (JSON values) and the public id of the post it is about. Errors are not kept.
    """
    if not (MIN_KEY <= len(key) <= 255 and key.isascii() and key.isprintable() and " " not in key):
        raise KeyUnreadable
    key_tags = tags("idempotency-key", actor_key, deed, key)
    request_tags = tags("idempotency-request", key, request)
    with transaction.atomic():
        if known := IdempotencyRecord.objects.filter(key_tag__in=key_tags[1:]).first():  # while keys rotate
            return _replay(known, request_tags, key), True
        try:
            with transaction.atomic():
                record = IdempotencyRecord.objects.create(
                    key_tag=key_tags[0], request_tag=request_tags[0], made_on=today()
                )
        except IntegrityError:
            return _replay(IdempotencyRecord.objects.get(key_tag=key_tags[0]), request_tags, key), True
        answer, subject = work()
        record.answer = seal("idempotency-answer", json.dumps(answer).encode(), secret=key)
        record.subject_tag = tag("idempotency-subject", subject)
        record.save(update_fields=["answer", "subject_tag"])
    return answer, False


def earlier_answer(*, actor_key: str, deed: str, key: str) -> Answer | None:
    """What this actor was answered when they did `deed` with this `key`, whatever they ask now."""
    known = IdempotencyRecord.objects.filter(key_tag__in=tags("idempotency-key", actor_key, deed, key)).first()
    try:
        return json.loads(unseal("idempotency-answer", known.answer, secret=key)) if known else None
    except CannotOpen:
        return None


def forget_answers(post_ids: Iterable[str]) -> None:
    """What was answered about these posts holds words that are gone now."""
    subjects = [subject for post_id in post_ids for subject in tags("idempotency-subject", post_id)]
    IdempotencyRecord.objects.filter(subject_tag__in=subjects).update(answer=b"")


def _replay(record: IdempotencyRecord, request_tags: list[str], key: str) -> Answer:
    if record.request_tag not in request_tags:
        raise KeyReused
    try:
        answer: Answer = json.loads(unseal("idempotency-answer", record.answer, secret=key))
    except CannotOpen as error:
        raise KeyReused from error
    return answer
