"""Canned replies: what a word begins from, by version and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from forum.models import Category, Post
from moderation.canned_texts import SHIPPED
from moderation.models import CannedReply, CannedVersion, Case, DecisionEffect, Seen, ShippedReply
from moderation.services.canned import CannedUnfit, Use, create_first_replies, offered_replies, write_version
from moderation.services.cases import LeadsWrite
from moderation.services.decisions import MAX_WORD_CHARS
from moderation.services.moderators import leads
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/cannedreply/"


@pytest.fixture
def lead(moderator: User) -> User:
    moderator.groups.add(leads())
    return moderator


@pytest.fixture
def shipped(db: None) -> CannedReply:
    create_first_replies()
    return CannedReply.objects.get(shipped=ShippedReply.IDENTIFIES)


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.mark.parametrize("reply", ShippedReply)
def test_what_comes_with_hearth_is_there_in_every_language_of_the_desk_and_fits_a_word(reply: ShippedReply) -> None:
    _action, texts = SHIPPED[reply]
    assert set(texts) == {code for code, _name in settings.LANGUAGES}
    assert all(0 < len(text) <= MAX_WORD_CHARS for text in texts.values())


def test_they_are_laid_once(shipped: CannedReply) -> None:
    CannedReply.objects.exclude(pk=shipped.pk).delete()
    create_first_replies()
    assert CannedReply.objects.count() == 1


def test_a_change_is_a_new_version_and_the_old_one_stays(shipped: CannedReply, lead: User) -> None:
    before = shipped.versions.get()
    changed = write_version(shipped, actor=lead, texts={"en": "Other words.", "xx": "Of no language."})
    assert (changed.number, changed.texts) == (2, {"en": "Other words."})
    assert write_version(shipped, actor=lead, texts={"en": "Other words."}) == changed
    before.refresh_from_db()
    assert before.texts == SHIPPED[ShippedReply.IDENTIFIES][1]
    assert next(each for each in offered_replies() if each.id == shipped.public_id).version == 2


def test_leads_alone_write_them_and_never_nothing(shipped: CannedReply, moderator: User) -> None:
    with pytest.raises(LeadsWrite):
        write_version(shipped, actor=moderator, texts={"en": "Mine."})
    moderator.groups.add(leads())
    fresh = type(moderator).objects.get(pk=moderator.pk)
    with pytest.raises(CannedUnfit):
        write_version(shipped, actor=fresh, texts={"en": "  "})
    assert CannedVersion.objects.filter(reply=shipped).count() == 1


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "x.1", "\0.1.en", "00000000000000.99999.en"])
def test_what_names_no_text_names_none(text: str) -> None:
    assert Use.parse(text) is None


# --- Through the doors ------------------------------------------------------------------------------------------------


def test_without_a_script_the_page_comes_back_with_the_text_in_the_word_and_all_that_was_typed(
    client: Client, guest: GuestPost, moderator: User, shipped: CannedReply
) -> None:
    desk = sign_in(client, moderator)
    case = Case.objects.get()
    place = f"/admin/moderation/case/{case.pk}/change/"
    typed = {
        "seen": str(Seen.of(case)), "action": "RETURN", "word": "Dear you.", "reason": "Typed reason.",
        "canned-reply": shipped.public_id, "canned-language": "fr", "sanction-reason": "Typed for them.",
    }  # fmt: skip
    answer = desk.post(place, {**typed, "do": "use_reply"})
    page = answer.content.decode()
    use = str(Use(shipped.public_id, 1, "fr"))
    assert answer.status_code == 200
    assert "Dear you.\n\nMerci d" in page
    assert "Typed reason." in page
    assert "Typed for them." in page
    assert f'name="canned-used" value="{use}"' in page
    assert 'class="errornote"' not in page
    assert Post.objects.get().state == "HELD"
    desk.post(place, {**typed, "word": "Dear you. Edited.", "canned-used": use})
    assert DecisionEffect.objects.get().facts == {"reply": shipped.public_id, "version": 1, "language": "fr"}


def test_a_lead_writes_one_at_the_desk_and_a_moderator_does_not(
    client: Client, moderator: User, shipped: CannedReply
) -> None:
    desk = sign_in(client, moderator)
    assert desk.get(LIST).status_code == 403
    moderator.groups.add(leads())
    lead = sign_in(Client(), moderator)
    assert lead.get(LIST).status_code == 200
    fields = {"title": "Our own", "action": "RETURN", "position": 9, "is_offered": "on"}
    assert lead.post(f"{LIST}add/", {**fields, "text_en": ""}).status_code == 200
    assert lead.post(f"{LIST}add/", {**fields, "text_en": "Hello.", "text_de": "Hallo."}).status_code == 302
    own = CannedReply.objects.get(title="Our own")
    assert own.versions.get().texts == {"en": "Hello.", "de": "Hallo."}
    lead.post(f"{LIST}{own.pk}/change/", {**fields, "text_en": "Hello again."})
    assert own.versions.count() == 2
    assert lead.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_api_lists_them_and_keeps_which_one_a_word_began_from(
    client: Client, guest: GuestPost, moderator: User, shipped: CannedReply
) -> None:
    desk = sign_in(client, moderator)
    listed = desk.get("/api/v1/desk/canned-replies/").json()["replies"]
    assert {reply["action"] for reply in listed} == {"RETURN", "HIDE", "LEAVE", "PUBLISH"}
    case = Case.objects.get()
    body = {"action": "RETURN", "word": "Edited.", "also": {"reply": f"{shipped.public_id}.1.en"}}
    answer = desk.post(
        f"/api/v1/desk/cases/{case.public_id}/decisions/", body, content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": str(Seen.of(case))},
    ).json()  # fmt: skip
    assert answer["decisions"][0]["effects"][0]["kind"] == "REPLY"
