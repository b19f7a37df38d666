"""Looking up whose an anonymous post is: two people, a reason, a clock, one look, and nothing left of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from accounts.identity import identity_of
from accounts.models import User as Account
from common.errors import HearthError
from common.sealing import CannotOpen
from config.tasks import forget_old_rows
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.queries import pseudonyms_of
from forum.services.adopting import adopt_posts
from forum.services.anonymity import read_claim
from forum.services.burning import burn_name
from forum.services.posts import start_thread
from forum.services.visibility import erase_post, hold_post
from moderation.audit import problems
from moderation.models import Access, AccessRequest, AuditEntry, Seen
from moderation.queries import looks_at_author
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.holds import place_hold
from moderation.services.moderators import leads
from moderation.services.roles import NotAModerator, OnlyLeads
from moderation.services.two_people import (
    AccessOver,
    AccessUnfit,
    AskedAlready,
    AuthorNotTold,
    NotApproved,
    NothingToUnmask,
    NotYourLook,
    SecondPersonNeeded,
    UnmaskingOff,
    UnmaskingTooLate,
    approve_look,
    ask_for_look,
    look,
)
from tests.house.doors import guest, opened, returning, signed_in, visitor
from tests.house.dump import dump_cache, dump_tables, rows_of, watched_log
from tests.personas import GuestPost, let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
HOURS = dt.timedelta(hours=1)
PAGE = "/admin/moderation/accessrequest/"
API = "/api/v1/desk/looks/"


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.UNMASKING_DAYS = 30
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def masked(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    return start_thread(category, actor=speaker, title="A title", text="Somebody will be hurt.").post


def asked(post: Post, lead: User, **fields: Any) -> AccessRequest:
    return ask_for_look(post, actor=lead, access=Access.UNMASKING, **{"reason": "A threat to a life."} | fields)


def approved(post: Post, lead: User, second: User, **fields: Any) -> AccessRequest:
    return approve_look(asked(post, lead, **fields), actor=second)


def decided(post: Post, actor: User, action: str, *, word: str = "") -> None:
    case = open_case(post, reasons=["premoderated"])
    case.post.refresh_from_db()
    decide(case, actor=actor, action=action, seen=Seen.of(case), word=word)
    let_words_leave()


def told_at(post: Post) -> str:
    return f"/api/v1/posts/{post.public_id}/statements/"


def refused(error: type[HearthError]) -> Any:
    return pytest.raises(error)


# --- Two people -------------------------------------------------------------------------------------------------------


def test_two_people_learn_which_account_it_is(masked: Post, lead: User, second: User, trusted_member: User) -> None:
    seen = look(approved(masked, lead, second), actor=lead)
    assert (seen.account, seen.words) == (trusted_member.pseudonym, ())


def test_one_alone_learns_nothing(masked: Post, lead: User) -> None:
    alone = asked(masked, lead)
    with refused(NotApproved):
        look(alone, actor=lead)
    with refused(SecondPersonNeeded):
        approve_look(alone, actor=lead)
    alone.refresh_from_db()
    assert (alone.approved_by, alone.looked_at) == (None, None)


def test_the_database_refuses_the_same_person_twice(masked: Post, lead: User) -> None:
    alone = asked(masked, lead)
    with pytest.raises(IntegrityError, match="access_takes_two_people"), transaction.atomic():
        AccessRequest.objects.filter(pk=alone.pk).update(approved_by=lead, approved_at=NOW)
    with pytest.raises(IntegrityError, match="access_looked_at_is_approved"), transaction.atomic():
        AccessRequest.objects.filter(pk=alone.pk).update(looked_at=NOW)


def test_a_lead_asks_a_moderator_approves_and_nobody_else(masked: Post, lead: User, second: User, member: User) -> None:
    for somebody in (second, member):
        with refused(OnlyLeads):
            asked(masked, somebody)
    request = asked(masked, lead)
    with refused(NotAModerator):
        approve_look(request, actor=member)
    approve_look(request, actor=second)
    with refused(OnlyLeads):
        look(request, actor=second)
    second.groups.add(leads())
    with refused(NotYourLook):
        look(request, actor=Account.objects.get(pk=second.pk))


@pytest.mark.parametrize(("reason", "access"), [("  ", "UNMASKING"), ("x" * 2_001, "UNMASKING"), ("Why.", "OTHER")])
def test_without_a_reason_nothing_is_asked(masked: Post, lead: User, reason: str, access: str) -> None:
    with refused(AccessUnfit):
        ask_for_look(masked, actor=lead, access=access, reason=reason)
    assert not AccessRequest.objects.exists()


# --- The clock --------------------------------------------------------------------------------------------------------


def test_nobody_approves_after_a_day(masked: Post, lead: User, second: User, clock: time_machine.Traveller) -> None:
    request = asked(masked, lead)
    clock.shift(24 * HOURS)
    with refused(AccessOver):
        approve_look(request, actor=second)


def test_nobody_looks_after_an_hour(masked: Post, lead: User, second: User, clock: time_machine.Traveller) -> None:
    request = asked(masked, lead)
    clock.shift(23 * HOURS)
    approve_look(request, actor=second)
    clock.shift(HOURS)
    with refused(AccessOver):
        look(request, actor=lead)


def test_there_is_one_look(masked: Post, lead: User, second: User) -> None:
    request = approved(masked, lead, second)
    look(request, actor=lead)
    with refused(AccessOver):
        look(request, actor=lead)
    with refused(AccessOver):
        approve_look(request, actor=second)


def test_after_its_days_whose_it_is_is_not_looked_up_any_more(
    masked: Post, lead: User, second: User, clock: time_machine.Traveller
) -> None:
    clock.shift(30 * 24 * HOURS)
    request = approved(masked, lead, second)
    clock.move_to(NOW + dt.timedelta(days=31), tick=False)
    with refused(UnmaskingTooLate):
        asked(masked, lead)
    AccessRequest.objects.filter(pk=request.pk).update(approved_at=NOW + dt.timedelta(days=31))
    with refused(UnmaskingTooLate):
        look(request, actor=lead)


def test_it_is_off_until_whoever_runs_the_site_switches_it_on(masked: Post, lead: User, settings: Settings) -> None:
    settings.UNMASKING_DAYS = 0
    with refused(UnmaskingOff):
        asked(masked, lead)
    assert not AccessRequest.objects.exists()


# --- Whom it finds, and whom not --------------------------------------------------------------------------------------


def test_a_guest_is_nobody_and_nothing_else_of_theirs_is_shown(category: Category, lead: User, second: User) -> None:
    written = written_by_guest(category)
    seen = look(approved(written.post, lead, second), actor=lead)
    assert (seen.account, seen.words) == ("", ())


def test_what_an_account_adopted_is_found(category: Category, lead: User, second: User, member: User) -> None:
    written: GuestPost = written_by_guest(category)
    adopt_posts(read_claim(written.code), actor=member)
    assert look(approved(written.post, lead, second), actor=lead).account == member.pseudonym


def test_a_name_that_was_let_go_is_nobodys(masked: Post, lead: User, second: User, trusted_member: User) -> None:
    request = approved(masked, lead, second)
    author = Reader(trusted_member, opened=pseudonyms_of(masked))
    burn_name(masked, actor=author, owners={identity_of(trusted_member)})
    assert look(request, actor=lead).account == ""


def test_under_a_known_name_there_is_nothing_to_look_up(trusted_member: User, category: Category, lead: User) -> None:
    with refused(NothingToUnmask):
        asked(written_by(trusted_member, category), lead)


def test_without_the_seal_key_nobody_is_found(masked: Post, lead: User, second: User, settings: Settings) -> None:
    request = approved(masked, lead, second)
    settings.SEAL_KEYS = ["another key altogether, of the same length"]
    with pytest.raises(CannotOpen):
        look(request, actor=lead)


# --- What is left of it -----------------------------------------------------------------------------------------------


def test_what_was_seen_stands_in_no_table_cache_or_log(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    """But for the rows where the account itself stands, its name is nowhere, before and after."""
    desk, request = sign_in(Client(), lead), approved(masked, lead, second)
    before = [table for table, row in rows_of(dump_tables()) if trusted_member.pseudonym in str(row)]
    with watched_log() as log:
        answer = desk.post(PAGE, {"do": "look", "look": request.public_id})
    assert trusted_member.pseudonym in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert [table for table, row in rows_of(dump_tables()) if trusted_member.pseudonym in str(row)] == before
    assert trusted_member.pseudonym not in log.getvalue()
    assert trusted_member.pseudonym not in str(dump_cache())


def test_no_column_of_it_points_to_an_author() -> None:
    columns = {field.name for field in AccessRequest._meta.get_fields() if field.is_relation}
    assert columns == {"post", "asked_by", "approved_by"}
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "moderation_accessrequest")
    assert not [column.name for column in table if {"author", "account", "found"} & {*column.name.split("_")}]


def test_the_log_tells_each_step_without_a_name_or_a_word(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    request = approved(masked, lead, second, quiet_because="A court forbids it.")
    look(request, actor=lead)
    log = AuditEntry.objects.filter(event__startswith="access_").order_by("number")
    assert [(entry.event, entry.moderator) for entry in log] == [
        ("access_asked", lead),
        ("access_approved", second),
        ("access_used", lead),
    ]
    for entry in log:
        assert entry.facts == {
            "look": request.public_id, "access": "UNMASKING", "post": masked.public_id, "quiet": True,
        }  # fmt: skip
    assert list(problems()) == []


def test_its_author_reads_it_with_the_post_and_only_after_the_look(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    request = approved(masked, lead, second, reason="A court asks")
    masked.refresh_from_db()
    assert masked.word_to_author == ""
    look(request, actor=lead)
    page = opened(signed_in(trusted_member)).ask(f"/p/{masked.public_id}/").text
    assert "two people of the team together looked up whether an account stands behind this. If one does," in page
    assert "it was kept nowhere. Why: A court asks<" in page
    assert lead.pseudonym not in page
    assert "looked up" not in visitor().ask(f"/p/{masked.public_id}/").text


def test_with_a_reason_on_record_its_author_is_not_told(masked: Post, lead: User, second: User) -> None:
    look(approved(masked, lead, second, quiet_because="A court forbids it."), actor=lead)
    masked.refresh_from_db()
    assert masked.word_to_author == ""


def test_no_later_decision_takes_it_from_its_author(
    masked: Post, lead: User, second: User, trusted_member: User, clock: time_machine.Traveller
) -> None:
    look(approved(masked, lead, second, reason="A court asks"), actor=lead)
    clock.shift(24 * HOURS)
    decided(masked, lead, "RETURN", word="Please leave out the street.")
    decided(masked, lead, "PUBLISH")
    author = opened(signed_in(trusted_member))
    own_page, statements = f"/p/{masked.public_id}/", f"/p/{masked.public_id}/decided/"
    assert "When, and why, stands under" in author.ask(own_page).text
    assert "A court asks" not in author.ask(own_page).text
    assert statements in author.ask(own_page).text
    page = author.ask(statements).text
    assert "Two people of the team together looked up whether an account stands behind this" in page
    assert ">March 3, 2026<" in page
    assert page.count("A court asks") == 1
    assert lead.pseudonym not in page
    told = json.loads(author.ask(told_at(masked)).text)["looked_up"]
    assert told == [{"looked_on": "2026-03-03", "reason": "A court asks"}]
    erase_post(masked, actor=Reader(trusted_member, opened=pseudonyms_of(masked)))
    assert "A court asks" in author.ask(statements).text


def test_what_waits_and_is_published_without_a_word_is_told_of_in_the_inbox(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    inbox, said = "/inbox/", "There is a word from the team for you"
    hold_post(masked, actor=None)
    look(approved(masked, lead, second), actor=lead)
    author = opened(signed_in(trusted_member))
    assert said not in author.ask(inbox).text
    decided(masked, lead, "PUBLISH")
    assert said in author.ask(inbox).text


def test_nobody_else_reads_it(masked: Post, lead: User, second: User, trusted_member: User, other_member: User) -> None:
    look(approved(masked, lead, second), actor=lead)
    for somebody in (visitor(), signed_in(other_member), returning(trusted_member), signed_in(lead)):
        for url in (told_at(masked), f"/p/{masked.public_id}/decided/"):
            assert somebody.ask(url).status == 404


def test_a_guest_reads_it_with_their_words(category: Category, lead: User, second: User) -> None:
    written = written_by_guest(category)
    look(approved(written.post, lead, second, reason="A court asks"), actor=lead)
    Post.objects.update(word_to_author="")
    assert "A court asks" in guest(written.code).ask(f"/p/{written.post.public_id}/decided/").text
    assert "A court asks" in guest(written.code).ask(told_at(written.post)).text


def test_nobody_is_told_of_a_name_that_nobody_was_shown_and_all_are_told_alike(
    category: Category, masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    """Other words for a guest would say that there is an account behind the rest."""
    written = written_by_guest(category)
    seen = look(approved(written.post, lead, second, reason="A court asks"), actor=lead)
    assert seen.account == ""
    look(approved(masked, lead, second, reason="A court asks"), actor=lead)
    for post in (masked, written.post):
        post.refresh_from_db()
    assert masked.word_to_author == written.post.word_to_author
    author = opened(signed_in(trusted_member))
    for somebody, post in ((author, masked), (guest(written.code), written.post)):
        for page in (f"/p/{post.public_id}/", f"/p/{post.public_id}/decided/"):
            assert "If one does, one of them was shown its name, once; it was kept nowhere." in somebody.ask(page).text


def test_its_author_reads_of_no_look_that_was_not_taken_nor_of_a_quiet_one(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    author = opened(signed_in(trusted_member))
    request = approved(masked, lead, second, quiet_because="A court forbids it.")
    look(request, actor=lead)
    approved(masked, lead, second)
    assert json.loads(author.ask(told_at(masked)).text)["looked_up"] == []
    page = author.ask(f"/p/{masked.public_id}/decided/").text
    assert "looked up" not in page
    assert "Nothing was decided against what you wrote here." in page


def test_its_author_can_read_it_for_two_years(
    masked: Post, lead: User, second: User, trusted_member: User, clock: time_machine.Traveller
) -> None:
    look(approved(masked, lead, second), actor=lead)
    for days, is_there in ((729, True), (731, False)):
        clock.move_to(NOW + dt.timedelta(days=days), tick=False)
        forget_old_rows.call()
        told = looks_at_author(Reader(trusted_member, opened=pseudonyms_of(masked)), masked.public_id)
        assert bool(told) is is_there


# --- Where nobody could be told ---------------------------------------------------------------------------------------


def erased(post: Post, author: User) -> None:
    erase_post(post, actor=Reader(author, opened=pseudonyms_of(post)))


def test_of_what_its_author_erased_nobody_is_looked_up_in_silence(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    erased(masked, trusted_member)
    with refused(AuthorNotTold):
        asked(masked, lead)
    assert not AccessRequest.objects.exists()
    request = approved(masked, lead, second, quiet_because="They are gone, and a life is at risk.")
    assert look(request, actor=lead).account == trusted_member.pseudonym
    assert AuditEntry.objects.get(event="access_used").facts["quiet"]


def test_nor_when_it_was_erased_between_asking_and_looking(
    masked: Post, lead: User, second: User, trusted_member: User
) -> None:
    request = approved(masked, lead, second)
    erased(masked, trusted_member)
    with refused(AuthorNotTold):
        look(request, actor=lead)
    assert AccessRequest.objects.get().looked_at is None
    page = sign_in(Client(), lead).get(PAGE).text
    assert "It was erased since" in page
    assert "Look now, once" not in page
    again = approved(masked, lead, second, quiet_because="A life is at risk.")
    assert look(again, actor=lead).account == trusted_member.pseudonym


def test_sealed_words_of_what_was_erased_are_looked_at_as_ever(
    trusted_member: User, category: Category, lead: User, second: User
) -> None:
    post = written_by(trusted_member, category)
    place_hold(post, actor=lead, reason="A court asked.", until=NOW.date() + dt.timedelta(days=9))
    erase_post(post, actor=Reader(trusted_member))
    request = ask_for_look(post, actor=lead, access=Access.EVIDENCE, reason="The court's date.")
    assert look(approve_look(request, actor=second), actor=lead).words


# --- One at a time ----------------------------------------------------------------------------------------------------


def test_what_is_asked_for_and_stands_is_not_asked_for_again(
    masked: Post, lead: User, second: User, clock: time_machine.Traveller
) -> None:
    request = asked(masked, lead)
    with refused(AskedAlready):
        asked(masked, lead, reason="Another.")
    assert AccessRequest.objects.get() == request
    clock.shift(24 * HOURS)
    request = approved(masked, lead, second)
    with refused(AskedAlready):
        asked(masked, lead)
    look(request, actor=lead)
    asked(masked, lead)


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_on_the_desk_from_asking_to_looking(masked: Post, lead: User, second: User, trusted_member: User) -> None:
    leads_desk, seconds_desk = sign_in(Client(), lead), sign_in(Client(), second)
    sent = {"do": "ask", "post": f"https://here.example/p/{masked.public_id}/", "access": "UNMASKING", "reason": "Why."}
    assert leads_desk.post(PAGE, sent).status_code == 302
    request = AccessRequest.objects.get()
    assert "It waits for somebody else" in leads_desk.get(PAGE).text
    leads_desk.post(PAGE, {"do": "approve", "look": request.public_id})
    assert AccessRequest.objects.get().approved_by is None
    assert "I have read why, and approve it" in seconds_desk.get(PAGE).text
    assert seconds_desk.post(PAGE, {"do": "approve", "look": request.public_id}).status_code == 302
    assert trusted_member.pseudonym not in leads_desk.get(PAGE).text
    assert seconds_desk.post(PAGE, {"do": "look", "look": request.public_id}).status_code == 302
    assert (
        f"<strong>{trusted_member.pseudonym}</strong>"
        in leads_desk.post(PAGE, {"do": "look", "look": request.public_id}).text
    )
    assert trusted_member.pseudonym not in leads_desk.get(PAGE).text


def test_the_queue_tells_the_others_that_a_second_person_is_needed(
    masked: Post, lead: User, second: User, clock: time_machine.Traveller
) -> None:
    request, queue, words = asked(masked, lead), "/admin/moderation/case/", "A lead asks for a second person"
    assert words in sign_in(Client(), second).get(queue).text
    assert words not in sign_in(Client(), lead).get(queue).text
    clock.shift(24 * HOURS)
    assert words not in sign_in(Client(), second).get(queue).text
    clock.move_to(NOW, tick=False)
    approve_look(request, actor=second)
    assert words not in sign_in(Client(), second).get(queue).text


def test_what_is_off_is_not_offered(lead: User, settings: Settings) -> None:
    assert 'value="UNMASKING"' in sign_in(Client(), lead).get(PAGE).text
    settings.UNMASKING_DAYS = 0
    assert 'value="UNMASKING"' not in sign_in(Client(), lead).get(PAGE).text


def test_what_was_typed_stays_when_it_is_refused(masked: Post, lead: User, settings: Settings) -> None:
    settings.UNMASKING_DAYS = 0
    sent = {"do": "ask", "post": masked.public_id, "access": "UNMASKING", "reason": "Typed already."}
    answer = sign_in(Client(), lead).post(PAGE, sent)
    assert answer.status_code == 400
    assert "Typed already." in answer.text
    assert "looks up nobody" in answer.text


def test_over_the_api(masked: Post, lead: User, second: User, trusted_member: User, member: User) -> None:
    body = {"post_id": masked.public_id, "access": "UNMASKING", "reason": "Why."}
    made = signed_in(lead).ask(API, "POST", data=body)
    assert made.status == 201
    one = f"{API}{json.loads(made.text)['id']}/"
    assert signed_in(lead).ask(f"{one}approval/", "PUT").status == 403
    assert signed_in(lead).ask(f"{one}opening/", "POST").status == 409
    assert signed_in(second).ask(f"{one}approval/", "PUT").status == 200
    for somebody, status in ((signed_in(second), 403), (visitor(), 401), (signed_in(trusted_member), 403)):
        assert somebody.ask(f"{one}opening/", "POST").status == status
    seen = signed_in(lead).ask(f"{one}opening/", "POST")
    assert json.loads(seen.text) == {"access": "UNMASKING", "account": trusted_member.pseudonym, "words": []}
    again = signed_in(lead).ask(f"{one}opening/", "POST")
    assert (again.status, json.loads(again.text)["code"]) == (409, "access-over")
    assert trusted_member.pseudonym not in signed_in(second).ask(API).text
