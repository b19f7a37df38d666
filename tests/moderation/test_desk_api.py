"""The desk for programs: the same services, the same rules. What they do: test_queue.py and test_deciding.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from forum.models import Category, Post
from forum.services.posts import edit_post
from moderation.models import Case, Decision, Report, Signal
from moderation.services.claims import take
from moderation.services.moderators import create_moderator, leads
from moderation.services.reports import report_post
from tests.personas import GuestPost, let_words_leave, make_member, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
DESK = "/api/v1/desk/cases/"


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text="Sentinel words.")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


def send(client: Client, path: str, body: dict[str, Any] | None = None, *, method: str = "post", **headers: str) -> Any:
    headers = {"Idempotency-Key": "a-key-of-our-own-00001", **headers}
    return getattr(client, method)(f"{DESK}{path}", body or {}, content_type="application/json", headers=headers)


def test_take_the_next_read_it_and_decide(desk: Client, guest: GuestPost) -> None:
    taken = send(desk, "next/")
    case = taken.json()
    assert (taken.status_code, case["is_mine"], case["post"]["title"]) == (200, True, "The first night")
    assert case["reasons"][0]["code"] == "guest"
    etag = taken.headers["ETag"]
    assert etag == case["etag"]
    first = send(desk, f"{case['id']}/decisions/", {"action": "PUBLISH"}, **{"If-Match": etag})
    again = send(desk, f"{case['id']}/decisions/", {"action": "PUBLISH"}, **{"If-Match": etag})
    assert (first.status_code, first.json()["state"]) == (201, "CLOSED")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert (Post.objects.get().state, Decision.objects.count()) == ("PUBLISHED", 1)
    assert send(desk, "next/").status_code == 204


@pytest.mark.parametrize("etag", ["", "*", '"x"'])
def test_a_decision_says_what_was_read(desk: Client, guest: GuestPost, etag: str) -> None:
    case = Case.objects.get()
    headers = {"If-Match": etag} if etag else {}
    answer = send(desk, f"{case.public_id}/decisions/", {"action": "PUBLISH"}, **headers)
    assert answer.status_code == 428
    assert (Post.objects.get().state, Decision.objects.count()) == ("HELD", 0)


def test_what_is_decided_is_not_decided_by_another_body_or_from_another_page(desk: Client, guest: GuestPost) -> None:
    case = desk.get(f"{DESK}{Case.objects.get().public_id}/").json()

    def sent(key: str, etag: str = case["etag"], **besides: Any) -> Any:
        headers = {"If-Match": etag, "Idempotency-Key": f"a-key-of-our-own-{key}"}
        return send(desk, f"{case['id']}/decisions/", {"action": "PUBLISH", "also": besides}, **headers)

    assert (sent("00001").status_code, sent("00002").status_code) == (201, 201)
    for other in (
        sent("00003", '"99999999999999999999.0.1"'),
        sent("00004", reply="zz"),
        sent("00005", follow_up_note="Look."),
    ):
        assert (other.status_code, other.json()["code"]) == (409, "case-already-closed")
    assert Decision.objects.count() == 1


def test_what_came_in_meanwhile_is_read_first(desk: Client, guest: GuestPost) -> None:
    case = desk.get(f"{DESK}{Case.objects.get().public_id}/").json()
    report_post(guest.post, actor="member:1", reason="BLAMES")
    answer = send(desk, f"{case['id']}/decisions/", {"action": "PUBLISH"}, **{"If-Match": case["etag"]})
    assert (answer.status_code, answer.json()["code"]) == (412, "case-changed")
    assert answer.json()["changed"]["words"] == []
    assert "A reader reported it" in answer.json()["changed"]["what"][0]
    assert Post.objects.get().state == "HELD"


def test_what_its_author_changed_meanwhile_is_shown_as_a_difference(desk: Client, guest: GuestPost) -> None:
    case = desk.get(f"{DESK}{Case.objects.get().public_id}/").json()
    edit_post(guest.post, actor=guest.reader, version=1, title="The first night", text="Other words.")
    answer = send(desk, f"{case['id']}/decisions/", {"action": "PUBLISH"}, **{"If-Match": case["etag"]})
    assert (answer.status_code, answer.json()["code"]) == (412, "post-changed")
    changed = answer.json()["changed"]
    assert changed["what"][0] == "Its author changed the words."
    assert {"kind": "removed", "text": "Sentinel"} in changed["words"]
    assert {"kind": "added", "text": "Other"} in changed["words"]
    assert Decision.objects.count() == 0


def test_what_somebody_looks_at_is_theirs(desk: Client, guest: GuestPost, moderator: User) -> None:
    other = make_member("desk two")
    other.is_staff = True
    other.save()
    other.groups.set(moderator.groups.all())
    case = take(Case.objects.get(), actor=other)
    assert send(desk, f"{case.public_id}/claim/", method="put").json()["code"] == "case-taken"
    assert send(desk, f"{case.public_id}/takeover/").json()["code"] == "not-a-lead"
    moderator.groups.add(leads())
    taken = send(sign_in(Client(), moderator), f"{case.public_id}/takeover/")
    assert (taken.status_code, taken.json()["is_mine"]) == (200, True)


def test_put_off_passed_on_and_handed_over(desk: Client, guest: GuestPost, category: Category) -> None:
    case = send(desk, "next/").json()
    assert send(desk, f"{case['id']}/claim/", method="delete").status_code == 204
    etag = desk.get(f"{DESK}{case['id']}/").headers["ETag"]
    off = send(desk, f"{case['id']}/putting-off/", {"hours": 3}, **{"If-Match": etag})
    assert (off.status_code, off.json()["state"]) == (200, "SNOOZED")
    assert desk.get(f"{DESK}?state=SNOOZED").json()["cases"][0]["id"] == case["id"]
    written_by_guest(category)
    create_moderator("desk three", is_lead=True)
    next_one = send(desk, "next/").json()
    passed = send(desk, f"{next_one['id']}/passing-on/", **{"If-Match": next_one["etag"]})
    assert (passed.status_code, passed.json()["state"]) == (200, "ESCALATED")


def test_a_report_is_judged_apart_from_the_post_and_its_reference_tells_what_became_of_it(
    desk: Client, guest: GuestPost
) -> None:
    answer = Client().post(
        f"/api/v1/posts/{guest.post.public_id}/reports/", {"reason": "SPAM"}, content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-our-own-00009", "Authorization": f"Bearer {guest.code}"},
    )  # fmt: skip
    reference = answer.json()["reference"]
    status = f"/api/v1/reports/{reference}/"
    nothing_yet = {"may_ask_again": False, "is_asked_again": False, "answer": ""}
    assert Client().get(status).json() == {"is_waiting": True, "outcome": "", **nothing_yet}
    case = send(desk, "next/").json()
    report_id = case["reports"][0]["id"]
    judged = send(desk, f"{case['id']}/reports/{report_id}/judgement/", {"judgement": "UNFOUNDED"}, method="put")
    assert (judged.status_code, Report.objects.get().judgement) == (204, "UNFOUNDED")
    assert Post.objects.get().state == "HELD"
    etag = desk.get(f"{DESK}{case['id']}/").headers["ETag"]
    send(desk, f"{case['id']}/decisions/", {"action": "HIDE", "reason": "It sells."}, **{"If-Match": etag})
    assert Client().get(status).json() == {"is_waiting": True, "outcome": "", **nothing_yet}
    let_words_leave()
    told = Client().get(status).json()
    assert (told["is_waiting"], "taken down" in told["outcome"]) == (False, True)
    assert Client().get("/api/v1/reports/00000000000000/").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_nobody_else_comes_in(client: Client, member: User, guest: GuestPost, who: str) -> None:
    case = Case.objects.get()
    if who == "member":
        sign_in(client, member)
    wanted = 401 if who == "visitor" else 403
    for path, method in (("", "get"), ("next/", "post"), (f"{case.public_id}/", "get")):
        assert send(client, path, method=method).status_code == wanted
    assert Case.objects.get().claimed_by is None


def test_what_the_screeners_noticed_is_there_and_can_be_judged(desk: Client, category: Category) -> None:
    written_by_guest(category, title="A title", text="He says he will kill me.")
    case = send(desk, "next/").json()
    found = next(signal for signal in case["signals"] if signal["words"] == "speaks of a threat to kill")
    assert (found["label"], found["severity"]) == ("imminent_danger", 2)
    assert found["passage"] == "He says he will kill me"
    decision = {"action": "PUBLISH", "judged": {"imminent_danger": True}}
    sent = send(desk, f"{case['id']}/decisions/", decision, **{"If-Match": case["etag"]})
    assert sent.status_code == 201
    assert set(Signal.objects.values_list("is_right", flat=True)) == {True}


def test_on_the_page_a_case_says_each_thing_that_was_noticed_once(
    client: Client, moderator: User, category: Category
) -> None:
    post = written_by_guest(category, text="He says he will kill me. I believe it. He says he will kill me.").post
    case = Case.objects.get(post=post)
    page = sign_in(client, moderator).get(reverse("admin:moderation_case_change", args=[case.pk])).content.decode()
    said = page.partition('<ol class="signals">')[2].partition("</ol>")[0].split("<li>")[1:]
    assert 0 < len(said) < case.signals.count()
    assert len(said) == len(set(said))
