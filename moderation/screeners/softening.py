"""A vaguer wording for what identifies: offered, never imposed. "Publish as it is" is always possible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from moderation.screeners.identifying import Finding

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_VAGUER: dict[str, _StrOrPromise] = {
    "email": _("[an e-mail address]"),
    "url": _("[a website]"),
    "ip": _("[an internet address]"),
    "coordinates": _("[a place]"),
    "handle": _("[a profile]"),
    "phone": _("[a number]"),
    "plate": _("[a number plate]"),
    "address": _("[an address]"),
    "workplace": _("[a workplace or school]"),
    "name": _("[a name]"),
}
_TELLS: dict[str, _StrOrPromise] = {
    "email": _("An e-mail address leads to a person."),
    "url": _("This page may show who you are, or who somebody else is."),
    "ip": _("An internet address can lead to a home."),
    "coordinates": _("This shows a place on a map."),
    "handle": _("A profile elsewhere leads to a person."),
    "phone": _("A number can be called, and looked up."),
    "plate": _("A number plate leads to a car's owner."),
    "address": _("This shows where somebody lives or stays."),
    "workplace": _("Somebody could wait outside."),
    "name": _("A full name can be searched for, and the person may recognise your story."),
}


def suggestion(finding: Finding) -> str:
    """What could stand there instead, in the reader's language."""
    return str(_VAGUER[finding.type])


def what_it_tells(finding: Finding) -> str:
    return str(_TELLS[finding.type])


def softened(text: str, findings: Iterable[Finding]) -> str:
    """The text with the vaguer wording of each finding. Findings are of this very text, and do not overlap."""
    for finding in sorted(findings, key=lambda one: one.start, reverse=True):
        text = text[: finding.start] + suggestion(finding) + text[finding.end :]
    return text
