"""The queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet

from common.errors import NotFound
from common.keyset import Order, Page, page_of
from common.public_id import is_public_id
from forum.authorship import name_of
from moderation.models import Case, CaseState, Decision, Report, Sanction

if TYPE_CHECKING:
    from forum.models import Post

# The hour is all that is kept of the time.
URGENT_THEN_OLDEST = ("-is_urgent", "opened_at", "pk")
SANCTIONS_NEWEST_FIRST = Order("sanctions", ("given_on", "pk"), descending=True)


def open_cases() -> QuerySet[Case]:
    """The urgent ones first, then the oldest; within the hour in no order, but always the same."""
    cases = Case.objects.filter(state=CaseState.OPEN).select_related("post__thread__category")
    return cases.order_by(*URGENT_THEN_OLDEST)


def next_open_case(after: Case | None = None) -> Case | None:
    cases = open_cases()
    if after is not None:
        cases = cases.exclude(pk=after.pk)
    return cases.first()


def reports_of(case: Case) -> list[Report]:
    return list(case.reports.order_by("reported_on", "pk"))


def decisions_about(case: Case) -> list[Decision]:
    """On this case and on earlier ones about the same post, newest first."""
    return list(Decision.objects.filter(case__post_id=case.post_id).select_related("moderator").order_by("-pk"))


def sanctions() -> QuerySet[Sanction]:
    """With what is shown of each."""
    of_post = ("post__thread__category", "post__author", "post__thread_pseudonym")
    return Sanction.objects.select_related(*of_post, "category")


def sanctions_page(*, cursor: str | None = None, size: int | None = None) -> Page[Sanction]:
    """Newest first, those that are over among them."""
    size = settings.FORUM_PAGE_SIZE if size is None else size
    return page_of(sanctions(), SANCTIONS_NEWEST_FIRST, size=size, cursor=cursor)


def sanction_with(public_id: str) -> Sanction:
    sanction = sanctions().filter(public_id=public_id).first() if is_public_id(public_id) else None
    if sanction is None:
        raise NotFound
    return sanction


def sanctions_on_name_of(post: Post) -> list[Sanction]:
    """Every one on the name that a post stands under, newest first. Of that person's other names nothing is known."""
    if name_of(post) is None:
        return []
    same_name = Q(post__author=post.author_id) if post.author_id else Q(post__thread_pseudonym=post.thread_pseudonym_id)
    return list(sanctions().filter(same_name).order_by("-given_on", "-pk"))
