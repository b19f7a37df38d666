"""Concerns: what the screeners find in a post raises its case, and is kept as rules and places, never as words.

They raise, and nothing else: a post that nobody holds stays where it is, and waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from moderation.models import REWRITTEN, Case, CaseState, Signal
from moderation.screening import Concern, concerns_in
from moderation.services.cases import live_case_of, open_case

if TYPE_CHECKING:
    from forum.models import Post


@transaction.atomic
def note_concerns(post: Post, *, waits_because: Sequence[str] = ()) -> Case | None:
    """Reads a post that was just written or changed. `waits_because`: why it is held anyway.

    Its live case gets the reasons, and with them its lane, and the signals of the text as it stands now. Without one,
    what a moderator has seen in this post and decided opens none again.
    """
    concerns = concerns_in(post.title, post.source, is_reply=post.parent_id is not None)
    case = live_case_of(post)
    if case is not None:
        _set_aside(case, concerns)
    if not waits_because and not (concerns if case else _is_news(post, concerns)):
        return case
    case = open_case(post, reasons=[*waits_because, *(concern.reason for concern in concerns)])
    Signal.objects.bulk_create(_signals(case, concerns))
    return case


@transaction.atomic
def forget_signals(post: Post) -> None:
    """When its words are erased. Also of closed cases."""
    Signal.objects.filter(case__post_id=post.pk).delete()


def judge_signals(case: Case, right: Mapping[str, bool]) -> None:
    """What a moderator said of each label, kept beside the rules that gave it: so rules learn, without a text."""
    for label, is_right in right.items():
        case.signals.filter(label=label).update(is_right=is_right)


def _is_news(post: Post, concerns: Iterable[Concern]) -> bool:
    seen = Signal.objects.filter(case__post_id=post.pk, case__state=CaseState.CLOSED)
    known = set(seen.values_list("label", "severity", "rule"))
    found = {(*concern.said_by(cue), cue.rule) for concern in concerns for cue in concern.cues}
    return bool(found - known)


def _set_aside(case: Case, concerns: Iterable[Concern]) -> None:
    """What was found in the text before goes, its places with it; of a label that is found no more it stays as said of
    words that were changed, so that a moderator can still say whether it was right.
    """
    found = {concern.said_by(cue)[0] for concern in concerns for cue in concern.cues}
    case.signals.filter(label__in=found).delete()
    case.signals.update(frames=[REWRITTEN])


def _signals(case: Case, concerns: Iterable[Concern]) -> list[Signal]:
    return [
        Signal(
            case=case,
            screener=concern.screener,
            label=label,
            severity=severity,
            rule=cue.rule,
            rule_set=concern.rule_set,
            frames=list(cue.frames),
            start=cue.start,
            end=cue.end,
        )
        for concern in concerns
        for cue in concern.cues
        for label, severity in (concern.said_by(cue),)
    ]
