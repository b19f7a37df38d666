"""The queue, and what stands around a case."""

from __future__ import annotations

from django.db.models import QuerySet

from common.errors import NotFound
from common.keyset import Order, Page, page_of
from common.public_id import is_public_id
from moderation.models import Case, CaseState, Decision, Lane, Report

QUEUE = Order("queue", ("lane", "due_at", "pk"))
QUEUE_PAGE = 50
WAITING_AT_MOST = 100  # of a lane, counted; more is "100 and more"


def open_cases() -> QuerySet[Case]:
    """In the order of the queue; within the hour in no order, but always the same."""
    cases = Case.objects.filter(state=CaseState.OPEN).select_related("post__thread__category")
    return cases.order_by(*QUEUE.fields)


def queue_page(
    *, state: str = CaseState.OPEN, lane: int | None = None, cursor: str | None = None, size: int = QUEUE_PAGE
) -> Page[Case]:
    """One query of a page and one row, whatever waits behind it."""
    cases = Case.objects.filter(state=state).select_related("post__thread__category", "claimed_by")
    if lane is not None:
        cases = cases.filter(lane=lane)
    return page_of(cases, QUEUE, size=size, cursor=cursor, bound_to=f"{state}:{lane}")


def waiting_by_lane() -> dict[Lane, int]:
    """How many open cases of each lane, counted up to WAITING_AT_MOST: the cost has an end, whatever waits."""
    return {lane: Case.objects.filter(state=CaseState.OPEN, lane=lane)[:WAITING_AT_MOST].count() for lane in Lane}


def case_for_moderator(public_id: str) -> Case:
    """The door has asked whether it is one. Raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    case = Case.objects.select_related("post__thread__category", "claimed_by").filter(public_id=public_id).first()
    if case is None:
        raise NotFound
    return case


def reports_of(case: Case) -> list[Report]:
    return list(case.reports.order_by("reported_on", "pk"))


def decisions_about(case: Case) -> list[Decision]:
    """On this case and on earlier ones about the same post, newest first."""
    return list(Decision.objects.filter(case__post_id=case.post_id).select_related("moderator").order_by("-pk"))
