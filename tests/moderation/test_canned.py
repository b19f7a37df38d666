"""Canned replies: what a word begins from, by version and language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from forum.models import Category, Post
from moderation.canned_texts import SHIPPED
from moderation.models import CannedReply, CannedVersion, Case, Decision, DecisionEffect, Level, Seen, ShippedReply
from moderation.services.canned import (
    BracketsLeft,
    CannedUnfit,
    LeadsWrite,
    Use,
    create_first_replies,
    offered_replies,
    require_filled_in,
    write_version,
)
from moderation.services.decisions import MAX_WORD_CHARS, decide
from moderation.services.moderators import leads
from moderation.services.sanctions import Terms, sanction_author
from tests.personas import GuestPost, let_words_leave, sign_in, written_by_guest

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
    assert re.search(r'<textarea name="word"[^>]* autofocus', page)
    assert Post.objects.get().state == "HELD"
    desk.post(place, {**typed, "word": "Dear you. Edited.", "canned-used": use})
    assert DecisionEffect.objects.get().facts == {"reply": shipped.public_id, "version": 1, "language": "fr"}


def test_without_a_script_no_text_chosen_is_said_and_nothing_typed_is_lost(
    client: Client, guest: GuestPost, moderator: User, shipped: CannedReply
) -> None:
    case = Case.objects.get()
    typed = {"seen": str(Seen.of(case)), "action": "RETURN", "word": "Dear you.", "canned-reply": ""}
    answer = sign_in(client, moderator).post(f"/admin/moderation/case/{case.pk}/change/", {**typed, "do": "use_reply"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<a href="#id_canned-reply">Begin from a text</a>: Choose a text first.' in page
    assert "Dear you." in page
    assert Post.objects.get().state == "HELD"


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


def test_over_the_api_a_lead_writes_a_version_and_a_moderator_does_not(
    client: Client, moderator: User, shipped: CannedReply
) -> None:
    desk, address = sign_in(client, moderator), f"/api/v1/desk/canned-replies/{shipped.public_id}/"

    def put(texts: dict[str, str]) -> tuple[int, Any]:
        answer = desk.put(address, {"texts": texts}, content_type="application/json")
        return answer.status_code, answer.json()

    status, told = put({"en": "Hello."})
    assert (status, told["code"]) == (403, "leads-write")
    moderator.groups.add(leads())
    assert put({"en": "Hello.", "de": " "}) == (200, {"texts": {"en": "Hello."}})
    assert put({"en": "Hello."})[0] == 200
    assert shipped.versions.count() == 2
    status, told = put({"en": ""})
    assert (status, told["code"], told["errors"][0]["pointer"]) == (400, "canned-reply-unfit", "#/texts")
    unknown = desk.put(address.replace(shipped.public_id, "0" * 14), {"texts": {}}, content_type="application/json")
    assert unknown.status_code == 404


# --- Brackets that nobody filled in -----------------------------------------------------------------------------------

LEFT = "It says who somebody is: [what it is]. Could you say it more vaguely?"
FILLED = (
    "It says who somebody is: [sic] a [teacher], in [our words](https://example.org/). Could you say it more vaguely?"
)


@pytest.mark.parametrize(
    ("action", "what", "field"),
    [
        ("RETURN", {"word": LEFT}, "word"),
        ("PUBLISH", {"word": LEFT.replace("what it is", "what\n it   is")}, "word"),
        ("HIDE", {"reason": LEFT}, "reason"),
        ("RETURN", {"word": "Por ejemplo: [qué es]."}, "word"),
        ("RETURN", {"word": LEFT.replace("what it is", " what it is\u00a0")}, "word"),
        ("HIDE", {"reason": LEFT.replace("[", "［").replace("]", "］")}, "reason"),
        ("PUBLISH", {"sanction": Terms(Level.WARNING, LEFT)}, "sanction/reason"),
    ],
)
def test_a_bracket_that_was_not_filled_in_is_not_sent_whatever_is_said_the_word_began_from(
    guest: GuestPost, moderator: User, shipped: CannedReply, action: str, what: dict[str, Any], field: str
) -> None:
    case = Case.objects.select_related("post").get()
    with pytest.raises(BracketsLeft) as refused:
        decide(case, actor=moderator, action=action, seen=Seen.of(case), **what)
    assert list(refused.value.fields) == [field]
    assert (Decision.objects.count(), Post.objects.get().state) == (0, "HELD")


def test_brackets_of_ones_own_are_sent_and_cost_a_query_only_where_there_are_any(
    guest: GuestPost, moderator: User, shipped: CannedReply, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        require_filled_in(word="No bracket [ at all.", reason="")
    with django_assert_num_queries(1):
        require_filled_in(word=FILLED, reason="[…]")
    case = Case.objects.select_related("post").get()
    decide(case, actor=moderator, action="RETURN", seen=Seen.of(case), word=FILLED)
    assert Decision.objects.get().word == FILLED


def test_a_bracket_of_an_earlier_version_is_none_of_ones_own_either(shipped: CannedReply, lead: User) -> None:
    write_version(shipped, actor=lead, texts={"en": "Say [which words] you mean."})
    for text in (LEFT, "Say [which words] you mean."):
        with pytest.raises(BracketsLeft):
            require_filled_in(answer=text)


def test_every_door_refuses_a_bracket_at_its_field_and_keeps_what_was_typed(
    client: Client, guest: GuestPost, moderator: User, shipped: CannedReply
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post").get()
    typed = {"seen": str(Seen.of(case)), "action": "RETURN", "word": LEFT, "reason": "Typed reason."}
    page = desk.post(f"/admin/moderation/case/{case.pk}/change/", typed)
    assert page.status_code == 400
    for words in ("Something in brackets is not filled in yet.", LEFT, "Typed reason."):
        assert words in page.content.decode()
    sanction = {"level": "WARNING", "reason": LEFT}
    page = desk.post(
        f"/admin/moderation/case/{case.pk}/change/",
        {
            "seen": str(Seen.of(case)),
            "action": "PUBLISH",
            **{f"sanction-{name}": said for name, said in sanction.items()},
        },
    )
    assert (page.status_code, "Something in brackets is not filled in yet." in page.content.decode()) == (400, True)
    bulk = {"act": "HIDE", "reason": LEFT, "cases": [case.public_id]}
    headers = {"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": f'"{Seen.of(case)}"'}
    for path, body, field in (
        (f"cases/{case.public_id}/decisions/", {"action": "RETURN", "word": LEFT}, "word"),
        (f"cases/{case.public_id}/decisions/", {"action": "PUBLISH", "sanction": sanction}, "sanction/reason"),
        ("batches/preview/", bulk, "reason"),
    ):
        answer = desk.post(f"/api/v1/desk/{path}", body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "brackets-left")
        assert [each["pointer"] for each in answer.json()["errors"]] == [f"#/{field}"]
    assert Decision.objects.count() == 0


def test_nothing_is_lifted_or_taken_back_for_one_at_either_door(
    client: Client, guest: GuestPost, moderator: User, shipped: CannedReply
) -> None:
    desk, case = sign_in(client, moderator), Case.objects.select_related("post__thread__category").get()
    sanction = sanction_author(case.post, actor=moderator, terms=Terms(Level.BAN, "Why."))
    case = Case.objects.select_related("post").get()
    decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="Why.")
    let_words_leave()
    case = Case.objects.select_related("post").get()
    headers = {"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": f'"{Seen.of(case)}"'}
    sent: dict[str, Any] = {"data": {"why": LEFT}, "content_type": "application/json", "headers": headers}
    for answer in (
        desk.put(f"/api/v1/desk/sanctions/{sanction.public_id}/lifting/", **sent),
        desk.post(f"/api/v1/desk/cases/{case.public_id}/reversal/", **sent),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "brackets-left")
        assert [each["pointer"] for each in answer.json()["errors"]] == ["#/why"]
    typed = {"do": "reverse", "reverse-seen": str(Seen.of(case)), "reverse-why": LEFT}
    for page in (
        desk.post(f"/admin/moderation/sanction/{sanction.pk}/change/", {"why": LEFT}),
        desk.post(f"/admin/moderation/case/{case.pk}/change/", typed),
    ):
        assert (page.status_code, LEFT in page.content.decode()) == (400, True)
        assert "Something in brackets is not filled in yet." in page.content.decode()
    sanction.refresh_from_db()
    assert (sanction.lifted_on, Decision.objects.count(), Post.objects.get().state) == (None, 1, "HIDDEN")
