"""Moderation's part in what is one person's own (accounts/own_data.py): what they wrote in reports and appeals, and
what they were told of decisions about their words.

That somebody reported a post, and for which reason, stays with the case: it may be about a life.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.identity import Identity
from common.personal_data import Own
from common.sealing import tags
from forum.authorship import rows_of
from forum.services.anonymity import names_of
from moderation.models import Appeal, Report, ReportReason, Statement
from moderation.queries import told_statements
from moderation.services.appeals import appeals_of
from moderation.services.reports import drawn_tag
from moderation.stating import effects, reasons


def count_of(identity: Identity) -> int:
    return len(_reports_of(identity)) + len(_appeals_of(identity)) + _statements_of(identity).count()


def export_of(identity: Identity) -> Iterator[Own]:
    for report in _reports_of(identity):
        facts = {_("Because"): str(ReportReason(report.reason).label)}
        yield Own(_("A report"), report.reported_on, report.text, facts)
    for appeal in _appeals_of(identity):
        yield Own(_("You asked for another look"), appeal.made_on, appeal.text)
    for statement in _statements_of(identity):
        yield Own(_("The team decided"), statement.made_on, "\n\n".join([*effects(statement), *reasons(statement)]))


def close(identity: Identity, *, keep_words: bool) -> list[Any]:
    """Words of appeals, which are found by names that are gone a moment later. Only moderators see reports, and
    without whose they are: that can wait.
    """
    told = [[appeal.pk, appeal.text] for appeal in _appeals_of(identity)]
    Appeal.objects.filter(pk__in=[pk for pk, _text in told]).update(text="")
    return told


def archive_of(identity: Identity, closed: list[Any]) -> dict[str, list[Any]]:
    return {"reports": [[report.pk, report.text] for report in _reports_of(identity)], "appeals": closed}


def erase(identity: Identity, *, keep_words: bool) -> Iterator[None]:
    """To keep words is to keep what others read; a report was for moderators, so its words go in either case."""
    for report in _reports_of(identity):
        Report.objects.filter(pk=report.pk).update(text="", reporter_tag=drawn_tag())
        yield


def restore(identity: Identity, archive: dict[str, list[Any]]) -> None:
    for pk, text in archive["appeals"]:
        Appeal.objects.filter(pk=pk).update(text=text)
    for pk, text in archive["reports"]:
        report = Report.objects.select_related("case").get(pk=pk)
        report.text, report.reporter_tag = text, _tags(identity, report)[0]
        report.save(update_fields=["text", "reporter_tag"])


def _reports_of(identity: Identity) -> list[Report]:
    """Of those that the seal key still tells; it looks at every report there is."""
    reports = Report.objects.select_related("case").order_by("reported_on", "pk").iterator()
    return [report for report in reports if report.reporter_tag in _tags(identity, report)]


def _appeals_of(identity: Identity) -> list[Appeal]:
    """Of what was decided about their posts, and of what they reported."""
    reports = [report.pk for report in _reports_of(identity)]
    return [*appeals_of(identity), *Appeal.objects.filter(report__in=reports).order_by("made_on", "pk")]


def _tags(identity: Identity, report: Report) -> list[str]:
    return tags("reporter", identity, report.case.public_id)  # as `visit.reporter_key` names a member


def _statements_of(identity: Identity) -> QuerySet[Statement]:
    """About what they wrote under every name they have."""
    members, pseudonyms = rows_of(names_of(identity))
    own = Q(post__author__in=members) | Q(post__thread_pseudonym__in=pseudonyms)
    return told_statements().filter(own).order_by("made_on", "pk")
