from __future__ import annotations

from django.db import models

from common.public_id import RandomKeyField


class IdempotencyRecord(models.Model):
    """The answer to a request that may be sent again (draft-ietf-httpapi-idempotency-key-header).

    Tags and a value sealed under the client's own key: neither who sent it nor what was answered can be read here.
    `subject_tag` lets erasing a post remove the answer that held its words. Kept for one to two days.
    """

    id = RandomKeyField()
    key_tag = models.CharField(max_length=43, unique=True)
    request_tag = models.CharField(max_length=43)
    subject_tag = models.CharField(max_length=43, blank=True, db_index=True)
    answer = models.BinaryField(default=b"")
    made_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return "idempotency record"
