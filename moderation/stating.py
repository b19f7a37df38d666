"""What somebody is told of a decision that restricts them, in words. Short: whoever reads it may be shaken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.states import PostState
from moderation.models import Action, Automation, EffectKind, Level, Outcome, Sanction, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrOrPromise

    from forum.models import Post
    from moderation.models import Appeal

_OF_THE_POST: dict[str, _StrOrPromise] = {
    Action.HIDE: gettext_lazy(
        "What you wrote was taken down, everywhere on this site and with no end date. Only you and the team can read "
        "it."
    ),
    Action.RETURN: gettext_lazy(
        "What you wrote was sent back to you. Only you and the team can read it, until you have changed it and "
        "somebody has looked at it again."
    ),
}
_NO_LONGER_OF_THE_POST: dict[str, _StrOrPromise] = {
    Action.HIDE: gettext_lazy("What you wrote had been taken down."),
    Action.RETURN: gettext_lazy("What you wrote had been sent back to you."),
}
_CONVERSATION_CLOSED = gettext_lazy(
    "Nobody can reply in this conversation any more. Everything that was written stays."
)
_BESIDES: dict[str, _StrOrPromise] = {
    EffectKind.LOCK_BRANCH: gettext_lazy(
        "Nobody can reply to it any more, nor to what stands below it. The rest of the conversation goes on, and "
        "everything that was written stays."
    ),
    EffectKind.MOVE: gettext_lazy(
        "The whole conversation was moved to a part of this place that only people who are signed in can read."
    ),
}
_NO_LONGER_CONVERSATION_CLOSED = gettext_lazy("For a while nobody could reply in this conversation.")
_NO_LONGER_BESIDES: dict[str, _StrOrPromise] = {
    EffectKind.LOCK_BRANCH: gettext_lazy("For a while nobody could reply to it, nor to what stands below it."),
    EffectKind.MOVE: gettext_lazy(
        "The whole conversation had been moved to a part of this place that only people who are signed in can read."
    ),
}
_NO_LONGER_OF_NAME: dict[str, _StrOrPromise] = {
    Level.WARNING: gettext_lazy("You had been asked to mind something."),
    Level.PREMODERATION: gettext_lazy("For a while somebody of the team was to read first what you write."),
    Level.SUSPENSION: gettext_lazy("For a while you could not write anything new."),
    Level.BAN: gettext_lazy("For a while you could not write anything new."),
}
_TAKEN_BACK = gettext_lazy("The team has taken this back since.")
_AUTOMATION: dict[str, _StrOrPromise] = {
    Automation.NONE: gettext_lazy("A person decided. No program had a part in it."),
    Automation.HELD: gettext_lazy(
        "A person decided. Before, it waited for a first look because a rule of this site asks for one, whatever is "
        "written."
    ),
    Automation.NOTICED: gettext_lazy(
        "A person decided. Before, a program on this site had noticed something in the words, and asked for a look."
    ),
}


def effects(statement: Statement) -> list[str]:
    """What was restricted, how far and until when, of one of `told_statements`.

    That it holds no longer comes before what it was, and nothing that is over is said as if it held: whoever reads on
    half way must not be frightened again.
    """
    over = [str(_TAKEN_BACK)] if _is_taken_back(statement) else []
    besides = [said for kind in besides_of(statement) for said in _of_besides(kind, statement)]
    of_name = [said for sanction in statement.sanctions.all() for said in _of_name(sanction, statement)]
    return over + _of_post(statement) + besides + of_name


def _of_post(statement: Statement) -> list[str]:
    if not statement.restriction:
        return []
    state, over = statement.post.state, []
    if state == PostState.PUBLISHED:
        over.append(_("It stands in its place, where others can read it."))
    elif state == PostState.HELD:
        over.append(_("This holds no longer: it waits for a look."))
    elif statement.is_replaced and state != PostState.ERASED and not _is_taken_back(statement):
        over.append(_("The team has decided about it anew since."))
    if over or state == PostState.ERASED or _is_taken_back(statement):
        return [*over, str(_NO_LONGER_OF_THE_POST[statement.restriction])]
    return [str(_OF_THE_POST[statement.restriction])]


def besides_of(statement: Statement) -> list[EffectKind]:
    """What was done besides that restricts; its decision's effects are loaded, or cost a query. None of an appeal's."""
    decision = getattr(statement, "decision", None)
    done = {effect.kind: effect.facts for effect in decision.effects.all()} if decision else {}
    kinds = [EffectKind.LOCK_BRANCH] if EffectKind.LOCK_BRANCH in done else []
    return [*kinds, EffectKind.MOVE] if done.get(EffectKind.MOVE, {}).get("narrows") else kinds


def besides_words(kinds: Iterable[EffectKind], post: Post) -> list[str]:
    of_story = {} if post.parent_id else {EffectKind.LOCK_BRANCH.value: _CONVERSATION_CLOSED}
    return [str(of_story.get(kind, _BESIDES[kind])) for kind in kinds]


def _of_besides(kind: EffectKind, statement: Statement) -> list[str]:
    post = statement.post
    is_over = {
        EffectKind.LOCK_BRANCH: not post.is_closed,
        EffectKind.MOVE: not post.thread.category.is_members_only,
    }[kind]
    if not is_over:
        return besides_words([kind], post)
    was = _NO_LONGER_BESIDES[kind]
    if kind == EffectKind.LOCK_BRANCH and not post.parent_id:
        was = _NO_LONGER_CONVERSATION_CLOSED
    return [*_said_once(statement), str(was)]


def reasons(statement: Statement) -> list[str]:
    """In the team's words, each once."""
    return list(dict.fromkeys([statement.facts, *(sanction.reason for sanction in statement.sanctions.all())]))


