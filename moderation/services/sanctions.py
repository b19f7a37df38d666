"""Sanctions: a step against whoever carries a name, without learning whose it is (docs/decisions/0015-sanctions.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.days import today
from common.errors import Conflict, Invalid
from forum.authorship import name_of
from forum.services.restricting import Effect, NobodyToRestrict, Restriction, lift_restriction, restrict_author
from forum.services.visibility import tell_author
from forum.states import PostState
from moderation import audit
from moderation.models import Level, Sanction
from moderation.services.cases import require_moderator, require_not_ones_own
from moderation.services.statements import make_statement
from moderation.stating import consequences

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from moderation.models import Decision

MOST_DAYS = 365
MAX_REASON_CHARS = 2_000
_EFFECTS = {
    Level.PREMODERATION: Effect.FIRST_LOOK,
    Level.SUSPENSION: Effect.NOTHING_NEW,
    Level.BAN: Effect.NOTHING_NEW,
}


class SanctionUnfit(Invalid):
    code = "sanction-unfit"


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
        where = category.public_id if category else ""
        effect = _EFFECTS[Level(sanction.level)]
        restrict_author(post, Restriction(sanction.public_id, effect, where, until))
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


@transaction.atomic
def lift_sanction(sanction: Sanction, *, actor: User, why: str) -> Sanction:
    """It ends now, for a reason that its author reads. Twice is once; what its day has ended can be lifted as well.

    Raises NobodyToFree, and lifts nothing, once its author has made the name nobody's.
    """
    require_moderator(actor)
    locked = Sanction.objects.select_for_update(of=("self",)).select_related("post__thread__category", "category")
    fresh = locked.get(pk=sanction.pk)
    require_not_ones_own(fresh.post, actor)
    if fresh.level == Level.WARNING:
        raise NothingToLift
    if fresh.lifted_on is not None:
        return fresh
    why = why.strip()
    _refuse({"why": _text_problems(why)})
    if fresh.is_in_force:
        lift_restriction(fresh.public_id)
    fresh.lifted_on, fresh.lifted_by, fresh.why_lifted = today(), actor, why
    fresh.save(update_fields=["lifted_on", "lifted_by", "why_lifted"])
    if fresh.post.state != PostState.ERASED:
        word = _("The team has taken this back. %(why)s") % {"why": why}
        tell_author(fresh.post, actor=actor, word=word, after_the_last=True)
    audit.append("sanction_lifted", moderator=actor, sanction=fresh.public_id)
    return fresh


def unmake_sanction(sanction: Sanction) -> str:
    """It has never been: the decision it came with is undone (services/undoing.py). Its public id, for the log."""
    lift_restriction(sanction.public_id)
    sanction.delete()
    return sanction.public_id


def checked_terms(terms: Terms) -> Terms:
    """Raises SanctionUnfit."""
    level, reason, days = terms.level, terms.reason.strip(), terms.days
    problems: dict[str, list[_StrOrPromise]] = {"reason": _text_problems(reason)}
    if level not in Level.values:
        problems["level"] = [_("Choose what it should be.")]
    elif level == Level.SUSPENSION and days is None:
        problems["days"] = [_("Say for how many days.")]
    elif level in {Level.WARNING, Level.BAN} and days is not None:
        problems["days"] = [_("This has no end: leave the days empty.")]
    if days is not None and not 1 <= days <= MOST_DAYS:
        problems["days"] = [_("Between 1 and %(most)d days.") % {"most": MOST_DAYS}]
    _refuse(problems)
    return Terms(level, reason, days, terms.only_here)


def _text_problems(text: str) -> list[_StrOrPromise]:
    if not text:
        return [_("Give the reason. The author is told, and the next moderator can follow it.")]
    return [_("Please keep it under 2,000 characters.")] if len(text) > MAX_REASON_CHARS else []


def _refuse(problems: dict[str, list[_StrOrPromise]]) -> None:
    if fields := {name: texts for name, texts in problems.items() if texts}:
        raise SanctionUnfit(fields=fields)
