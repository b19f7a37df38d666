"""How far an entry can be trusted today: when somebody of this site last checked it (safety.md M4, crisis.md 1)."""

from __future__ import annotations

import datetime as dt

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.days import today

CHECK_HOLDS = dt.timedelta(days=90)


def is_fresh(verified_on: dt.date | None) -> bool:
    return verified_on is not None and today() - verified_on <= CHECK_HOLDS


def last_checked(verified_on: dt.date | None, *, source_count: int, as_of: str) -> str:
    """One sentence for the reader, to the month. `as_of`: the month of the newest source, as 2026-03; or empty."""
    if verified_on is None:
        return _never_checked(source_count, as_of)
    when = _month_words(verified_on.year, verified_on.month)
    if is_fresh(verified_on):
        return _("Checked by this site in %(month)s.") % {"month": when}
    return _("Not checked by this site since %(month)s; it may have changed.") % {"month": when}


def _never_checked(source_count: int, as_of: str) -> str:
    if not as_of:
        return _("Not checked by this site yet; its sources carry no date.")
    year, month = as_of.split("-")
    return ngettext(
        "Not checked by this site yet; one source, from %(month)s.",
        "Not checked by this site yet; %(count)d sources, the newest from %(month)s.",
        source_count,
    ) % {"count": source_count, "month": _month_words(int(year), int(month))}


def _month_words(year: int, month: int) -> str:
    return _("%(month)s %(year)d") % {"month": MONTHS[month], "year": year}
