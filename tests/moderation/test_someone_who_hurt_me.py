""" "Someone who hurt me may be here": hidden at once, looked at first, no signal to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.identity import identity_of
from accounts.models import SealedRecord
from forum.models import Category, Post
from forum.services.blocking import HidingUnknown, blocks_of
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, Report
from moderation.queries import open_cases
from moderation.services.reports import report_post
from tests.house.doors import answer_of
from tests.personas import PASSWORD, sign_in, written_by, written_by_guest

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
        report_post(his, actor="a", reason="HURT_ME", identity=identity_of(trusted_member), hides="half")
    assert (Report.objects.count(), SealedRecord.objects.count()) == (0, before)
    assert AuditEntry.objects.count() == logged


def test_neither_report_case_nor_log_says_who_hides(trusted_member: User, other_member: User, his: Post) -> None:
    send(sign_in(Client(), trusted_member), his)
    report = Report.objects.get()
    said = [report.text, report.case.reasons, [entry.facts for entry in AuditEntry.objects.all()]]
    assert trusted_member.pseudonym not in repr(said)
    assert "everything" not in repr(said)
