""" "Someone who hurt me may be here": hidden at once, looked at first, no signal to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.identity import identity_of
from accounts.models import SealedRecord
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.blocking import HidingUnknown, blocks_of
from forum.services.posts import start_thread
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, Report
from moderation.services.reports import report_and_hide, report_post
from tests.house.doors import Somebody, answer_of, returning, signed_in, visitor
from tests.personas import PASSWORD, open_cases, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="Nineteen", text="Nineteen winters.")


@pytest.fixture
def his(other_member: User, category: Category) -> Post:
    return publish_post(written_by(other_member, category), actor=None)


def send(client: Client, post: Post, **said: str) -> str:
    answer = client.post(f"/p/{post.public_id}/report/", {"reason": "HURT_ME", **said})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_next_page_he_asks_for_has_nothing_of_hers(
    trusted_member: User, other_member: User, hers: Post, his: Post
) -> None:
    him, her = sign_in(Client(), other_member), sign_in(Client(), trusted_member)
    assert "Nineteen" in him.get("/").content.decode()
    assert "hidden from whoever wrote this" in send(her, his)
    assert "Nineteen" not in him.get("/").content.decode()
    assert him.get(f"/t/{hers.thread.public_id}/").status_code == 404


def test_his_own_posts_are_untouched_and_nothing_tells_him(
    trusted_member: User, other_member: User, hers: Post, his: Post
) -> None:
    him = sign_in(Client(), other_member)
    him.post("/accounts/reauthenticate/", {"password": PASSWORD})
    pages = (f"/t/{his.thread.public_id}/", f"/p/{his.public_id}/", "/mine/", "/inbox/", "/blocks/")
    before = [answer_of(him.get(page)).comparable for page in pages]
    send(sign_in(Client(), trusted_member), his)
    assert [answer_of(him.get(page)).comparable for page in pages] == before
    his.refresh_from_db()
    assert his.state == "PUBLISHED"


def test_she_reads_on_and_so_does_everybody_else(trusted_member: User, moderator: User, hers: Post, his: Post) -> None:
    her = sign_in(Client(), trusted_member)
    send(her, his)
    for client, post in ((her, his), (Client(), hers), (sign_in(Client(), moderator), hers)):
        assert client.get(f"/t/{post.thread.public_id}/").status_code == 200


def test_it_stands_before_everything_that_waited_longer(trusted_member: User, category: Category, his: Post) -> None:
    waiting = written_by_guest(category).post
    send(sign_in(Client(), trusted_member), his)
    assert [case.post_id for case in open_cases()] == [his.pk, *_others(his)]
    assert waiting.pk in _others(his)


def _others(post: Post) -> list[int]:
    return list(
        Case.objects.filter(state="OPEN")
        .exclude(post_id=post.pk)
        .order_by("opened_at", "pk")
        .values_list("post_id", flat=True)
    )


def test_an_open_case_becomes_urgent_and_stays_so(category: Category, his: Post) -> None:
    report_post(his, actor="a", reason="SPAM")
    assert not Case.objects.get(post=his).is_urgent
    report_post(his, actor="b", reason="DANGER")
    report_post(his, actor="c", reason="SPAM")
    assert Case.objects.get(post_id=his.pk, state="OPEN").is_urgent


@pytest.mark.parametrize(("hides", "is_hidden"), [("everything", True), ("pseudonym", True), ("nothing", False)])
def test_she_chooses_and_who_chose_nothing_is_hidden(
    trusted_member: User, other_member: User, hers: Post, his: Post, hides: str, is_hidden: bool
) -> None:
    said = send(sign_in(Client(), trusted_member), his, hides=hides)
    assert ("hidden from whoever wrote this" in said) is is_hidden
    assert (sign_in(Client(), other_member).get(f"/t/{hers.thread.public_id}/").status_code == 404) is is_hidden


def test_other_reasons_hide_nothing(trusted_member: User, other_member: User, hers: Post, his: Post) -> None:
    answer = sign_in(Client(), trusted_member).post(f"/p/{his.public_id}/report/", {"reason": "HOSTILE"})
    assert answer.status_code == 200
    assert blocks_of(identity_of(trusted_member)) == []
    assert sign_in(Client(), other_member).get(f"/t/{hers.thread.public_id}/").status_code == 200


def test_a_guest_hides_what_their_words_open_and_undoes_it(other_member: User, category: Category, his: Post) -> None:
    guest, client = written_by_guest(category), Client()
    publish_post(guest.post, actor=None)
    address = f"/t/{guest.post.thread.public_id}/"
    assert 'name="hides"' not in client.get(f"/p/{his.public_id}/report/").content.decode()
    client.post("/claim/", {"code": guest.code})
    send(client, his, hides="everything")
    him = sign_in(Client(), other_member)
    assert him.get(address).status_code == 404
    (line,) = client.get("/blocks/").context["blocks"]
    client.post(f"/blocks/{line.id}/undo/")
    assert him.get(address).status_code == 200


def test_by_api_a_guests_code_goes_with_the_report(other_member: User, category: Category, his: Post) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    answer = Client().post(
        f"/api/v1/posts/{his.public_id}/reports/",
        {"reason": "HURT_ME"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {guest.code}", "Idempotency-Key": "a-key-of-our-own-1"},
    )
    assert (answer.status_code, answer.json()["received"]) == (201, True)
    him = sign_in(Client(), other_member)
    assert him.get(f"/api/v1/posts/{guest.post.public_id}/").status_code == 404


def test_what_cannot_be_hidden_is_refused_and_then_nothing_is_reported_either(trusted_member: User, his: Post) -> None:
    before = SealedRecord.objects.count()
    logged = AuditEntry.objects.count()
    with pytest.raises(HidingUnknown):
        report_and_hide(his, actor="a", reason="HURT_ME", identity=identity_of(trusted_member), hides="half")
    assert (Report.objects.count(), SealedRecord.objects.count()) == (0, before)
    assert AuditEntry.objects.count() == logged


def test_neither_report_case_nor_log_says_who_hides(trusted_member: User, other_member: User, his: Post) -> None:
    send(sign_in(Client(), trusted_member), his)
    report = Report.objects.get()
    said = [report.text, report.case.reasons, [entry.facts for entry in AuditEntry.objects.all()]]
    assert trusted_member.pseudonym not in repr(said)
    assert "everything" not in repr(said)


# --- With her phone, and no password (safety.md A3) -------------------------------------------------------------------


@pytest.fixture
def anonymous(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    return start_thread(category, actor=speaker, title="Masked", text="Words.").post


def report_by_api(me: Somebody, post: Post, **said: str) -> dict[str, object]:
    answer = me.ask(f"/api/v1/posts/{post.public_id}/reports/", "POST", data={"reason": "HURT_ME", **said})
    assert answer.status == 201
    body: dict[str, object] = json.loads(answer.text)
    return {name: body[name] for name in ("hidden", "rest_needs")}


def listed_for(member: User) -> str:
    return signed_in(member).ask("/").text


@pytest.mark.parametrize("hides", ["everything", "pseudonym"])
def test_he_reports_himself_and_learns_nothing_of_what_she_wrote_anonymously(
    trusted_member: User, other_member: User, hers: Post, his: Post, anonymous: Post, hides: str
) -> None:
    phone, page = returning(trusted_member), ""
    for _twice in range(2):
        page = phone.ask(f"/p/{his.public_id}/report/", "POST", data={"reason": "HURT_ME", "hides": hides}).text
        report_by_api(phone, his, hides=hides)
    assert "Masked" in listed_for(other_member)
    assert "Nineteen" not in listed_for(other_member)
    assert "What you write as quiet harbour is hidden" in page
    assert ("The rest is not hidden yet" in page) is (hides == "everything")


def test_the_form_says_so_whether_she_wrote_anonymously_or_not(
    trusted_member: User, other_member: User, his: Post, anonymous: Post
) -> None:
    said = "At once only what you write as quiet harbour is hidden; for the rest we ask for your password then."
    address = f"/p/{his.public_id}/report/"
    assert said in returning(trusted_member).ask(address).text
    assert said not in signed_in(trusted_member).ask(address).text
    assert said.replace("quiet harbour", "copper lantern") in returning(other_member).ask(address).text


def test_the_thank_you_leads_through_the_password_to_hide_the_rest(
    trusted_member: User, other_member: User, his: Post, anonymous: Post
) -> None:
    phone, rest = returning(trusted_member), f"/p/{his.public_id}/hide/"
    page = phone.ask(f"/p/{his.public_id}/report/", "POST", data={"reason": "HURT_ME"}).text
    assert f'href="{rest}"' in page
    for method in ("GET", "POST"):
        asked = phone.ask(rest, method)
        assert asked.headers["location"].startswith("/accounts/reauthenticate/?next=%2Fp%2F")
    assert "Masked" in listed_for(other_member)

    phone.ask("/accounts/reauthenticate/", "POST", data={"password": PASSWORD})
    assert "Hide everything you wrote from copper lantern?" in phone.ask(rest).text
    assert "Masked" in listed_for(other_member), "looking changes nothing"
    assert "Everything is hidden" in phone.ask(rest, "POST").text
    assert "Masked" not in listed_for(other_member)


def test_what_the_visit_has_open_goes_with_the_pseudonym(
    trusted_member: User, other_member: User, his: Post, anonymous: Post, category: Category
) -> None:
    phone = returning(trusted_member)
    story = {"category": category.public_id, "title": "Opened", "text": "Words.", "speaks_as": "thread_pseudonym"}
    phone.ask("/new/", "POST", data={**story, "form_key": "a-key-of-a-form"})
    phone.ask(f"/p/{his.public_id}/report/", "POST", data={"reason": "HURT_ME"})
    assert "Opened" not in listed_for(other_member)
    assert "Masked" in listed_for(other_member)


def test_a_stale_visit_never_brings_back_into_sight_what_she_hid(
    trusted_member: User, other_member: User, hers: Post, his: Post, anonymous: Post
) -> None:
    signed_in(trusted_member).ask(f"/p/{his.public_id}/report/", "POST", data={"reason": "HURT_ME"})
    for hides in ("pseudonym", "everything", "nothing"):
        report_by_api(returning(trusted_member), his, hides=hides)
        assert "Masked" not in listed_for(other_member), hides
    report_by_api(signed_in(trusted_member), his, hides="pseudonym")
    assert "Masked" in listed_for(other_member), "with the password the last choice counts"


def test_the_api_says_what_was_hidden_and_what_it_takes(
    trusted_member: User, his: Post, anonymous: Post, category: Category
) -> None:
    guest = Somebody(claim_code=written_by_guest(category).code)
    fresh, stale, nobody = signed_in(trusted_member), returning(trusted_member), visitor()
    expected = [
        (fresh, {}, ("everything", "")),
        (fresh, {"hides": "pseudonym"}, ("pseudonym", "")),
        (stale, {}, ("pseudonym", "password")),
        (stale, {"hides": "pseudonym"}, ("pseudonym", "")),
        (stale, {"hides": "nothing"}, ("nothing", "")),
        (stale, {"reason": "SPAM"}, ("nothing", "")),
        (nobody, {}, ("nothing", "sign-in")),
        (nobody, {"hides": "nothing"}, ("nothing", "")),
        (guest, {}, ("everything", "")),
    ]
    for somebody, said, (hidden, needs) in expected:
        assert report_by_api(somebody, his, **said) == {"hidden": hidden, "rest_needs": needs}, said


def test_by_api_the_rest_is_hidden_with_the_password_or_the_words(
    trusted_member: User, other_member: User, his: Post, anonymous: Post, category: Category
) -> None:
    address = f"/api/v1/posts/{his.public_id}/hiding/"
    assert visitor().ask(address, "PUT").status == 401
    refused = returning(trusted_member).ask(address, "PUT")
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "fresh-password-needed")
    assert "Masked" in listed_for(other_member)
    assert signed_in(trusted_member).ask(address, "PUT").status == 204
    assert "Masked" not in listed_for(other_member)

    guest = written_by_guest(category, title="Guestly")
    publish_post(guest.post, actor=None)
    assert "Guestly" in listed_for(other_member)
    assert Somebody(claim_code=guest.code).ask(address, "PUT").status == 204
    assert "Guestly" not in listed_for(other_member)


# --- A visit that ended meanwhile -------------------------------------------------------------------------------------


def test_a_report_from_a_visit_that_ended_is_kept_and_says_that_nothing_is_hidden(
    trusted_member: User, other_member: User, hers: Post, his: Post
) -> None:
    me, rest = signed_in(trusted_member), f"/p/{his.public_id}/hide/"
    Session.objects.all().delete()
    sent = {"reason": "HURT_ME", "hides": "everything", "text": "Please."}
    page = me.ask(f"/p/{his.public_id}/report/", "POST", data=sent).text
    assert Report.objects.get().text == "Please."
    assert "Nothing you wrote is hidden yet" in page
    assert "is hidden from whoever wrote this" not in page
    assert f'href="/accounts/login/?next=%2Fp%2F{his.public_id}%2Fhide%2F"' in page
    assert "Nineteen" in listed_for(other_member)

    led = me.ask(rest)
    assert led.headers["location"] == f"/accounts/login/?next=%2Fp%2F{his.public_id}%2Fhide%2F"
    fields = {"login": trusted_member.username, "password": PASSWORD, "next": rest}
    assert me.ask("/accounts/login/", "POST", data=fields).headers["location"] == rest
    me.ask(rest, "POST")
    assert "Nineteen" not in listed_for(other_member)


def test_a_guest_whose_visit_ended_comes_back_with_their_words_to_hide_them(
    other_member: User, his: Post, category: Category
) -> None:
    guest = written_by_guest(category, title="Guestly")
    publish_post(guest.post, actor=None)
    me, rest = visitor(), f"/p/{his.public_id}/hide/"
    page = me.ask(f"/p/{his.public_id}/report/", "POST", data={"reason": "HURT_ME"}).text
    assert f'href="/claim/?next=%2Fp%2F{his.public_id}%2Fhide%2F"' in page
    assert f'name="next" value="{rest}"' in me.ask(f"/claim/?next={rest}").text
    assert me.ask("/claim/", "POST", data={"code": guest.code, "next": rest}).headers["location"] == rest
    me.ask(rest, "POST")
    assert "Guestly" not in listed_for(other_member)


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "mine"])
def test_coming_back_leads_nowhere_else(category: Category, then: str) -> None:
    answer = visitor().ask("/claim/", "POST", data={"code": written_by_guest(category).code, "next": then})
    assert answer.headers["location"] == "/mine/"


@pytest.mark.parametrize("with_account", [False, True])
def test_everything_is_everything_that_the_visit_shows_as_ones_own(
    with_account: bool, trusted_member: User, other_member: User, category: Category, his: Post
) -> None:
    """Two codes that are open in one visit, beside an account or without one."""
    hers = [written_by_guest(category, title=f"Of code {number}") for number in range(2)]
    for each in hers:
        publish_post(each.post, actor=None)
    her, him = Client(), sign_in(Client(), other_member)
    if with_account:
        sign_in(her, trusted_member)
    for each in hers:
        assert her.post("/claim/", {"code": each.code}).status_code == 302
    send(her, his, hides="everything")
    assert [him.get(f"/t/{each.post.thread.public_id}/").status_code for each in hers] == [404, 404]
