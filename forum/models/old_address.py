from __future__ import annotations

import base64
import hashlib

from django.db import models

from common.public_id import RandomKeyField


class OldAddress(models.Model):
    """Where a page stood that became a thread. A digest only: its words would say in a copy what this site is for.

    No secret: whoever knows the old address knows the page.
    """

    id = RandomKeyField()
    digest = models.CharField(max_length=43, unique=True)
    thread = models.ForeignKey("forum.Thread", models.CASCADE, related_name="old_addresses")

    def __str__(self) -> str:
        return "old address"


def address_digest(address: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(address.encode()).digest()).rstrip(b"=").decode()
