"""Categories: what a new forum begins with, and who reads one. The rest is set up in the admin."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from forum.models import Category, Post, Thread
from forum.services.arranging import MovesInTheOpen, WouldShutGuestsOut


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


def require_same_readers(category: Category, *, is_members_only: bool) -> None:
    """Before a category is made one for members, or for everybody: as if each of its conversations were moved.

    Raises MovesInTheOpen, WouldShutGuestsOut.
    """
    before = Category.objects.filter(pk=category.pk).values_list("is_members_only", flat=True).first()
    if before is None or before == is_members_only:
        return
    if before and Thread.objects.filter(category=category).exists():
        raise MovesInTheOpen
    if Post.objects.filter(thread__category=category, thread_pseudonym__isnull=False).exists():
        raise WouldShutGuestsOut
