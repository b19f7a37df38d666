"""Categories: what a new forum begins with. The rest is set up in the admin."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from forum.models import Category


@transaction.atomic
def create_first_categories() -> bool:
    """Three, where there are none yet. Returns whether there were none."""
    if Category.objects.exists():
        return False
    Category.objects.bulk_create(
        [
            Category(
                title=_("Your story"),
                description=_("What happened, or is happening. To be heard, and believed."),
                position=1,
            ),
            Category(
                title=_("Reading together"),
                description=_("Conversations that began with something somebody read."),
                position=2,
            ),
            Category(
                title=_("Among members"),
                description=_("Seen only by people who are signed in."),
                position=3,
                is_members_only=True,
            ),
        ]
    )
    return True