def automation_words(statement: Statement) -> _StrOrPromise:
    return _AUTOMATION[statement.automation]


def consequences(sanction: Sanction) -> list[str]:
    """What its author reads of it, beside the reason."""
    day = date_format(sanction.until) if sanction.until else ""
    said = []
    match sanction.level:
        case Level.PREMODERATION if day:
            said.append(_("Until %(day)s somebody of the team reads first what you write.") % {"day": day})
        case Level.PREMODERATION:
            said.append(_("From now on somebody of the team reads first what you write."))
        case Level.SUSPENSION:
            said.append(_("You can write again from %(day)s on. You can read, take back and erase.") % {"day": day})
        case Level.BAN:
            said.append(_("You cannot write anything new any more. You can still read, take back and erase."))
    if sanction.category is not None:
        said.append(_("It is about this part of the forum alone."))
    return said


def _of_name(sanction: Sanction, statement: Statement) -> list[str]:
    """What can still be undone holds no longer already, though nobody is told yet that the team took it back."""
    if sanction.level == Level.WARNING:
        if _is_taken_back(statement):
            return [str(_NO_LONGER_OF_NAME[sanction.level])]
        return [_("You were asked to mind something. Nothing else follows from it.")]
    if sanction.lifted_on is None:
        return consequences(sanction)
    over = _said_once(statement) if sanction.told_lifted_on else [_("At the moment this does not hold.")]
    return [*over, str(_NO_LONGER_OF_NAME[sanction.level])]


def _said_once(statement: Statement) -> list[str]:
    return [] if _is_taken_back(statement) else [str(_TAKEN_BACK)]


def _is_taken_back(statement: Statement) -> bool:
    """As a whole, and told. Of a sanction that came alone no decision is reversed: the appeal's answer says it."""
    if statement.taken_back_because is not None:
        return True
    appeal: Appeal | None = getattr(statement, "appeal", None)
    if appeal is None or appeal.decision is None:
        return False
    return appeal.outcome == Outcome.OVERTURNED and appeal.decision.is_told
