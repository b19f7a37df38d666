"""Sanctions: a step against whoever carries a name, without learning whose it is (docs/decisions/0015-sanctions.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from forum.authorship import name_of
from forum.services.restricting import (
    Effect,
    NobodyToFree,
    NobodyToRestrict,
    Restriction,
    lift_restriction,
    restrict_author,
)
from forum.services.visibility import tell_author
from forum.states import PostState
from forum.text import said
from moderation import audit
from moderation.models import Level, Sanction
from moderation.policies import is_lead
from moderation.queries import has_other_leads
from moderation.services.canned import require_filled_in
from moderation.services.roles import require_moderator, require_not_ones_own
from moderation.services.statements import make_statement
from moderation.states import words_leave_at
from moderation.stating import consequences

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from moderation.models import Decision, Statement

MOST_DAYS = 365
MOST_DAYS_ALONE = 30  # for which a moderator who is no lead keeps somebody from writing
MAX_REASON_CHARS = 2_000
REASON_MISSING = gettext_lazy("Give the reason. The author is told, and the next moderator can follow it.")
_EFFECTS = {
    Level.PREMODERATION: Effect.FIRST_LOOK,
    Level.SUSPENSION: Effect.NOTHING_NEW,
    Level.BAN: Effect.NOTHING_NEW,
}


class SanctionUnfit(Invalid):
    code = "sanction-unfit"


class SanctionNeedsLead(Invalid):
    code = "sanction-needs-a-lead"


class LiftingNeedsLead(NotAllowed):
    code = "lifting-needs-a-lead"
    message = gettext_lazy(
        "A lead gives this, so a lead lifts it. If the decision it came with was wrong, take that back on its case."
    )


class NothingToLift(Conflict):
    code = "nothing-to-lift"
    message = gettext_lazy("A warning only says something: there is nothing to lift.")


@dataclass(frozen=True, slots=True)
class Terms:
    """`days` from today on; none: without an end. `only_here`: in the post's category alone."""

    level: str
    reason: str
    days: int | None = None
    only_here: bool = False


@transaction.atomic
def sanction_author(
    post: Post, *, actor: User, terms: Terms, decision: Decision | None = None, leaves_at: dt.datetime | None = None
) -> Sanction:
    """Puts it on the name that the post stands under. Its author reads the reason, and what follows, with the post
    (`leaves_at`: from then on).

    From their next words on it meets them under every name they have. Nobody is told which those are. `post` comes
    with its thread and category.
    """
    require_moderator(actor)
    require_not_ones_own(post, actor)
    terms = checked_terms(terms)
    _require_lead_for_long(terms, actor)
    category = post.thread.category if terms.only_here and terms.level != Level.WARNING else None
    until = today() + dt.timedelta(days=terms.days) if terms.days else None
    statement = decision.statement if decision else None
    sanction = Sanction(
        post=post,
        decision=decision,
        statement=statement or make_statement(post, actor=actor, facts=terms.reason),
        level=terms.level,
        category=category,
        reason=terms.reason,
        until=until,
        given_on=today(),
        moderator=actor,
    )
    if sanction.level in _EFFECTS:
        _put_in_force(sanction)
    elif name_of(post) is None:
        raise NobodyToRestrict
    sanction.save(force_insert=True)
    if post.state != PostState.ERASED:
        word = "\n\n".join((terms.reason, *consequences(sanction)))
        tell_author(post, actor=actor, word=word, leaves_at=leaves_at, after_the_last=True)
    audit.append(
        "sanction_given",
        moderator=actor,
        sanction=sanction.public_id,
        post=post.public_id,
        level=sanction.level,
        category=category.public_id if category else "",
        until=until.isoformat() if until else "",
    )
    return sanction


def _put_in_force(sanction: Sanction) -> None:
    where = sanction.category.public_id if sanction.category else ""
    effect = _EFFECTS[Level(sanction.level)]
    restrict_author(sanction.post, Restriction(sanction.public_id, effect, where, sanction.until))


@transaction.atomic
def lift_sanction(sanction: Sanction, *, actor: User, why: str) -> Sanction:
    """It ends now, for a reason that its author reads some seconds later. Twice is once; what its day has ended can be
    lifted as well.

    Raises SanctionUnfit, BracketsLeft, and LiftingNeedsLead of what only a lead gives. And NobodyToFree, and lifts
    nothing, once its author has made the name nobody's.
    """
    require_moderator(actor)
    locked = Sanction.objects.select_for_update(of=("self",)).select_related("post__thread__category", "category")
    fresh = locked.get(pk=sanction.pk)
    require_not_ones_own(fresh.post, actor)
    if fresh.level == Level.WARNING:
        raise NothingToLift
    if fresh.lifted_on is not None:
        return fresh
    if needs_lead_to_lift(fresh, actor):
        raise LiftingNeedsLead
    why = said(why)
    _refuse({"why": _text_problems(why)})
    require_filled_in(why=why)
    _lift(fresh, actor=actor, why=why)
    if fresh.post.state != PostState.ERASED:
        word = _("The team has taken this back. %(why)s") % {"why": why}
        tell_author(fresh.post, actor=actor, word=word, leaves_at=words_leave_at(), after_the_last=True)
    return fresh


