"""Canned replies: texts to begin a word from, in the language its author reads. They are edited before they are sent.

Which language somebody reads is kept nowhere, so a moderator chooses it. A decision keeps which version its word began
from (`Use`), never that the two are still alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from common.public_id import is_public_id
from moderation.canned_texts import SHIPPED
from moderation.models import CannedReply, CannedVersion
from moderation.policies import is_lead
from moderation.services.cases import LeadsWrite

if TYPE_CHECKING:
    from accounts.models import User

MAX_CANNED_CHARS = 2_000  # as a word


class CannedUnfit(Invalid):
    code = "canned-reply-unfit"
    message = _("Write it in one language at least, in 2,000 characters at most.")


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


def text_of(use: Use | None) -> str:
    """ "" for one that is not there."""
    if use is None:
        return ""
    versions = CannedVersion.objects.filter(reply__public_id=use.reply, number=use.version)
    texts = versions.values_list("texts", flat=True).first() or {}
    return str(texts.get(use.language, ""))


@transaction.atomic
def write_version(reply: CannedReply, *, actor: User, texts: Mapping[str, str]) -> CannedVersion:
    """By a lead. The same texts as now are no new version. Decisions keep the one they began from."""
    if not is_lead(actor):
        raise LeadsWrite
    known = dict(settings.LANGUAGES)
    written = {code: text.strip() for code, text in texts.items() if code in known and text.strip()}
    if not written or any(len(text) > MAX_CANNED_CHARS for text in written.values()):
        raise CannedUnfit(fields={"text": [CannedUnfit.message]})
    newest = CannedVersion.objects.select_for_update().filter(reply=reply).order_by("-number").first()
    if newest is not None and newest.texts == written:
        return newest
    number = newest.number + 1 if newest else 1
    return CannedVersion.objects.create(reply=reply, number=number, texts=written, moderator=actor)
