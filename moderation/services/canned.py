"""Canned replies: texts to begin a word from, in the language its author reads. They are edited before they are sent.

Which language somebody reads is kept nowhere, so a moderator chooses it. A decision keeps which version its word began
from (`Use`), never that the two are still alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid, NotAllowed, NotFound
from common.public_id import is_public_id
from forum.text import said
from moderation.canned_texts import SHIPPED
from moderation.models import CannedReply, CannedVersion
from moderation.policies import is_lead

if TYPE_CHECKING:
    from accounts.models import User

MAX_CANNED_CHARS = 2_000  # as a word
_BRACKETS = re.compile(r"\[([^\[\]]+)\](?!\()")  # but those of a link
_WIDE = str.maketrans("\uff3b\uff3d", "[]")  # as keyboards for Chinese and Japanese type them


class LeadsWrite(NotAllowed):
    code = "leads-write"
    message = _("Leads write these texts. Tell one of them what is missing.")


class CannedUnfit(Invalid):
    code = "canned-reply-unfit"
    message = _("Write it in one language at least, in 2,000 characters at most.")


class BracketsLeft(Invalid):
    code = "brackets-left"
    message = _("Something in brackets is not filled in yet. Say it in your own words, or take it out.")


@dataclass(frozen=True, slots=True)
class Use:
    """One text of one version, written "id.version.language"."""

    reply: str
    version: int
    language: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        reply, _dot, rest = text.partition(".")
        version, _dot, language = rest.partition(".")
        if not is_public_id(reply) or not (version.isascii() and version.isdigit()) or len(version) > 4:
            return None
        return cls(reply, int(version), language)

    def __str__(self) -> str:
        return f"{self.reply}.{self.version}.{self.language}"


@dataclass(frozen=True, slots=True)
class Offered:
    id: str
    title: str
    action: str
    version: int
    texts: dict[str, str]

    def uses(self) -> list[tuple[str, str]]:
        """What names each of its texts, and the text."""
        return [(str(Use(self.id, self.version, language)), text) for language, text in self.texts.items()]


@transaction.atomic
def create_first_replies() -> None:
    """Those that come with Hearth, where there are none yet."""
    if CannedReply.objects.exists():
        return
    for place, (shipped, (action, texts)) in enumerate(SHIPPED.items(), start=1):
        reply = CannedReply.objects.create(shipped=shipped, action=action, position=place)
        CannedVersion.objects.create(reply=reply, number=1, texts=texts)


def offered_replies() -> list[Offered]:
    """In their newest version. Two queries."""
    offered = CannedReply.objects.filter(is_offered=True).prefetch_related("versions")
    found = []
    for reply in offered:
        newest = max(reply.versions.all(), key=lambda version: version.number, default=None)
        if newest is not None:
            found.append(Offered(reply.public_id, str(reply), reply.action, newest.number, newest.texts))
    return found


def reply_with(public_id: str) -> CannedReply:
    """Also one that is not offered. Raises NotFound."""
    reply = CannedReply.objects.filter(public_id=public_id).first() if is_public_id(public_id) else None
    if reply is None:
        raise NotFound
    return reply


def text_of(use: Use | None) -> str:
    """ "" for one that is not there."""
    if use is None:
        return ""
    versions = CannedVersion.objects.filter(reply__public_id=use.reply, number=use.version)
    texts = versions.values_list("texts", flat=True).first() or {}
    return str(texts.get(use.language, ""))


def require_filled_in(**said: str) -> None:
    """Of words that somebody will read: no bracket of a canned reply is left as it stood there, whichever the word
    began from. Other brackets are whoever writes it's own. Raises BracketsLeft, naming the fields.

    One query if there is any bracket.
    """
    left = {field: found for field, text in said.items() if (found := _brackets_in(text))}
    if not left:
        return
    of_canned = {
        bracket
        for texts in CannedVersion.objects.values_list("texts", flat=True)
        for text in texts.values()
        for bracket in _brackets_in(text)
    }
    fields = {field: [BracketsLeft.message] for field, found in left.items() if found & of_canned}
    if fields:
        raise BracketsLeft(fields=fields)


def _brackets_in(text: str) -> set[str]:
    """What stands in them, however it is spaced."""
    return {" ".join(bracket.split()) for bracket in _BRACKETS.findall(text.translate(_WIDE))}


@transaction.atomic
def write_version(reply: CannedReply, *, actor: User, texts: Mapping[str, str]) -> CannedVersion:
    """By a lead. The same texts as now are no new version. Decisions keep the one they began from."""
    if not is_lead(actor):
        raise LeadsWrite
    known = dict(settings.LANGUAGES)
    written = {code: words for code, text in texts.items() if code in known and (words := said(text))}
    if not written or any(len(text) > MAX_CANNED_CHARS for text in written.values()):
        raise CannedUnfit(fields={"texts": [CannedUnfit.message]})
    newest = CannedVersion.objects.select_for_update().filter(reply=reply).order_by("-number").first()
    if newest is not None and newest.texts == written:
        return newest
    number = newest.number + 1 if newest else 1
    return CannedVersion.objects.create(reply=reply, number=number, texts=written, moderator=actor)
