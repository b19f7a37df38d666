"""The queue."""

from __future__ import annotations

from django.db.models import QuerySet

from moderation.models import Case, CaseState, Decision, Report

# The hour is all that is kept of the time.
URGENT_THEN_OLDEST = ("-is_urgent", "opened_at", "pk")


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
