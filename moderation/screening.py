"""Moderation answers what forum asks: does this need a first look, does its author need help? And what it asks itself:
should somebody look at these words? Words may raise a case; they never hold, hide or publish a post.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crisis.models import Kind
from crisis.queries import contacts_here
from forum.authorship import SpeaksAs
from forum.draft_check import DraftText, Remark
from forum.queries import has_published_before
from forum.screening import Submission, Verdict
from moderation.models import RaidSwitch, Screener, Switch
from moderation.screeners import breaks_wish, find_identifying, read_post, read_reply
from moderation.screeners.danger import Danger
from moderation.screeners.lexicon import Lexicon
from moderation.screeners.softening import suggestion, what_it_tells
from moderation.screeners.weighing import Cue

_OF_SERVICES_TOO = frozenset({"phone", "url"})
_HELP: dict[str, tuple[str, ...]] = {
    "self_harm": (Kind.SUICIDE, Kind.MENTAL_HEALTH, Kind.DOMESTIC_ABUSE),
    "imminent_danger": (Kind.DOMESTIC_ABUSE, Kind.SEXUAL_VIOLENCE),
    "child_risk": (Kind.CHILD, Kind.DOMESTIC_ABUSE),
    "stalking": (Kind.STALKING_TECH, Kind.DOMESTIC_ABUSE),
}


def screen(submission: Submission) -> Verdict:
    """What only holds for some hours says nothing of the name: what is settled with its first post stays as it was."""
    for_now = (*_raid(), *_watched(submission))
    if submission.is_appearing:
        return Verdict(for_now)
    newcomer = _newcomer(submission)
    return Verdict((*for_now, *_premoderated(submission), *newcomer), name_waits="guest" in newcomer)


def _raid() -> tuple[str, ...]:
    """Whoever writes, new words and changed ones: what is known of somebody says nothing about a stolen account."""
    return ("raid",) if RaidSwitch.on(Switch.HOLD_EVERYTHING) else ()


def _premoderated(submission: Submission) -> tuple[str, ...]:
    return ("premoderated",) if submission.is_premoderated else ()


def _watched(submission: Submission) -> tuple[str, ...]:
    """Said of the very name that a decision stands against, where everybody at the desk can see that it does. Never of
    another name of the same person: whose it is would be told.
    """
    return ("watched",) if submission.is_name_watched else ()


def _newcomer(submission: Submission) -> tuple[str, ...]:
    """Guests always wait; members until a post under their pseudonym was published once; under anonymous names also
    members of whom another name is watched.

    Of an anonymous post the reason does not say which of the three it was, and all that follows under its name is
    treated as its first post was: whatever changed later could be set beside what changed for another name.
    """
    is_trusted = submission.member is not None and has_published_before(submission.member)
    if submission.speaks_as is SpeaksAs.PSEUDONYM:
        return () if is_trusted else ("newcomer",)
    waits = submission.name_waits
    if waits is None:
        waits = not is_trusted or submission.is_author_watched
    return ("guest",) if waits or submission.speaks_as is SpeaksAs.GUEST else ()


def help_for(title: str, source: str) -> tuple[str, ...]:
    danger = read_post(source, title, get_language()).danger
    return _HELP.get(danger.label, ())


def identifying_details(draft: DraftText) -> list[Remark]:
    """What could help somebody find its author. Never the number or the page of a service in this site's directory."""
    texts = {"title": draft.title, "text": draft.text}
    found = [(field, finding) for field, words in texts.items() for finding in find_identifying(words)]
    if any(finding.type in _OF_SERVICES_TOO for _field, finding in found):
        ours = contacts_here()
        found = [
            (field, finding)
            for field, finding in found
            if finding.type not in _OF_SERVICES_TOO or not ours.has(texts[field][finding.start : finding.end])
        ]
    return [
        Remark(
            kind="identifying",
            type=finding.type,
            field=field,
            start=finding.start,
            end=finding.end,
            says=what_it_tells(finding),
            wording=suggestion(finding),
        )
        for field, finding in found
    ]


_ASKED = {
    "no_leave": _("Whoever began this asked not to be told to leave. These words may sound like it."),
    "no_religion": _("Whoever began this asked for no religion. These words may sound like it."),
    "no_advice": _("Whoever began this asked for no advice. These words may sound like it."),
    "heard": _("Whoever began this asked you just to listen. These words may sound like advice."),
    "believed": _("Whoever began this asked to be believed. These words may sound like advice instead."),
}


def broken_wishes(draft: DraftText) -> list[Remark]:
    """What in a reply may be other than what its conversation asks for. Each passage once: limits say it more exactly
    than the wish, and come first.
    """
    remarks: list[Remark] = []
    for breach in breaks_wish(draft.text, draft.reply_wish, draft.reply_limits, get_language()):
        if all(breach.end <= other.start or other.end <= breach.start for other in remarks):
            says = str(_ASKED[breach.code])
            remarks.append(Remark("wish", breach.code, "text", breach.start, breach.end, says))
    return remarks


@dataclass(frozen=True, slots=True)
class Concern:
    """What a screener made of a text, and the rules that say so with their places."""

    screener: Screener
    label: str
    severity: int
    cues: tuple[Cue, ...]
    rule_set: str
    danger: Danger | None = None

    def said_by(self, cue: Cue) -> tuple[str, int]:
        """The label and the severity that this one rule speaks for: a text may hold two dangers."""
        return self.danger.said_by(cue) if self.danger else (self.label, self.severity)

    @property
    def reason(self) -> str:
        """Why there is a case, as a code of moderation/states.py."""
        return f"{self.screener}:{self.label}:{self.severity}" if self.severity else f"{self.screener}:{self.label}"


def dangers_in_a_report(text: str) -> list[str]:
    """As codes of moderation/states.py. Not those of the post's own words: whose words these are its author never
    learns, as they would where a statement of reasons says that a program noticed something.
    """
    return [f"reported:{each.label}:{each.severity}" for each in concerns_in("", text, is_reply=False)]


def concerns_in(title: str, source: str, *, is_reply: bool, rules: Lexicon | None = None) -> list[Concern]:
    """What somebody should look at. Of a story, its care for others is not asked. `rules`: to try others."""
    language = get_language()
    reading = read_reply(source, language, rules=rules) if is_reply else read_post(source, title, language, rules=rules)
    concerns = []
    if reading.danger.is_flagged:
        danger = reading.danger
        concerns.append(Concern(Screener.DANGER, danger.label, danger.severity, danger.cues, reading.rule_set, danger))
    if is_reply and reading.reply.is_flagged:
        concerns.append(Concern(Screener.CARE, reading.reply.label, 0, reading.reply.cues, reading.rule_set))
    return concerns
