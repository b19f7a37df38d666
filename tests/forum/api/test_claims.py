from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.services.anonymity import open_member, read_claim, read_claims
from forum.services.claims import make_code
from forum.services.posts import start_thread
from tests.house.doors import in_an_app
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
CODES = "/api/v1/claim-codes/"
JSON = "application/json"


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def reading(guest: GuestPost) -> str:
    return make_code(read_claim(guest.code), may_write=False).code


def bearer(code: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {code}", "If-Match": "*", "Idempotency-Key": "a-key-of-our-own", **more}


def make(client: Client, code: str, body: Any = None) -> Any:
    return client.post(CODES, {"may_write": False} if body is None else body, content_type=JSON, headers=bearer(code))


def test_another_code_is_made_once_and_told_what_it_may_do(client: Client, guest: GuestPost) -> None:
    answers = [make(client, guest.code) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    made = answers[0].json()
    assert made["may_write"] is False
    told = client.get(f"{CODES}current/", headers=bearer(made["claim_code"])).json()
    assert told == {"may_write": False, "codes": 2}


@pytest.mark.parametrize("body", [{}, {"may_write": "perhaps"}, {"may_write": True, "more": 1}])
def test_a_body_of_another_shape_makes_none(client: Client, guest: GuestPost, body: Any) -> None:
    assert make(client, guest.code, body).status_code == 400
    assert client.get(f"{CODES}current/", headers=bearer(guest.code)).json()["codes"] == 1


def test_the_code_in_use_and_all_others_can_be_ended(client: Client, guest: GuestPost, reading: str) -> None:
    further = make_code(read_claim(guest.code), may_write=True).code
    assert client.delete(f"{CODES}current/", headers=bearer(further)).status_code == 204
    assert client.get(f"{CODES}current/", headers=bearer(further)).json()["code"] == "claim-unknown"
    assert client.delete(f"{CODES}others/", headers=bearer(guest.code)).status_code == 204
    assert [claim.code for claim in read_claims([guest.code, reading, further])] == [guest.code]


def test_a_code_for_reading_only_reads(client: Client, guest: GuestPost, reading: str) -> None:
    post = client.get(f"/api/v1/posts/{guest.post.public_id}/", headers=bearer(reading)).json()
    assert (post["source"], post["state"], post["is_own"], post["can_change"]) == ("Some words.", "HELD", True, False)
    listed = client.get("/api/v1/own-posts/", headers=bearer(reading)).json()["posts"]
    assert [(each["id"], each["can_change"]) for each in listed] == [(guest.post.public_id, False)]


def test_a_code_for_reading_only_changes_nothing(
    client: Client, guest: GuestPost, reading: str, category: Category
) -> None:
    post = f"/api/v1/posts/{guest.post.public_id}/"
    story = {"category_id": category.public_id, "title": "T", "text": "Words."}
    before = [*Post.objects.values(), *ThreadPseudonym.objects.values()]
    for method, address, body in (
        ("PATCH", post, {"text": "Others."}),
        ("DELETE", post, None),
        ("PUT", f"{post}withdrawal/", None),
        ("DELETE", f"{post}withdrawal/", None),
        ("DELETE", f"{post}authorship/", None),
        ("POST", "/api/v1/threads/", story),
        ("POST", CODES, {"may_write": True}),
        ("DELETE", f"{CODES}current/", None),
        ("DELETE", f"{CODES}others/", None),
    ):
        answer = getattr(client, method.lower())(address, body, content_type=JSON, headers=bearer(reading))
        assert (answer.status_code, answer.json()["code"]) == (403, "claim-for-reading-only"), (method, address)
    assert [*Post.objects.values(), *ThreadPseudonym.objects.values()] == before
    assert len(read_claims([guest.code, reading])) == 2


def test_who_has_no_code_has_none_to_make_or_end(client: Client) -> None:
    for method, address in (("POST", CODES), ("GET", f"{CODES}current/"), ("DELETE", f"{CODES}others/")):
        headers = {"Idempotency-Key": "a-key-of-our-own"}
        body = {"may_write": True}
        answer = getattr(client, method.lower())(address, body, content_type=JSON, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed"), address


def test_a_member_adopts_with_the_code_in_the_body(guest: GuestPost, member: User) -> None:
    app = in_an_app(member)
    address = f"{CODES}current/adoption/"
    assert app.ask(address, "POST", data={"claim_code": guest.code}).status == 204
    assert open_member(member).post_ids == (guest.post.public_id,)
    assert guest.post.public_id in app.ask("/api/v1/own-posts/").text
    again = app.ask(address, "POST", data={"claim_code": guest.code})
    assert again.status == 401
    assert "claim-unknown" in again.text


def test_a_guest_adopts_nothing(client: Client, guest: GuestPost) -> None:
    body = {"claim_code": guest.code}
    answer = client.post(f"{CODES}current/adoption/", body, content_type=JSON, headers=bearer(guest.code))
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")
    assert read_claims([guest.code])


def test_an_anonymous_name_is_made_nobodys(client: Client, trusted_member: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    post = start_thread(category, actor=speaker, title="T", text="Words.").post
    address = f"/api/v1/posts/{post.public_id}/authorship/"
    app = in_an_app(trusted_member)
    tag = ThreadPseudonym.objects.get().tag

    stranger = sign_in(client, trusted_member)  # her password is not fresh here
    refused = stranger.delete(address, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-post")
    assert ThreadPseudonym.objects.get().tag == tag

    assert app.ask(address, "DELETE").status == 204
    assert ThreadPseudonym.objects.get().tag != tag
    assert app.ask(address, "DELETE").status == 403
    assert '"is_own":false' in app.ask(f"/api/v1/posts/{post.public_id}/").text


def test_letting_go_needs_the_version_that_was_read(client: Client, guest: GuestPost) -> None:
    headers = {"Authorization": f"Bearer {guest.code}"}
    address = f"/api/v1/posts/{guest.post.public_id}/authorship/"
    tag = ThreadPseudonym.objects.get().tag
    assert client.delete(address, headers=headers).status_code == 428
    assert client.delete(address, headers={**headers, "If-Match": '"old"'}).status_code == 412
    assert ThreadPseudonym.objects.get().tag == tag
