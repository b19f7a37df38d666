"""House rules: versions that are never changed, and which one each member agreed to.

That is a number in the member's own sealed record: a copy of the database does not show who agreed when, beside what
was written in the same minute. Guests are told in a sentence; nothing is kept of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import identity_of
from common.errors import Conflict, NotFound
from forum.models import HouseRules
from forum.text import clean_source, render_post

if TYPE_CHECKING:
    from accounts.models import User
    from forum.authorship import Speaker

# Of an identity: the number of the version.
AGREED = sealed_records.Kind(
    "house-rules",
    what="which version of the house rules you agreed to",
    kept="as long as the account",
    copied="no: it is one number",
    erased="it goes",
)
MAX_CHARS = 10_000


class RulesChanged(Conflict):
    code = "house-rules-changed"
    message = _(
        "The house rules have changed. Please read them and say that you agree. Your words are still here, to be sent "
        "then."
    )


NONE_AGREED_YET = _("Please read the house rules and say that you agree. Your words are still here, to be sent then.")


def publish_rules(text: str, *, actor: User | None) -> HouseRules:
    """The next version, from now on. `actor` None: the system's first. Raises what `clean_source` does."""
    source = clean_source(text, max_chars=MAX_CHARS)
    with transaction.atomic():
        newest = HouseRules.objects.aggregate(newest=Max("version"))["newest"] or 0
        return HouseRules.objects.create(version=newest + 1, text=source, html=render_post(source))


def create_first_rules() -> bool:
    """What a new forum begins with. Returns whether there were none."""
    if HouseRules.objects.exists():
        return False
    publish_rules(first_rules(), actor=None)
    return True


def current_rules() -> HouseRules | None:
    return HouseRules.objects.first()


def rules_of(version: int) -> HouseRules:
    rules = HouseRules.objects.filter(version=version).first()
    if rules is None:
        raise NotFound
    return rules


def rules_to_agree_to(member: User) -> HouseRules | None:
    """The current ones, if this member has not agreed to them. Two queries at most."""
    rules = current_rules()
    return rules if rules is not None and agreed_version(member) != rules.version else None


def agreed_version(member: User) -> int:
    """0: to none yet."""
    return sealed_records.read(AGREED, identity_of(member)) or 0


def agree_to_rules(member: User, version: int) -> None:
    """Raises NotFound for a version that never was, RulesChanged for one that is not the current one any more."""
    if rules_of(version) != current_rules():
        raise RulesChanged
    with transaction.atomic():
        sealed_records.write(AGREED, identity_of(member), version)


def require_agreement(speaker: Speaker) -> None:
    """Of whoever writes as a member, under whichever name. Raises RulesChanged."""
    if speaker.member is not None and rules_to_agree_to(speaker.member) is not None:
        raise RulesChanged(None if agreed_version(speaker.member) else NONE_AGREED_YET)


def first_rules() -> str:
    """In the language of the site."""
    rules = (
        _now("**We believe each other.** Nobody has to prove what happened, or that it was bad enough."),
        _now("**Nobody is told to stay or to go.** Say what it was like for you; the rest is everybody's own choice."),
        _now("**Keep yourself hard to find.** Leave out names, places, schools, workplaces and exact dates."),
        _now("**Nobody looks for who somebody is,** and what is read here is not carried elsewhere."),
        _now("**Be gentle.** No insults, no diagnoses, and no measuring whose pain is worse."),
        _now("**Answer what was asked for.** Some want to be heard and nothing else; advice is for those who ask."),
        _now("**Nothing is sold, collected or studied here,** and nobody is asked to meet or to write elsewhere."),
        _now("**Tell the team when something is wrong.** A person reads every report. You need not be sure."),
    )
    return "\n".join(f"{number}. {rule}" for number, rule in enumerate(rules, start=1))
