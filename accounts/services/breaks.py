"""Taking a break: a member hides the forum from themselves until a day.

The day is in the member's sealed record, which goes by itself when it comes, and in each visit that is begun meanwhile:
asking costs no query, and the account's row says nothing of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import identity_of
from accounts.services.visits import end_other_visits
from common.days import today
from common.errors import Invalid, NotAllowed
from common.personal_data import Own

if TYPE_CHECKING:
    from accounts.models import User

MOST_DAYS = 366
_UNTIL = "break"  # in the visit


def _own(day: str) -> Iterator[Own]:
    yield Own(_now("A break, until"), dt.date.fromisoformat(day))


# Of an identity: the day on which the forum is there again.
BREAK = sealed_records.Kind(
    "break",
    what="until which day you take a break",
    kept="until that day, or until you end it",
    copied="the day",
    erased="it goes",
    comes_back=False,
    own=_own,
)


class BreakUnsuitable(Invalid):
    code = "break-unsuitable"
    message = _("Choose a day from tomorrow on, within a year.")


class OnABreak(NotAllowed):
    code = "on-a-break"
    message = _(
        "You are taking a break, as you wished. Everything is where it was, and it waits for you. You can end the "
        "break whenever you like."
    )


def take_break(member: User, *, until: dt.date, session: SessionBase) -> None:
    """From now on, in every visit: the others end. Raises BreakUnsuitable."""
    if not today() < until <= today() + dt.timedelta(days=MOST_DAYS):
        raise BreakUnsuitable(fields={"until": [BreakUnsuitable.message]})
    with transaction.atomic():
        sealed_records.write(BREAK, identity_of(member), until.isoformat(), forget_on=until)
    end_other_visits(member, this=session.session_key)
    session[_UNTIL] = until.isoformat()


def end_break(member: User, *, session: SessionBase) -> None:
    """That there was none is no error. Other visits learn of it when they begin anew."""
    sealed_records.forget(BREAK, identity_of(member))
    session.pop(_UNTIL, None)


def go_on_with_break(member: User, session: SessionBase) -> None:
    """A visit begins."""
    until = sealed_records.read(BREAK, identity_of(member))
    if until:
        session[_UNTIL] = until


def break_in(session: SessionBase) -> dt.date | None:
    """Until which day. No query."""
    until = dt.date.fromisoformat(session[_UNTIL]) if _UNTIL in session else None
    return until if until and today() < until else None


def require_no_break(session: SessionBase) -> None:
    """Raises OnABreak."""
    if break_in(session):
        raise OnABreak
