"""Marks: which words of a post a moderator sends it back for. Quoted exactly, kept as places (forum/marking.py).

With the post, where its author reads them until they write it again; and with the decision, where they are places in
the words that the moderator had before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from forum.marking import Place, joined, places_in, words_together
from moderation.models import Action, EffectKind

if TYPE_CHECKING:
    from forum.models import Post
    from moderation.models import Decision

MOST_MARKS: Final = 20
MAX_MARK_CHARS: Final = 500
MOST_PLACES: Final = 5  # of one passage: a word that is everywhere says nothing about any of them


class MarksUnfit(Invalid):
    """Names passages by their number, never by their words."""

    code = "marks-unfit"
    message = _("Mark only words that stand in the post, as they stand there.")


def checked_marks(action: str, marks: Iterable[str]) -> list[str]:
    """Without those that are empty. Raises MarksUnfit."""
    passages = [line for passage in marks if (line := " ".join(passage.split()))]
    if passages and action != Action.RETURN:
        _refuse(_now("Words are marked where a post is sent back. Choose that, or take these passages out."))
    if len(passages) > MOST_MARKS:
        _refuse(_now("Mark %(most)s passages at most: the word to the author can say the rest.") % {"most": MOST_MARKS})
    _refuse(
        *(
            _now("Passage %(number)s is too long: mark %(most)s characters of it at most.")
            % {"number": number, "most": MAX_MARK_CHARS}
            for number, passage in enumerate(passages, 1)
            if len(passage) > MAX_MARK_CHARS
        )
    )
    return passages


def places_of(marks: Sequence[str], post: Post) -> list[Place]:
    """Of passages that were checked, in a post that is locked. Raises MarksUnfit."""
    found = places_in(words_together(post.title, post.source), marks)
    _refuse(*filter(None, (_problem(number, places) for number, places in enumerate(found, 1))))
    return joined(chain.from_iterable(found))


def _problem(number: int, places: Sequence[Place]) -> str:
    if not places:
        return _now("Passage %(number)s does not stand in the post like that. Copy it as it stands there.") % {
            "number": number
        }
    if len(places) > MOST_PLACES:
        return _now("Passage %(number)s stands there many times. Take a few of the words around it, too.") % {
            "number": number
        }
    return ""


def is_marked_so(decision: Decision, marks: Sequence[str], post: Post) -> bool:
    """Whether a decision that left the words as they were marked the same."""
    found = places_in(words_together(post.title, post.source), marks)
    places = joined(chain.from_iterable(found))
    return as_effect(places) == {kept.kind: kept.facts for kept in decision.effects.filter(kind=EffectKind.MARK)}


def _refuse(*problems: str) -> None:
    if problems:
        raise MarksUnfit(fields={"marks": list(problems)})


def as_effect(places: Iterable[Place]) -> dict[str, dict[str, Any]]:
    """As it is kept with the decision; nothing of no marks."""
    kept = [list(place) for place in places]
    return {EffectKind.MARK: {"places": kept}} if kept else {}
