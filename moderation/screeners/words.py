"""What a family of rules says, in a moderator's words. Calm, and about the text: never about the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LABELS: dict[str, _StrOrPromise] = {
    "self_harm": _("somebody may want to die, or hurt themselves"),
    "imminent_danger": _("somebody may be in danger from another person"),
    "child_risk": _("a child may be at risk"),
    "stalking": _("somebody may be followed or watched"),
    "victim_blaming": _("may put the blame on who was hurt"),
    "hostile": _("may be hostile"),
    "spam": _("may sell something"),
    "contact_solicitation": _("may ask for private contact, or where somebody is"),
    "offtopic": _("may be about something else"),
}
SEVERITIES: dict[int, _StrOrPromise] = {3: _("now"), 2: _("serious"), 1: _("worrying")}
FAMILIES: dict[str, _StrOrPromise] = {
    "ideation": _("speaks of wanting to die"),
    "no_wish_to_live": _("speaks of not wanting to live"),
    "passive": _("speaks of not waking up, or of no point in going on"),
    "burden": _("feels like a burden"),
    "hopeless": _("sounds without hope"),
    "farewell": _("says goodbye"),
    "plan": _("speaks of a plan"),
    "means": _("has something at hand"),
    "attempt": _("speaks of an attempt"),
    "self_injury": _("speaks of hurting themselves"),
    "other_suicide": _("somebody else may want to die, or says so"),
    "hint_of_means": _("names something dangerous"),
    "hint_of_death": _("sounds close to death"),
    "attacker_near": _("somebody dangerous is near"),
    "strangulation": _("speaks of being choked or strangled"),
    "weapon": _("speaks of a weapon"),
    "threat_to_kill": _("speaks of a threat to kill"),
    "threat": _("speaks of a threat"),
    "violence": _("speaks of being hit or pushed"),
    "injury": _("speaks of an injury"),
    "sexual": _("speaks of sexual violence"),
    "confinement": _("speaks of being locked in, or of papers taken away"),
    "forced_marriage": _("speaks of a forced marriage"),
    "own_intent": _("speaks of hurting somebody"),
    "fear_for_life": _("fears for a life"),
    "fear": _("is afraid of somebody"),
    "hint_of_force": _("may speak of force"),
    "hint_of_threat": _("may speak of a threat"),
    "hint_of_fear": _("sounds frightened"),
    "child_harm": _("speaks of a child being hurt"),
    "child_sexual": _("speaks of sexual harm to a child"),
    "neglect": _("speaks of a child left alone or without food"),
    "following": _("speaks of being followed or waited for"),
    "tracking": _("speaks of a tracker, a camera or a watched phone"),
    "contact": _("speaks of contact that does not stop"),
    "order_breached": _("speaks of a court order that was broken"),
    "exposed": _("speaks of details or pictures made public"),
    "hint_of_watching": _("may speak of being watched"),
    "hint_of_finding": _("may speak of being found"),
    "now": _("says that it is now, or soon"),
    "separation": _("is leaving, or has just left"),
    "minor": _("may be under eighteen"),
    "blame": _("says whose fault it is"),
    "blame_weak": _("hints at whose fault it is"),
    "two_sides": _("asks for the other side"),
    "minimise": _("makes it small"),
    "why_stay": _("asks why she stayed"),
    "insult": _("calls somebody names"),
    "dismiss": _("tells somebody to be silent"),
    "menace": _("threatens, or wishes harm"),
    "invite": _("asks for contact elsewhere"),
    "whereabouts": _("asks where somebody is, or how old"),
    "channel": _("names another way to talk"),
    "offer": _("offers something for sale, or a promise"),
    "sells": _("sounds like an advertisement"),
    "price": _("names a price"),
    "topic": _("is about something else"),
    "stray": _("looks lost"),
}
FRAMES: dict[str, _StrOrPromise] = {
    "negated": _("said not to be so"),
    "quoted": _("in quotation marks"),
    "past": _("told as long past"),
    "closed": _("told as over"),
    "idiom": _("a figure of speech"),
    "media": _("about a film, a book or the news"),
    "helping": _("said to help others"),
    "laughter": _("said laughing"),
    "counter": _("somebody else's words"),
}
