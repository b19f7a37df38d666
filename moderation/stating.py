"""What somebody is told of a decision that restricts them, in words. Short: whoever reads it may be shaken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.states import PostState
from moderation.models import Action, Automation, Level, Sanction, Statement

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_OF_THE_POST: dict[str, _StrOrPromise] = {
    Action.HIDE: gettext_lazy(
        "What you wrote was taken down. Only you and the team can read it, anywhere on this site, without an end."
    ),
    Action.RETURN: gettext_lazy(
        "What you wrote was sent back to you. Only you and the team can read it, until you have changed it and "
        "somebody has looked at it again."
    ),
}
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
    """What was restricted, how far and until when; `sanctions` are loaded, or cost a query."""
    of_post = [str(_OF_THE_POST[statement.restriction])] if statement.restriction else []
    if of_post and statement.post.state == PostState.PUBLISHED:
        of_post.append(_("It stands where it stood again."))
    elif of_post and statement.post.state == PostState.HELD:
        of_post.append(_("This holds no longer: it waits for a look."))
    return of_post + [said for sanction in statement.sanctions.all() for said in _of_name(sanction)]


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


def _of_name(sanction: Sanction) -> list[str]:
    if sanction.level == Level.WARNING:
        return [_("You were asked to mind something. Nothing else follows from it.")]
    lifted = [_("The team has taken this back since.")] if sanction.lifted_on else []
    return consequences(sanction) + lifted