def _lift(sanction: Sanction, *, actor: User, why: str, decision: Decision | None = None) -> None:
    if sanction.is_in_force:
        lift_restriction(sanction.public_id)
    sanction.lifted_on, sanction.lifted_by, sanction.why_lifted = today(), actor, why
    sanction.lifted_with = decision
    sanction.save(update_fields=["lifted_on", "lifted_by", "why_lifted", "lifted_with"])
    audit.append("sanction_lifted", moderator=actor, sanction=sanction.public_id)


def lift_those_of(statement: Statement, *, decision: Decision, why: str) -> int:
    """Those that its author reads of in it, by a decision that takes it back, whose word tells them. How many.

    A name that its author made nobody's keeps its own until its day. Inside the decision's transaction.
    """
    lifted = 0
    given = statement.sanctions.select_for_update(of=("self",)).select_related("post__thread__category", "category")
    for sanction in given.filter(lifted_on=None).exclude(level=Level.WARNING):
        try:
            _lift(sanction, actor=decision.moderator, why=why, decision=decision)
        except NobodyToFree:
            continue
        lifted += 1
    return lifted


def put_again_what_was_lifted(decision: Decision) -> list[str]:
    """As if it had never been lifted: the decision that did it is undone. Their public ids, for the log. Raises
    NobodyToRestrict.
    """
    put_again = []
    for sanction in decision.lifted.select_related("post__thread__category", "category"):
        sanction.lifted_on = sanction.lifted_by = sanction.lifted_with = None
        sanction.why_lifted = ""
        sanction.save(update_fields=["lifted_on", "lifted_by", "why_lifted", "lifted_with"])
        if sanction.is_in_force:
            _put_in_force(sanction)
        put_again.append(sanction.public_id)
    return put_again


def unmake_sanction(sanction: Sanction) -> str:
    """It has never been: the decision it came with is undone (services/undoing.py). Its public id, for the log."""
    if sanction.level in _EFFECTS:
        lift_restriction(sanction.public_id)
    sanction.delete()
    return sanction.public_id


def checked_terms(terms: Terms) -> Terms:
    """Raises SanctionUnfit and BracketsLeft, with the fields of a decision's sanction."""
    level, reason, days = terms.level, said(terms.reason), terms.days
    problems: dict[str, list[_StrOrPromise]] = {"reason": _text_problems(reason)}
    if level not in Level.values:
        problems["level"] = [_("Choose what it should be.")]
    elif level == Level.SUSPENSION and days is None:
        problems["days"] = [_("Say for how many days.")]
    elif level in {Level.WARNING, Level.BAN} and days is not None:
        problems["days"] = [_("This has no end: leave the days empty.")]
    if days is not None and not 1 <= days <= MOST_DAYS:
        problems["days"] = [_("Between 1 and %(most)d days.") % {"most": MOST_DAYS}]
    _refuse({f"sanction/{name}": texts for name, texts in problems.items()})
    require_filled_in(**{"sanction/reason": reason})
    return Terms(level, reason, days, terms.only_here)


def needs_lead_to_lift(sanction: Sanction, actor: User) -> bool:
    days = (sanction.until - sanction.given_on).days if sanction.until else None
    return _is_for_others(sanction.level, days, actor)


def gives_bans(actor: User) -> bool:
    return not _is_for_others(Level.BAN, None, actor)


def _is_for_others(level: str, days: int | None, actor: User) -> bool:
    is_long = level == Level.BAN or (level == Level.SUSPENSION and (days or 0) > MOST_DAYS_ALONE)
    return is_long and not is_lead(actor) and has_other_leads(actor)


def _require_lead_for_long(terms: Terms, actor: User) -> None:
    """What keeps somebody from writing for long is a lead's to give, whoever it meets: a rule that asked whose the name
    is would tell. Where there is no lead, whoever is there gives it. Raises SanctionNeedsLead.
    """
    if not _is_for_others(terms.level, terms.days, actor):
        return
    field = "level" if terms.level == Level.BAN else "days"
    says = _("A lead gives this. Give a pause of %(most)d days at most, or pass the case on to a lead.")
    raise SanctionNeedsLead(fields={f"sanction/{field}": [says % {"most": MOST_DAYS_ALONE}]})


def _text_problems(text: str) -> list[_StrOrPromise]:
    if not text:
        return [REASON_MISSING]
    return [_("Please keep it under 2,000 characters.")] if len(text) > MAX_REASON_CHARS else []


def _refuse(problems: dict[str, list[_StrOrPromise]]) -> None:
    if fields := {name: texts for name, texts in problems.items() if texts}:
        raise SanctionUnfit(fields=fields)
