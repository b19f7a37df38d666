"""Addresses that pages had elsewhere, so that links to them lead on when this site stands at their old name."""

from __future__ import annotations

from collections.abc import Iterable

from forum.models import OldAddress, Thread
from forum.models.old_address import address_digest


def keep_old_addresses(thread: Thread, addresses: Iterable[str]) -> None:
    """As `forum.importing.blog.old_address` spells them. One that leads somewhere already goes on leading there."""
    OldAddress.objects.bulk_create(
        [OldAddress(thread=thread, digest=address_digest(address)) for address in addresses], ignore_conflicts=True
    )
