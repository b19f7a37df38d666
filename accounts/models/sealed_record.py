from __future__ import annotations

from django.db import models

from common.public_id import RandomKeyField


class SealedRecord(models.Model):
    """Something that is one person's alone, a member's or a guest's (accounts/sealed_records.py).

    `lookup` is a tag of what it is and whose, `content` is sealed: without the seal key a row says neither, and no two
    rows of one person share a value.
    """

    id = RandomKeyField()
    lookup = models.CharField(max_length=43, unique=True)
    content = models.BinaryField()
    forget_on = models.DateField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return "sealed record"
